"""What synthesizers and voice converters promise: sound that can be heard, in the voice that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from ...engines import PricedSynthesizer, PronouncingOptions, RememberingCloner, VoiceCloner
from ...engines.service import PRICED
from ...errors import EngineUnavailable, SpeechLabError
from ...library import CLONING, MATCHING
from ...types import Audio, Consent, Voice
from ..sounds import spoken
from ..subject import Subject
from .denoisers import ENERGY
from .texts import TEXTS

STRANGER = "a voice that nobody has"
CLIP = 24_000
"""Hz of the clip that a voice is learnt from."""


def check_speaks_with_each_of_its_voices(subject: Subject) -> None:
    """It has voices, each with an id of its own, and what they say is sound: the longer the text, the more."""
    voices = subject.engine.voices()
    assert voices, "it has no voices"
    assert all(isinstance(voice, Voice) and voice.id for voice in voices), voices
    assert len({voice.id for voice in voices}) == len(voices), "two voices have one id"
    for voice in (None, *(voice.id for voice in voices[:2])):
        short, long = (
            Audio.join(sounds(subject.engine.synthesize(text, voice, subject.options)))
            for text in ("Good morning.", "Good morning. The old lighthouse stands at the end of the harbor.")
        )
        assert 0.1 < short.duration < 20, f"two words take {short.duration:.1f} s"
        assert float(np.abs(short.samples).max()) > 0.001, "nothing can be heard"
        assert long.duration > short.duration, "a longer text takes no longer"


def check_refuses_an_unknown_voice(subject: Subject) -> None:
    """A voice that it does not have is an error of ours, never another voice."""
    try:
        parts = list(subject.engine.synthesize("Hello.", STRANGER, subject.options))
    except SpeechLabError:
        return
    pytest.fail(f"asked for a voice that it does not have, it gave {parts}: raise speechlab.ConfigError")


def check_speaks_whatever_is_written(subject: Subject) -> None:
    """Nothing, digits, another language's letters, a smile, and words that are to sound as nothing does: some sound or
    none, never a crash."""
    for text in TEXTS:
        sounds(subject.engine.synthesize(text, None, subject.options))
    if isinstance(subject.options, PronouncingOptions):
        told = subject.options.model_copy(update={"pronunciations": ("hello = \N{BLACK STAR}7[[", "there = no")})
        sounds(subject.engine.synthesize("Hello there.", None, told))


def check_learns_a_voice(subject: Subject) -> None:
    """What its card says of learning voices is so: from a clip and somebody's consent it makes a voice that it lists,
    and speaks with that."""
    engine, told = subject.engine, subject.spec.features & {CLONING, MATCHING}
    learns = isinstance(engine, VoiceCloner)
    if not learns:
        assert not told, "its card says that it learns voices, but it has no clone"
        pytest.skip("it learns no voices")
    assert len(told) == 1, f"it learns voices, so its card has one of the features {CLONING} and {MATCHING}"
    consent = Consent("A speaker", "only a check", "2026-01-01T00:00:00+00:00")
    clip = spoken(CLIP)
    try:
        voice = engine.clone(clip, consent, subject.options)
    except EngineUnavailable as error:
        pytest.skip(f"it cannot learn voices here: {error}")
    assert isinstance(voice, Voice), f"{voice!r} is no Voice"
    assert voice.consent == consent, f"the voice has another consent than was given: {voice.consent}"
    assert voice.id in {one.id for one in engine.voices()}, "it does not list the voice that it has learnt"
    said = Audio.join(sounds(engine.synthesize("Good morning.", voice.id, subject.options)))
    assert float(np.abs(said.samples).max()) > 0.001, "nothing can be heard of the voice that it has learnt"
    if isinstance(engine, RememberingCloner):
        kept = engine.learnt(voice.id)
        assert isinstance(kept, bytes), f"what it has learnt is a {type(kept).__name__}, not bytes"
        again = engine.recall(kept, clip, consent, subject.options) if kept else voice
        assert again == voice, f"it recalls another voice than it has learnt: {again}"
        with pytest.raises((ValueError, LookupError, OSError, EOFError)):
            engine.recall(b"of another version", clip, consent, subject.options)


def check_tells_its_price(subject: Subject) -> None:
    """What its card says of a price is so, and a longer text costs no less."""
    engine, told = subject.engine, PRICED in subject.spec.features
    assert isinstance(engine, PricedSynthesizer) == told, f"who has a quote has the feature {PRICED}, and nobody else"
    if not told:
        pytest.skip("it costs nothing")
    short, long = (engine.quote(text, subject.options) for text in ("Hello.", "Hello. " * 20))
    assert short.service, "it does not tell who charges"
    assert (short.characters, long.characters) == (6, 140), "it counts other characters than those of the text"
    if short.amount is not None and long.amount is not None:
        assert 0 <= short.amount <= long.amount, "a longer text costs less"


def converted(subject: Subject, audio: Audio) -> list[Audio]:
    """The sound in another voice, in parts."""
    return sounds(subject.engine.convert(audio, subject.lift.voice, subject.options))


def check_keeps_the_length(subject: Subject) -> None:
    """A converted voice says the same in about the same time, and can be heard."""
    audio = spoken(subject.spec.sample_rate)
    said = Audio.join(converted(subject, audio))
    assert said.duration == pytest.approx(audio.duration, rel=0.1), "it is not about as long as what went in"
    share = float(np.square(said.samples).mean() / np.square(audio.samples).mean())
    assert share > ENERGY, f"{share:.1%} of the energy of speech is left"


def sounds(parts: Iterable[Audio]) -> list[Audio]:
    """What an engine gave, as sound that is sound."""
    parts = list(parts)
    for part in parts:
        assert isinstance(part, Audio), f"{part!r} is no Audio"
        assert np.isfinite(part.samples).all(), "there are samples that are no numbers"
        assert not part.frames or float(np.abs(part.samples).max()) <= 1.0, "samples lie in [-1, 1]"
    return parts
