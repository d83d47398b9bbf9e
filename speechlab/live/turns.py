"""Whose work is done next: what must be done before what may be, and everybody in turn. No threads, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

from ..stages import Asked


class Waiting:
    """The work of one slot: final work in its order, and at most one piece that is not."""

    def __init__(self, lane: Hashable | None) -> None:
        self.lane = lane
        """What only one piece of work may use at a time; None where many may."""
        self.finals: deque[tuple[int, Asked]] = deque()
        self.interim: Asked | None = None
        self.settling = False
        """Whether final work of this slot is being done."""
        self.served = 0
        """When an interim of this slot was last taken, as a number in the order of all."""

    def __len__(self) -> int:
        return len(self.finals) + (self.interim is not None)


class Turns:
    """Takes work from many slots. Final work goes first, the oldest first; of one slot one at a time. Interims take
    turns among the slots, and wait while their slot has final work."""

    def __init__(self) -> None:
        self._waiting: dict[Waiting, None] = {}
        self._lanes: set[Hashable] = set()
        self._number = 0

    def add(self, slot: Waiting, asked: Asked) -> Asked | None:
        """One piece of work more; gives the one that it replaces."""
        self._waiting[slot] = None
        replaced, slot.interim = slot.interim, None
        if asked.final:
            slot.finals.append((self._next(), asked))
        else:
            slot.interim = asked
        return replaced

    def take(self) -> tuple[Waiting, Asked] | None:
        """The work that is to be done next, if any can be."""
        free = [slot for slot in self._waiting if slot.lane is None or slot.lane not in self._lanes]
        if finals := [slot for slot in free if slot.finals and not slot.settling]:
            slot = min(finals, key=lambda slot: slot.finals[0][0])
            _, asked = slot.finals.popleft()
            slot.settling = True
        elif interims := [slot for slot in free if slot.interim and not slot.finals and not slot.settling]:
            slot = min(interims, key=lambda slot: slot.served)
            slot.served = self._next()
            assert slot.interim is not None
            asked, slot.interim = slot.interim, None
        else:
            return None
        if slot.lane is not None:
            self._lanes.add(slot.lane)
        self._forget(slot)
        return slot, asked

    def done(self, slot: Waiting, asked: Asked) -> None:
        """What was taken is done."""
        if slot.lane is not None:
            self._lanes.discard(slot.lane)
        if asked.final:
            slot.settling = False

    def drop(self, slot: Waiting) -> None:
        """Nobody waits for this slot's work any more."""
        slot.finals.clear()
        slot.interim = None
        self._forget(slot)

    def _forget(self, slot: Waiting) -> None:
        if not len(slot):
            self._waiting.pop(slot, None)

    def _next(self) -> int:
        self._number += 1
        return self._number
