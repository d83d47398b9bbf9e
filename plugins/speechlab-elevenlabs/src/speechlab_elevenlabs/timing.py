"""When words are said, from the times of characters that the service sends along with its sound."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from speechlab import Word

SLACK = 0.05
"""Seconds by which a character may begin before the one before it ends."""


@dataclass(frozen=True)
class Piece:
    """What the service sends at once: sound, and the characters in it with their times in seconds, if it tells them."""

    sound: bytes
    characters: Sequence[str] = ()
    starts: Sequence[float] = ()
    ends: Sequence[float] = ()

    @classmethod
    def of_answer(cls, told: Any) -> Piece:
        """As it comes over HTTP, by the client's own classes."""
        sound, alignment = base64.b64decode(told.audio_base_64 or ""), told.alignment
        if alignment is None:
            return cls(sound)
        return cls(
            sound,
            alignment.characters,
            alignment.character_start_times_seconds,
            alignment.character_end_times_seconds,
        )

    @classmethod
    def of_message(cls, told: dict[str, Any]) -> Piece:
        """As it comes over the WebSocket, in milliseconds."""
        sound, alignment = base64.b64decode(told["audio"]), told.get("alignment")
        if not alignment:
            return cls(sound)
        starts = [time / 1000 for time in alignment["charStartTimesMs"]]
        ends = [start + long / 1000 for start, long in zip(starts, alignment["charDurationsMs"], strict=False)]
        return cls(sound, alignment["chars"], starts, ends)


class Timing:
    """The words of a text, as its pieces come."""

    def __init__(self, output_format: str) -> None:
        codec, rate, *kbits = output_format.split("_")
        self._bytes_a_second = int(kbits[0]) * 125 if kbits else int(rate) * 2
        assert codec in ("pcm", "mp3")
        self._received = 0
        self._last = 0.0
        self._text = ""
        self._from = self._to = 0.0
        self._in_tag = False
        self._words: list[Word] = []

    def heard(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """The sound of the pieces, as it comes; what is said in it is taken down."""
        for piece in pieces:
            self._add(piece)
            self._received += len(piece.sound)
            yield piece.sound
        self._end()

    def told(self) -> tuple[Word, ...]:
        """The words that are whole since it was asked last."""
        words, self._words = self._words, []
        return tuple(words)

    def _add(self, piece: Piece) -> None:
        # over the WebSocket, times are counted from the piece's own beginning
        anew = len(piece.starts) > 0 and piece.starts[0] < self._last - SLACK
        before = self._received / self._bytes_a_second if anew else 0.0
        for character, start, end in zip(piece.characters, piece.starts, piece.ends, strict=False):
            self._last = before + end
            if character == "<" or self._in_tag:  # a mark of ours, which is not said
                self._in_tag = character != ">"
            elif character.isspace():
                self._end()
            else:
                self._from = self._from if self._text else before + start
                self._to = before + end
                self._text += character

    def _end(self) -> None:
        if any(map(str.isalnum, self._text)):
            last = self._words[-1].end if self._words else 0.0
            start = max(last, self._from)
            self._words.append(Word(start, max(start, self._to), text=self._text))
        self._text = ""
