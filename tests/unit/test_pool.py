"""Engines are loaded once, shared, and given back."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from speechlab import Context, EngineSpec, EngineUnavailable, Kind, Params, Policy, PolicyDenied
from speechlab.pool import Pool

born: list[Engine] = []


class Size(Params):
    size: int = 1
    """How large."""


class Engine:
    def __init__(self, params: Size, context: Context) -> None:
        self.params, self.closed = params, False
        born.append(self)

    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        return texts

    def close(self) -> None:
        self.closed = True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    born.clear()
    return Clock()


def pool(clock: Clock, home: Path, policy: Policy | None = None, **how: Any) -> Pool:
    return Pool(Context(home), policy or Policy(), clock=clock, **how)


SPEC = EngineSpec(id="some", kind=Kind.TEXT, load=Engine, params=Size)


def test_an_engine_is_loaded_once_and_shared(clock: Clock, home: Path) -> None:
    some = pool(clock, home)
    with some.lease(SPEC, Size()) as first, some.lease(SPEC, Size()) as second:
        assert first.engine is second.engine
    with some.lease(SPEC, Size()) as third:
        assert third.engine is first.engine
    with some.lease(SPEC, Size(size=2)) as other:
        assert other.engine.params.size == 2
    assert len(born) == 2


def test_many_threads_load_it_once(clock: Clock, home: Path) -> None:
    some, together = pool(clock, home), threading.Barrier(8)

    def use() -> None:
        together.wait()
        with some.lease(SPEC, Size()):
            pass

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(born) == 1


def test_the_longest_idle_goes_first(clock: Clock, home: Path) -> None:
    some = pool(clock, home, keep=2)
    for size in range(4):
        clock.now += 1
        with some.lease(SPEC, Size(size=size)):
            pass
    assert [one.closed for one in born] == [True, True, False, False]
    assert [one.params for one in some.resident()] == [Size(size=2), Size(size=3)]


def test_idle_engines_are_given_back_in_time_but_never_those_in_use(clock: Clock, home: Path) -> None:
    some = pool(clock, home, ttl=60)
    with some.lease(SPEC, Size(size=1)):
        with some.lease(SPEC, Size(size=2)):
            pass
        clock.now += 61
        some.sweep()
        assert [one.closed for one in born] == [False, True]
        assert [one.in_use for one in some.resident()] == [True]
        assert some.unload() == 0
    assert some.unload() == 1
    assert born[0].closed


def test_a_cloud_engine_is_refused_before_it_is_loaded(clock: Clock, home: Path) -> None:
    cloud = EngineSpec(id="cloud", kind=Kind.TEXT, load=Engine, params=Size, local=False)
    with pytest.raises(PolicyDenied), pool(clock, home, Policy(local_only=True)).lease(cloud, Size()):
        pass
    assert born == []


@pytest.mark.parametrize(
    ("spec", "said", "hint"),
    [
        (
            EngineSpec(id="x", kind=Kind.TEXT, load=Engine, requires=("no_such_lib",), install="speechlab-x"),
            "text/x needs no_such_lib",
            "pip install speechlab-x",
        ),
        (EngineSpec(id="x", kind=Kind.TEXT, load=Engine, env=("NO_SUCH_KEY",)), "needs NO_SUCH_KEY", "set NO_SUCH_KEY"),
        (EngineSpec(id="x", kind=Kind.TEXT, load="json:nothing"), "could not be loaded: AttributeError", "doctor"),
        (EngineSpec(id="x", kind=Kind.TTS, load=Engine, params=Size), "which is no Synthesizer", "author"),
    ],
)
def test_what_cannot_be_loaded_says_why(clock: Clock, home: Path, spec: EngineSpec, said: str, hint: str) -> None:
    with pytest.raises(EngineUnavailable) as caught, pool(clock, home).lease(spec, spec.params()):
        pass
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_a_failed_load_keeps_nobody_else_out(clock: Clock, home: Path) -> None:
    some = pool(clock, home)
    broken = EngineSpec(id="x", kind=Kind.TEXT, load="json:nothing")
    for _ in range(2):
        with pytest.raises(EngineUnavailable), some.lease(broken, Params()):
            pass
    with some.lease(SPEC, Size()) as loaded:
        assert loaded.engine
