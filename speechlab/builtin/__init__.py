"""The host's own plugin: formats, tabs, commands, pipelines and toy engines, found by entry point like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..cli.commands import COMMANDS
from ..contributions import Command, Format, PipelineFile, Tab
from ..engines import EngineSpec
from ..formats import FORMATS
from ..hookspecs import hookimpl
from .cards import ENGINES

PIPELINES = Path(__file__).parent / "pipelines"

TABS = (
    Tab(id="transcribe", title="Transcribe", load="speechlab.ui.tabs.transcribe:build", order=10),
    Tab(id="live", title="Live", load="speechlab.ui.tabs.live:build", order=20),
    Tab(id="translate", title="Translate", load="speechlab.ui.tabs.translate:build", order=30),
    Tab(id="voices", title="Voices", load="speechlab.ui.tabs.voices:build", order=40),
    Tab(id="engines", title="Engines", load="speechlab.ui.tabs.engines:build", order=90),
)


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    for spec in ENGINES:
        register(spec)


@hookimpl
def register_pipelines(register: Callable[[PipelineFile], None]) -> None:
    for path in sorted(PIPELINES.glob("*.toml")):
        register(PipelineFile(id=path.stem, path=path))


@hookimpl
def register_formats(register: Callable[[Format], None]) -> None:
    for format in FORMATS:
        register(format)


@hookimpl
def register_tabs(register: Callable[[Tab], None]) -> None:
    for tab in TABS:
        register(tab)


@hookimpl
def register_commands(register: Callable[[Command], None]) -> None:
    for command in COMMANDS:
        register(command)
