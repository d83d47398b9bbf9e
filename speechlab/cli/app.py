"""The root of the command line: global options, commands that are imported when called, and errors in one sentence."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from ..contributions import loaded
from ..errors import EngineNotFound, PluginError, SpeechLabError, sentence
from ..lab import Lab
from ..params import nearest
from ..policy import Policy
from .messages import FAILED, STOPPED, exit_code, say, tell, tell_where

WITH_VALUE, WITHOUT = ("--plugin", "--home"), ("--local-only", "--verbose")
"""Global options, which may stand before the command or after it."""
BROKEN_PIPE = 141
"""What a shell reports of a program whose reader went away."""


class NearestGroup(click.Group):
    """A group that shows its help where no command is given, and offers the nearest for a misspelt one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            click.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command {args[0]!r}: {nearest(args[0], known, 'there are')}", ctx)
        return super().resolve_command(ctx, args)


class Root(NearestGroup):
    """The commands that plugins registered, the host's own among them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, hoisted(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(lab_of(ctx).plugins.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = lab_of(ctx).plugins.commands.get(cmd_name)
        if command is None:
            return None
        try:
            made = loaded(command.load)
        except Exception as error:  # a plugin's own code
            raise PluginError(
                f"the command {cmd_name!r} could not be loaded: {type(error).__name__}: {error}",
                hint="reinstall or remove the plugin that brings it; everything else works",
            ) from error
        if not isinstance(made, click.Command):
            raise PluginError(
                f"the command {cmd_name!r} is a {type(made).__name__}, not a click.Command",
                hint="tell the author of the plugin that brings it; everything else works",
            )
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(id, command.summary) for id, command in lab_of(ctx).plugins.commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EngineNotFound as error:
            if any(report.error for report in lab_of(ctx).plugins.reports):
                hint = f"{error.hint}; a plugin was left out, and `speechlab plugins` tells why"
                raise EngineNotFound(str(error), hint=hint) from error
            raise

    def main(self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **how: Any) -> Any:
        """Run, and exit with the code that tells how it went."""
        run = partial(super().main, args, *more, standalone_mode=False, **how)
        if not standalone_mode:
            return run()
        sys.exit(_told(run, verbose="--verbose" in (sys.argv if args is None else args)))


def _told(run: Callable[[], Any], *, verbose: bool) -> int:
    """The exit code; whatever went wrong is told in one sentence."""
    try:
        answer = run()
        return answer if type(answer) is int else 0
    except click.Abort:
        say("stopped")
        return STOPPED
    except click.ClickException as error:
        at = error.ctx if isinstance(error, click.UsageError) else None
        tell(sentence(error.format_message()), f"`{at.command_path} --help` tells how it is used" if at else "")
        return error.exit_code
    except SpeechLabError as error:
        tell(str(error), error.hint)
        if verbose:
            tell_where(error)
        return exit_code(error)
    except OSError as error:
        _mute()
        if error.errno == errno.EPIPE:
            return BROKEN_PIPE
        tell(sentence(f"{error.filename or 'the output'}: {error.strerror or error}"))
        return FAILED
    except Exception as error:  # the last resort: no traceback for who did not ask for one
        tell(
            sentence(f"something unforeseen went wrong: {type(error).__name__}: {error}"),
            "" if verbose else "this is a bug; --verbose shows where, which is what a report of it needs",
        )
        if verbose:
            tell_where(error)
        return FAILED


def hoisted(args: Sequence[str]) -> list[str]:
    """The arguments with the global options put first, wherever they stood before a ``--``.

    >>> hoisted(["transcribe", "a.wav", "--plugin", "mine.py", "--engine", "mine"])
    ['--plugin', 'mine.py', 'transcribe', 'a.wav', '--engine', 'mine']
    """
    first: list[str] = []
    rest: list[str] = []
    left = iter(args)
    for arg in left:
        if arg == "--":
            rest += [arg, *left]
        elif arg in WITH_VALUE:
            first.append(arg)
            first.extend(value for value in [next(left, None)] if value is not None)
        elif arg in WITHOUT or arg.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            first.append(arg)
        else:
            rest.append(arg)
    return [*first, *rest]


def lab_of(ctx: click.Context) -> Lab:
    """The lab of this call, made on first use; commands get it with ``@click.pass_obj``."""
    root = ctx.find_root()
    if root.obj is None:
        given = root.params
        root.obj = Lab(
            *given.get("plugins") or (),
            policy=Policy(local_only=bool(given.get("local_only"))),
            home=given.get("home"),
            report=say,
        )
        root.call_on_close(root.obj.close)
        _tell_of_left_out(root.obj, given.get("plugins") or ())
    lab = root.obj
    assert isinstance(lab, Lab)
    return lab


def _tell_of_left_out(lab: Lab, asked_for: Iterable[Path]) -> None:
    """A broken plugin is told at once where the command line named it; `speechlab plugins` tells of the others."""
    names = {path.stem for path in asked_for}
    for report in lab.plugins.reports:
        if report.error is not None and report.name in names:
            say(f"warning: {report.error}")


def _mute() -> None:
    """Nobody reads standard output any more; let Python's own flush at the end say nothing of it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"speechlab {version('speechlab')}")
        ctx.exit()


@click.group(cls=Root, context_settings={"max_content_width": 110})
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    is_eager=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH.py",
    help="Also load a plugin from this file. May be repeated.",
)
@click.option(
    "--local-only", is_flag=True, is_eager=True, help="Refuse every engine that sends sound or text elsewhere."
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    is_eager=True,
    help="Folder for weights, checkpoints and settings, instead of SPEECHLAB_HOME.",
)
@click.option(
    "--verbose", is_flag=True, is_eager=True, help="Tell more: times of each stage, and where an error arose."
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def speechlab(plugins: tuple[Path, ...], local_only: bool, home: Path | None, verbose: bool) -> None:
    """A speech lab built of plugins.

    The global options may stand before a command or after it.
    """
    if verbose:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
