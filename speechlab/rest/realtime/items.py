"""From what a live session tells to the items of the Realtime protocol: no clock, no socket, no session.

The protocol knows turns: each is an item, whose text grows and is never taken back until it is complete. The lab knows
segments, which may be written anew until they are final. So of a segment only what is committed is sent as it comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any

from ...types import Span
from ...types.scripts import joined

Event = dict[str, Any]
NEAR = 1.0
"""Seconds before the end of a turn within which its last words are known to be its last; recognizers tell less of the
silence that ends it than a detector does."""


@dataclass(eq=False, slots=True)
class Said:
    """One segment, as it is known now."""

    start: float
    end: float
    text: str = ""
    certain: str = ""
    """What of the text is told already, or may be."""
    final: bool = False
    sent: str = ""


@dataclass(eq=False, slots=True)
class Item:
    """One turn."""

    id: str
    start: float
    end: float | None = None
    """None while it goes on."""
    said: dict[str, Said] = field(default_factory=dict)
    sent: str = ""

    def in_order(self) -> list[Said]:
        """Its segments by time."""
        return sorted(self.said.values(), key=lambda one: (one.start, one.end))

    @property
    def text(self) -> str:
        """All that was said."""
        return joined(one.text for one in self.in_order() if one.final)

    def overlap(self, start: float, end: float) -> float:
        """Seconds of a stretch that lie in it."""
        return Span(self.start, max(self.start, end if self.end is None else self.end)).overlap(Span(start, end))


@dataclass(slots=True)
class Chain:
    """The items of a connection, one after the other; those of several sessions, if need be."""

    last: str | None = None

    def next(self) -> str:
        """A name for one more."""
        return f"item_{secrets.token_hex(10)}"


class Items:
    """The items of one live session, which begins ``offset`` seconds after the client did.

    ``detected``: its turns are those that the detector tells of; else all of it is one, which the client ends.
    """

    def __init__(self, chain: Chain, offset: float, *, detected: bool) -> None:
        self._chain, self._offset, self._detected = chain, offset, detected
        self._items: list[Item] = []
        """Those that are not complete."""
        self._complete: set[str] = set()
        """The segments of those that are."""
        self._open: Item | None = None if detected else self._begin(0.0)
        self._ended = 0.0
        self._dropped = float("inf")
        """From when on nothing counts, in seconds."""

    @property
    def waiting(self) -> bool:
        """Whether a turn has ended whose text is not complete."""
        return any(item.end is not None for item in self._items)

    def hear(self, message: Event) -> Iterator[Event]:
        """One message of the session more; gives what is to be sent because of it."""
        match message:
            case {"event": "SpeechStarted", "at": at} if self._detected and at < self._dropped:
                if self._open is not None:
                    yield from self.end(at)
                self._open = self._begin(at)
                yield self._at("input_audio_buffer.speech_started", "audio_start_ms", at, self._open)
            case {"event": "SpeechEnded", "at": at} if self._detected and self._open is not None:
                yield self._at("input_audio_buffer.speech_stopped", "audio_end_ms", at, self._open)
                yield from self.end(at)
            case {"event": "SegmentUpdate", "target": str()}:
                pass  # a translation
            case {"event": "SegmentUpdate", "segment": segment}:
                yield from self._segment(message, segment)
            case _:
                pass

    def end(self, at: float) -> Iterator[Event]:
        """The turn ends here, wherever the detector stands."""
        item, self._open = self._open or self._begin(self._ended), None
        item.end = self._ended = max(at, item.start)
        yield from self._committed(item)

    def drop(self) -> None:
        """Forget what has not ended, whatever is still to be told of it."""
        self._dropped = self._ended
        if self._open is not None:
            self._dropped = self._open.start
            self._items.remove(self._open)
            self._open = None

    def settled(self, *, quiet: bool) -> Iterator[Event]:
        """Complete what is. ``quiet``: nothing that was said is waited for any more."""
        for item in [item for item in self._items if item.end is not None]:
            said = item.in_order()
            near = bool(said) and item.end is not None and said[-1].end >= item.end - NEAR
            if (quiet or near) and all(one.final for one in said):
                yield from self._completed(item)

    def over(self) -> Iterator[Event]:
        """The session is over: nothing more is told of any item."""
        for item in [item for item in self._items if item.end is not None]:
            yield from self._completed(item)

    def failed(self, error: Event) -> Iterator[Event]:
        """The session broke off, and with it all that was not complete."""
        items, self._items, self._open = self._items, [], None
        for item in items:
            kind = "conversation.item.input_audio_transcription.failed"
            yield {"type": kind, "item_id": item.id, "content_index": 0, "error": error}

    # -- inside ----------------------------------------------------------------------------------------------------

    def _begin(self, at: float) -> Item:
        item = Item(self._chain.next(), at)
        self._items.append(item)
        return item

    def _segment(self, message: Event, segment: Event) -> Iterator[Event]:
        if segment["id"] in self._complete or segment["start"] >= self._dropped:
            return
        final = message.get("final", True)
        item = self._of(segment)
        if item is None:
            if not final:
                return
            item = self._begin(segment["start"])  # nobody told of a turn here, or it was taken for complete
            item.end = segment["end"]
            yield from self._committed(item)
        text = "" if segment.get("extra", {}).get("suspect") else segment["text"]
        said = item.said.setdefault(segment["id"], Said(segment["start"], segment["end"]))
        said.start, said.end, said.text, said.final = segment["start"], segment["end"], text, final
        said.certain = text if final else text[: message.get("committed", 0)]
        yield from self._deltas(item)

    def _of(self, segment: Event) -> Item | None:
        """The item that the segment belongs to."""
        for item in self._items:
            if segment["id"] in item.said:
                return item
        start, end = segment["start"], segment["end"]
        best = max(self._items, key=lambda item: item.overlap(start, end), default=None)
        return best if best is not None and best.overlap(start, end) > 0 else None

    def _deltas(self, item: Item) -> Iterator[Event]:
        """What may be sent and was not yet, in the order of what was said."""
        for said in item.in_order():
            more = beyond(said.sent, said.certain)
            if more.strip():
                whole = joined([item.sent, more]) if not said.sent else item.sent + more
                delta, item.sent = whole[len(item.sent) :], whole
                said.sent += more
                kind = "conversation.item.input_audio_transcription.delta"
                yield {"type": kind, "item_id": item.id, "content_index": 0, "delta": delta}
            if not said.final:
                return  # what follows it is sent behind its end

    def _committed(self, item: Item) -> Iterator[Event]:
        before, self._chain.last = self._chain.last, item.id
        yield {"type": "input_audio_buffer.committed", "item_id": item.id, "previous_item_id": before}
        told = {
            "id": item.id,
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        yield {"type": "conversation.item.added", "item": told, "previous_item_id": before}
        yield {"type": "conversation.item.done", "item": told, "previous_item_id": before}

    def _completed(self, item: Item) -> Iterator[Event]:
        self._items.remove(item)
        self._complete |= item.said.keys()
        assert item.end is not None
        yield {
            "type": "conversation.item.input_audio_transcription.completed",
            "item_id": item.id,
            "content_index": 0,
            "transcript": item.text,
            "usage": {"type": "duration", "seconds": round(item.end - item.start, 3)},
        }

    def _at(self, kind: str, key: str, at: float, item: Item) -> Event:
        return {"type": kind, key: round((self._offset + at) * 1000), "item_id": item.id}


def beyond(sent: str, text: str) -> str:
    """What of a text follows what was sent of it, though its case and punctuation may have changed since.

    >>> beyond("so we", "so we go"), beyond("so we go", "So, we go. Now"), beyond("so we go.", "So we go! Now")
    (' go', '. Now', ' Now')
    """
    if text.startswith(sent):
        return text[len(sent) :]
    letters = sum(character.isalnum() for character in sent)
    for place, character in enumerate(text):
        letters -= character.isalnum()
        if not letters:
            rest = text[place + 1 :]
            return rest if sent[-1].isalnum() else "".join(dropwhile(_mark, rest))
    return ""


def _mark(character: str) -> bool:
    """Whether it is punctuation."""
    return not character.isalnum() and not character.isspace()
