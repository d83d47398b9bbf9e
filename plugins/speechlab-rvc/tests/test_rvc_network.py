"""The networks give the numbers that RVC's and So-VITS-SVC's own code gives for the same files; their source hums as
high as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from speechlab_rvc import network, rvc, sovits
from speechlab_rvc.network import stepped
from speechlab_rvc.pitch import HIGHEST, LOWEST
from speechlab_rvc.source import BREATH, LOUD, excitation

MOMENTS = 40
GIVEN = {
    (1, "v2", True): [-0.09104, 0.41355, 0.67839, 0.5018, 0.20704, 0.27252, 0.17803, 0.39789],
    (7, "v1", True): [0.23844, 0.3935, 0.50321, 0.51205, 0.51427, 0.52935, 0.46882, 0.39761],
    (3, "v2", False): [0.35953, 0.37774, 0.56966, 0.6028, 0.34847, 0.55506, 0.70614, 0.41519],
    (4, "v1", False): [0.00186, -0.45248, -0.47792, -0.44884, -0.46517, -0.45317, -0.49619, -0.33864],
}
"""Every 800th sample that the package infer-rvc-python 1.3.1 gives, without noise, by the file's seed, its version, and
whether it is told the pitch."""
SUNG = {
    (5, 32): [0.16282, -0.14483, -0.24521, -0.21931, 0.0056, -0.33898, -0.32421, -0.32372],
    (6, 8): [-0.54176, -0.52815, -0.55518, -0.46214, -0.6147, -0.56869, -0.52465, -0.44952],
}
"""Those that so-vits-svc-fork 4.2.30 gives, by the file's seed and the numbers that tell what is said."""


@pytest.fixture
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)


def said(moments: int, width: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(9).normal(size=(moments, width)).astype(np.float32))


def line(moments: int) -> torch.Tensor:
    """A pitch that rises, with a hole in it."""
    hertz = torch.linspace(100, 400, moments)
    hertz[10:20] = 0
    return hertz


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("renamed", [False, True], ids=["norms by their old names", "norms by their new names"])
@pytest.mark.parametrize(("seed", "version", "pitched"), GIVEN)
def test_it_gives_what_rvc_gives(
    seed: int, version: str, pitched: bool, renamed: bool, stored: Any, tmp_path: Path
) -> None:
    told = stored(seed, version=version, pitched=pitched)
    if renamed:
        new = ((".weight_g", ".parametrizations.weight.original0"), (".weight_v", ".parametrizations.weight.original1"))
        for old, name in new:
            told["weight"] = {key.replace(old, name): value for key, value in told["weight"].items()}
    torch.save(told, tmp_path / "a.pth")
    voice = rvc.load(tmp_path / "a.pth", usual_encoder=True)
    samples = voice(said(MOMENTS, voice.shape.features), line(MOMENTS) if pitched else None, 2)
    assert samples.shape == (MOMENTS * 160,)
    assert samples[::800].tolist() == pytest.approx(GIVEN[seed, version, pitched], abs=2e-5)


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize(("seed", "width"), SUNG)
def test_it_gives_what_so_vits_svc_gives(seed: int, width: int, stored_sovits: Any, keep: Any, tmp_path: Path) -> None:
    keep(tmp_path / "two", stored_sovits(seed, features=width))
    voice = sovits.load(tmp_path / "two" / "G_900.pth", tmp_path / "two" / "config.json")
    samples = voice(said(50, width), line(50), 2)
    assert samples.shape == (50 * 128,)
    assert samples[::800].tolist() == pytest.approx(SUNG[seed, width], abs=2e-5)


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("name", ["ada.pth", "bob.pth", "two/G_900.pth"])
def test_in_pieces_it_is_the_same(name: str, voices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = voices / name
    told = file.parent / "config.json"
    voice = sovits.load(file, told) if told.exists() else rvc.load(file, usual_encoder=True)
    given = said(60, voice.shape.features), line(60) if voice.shape.tones else None, 0
    whole = voice(*given)
    monkeypatch.setattr(network, "AT_ONCE", 13)
    assert torch.allclose(whole, voice(*given), atol=1e-5)
    monkeypatch.setattr(network.Decoder, "_reach", lambda _: 1)
    assert not torch.allclose(whole, voice(*given), atol=1e-5), "it hears farther than that"


@pytest.mark.usefixtures("_still")
def test_without_any_pitch_so_vits_svc_still_speaks(voices: Path) -> None:
    voice = sovits.load(voices / "two" / "G_900.pth", voices / "two" / "config.json")
    assert torch.isfinite(voice(said(20, voice.shape.features), torch.zeros(20), 0)).all()


def test_steps_rise_with_the_pitch() -> None:
    hertz = torch.tensor([0.0, 20.0, LOWEST, 100.0, 440.0, HIGHEST, 4000.0])
    assert stepped(hertz).tolist() == [1, 1, 1, 20, 122, 255, 255]


@given(st.lists(st.floats(0, 2000, width=32), min_size=2))
def test_steps_keep_the_order(hertz: list[float]) -> None:
    steps = stepped(torch.tensor(sorted(hertz)))
    assert (steps.diff() >= 0).all()
    assert steps.min() >= 1
    assert steps.max() <= 255


@pytest.mark.usefixtures("_still")
def test_what_is_for_training_only_is_left_out(stored: Any, tmp_path: Path) -> None:
    told = stored(1)
    told["weight"]["enc_q.pre.weight"] = torch.zeros(3)
    torch.save(told, tmp_path / "a.pth")
    assert rvc.load(tmp_path / "a.pth", usual_encoder=True).shape.tones == 1


@pytest.mark.usefixtures("_still")
@pytest.mark.parametrize("hertz", [100.0, 441.0])
def test_the_source_hums_at_the_pitch(hertz: float) -> None:
    sound = excitation(torch.full((1, 100), hertz), 16_000, 160)[0, :, 0].numpy()
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() == round(hertz)  # a second: bins of one hertz
    assert np.abs(sound).max() == pytest.approx(LOUD, rel=1e-3)


@pytest.mark.usefixtures("_still")
def test_its_phase_holds_for_minutes() -> None:
    hertz, moments = 440.123, 6000
    sound = excitation(torch.full((1, moments), hertz), 48_000, 480)[0, -480:, 0].numpy()
    at = np.arange(moments * 480 - 480 + 1, moments * 480 + 1) / 48_000
    heard = float(torch.tensor(hertz))  # as exact as it was told
    assert np.abs(sound - LOUD * np.sin(2 * np.pi * heard * at)).max() < 1e-4


def test_the_source_breathes_where_there_is_no_pitch() -> None:
    torch.manual_seed(0)
    sound = excitation(torch.tensor([[0.0] * 100 + [200.0] * 100]), 16_000, 160)[0, :, 0].numpy()
    assert sound[:16_000].std() == pytest.approx(LOUD / 3, rel=0.05)
    hum = LOUD * np.sin(2 * np.pi * 200 * np.arange(1, 16_001) / 16_000)
    assert (sound[16_000:] - hum).std() == pytest.approx(BREATH, rel=0.05)
