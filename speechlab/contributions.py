"""What a plugin may give besides engines: formats, pipelines, tabs and commands, as data with a lazy ``load``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from .engines.written import lazy, model, plain_id
from .errors import PluginError
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
    beside: bool = False
    """Whether all translations stand beside the transcript in one file, where the options name no track."""

    def __post_init__(self) -> None:
        who = f"the format {plain_id(self.id, 'a format')!r}"
        lazy(self.load, who)
        model(self.options, "options", who)
        if self.suffix.startswith("."):
            raise PluginError(f"{who}: suffix is written without the dot", hint=f"write suffix={self.suffix[1:]!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFile:
    """A pipeline that ships with a plugin."""

    id: str
    path: Path
    """The TOML file, beside the plugin's code."""

    def __post_init__(self) -> None:
        who = f"the pipeline {plain_id(self.id, 'a pipeline')!r}"
        if not isinstance(self.path, str | Path):
            raise PluginError(
                f"{who}: path is the path of a TOML file, not {self.path!r}",
                hint="write path=Path(__file__).parent / 'my-pipeline.toml'",
            )
        object.__setattr__(self, "path", Path(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of the web lab."""

    id: str
    title: str
    load: str | Callable[[Any], None]
    """``"package.module:function"``; called as ``function(lab)`` inside the tab, it builds Gradio components."""
    order: int = 100
    """Tabs stand in ascending order."""

    def __post_init__(self) -> None:
        lazy(self.load, f"the tab {plain_id(self.id, 'a tab')!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the command line."""

    id: str
    load: str | Any
    """``"package.module:command"``, a ``click.Command``; with ``@click.pass_obj`` it is handed the lab."""
    summary: str = ""
    """The line in ``speechlab --help``, so that the command need not be imported for it."""

    def __post_init__(self) -> None:
        lazy(self.load, f"the command {plain_id(self.id, 'a command')!r}")


def loaded(load: str | Any) -> Any:
    """What a ``load`` string names, imported now; anything else is given back as it is."""
    return resolve_name(load) if isinstance(load, str) else load
