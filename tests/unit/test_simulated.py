"""Workers on a simulated clock: whose work is done when, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Kind, Lab
from speechlab.live.simulated import SimulatedWorkers, measured, none
from speechlab.live.workers import Crew
from speechlab.pool import Loaded


def taking(*seconds: float) -> Callable[[Callable[[], None]], float]:
    """The first piece of work takes the first time, and so on."""
    left = iter(seconds)

    def cost(work: Callable[[], None]) -> float:
        work()
        return next(left)

    return cost


class Desk:
    """One session's crew, with a slot."""

    def __init__(self, workers: SimulatedWorkers, *, concurrent: bool = True) -> None:
        self.workers = workers
        self.woken = 0
        self.crew = Crew(workers, self._wake, lambda text: None)
        self.took: list[float] = []
        self.slot = self.crew.slot(loaded(concurrent), self.took.append)

    def _wake(self) -> None:
        self.woken += 1

    def done(self) -> list[Any]:
        return [asked.result() for asked in self.slot.answers()]


def loaded(concurrent: bool) -> Loaded:
    lab = Lab(discover=False)
    spec = lab.engine(Kind.ASR, "toy")
    with lab.pool.lease(spec, spec.params()) as lent:
        return replace(lent, spec=replace(spec, concurrent=concurrent))


def test_an_answer_comes_when_its_work_is_over() -> None:
    workers = SimulatedWorkers(1, taking(2.0))
    desk = Desk(workers)
    workers.advance(1.0)
    asked = desk.slot.ask(lambda: "text", final=True)
    assert workers.due() == 3.0
    assert asked.started
    workers.advance(2.9)
    assert desk.done() == []
    assert desk.crew.lag == pytest.approx(1.9)
    workers.advance(3.0)
    assert desk.done() == ["text"]
    assert desk.crew.lag == 0
    assert desk.woken == 1
    assert desk.took == [2.0]
    assert workers.clock() == 3.0


def test_work_that_takes_no_time_is_over_at_once() -> None:
    workers = SimulatedWorkers(1)
    desk = Desk(workers)
    workers.advance(1.5)
    desk.slot.ask(lambda: "text", final=False)
    assert workers.due() == 1.5
    workers.advance(1.5)
    assert desk.done() == ["text"]


def test_the_last_answer_is_waited_for_in_simulated_time() -> None:
    workers = SimulatedWorkers(1, taking(2.0, 3.0))
    desk = Desk(workers)
    desk.slot.ask(lambda: "one", final=True)
    desk.slot.ask(lambda: "two", final=True)
    told = [(workers.clock(), asked.result()) for asked in desk.slot.rest()]
    assert told == [(2.0, "one"), (5.0, "two")]


def test_what_waits_is_replaced_and_what_began_is_not() -> None:
    workers = SimulatedWorkers(1, taking(1.0, 1.0))
    desk = Desk(workers)
    done: list[str] = []
    desk.slot.ask(lambda: done.append("first look"), final=False)
    workers.due()
    desk.slot.ask(lambda: done.append("second look"), final=False)
    desk.slot.ask(lambda: done.append("third look"), final=False)
    workers.advance(10.0)
    assert done == ["first look", "third look"]


def test_two_workers_do_two_pieces_at_once_unless_the_engine_serves_one_caller() -> None:
    for concurrent, until in ((True, 1.0), (False, 2.0)):
        workers = SimulatedWorkers(2, taking(1.0, 1.0))
        desks = Desk(workers, concurrent=concurrent), Desk(workers, concurrent=concurrent)
        if not concurrent:
            desks[1].slot.lane = desks[0].slot.lane  # type: ignore[attr-defined]  # both use one engine
        for desk in desks:
            desk.slot.ask(lambda: "text", final=True)
        while workers.due() is not None:
            workers.wait()
        assert workers.clock() == until


def test_nobody_waits_for_what_will_never_be() -> None:
    with pytest.raises(RuntimeError, match="nobody"):
        SimulatedWorkers(1).wait()


def test_measured_work_takes_processor_time() -> None:
    def work() -> None:
        assert sum(range(300_000))

    assert none(work) == 0.0
    assert 0.0 < measured(work) < 5.0


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5), st.booleans()), min_size=1, max_size=12),
)
def test_time_only_goes_on_and_all_that_must_be_done_is(workers: int, work: list[tuple[float, float, bool]]) -> None:
    """Whatever is asked for when: final work is done in its order, and never more at once than there are workers."""
    hands = SimulatedWorkers(workers, taking(*(seconds for _, seconds, _ in work)))
    desk = Desk(hands)
    for number, (wait, _, final) in enumerate(work):
        hands.advance(hands.clock() + wait)
        desk.slot.ask(partial(int, number), final=final)
    at = hands.clock()
    told = []
    for answer in desk.slot.rest():
        assert hands.clock() >= at
        at = hands.clock()
        told.append(answer.result())
    finals = [number for number, (_, _, final) in enumerate(work) if final]
    assert [n for n in told if n in finals] == finals
    assert len(set(told)) == len(told)
