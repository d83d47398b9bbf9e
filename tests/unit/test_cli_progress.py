"""How far a batch is, told in lines and in bars; time is the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechlab import AudioError, Progress, Recording
from speechlab.batch import Advanced, Failed, Finished, Item, Report, Skipped, Started
from speechlab.cli import progress
from speechlab.cli.progress import EVERY, Bars, Lines
from speechlab.trace import Trace

ITEM = Item(Path("talks/a.wav"), "a")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def tell(lines: Lines, clock: Clock, *reports: tuple[float, Report]) -> None:
    with lines:
        for after, report in reports:
            clock.now += after
            lines.hear(report)


def done(seconds: float, stage: str = "piece") -> Advanced:
    return Advanced(ITEM, Progress(stage, seconds, 600.0), 0)


def test_a_line_now_and_then_and_one_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    tell(
        Lines(1, clock=clock),
        clock,
        (0.0, Started(ITEM, 1, 600.0)),
        (3.0, done(0.0, "start")),  # three seconds of loading, which are no work
        (EVERY / 2, done(100.0)),
        (EVERY / 2, done(200.0)),
        (1.0, done(220.0)),
        (19.0, Finished(ITEM, Recording(duration=600.0), (Path("d/a.txt"),), Trace())),
    )
    assert capsys.readouterr().err.splitlines() == [
        "a.wav: 3:20 of 10:00, 20.0 x real time, 0:20 left",
        "a.wav: 10:00 in 33.0 s, 20.0 x real time → d/a.txt",
    ]


def test_two_channels_are_two_passes(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    reports = (Started(ITEM, 1, 600.0, passes=2), done(0.0, "start"), done(600.0), done(300.0))
    tell(Lines(1, clock=clock), clock, *((EVERY, report) for report in reports))
    assert capsys.readouterr().err.splitlines()[-1].startswith("a.wav: 15:00 of 20:00")


def test_a_length_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    unknown = Advanced(ITEM, Progress("piece", 60.0), 0)
    tell(Lines(1, clock=clock), clock, (0, Started(ITEM, 1, None)), (0, done(0.0, "start")), (EVERY, unknown))
    assert "1:00" in capsys.readouterr().err


def test_failures_are_told_at_once_only_among_others(capsys: pytest.CaptureFixture[str]) -> None:
    failed, skipped = Failed(ITEM, AudioError("it is empty")), Skipped(ITEM, (Path("d/a.txt"),))
    tell(Lines(1), Clock(), (0, failed))
    assert capsys.readouterr().err == ""
    tell(Lines(2), Clock(), (0, failed), (0, skipped))
    assert capsys.readouterr().err == "a.wav: failed: it is empty\na.wav: done before (d/a.txt)\n"


def test_bars_tell_the_same_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    clock = Clock()
    finished = Finished(ITEM, Recording(duration=600.0), (), Trace())
    reports = ((0, Started(ITEM, 1, 600.0)), (1, done(0.0, "start")), (10, done(300.0)), (10, finished))
    tell(Bars(2, clock=clock), clock, *reports)
    told = capsys.readouterr().err
    assert "a.wav (1/2)" in told
    assert "10:00 in 21.0 s, 30.0 x real time" in told


@pytest.mark.parametrize("terminal", [True, False])
def test_bars_are_for_terminals(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: terminal, raising=False)
    assert isinstance(progress.display(1), Bars) is terminal
