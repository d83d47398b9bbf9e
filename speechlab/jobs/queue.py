"""One queue for all faces of a lab: each engine works on one job at a time, and everybody gets a turn."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from ..errors import SpeechLabError
from ..lab import Lab
from ..types import Event
from .job import Job, Order, State
from .pace import Pace
from .uploads import Uploads
from .work import work

KEEP_FOR = 12 * 3600.0
"""Seconds after which a finished job is forgotten when its owner has not come back."""
Watcher = Callable[[Job], None]


class Jobs:
    """Runs each job in a thread of its own, at most ``per_engine`` at a time on one engine; the others wait.

    Of the waiting jobs, one whose owner was served longest ago goes first: a hundred files of one person do not keep
    another's single file waiting. Jobs live in memory only; they are forgotten when they are removed, ``keep_for``
    seconds after they ended and their owner was last seen, and when the queue is closed.
    """

    def __init__(
        self,
        lab: Lab,
        *,
        per_engine: int = 1,
        keep_for: float = KEEP_FOR,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.uploads = Uploads(lab.home / "uploads", clock=clock)
        self.keep_for = keep_for
        self._lab = lab
        self._per_engine = per_engine
        self._clock = clock
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._busy: Counter[str] = Counter()
        self._served: dict[str, int] = {}
        self._seen: dict[str, float] = {}
        self._watchers: list[Watcher] = []
        self._here = threading.local()
        self._last_number = 0

    # -- asking ----------------------------------------------------------------------------------------------------

    def submit(
        self,
        owner: str,
        order: Order,
        *,
        hear: Callable[[Event], None] = lambda event: None,
        release: Callable[[], None] = lambda: None,
    ) -> Job:
        """Put a job into the queue; one whose order is wrong fails at once, and may be retried with a better one.

        ``release`` is called once its sound is needed no more.
        """
        with self._lock:
            job = Job(owner, order, None, self._number(), Pace(clock=self._clock), hear, release)
            self._jobs[job.id] = job
            self._seen[owner] = self._clock()
            self._admit(job)
        self._tell(job)
        self._dispatch()
        return job

    def of(self, owner: str) -> list[Job]:
        """The owner's jobs, in the order in which they came."""
        with self._lock:
            return [job for job in self._jobs.values() if job.owner == owner and not job.removed]

    def get(self, owner: str, id: str) -> Job:
        """A job of one's own. Raises LookupError."""
        with self._lock:
            job = self._jobs[id]
        if job.owner != owner or job.removed:
            raise LookupError(id)
        return job

    def find(self, id: str) -> Job:
        """Any job, for whoever knows its id, which cannot be guessed. Raises LookupError."""
        with self._lock:
            return self._jobs[id]

    def cancel(self, job: Job) -> None:
        """Stop it: at once if it waits, else when its engine is through with the current stretch."""
        with self._lock:
            if job.state is State.WAITING:
                self._end(job, State.CANCELLED)
            elif not job.state.over:
                job.stopping = True
        self._tell(job)

    def retry(self, job: Job, order: Order | None = None) -> None:
        """Let a failed or cancelled job wait again, with another order for the same sound if one is given.

        Where the pipeline is the same, the pieces that it had finished are not computed again.
        """
        with self._lock:
            if job.removed or job.state not in (State.FAILED, State.CANCELLED):
                return
            job.order = order or job.order
            job.number, job.pace, job.over = self._number(), Pace(clock=self._clock), Future()
            job.state, job.error, job.recording, job.saying, job.heard = State.WAITING, None, None, "", None
            self._admit(job)
        self._tell(job)
        self._dispatch()

    def remove(self, job: Job) -> None:
        """Forget it and all that came of it; if it runs, it is stopped first."""
        self.cancel(job)
        with self._lock:
            job.removed = True
            idle = job.id not in self._threads
        if idle:
            self._drop(job)
        self._tell(job)

    def touch(self, owner: str) -> None:
        """The owner is here, so what is theirs stays."""
        with self._lock:
            self._seen[owner] = self._clock()

    def sweep(self) -> None:
        """Forget what ended long ago and whose owner has not come back; call it now and then."""
        now = self._clock()
        with self._lock:
            old = [
                job
                for job in self._jobs.values()
                if job.state.over and now - max(job.ended, self._seen.get(job.owner, 0.0)) > self.keep_for
            ]
        for job in old:
            self.remove(job)
        self.uploads.sweep()

    def close(self, patience: float = 5.0) -> None:
        """Cancel everything, wait ``patience`` seconds for engines to come to an end, and delete every upload."""
        with self._lock:  # so that no worker takes another job meanwhile
            for job in list(self._jobs.values()):
                self.remove(job)
            threads = list(self._threads.values())
        until = time.monotonic() + patience
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.uploads.close()

    # -- watching --------------------------------------------------------------------------------------------------

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Be told of each job that changed, in the thread that changed it, until the function given back is called."""
        with self._lock:
            self._watchers.append(watcher)

        def unwatch() -> None:
            with self._lock, suppress(ValueError):
                self._watchers.remove(watcher)

        return unwatch

    def note(self, message: str) -> None:
        """Tell what takes time in this thread; it is shown with the job that the thread works on."""
        job: Job | None = getattr(self._here, "job", None)
        if job is not None:
            job.note = message
            self._tell(job)

    def _tell(self, job: Job) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher(job)

    # -- working ---------------------------------------------------------------------------------------------------

    def _admit(self, job: Job) -> None:
        """Let the job wait for its turn, if what it asks for can be done."""
        before = job.pipeline
        try:
            job.pipeline = self._lab.pipeline(job.order.pipeline).ready(self._lab.policy)
        except SpeechLabError as error:
            job.pipeline, job.error = None, error
            self._end(job, State.FAILED)
        if job.pipeline != before:
            self._forget(job)

    def _dispatch(self) -> None:
        """Start every job that need not wait."""
        while (taken := self._take()) is not None:
            job, thread = taken
            self._tell(job)
            thread.start()

    def _take(self) -> tuple[Job, threading.Thread] | None:
        """The job whose turn it is, if an engine is free for one, and the thread that will do it: known at once, so
        that nobody takes the job for an idle one."""
        with self._lock:
            free = [
                job
                for job in self._jobs.values()
                if job.state is State.WAITING and self._busy[job.lane] < self._per_engine
            ]
            if not free:
                return None
            job = min(free, key=lambda job: (self._served.get(job.owner, 0), job.number))
            self._served[job.owner] = self._number()
            self._busy[job.lane] += 1
            job.state = State.LOADING
            thread = threading.Thread(target=self._work, args=(job,), name=f"job {job.lane}", daemon=True)
            self._threads[job.id] = thread
            return job, thread

    def _work(self, job: Job) -> None:
        self._here.job, state = job, State.FAILED
        try:
            state = work(self._lab, job, lambda: self._tell(job), lambda: self._place(job))
        finally:
            with self._lock:
                self._busy[job.lane] -= 1
                del self._threads[job.id]
                self._end(job, state)
                gone = job.removed
            if gone:
                self._drop(job)
            self._tell(job)
            self._dispatch()

    def _place(self, job: Job) -> Path:
        """Where the job's sound for the ear is written. Raises OutputError."""
        if job.place is None:
            job.place = self.uploads.new(job.owner, f"{Path(job.order.name).stem}.clean.flac")
            job.let_go = self.uploads.hold(job.place)
        return job.place.path

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended, job.stopping, job.note = state, self._clock(), False, ""
        job.over.set_result(job)

    def _drop(self, job: Job) -> None:
        with self._lock:
            if self._jobs.pop(job.id, None) is None:
                return
            if not any(other.owner == job.owner for other in self._jobs.values()):
                self._served.pop(job.owner, None)
                self._seen.pop(job.owner, None)
        if job.state is not State.DONE:
            self._forget(job)
        job.release()
        job.let_go()

    def _forget(self, job: Job) -> None:
        """Delete the pieces that an unfinished run left."""
        if job.run is not None:
            with suppress(SpeechLabError):  # the sound itself may be what is gone
                job.run.forget()
        job.run = None

    def _number(self) -> int:
        self._last_number += 1
        return self._last_number
