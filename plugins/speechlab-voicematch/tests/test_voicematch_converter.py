"""The converter: what is said keeps its times, and comes nearer to somebody else's voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from speechlab_kokoro import ALPHABET, KokoroParams
from speechlab_voicematch import ConversionOptions, converter
from speechlab_voicematch.converter import Conversion
from speechlab_voicematch.manner import held
from speechlab_voicematch.vocoder import RATE, analysed

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    RememberingCloner,
    Samples,
    VoiceCloner,
    VoiceConverter,
    present,
)

pytestmark = pytest.mark.skipif(not present(ALPHABET, Path()), reason="needs: pip install speechlab-kokoro")
CONSENT = Consent("Ada", "it is my own voice", "2026-01-01")
OPTIONS = ConversionOptions()
Speech = Callable[..., Samples]


class Ear:
    """Hears which quarter of the sound it is: which vowel."""

    def frames(self, samples: Samples) -> Samples:
        turn = np.linspace(0, np.pi, -(-len(samples) // (RATE // 50)))
        return np.stack([np.cos(turn), np.sin(turn)], 1).astype(np.float32)


@pytest.fixture(scope="module")
def conversion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversion]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "content", lambda *_: Ear())
        yield Conversion(KokoroParams(threads=1), Context(tmp_path_factory.mktemp("home"), download=False))


def height(audio: Audio) -> float:
    """The median of its pitch."""
    pitch = analysed(audio.mono).pitch
    return float(np.median(pitch[pitch > 0]))


def test_what_is_said_comes_nearer_to_a_person(conversion: Conversion, speech: Speech) -> None:
    assert isinstance(conversion, VoiceConverter)
    assert isinstance(conversion, VoiceCloner)
    person = Audio(speech(190, size=1.1, seconds=4.0), RATE)
    said = Audio(speech(110, size=0.95, seconds=3.0), RATE, start=7.0)
    voice = conversion.clone(person, CONSENT, OPTIONS)
    assert (voice.name, voice.consent, voice.reference) == ("Ada (matched)", CONSENT, person.digest)
    assert conversion.voices()[-1] == voice
    [near] = conversion.convert(said, voice.id, OPTIONS)
    assert (near.start, near.sample_rate) == (7.0, RATE)
    assert near.duration == pytest.approx(said.duration, abs=0.01)
    assert np.abs(near.samples).max() <= 1
    assert height(near) == pytest.approx(height(person), rel=0.05)
    likeness = conversion._encoder.embed(person)
    assert conversion._encoder.embed(near) @ likeness > conversion._encoder.embed(said) @ likeness + 0.05


def test_more_is_taken_of_the_sounds_where_more_is_asked_for(conversion: Conversion, speech: Speech) -> None:
    voice = conversion.clone(Audio(speech(150, size=1.2), RATE), CONSENT, OPTIONS)
    said = Audio(speech(120), RATE)
    [none], [some], [all_] = (conversion.convert(said, voice.id, ConversionOptions(transfer=t)) for t in (0, 0.5, 1))
    assert 0.005 < np.abs(none.mono - some.mono).mean() < np.abs(none.mono - all_.mono).mean()


def test_a_voice_that_was_kept_is_the_same(conversion: Conversion, speech: Speech, tmp_path: Path) -> None:
    assert isinstance(conversion, RememberingCloner)
    person, said = Audio(speech(180), RATE), Audio(speech(120), RATE)
    voice = conversion.clone(person, CONSENT, OPTIONS)
    kept = conversion.learnt(voice.id)
    other = Conversion(KokoroParams(threads=1), Context(tmp_path, download=False))
    assert other.recall(kept, person, CONSENT, OPTIONS) == voice
    [one], [two] = (engine.convert(said, voice.id, OPTIONS) for engine in (conversion, other))
    assert np.array_equal(one.samples, two.samples)
    other._ear = None
    with pytest.raises(ValueError, match="matched in another way"):
        other.recall(kept, person, CONSENT, OPTIONS)


def test_one_of_kokoros_voices_is_listened_to_once(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch, speech: Speech
) -> None:
    asked: list[str] = []

    class Speaker:
        def __init__(self, *_: Any) -> None: ...

        def synthesize(self, text: str, voice: str, options: Any) -> Iterator[Audio]:
            asked.append(voice)
            yield Audio(speech(210, size=1.1), RATE)

    monkeypatch.setattr(converter, "Kokoro", Speaker)
    own = conversion.voices()[0].id
    said = Audio(speech(110), RATE)
    [one], [two] = (conversion.convert(said, own, OPTIONS) for _ in range(2))
    assert np.array_equal(one.samples, two.samples)
    assert asked == [own]
    assert conversion.learnt(own) == b"", "it is learnt of no clip"


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05, 3.0])
def test_silence_stays_silence(conversion: Conversion, speech: Speech, seconds: float) -> None:
    voice = conversion.clone(Audio(speech(180), RATE), CONSENT, OPTIONS)
    [made] = conversion.convert(Audio(np.zeros(round(seconds * RATE), np.float32), RATE), voice.id, OPTIONS)
    assert made.duration == pytest.approx(seconds, abs=0.001)
    assert not made.samples.any()


def test_nobody_is_no_reference(conversion: Conversion) -> None:
    with pytest.raises(AudioError, match="nobody"):
        conversion.clone(Audio(np.zeros(3 * RATE, np.float32), RATE), CONSENT, OPTIONS)


def test_a_voice_that_it_lacks_is_told(conversion: Conversion, speech: Speech) -> None:
    with pytest.raises(ConfigError, match="no voice 'Bob'") as lacking:
        conversion.convert(Audio(speech(120), RATE), "Bob", OPTIONS)
    assert "library" in lacking.value.hint


def test_what_a_recording_holds_is_heard_in_it(speech: Speech) -> None:
    whole = speech(120, rate=16_000)
    assert held(analysed(speech(120))).all()
    ends = np.flatnonzero(held(analysed(np.asarray(soxr.resample(whole, 16_000, RATE)))) > 0.5)[-1] * RATE / 1024
    assert 7_000 < ends < 8_600
