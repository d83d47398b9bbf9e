"""What became of a batch: told while it goes and at its end, with the exit code that says it in a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..batch import Failed, Finished, Report, Skipped
from ..closing import closes
from ..trace import Trace
from .messages import FAILED, STOPPED, exit_code, say, tell, tell_where
from .progress import clock_time, display
from .stopping import Stopping


class Account:
    """The account of one batch of so many recordings."""

    def __init__(self, total: int, *, verbose: bool, finished: Callable[[Finished], None], stopped: str) -> None:
        """``finished`` is told of each recording that is done; ``stopped`` is said where Ctrl-C ends the batch."""
        self._total, self._verbose, self._finish, self._said = total, verbose, finished, stopped
        self._done = self._skipped = 0
        self._failures: list[Failed] = []

    def of(self, batch: Iterable[Report]) -> int:
        """Do the batch; gives the exit code."""
        reports = iter(batch)
        try:
            with display(self._total) as shown, Stopping() as stopping, closes(reports):
                for report in reports:
                    shown.hear(report)
                    match report:
                        case Finished():
                            self._finished(report)
                        case Skipped():
                            self._skipped += 1
                        case Failed():
                            self._failures.append(report)
                        case _:
                            stopping.check()
        except KeyboardInterrupt:
            self._told()
            say(self._said)
            return STOPPED
        return self._told()

    def _finished(self, report: Finished) -> None:
        self._done += 1
        self._finish(report)
        if self._verbose:
            for line in stage_times(report.trace):
                say(line)

    def _told(self) -> int:
        """The end of the account, and the exit code."""
        if self._total > 1:
            counts = ((self._done, "done"), (self._skipped, "done before"), (len(self._failures), "failed"))
            account = ", ".join(f"{count} {what}" for count, what in counts if count)
            say(f"{self._total} recordings: {account or 'none done'}")
        for failure in self._failures:
            told, path = str(failure.error), failure.item.path
            if self._total > 1 and str(path) not in told:
                named = told.startswith(f"{path.name} ")
                told = f"{path}{told.removeprefix(path.name)}" if named else f"{path}: {told}"
            tell(told, failure.error.hint)
            if self._verbose:
                tell_where(failure.error)
        if len(self._failures) == 1 == self._total:
            return exit_code(self._failures[0].error)
        return FAILED if self._failures else 0


def stage_times(trace: Trace) -> list[str]:
    """How long each stage took, a line each."""
    lines = [
        f"  {stage.name}: {stage.wall:.2f} s, loading {stage.load:.2f} s, {stage.events} events"
        for stage in trace.stages.values()
    ]
    resumed = f", {trace.resumed} of {trace.pieces} pieces from an earlier run" if trace.resumed else ""
    rtf = f", real-time factor {trace.rtf:.3f}" if trace.rtf is not None else ""
    return [*lines, f"  all: {trace.wall:.2f} s for {clock_time(trace.audio_seconds)} of sound{rtf}{resumed}"]
