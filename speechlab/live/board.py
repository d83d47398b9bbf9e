"""What is known of one session, as messages; each reader takes what it has not seen, only the newest of each thing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from typing import Any

from ..errors import SpeechLabError
from ..types import AudioChunk, Event, Fold, Progress, Recording, SegmentUpdate, Tick, TurnUpdate
from ..types.codec import to_json

Message = dict[str, Any]
log = logging.getLogger(__name__)
WHO = "Session"
"""The kind of message that tells which session it is."""
PASSING = 256
"""Messages that nothing replaces (speech began, a notice) and that a reader may be behind; the oldest are dropped."""


class Board:
    """The state of a session: its recording, and the newest message about each segment, turn and so on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fold = Fold()
        self._state: dict[Hashable, Message] = {}
        self._readers: list[Reader] = []
        self._number = 0
        self._ended = False

    def tell(self, *events: Event) -> None:
        """Events of the pipeline; what comes after the end is not told."""
        told = False
        with self._lock:
            for event in events if not self._ended else ():
                self._fold.apply(event)
                if not isinstance(event, AudioChunk | Tick | Progress):
                    self._put(_key(event), to_json(event))
                    told = True
        if told:
            self._wake()

    def say(self, kind: str, *, passing: bool = False, **values: Any) -> None:
        """A message about the session itself; a newer one of the same kind replaces it, unless it is ``passing``.

        After the end, only who it is may be told.
        """
        with self._lock:
            if not self._ended or kind == WHO:  # a client that comes back is told who it follows
                self._put(None if passing else kind, {"event": kind, **values})
        self._wake()

    def end(self, error: SpeechLabError | None) -> None:
        """The last messages: why it broke off, if it did, and that it is over."""
        with self._lock:
            if error is not None:
                self._put("Failed", {"event": "Failed", "error": str(error), "hint": error.hint})
            self._put("Ended", {"event": "Ended"})
            self._ended = True
        self._wake()

    def recording(self) -> Recording:
        """What is known now."""
        with self._lock:
            return self._fold.recording()

    def follow(self, wake: Callable[[], None]) -> Reader:
        """A reader, who is owed the whole state; ``wake`` is called in any thread when there is more to take."""
        reader = Reader(self, wake)
        with self._lock:
            reader.news.update(self._state)
            self._readers.append(reader)
        return reader

    @property
    def followed(self) -> bool:
        """Whether somebody reads."""
        return bool(self._readers)

    def take(self, reader: Reader) -> list[Message]:
        """What the reader is owed."""
        with self._lock:
            news, reader.news = reader.news, {}
            reader.passing = 0
        return list(news.values())

    def leave(self, reader: Reader) -> None:
        """The reader is gone."""
        with self._lock:
            if reader in self._readers:
                self._readers.remove(reader)

    def _put(self, key: Hashable | None, message: Message) -> None:
        if key is None:
            self._number += 1
            key = self._number
        else:
            self._state[key] = message
        for reader in self._readers:
            reader.owe(key, message)

    def _wake(self) -> None:
        for reader in list(self._readers):
            try:
                reader.wake()
            except Exception as error:  # its loop is closed, say; nobody else is to suffer
                log.warning("a reader of a live session is left out: %s: %s", type(error).__name__, error)
                self.leave(reader)


class Reader:
    """One who follows a session. However slow, it is never owed more than the session's state and a few notices."""

    def __init__(self, board: Board, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.news: dict[Hashable, Message] = {}
        self.passing = 0
        self._board = board

    def take(self) -> list[Message]:
        """The messages not seen yet, in the order in which they last changed; the first time, the whole state."""
        return self._board.take(self)

    def close(self) -> None:
        """Read no more."""
        self._board.leave(self)

    def owe(self, key: Hashable, message: Message) -> None:
        """One message more; called by the board."""
        self.news.pop(key, None)
        self.news[key] = message
        if isinstance(key, int):
            self.passing += 1
            if self.passing > PASSING:
                oldest = next(key for key in self.news if isinstance(key, int))
                del self.news[oldest]
                self.passing -= 1


def _key(event: Event) -> Hashable | None:
    """What the event is about; None for what nothing replaces."""
    match event:
        case SegmentUpdate(segment=segment, target=target):
            return ("segment", segment.id, target)
        case TurnUpdate(turn=turn):
            return ("turn", turn.id)
        case _:
            return None
