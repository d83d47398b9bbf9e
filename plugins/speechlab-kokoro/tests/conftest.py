"""The engine with what its packages carry: the network, and five Japanese voices that speak English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from speechlab_kokoro import ALPHABET, MODEL, KokoroParams
from speechlab_kokoro.engine import Kokoro

from speechlab import Context, Samples, present

STEP, SILENCE = 1920, 4800
"""Samples that a sound lasts, and the silence around what is said."""
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
    """Instead of the network: a tone, as long as there are sounds to say, each as long as any other, as high as the
    style says."""

    def __init__(self, *_: object) -> None: ...

    def say(self, symbols: list[int], style: Samples, speed: float) -> tuple[Samples, Samples]:
        assert style[len(symbols) - 1].shape == (1, 256)
        assert style.dtype == np.float32
        assert 0 < len(symbols) <= 510
        tone = np.sin(np.arange(round(len(symbols) * STEP / speed)) * (0.1 + 0.1 * np.tanh(style[0, 0, 0])))
        samples = np.concatenate([np.zeros(SILENCE), tone, np.zeros(SILENCE)]).astype(np.float32)
        return samples, (SILENCE + np.arange(len(symbols) + 1) * STEP / speed) / len(samples)


@pytest.fixture
def humming(home: Path, monkeypatch: pytest.MonkeyPatch) -> Kokoro:
    """The engine, but that it hums."""
    if not HERE:
        pytest.skip("needs: pip install speechlab-kokoro")
    monkeypatch.setattr("speechlab_kokoro.engine.Network", Hum)
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
