"""espeak-ng, which speaks nearly anything and like a robot: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, PronouncingOptions, hookimpl

LANGUAGES = (
    "en af am an ar as az ba be bg bn bpy bs ca cs cv cy da de el eo es et eu fa fi fr ga gd gn grc gu hak haw he hi hr"
    " ht hu hy hyw ia id io is it ja jbo ka kk kl kn ko kok ku ky la lb lfn lt ltg lv mi mk ml mr ms mt my nb nci ne nl"
    " nog om or pa pap pl pt qu quc ro ru sd shn si sk sl smj sq sr sv sw ta te th tk tn tr tt ug uk ur uz vi yue zh"
)
"""Those of espeak-ng 1.51; which are there, the installed program tells."""


class EspeakParams(Params):
    """How the program is kept."""

    timeout: Annotated[float, Field(ge=1, le=600)] = Field(30.0, json_schema_extra={"advanced": True})
    """Seconds in which it must have said a sentence; else it is ended."""


class EspeakOptions(PronouncingOptions):
    """What may change at each call."""

    speed: Annotated[float, Field(ge=0.5, le=4)] = 1.0
    """Pace of the speech; 1 is 175 words a minute."""
    pitch: Annotated[float, Field(ge=-6, le=8)] = 0.0
    """Semitones above the voice's own pitch, or below it, roughly."""
    pause: Annotated[float, Field(ge=0, le=5)] = 0.3
    """Seconds of silence between sentences."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer."""
    register(
        EngineSpec(
            id="espeak",
            kind=Kind.TTS,
            load="speechlab_espeak.engine:Espeak",
            params=EspeakParams,
            options=EspeakOptions,
            features=frozenset({"last_resort", "words_only"}),
            languages=tuple(LANGUAGES.split()),
            sample_rate=22_050,
            concurrent=True,
            programs=("espeak-ng",),
            debian="espeak-ng",
            license="Apache-2.0 AND GPL-3.0-or-later",
            homepage="https://github.com/espeak-ng/espeak-ng",
            summary="More than 100 languages at once, two hundred times faster than real time, like a robot: the last"
            " resort, taken only where it is named; under the GPL, used where Debian's package is installed.",
        )
    )
