"""DeepFilterNet on sound: what its knobs do, and what the library is trusted with."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from speechlab_deepfilternet import WEIGHTS, DeepFilterNetOptions
from speechlab_deepfilternet import library as libraries
from speechlab_deepfilternet.engine import DELAY, DeepFilterNet
from speechlab_deepfilternet.library import State, frame_length

from speechlab import Audio, ChecksumMismatch, Context, Lab, Params, Samples
from speechlab.testing import noise, spoken

RATE = 48_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DeepFilterNet:
    return DeepFilterNet(Params(), Context(tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def noisy() -> Samples:
    return spoken(RATE).crop(0, 3).mono + noise(3, RATE, level=0.02).mono


def cleaned(engine: DeepFilterNet, sound: Samples, beta: float = 0.0) -> Samples:
    session = engine.open(DeepFilterNetOptions(post_filter_beta=beta))
    return Audio.join([*session.feed(Audio(sound, RATE)), *session.flush()]).mono


def test_the_post_filter_presses_down_what_is_left(engine: DeepFilterNet, noisy: Samples) -> None:
    plain, filtered = (np.square(cleaned(engine, noisy, beta)).mean() for beta in (0.0, 0.1))
    assert filtered < plain * 0.999


def test_the_hosts_limit_is_the_librarys_own(engine: DeepFilterNet, noisy: Samples) -> None:
    """Decibels mean here what they mean to who knows DeepFilterNet."""
    limited = Lab().denoise(Audio(noisy, RATE), "deepfilternet", attenuation_limit_db=12.0).mono
    state = State(engine._network, 0.0)
    libraries._library().df_set_atten_lim.argtypes = [libraries.c_void_p, libraries.c_float]
    libraries._library().df_set_atten_lim(state.pointer, 12.0)
    frames = noisy.reshape(-1, frame_length(state)).copy()
    own = np.empty_like(frames)
    for frame, out in zip(frames, own, strict=True):
        state.process(frame, out)
    np.testing.assert_allclose(limited[:-DELAY], own.reshape(-1)[DELAY:], atol=1e-5)


def test_streams_know_nothing_of_each_other(engine: DeepFilterNet, noisy: Samples) -> None:
    alone = cleaned(engine, noisy[:RATE])
    one, other = engine.open(DeepFilterNetOptions()), engine.open(DeepFilterNetOptions())
    parts = []
    for chunk in Audio(noisy[:RATE], RATE).chunks(0.1):
        parts += one.feed(chunk)
        other.feed(Audio(chunk.samples[:, ::-1], RATE))
    np.testing.assert_array_equal(Audio.join([*parts, *one.flush()]).mono, alone)


def test_a_stream_that_is_let_go_of_frees_its_state(engine: DeepFilterNet, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[int] = []
    library = libraries._library()
    free = library.df_free
    monkeypatch.setattr(library, "df_free", lambda pointer: (freed.append(pointer), free(pointer)))
    session = engine.open(DeepFilterNetOptions())
    pointer = session._state.pointer
    del session
    gc.collect()
    assert freed == [pointer]


def test_weights_that_are_not_the_published_ones_never_reach_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would end the process."""
    [name] = WEIGHTS.files
    package = tmp_path / "deepfilternet_fake"
    package.mkdir()
    (package / name).write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(WEIGHTS.packages, name, [f"deepfilternet_fake/{name}"])  # type: ignore[arg-type]
    with pytest.raises(ChecksumMismatch, match="not the published file"):
        DeepFilterNet(Params(), Context(tmp_path / "home", download=False))


def test_what_is_heard_live_is_cleaned_with_a_limit() -> None:
    """Recognisers hear it, and full strength hurts them."""
    lab = Lab()
    [step] = lab.pipeline({"stage": [{"use": "denoise/deepfilternet"}]}).for_live().steps
    assert step.lift_options.attenuation_limit_db == 12  # type: ignore[attr-defined]
    [step] = lab.pipeline({"stage": [{"use": "denoise/deepfilternet", "attenuation_limit_db": 30}]}).for_live().steps
    assert step.lift_options.attenuation_limit_db == 30  # type: ignore[attr-defined]


def test_it_is_the_denoiser_that_is_meant_where_none_is_named() -> None:
    from speechlab import Kind

    assert Lab().engine(Kind.DENOISE).id == "deepfilternet"
