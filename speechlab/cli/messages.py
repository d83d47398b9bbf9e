"""What the command line tells people beside its results: on standard error, one sentence and what to do next."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import (
    ConfigError,
    EngineNotFound,
    EngineUnavailable,
    PluginError,
    PolicyDenied,
    SpeechLabError,
)

FAILED, WRONG, UNAVAILABLE, STOPPED = 1, 2, 3, 130
"""Exit codes: some file failed; wrong use or configuration; an engine is unavailable; stopped by Ctrl-C."""


def exit_code(error: SpeechLabError) -> int:
    """The exit code that tells of this error."""
    match error:
        case EngineUnavailable():
            return UNAVAILABLE
        case EngineNotFound() | ConfigError() | PluginError() | PolicyDenied():
            return WRONG
        case _:
            return FAILED


def say(text: str) -> None:
    """A line on standard error."""
    # Not click.echo: it goes round the stream that moving bars put in place of sys.stderr to stay below the lines.
    print(text if sys.stderr.isatty() else click.unstyle(text), file=sys.stderr, flush=True)


class Warnings(logging.Handler):
    """Says what the lab warns of while nobody called it: what a server kept of a session, say."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        say(f"warning: {record.getMessage()}")


@contextmanager
def logged(handler: logging.Handler) -> Iterator[None]:
    """While it lasts, the handler is told what the lab logs."""
    log = logging.getLogger("speechlab")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def tell(message: str, hint: str = "") -> None:
    """What went wrong, and what to do next."""
    say(f"{click.style('error:', fg='red', bold=True)} {message}")
    if hint:
        say(f"{click.style('hint:', bold=True)}  {hint}")


def tell_where(error: BaseException) -> None:
    """The traceback, for who asked for it with ``--verbose``."""
    say("".join(traceback.format_exception(error)).rstrip())
