"""Ctrl-C once is a wish, twice an order."""

from __future__ import annotations

import signal
import threading

import pytest

from speechlab.cli import stopping as stopping_module
from speechlab.cli.stopping import ENDS, Stopping


def test_once_stops_at_the_next_check(capsys: pytest.CaptureFixture[str]) -> None:
    with Stopping() as stopping:
        stopping.check()
        signal.raise_signal(signal.SIGINT)
        assert "Ctrl-C again stops at once" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            stopping.check()


def test_twice_stops_at_once() -> None:
    with Stopping():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_all_is_as_before() -> None:
    with Stopping():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Stopping() as stopping:
            signal.raise_signal(signal.SIGINT)
            stopping.check()
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_leaves_signals_alone() -> None:
    def inside() -> None:
        with Stopping() as stopping:
            stopping.check()
            kept.append(signal.getsignal(signal.SIGINT))

    kept: list[object] = []
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert kept == [signal.default_int_handler]


@pytest.mark.skipif(not ENDS, reason="no such signals here")
def test_other_signals_mean_the_same_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with Stopping("one moment", ENDS) as stopping:
        signal.raise_signal(ENDS[0])
        assert stopping.asked
        assert capsys.readouterr().err == "one moment\n"
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert {signal.getsignal(number) for number in ENDS} == {signal.SIG_DFL}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminal that hangs up")
def test_what_is_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup
    try:
        with Stopping(also=ENDS) as stopping:
            signal.raise_signal(signal.SIGHUP)
            assert not stopping.asked
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_is_gone_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(text: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(stopping_module, "say", gone)
    with Stopping() as stopping:
        signal.raise_signal(signal.SIGINT)
        assert stopping.asked
