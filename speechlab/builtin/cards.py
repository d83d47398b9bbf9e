"""Cards of the host's own engines: an energy gate that works anywhere, and toys that show how things fit together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..engines import AsrOptions, EngineSpec, Kind, VadOptions
from ..params import Params
from .prepare.cards import ENGINES as PREPARERS


class EnergyOptions(VadOptions):
    """Options of the energy gate."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Loudness (root mean square of a 20 ms frame, full scale 1) above which a frame counts as speech."""


class ShoutParams(Params):
    """Parameters of the toy translator."""

    marks: Annotated[int, Field(ge=0, le=9)] = 0
    """How many exclamation marks to add."""


class ReplaceParams(Params):
    """What is needed to load the vocabulary."""

    file: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Text file with a rule on each line, such as `speech lab = speechlab`; lines that begin with # are left out."""


class ReplaceOptions(Params):
    """What to find and what to write instead."""

    rules: tuple[str, ...] = ()
    """Rules such as "speech lab = speechlab", beside those of the file. What is written in small letters takes the case
    of what was found."""
    whole_words: bool = True
    """Find whole words only, in scripts that have spaces between them."""
    match_case: bool = False
    """Find only what is written in the same case."""


TOYS = "speechlab.builtin.toys"
HEARD = ("word_times", "language_id")
"""What the toys that hear speech tell beside the text."""


def _toy(kind: Kind, load: str, summary: str, features: tuple[str, ...] = (), **more: object) -> EngineSpec:
    card = {
        "id": "toy",
        "kind": kind,
        "load": f"{TOYS}:{load}",
        "features": frozenset({"toy", *features}),
        "license": "Apache-2.0",
        "summary": summary,
        **more,
    }
    return EngineSpec(**card)  # type: ignore[arg-type]  # the values are right; mypy sees one dict of objects


ENGINES = (
    *PREPARERS,
    EngineSpec(
        id="energy",
        kind=Kind.VAD,
        load="speechlab.builtin.energy:EnergyDetector",
        options=EnergyOptions,
        features=frozenset({"scores"}),
        license="Apache-2.0",
        summary="Loudness above a threshold: no weights; for clean recordings, and where no detector is installed.",
    ),
    EngineSpec(
        id="replace",
        kind=Kind.TEXT,
        load="speechlab.builtin.replace:Replace",
        params=ReplaceParams,
        options=ReplaceOptions,
        concurrent=True,
        license="Apache-2.0",
        summary="Finds and replaces: names and terms that a recogniser writes otherwise, from a list or a file.",
    ),
    _toy(Kind.ASR, "Counter", "Tells how many seconds it heard.", HEARD, options=AsrOptions),
    _toy(Kind.DENOISE, "Hush", "Halves the sound."),
    _toy(Kind.DIARIZE, "Alternate", "Gives every second second to another speaker."),
    _toy(Kind.ALIGN, "Even", "Shares a segment's time evenly among its words."),
    _toy(Kind.TEXT, "Capitals", "Writes everything in capitals."),
    _toy(Kind.TRANSLATE, "Shout", "Puts the language before the text.", params=ShoutParams),
    _toy(Kind.SPEECH_TRANSLATE, "Abroad", "Tells how many seconds it heard, in any language.", HEARD),
    _toy(Kind.INTERPRET, "Echo", "Says each second again, an octave lower in rate."),
    _toy(Kind.TTS, "Beeper", "Beeps once for each word."),
    _toy(Kind.CONVERT, "Flip", "Turns the sound upside down."),
)
