"""How many people speak, from voices that are made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_diarize.clustering import (
    BLOCK,
    WINDOW,
    Groups,
    Integers,
    Speakers,
    Wanted,
    after,
    chosen,
    merges,
    windows,
)
from speechlab_diarize.grid import MOMENT
from speechlab_diarize.memory import Memory
from speechlab_diarize.networks import SIZE, unit

from speechlab import Samples

ANY = Wanted(least=1, most=100, threshold=0.63, seconds=2.0)


def voices(people: list[int], spread: float, shared: float = 0.0, seed: int = 0) -> Samples:
    """A voice for each entry: that person's, with so much noise, and with so much that all have in common."""
    rng = np.random.default_rng(seed)
    pure = unit(rng.normal(size=(max(people) + 1, SIZE)).astype(np.float32))
    common = unit(rng.normal(size=SIZE).astype(np.float32))
    noise = unit(rng.normal(size=(len(people), SIZE)).astype(np.float32))
    return unit(pure[people] + spread * noise + shared * common)


def groups(told: Samples) -> Groups:
    """Each voice a full window."""
    return Groups(told.astype(np.float64), np.ones(len(told)), np.ones(len(told)))


def labels(told: Samples, wanted: Wanted = ANY, usual: float = 0.6) -> list[int]:
    """Numbers in the order of first appearance."""
    one = groups(told)
    found = chosen(one, list(merges(one, usual)), wanted)
    order = {label: number for number, label in enumerate(dict.fromkeys(found.tolist()))}
    return [order[label] for label in found.tolist()]


def remembered(told: Samples, track: int | None = None) -> Memory:
    """A memory in which these voices sound one after the other, each for a window."""
    memory = Memory()
    count = round(WINDOW * 16_000 / 270 / MOMENT)
    each = np.repeat(np.arange(len(told)), count)
    memory._frames.extend(np.arange(len(each)) * MOMENT + MOMENT // 2)
    memory._tracks.extend(each if track is None else np.full(len(each), track))
    memory._seconds.extend(np.full(len(each), WINDOW))
    memory._voices.extend(told[each])
    memory.settle()
    return memory


TALK = [0, 0, 0, 1, 1, 0, 0, 2, 2, 2, 1, 0, 2, 2, 1, 1]


@pytest.mark.parametrize("spread", [0.3, 0.6, 0.9, 1.2])
def test_people_are_told_apart_however_much_their_voices_waver(spread: float) -> None:
    usual = 1 / (1 + spread**2)
    assert labels(voices(TALK, spread), usual=usual) == TALK


def test_one_voice_is_one_person() -> None:
    assert set(labels(voices([0] * 20, 0.8))) == {0}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_as_many_as_are_asked_for(count: int) -> None:
    wanted = Wanted(least=count, most=count, threshold=0.63, seconds=2.0)
    assert len(set(labels(voices(TALK * 2, 0.7), wanted))) == count


def test_bounds_change_nothing_where_they_hold() -> None:
    told = voices(TALK, 0.7)
    assert labels(told, Wanted(2, 4, 0.63, 2.0)) == labels(told)


def test_at_most() -> None:
    assert len(set(labels(voices(TALK, 0.7), Wanted(1, 2, 0.63, 2.0)))) == 2


def test_rather_somebody_who_says_little_than_one_person_parted_in_two() -> None:
    told = voices([0] * 12 + [1] + [0] * 6, 0.7)
    assert labels(told, Wanted(2, 2, 0.63, 2.0)) == [0] * 12 + [1] + [0] * 6


def test_no_more_groups_than_windows() -> None:
    assert labels(voices([0, 1], 0.3), Wanted(5, 5, 0.63, 2.0)) == [0, 1]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=25), st.floats(0, 0.9), st.integers(0, 9), st.floats(0, 1))
def test_the_order_of_windows_does_not_matter(people: list[int], spread: float, seed: int, threshold: float) -> None:
    told = voices(people, spread, seed=seed)
    turned = np.random.default_rng(seed).permutation(len(told))
    wanted = Wanted(1, 100, threshold, 2.0)
    straight, shuffled = labels(told, wanted), labels(told[turned], wanted)
    pairs = {(straight[turned[i]], shuffled[i]) for i in range(len(told))}
    assert len(pairs) == len(set(straight)) == len(set(shuffled))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=25), st.floats(0.1, 0.9), st.integers(0, 9))
def test_sums_are_kept(people: list[int], spread: float, seed: int) -> None:
    one = groups(voices(people, spread, seed=seed))
    steps = [(into, gone) for into, gone, _ in merges(one, 0.6)]
    assert len(steps) == len(people) - 1
    for count in (0, len(steps) // 2, len(steps)):
        merged = one.merged(after(len(one), steps[:count]))
        assert len(merged) == len(people) - count
        assert np.allclose(merged.sums.sum(axis=0), one.sums.sum(axis=0))
        assert merged.weights.sum() == pytest.approx(len(people))


def test_windows_are_cut_from_runs_and_do_not_overlap() -> None:
    memory = remembered(voices(TALK, 0.5))
    cut, near = windows(memory, 0, memory.moments)
    assert len(cut) == len(TALK)
    assert near == []  # each window is a track of its own here
    one, near = windows(remembered(voices([0] * 8, 0.5), track=1), 0, memory.moments)
    assert len(one) == 8
    assert np.mean(near) == pytest.approx(1 / (1 + 0.5**2), abs=0.1)


def test_nobody() -> None:
    assert Speakers(ANY).find(Memory()).shape == (0, SIZE)


def test_a_voice_that_is_heard_too_little_is_nobodys() -> None:
    found = Speakers(ANY).find(remembered(voices([0] * 9 + [1], 0.4)))
    assert len(found) == 1
    assert len(Speakers(ANY).find(remembered(voices([0], 0.4)))) == 1  # but somebody speaks


def test_a_long_recording_is_clustered_block_by_block() -> None:
    """Three blocks and a half, heard as it grows and at once: the same people, as in a clustering of everything."""
    rng = np.random.default_rng(3)
    people = rng.integers(0, 5, size=int(3.5 * BLOCK / 11)).tolist()
    told = voices(people, 0.8)
    memory = remembered(told)
    assert memory.moments > 3 * BLOCK
    at_once = Speakers(ANY).find(memory)
    growing = Speakers(ANY)
    for share in (0.2, 0.5, 0.9, 1.0):
        part = remembered(told[: round(share * len(told))])
        found = growing.find(part)
    assert np.allclose(found, at_once, atol=1e-5)
    said: Integers = (told @ at_once.T).argmax(axis=1)
    assert len(at_once) == 5
    assert len(set(zip(people, said.tolist(), strict=True))) == 5
