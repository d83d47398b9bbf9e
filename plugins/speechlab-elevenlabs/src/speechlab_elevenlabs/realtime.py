"""The recognizer of what is being said: Scribe, over a WebSocket that the service settles segments on by itself."""

from __future__ import annotations

import base64
import json
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from weakref import finalize

from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import ClientConnection

from speechlab import Audio, Context, Segment, SegmentUpdate, Span

from . import RealtimeOptions, ServiceParams
from .account import Account
from .languages import bcp47, iso
from .sound import pcm16
from .words import segments

RATE = 16_000
LEAST, MOST = 9_600, 16_000
"""Bytes of sound sent at once, which are 0.3 and 0.5 s: of less, the service settles nothing."""
QUIET = 1.0
"""Seconds without an answer after which nothing more is expected, once the last segment was settled."""
LAST = 5.0
"""Seconds that the last segment may take to be settled, once the stream is over."""
BEFORE = 0.5
"""Seconds by which a word may seem to begin before what was settled ends."""
NOTHING_LEFT = frozenset({"commit_throttled", "insufficient_audio_activity"})
"""What the service calls it where all that it heard is settled already."""
TENTATIVE, SETTLED = "partial_transcript", "committed_transcript_with_timestamps"
UNUSED = frozenset({"session_started", "committed_transcript", "warning"})
WORD: dict[str, Any] = {"text": "", "start": None, "end": None, "type": "word", "logprob": None}
"""What may be left out of a word."""


class RealtimeScribe:
    """Recognition by one account, while somebody speaks. Threads may share it."""

    def __init__(self, params: ServiceParams, _: Context) -> None:
        self._account = Account(params)

    def open(self, options: RealtimeOptions) -> Hearing:
        """A session. The connection is made with its first sound."""
        return Hearing(self._account, options)

    def close(self) -> None:
        """Hang up."""
        self._account.close()


class Hearing:
    """One stream. Its connection is closed with it, at the latest."""

    def __init__(self, account: Account, options: RealtimeOptions) -> None:
        self._account, self._options = account, options
        self._line = ExitStack()
        finalize(self, self._line.close)
        self._socket: ClientConnection | None = None
        self._start = self._end = self._settled = 0.0
        self._count = 0
        """Of the segments that are settled, and so the id of the next."""
        self._tentative = ""
        self._unsent = b""

    def feed(self, audio: Audio) -> list[SegmentUpdate]:
        """Send the next sound; tell what was answered meanwhile. Raises as the other recognizer does."""
        with self._account.explains():
            if self._socket is None:
                self._socket = self._connected()
                self._start = self._settled = audio.start
            self._unsent += pcm16(audio)
            while len(self._unsent) >= LEAST:
                self._send(self._socket, self._unsent[:MOST])
                self._unsent = self._unsent[MOST:]
            self._end = audio.end
            updates = []
            while (told := _message(self._socket, 0)) is not None:
                updates += self._understood(told)
            return updates

    def flush(self) -> list[SegmentUpdate]:
        """Have the rest settled, and hang up."""
        if self._socket is None:
            return []
        updates, wait = [], LAST
        with self._account.explains(), self._line:
            self._send(self._socket, self._unsent, commit=True)
            while (told := _message(self._socket, wait)) is not None and told.get("message_type") not in NOTHING_LEFT:
                updates += self._understood(told)
                wait = QUIET if told.get("message_type") == SETTLED else wait
        self._socket = None
        if self._tentative:  # it was said, though nobody settled it
            updates += self._final([self._tentatively(self._tentative)])
        return updates

    def _connected(self) -> ClientConnection:
        options = self._options
        query = [
            ("model_id", options.model),
            ("audio_format", f"pcm_{RATE}"),
            ("commit_strategy", "vad"),
            ("vad_silence_threshold_secs", f"{options.vad_silence_threshold_secs}"),
            ("vad_threshold", f"{options.vad_threshold}"),
            ("include_timestamps", "true"),
            *(("language_code", code) for code in [iso(options.language)] if code),
            *(("keyterms", term) for term in options.keyterms),
            *((("no_verbatim", "true"),) if options.no_verbatim else ()),
        ]
        return self._line.enter_context(self._account.socket(("v1", "speech-to-text", "realtime"), query))

    def _send(self, socket: ClientConnection, sound: bytes, *, commit: bool = False) -> None:
        encoded = base64.b64encode(sound).decode()
        message = {"message_type": "input_audio_chunk", "audio_base_64": encoded, "commit": commit, "sample_rate": RATE}
        socket.send(json.dumps(message))

    def _understood(self, told: dict[str, Any]) -> list[SegmentUpdate]:
        kind, text = told.get("message_type"), str(told.get("text") or "").strip()
        if kind == TENTATIVE:
            self._tentative = text
            return [SegmentUpdate(segment=self._tentatively(text), final=False)] if text else []
        if kind == SETTLED:
            self._tentative = ""
            return self._final(self._timed(told, text))
        if kind in NOTHING_LEFT or kind in UNUSED or "error" not in told:
            return []
        raise self._account.told(told)

    def _tentatively(self, text: str) -> Segment:
        return Segment(self._settled, self._end, text=text, id=str(self._count), language=self._options.language)

    def _timed(self, told: dict[str, Any], text: str) -> list[Segment]:
        words = [SimpleNamespace(**WORD | one) for one in told.get("words") or ()]
        language = self._options.language or bcp47(told.get("language_code"))
        first = next((float(one.start) for one in words if one.start is not None), None)
        if first is None:
            return [Segment(self._settled, self._end, text=text, language=language)] if text else []
        # It is not promised whether times count from the start of the stream or of the segment. Where they would lie in
        # what was settled before, it is the latter.
        origin = self._start if self._start + first >= self._settled - BEFORE else self._settled
        return list(segments(text, words, language, Span(min(origin, self._end), self._end)))

    def _final(self, said: list[Segment]) -> list[SegmentUpdate]:
        updates = []
        for one in said:
            start = max(self._settled, one.start)
            self._settled = max(start, one.end)
            final = replace(one, start=start, end=self._settled, id=str(self._count))
            updates.append(SegmentUpdate(segment=final))
            self._count += 1
        self._tentative = ""
        return updates


def _message(socket: ClientConnection, wait: float) -> dict[str, Any] | None:
    """The next message; None where none comes within so many seconds."""
    try:
        told: dict[str, Any] = json.loads(socket.recv(wait))
    except (TimeoutError, ConnectionClosedOK):
        return None
    return told
