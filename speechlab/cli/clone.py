"""``speechlab clone``: a voice made from a clip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..cloning import Reference, learners, ready
from ..engines import Kind
from ..errors import SpeechLabError
from ..lab import Lab
from ..library import Kept, agreed, called
from ..proofing import embedding
from ..types import Consent
from ..ui.voice_samples import Samples
from .app import lab_of
from .engines import lenient, of_engines
from .flags import FlagCommand, FlagGroup, chosen
from .messages import say
from .paths import Named
from .tables import json_option, write_json


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    with lenient(helping):
        spec = learners(lab_of(ctx), given.get("engine"))[0]
        return [FlagGroup("tts", f"Engine {spec.id}", spec.knobs)]
    return []


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.TTS))
@click.option("--name", required=True, metavar="NAME", help="What to call the voice, wherever one is named.")
@click.option(
    "--consent",
    metavar="GROUND",
    help='On what ground the voice may be used, in words: "my own voice", "asked in person on 3 May". '
    "Without it, no voice is made.",
)
@click.option("--person", metavar="NAME", help="Who gave it, where that is not NAME.  [default: NAME]")
@click.option(
    "--engine",
    metavar="ID",
    help="Synthesizer that learns the voice, or convert/ID for a converter.  [default: one that clones, else one that "
    "matches voices]",
)
@click.option("--alone", is_flag=True, help="Only one person speaks, even where several seem to be heard.")
@json_option
@click.argument("clip", metavar="FILE", type=Named(path_type=Path))
@click.pass_context
def clone(
    ctx: click.Context,
    clip: Path,
    name: str,
    consent: str | None,
    person: str | None,
    engine: str | None,
    alone: bool,
    as_json: bool,
) -> None:
    """A voice made from a clip in which only that person speaks, for 3 seconds or, better, 10 to 30.

    The clip is checked first: length, clipping, noise, silence, and how many people speak. The voice, the clip and the
    consent are kept in the lab's own folder; they leave this machine only where an engine does, or `speechlab voices
    export` takes them. A voice that speaks on this machine says a sentence, and how like the clip that is, is told.
    """
    lab = lab_of(ctx)
    name = called(name)
    given = agreed(Consent(person or name, consent or "", ""), name)
    ready(lab, engine, chosen(ctx, "tts"))
    heard: Reference = lab.reference(clip, alone=alone).usable()
    for item in heard.advice:
        if item.severity != "good":
            say(f"{item.severity}: {item.text} {item.advice}".strip())
    made = lab.clone(heard, name, given, engine, **chosen(ctx, "tts"))
    kept: Kept = lab.library.get(made.id)
    alike = _likeness(lab, kept)
    if as_json:
        write_json({**kept.as_json(), "reference_check": heard.as_json(), "similarity": alike})
        return
    likened = " (its own voices likened to the clip: voice matching, no cloning)" if kept.made == "matched" else ""
    click.echo(f"{kept.name} is {kept.made} by {kept.engine} from {kept.seconds:.0f} s of sound{likened}")
    if alike:
        say(f"how like the clip it sounds: {alike['words']}")
    converts = kept.engine.startswith(f"{Kind.CONVERT}/")
    call = "convert FILE" if converts else 'speak "..."'
    say(f"use it: speechlab {call} --voice {_quoted(kept.name)} --out {'FOLDER' if converts else 'x.wav'}")


def _likeness(lab: Lab, kept: Kept) -> dict[str, Any] | None:
    """How alike a sentence in the new voice is to the clip, on its scale; None where nobody can tell, where it would
    cost money, or where the voice does not speak."""
    kind, _, id = kept.engine.partition("/")
    if kind != Kind.TTS or not lab.engine(Kind.TTS, id).local:
        return None
    try:
        embedding(lab)
        return Samples(lab).likeness(kept)
    except SpeechLabError:  # the voice is made all the same
        return None


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
