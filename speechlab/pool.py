"""Loaded engines: each loaded once, shared by all who use it, and given back."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from .engines import Context, EngineSpec
from .params import Params
from .policy import Policy

Key = tuple[object, Params]


@dataclass(eq=False, slots=True)
class Loaded:
    """A loaded engine in use: the engine, and the right to call it."""

    spec: EngineSpec
    params: Params
    engine: Any
    seconds: float
    """How long loading took."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    users: int = 0
    used_at: float = 0.0

    def exclusive(self) -> AbstractContextManager[Any]:
        """Hold this while calling the engine: nobody else then does, unless it may be called by many."""
        return nullcontext() if self.spec.concurrent else self.lock


@dataclass(frozen=True, slots=True)
class Resident:
    """What a face may tell of a loaded engine."""

    name: str
    params: Params
    in_use: bool
    idle_seconds: float
    load_seconds: float


class Pool:
    """Keeps up to ``keep`` idle engines for ``ttl`` seconds, and unloads the longest unused first."""

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
        self._loaded: dict[Key, Loaded] = {}
        self._doors: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, spec: EngineSpec, params: Params) -> Iterator[Loaded]:
        """The engine, loaded on first use; it stays loaded at least until the lease ends."""
        self.policy.admit(spec)
        loaded = self._enter(spec, params)
        try:
            yield loaded
        finally:
            with self._lock:
                loaded.users -= 1
                loaded.used_at = self.clock()
            self.sweep()

    def resident(self) -> tuple[Resident, ...]:
        """The engines in memory now."""
        now = self.clock()
        with self._lock:
            return tuple(
                Resident(one.spec.name, one.params, one.users > 0, now - one.used_at, one.seconds)
                for one in self._loaded.values()
            )

    def sweep(self) -> None:
        """Unload what has been idle too long, or is one too many."""
        now = self.clock()
        with self._lock:
            idle = [(one.used_at, key) for key, one in self._loaded.items() if not one.users]
            idle.sort(key=lambda pair: pair[0])
            excess = max(0, len(idle) - self.keep)
            gone = [key for i, (at, key) in enumerate(idle) if i < excess or now - at > self.ttl]
            dropped = [self._loaded.pop(key) for key in gone]
        _release(dropped)

    def unload(self) -> int:
        """Unload every idle engine now; says how many."""
        with self._lock:
            gone = [key for key, one in self._loaded.items() if not one.users]
            dropped = [self._loaded.pop(key) for key in gone]
        _release(dropped)
        return len(gone)

    def _enter(self, spec: EngineSpec, params: Params) -> Loaded:
        key: Key = (spec.load, params)  # engines of several kinds that load the same thing share it
        with self._lock:
            door = self._doors.setdefault(key, threading.Lock())
        with door:  # a door for each key: a slow load keeps nobody else waiting
            with self._lock:
                loaded = self._loaded.get(key)
                if loaded is not None:
                    loaded.users += 1
                    return loaded
            began = self.clock()
            engine = spec.create(params, self.context)
            loaded = Loaded(spec, params, engine, self.clock() - began, users=1, used_at=self.clock())
            with self._lock:
                self._loaded[key] = loaded
            return loaded


def _release(dropped: list[Loaded]) -> None:
    """Close engines and hand their memory back."""
    if not dropped:
        return
    for one in dropped:
        close = getattr(one.engine, "close", None)
        if close is not None:
            close()
        one.engine = None
    dropped.clear()
    gc.collect()
