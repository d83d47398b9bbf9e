"""From voices to turns, with voices that are made up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_diarize.grid import MOMENT, frames
from speechlab_diarize.labelling import NEAR, Integers, Rules, Stretch, follow, last_pause, refined, stretches
from speechlab_diarize.memory import SCALE, Memory
from speechlab_diarize.networks import SIZE, unit

RULES = Rules(onset=0.5, overlap=0.5, shortest=frames(0.1), gap=frames(0.3))
TWO = unit(np.eye(2, SIZE, dtype=np.float32))


def memory(speech: list[tuple[float, int]], people: list[int], overlap: tuple[int, int] = (0, 0)) -> Memory:
    """Runs of frames with a probability of speech, and at each moment in speech one of two people, in turn."""
    made = Memory()
    told = np.concatenate([np.full(count, level) for level, count in speech])
    both = np.zeros(len(told))
    both[slice(*overlap)] = 1.0
    made._speech.extend(np.round(SCALE * told))
    made._overlap.extend(np.round(SCALE * both))
    at = [frame for frame in range(MOMENT // 2, len(told), MOMENT) if told[frame] > 0.5]
    made._frames.extend(at)
    made._tracks.extend(np.zeros(len(at)))
    made._seconds.extend(np.full(len(at), 1.5))
    made._voices.extend(TWO[np.resize(people, len(at))] if at else np.zeros((0, SIZE)))
    made.settle()
    return made


def told(made: Memory, labels: Integers, rules: Rules = RULES) -> list[tuple[int, int, int]]:
    found = stretches(made, labels, 0, 0, rules)
    return [(stretch.start, stretch.end, stretch.speaker) for stretch in found]


def test_each_speaks_in_turn() -> None:
    made = memory([(0, 80), (1, 400), (0, 80), (1, 400)], [0] * 50 + [1] * 50)
    assert told(made, follow(made, TWO)) == [(80, 480, 0), (560, 960, 1)]


def test_a_single_moment_does_not_change_the_speaker() -> None:
    made = memory([(1, 800)], [0] * 50 + [1] + [0] * 49)
    assert told(made, follow(made, TWO)) == [(0, 800, 0)]


def test_a_short_silence_does_not_end_a_turn() -> None:
    made = memory([(1, 160), (0, 10), (1, 160), (0, 40), (1, 160)], [0])
    assert told(made, follow(made, TWO)) == [(0, 330, 0), (370, 530, 0)]


def test_a_click_is_no_turn() -> None:
    made = memory([(1, 160), (0, 40), (1, 3), (0, 40)], [0])
    assert told(made, follow(made, TWO)) == [(0, 160, 0)]


def test_where_two_speak_the_other_one_who_is_near_speaks_too() -> None:
    made = memory([(1, 800)], [0] * 50 + [1] * 50, overlap=(340, 380))
    assert told(made, follow(made, TWO)) == [(0, 401, 0), (340, 380, 1), (401, 800, 1)]
    alone = memory([(1, 800)], [0], overlap=(340, 380))
    assert told(alone, follow(alone, TWO)) == [(0, 800, 0)]


def test_speech_far_from_every_known_voice_is_nobodys() -> None:
    made = memory([(1, 160)], [0])
    made._speech.extend(np.full(400, SCALE))
    made._overlap.extend(np.zeros(400))
    [(start, end, _)] = told(made, follow(made, TWO))
    assert start == 0
    assert end == pytest.approx(160 + NEAR, abs=MOMENT)


def test_voices_are_taken_anew_from_the_path() -> None:
    made = memory([(1, 800)], [0] * 50 + [1] * 50)
    rough = unit(TWO + 0.8 * TWO[::-1])
    assert set(refined(made, rough)[:50]) == {0}
    assert set(refined(made, rough)[50:]) == {1}


def test_nobody() -> None:
    assert stretches(Memory(), np.zeros(0, np.int64), 0, 0, RULES) == []
    quiet = memory([(0, 100)], [0])
    assert stretches(quiet, follow(quiet, TWO), 0, 0, RULES) == []


def test_the_last_pause() -> None:
    made = memory([(1, 100), (0, 40), (1, 100), (0, 5), (1, 100)], [0])
    assert last_pause(made, 400, RULES) == 140
    assert last_pause(made, 150, RULES) == 140
    assert last_pause(made, 140, RULES) == 0


SPEECH = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.integers(1, 120)), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(SPEECH, st.lists(st.integers(0, 1), min_size=1, max_size=60), st.integers(0, 400), st.integers(0, 100))
def test_turns_of_one_speaker_are_apart_and_inside(
    speech: list[tuple[float, int]], people: list[int], start: int, length: int
) -> None:
    made = memory(speech, people, overlap=(start, start + length))
    found = stretches(made, follow(made, TWO), 0, 0, RULES)
    assert found == sorted(found, key=lambda stretch: stretch.start)
    assert all(0 <= stretch.start < stretch.end <= len(made) for stretch in found)
    for speaker in (0, 1):
        own = [stretch for stretch in found if stretch.speaker == speaker]
        assert all(after.start - before.end >= RULES.gap for before, after in pairwise(own))
        assert all(stretch.end - stretch.start >= RULES.shortest for stretch in own)


@settings(deadline=None, max_examples=40)
@given(SPEECH, st.lists(st.integers(0, 1), min_size=1, max_size=60), st.integers(0, 900))
def test_what_is_told_from_a_pause_on_is_what_the_whole_tells(
    speech: list[tuple[float, int]], people: list[int], frame: int
) -> None:
    made = memory(speech, people)
    whole = follow(made, TWO)
    first = last_pause(made, min(frame, len(made)), RULES)
    since = int(np.searchsorted(made.at(), first))
    part = stretches(made, whole[since:], since, first, RULES)
    near = [stretch for stretch in stretches(made, whole, 0, 0, RULES) if stretch.start >= first]
    assert [_ends(stretch) for stretch in part] == [_ends(stretch) for stretch in near] or since == len(made.at())


def _ends(stretch: Stretch) -> tuple[int, int, int]:
    return stretch.start, stretch.end, stretch.speaker
