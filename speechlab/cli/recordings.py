"""What every command that takes recordings has in common: its options, and doing the batch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from ..batch import Batch, Finished, Gathered, gather
from ..batch.outputs import targets as files_of
from ..contributions import Format
from ..errors import ConfigError
from ..finding import finding
from ..lab import Lab
from ..params import knobs
from ..pipeline import Pipeline
from ..speakers import shares
from ..stages.better import kept
from ..types import Recording
from .account import Account
from .app import lab_of
from .engines import parameter
from .flags import FlagGroup, chosen
from .maybe import MaybeOption
from .messages import say
from .paths import Named

Channel = int | Literal["each"] | None
KEPT_AS = ("flac", "wav")
"""Formats of the sound for the ear; the first is meant where none is named."""
C = TypeVar("C", bound=Callable[..., Any])


def _channel(ctx: click.Context, param: click.Parameter, value: str | None) -> int | str | None:
    if value in (None, "each"):
        return value
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is neither 'each' nor the number of a channel, counted from 0", ctx, param)
    return int(value)


def _kept_as(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value in (None, *KEPT_AS):
        return value
    if value:
        raise click.BadParameter(f"{value!r} is none of {', '.join(KEPT_AS)}", ctx, param)
    return KEPT_AS[0]


FILES = click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...", type=Named(path_type=Path))
RESUME = click.option("--resume", is_flag=True, help="Do only what is left of an earlier, unfinished call.")
CHANNEL = click.option(
    "--channel",
    metavar="each|N",
    callback=_channel,
    help="One channel alone, counted from 0, or 'each' as a speaker of its own.  [default: all, mixed]",
)
OPTIONS = (
    click.option(
        "--out",
        type=Named(path_type=Path),
        metavar="DIR",
        help="Write DIR/NAME.SUFFIX for each file and format. Without it, a single result is printed.",
    ),
    RESUME,
    CHANNEL,
)


KEEP_SOUND = click.option(
    "--keep-sound",
    cls=MaybeOption,
    known=lambda ctx: KEPT_AS,
    metavar=f"[{'|'.join(KEPT_AS)}]",
    callback=_kept_as,
    help="Write DIR/NAME.clean.SUFFIX too, the sound for the ear that a denoiser makes.  "
    f"[without a value {KEPT_AS[0]}]",
)
"""For commands whose pipeline may make sound for the ear."""


def recording_options(command: C, *, format: str = "txt") -> C:
    """FILE|FOLDER..., --format, --out, --resume and --channel; ``format`` is meant where none is named."""
    formats = click.option(
        "--format",
        "formats",
        multiple=True,
        metavar="ID",
        help=f"Format of the result, such as {_EXAMPLES[format]}; may be repeated.  [default {format}]",
    )
    for option in (*reversed(OPTIONS), formats, FILES):
        command = option(command)
    return command


_EXAMPLES = {"txt": "txt, srt, vtt or json", "rttm": "rttm or json"}


def formats_of(lab: Lab, given: Mapping[str, Any]) -> list[Format]:
    """The formats that the arguments name. Raises ConfigError."""
    return [lab.plugins.format(id) for id in dict.fromkeys(given.get("formats") or ("txt",))]


def format_flags(ctx: click.Context, given: Mapping[str, Any], helping: bool = False) -> list[FlagGroup]:
    """The options of the chosen formats as flags; one flag serves all formats that know it."""
    formats = formats_of(lab_of(ctx), given)
    title = f"Format {', '.join(format.id for format in formats)}"
    return [FlagGroup("format", title, knobs(*(format.options for format in formats)))]


def format_elsewhere(ctx: click.Context, flag: str) -> str:
    """Which formats know this flag."""
    name = parameter(flag)
    ids = [id for id, format in lab_of(ctx).plugins.formats.items() if name in format.options.model_fields]
    return f"--format {' or '.join(ids)}" if ids else ""


def work(
    ctx: click.Context,
    pipeline: Pipeline,
    files: Iterable[Path],
    formats: Sequence[str],
    out: Path | None,
    resume: bool,
    channel: Channel,
    keep_sound: str | None = None,
    into: Sequence[str] = (),
    also: Callable[[Finished], None] = lambda report: None,
) -> int:
    """The pipeline over every recording; the exit code tells how it went. ``into`` are the languages whose translations
    are written, each as a file of its own; ``also`` is told of each recording that is done. Raises SpeechLabError."""
    lab = lab_of(ctx)
    _check_sound(pipeline, out, keep_sound)
    targets = options_of(ctx, formats)
    if chosen(ctx, "format").get("redact"):
        pipeline = finding(pipeline, lab.plugins)
    pipeline.ready(lab.policy)
    found = recordings(files)
    if out is None:
        printable(lab, found, targets, into)
    batch = Batch(lab, pipeline, found.items, out, targets, channel, resume, keep_sound, into)

    def finished(report: Finished) -> None:
        _result(lab, targets, report, into)
        also(report)

    account = Account(
        len(found.items),
        verbose=bool(ctx.find_root().params.get("verbose")),
        finished=finished,
        stopped="stopped; the same call with --resume goes on from here",
    )
    return account.of(batch)


def options_of(ctx: click.Context, formats: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each format that is meant, with those of the given options that it knows. Raises ConfigError."""
    given = chosen(ctx, "format")
    return {
        format.id: {name: value for name, value in given.items() if name in format.options.model_fields}
        for format in formats_of(lab_of(ctx), {"formats": formats})
    }


def _check_sound(pipeline: Pipeline, out: Path | None, keep_sound: str | None) -> None:
    """Refuse what would keep no sound. Raises ConfigError."""
    if keep_sound is None:
        return
    if not (pipeline.cleans or any(step.parts for step in pipeline.steps)):
        raise ConfigError(
            "there is no sound to keep: nothing cleans it",
            hint="clean it with --denoise, or by a stage of the pipeline",
        )
    if out is None:
        raise ConfigError("sound cannot be printed", hint="say where the files go: --out DIR (--out . is here)")


def recordings(files: Iterable[Path]) -> Gathered:
    """The recordings that are meant; what is to be known of them is told. Raises ConfigError where there is none."""
    found = gather(files)
    if not found.items:
        raise ConfigError(
            f"there are no recordings in {', '.join(map(str, found.empty))}",
            hint="give files, or folders with files such as .wav, .mp3, .m4a or .mp4 in them",
        )
    for folder in found.empty:
        say(f"{folder}: no recordings in it")
    for item in found.renamed:
        say(f"{item.path}: the results are called {item.name}, since another recording has the same name")
    return found


def printable(lab: Lab, found: Gathered, targets: Mapping[str, Mapping[str, Any]], into: Sequence[str] = ()) -> None:
    """Refuse to print what cannot be told apart or read, before any work is done. Raises ConfigError."""
    files = files_of(lab, targets, into)
    if len(found.items) > 1 or len(files) > 1:
        told = f"{many(len(found.items), 'recording')} in {many(len(targets), 'format')}"
        raise ConfigError(
            f"{told}{f' and {len(into)} languages' if len(into) > 1 else ''} are too much to print",
            hint="say where the files go: --out DIR (--out . is here)",
        )
    [(id, options)] = [(file.format.id, file.options) for file in files]
    if sys.stdout.isatty() and not _is_text(lab.render(Recording(), id, **options)):
        raise ConfigError(f"{id} is nothing to read on a terminal", hint="say where the file goes: --out DIR")


def many(count: int, what: str) -> str:
    """A number of things.

    >>> many(1, "file"), many(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _result(lab: Lab, targets: Mapping[str, Mapping[str, Any]], report: Finished, into: Sequence[str] = ()) -> None:
    """Print a result that is not written anywhere, and tell what is not in it."""
    if not report.written:
        [file] = files_of(lab, targets, into)
        click.echo(lab.render(report.recording, file.format.id, **file.options), nl=False)
    if note := tracks(report.recording):
        say(f"{report.item.path.name}: {note}")
    if note := recognised(report.recording):
        say(f"{report.item.path.name}: {note}")
    if note := withheld(report.recording, [lab.plugins.format(id) for id in targets], targets):
        say(f"{report.item.path.name}: {note}")


def tracks(recording: Recording) -> str:
    """From which sound the text is, where both were recognised; empty where nobody chose."""
    if not (counts := kept(recording.transcript)):
        return ""
    return f"{counts['clean']} of {sum(counts.values())} segments are from the cleaned sound, the others from the raw"


def recognised(recording: Recording) -> str:
    """Who was named by their voices, and how alike those are; empty where nobody was."""
    told = [f"{share.speaker} ({share.similarity:.2f})" for share in shares(recording) if share.similarity is not None]
    return f"known by voice, 1 being the very same: {', '.join(told)}" if told else ""


def withheld(recording: Recording, formats: Iterable[Format], options: Mapping[str, Mapping[str, Any]]) -> str:
    """What a reader of the results should know about what is not in them; empty where there is nothing to know."""
    suspected = sum(segment.suspect is not None for segment in recording.transcript)
    leaving_out = any(
        "keep_suspect" in format.options.model_fields and not options[format.id].get("keep_suspect")
        for format in formats
    )
    if suspected and leaving_out:
        segments = (
            "1 segment that nobody seems to have said is"
            if suspected == 1
            else (f"{suspected} segments that nobody seems to have said are")
        )
        return f"{segments} left out (--keep-suspect writes them, and so does the json format)"
    if recording == Recording(speech=recording.speech, duration=recording.duration):
        return "nobody was heard to speak"
    return ""
