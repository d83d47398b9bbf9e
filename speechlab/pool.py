"""Loaded engines: each loaded once, shared by all who use it, and given back."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from .engines import Context, EngineSpec
from .params import Params
from .policy import Policy

Key = tuple[object, str]
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Slot:
    """An engine in memory, whatever kinds it is used as."""

    name: str
    params: Params
    engine: Any
    seconds: float
    lock: threading.RLock = field(default_factory=threading.RLock)
    renewing: threading.Lock = field(default_factory=threading.Lock)
    teaching: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is taught a voice, so that who asks for the same meanwhile waits, and nobody teaches it twice."""
    users: int = 0
    used_at: float = 0.0
    taught: dict[str, str] = field(default_factory=dict)
    """The voices of the library that it was taught, and by what it knows each."""


@dataclass(frozen=True, eq=False, slots=True)
class Loaded:
    """A loaded engine, lent as one kind of engine: the engine, and the right to call it."""

    spec: EngineSpec
    params: Params
    context: Context
    slot: _Slot

    @property
    def engine(self) -> Any:
        """The engine; after a restart, the new one."""
        return self.slot.engine

    def exclusive(self) -> AbstractContextManager[Any]:
        """Hold this while calling the engine: nobody else then does, unless it may be called by many."""
        return nullcontext() if self.spec.concurrent else self.slot.lock

    def restart(self, failed: Any) -> None:
        """Load the engine anew for all who use it, unless somebody has done so since this one failed.

        Raises EngineUnavailable. Whoever is still inside the failed one holds it until they are through.
        """
        with self.slot.renewing:
            if self.slot.engine is failed:
                self.slot.engine = self.spec.create(self.params, self.context)
                self.slot.taught = {}


@dataclass(frozen=True, slots=True)
class Resident:
    """What a face may tell of a loaded engine."""

    name: str
    params: Params
    in_use: bool
    idle_seconds: float
    load_seconds: float


class Pool:
    """Keeps up to ``keep`` idle engines for ``ttl`` seconds, and unloads the longest unused first.

    It looks when a lease begins or ends, and whenever :meth:`sweep` is called, as a server does now and then.
    """

    def __init__(
        self,
        context: Context,
        policy: Policy,
        *,
        keep: int = 4,
        ttl: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.context = context
        self.policy = policy
        self.keep = keep
        self.ttl = ttl
        self.clock = clock
        self._slots: dict[Key, _Slot] = {}
        self._doors: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()
        self._returned: deque[_Slot] = deque()
        """Slots whose lease has ended. A lease may end in the garbage collector, which can interrupt any line of this
        class, so it must not wait for the lock."""

    @contextmanager
    def lease(self, spec: EngineSpec, params: Params) -> Iterator[Loaded]:
        """The engine, loaded on first use; it stays loaded at least until the lease ends."""
        self.policy.admit(spec)
        slot = self._enter(spec, params)
        try:
            yield Loaded(spec, params, self.context, slot)
        finally:
            self._returned.append(slot)
            if self._lock.acquire(blocking=False):
                try:
                    gone = self._swept()
                finally:
                    self._lock.release()
                _release(gone)

    def resident(self) -> tuple[Resident, ...]:
        """The engines in memory now."""
        now = self.clock()
        with self._lock:
            self._settle()
            return tuple(
                Resident(slot.name, slot.params, slot.users > 0, now - slot.used_at, slot.seconds)
                for slot in list(self._slots.values())
            )

    def sweep(self) -> None:
        """Unload what has been idle too long, or is one too many."""
        with self._lock:
            gone = self._swept()
        _release(gone)

    def unload(self) -> int:
        """Unload every idle engine now; says how many."""
        with self._lock:
            self._settle()
            gone = [self._slots.pop(key) for key, slot in list(self._slots.items()) if not slot.users]
        count = len(gone)
        _release(gone)
        return count

    def _settle(self) -> None:
        """Take back the leases that have ended."""
        while self._returned:
            slot = self._returned.popleft()
            slot.users -= 1
            slot.used_at = self.clock()

    def _swept(self) -> list[_Slot]:
        self._settle()
        now = self.clock()
        idle = [(slot.used_at, key) for key, slot in list(self._slots.items()) if not slot.users]
        idle.sort(key=lambda pair: pair[0])
        excess = max(0, len(idle) - self.keep)
        gone = [key for number, (at, key) in enumerate(idle) if number < excess or now - at > self.ttl]
        return [self._slots.pop(key) for key in gone]

    def _enter(self, spec: EngineSpec, params: Params) -> _Slot:
        key: Key = (spec.load, params.model_dump_json())  # engines of several kinds that load the same thing share it
        with self._lock:
            self._settle()
            door = self._doors.setdefault(key, threading.Lock())
        with door:  # a door for each key: a slow load keeps nobody else waiting
            with self._lock:
                slot = self._slots.get(key)
                if slot is not None:
                    slot.users += 1
            if slot is None:
                began = self.clock()
                engine = spec.create(params, self.context)
                slot = _Slot(spec.name, params, engine, self.clock() - began, users=1, used_at=self.clock())
                with self._lock:
                    self._slots[key] = slot
            return slot


def _release(gone: list[_Slot]) -> None:
    """Close engines and hand their memory back; one that fails to close harms nobody else."""
    if not gone:
        return
    for slot in gone:
        try:
            getattr(slot.engine, "close", lambda: None)()
        except Exception as error:
            log.warning("%s did not close: %s", slot.name, type(error).__name__)
        slot.engine = None
    gone.clear()
    gc.collect()
