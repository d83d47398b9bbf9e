"""Ctrl-C once is a wish, twice an order."""

from __future__ import annotations

import signal
import threading

import pytest

from speechlab.cli.stopping import Stopping


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
