"""``speechlab translate``: texts, subtitles and recordings in other languages."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..batch import Finished
from ..choosing import translator
from ..engines import EngineSpec, Kind
from ..errors import ConfigError
from ..lab import Lab, told
from ..languages import standard
from ..subtitles import SUFFIXES as SUBTITLES
from ..translation import Becomes, glossary
from ..types import Event, Fold, Recording, Transcript
from .app import lab_of
from .columns import columns, recording_of
from .engines import lenient, meant, of_engines, settings
from .flags import FlagCommand, FlagGroup, chosen
from .lines import batches, typed
from .messages import say
from .paths import Named
from .recordings import CHANNEL, RESUME, Channel, format_elsewhere, format_flags, work
from .routes import routes, untranslated
from .subtitle_files import SECOND, subtitles
from .translatable import Given, there

OWN = frozenset({"to", "source", "glossary", "language", "tentative"})
"""Parameters that the command itself has a flag for, or that mean something live only."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    lab, found = lab_of(ctx), [one for one in given.get("inputs") or () if there(one)]
    heard = helping or any(Path(one).suffix.lower() not in SUBTITLES for one in found)
    groups = list[FlagGroup]()
    with lenient(helping):
        spec = _engine(lab, given.get("engine"))
        groups.append(FlagGroup("engine", f"Engine {spec.id}", settings(spec, OWN)))
        if heard and spec.kind is Kind.TRANSLATE:
            recognizer = meant(lab, Kind.ASR, given.get("recognizer"))
            groups.append(FlagGroup("asr", f"Recogniser {recognizer.id}", settings(recognizer, OWN), prefixed=True))
    if heard or given.get("formats"):
        formats = format_flags(ctx, given)
        return [*groups, *(replace(one, knobs=tuple(k for k in one.knobs if k.name != "track")) for one in formats)]
    return [*groups, FlagGroup("format", "Subtitles", SECOND)] if found else groups


def _engine(lab: Lab, name: str | None) -> EngineSpec:
    """The translator that is meant, or what translates speech in one step."""
    kind = Kind.SPEECH_TRANSLATE if (name or "").startswith(f"{Kind.SPEECH_TRANSLATE}/") else Kind.TRANSLATE
    return meant(lab, kind, name)


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.TRANSLATE, format_elsewhere))
@click.option("--to", multiple=True, required=True, metavar="CODE", help="Language, such as pt or zh; may be repeated.")
@click.option(
    "--from",
    "source",
    default="auto",
    metavar="CODE",
    help="Language that it is in.  [default auto: what a file's name tells, as talk.en.srt does, else as it reads]",
)
@click.option(
    "--engine",
    metavar="ID",
    help="Translator; `speechlab engines --kind translate` lists them. speech-translate/ID is one that hears.  "
    "[default: the best way by all that are installed]",
)
@click.option("--recognizer", metavar="ID", help="Recogniser, for recordings.  [default: the best installed]")
@click.option(
    "--glossary",
    multiple=True,
    metavar="FILE|TERM=BECOMES",
    help="What becomes of a term, nothing where it stays as it is; or a .toml, .csv or .tsv file. May be repeated.",
)
@click.option("--show-route", is_flag=True, help="Tell by which engines and languages it went.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="ID",
    help="Format of the result, such as txt, srt or docx; may be repeated.  [default: txt; of subtitles their own]",
)
@click.option(
    "--out",
    type=Named(path_type=Path),
    metavar="DIR",
    help="Write DIR/NAME.LANGUAGE.SUFFIX for each file. Without it, a single result is printed.",
)
@click.option("--encoding", metavar="NAME", help="How subtitle files are encoded.  [default utf-8]")
@RESUME
@CHANNEL
@click.argument("inputs", nargs=-1, metavar="[TEXT|FILE|FOLDER...]")
@click.pass_context
def translate(
    ctx: click.Context,
    inputs: tuple[str, ...],
    to: tuple[str, ...],
    source: str,
    engine: str | None,
    recognizer: str | None,
    glossary: tuple[str, ...],
    show_route: bool,
    formats: tuple[str, ...],
    out: Path | None,
    encoding: str | None,
    resume: bool,
    channel: Channel,
) -> None:
    """Texts, subtitle files and recordings in other languages.

    A text is printed in each language, several in columns. Without arguments, each line of standard input gives one.
    Subtitles (.srt, .vtt, .ass) keep their times, styles and format; recordings are recognised first. Folders stand for
    the recordings in them. Every parameter of the engine is a flag: see `speechlab translate --engine ID --help`.
    """
    lab = lab_of(ctx)
    given = Given.of([one for one in inputs if one != "-"])
    into = tuple(dict.fromkeys(map(standard, to)))
    spec = _engine(lab, engine)
    stage = told(
        {
            **chosen(ctx, "engine"),
            "source": None if source.lower() == "auto" else standard(source),
            "glossary": _terms(glossary),
        }
    )
    for one in into if spec.kind is Kind.TRANSLATE else ():
        translator(lab, one, stage.get("source"), spec.id)  # refuses what no way leads to
    tell = partial(_tell, into=into, show_route=show_route)

    def also(report: Finished) -> None:
        tell(report.recording, f"{report.item.path.name}: ")

    if given.recordings:
        pipeline = lab.pipeline({"title": "Translate", "stage": _stages(ctx, lab, spec, recognizer, into, stage)})
        shown = formats or ("txt",)
        ctx.exit(work(ctx, pipeline, given.recordings, shown, out, resume, channel, into=into, also=also))
    if spec.kind is not Kind.TRANSLATE:
        raise ConfigError(
            f"{spec.name} hears speech, and reads no text", hint="leave --engine out, or name a translator"
        )

    def translating(recording: Recording, to: str | Sequence[str]) -> Iterator[Event]:
        return lab.translating(recording, to, engine=spec.id, **stage)

    if given.subtitles:
        ctx.exit(subtitles(ctx, given.subtitles, formats, into, translating, out, encoding, also))
    if out is not None or formats:
        raise ConfigError("a text is printed, and written to no file", hint="leave --out and --format out")
    for lines in [given.texts] if given.texts else _typed():
        fold = Fold(recording := recording_of(lines))
        try:
            for event in translating(recording, into):
                fold.apply(event)
        finally:  # what was done before an engine failed is not lost
            recording = fold.recording()
            for line in columns(recording, into, several=not given.texts or len(into) > 1):
                click.echo(line)
            sys.stdout.flush()
        tell(recording)


def _typed() -> Iterator[Sequence[str]]:
    if sys.stdin.isatty():
        say("type lines to translate; Ctrl-D ends")
    return batches(typed())


def _terms(given: Sequence[str]) -> dict[str, Becomes] | None:
    terms: dict[str, Becomes] = {}
    for one in given:
        terms |= glossary(one)
    return terms or None


def _stages(
    ctx: click.Context,
    lab: Lab,
    spec: EngineSpec,
    recognizer: str | None,
    into: Sequence[str],
    stage: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """What hears and translates recordings. Raises ConfigError and EngineUnavailable."""
    spoken = told({"language": stage.get("source")})
    if spec.kind is Kind.SPEECH_TRANSLATE:
        if recognizer or "glossary" in stage or len(into) > 1:
            raise ConfigError(
                f"{spec.name} translates what it hears in one step, into one language",
                hint="leave out --recognizer, --glossary and every --to but one",
            )
        own = {name: value for name, value in stage.items() if name != "source"}
        return [{"use": spec.name, "to": into[0], **spoken, **own}]
    hearing = meant(lab, Kind.ASR, recognizer)
    return [
        {"use": hearing.name, **spoken, **chosen(ctx, "asr")},
        {"use": spec.name, "to": list(into), **stage},
    ]


def _tell(recording: Recording, name: str = "", *, into: Sequence[str], show_route: bool) -> None:
    """By which ways it was translated, and what was not, on standard error."""
    for to in into:
        track = recording.translations.get(to, Transcript())
        for sentence in (*(routes(track, to) if show_route else ()), *untranslated(track)):
            say(f"{name}{sentence}")
