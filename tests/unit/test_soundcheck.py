"""The sound check: each thing it tells, on sounds of which it is known."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from pyloudnorm import Meter

from speechlab import (
    Audio,
    AudioError,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Samples,
    SpeechEnded,
    SpeechStarted,
    hookimpl,
    media,
)
from speechlab.soundcheck import SoundCheck, channel_speakers, check
from speechlab.soundcheck.loudness import Loudness
from speechlab.source import Source

RATE = 16_000


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def talk(seconds: float = 12.0, rate: int = RATE, *, first: float = 1.0, seed: int = 0) -> Samples:
    """Syllables of harmonics and hiss, two seconds on and one off, from ``first`` on; nothing in between."""
    time = np.arange(round(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 140 * k * time + k) / k for k in range(1, 24))
    hiss = 0.2 * rng(seed).standard_normal(len(time))
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * time + seed), 0, 1) ** 0.7 + 0.15
    on = (time >= first) & ((time - first) % 3.0 < 2.0)
    return (0.08 * (voice + hiss) * syllables * on).astype(np.float32)


def noisy(samples: Samples, level: float = 1e-3, seed: int = 9) -> Samples:
    return (samples + level * rng(seed).standard_normal(samples.shape)).astype(np.float32)


def checked(samples: Samples, rate: int = RATE) -> SoundCheck:
    return check(Source(Audio(samples, rate)))


def told(found: SoundCheck, topic: str) -> str:
    return next(item.severity for item in found.advice if item.topic == topic)


class Gate:
    """A detector that knows where :func:`talk` speaks."""

    def __init__(self, first: float = 1.0) -> None:
        self._next, self._end, self._edges = first, 0.0, 0

    def feed(self, audio: Audio) -> list[SpeechStarted | SpeechEnded]:
        events: list[SpeechStarted | SpeechEnded] = []
        self._end = audio.end
        while self._next <= audio.end:
            events.append(SpeechEnded(self._next) if self._edges % 2 else SpeechStarted(self._next))
            self._next += 1.0 if self._edges % 2 else 2.0
            self._edges += 1
        return events

    def flush(self) -> list[SpeechStarted | SpeechEnded]:
        return [SpeechEnded(self._end)] if self._edges % 2 else []


# -- level ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "channels", "seconds"), [(16_000, 1, 7.3), (44_100, 2, 3.21), (48_000, 5, 2.0)])
def test_loudness_is_that_of_pyloudnorm(rate: int, channels: int, seconds: float) -> None:
    sound = np.stack([talk(seconds, rate, first=0.3, seed=n) * (n + 1) / channels for n in range(channels)])
    meter = Loudness(rate, channels)
    for audio in Audio(sound, rate).chunks(0.37):
        meter.feed(audio.samples)
    assert meter.integrated() == pytest.approx(Meter(rate).integrated_loudness(sound.T.astype(float)), abs=0.05)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 30_000), max_size=6))
def test_loudness_does_not_depend_on_the_cuts(cuts: list[int]) -> None:
    sound = np.atleast_2d(noisy(talk(3.0, first=0.2)))
    whole, cut = Loudness(RATE, 1), Loudness(RATE, 1)
    whole.feed(sound)
    for part in np.split(sound, np.unique(cuts), axis=1):
        cut.feed(part)
    assert cut.integrated() == pytest.approx(whole.integrated(), abs=1e-9)


def test_the_loudness_of_what_is_too_short_or_too_quiet_is_not_told() -> None:
    assert checked(talk(0.3, first=0.0)).level.loudness is None
    assert checked(1e-5 * talk()).level.loudness is None


def test_peak_power_and_offset() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE) + 0.1
    level = checked(tone.astype(np.float32)).level
    assert level.peak_db == pytest.approx(20 * np.log10(0.6), abs=0.1)
    assert level.rms_db == pytest.approx(10 * np.log10(0.125 + 0.01), abs=0.1)
    assert level.offset == pytest.approx(0.1, abs=1e-4)


@pytest.mark.parametrize(("gain", "severity"), [(1.0, "good"), (0.3, "note"), (0.01, "warning"), (12.0, "note")])
def test_advice_on_the_level(gain: float, severity: str) -> None:
    assert told(checked(gain * talk()), "level") == severity


# -- clipping and damage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gain", [1.0, 0.5, 0.1], ids=["as it is", "turned down", "turned far down"])
def test_flat_tops_are_found_whatever_the_level(gain: float) -> None:
    loud = noisy(talk())
    loud = loud / np.abs(loud).max()
    cut = np.rint(gain * np.clip(2 * loud, -1, 1) * 32767) / 32768
    found = checked(cut.astype(np.float32))
    truth = np.abs(2 * loud) > 1
    assert found.clipping.share == pytest.approx(truth.mean(), rel=0.4)
    assert found.clipping.first == pytest.approx(truth.argmax() / RATE, abs=0.3)
    assert told(found, "clipping") == "warning"


def test_what_is_loud_but_whole_is_not_clipped() -> None:
    sound = noisy(talk())
    whole = np.rint(0.99 * sound / np.abs(sound).max() * 32767) / 32768
    assert checked(whole.astype(np.float32)).clipping.share < 2e-5
    assert told(checked(whole.astype(np.float32)), "clipping") == "good"


def test_samples_beyond_full_scale_are_counted_and_told_of_a_file(tmp_path: Path) -> None:
    loud = noisy(talk())
    loud = 2 * loud / np.abs(loud).max()
    soundfile.write(tmp_path / "hot.wav", loud, RATE, subtype="FLOAT")
    found = check(Source(tmp_path / "hot.wav"))
    assert found.level.peak_db == pytest.approx(6.0, abs=0.1)
    assert found.clipping.share >= np.mean(np.abs(loud) > 1)


def test_samples_that_are_no_numbers_are_counted_and_harm_nothing(tmp_path: Path) -> None:
    broken = noisy(talk())
    broken[100:110], broken[200], broken[300] = np.nan, np.inf, -1e30
    soundfile.write(tmp_path / "broken.wav", broken, RATE, subtype="FLOAT")
    for source in (Source(Audio(broken, RATE)), Source(tmp_path / "broken.wav")):
        found = check(source)
        assert found.level.invalid == 12
        assert found.advice[0].topic == "damage"
        assert found.level.loudness == pytest.approx(checked(noisy(talk())).level.loudness, abs=0.1)


@pytest.mark.parametrize(
    "sound", [np.zeros(RATE), np.zeros((2, 0)), np.full(RATE, np.nan)], ids=["zeros", "none", "nan"]
)
def test_a_recording_with_nothing_in_it_gets_one_sentence(sound: Samples) -> None:
    found = checked(np.asarray(sound, np.float32))
    assert found.level.loudness is None
    assert [item.topic for item in found.advice if item.topic != "damage"] == ["level"]
    assert found.severity == "warning"


# -- noise ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("detect", [None, Gate], ids=["by loudness", "by a detector"])
@pytest.mark.parametrize("decibels", [10, 20, 30])
def test_speech_over_noise_is_measured(decibels: int, detect: Callable[[], Gate] | None) -> None:
    clean = talk(31.0)
    spoken = clean[np.abs(clean) > 0]
    level = np.sqrt(np.mean(spoken**2)) / 10 ** (decibels / 20)
    found = check(Source(Audio(noisy(clean, level), RATE)), detect)
    assert found.noise.snr_db == pytest.approx(decibels, abs=2.0)


def test_hum_is_told_from_noise_and_is_no_noise() -> None:
    time = np.arange(31 * RATE) / RATE
    hum = (0.1 * np.sin(2 * np.pi * 50 * time)).astype(np.float32)
    found = check(Source(Audio(noisy(talk(31.0) + hum), RATE)), Gate)
    assert found.noise.hum
    assert found.noise.snr_db is not None
    assert found.noise.snr_db > 20
    assert not check(Source(Audio(noisy(talk(31.0) + 0.1), RATE)), Gate).noise.hum  # an offset is none


def test_muted_pauses_count_as_clean() -> None:
    assert check(Source(Audio(talk(31.0), RATE)), Gate).noise.snr_db > 70


# -- bandwidth -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_a_telephone_is_known_at_any_rate(rate: int) -> None:
    call = media.resample(Audio(noisy(talk()), RATE), 8_000)
    coded = io.BytesIO()
    soundfile.write(coded, call.samples[0], 8_000, format="WAV", subtype="ULAW")
    coded.seek(0)
    line = media.resample(media.decode(coded), rate)
    found = check(Source(Audio(np.rint(line.samples * 32767) / 32768, rate)))
    assert found.band.telephone
    assert told(found, "bandwidth") == "note"


def test_a_full_voice_is_none_and_noise_does_not_make_it_one() -> None:
    assert not checked(noisy(talk())).band.telephone
    assert not checked(noisy(talk(), 0.05)).band.telephone
    wide = media.resample(Audio(noisy(talk()), RATE), 48_000)
    assert check(Source(wide)).band.hertz == pytest.approx(8_000, abs=300)


# -- channels ------------------------------------------------------------------------------------------------------


def turns(seconds: float = 60.0, crosstalk: float = 0.0) -> Samples:
    """Two who take turns every three seconds, each on a channel, each heard in the other's by so much."""
    turn = (np.arange(round(seconds * RATE)) // (3 * RATE)) % 2
    voice = talk(seconds, first=0.0)
    one, two = voice * (turn == 0), 0.5 * voice * (turn == 1)
    return np.stack([noisy(one + crosstalk * two, 1e-4, 1), noisy(two + crosstalk * one, 1e-4, 2)])


@pytest.mark.parametrize(("crosstalk", "apart"), [(0.0, True), (0.02, True), (0.3, False), (0.7, False)])
def test_two_speakers_on_two_channels(crosstalk: float, apart: bool) -> None:
    source = Source(Audio(turns(crosstalk=crosstalk), RATE))
    assert channel_speakers(source) is apart
    assert check(source).channels.speakers is apart


def test_channels_that_are_no_speakers_of_their_own() -> None:
    voice = noisy(talk(30.0))
    for other in (voice, -voice, 0 * voice, noisy(0 * voice, 0.01), noisy(0.1 * voice, 0.003)):
        assert not channel_speakers(Source(Audio(np.stack([voice, other]), RATE)))
    assert not channel_speakers(Source(Audio(voice, RATE)))


def test_copies_opposites_and_silent_channels_are_told() -> None:
    voice = noisy(talk())
    assert checked(np.stack([voice, voice])).channels.identical
    opposed = checked(np.stack([voice, -voice]))
    assert opposed.channels.opposed
    assert opposed.advice[0].topic == "channels"
    silent = checked(np.stack([voice, 0 * voice]))
    assert silent.channels.silent == (1,)
    assert told(silent, "channels") == "note"
    assert not silent.channels.identical


def test_only_the_first_ten_minutes_are_heard_for_the_speakers() -> None:
    read: list[float] = []

    class Long(Source):
        def untouched(self):  # type: ignore[no-untyped-def]
            for second in range(0, 3600, 10):
                read.append(second)
                yield Audio(np.zeros((2, 10 * 1000), np.float32), 1000, float(second))

    assert not channel_speakers(Long(Audio(np.zeros((2, 1), np.float32), 1000)))
    assert max(read) == 590


# -- silence, times and the whole ----------------------------------------------------------------------------------


def test_pauses_lie_where_nobody_speaks() -> None:
    sound = noisy(
        np.concatenate([np.zeros(4 * RATE, np.float32), talk(12.0, first=0.0), np.zeros(9 * RATE, np.float32)])
    )
    silence = check(Source(Audio(sound, RATE, 100.0))).silence
    assert silence.detector == "loudness"
    assert silence.leading == pytest.approx(4.0, abs=0.3)
    assert silence.trailing == silence.longest == pytest.approx(10.0, abs=0.4)
    assert silence.at == pytest.approx(115.0, abs=0.4)
    assert silence.share == pytest.approx(17 / 25, abs=0.05)


def test_a_detector_tells_the_pauses() -> None:
    found = check(Source(Audio(noisy(talk(12.0)), RATE, 50.0)), Gate, "vad/gate")
    assert found.silence.detector == "vad/gate"
    assert (found.silence.leading, found.silence.trailing) == (1.0, 0.0)
    assert found.silence.at in (50.0, 53.0, 56.0, 59.0)


def test_nothing_depends_on_where_the_sound_is_cut() -> None:
    sound = noisy(np.stack([talk(25.0), 0.5 * talk(25.0, seed=1)]))

    class Cut(Source):
        def untouched(self):  # type: ignore[no-untyped-def]
            return Audio(sound, RATE).chunks(0.731)

    whole, cut = check(Source(Audio(sound, RATE))), check(Cut(Audio(sound, RATE)))
    assert cut.as_json() == whole.as_json()


@pytest.mark.parametrize("seconds", [0.0, 1 / RATE, 0.01, 0.5])
@pytest.mark.parametrize("rate", [1_000, 8_000, 96_000])
def test_the_shortest_sounds_are_checked(seconds: float, rate: int) -> None:
    found = checked(np.full((2, round(seconds * rate)), 0.1, np.float32), rate)
    assert found.advice
    assert found.duration == pytest.approx(seconds, abs=1 / rate)


def test_the_lab_checks_and_refuses_what_is_no_recording(tmp_path: Path) -> None:
    lab = Lab(discover=False)
    assert lab.soundcheck(Audio(noisy(talk()), RATE)).silence.detector == "loudness"
    (tmp_path / "text.wav").write_text("not a recording")
    with pytest.raises(AudioError):
        lab.soundcheck(tmp_path / "text.wav")


class Plugin:
    """A detector that knows where :func:`talk` speaks, and one that fails."""

    def __init__(self, fails: bool) -> None:
        self._fails = fails

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="silero", kind=Kind.VAD, load=Failing if self._fails else Gating, sample_rate=8_000))


class Gating:
    def __init__(self, params: Params, context: object) -> None: ...

    def open(self, options: Params) -> Gate:
        return Gate()


class Failing(Gating):
    def open(self, options: Params) -> Gate:
        gate = Gate()
        gate.feed = lambda audio: 1 / 0  # type: ignore[method-assign, assignment, return-value]
        return gate


@pytest.mark.parametrize(("fails", "detector"), [(False, "vad/silero"), (True, "loudness")])
def test_the_lab_asks_the_best_detector_and_does_without_one_that_fails(fails: bool, detector: str) -> None:
    found = Lab(Plugin(fails), discover=False).soundcheck(Audio(noisy(talk()), RATE))
    assert found.silence.detector == detector
    assert found.silence.leading == pytest.approx(1.0, abs=0.2)
