"""Names and ids that stay."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_diarize.labelling import Stretch
from speechlab_diarize.telling import Names, Turns

from speechlab import Recording, TurnUpdate

AT = np.arange(10) * 8


def turns() -> Turns:
    return Turns(lambda stretch: (stretch.start / 10, stretch.end / 10))


def test_names_are_given_in_the_order_of_first_speech() -> None:
    assert Names().match(AT, np.array([2, 2, 0, 0, 1, 1, 0, 2, 2, 1]), 3) == [1, 2, 0]


def test_a_speaker_that_nobody_hears_has_no_name() -> None:
    assert Names().match(AT, np.array([1] * 10), 3) == [-1, 0, -1]


def test_names_stay_with_those_who_share_most_time_with_them() -> None:
    names = Names()
    names.keep(AT, np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]))
    names._count = 2
    assert names.match(AT, np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]), 2) == [1, 0]
    split = names.match(AT, np.array([0, 0, 2, 2, 2, 2, 1, 1, 1, 1]), 3)
    assert split == [2, 1, 0]


def test_a_turn_keeps_its_id_while_it_grows_and_when_its_speaker_turns_out_to_be_another() -> None:
    told = turns()
    [first] = told.tell([Stretch(10, 30, 0)], 0)
    [longer] = told.tell([Stretch(10, 40, 0)], 0)
    [other] = told.tell([Stretch(12, 40, 1)], 0)
    assert first.turn.id == longer.turn.id == other.turn.id == "t00001000"
    assert [update.turn.speaker for update in (first, longer, other)] == ["Speaker 1", "Speaker 1", "Speaker 2"]
    assert not any(update.final for update in (first, longer, other))


def test_what_did_not_change_is_not_told_again() -> None:
    told = turns()
    told.tell([Stretch(10, 30, 0), Stretch(30, 50, 1)], 0)
    [only] = told.tell([Stretch(10, 30, 0), Stretch(30, 55, 1)], 0)
    assert only.turn.end == 5.5


def test_a_turn_that_is_parted_keeps_its_id_for_the_longer_part_of_the_same_speaker() -> None:
    told = turns()
    [whole] = told.tell([Stretch(10, 50, 0)], 0)
    told.tell([Stretch(10, 35, 0), Stretch(35, 50, 1)], 0)
    settled = {update.turn.id: update.turn for update in told.settle()}
    assert settled[whole.turn.id].end == 3.5
    assert len(settled) == 2


def test_what_is_gone_is_an_empty_turn() -> None:
    told = turns()
    told.tell([Stretch(10, 30, 0), Stretch(40, 50, 0)], 0)
    [gone] = told.tell([Stretch(10, 30, 0)], 0)
    assert gone.turn.duration == 0
    assert [update.turn.duration for update in told.settle()] == [2, 0]
    assert all(update.final for update in told.settle())


def test_what_lies_before_is_left_as_it_is() -> None:
    told = turns()
    told.tell([Stretch(10, 30, 0), Stretch(40, 50, 0)], 0)
    assert told.tell([Stretch(40, 50, 0)], 35) == []


STRETCHES = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9), st.integers(0, 2)), max_size=8).map(
    lambda some: [Stretch(start, start + length, speaker) for start, length, speaker in some]
)


@settings(max_examples=60)
@given(st.lists(STRETCHES, min_size=1, max_size=5))
def test_a_listener_who_replaces_by_id_ends_with_what_was_said_last(told: list[list[Stretch]]) -> None:
    teller = turns()
    updates: list[TurnUpdate] = []
    for stretches in told:
        updates += teller.tell(stretches, 0)
    updates += teller.settle()
    heard = {(turn.start, turn.end, turn.speaker) for turn in Recording.of(updates).diarization if turn}
    assert heard == {(s.start / 10, s.end / 10, f"Speaker {s.speaker + 1}") for s in told[-1]}
    assert all(update.turn.id for update in updates)
