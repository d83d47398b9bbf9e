"""Sounds that nobody prepared for: an answer, whatever it is, never a crash."""

from __future__ import annotations

from typing import Any

import pytest

from ...engines import Kind
from ...types import Audio, Segment, Transcript
from ..sounds import music, noise, silence, tone
from ..subject import Subject
from .aligners import aligned
from .asked import LATE, through
from .denoisers import cleaned
from .detectors import detected
from .diarizers import turns
from .interpreters import interpreted
from .preparers import prepared
from .recognizers import recognised
from .voices import converted


def odd(rate: int) -> tuple[Audio, ...]:
    """Silence, noise, music, a tenth of a second, a fiftieth. (Samples that are no numbers never reach an engine.)"""
    return (
        silence(2, rate, LATE),
        noise(2, rate, LATE),
        music(2, rate, LATE),
        tone(0.1, rate, LATE),
        silence(0.02, rate, LATE),
    )


def check_survives_odd_sounds(subject: Subject) -> None:
    """Silence, noise, music, and much too short a sound: an answer that keeps all rules, never a crash."""
    for sound in odd(subject.spec.sample_rate):
        match subject.spec.kind:
            case Kind.VAD:
                detected(subject, sound, 0.5)
            case Kind.PREPARE:
                prepared(subject, sound)
            case Kind.DENOISE:
                cleaned(subject, sound)
            case Kind.ALIGN:
                nobody = Segment(sound.start, sound.end, text="Nobody says this here.", id="a", language="en")
                aligned(subject, sound, Transcript((nobody,), "en"))
            case Kind.DIARIZE:
                turns(subject, sound)
            case Kind.CONVERT:
                converted(subject, sound)
            case Kind.INTERPRET:
                interpreted(subject, sound)
            case _:
                recognised(subject, sound)


def check_survives_an_empty_stream(subject: Subject) -> None:
    """A session that is over before it heard anything tells nothing."""
    engine: Any = subject.engine
    if subject.spec.kind is Kind.INTERPRET:
        session = engine.interpret(subject.target, subject.options)
    elif hasattr(engine, "open"):
        session = engine.open(subject.options)
    else:
        pytest.skip("it does not stream")
    assert through(session, []) == []
