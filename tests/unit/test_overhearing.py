"""What a lab reports is heard by who waits for the work, and by nobody else beside the lab's own listener."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Generator
from typing import Any

import pytest

from speechlab import Lab
from speechlab.overhearing import overheard
from speechlab.ui.answers import lines

SOON = 60.0


async def gathered(told: Generator[dict[str, Any], None, None]) -> list[dict[str, Any]]:
    return [json.loads(line) async for line in lines(told)]


def test_it_is_heard_while_it_is_listened_to_and_in_that_thread_alone() -> None:
    all_, some, others = list[str](), list[str](), list[str]()
    lab = Lab(discover=False, report=all_.append)
    with overheard(some.append):
        lab.report("one")
        with overheard(others.append):
            lab.report("two")
        elsewhere = threading.Thread(target=lab.report, args=("three",))
        elsewhere.start()
        elsewhere.join()
    lab.report("four")
    assert (all_, some, others) == (["one", "two", "three", "four"], ["one", "two"], ["two"])


def test_the_page_is_told_before_the_work_goes_on() -> None:
    lab = Lab(discover=False)
    told = threading.Event()

    def work() -> Generator[dict[str, Any], None, None]:
        yield {"state": "learning"}
        lab.report("downloading a/b")
        assert told.wait(SOON)
        lab.report("loading it")
        yield {"state": "kept"}

    async def heard() -> list[dict[str, Any]]:
        found = []
        async for line in lines(work()):
            found.append(json.loads(line))
            if "note" in found[-1]:
                told.set()
        return found

    notes = [{"note": "downloading a/b"}, {"note": "loading it"}]
    assert asyncio.run(heard()) == [{"state": "learning"}, *notes, {"state": "kept"}]


def test_who_leaves_while_it_works_stops_it_once_that_is_safe() -> None:
    lab = Lab(discover=False)
    let, closed = threading.Event(), threading.Event()

    def work() -> Generator[dict[str, Any], None, None]:
        try:
            lab.report("downloading a/b")
            assert let.wait(SOON)
            yield {"state": "learnt"}
        finally:
            closed.set()

    async def leave() -> None:
        async def hear() -> None:
            async for _ in lines(work()):
                asyncio.get_running_loop().call_soon(hearing.cancel)

        hearing = asyncio.create_task(hear())
        asyncio.get_running_loop().call_later(0.2, let.set)
        with pytest.raises(asyncio.CancelledError):
            await hearing

    asyncio.run(leave())
    assert closed.wait(SOON)


def test_what_breaks_in_the_work_is_raised() -> None:
    def work() -> Generator[dict[str, Any], None, None]:
        yield {"state": "learning"}
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        asyncio.run(gathered(work()))
