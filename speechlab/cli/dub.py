"""``speechlab dub``: a recording spoken in another language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from .. import media
from ..batch import Advanced, Finished, Item, Report, Started
from ..batch.work import each
from ..closing import closes
from ..dubbing import Dub, DubOptions
from ..engines import EngineSpec, Kind
from ..errors import ConfigError
from ..heard import HeardFile
from ..lab import Lab
from ..params import knobs, nearest
from ..preferred import preferred
from ..types import HeardChunk, Progress
from .account import Account
from .app import lab_of
from .engines import NUMBERS, engine_ids, lenient, meant, of_engines, settings, who_speaks
from .flags import FlagCommand, FlagGroup, chosen
from .maybe import MaybeOption
from .messages import say
from .paths import Named
from .recordings import CHANNEL, RESUME, Channel
from .tables import write_json, write_table

OWN = frozenset({"language", "to", "track"})
"""Parameters that the command itself has a flag for: each is the language that is spoken."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    groups = [FlagGroup("dub", "Fitting speech into the original's time", knobs(DubOptions))]
    if given.get("pipeline"):
        return groups
    with lenient(helping):
        spec = _speaker(lab_of(ctx), str(given.get("engine") or ""), given.get("to"))
        groups.append(FlagGroup("engine", f"Engine {spec.id}", settings(spec, OWN)))
    return groups


def _speaker(lab: Lab, name: str, to: str | None) -> EngineSpec:
    """What speaks: the engine that is named, or the best installed for the language."""
    if name.startswith(f"{Kind.INTERPRET}/"):
        return meant(lab, Kind.INTERPRET, name)
    return meant(lab, Kind.TTS, name) if name else preferred(lab.plugins, Kind.TTS, to)


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.TTS))
@click.option("--to", required=True, metavar="CODE", help="Language to speak, as a code such as pt or es.")
@click.option(
    "--from",
    "source",
    default="auto",
    metavar="CODE",
    help="Language that is spoken in the recording.  [default auto: detected]",
)
@click.option(
    "--engine",
    metavar="ID",
    help="Synthesizer; `speechlab engines --kind tts` lists them. interpret/ID is an engine that hears and speaks.  "
    "[default: the best installed]",
)
@click.option("--recognizer", metavar="ID", help="Recogniser.  [default: the best installed]")
@click.option("--translator", metavar="ID", help="Translator.  [default: the best way by all that are installed]")
@click.option(
    "--speakers",
    cls=MaybeOption,
    known=lambda ctx: engine_ids(lab_of(ctx), Kind.DIARIZE) | NUMBERS,
    metavar="[ID|N]",
    help="Give each speaker a voice. ID is a diarizer, N how many people speak, where that is known.  "
    "[without a value the best diarizer installed]",
)
@click.option("--glossary", metavar="FILE", help="Terms and what becomes of them: a .toml, .csv or .tsv file.")
@click.option("--pipeline", metavar="NAME", help="A pipeline of your own, whose last stage speaks, instead of these.")
@click.option("--report", is_flag=True, help="Print when each segment is spoken, how fast, and what did not fit.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, for programs.")
@RESUME
@CHANNEL
@click.option(
    "--out",
    type=Named(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help=f"The file to write: {', '.join(media.WRITABLE)}, by its suffix.",
)
@click.argument("file", metavar="FILE", type=Named(path_type=Path))
@click.pass_context
def dub(
    ctx: click.Context,
    file: Path,
    to: str,
    source: str,
    engine: str | None,
    recognizer: str | None,
    translator: str | None,
    speakers: str | None,
    glossary: str | None,
    pipeline: str | None,
    report: bool,
    as_json: bool,
    resume: bool,
    channel: Channel,
    out: Path,
) -> None:
    """A recording spoken in another language, each segment in the time of its original.

    The track is exactly as long as the recording. Speech that is too long is sped up, within limits; what still does
    not fit is told. Every parameter of the engine that speaks is a flag: see `speechlab dub --engine ID --help`.
    """
    lab = lab_of(ctx)
    _check(file, out)
    diarizer, number = (None, None) if speakers is None else who_speaks(lab, speakers)
    dub: Dub = lab.dub(
        file,
        to,
        None if source.lower() == "auto" else source,
        engine,
        recognizer=recognizer,
        translator=translator,
        diarizer=diarizer and diarizer.id,
        speakers=number,
        glossary=glossary,
        pipeline=pipeline,
        channel=channel,
        resume=resume,
        **chosen(ctx, "dub"),
        **chosen(ctx, "engine"),
    )
    account = Account(
        1,
        verbose=bool(ctx.find_root().params.get("verbose")),
        finished=lambda done: _told(dub, report, as_json),
        stopped="stopped; the same call with --resume goes on from here",
    )
    item = Item(file, out.stem)
    ctx.exit(account.of(each([item], lambda number, item: _work(dub, item, out))))


def _check(file: Path, out: Path) -> None:
    """Refuse what could not be written in the end. Raises ConfigError."""
    suffix = out.suffix.removeprefix(".").lower()
    if suffix not in media.WRITABLE:
        hint = nearest(suffix, media.WRITABLE, "sound can be written as")
        raise ConfigError(f"sound cannot be written as {out.name}", hint=hint)
    if out.resolve() == file.resolve():
        raise ConfigError(f"{out} would be overwritten, which is the recording", hint="choose another --out")


def _work(dub: Dub, item: Item, out: Path) -> Iterator[Report]:
    """The work, reported as any batch is."""
    yield Started(item, 1, dub.duration, dub.passes)
    with closes(events := iter(dub)), closing(HeardFile(out, comment=dub.comment)) as track:
        for event in events:
            match event:
                case HeardChunk(audio):
                    track.append(audio)
                case Progress():
                    yield Advanced(item, event, dub.trace.resumed)
        track.finish()
    yield Finished(item, dub.recording, (out,), dub.trace)


def _told(dub: Dub, report: bool, as_json: bool) -> None:
    """What became of the segments."""
    for sentence in dub.report.sentences:
        say(sentence)
    if as_json:
        write_json(dub.report.as_json())
    elif report:
        write_table(
            ["original", "spoken", "tempo", "late", "too long", "cut off", "speaker", "voice", "text"],
            [
                [
                    f"{one.start:.2f} - {one.end:.2f}",
                    f"{one.spoken_start:.2f} - {one.spoken_end:.2f}",
                    f"{one.tempo:.2f}",
                    *(f"{seconds:.2f}" if seconds >= 0.005 else "" for seconds in (one.late, one.over, one.cut)),
                    one.speaker or "",
                    one.voice,
                    one.text,
                ]
                for one in dub.report.segments
            ],
        )
