"""Where and how precisely Whisper computes, by what the machine has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import ctranslate2
import numpy as np
import pytest
from speechlab_whisper import WhisperParams, loading
from speechlab_whisper.engine import Whisper
from speechlab_whisper.loading import cores, devices, load, precision

from speechlab import ConfigError, Context, EngineUnavailable

CPU = {"int8", "int8_float32", "int16", "float32"}
GPU = {"int8", "int8_float32", "int8_float16", "float16", "float32"}


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many GPUs CTranslate2 sees: change the one number."""
    there = [0]
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: there[0])
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: GPU if device == "cuda" else CPU)
    return there


@pytest.fixture
def broken_gpu(gpus: list[int], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A GPU whose libraries are missing, and the places where a model was loaded."""
    tried: list[tuple[str, str]] = []
    gpus[0] = 1

    class Model:
        def __init__(self, path: str, *, device: str, compute_type: str, **kwargs: object) -> None:
            tried.append((device, compute_type))
            self.model = SimpleNamespace(n_mels=80)
            self.feature_extractor = SimpleNamespace(mel_filters=np.zeros((80, 201)))

        def encode(self, features: object) -> None:
            raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")

    monkeypatch.setattr(loading, "WhisperModel", Model)
    return tried


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_gpu_is_tried_first_where_there_is_one(gpus: list[int]) -> None:
    assert list(devices("auto")) == ["cpu"]
    gpus[0] = 1
    assert list(devices("auto")) == ["cuda", "cpu"]
    assert list(devices("cuda")) == ["cuda"]
    assert list(devices("cpu")) == ["cpu"]


def test_a_gpu_that_is_not_there_is_refused(gpus: list[int]) -> None:
    with pytest.raises(EngineUnavailable, match="no NVIDIA GPU") as raised:
        list(devices("cuda"))
    assert "cpu" in raised.value.hint


def test_auto_takes_what_the_device_does_best() -> None:
    assert precision("auto", "cpu", CPU) == "int8"
    assert precision("auto", "cpu", {"float32"}) == "float32"
    assert precision("auto", "cuda", GPU) == "float16"
    assert precision("auto", "cuda", {"int8", "float32"}) == "int8"
    assert precision("int16", "cpu", CPU) == "int16"


def test_a_precision_that_cannot_be_had_is_refused_with_those_that_can() -> None:
    with pytest.raises(ConfigError, match="float16 cannot be had on this processor") as raised:
        precision("float16", "cpu", CPU)
    assert "int8_float32" in raised.value.hint


def test_a_gpu_without_its_libraries_gives_way_to_the_processor(
    broken_gpu: list[tuple[str, str]], folder: Path
) -> None:
    told: list[str] = []
    load(folder, WhisperParams(), told.append)
    assert broken_gpu == [("cuda", "float16"), ("cpu", "int8")]
    assert "libcublas" in told[0]


def test_a_gpu_that_was_asked_for_is_not_given_up_silently(broken_gpu: list[tuple[str, str]], folder: Path) -> None:
    with pytest.raises(EngineUnavailable, match="libcublas") as raised:
        load(folder, WhisperParams(device="cuda"), print)
    assert "nvidia-cublas-cu12" in raised.value.hint
    assert broken_gpu == [("cuda", "float16")]


def test_several_callers_may_be_served_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def model(path: str, **kwargs: object) -> SimpleNamespace:
        asked.update(kwargs)
        return SimpleNamespace(
            model=SimpleNamespace(n_mels=80), feature_extractor=SimpleNamespace(mel_filters=np.zeros((80, 201)))
        )

    monkeypatch.setattr(loading, "WhisperModel", model)
    load(folder, WhisperParams(device="cpu", cpu_threads=1, workers=3), print)
    assert (asked["cpu_threads"], asked["num_workers"]) == (1, 3)
    load(folder, WhisperParams(device="cpu", cpu_threads=1, workers=0), print)
    assert asked["num_workers"] == cores()


def test_a_folder_that_holds_no_model_is_refused(folder: Path) -> None:
    with pytest.raises(EngineUnavailable, match="could not be loaded"):
        load(folder, WhisperParams(device="cpu"), print)


def test_without_weights_every_way_to_them_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EngineUnavailable, match="'whisper-large-v2' are not here") as raised:
        Whisper(WhisperParams(model="large-v2"), Context(tmp_path, download=False))
    assert "Systran/faster-whisper-large-v2" in raised.value.hint
