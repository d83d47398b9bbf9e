"""Sound that waits in a live session: it leaves in order, whole and on its timeline, and is kept as it leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Samples
from speechlab.live.inbox import MOST_AT_ONCE, RATE, Inbox


def counted(start: int, frames: int) -> Samples:
    """Samples that tell where they belong, in steps that 16 bits hold."""
    return (np.arange(start, start + frames) % 30_000 / np.float32(32_768)).astype(np.float32)


@given(st.lists(st.one_of(st.none(), st.integers(0, 3 * MOST_AT_ONCE)), max_size=8))
def test_what_is_put_in_comes_out_in_order_and_not_too_much_at_once(steps: list[int | None]) -> None:
    inbox, out, put = Inbox(print), 0, 0
    for frames in (*steps, *[None] * 30):  # None takes
        if frames is not None:
            assert inbox.put(counted(put, frames)) is bool(frames)
            put += frames
        elif (audio := inbox.take()) is not None:
            assert audio.start == out / RATE
            assert 0 < audio.frames <= MOST_AT_ONCE
            np.testing.assert_array_equal(audio.mono, counted(out, audio.frames))
            out += audio.frames
        assert (len(inbox), inbox.at, inbox.received) == (put - out, out / RATE, put)
    assert out == put


def test_once_closed_it_lets_nothing_in_and_gives_what_it_has() -> None:
    inbox = Inbox(print)
    inbox.put(counted(0, 100))
    inbox.close()
    assert not inbox.put(counted(100, 100))
    audio = inbox.take()
    assert audio is not None
    assert audio.frames == inbox.received == 100
    assert inbox.take() is None


def test_all_is_kept_whether_anybody_took_it_or_not(tmp_path: Path) -> None:
    inbox = Inbox(print)
    inbox.keep(tmp_path / "kept.wav")
    for start in (0, 20_000):
        inbox.put(counted(start, 20_000))
    inbox.take()
    inbox.empty()
    kept, rate = soundfile.read(tmp_path / "kept.wav", dtype="float32")
    assert (rate, len(inbox)) == (RATE, 0)
    np.testing.assert_array_equal(kept, counted(0, 40_000))
