"""``speechlab voices``: people whom diarization knows by their voices."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..engines import Kind
from ..lab import Lab
from ..types import Consent
from ..voices import Voices, now
from .app import NearestGroup
from .messages import say
from .tables import json_option, write_json, write_table
from .transcribe import engine_id


@click.group(cls=NearestGroup)
def voices() -> None:
    """People whom diarization knows by their voices: enrol, list, remove.

    A profile is numbers that tell a voice from others, with the consent to it; the sound is not kept. It lies in the
    lab's own folder, and never leaves this machine.
    """


@voices.command()
@click.argument("name")
@click.argument("clip", metavar="FILE", type=click.Path(path_type=Path))
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
    """Learn the voice of NAME from a clip in which only that person speaks, for 5 seconds or, better, 20."""
    made = _voices(lab).enrol(
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
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "engine": one.engine,
            "version": one.version,
            "seconds": one.seconds,
            "usable": any(one.fits(spec) for spec in lab.engines(Kind.DIARIZE)),
            "consent": asdict(one.consent),
        }
        for one in _voices(lab).all()
    ]
    if as_json:
        write_json(rows)
        return
    if not rows:
        say("nobody is enrolled; `speechlab voices enrol NAME FILE --consent GROUND` does it")
        return
    write_table(
        ["name", "engine", "speech", "consent"],
        [
            [
                row["name"],
                row["engine"] + ("" if row["usable"] else ", with other weights than are installed: enrol anew"),
                f"{row['seconds']:.0f} s",
                f"{row['consent']['person']}: {row['consent']['ground']} ({row['consent']['at'][:10]})",
            ]
            for row in rows
        ],
    )


@voices.command()
@click.argument("name")
@click.pass_obj
def remove(lab: Lab, name: str) -> None:
    """Forget the voice of NAME for good."""
    _voices(lab).remove(name)
    click.echo(f"{name} is forgotten")


def _voices(lab: Lab) -> Voices:
    made: Voices = lab.voices
    return made
