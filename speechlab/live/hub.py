"""All live sessions of a lab: one thread moves them on together, workers do what is heavy."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

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
        """``workers``: threads for heavy work, as many as processor cores if None. ``most``: sessions at once."""
        self.most = most
        self._lab, self._clock = lab, clock
        self._count = workers or cores()
        self._workers: Workers | None = None
        self._sessions: dict[str, LiveSession] = {}
        self._opening = 0
        self._ended: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ready: set[LiveSession] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = False

    @property
    def sessions(self) -> tuple[LiveSession, ...]:
        """Those that are not over."""
        with self._lock:
            return tuple(session for session in self._sessions.values() if not session.over.done())

    def open(self, pipeline: PipelineLike, *, keep_sound: bool = False) -> LiveSession:
        """A new session; waits until its engines are loaded. Raises SpeechLabError, Busy where there is no room."""
        checked = self.checked(pipeline)
        self._admit()
        try:
            session = LiveSession(self._flow, self.wake)
            session.start(checked)
            if keep_sound:
                session.keep(self._lab.home / "live" / f"{session.id}.wav")
            session.last_sound = self._clock()
            with self._lock:
                self._sessions[session.id] = session
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
        """The pipeline as it is run live. Raises SpeechLabError."""
        return self._lab.pipeline(pipeline).for_live().ready(self._lab.policy)

    def wake(self, session: LiveSession) -> None:
        """There is something to do for this session."""
        with self._lock:
            self._ready.add(session)
        self._wake.set()

    def close(self) -> None:
        """Settle every session, and save what was said. Text that cannot be settled in time is saved as it is."""
        for session in (sessions := self.sessions):
            session.finish()
        until = time.monotonic() + PATIENCE
        for session in sessions:
            with suppress(Exception):
                session.over.exception(max(0.0, until - time.monotonic()))
            self._save(session)
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        if self._workers is not None:
            self._workers.close()
        self._workers = self._thread = None
        self._closing = False
        self._forget(list(self._ended))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _admit(self) -> None:
        with self._lock:
            there = [session for session in self._sessions.values() if not session.over.done()]
            needs = [_need(session) for session in there] + [Need(0.0, 0.0, 0.0)] * self._opening
            if not room(needs, self._count, self.most):
                raise Busy(
                    f"this lab hears {len(there)} people live already, and one more would keep all of them waiting",
                    hint="try again when somebody has finished, or choose a faster engine",
                )
            self._opening += 1
            if self._workers is None:
                self._workers = Workers(self._count, self._clock)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()

    def _flow(self, pipeline: Pipeline, session: LiveSession) -> Flow:
        assert self._workers is not None
        return Flow(pipeline, self._lab.pool, Crew(self._workers, session.wake, session.notice))

    def _run(self) -> None:
        cleaned = self._clock()
        while not self._closing:
            self._wake.wait(HOUSEKEEPING)
            self._wake.clear()
            began = time.monotonic()
            hurried = self._move()
            if self._clock() - cleaned >= HOUSEKEEPING:
                cleaned = self._clock()
                self._clean(cleaned)
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
        if session.unclaimed or session.over.exception() is not None:
            self._save(session)

    def _save(self, session: LiveSession) -> None:
        try:
            if path := save(self._lab, session):
                log.warning("what was said live, and nobody took, is kept for a week in %s", path)
        except (SpeechLabError, OSError) as error:
            log.warning("what was said live could not be saved: %s", error)

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


def _need(session: LiveSession) -> Need:
    heard = min(session.seconds, RECENT)
    crew = session.flow.crew
    return Need(session.seconds, crew.needed / heard if heard else 0.0, crew.lag)
