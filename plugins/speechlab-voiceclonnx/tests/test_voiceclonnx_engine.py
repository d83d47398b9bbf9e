"""The converter on tiny networks, by the package's own code: whose voice, how long, from where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import huggingface_hub
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_voiceclonnx import HUBS, ConversionParams, Model, weights
from speechlab_voiceclonnx.engine import LONGEST, Conversion
from speechlab_voiceclonnx.lent import lent
from voiceclonnx import ENGINE_REGISTRY
from voiceclonnx.engines import facodec, knnvc, openvoice

from speechlab import Audio, AudioError, ConfigError, Consent, Context, EngineUnavailable, Params, VoiceConverter

CONSENT = Consent("Ada", "my own voice", "2026-01-01T00:00:00+00:00")
MODELS = get_args(Model)


def hum(seconds: float, pitch: float, rate: int = 24_000, start: float = 2.0) -> Audio:
    at = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 8))
    return Audio((0.2 * tone).astype(np.float32), rate, start)


@pytest.fixture(scope="session")
def engine(networks: Path, voices: Path, tmp_path_factory: pytest.TempPathFactory) -> Conversion:
    params = ConversionParams(folder=str(networks), clips=str(voices))
    return Conversion(params, Context(tmp_path_factory.mktemp("home"), download=False))


def test_the_files_are_those_that_the_package_asks_for() -> None:
    asked = {
        "openvoice": (openvoice, "REF_ENC CONVERTER"),
        "facodec": (facodec, "ENC TIMBRE QUANT DEC"),
        "knnvc": (knnvc, "WAVLM HIFIGAN"),
    }
    assert set(asked) == set(HUBS) == set(MODELS) <= set(ENGINE_REGISTRY)
    for model, (module, names) in asked.items():
        for int8, suffix in ((False, "FP32"), (True, "INT8")):
            wanted = weights(model, int8=int8)
            assert wanted.hub == module._HF_REPO_ID
            assert list(wanted.files) == [getattr(module, f"_{name}_{suffix}") for name in names.split()]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_it_depends_on_what_is_said_and_on_the_voice(
    model: Any, precision: Any, networks: Path, voices: Path, context: Context
) -> None:
    params = ConversionParams(model=model, precision=precision, folder=str(networks), clips=str(voices))
    engine = Conversion(params, context)
    assert isinstance(engine, VoiceConverter)
    one, other = hum(1.5, 180), hum(1.5, 300)
    [ada], [again], [bob], [else_] = (
        engine.convert(said, voice, Params())
        for said, voice in ((one, "ada"), (one, "ada"), (one, "bob"), (other, "ada"))
    )
    assert ada.sample_rate == (22_050 if model == "openvoice" else 16_000)
    assert (ada.start, ada.duration) == (2.0, pytest.approx(1.5, abs=1e-4))
    assert np.array_equal(ada.samples, again.samples)
    assert not np.array_equal(ada.samples, bob.samples)
    assert not np.array_equal(ada.samples, else_.samples)


@settings(max_examples=15)
@given(seconds=st.floats(0.0, 3.0))
def test_it_is_as_long_as_what_was_said(engine: Conversion, seconds: float) -> None:
    audio = hum(seconds, 200)
    [said] = engine.convert(audio, "ada", Params())
    assert abs(said.duration - audio.duration) < 1 / said.sample_rate


def test_a_voice_by_a_clip(engine: Conversion, voices: Path) -> None:
    samples, rate = soundfile.read(voices / "bob.wav", dtype="float32")
    voice = engine.clone(Audio(samples, rate, 7.0), CONSENT, Params())
    assert (voice.consent, voice.reference) == (CONSENT, Audio(samples, rate).digest)
    assert [one.id for one in engine.voices()] == ["ada", "bob", voice.id]
    [shown], [known] = (engine.convert(hum(1, 200), name, Params()) for name in (voice.id, "bob"))
    assert np.array_equal(shown.samples, known.samples)


def test_of_a_long_clip_the_first_half_minute_is_heard(engine: Conversion) -> None:
    long = hum(LONGEST + 5, 150)
    cut = replace(long, samples=long.samples[:, : round(LONGEST * 24_000)])
    assert engine.clone(long, CONSENT, Params()).id == engine.clone(cut, CONSENT, Params()).id


def test_refusals_are_one_sentence(engine: Conversion, networks: Path, context: Context, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no voice 'adda'") as refused:
        engine.convert(hum(1, 200), "adda", Params())
    assert refused.value.hint == "did you mean ada?"
    with pytest.raises(AudioError, match=r"2\.0 s of sound do not tell a voice"):
        engine.clone(hum(2, 200), CONSENT, Params())
    alone = Conversion(ConversionParams(folder=str(networks)), context)
    with pytest.raises(ConfigError, match="no voice ''") as refused:
        alone.convert(hum(1, 200), "", Params())
    assert "voice of the library" in refused.value.hint
    with pytest.raises(ConfigError, match="there is no folder"):
        Conversion(ConversionParams(folder=str(networks), clips=str(tmp_path / "none")), context)


def test_clips_that_are_none_are_told(networks: Path, context: Context, tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"no sound")
    soundfile.write(tmp_path / "short.wav", np.zeros(16_000), 16_000)
    (tmp_path / "notes.txt").touch()
    engine = Conversion(ConversionParams(folder=str(networks), clips=str(tmp_path)), context)
    assert [voice.id for voice in engine.voices()] == ["noise", "short"]
    with pytest.raises(ConfigError, match=r"noise\.wav cannot be read as sound"):
        engine.convert(hum(1, 200), "noise", Params())
    with pytest.raises(ConfigError, match=r"short\.wav has 1\.0 s of sound"):
        engine.convert(hum(1, 200), "short", Params())


# -- where the networks come from --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_from_the_hubs_cache_and_nobody_is_asked(
    model: Any, hub: Path, voices: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the hub was asked")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", asked)
    engine = Conversion(ConversionParams(model=model, clips=str(voices)), context)
    assert engine.convert(hum(1, 200), "ada", Params())[0].duration == pytest.approx(1, abs=1e-4)
    assert huggingface_hub.hf_hub_download is asked


def test_only_the_files_of_one_repository_are_lent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        huggingface_hub, "hf_hub_download", lambda repo_id, filename, **how: f"fetched {filename} {how}"
    )
    with lent("mine/one", tmp_path):
        assert huggingface_hub.hf_hub_download(repo_id="mine/one", filename="a") == str(tmp_path / "a")
        assert huggingface_hub.hf_hub_download("other/one", "a", revision="x") == "fetched a {'revision': 'x'}"


def test_without_networks_it_is_told_how_to_get_them(
    context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty"))
    with pytest.raises(EngineUnavailable, match="'voiceclonnx-knnvc-int8' are not here") as refused:
        Conversion(ConversionParams(model="knnvc", precision="int8"), context)
    assert "allow downloads" in refused.value.hint


def test_damaged_networks_are_told(networks: Path, context: Context, tmp_path: Path) -> None:
    for file in weights("openvoice", int8=False).files:
        (tmp_path / file).write_bytes((networks / "wavlm_layer6.onnx").read_bytes())
    with pytest.raises(EngineUnavailable, match="cannot be read as openvoice"):
        Conversion(ConversionParams(folder=str(tmp_path)), context)
    (tmp_path / "tone_converter.onnx").write_bytes(b"no network")
    with pytest.raises(EngineUnavailable, match="cannot be read as openvoice") as refused:
        Conversion(ConversionParams(folder=str(tmp_path)), context)
    assert "\n" not in str(refused.value)
