"""The engine with what its packages carry: the network, and five Japanese voices that speak English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest
from speechlab_kokoro import ALPHABET, MODEL, KokoroParams
from speechlab_kokoro.engine import Kokoro

from speechlab import Context, Samples, present

HERE = all(present(weights, Path()) for weights in (MODEL, ALPHABET))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def engine(home: Path) -> Kokoro:
    if not HERE:
        pytest.skip("needs: pip install speechlab-kokoro")
    return Kokoro(KokoroParams(threads=1), Context(home, download=False))


class Hum:
    """Instead of the network: a tone, as long as there are sounds to say, as high as the style says."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name) for name in ("tokens", "style", "speed")]

    def run(self, _: None, given: dict[str, Any]) -> list[Samples]:
        assert given["style"].shape == (1, 256)
        assert given["style"].dtype == given["speed"].dtype == np.float32
        [tokens] = given["tokens"]
        assert len(tokens) <= 512
        assert tokens[0] == tokens[-1] == 0
        samples = round((len(tokens) - 2) * 1920 / given["speed"][0])
        tone = np.sin(np.arange(samples) * (0.1 + 0.1 * np.tanh(given["style"][0, 0])))
        return [np.concatenate([np.zeros(4800), tone, np.zeros(4800)]).astype(np.float32)]


@pytest.fixture
def humming(home: Path, monkeypatch: pytest.MonkeyPatch) -> Kokoro:
    """The engine, but that it hums."""
    if not HERE:
        pytest.skip("needs: pip install speechlab-kokoro")
    monkeypatch.setattr(onnxruntime, "InferenceSession", Hum)
    return Kokoro(KokoroParams(), Context(home, download=False))


@pytest.fixture
def styles(tmp_path: Path) -> Callable[..., Path]:
    """A folder with voices of these names; each is another number all over."""

    def make(*names: str) -> Path:
        (tmp_path / "own" / "voices").mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(names):
            np.full((510, 1, 256), number, "<f4").tofile(tmp_path / "own" / "voices" / f"{name}.bin")
        return tmp_path / "own"

    return make


@pytest.fixture
def context(home: Path) -> Context:
    return Context(home, download=False)
