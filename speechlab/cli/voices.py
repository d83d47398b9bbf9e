"""``speechlab voices``: voices to speak with, and people whom diarization knows by theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..engines import Kind, present
from ..errors import ConfigError, EngineError, PolicyDenied
from ..lab import Lab
from ..params import nearest
from ..speaking import voices as voices_of
from ..types import Consent
from ..voices import Voices, now
from .app import NearestGroup, lab_of
from .engines import engine_id, lenient, meant
from .flags import FlagCommand, FlagGroup, chosen
from .messages import say
from .paths import Named
from .tables import json_option, write_json, write_table


class _Listing(NearestGroup):
    """Without a command it lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Group.parse_args(self, ctx, args)


@click.group(cls=_Listing, invoke_without_command=True)
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="ID",
    help="List this synthesizer's own voices, too; may be repeated.  [default: the best installed, where its weights "
    "are here]",
)
@json_option
@click.pass_context
def voices(ctx: click.Context, engines: tuple[str, ...], as_json: bool) -> None:
    """Voices to speak with: those of the library and of an engine; and people whom diarization knows by their voices.

    The library holds what `speechlab clone` made, with the clip, and the consent to it. A person's profile is numbers
    that tell a voice from others, without the sound. Both lie in the lab's own folder.
    """
    if ctx.invoked_subcommand is None:
        lab: Lab = ctx.obj
        speaking, people = _library(lab) + _own(lab, engines), _people(lab)
        if as_json:
            write_json({"voices": speaking, "people": people})
            return
        _write_voices(speaking)
        if people:
            click.echo("\nPeople known to diarization:")
            _write_people(people)
        if not engines:
            say("`speechlab voices --engine ID` lists the voices of another engine")


def _library(lab: Lab) -> list[dict[str, Any]]:
    return [{**kept.as_json(), "library": True} for kept in lab.library.all()]


def _own(lab: Lab, engines: tuple[str, ...]) -> list[dict[str, Any]]:
    """The engines' own voices; nothing is downloaded, and nobody far away asked, only to list them."""
    if engines:
        specs = [meant(lab, Kind.TTS, one) for one in engines]
    else:
        try:
            best = lab.engine(Kind.TTS)
        except EngineError:
            return []
        specs = [best] if all(present(one, lab.home) for one in best.weights) else []
    found = []
    for spec in specs:
        try:
            own = voices_of(lab, spec)
        except (EngineError, PolicyDenied) as error:
            if engines:
                raise
            say(f"{error}; {error.hint}")
            continue
        found += [
            {"id": one.id, "name": one.name, "engine": spec.name, "made": "preset", "languages": list(one.languages)}
            | {"consent": None, "library": False}
            for one in own
        ]
    return found


def _write_voices(rows: list[dict[str, Any]]) -> None:
    if not rows:
        say("there is no voice to speak with; `speechlab clone FILE --name NAME --consent GROUND` makes one")
        return
    write_table(
        ["voice", "engine", "made", "languages", "consent"],
        [
            [
                row["name"] if row["library"] else row["id"],
                row["engine"],
                row["made"] + (", in the library" if row["library"] else ""),
                ", ".join(row["languages"]),
                _told(row["consent"]) if row["consent"] else "",
            ]
            for row in rows
        ],
    )


def _told(consent: dict[str, str]) -> str:
    return f"{consent['person']}: {consent['ground']} ({consent['at'][:10]})"


@voices.command()
@click.argument("name")
@click.argument("clip", metavar="FILE", type=Named(path_type=Path))
@click.option(
    "--consent",
    required=True,
    metavar="GROUND",
    help='On what ground the voice may be used, in words: "asked in person on 3 May".',
)
@click.option("--person", metavar="NAME", help="Who gave it, where somebody did for the person.  [default: NAME]")
@click.option("--engine", metavar="ID", help="Diarizer that is to know the voice.  [default: the best installed]")
@click.option("--alone", is_flag=True, help="Only one person speaks, even where two seem to be heard.")
@click.pass_obj
def enrol(lab: Lab, name: str, clip: Path, consent: str, person: str | None, engine: str | None, alone: bool) -> None:
    """Let diarization know NAME by a clip in which only that person speaks, for 5 seconds or, better, 20."""
    made = _profiles(lab).enrol(
        name,
        clip,
        consent=Consent(person or name, consent, now()),
        engine=engine_id(engine, Kind.DIARIZE),
        **({"speakers": 1} if alone else {}),
    )
    click.echo(f"{made.name} is enrolled, from {made.seconds:.0f} s of speech")


@voices.command("list")
@json_option
@click.pass_obj
def list_(lab: Lab, as_json: bool) -> None:
    """Everybody who is enrolled, and their consent."""
    rows = _people(lab)
    if as_json:
        write_json(rows)
    elif rows:
        _write_people(rows)
    else:
        say("nobody is enrolled; `speechlab voices enrol NAME FILE --consent GROUND` does it")


def _people(lab: Lab) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "engine": one.engine,
            "version": one.version,
            "seconds": one.seconds,
            "usable": any(one.fits(spec) for spec in lab.engines(Kind.DIARIZE)),
            "consent": asdict(one.consent),
        }
        for one in _profiles(lab).all()
    ]


def _write_people(rows: list[dict[str, Any]]) -> None:
    write_table(
        ["name", "engine", "speech", "consent"],
        [
            [
                row["name"],
                row["engine"] + ("" if row["usable"] else ", with other weights than are installed: enrol anew"),
                f"{row['seconds']:.0f} s",
                _told(row["consent"]),
            ]
            for row in rows
        ],
    )


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    with lenient(helping):
        spec = meant(lab_of(ctx), Kind.TTS, given.get("engine"))
        return [FlagGroup("tts", f"Engine {spec.id}", spec.knobs)]
    return []


@voices.command(cls=FlagCommand, groups=_groups)
@click.option("--engine", metavar="ID", help="Synthesizer that has the voice.  [default: the best installed]")
@click.argument("name")
@click.argument("voice")
@click.pass_context
def keep(ctx: click.Context, name: str, voice: str, engine: str | None) -> None:
    """Call an engine's VOICE by a NAME of your own: one that it lists, or a blend; with options, such as --speed."""
    lab = lab_of(ctx)
    made = lab.name_voice(name, voice, engine_id(engine, Kind.TTS), **chosen(ctx, "tts"))
    click.echo(f"{made.name} is in the library: {voice} of {made.engine}")


@voices.command()
@click.argument("name")
@click.argument("out", metavar="FILE|FOLDER", type=Named(path_type=Path))
@click.pass_obj
def export(lab: Lab, name: str, out: Path) -> None:
    """Write NAME's voice to one file, with its clip and the consent: for another machine."""
    written = lab.library.export(name, out)
    click.echo(f"{written} is written, with the clip: give it to nobody who may not have that")


@voices.command("import")
@click.option("--name", metavar="NAME", help="What to call it here.  [default: its own name]")
@click.argument("file", metavar="FILE", type=Named(path_type=Path))
@click.pass_obj
def import_(lab: Lab, file: Path, name: str | None) -> None:
    """Take a voice that `speechlab voices export` wrote into the library."""
    kept = lab.library.load(file, name)
    click.echo(f"{kept.name} is in the library, {kept.made} by {kept.engine}")


@voices.command()
@click.argument("name")
@click.pass_obj
def remove(lab: Lab, name: str) -> None:
    """Forget the voice of NAME for good: in the library, and as somebody whom diarization knows."""
    kept = lab.library.find(name)
    known = [one.name for one in _profiles(lab).all()]
    if kept is None and name not in known:
        names = [*known, *(one.name for one in lab.library.all())]
        raise ConfigError(f"no voice is called {name!r}", hint=nearest(name, names, "there are"))
    if kept is not None:
        lab.library.remove(kept.name)
    if name in known:
        _profiles(lab).remove(name)
    click.echo(f"{name} is forgotten")


def _profiles(lab: Lab) -> Voices:
    made: Voices = lab.voices
    return made
