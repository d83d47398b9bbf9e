"""Whose work is done next: nothing that must be done is lost or out of order, and everybody has a turn."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from speechlab.live.turns import Turns, Waiting
from speechlab.stages import Asked

LANES: tuple[Hashable | None, ...] = (None, None, "one", "one", "other")
"""What each slot needs alone: two of them the same engine."""


def asked(final: bool) -> Asked:
    nobody: Any = None
    return Asked(nobody, lambda: None, final)


class Machine(RuleBasedStateMachine):
    """Slots ask, workers take and do, sessions go away; beside it, what must hold is kept in plain lists."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns()
        self.slots = [Waiting(lane) for lane in LANES]
        self.finals: list[tuple[Waiting, Asked]] = []
        self.interims: dict[Waiting, Asked] = {}
        self.doing: list[tuple[Waiting, Asked]] = []

    @rule(at=st.integers(0, len(LANES) - 1), final=st.booleans())
    def ask(self, at: int, final: bool) -> None:
        slot, work = self.slots[at], asked(final)
        assert self.turns.add(slot, work) is self.interims.pop(slot, None)
        if final:
            self.finals.append((slot, work))
        else:
            self.interims[slot] = work

    @rule()
    def take(self) -> None:
        taken = self.turns.take()
        expected = [(slot, work) for slot, work in self.finals if self.free(slot) and not self.settles(slot)]
        if expected:
            assert taken == expected[0]
            self.finals.remove(taken)
        elif taken is not None:
            slot, work = taken
            assert self.interims.pop(slot) is work
            assert self.free(slot)
            assert not self.settles(slot)
            assert not any(other is slot for other, _ in self.finals)
        else:
            blocked = {slot for slot, _ in self.finals} | {slot for slot in self.slots if self.settles(slot)}
            assert not [slot for slot in self.interims if self.free(slot) and slot not in blocked]
        if taken is not None:
            self.doing.append(taken)

    @rule(at=st.integers(0, 9))
    def done(self, at: int) -> None:
        if self.doing:
            self.turns.done(*self.doing.pop(at % len(self.doing)))

    @rule(at=st.integers(0, len(LANES) - 1))
    def drop(self, at: int) -> None:
        slot = self.slots[at]
        self.turns.drop(slot)
        self.finals = [(other, work) for other, work in self.finals if other is not slot]
        self.interims.pop(slot, None)

    @invariant()
    def counts_are_right(self) -> None:
        for slot in self.slots:
            assert len(slot) == sum(other is slot for other, _ in self.finals) + (slot in self.interims)

    @invariant()
    def what_only_one_may_use_one_uses(self) -> None:
        lanes = [slot.lane for slot, _ in self.doing if slot.lane is not None]
        assert len(lanes) == len(set(lanes))
        settling = [slot for slot, work in self.doing if work.final]
        assert len(settling) == len(set(settling))

    def teardown(self) -> None:
        """In the end all that was asked for is done, but for what was replaced or let go of."""
        while self.doing or self.finals or self.interims:
            self.take()
            self.done(0)
        assert self.turns.take() is None

    def free(self, slot: Waiting) -> bool:
        return slot.lane is None or slot.lane not in [other.lane for other, _ in self.doing]

    def settles(self, slot: Waiting) -> bool:
        return any(other is slot and work.final for other, work in self.doing)


TestTurns = Machine.TestCase


@given(st.integers(2, 8), st.integers(1, 3), st.data())
def test_nobody_waits_for_more_than_one_turn_of_each_other(count: int, workers: int, data: st.DataObject) -> None:
    """However often the others look at what is being said."""
    turns = Turns()
    slots = [Waiting(None) for _ in range(count)]
    taken: list[Waiting] = []
    for slot in slots:
        turns.add(slot, asked(False))
    for _ in range(60):
        doing = [one for _ in range(workers) if (one := turns.take()) is not None]
        for slot, work in doing:
            turns.done(slot, work)
        taken += [slot for slot, _ in doing]
        for slot in slots:
            if slot.interim is None or data.draw(st.booleans()):
                turns.add(slot, asked(False))
    for first in range(len(taken) - count):
        assert set(taken[first : first + count]) == set(slots)


def test_the_oldest_of_all_that_must_be_done_is_done_first() -> None:
    turns = Turns()
    slots = [Waiting(None) for _ in range(3)]
    works = [asked(True) for _ in range(9)]
    order = [2, 0, 1, 1, 0, 2, 2, 1, 0]
    for place, work in zip(order, works, strict=True):
        turns.add(slots[place], work)
    for work in works:
        taken = turns.take()
        assert taken is not None
        assert taken[1] is work
        turns.done(*taken)
