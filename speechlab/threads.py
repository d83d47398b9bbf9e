"""Run everything upstream in a thread of its own: still just an iterator."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from functools import partial

from .closing import closes
from .types import Event

PATIENCE = 1.0
"""Seconds to wait for the thread when the events are closed: its source may be silent, and end only later."""


def own_thread(events: Iterable[Event], size: int = 64) -> Generator[Event, None, None]:
    """The same events, pulled by another thread into a bounded queue. What it raises is raised here."""
    box: queue.Queue[Callable[[], Event | None]] = queue.Queue(size)
    stop = threading.Event()

    def put(item: Callable[[], Event | None]) -> bool:
        while not stop.is_set():
            try:
                box.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def pump() -> None:
        try:
            with closes(events):
                for event in events:
                    if not put(partial(_same, event)):
                        return
        except BaseException as error:
            put(partial(_raise, error))
        else:
            put(lambda: None)

    thread = threading.Thread(target=pump, name="speechlab-upstream", daemon=True)
    thread.start()
    try:
        while (event := box.get()()) is not None:
            yield event
    finally:
        stop.set()
        thread.join(PATIENCE)


def _same(event: Event) -> Event:
    return event


def _raise(error: BaseException) -> Event:
    raise error
