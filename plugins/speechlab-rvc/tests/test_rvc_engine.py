"""The converter with tiny voices: whose voice, how high, how near to its index, how long, how loud; what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_rvc import RvcOptions, RvcParams
from speechlab_rvc.engine import KEPT, Rvc
from speechlab_rvc.loudness import followed

from speechlab import Audio, ConfigError, Context, EngineFailed, EngineUnavailable, Samples, VoiceConverter

Hum = Callable[..., Audio]


@pytest.fixture(scope="module")
def engine(encoder: Path, voices: Path, tmp_path_factory: pytest.TempPathFactory) -> Rvc:
    params = RvcParams(voices=str(voices), encoder=str(encoder), device="cpu")
    return Rvc(params, Context(tmp_path_factory.mktemp("home"), download=False))


def samples(engine: Rvc, audio: Audio, voice: str = "ada", **options: Any) -> Samples:
    [said] = engine.convert(audio, voice, RvcOptions(**options))
    return said.mono


def test_it_lists_its_voices(engine: Rvc) -> None:
    assert isinstance(engine, VoiceConverter)
    assert [voice.id for voice in engine.voices()] == ["ada", "bob", "cyd", "dot", "eve"]


@pytest.mark.parametrize("voice", ["ada", "bob", "dot"])
def test_it_depends_on_what_is_said_and_on_the_voice(engine: Rvc, voice: str, hum: Hum) -> None:
    one, other = hum(1.5, 180, 24_000, start=2.0), hum(1.5, 300, 24_000, start=2.0)
    [said] = engine.convert(one, voice, RvcOptions())
    assert (said.sample_rate, said.start, said.frames) == (16_000, 2.0, 24_000)
    assert np.abs(said.samples).max() <= 1
    assert np.array_equal(said.mono, samples(engine, one, voice))
    assert not np.allclose(said.mono, samples(engine, other, voice))
    assert not np.allclose(said.mono, samples(engine, one, "cyd"))


def test_options_do_what_they_say(engine: Rvc, hum: Hum) -> None:
    audio = hum(0.8, 180)
    plain = samples(engine, audio)
    for changed in ({"transpose": 5}, {"speaker": 1}, {"seed": 3}, {"rms_mix_rate": 1}):
        assert not np.allclose(plain, samples(engine, audio, **changed)), changed
    assert np.array_equal(plain, samples(engine, audio, index_rate=1)), "ada has no index"
    assert not np.array_equal(samples(engine, audio, seed=None), samples(engine, audio, seed=None))
    assert np.array_equal(samples(engine, audio, "dot"), samples(engine, audio, "dot", speaker=1)), "its name says who"
    assert not np.allclose(samples(engine, audio, "dot"), samples(engine, audio, "eve"))
    # a voice that is told no pitch
    assert np.array_equal(samples(engine, audio, "bob"), samples(engine, audio, "bob", transpose=5))


def test_the_index_leads_and_protection_holds_it_off(engine: Rvc, hum: Hum) -> None:
    audio = hum(0.8, 180)
    without, led = (samples(engine, audio, "cyd", index_rate=rate, protect=0.5) for rate in (0, 1))
    assert not np.allclose(without, led)
    still = Audio(np.random.default_rng(1).normal(scale=0.05, size=16_000).astype(np.float32), 16_000)
    without, led, held = (
        samples(engine, still, "cyd", index_rate=rate, protect=protect)
        for rate, protect in ((0, 0.5), (1, 0.5), (1, 0))
    )
    assert not np.allclose(without, led)
    assert np.allclose(without, held, atol=1e-6), "noise has no pitch"


def test_raised_by_an_octave_it_hears_twice_the_pitch(engine: Rvc, hum: Hum, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[torch.Tensor] = []
    network, _ = engine._loaded(engine._place("ada"))
    forward = type(network).forward

    def listening(self: Any, content: Any, hertz: torch.Tensor, speaker: int) -> torch.Tensor:
        heard.append(hertz)
        return torch.as_tensor(forward(self, content, hertz, speaker))

    monkeypatch.setattr(type(network), "forward", listening)
    for transpose in (0, 12, -12):
        samples(engine, hum(0.5, 180), transpose=transpose)
    plain, high, low = (float(hertz[hertz > 0].median()) for hertz in heard)
    assert plain == pytest.approx(180, rel=0.01)
    assert (high / plain, low / plain) == (pytest.approx(2), pytest.approx(0.5))


@settings(max_examples=12, deadline=None)
@given(seconds=st.floats(0.0, 1.2), rate=st.sampled_from([8000, 16_000, 44_100]))
def test_it_is_as_long_as_what_was_said(engine: Rvc, hum: Hum, seconds: float, rate: int) -> None:
    audio = hum(seconds, 200, rate)
    said = engine.convert(audio, "ada", RvcOptions())
    assert abs(sum(part.duration for part in said) - audio.duration) < 1 / 16_000


def test_its_loudness_follows_what_was_said(engine: Rvc, hum: Hum) -> None:
    loud, soft = (Audio(hum(2.0, 180).samples * gain, 16_000) for gain in (1.0, 0.1))
    ratio = np.std(samples(engine, loud, rms_mix_rate=0)) / np.std(samples(engine, soft, rms_mix_rate=0))
    assert ratio == pytest.approx(10, rel=0.05)


def test_loudness_is_carried_over_moment_by_moment() -> None:
    steady = np.sin(np.arange(80_000) / 5).astype(np.float32)
    fading = (np.linspace(1, 0.1, 40_000) * np.sin(np.arange(40_000) / 3)).astype(np.float32)
    made = followed(steady, 16_000, fading, 8_000, 0)
    for part in (slice(16_000, 24_000), slice(56_000, 64_000)):
        theirs = fading[part.start // 2 : part.stop // 2]
        assert np.std(made[part]) == pytest.approx(np.std(theirs), rel=0.1)
    assert followed(steady, 16_000, fading, 8_000, 1) == pytest.approx(steady)


def test_what_it_does_not_have_is_refused(engine: Rvc, hum: Hum) -> None:
    with pytest.raises(ConfigError, match="no voice 'adda'") as refused:
        samples(engine, hum(1, 200), "adda")
    assert refused.value.hint == "did you mean ada?"
    with pytest.raises(ConfigError, match="no voice ''") as refused:
        samples(engine, hum(1, 200), "")
    assert refused.value.hint == "it has ada, bob, cyd, dot, eve"
    with pytest.raises(ConfigError, match="ada has no speaker 3"):
        samples(engine, hum(1, 200), speaker=3)


def test_without_voices_it_says_how_to_give_some(encoder: Path, context: Context, hum: Hum) -> None:
    alone = Rvc(RvcParams(encoder=str(encoder), device="cpu"), context)
    assert alone.voices() == []
    with pytest.raises(ConfigError) as refused:
        samples(alone, hum(1, 200))
    assert "`voices`" in refused.value.hint


def test_files_that_do_not_fit_each_other(
    encoder: Path, voices: Path, context: Context, tmp_path: Path, hum: Hum
) -> None:
    shutil.copy(voices / "ada.pth", tmp_path)
    np.save(tmp_path / "ada.npy", np.zeros((3, 5), np.float32))
    shutil.copytree(encoder, tmp_path / "encoder")
    weights = torch.load(encoder / "pytorch_model.bin", weights_only=True)
    without = {name: value for name, value in weights.items() if not name.startswith("final_proj")}
    torch.save(without, tmp_path / "encoder" / "pytorch_model.bin")
    engine = Rvc(RvcParams(voices=str(tmp_path), encoder=str(tmp_path / "encoder"), device="cpu"), context)
    with pytest.raises(EngineUnavailable, match=r"is not that of ada\.pth"):
        samples(engine, hum(1, 200))
    (tmp_path / "ada.npy").unlink()
    shutil.copy(voices / "bob.pth", tmp_path)
    engine = Rvc(RvcParams(voices=str(tmp_path), encoder=str(tmp_path / "encoder"), device="cpu"), context)
    samples(engine, hum(0.2, 200))
    with pytest.raises(EngineUnavailable, match="in 8 numbers, and the encoder has 32"):
        samples(engine, hum(1, 200), "bob")


def test_what_is_no_encoder(encoder: Path, context: Context, tmp_path: Path) -> None:
    shutil.copytree(encoder, tmp_path / "encoder")
    torch.save({"some.weight": torch.zeros(1)}, tmp_path / "encoder" / "pytorch_model.bin")
    with pytest.raises(EngineUnavailable) as refused:
        Rvc(RvcParams(encoder=str(tmp_path / "encoder"), device="cpu"), context)
    assert refused.value.hint


def test_of_many_voices_the_last_ones_stay_loaded(engine: Rvc, hum: Hum) -> None:
    engine._loaded.cache_clear()
    for voice in ("ada", "bob", "dot", "eve", "cyd"):
        samples(engine, hum(0.2, 200), voice)
    assert engine._loaded.cache_info().misses == 4, "two speakers of one file are loaded once"
    assert engine._loaded.cache_info().currsize == KEPT


@pytest.mark.usefixtures("hub")
def test_from_the_hubs_cache(context: Context, hum: Hum) -> None:
    engine = Rvc(RvcParams(voices="some/voices", device="cpu"), context)
    assert len(samples(engine, hum(0.2, 200), "bob")) == 3200


def test_closed_it_says_so(encoder: Path, voices: Path, context: Context, hum: Hum) -> None:
    engine = Rvc(RvcParams(voices=str(voices), encoder=str(encoder), device="cpu"), context)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        samples(engine, hum(1, 200))
