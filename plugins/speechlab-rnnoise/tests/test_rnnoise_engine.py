"""RNNoise on sound, straight on its library."""

from __future__ import annotations

import gc
import subprocess
import sys

import numpy as np
import pytest
from speechlab_rnnoise import LIBRARY, WEIGHTS
from speechlab_rnnoise.engine import RnNoise

from speechlab import Audio, Context, Params, Samples
from speechlab.testing import noise, spoken

RATE = 48_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> RnNoise:
    return RnNoise(Params(), Context(tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def noisy() -> Samples:
    return spoken(RATE).crop(0, 3).mono + noise(3, RATE, level=0.02).mono


def cleaned(engine: RnNoise, sound: Samples) -> Samples:
    session = engine.open(Params())
    return Audio.join([*session.feed(Audio(sound, RATE)), *session.flush()]).mono


def test_speech_comes_out_where_it_went_in(engine: RnNoise) -> None:
    sound = spoken(RATE).crop(0, 4).mono
    came = np.fft.rfft(sound, 2 * len(sound))
    left = np.fft.rfft(cleaned(engine, sound), 2 * len(sound))
    assert np.fft.irfft(left * came.conj()).argmax() == 0


def test_streams_know_nothing_of_each_other(engine: RnNoise, noisy: Samples) -> None:
    alone = cleaned(engine, noisy)
    one, other = engine.open(Params()), engine.open(Params())
    parts = []
    for chunk in Audio(noisy, RATE).chunks(0.1):
        parts += one.feed(chunk)
        other.feed(Audio(chunk.samples[:, ::-1], RATE))
    np.testing.assert_array_equal(Audio.join([*parts, *one.flush()]).mono, alone)


def test_what_it_is_fed_stays_as_it_is(engine: RnNoise, noisy: Samples) -> None:
    """The library works in place."""
    kept = noisy.copy()
    cleaned(engine, noisy)
    np.testing.assert_array_equal(noisy, kept)


def test_a_stream_that_is_let_go_of_frees_its_state(engine: RnNoise, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[int] = []
    destroy = engine._library.rnnoise_destroy
    monkeypatch.setattr(engine._library, "rnnoise_destroy", lambda state: (freed.append(state), destroy(state)))
    session = engine.open(Params())
    state = session._state
    del session
    gc.collect()
    assert freed == [state]


def test_the_package_around_the_library_is_not_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from speechlab import Context, Params; "
        "from speechlab_rnnoise.engine import RnNoise; RnNoise(Params(), Context(Path('none'))).open(Params()); "
        "print([name for name in ('pyrnnoise', 'av', 'audiolab', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names the library of Linux")
def test_the_library_is_pinned() -> None:
    assert LIBRARY == "librnnoise.so"
    assert len(WEIGHTS.sha256[LIBRARY]) == 64
