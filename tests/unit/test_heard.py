"""Sound for the ear is written while it comes, and a file appears only when all of it is there."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechlab import Audio, OutputError, media
from speechlab.heard import HeardFile

RATE = 8_000
SOUND = np.random.default_rng(3).uniform(-0.5, 0.5, 60 * RATE).astype(np.float32)


def part(first: int, last: int, at: float = 0.0) -> Audio:
    return Audio(SOUND[first:last], RATE, at + first / RATE)


def fed(file: HeardFile, frames: int, step: int, at: float = 0.0) -> None:
    for first in range(0, frames, step):
        file.append(part(first, min(frames, first + step), at))


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(1, 4000), step=st.integers(1, 900), at=st.sampled_from([0.0, 3.5]))
def test_it_holds_what_came_however_it_came(tmp_path: Path, frames: int, step: int, at: float) -> None:
    file = HeardFile(tmp_path / "a.clean.flac")
    fed(file, frames, step, at)
    assert file.finish() == tmp_path / "a.clean.flac"
    assert file.start == at
    np.testing.assert_allclose(media.decode(file.path).samples[0], SOUND[:frames], atol=1e-4)
    assert hidden(tmp_path) == ["a.clean.flac"]
    file.path.unlink()


@pytest.mark.parametrize("suffix", ["flac", "wav"])
def test_channels_that_are_heard_one_after_the_other_lie_side_by_side(tmp_path: Path, suffix: str) -> None:
    file = HeardFile(tmp_path / f"call.{suffix}")
    fed(file, 25 * RATE, RATE, at=2.0)
    file.next_channel()
    fed(file, 21 * RATE, 2 * RATE, at=1.0)
    assert file.finish() == file.path
    assert file.start == 1.0
    both = media.decode(file.path)
    assert both.samples.shape == (2, 26 * RATE)
    np.testing.assert_allclose(both.samples[0], np.pad(SOUND[: 25 * RATE], (RATE, 0)), atol=1e-4)
    np.testing.assert_allclose(both.samples[1], np.pad(SOUND[: 21 * RATE], (0, 5 * RATE)), atol=1e-4)
    assert hidden(tmp_path) == [file.path.name]


@pytest.mark.parametrize("at", [0.0, 0.3])
def test_channels_lie_side_by_side_however_short_they_are(tmp_path: Path, at: float) -> None:
    file = HeardFile(tmp_path / "yes.flac")
    for start in (0.0, at):  # the second begins where the first ends, as where silence was trimmed
        file.next_channel()
        fed(file, 3 * RATE // 10, RATE // 10, at=start)
    assert file.finish() == file.path
    assert media.decode(file.path).samples.shape == (2, round((0.3 + at) * RATE))


def test_nothing_comes_of_nothing(tmp_path: Path) -> None:
    file = HeardFile(tmp_path / "a.flac")
    file.append(part(0, 0))
    assert file.finish() is None
    assert hidden(tmp_path) == []


def test_what_is_unfinished_is_deleted(tmp_path: Path) -> None:
    file = HeardFile(tmp_path / "a.flac")
    fed(file, 3 * RATE, RATE)
    assert hidden(tmp_path)
    file.close()
    assert hidden(tmp_path) == []


def test_a_forbidden_place_is_told(tmp_path: Path) -> None:
    file = HeardFile(tmp_path / "nowhere" / "a.flac")
    with pytest.raises(OutputError):
        file.append(part(0, RATE))
    file.close()


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    def peak(rounds: int) -> int:
        file = HeardFile(tmp_path / f"{rounds}.flac")
        tracemalloc.start()
        try:
            for _ in range(2):
                file.next_channel()
                for turn in range(rounds):
                    fed(file, 60 * RATE, 10 * RATE, at=60.0 * turn)
            file.finish()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(8) < 1.2 * peak(2)
