"""The five places where a plugin may speak, all of one shape: it is handed ``register`` and gives it data."""

from __future__ import annotations

from collections.abc import Callable

from pluggy import HookimplMarker, HookspecMarker

from .contributions import Command, Format, PipelineFile, Tab
from .engines import EngineSpec

hookspec = HookspecMarker("speechlab")
hookimpl = HookimplMarker("speechlab")


@hookspec
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """Announce engines: recognizers, translators, voices, ..."""


@hookspec
def register_pipelines(register: Callable[[PipelineFile], None]) -> None:
    """Announce pipeline files that ship with the plugin."""


@hookspec
def register_formats(register: Callable[[Format], None]) -> None:
    """Announce file formats that a recording can be written in."""


@hookspec
def register_tabs(register: Callable[[Tab], None]) -> None:
    """Announce tabs of the web lab."""


@hookspec
def register_commands(register: Callable[[Command], None]) -> None:
    """Announce commands of the command line."""
