"""Programs kept running: answers belong to their questions, whatever dies, hangs or is interrupted."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from speechlab_apertium.pipeline import Pipeline

from speechlab import EngineFailed, EngineUnavailable

PATIENCE = 60.0
"""Seconds that a program is given where it does answer, however busy the machine is."""


@pytest.fixture
def pipelines(program: Path) -> Iterator[dict[str, Pipeline]]:
    """By what its middle program does."""

    class Made(dict[str, Pipeline]):
        def __missing__(self, does: str) -> Pipeline:
            self[does] = Pipeline("es-pt", [[str(program)], [str(program), does], [str(program), "upper"]], PATIENCE)
            return self[does]

    made = Made()
    yield made
    for pipeline in made.values():
        pipeline.close()


def children(pipeline: Pipeline) -> list[int]:
    assert pipeline._running is not None
    return [process.pid for process in pipeline._running.processes]


def gone(pid: int) -> bool:
    """Ended, and its end taken notice of."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_each_text_has_its_answer(pipelines: dict[str, Pipeline]) -> None:
    texts = [f"text {number}\n" for number in range(500)]
    assert pipelines["on"].ask(texts) == [text.upper() for text in texts]
    before = children(pipelines["on"])
    assert pipelines["on"].ask(["", "é"]) == ["", "é"]  # the program knows no letters beyond ASCII
    assert pipelines["on"].ask([]) == []
    assert children(pipelines["on"]) == before, "they stay"


def test_more_than_a_pipe_holds_goes_through(pipelines: dict[str, Pipeline]) -> None:
    texts = ["x" * 300_000, "y"] * 2
    assert pipelines["on"].ask(texts) == [text.upper() for text in texts]


def test_programs_that_complain_much_do_not_stand_still(pipelines: dict[str, Pipeline]) -> None:
    assert pipelines["say:no such word "].ask(["a", "b"]) == ["A", "B"]


def test_programs_that_died_are_started_anew(pipelines: dict[str, Pipeline]) -> None:
    assert pipelines["on"].ask(["a"]) == ["A"]
    before = children(pipelines["on"])
    os.kill(before[1], signal.SIGKILL)
    assert pipelines["on"].ask(["b", "c"]) == ["B", "C"]
    assert all(map(gone, before))


def test_the_text_that_kills_them_is_told(pipelines: dict[str, Pipeline]) -> None:
    with pytest.raises(EngineFailed, match=r"es-pt ends at the text 'a bomb': bomb is too much") as failed:
        pipelines["die:bomb"].ask([*"abc", "a bomb", *"def"])
    assert "leave that text out" in failed.value.hint
    assert pipelines["die:bomb"].ask(["a"]) == ["A"], "the next call finds them alive"


def test_programs_that_hang_are_ended(program: Path) -> None:
    pipeline = Pipeline("es-pt", [[str(program), "sleep:long"]], PATIENCE)
    assert pipeline.ask(["short"]) == ["short"]
    before = children(pipeline)
    pipeline._timeout = 0.5
    with pytest.raises(EngineFailed, match=r"gave no sign of life for 0.5 s"):
        pipeline.ask(["short", "long"])
    assert all(map(gone, before))
    pipeline._timeout = PATIENCE
    assert pipeline.ask(["short"]) == ["short"]
    pipeline.close()


def test_who_is_interrupted_leaves_no_answer_for_the_next(
    pipelines: dict[str, Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipelines["on"]
    assert pipeline.ask(["a"]) == ["A"]
    before = children(pipeline)

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("speechlab_apertium.pipeline.os.read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pipeline.ask(["b"])
    assert all(map(gone, before))
    assert pipeline.ask(["c"]) == ["C"]


@pytest.mark.parametrize("closed", [True, False])
def test_nothing_is_left_behind(program: Path, closed: bool) -> None:
    files = len(os.listdir("/proc/self/fd"))
    pipeline = Pipeline("es-pt", [[str(program)], [str(program)]], PATIENCE)
    assert pipeline.ask(["a"]) == ["a"]
    before = children(pipeline)
    if closed:
        pipeline.close()
        pipeline.close()
    del pipeline
    gc.collect()
    assert all(map(gone, before))
    assert len(os.listdir("/proc/self/fd")) == files


def test_a_program_that_is_not_there_is_told(program: Path) -> None:
    files = len(os.listdir("/proc/self/fd"))
    with pytest.raises(EngineUnavailable, match="needs no-such-proc: No such file"):
        Pipeline("es-pt", [[str(program)], [str(program)], ["no-such-proc"], [str(program)]], PATIENCE).ask(["a"])
    assert len(os.listdir("/proc/self/fd")) == files


def test_many_callers_take_turns(pipelines: dict[str, Pipeline]) -> None:
    with ThreadPoolExecutor(8) as callers:
        told = list(callers.map(lambda n: pipelines["on"].ask([f"a{n}", f"b{n}"]), range(50)))
    assert told == [[f"A{n}", f"B{n}"] for n in range(50)]


def test_closing_waits_for_the_answer(program: Path) -> None:
    pipeline = Pipeline("es-pt", [[str(program)]], PATIENCE)
    asking = threading.Thread(target=pipeline.ask, args=(["x" * 1_000_000],))
    asking.start()
    while pipeline._running is None:
        time.sleep(0.001)
    before = children(pipeline)
    pipeline.close()
    asking.join(PATIENCE)
    assert not asking.is_alive()
    assert all(map(gone, before))
