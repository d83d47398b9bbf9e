"""The network gives the numbers that RVC's own code gives for the same file; its source hums as high as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from speechlab_rvc.checkpoint import load
from speechlab_rvc.source import BREATH, LOUD, excitation

MOMENTS = 40
GIVEN = {
    ("v2", True): [-0.1059, 0.37295, 0.42238, 0.1176, 0.32248, 0.56698, 0.41712, 0.38941],
    ("v1", True): [0.793, 0.65054, 0.46056, 0.67475, 0.57664, 0.70626, 0.48737, 0.39897],
    ("v2", False): [-0.05945, -0.34498, -0.28666, -0.50947, -0.83875, -0.72767, -0.91396, -0.75676],
    ("v1", False): [-0.00301, -0.1001, -0.21195, -0.18246, -0.25349, -0.13266, -0.14422, -0.03496],
}
"""Every 800th sample that the package infer-rvc-python 1.3.1 gives, without noise."""


@pytest.fixture
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)


def said(width: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(9).normal(size=(MOMENTS, width)).astype(np.float32))


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("renamed", [False, True], ids=["norms by their old names", "norms by their new names"])
@pytest.mark.parametrize(("seed", "kind"), list(enumerate(GIVEN, 1)))
def test_it_gives_what_rvc_gives(seed: int, kind: tuple[str, bool], renamed: bool, stored: Any, tmp_path: Path) -> None:
    version, pitched = kind
    told = stored(seed, version=version, pitched=pitched)
    if renamed:
        new = ((".weight_g", ".parametrizations.weight.original0"), (".weight_v", ".parametrizations.weight.original1"))
        for old, name in new:
            told["weight"] = {key.replace(old, name): value for key, value in told["weight"].items()}
    torch.save(told, tmp_path / "a.pth")
    voice = load(tmp_path / "a.pth", usual_encoder=True)
    hertz = torch.linspace(100, 400, MOMENTS)
    hertz[10:20] = 0
    steps = torch.arange(MOMENTS) * 6 + 1
    samples = voice(said(voice.shape.features), steps if pitched else None, hertz if pitched else None, 2)
    assert samples.shape == (MOMENTS * 160,)
    assert samples[::800].tolist() == pytest.approx(GIVEN[kind], abs=2e-5)


@pytest.mark.usefixtures("_still")
def test_what_is_for_training_only_is_left_out(stored: Any, tmp_path: Path) -> None:
    told = stored(1)
    told["weight"]["enc_q.pre.weight"] = torch.zeros(3)
    torch.save(told, tmp_path / "a.pth")
    assert load(tmp_path / "a.pth", usual_encoder=True).shape.pitched


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("hertz", [100.0, 441.0])
def test_the_source_hums_at_the_pitch(hertz: float) -> None:
    sound = excitation(torch.full((1, 100), hertz), 16_000, 160)[0].numpy()
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() == round(hertz)  # a second: bins of one hertz
    assert np.abs(sound).max() == pytest.approx(LOUD, rel=1e-3)


@pytest.mark.usefixtures("_still")
def test_its_phase_holds_for_minutes() -> None:
    hertz, moments = 440.123, 6000
    sound = excitation(torch.full((1, moments), hertz), 48_000, 480)[0, -480:].numpy()
    at = np.arange(moments * 480 - 480 + 1, moments * 480 + 1) / 48_000
    heard = float(torch.tensor(hertz))  # as exact as it was told
    assert np.abs(sound - LOUD * np.sin(2 * np.pi * heard * at)).max() < 1e-4


def test_the_source_breathes_where_there_is_no_pitch() -> None:
    torch.manual_seed(0)
    sound = excitation(torch.tensor([[0.0] * 100 + [200.0] * 100]), 16_000, 160)[0].numpy()
    assert sound[:16_000].std() == pytest.approx(LOUD / 3, rel=0.05)
    hum = LOUD * np.sin(2 * np.pi * 200 * np.arange(1, 16_001) / 16_000)
    assert (sound[16_000:] - hum).std() == pytest.approx(BREATH, rel=0.05)
