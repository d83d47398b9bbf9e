"""All live sessions of a lab: one thread moves them on together, workers do what is heavy."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..errors import Busy, SpeechLabError
from ..lab import Lab, PipelineLike
from ..pipeline import Pipeline
from .admission import Need, room
from .detection import detect
from .flow import Flow
from .saved import expire, save
from .session import KEEP_SECONDS, LiveSession
from .workers import RECENT, Crew, Workers

TICK = 0.03
"""Seconds between two moves, so that the sound of many sessions is looked at in one call."""
IDLE = 600.0
"""Seconds without sound or a sign of life after which a session ends."""
KEPT = 600.0
"""Seconds after its end for which what came of a session can be had."""
HOUSEKEEPING = 1.0
"""Seconds between two looks for sessions that are to end."""
PATIENCE = 30.0
"""Seconds that sessions have to settle what is open when the lab is closed."""
ENDING = 5.0
"""Seconds at least that work which has begun is given to end then."""
log = logging.getLogger(__name__)


class Live:
    """Opens sessions, and refuses one more where all would suffer."""

    def __init__(
        self,
        lab: Lab,
        *,
        workers: int | None = None,
        most: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.workers = workers or cores()
        """Threads for heavy work, as many as processor cores if not told; they begin with the first session."""
        self.most = most
        """Sessions at once, where it is not left to what they need."""
        self._lab, self._clock = lab, clock
        self._workers: Workers | None = None
        self._sessions: dict[str, LiveSession] = {}
        self._opening = 0
        self._ended: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ready: set[LiveSession] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = self._closed = False
        self._closes, self._saves = threading.Lock(), threading.Lock()

    @property
    def sessions(self) -> tuple[LiveSession, ...]:
        """Those that are not over."""
        with self._lock:
            return tuple(session for session in self._sessions.values() if not session.over.done())

    def open(self, pipeline: PipelineLike, *, keep_sound: bool = False) -> LiveSession:
        """A new session; waits until its engines are loaded. Raises SpeechLabError, Busy where there is no room."""
        checked = self.checked(pipeline)
        workers = self._admit()

        def flow(pipeline: Pipeline, session: LiveSession) -> Flow:
            return Flow(pipeline, self._lab.pool, Crew(workers, session.wake, session.notice))

        session = LiveSession(flow, self.wake)
        try:
            session.start(checked)
            try:
                self._enter(session, workers, keep_sound)
            except SpeechLabError:
                session.abandon()
                raise
        finally:
            with self._lock:
                self._opening -= 1
        session.over.add_done_callback(lambda over: self._over(session))
        return session

    def get(self, id: str) -> LiveSession:
        """A session, also one that ended not long ago. Raises LookupError."""
        with self._lock:
            return self._sessions[id]

    def checked(self, pipeline: PipelineLike) -> Pipeline:
        """The pipeline as it is run live, without what works for the ear alone: nobody hears a session. Raises
        SpeechLabError."""
        return self._lab.pipeline(pipeline).for_live().ready(self._lab.policy).for_recognition()

    def wake(self, session: LiveSession) -> None:
        """There is something to do for this session."""
        with self._lock:
            self._ready.add(session)
        if not self._wake.is_set():  # setting it takes ten times as long as looking
            self._wake.set()

    def save(self, session: LiveSession) -> Path | None:
        """Keep what was said, and its sound where that is kept, for a week; tells where. None where there is nothing,
        or it cannot be written."""
        with self._saves:
            try:
                if session.saved is None and (path := save(self._lab, session)):
                    session.saved = path
                    log.warning("what was said live, and nobody took, is kept for a week in %s", path)
            except (SpeechLabError, OSError) as error:
                log.warning("what was said live could not be saved: %s", error)
            return session.saved

    def close(self, patience: float = PATIENCE) -> None:
        """Settle every session, and save what was said. Text that cannot be settled in time is saved as it is.

        A session may be opened again afterwards.
        """
        with self._closes:
            with self._lock:
                self._closing = True
            for session in (sessions := self.sessions):
                session.finish()
            until = time.monotonic() + patience
            for session in sessions:
                with suppress(TimeoutError):
                    session.over.exception(max(0.0, until - time.monotonic()))
                session.abandon()
                if not session.taken:
                    self.save(session)
            self._closed = True
            self._wake.set()
            if self._thread is not None:
                self._thread.join()
            if self._workers is not None:
                self._workers.close(max(ENDING, until - time.monotonic()))
            self._forget(list(self._sessions))
            with self._lock:
                self._workers = self._thread = None
                self._ended.clear()
                self._ready.clear()
                self._closing = self._closed = False

    # -- inside ----------------------------------------------------------------------------------------------------

    def _admit(self) -> Workers:
        """Who will do the work of one session more. Raises Busy."""
        with self._lock:
            if self._closing:
                raise _shut()
            there = [session for session in self._sessions.values() if not session.over.done()]
            needs = [_need(session) for session in there] + [Need(0.0, 0.0, 0.0)] * self._opening
            if not room(needs, self.workers, self.most):
                raise Busy(
                    f"this lab hears {_people(len(needs))} live already, and one more would keep all of them waiting",
                    hint="try again when somebody has finished, or choose a faster engine",
                )
            self._opening += 1
            if self._workers is None:
                self._workers = Workers(self.workers, self._clock)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
            return self._workers

    def _enter(self, session: LiveSession, workers: Workers, keep_sound: bool) -> None:
        """The session is one of this lab's. Raises Busy where the lab was closed meanwhile, or OutputError."""
        if keep_sound:
            session.keep(self._lab.home / "live" / f"{session.id}.wav")
        session.last_sound = self._clock()
        with self._lock:
            if self._closing or self._workers is not workers:
                raise _shut()
            self._sessions[session.id] = session

    def _run(self) -> None:
        cleaned = self._clock()
        while not self._closed:
            self._wake.wait(HOUSEKEEPING)
            self._wake.clear()
            began = time.monotonic()
            hurried = self._move()
            if self._clock() - cleaned >= HOUSEKEEPING:
                cleaned = self._clock()
                try:
                    self._clean(cleaned)
                except OSError as error:  # a folder that may not be read, say: sessions go on all the same
                    log.warning("what is left of old live sessions could not be cleared away: %s", error)
            if not hurried:
                time.sleep(max(0.0, TICK - (time.monotonic() - began)))

    def _move(self) -> bool:
        """One step of every session that has something to do; speech is detected for all of them together. Whether
        one of them is to take the next at once."""
        with self._lock:
            ready, self._ready = self._ready, set()
        steps = [(session, session.waiting()) for session in ready if session.started]
        detect((session.flow.detector, audio) for session, audio in steps if audio and session.flow.detector)
        now = self._clock()
        for session, audio in steps:
            if audio is not None:
                session.last_sound = now
            session.advance(audio)
        return any(session.hurried for session, _ in steps)

    def _clean(self, now: float) -> None:
        """End the sessions that nobody has spoken in or followed for long, and forget those that ended long ago."""
        for session in self.sessions:
            session.mind(now)
            gone = session.left_at is not None and now - session.left_at > KEEP_SECONDS
            silent = now - session.last_sound > IDLE
            if silent:
                session.notice(f"nothing was heard for {IDLE / 60:g} minutes, so the session ends")
            if gone or silent:
                session.unclaimed = True
                session.finish()
        self._forget([id for id, at in list(self._ended.items()) if now - at > KEPT])
        expire(self._lab, time.time())

    def _over(self, session: LiveSession) -> None:
        self._ended[session.id] = self._clock()
        if not session.taken and (session.unclaimed or session.over.exception() is not None):
            self.save(session)

    def _forget(self, ids: list[str]) -> None:
        for id in ids:
            self._ended.pop(id, None)
            with self._lock:
                session = self._sessions.pop(id, None)
            if session is not None and session.sound is not None and session.sound.stem == id:
                session.sound.unlink(missing_ok=True)


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"


def _shut() -> Busy:
    return Busy("this lab is just being closed", hint="try again in a moment")


def _need(session: LiveSession) -> Need:
    heard = min(session.seconds, RECENT)
    crew = session.flow.crew
    return Need(session.seconds, crew.needed / heard if heard else 0.0, crew.lag)
