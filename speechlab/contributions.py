"""What a plugin may give besides engines: formats, pipelines, tabs and commands, as data with a lazy ``load``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from .params import Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write a recording to a file."""

    id: str
    load: str | Callable[..., bytes]
    """``"package.module:function"``; called as ``function(recording, options)``, it gives the file's bytes."""
    suffix: str
    """The file's suffix without the dot."""
    mime: str = "text/plain"
    options: type[Params] = Params
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFile:
    """A pipeline that ships with a plugin."""

    id: str
    path: Path
    """The TOML file, beside the plugin's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of the web lab."""

    id: str
    title: str
    load: str | Callable[[Any], None]
    """``"package.module:function"``; called as ``function(lab)`` inside the tab, it builds Gradio components."""
    order: int = 100
    """Tabs stand in ascending order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the command line."""

    id: str
    load: str | Any
    """``"package.module:command"``, a ``click.Command``."""
    summary: str = ""
    """The line in ``speechlab --help``, so that the command need not be imported for it."""


def loaded(load: str | Any) -> Any:
    """What a ``load`` string names, imported now; anything else is given back as it is."""
    return resolve_name(load) if isinstance(load, str) else load
