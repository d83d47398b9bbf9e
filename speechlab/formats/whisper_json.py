"""Everything about a recording as JSON: the keys of openai-whisper's, and beside them the lab's own."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..params import Params
from ..types import Recording, Segment, Span, Transcript, Turn
from ..types.scripts import joined
from .rttm import turns
from .text import spaced
from .tokens import tokens
from .tracks import translations

_WHISPERS = ("seek", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob")


def write(recording: Recording, options: Params) -> bytes:
    """The recording as JSON.

    Segments that are probably made up are kept with the reason under ``suspect``, and left out of ``text``. As in
    whisper's own, the texts of segments and words begin with the space that stands before them, so that tools may
    join them. Numbers that an engine did not tell stand at the value that makes no tool drop a segment.
    """
    diarization = recording.diarization if len(recording.diarization) else turns(recording)
    told = {
        **_result(recording.transcript),
        "duration": recording.duration,
        "speakers": diarization.speakers,
        "turns": [_turn(turn) for turn in diarization],
        "translations": {to: _result(track) for to, track in translations(recording).items()},
    }
    return (json.dumps(_json(told), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _result(transcript: Transcript) -> dict[str, Any]:
    """What whisper's ``transcribe`` gives: either all segments have words, or none has."""
    timed = any(segment.words for segment in transcript)
    return {
        "text": joined(segment.text for segment in transcript.spoken),
        "segments": [_segment(segment, index, timed) for index, segment in enumerate(transcript)],
        "language": transcript.language,
    }


def _segment(segment: Segment, index: int, timed: bool) -> dict[str, Any]:
    extra = dict(segment.extra)
    extra.pop("suspect", None)
    whispers = {key: extra.pop(key) for key in _WHISPERS if extra.get(key) is not None}
    words = {"words": _words(segment) if segment.words else _shared(segment)} if timed else {}
    return {
        "id": index,
        "seek": whispers.get("seek", 0),
        **_times(segment),
        "text": spaced(segment.text),
        "tokens": whispers.get("tokens", []),
        "temperature": _number(whispers.get("temperature"), 0.0),
        "avg_logprob": _number(whispers.get("avg_logprob"), 0.0),
        "compression_ratio": _number(whispers.get("compression_ratio"), _compression(segment.text)),
        "no_speech_prob": _number(whispers.get("no_speech_prob"), 0.0),
        **words,
        "segment_id": segment.id,
        "language": segment.language,
        "speaker": segment.speaker,
        "suspect": segment.suspect,
        "extra": extra,
    }


def _words(segment: Segment) -> list[dict[str, Any]]:
    """The words, each after the space that stands before it in the text."""
    words = []
    position = 0
    for word in segment.words:
        bare = word.text.strip()
        found = segment.text.find(bare, position)
        glued = found > 0 and not segment.text[found - 1].isspace()
        position = found + len(bare) if found >= 0 else position
        text = bare if glued else spaced(bare)
        told = {"word": text, **_times(word), "probability": _number(word.confidence, 1.0)}
        words.append({**told, "speaker": word.speaker} if word.speaker else told)
    return words


def _shared(segment: Segment) -> list[dict[str, Any]]:
    """Words for a segment that has none, among others that have: its time, shared by characters."""
    return [
        {"word": spaced(token.text) if token.spaced else token.text, **_times(token), "probability": 1.0}
        for token in tokens(segment)
    ]


def _turn(turn: Turn) -> dict[str, Any]:
    told = {**_times(turn), "speaker": turn.speaker}
    return told if turn.similarity is None else {**told, "similarity": turn.similarity}


def _times(span: Span) -> dict[str, float]:
    return {"start": round(float(span.start), 3), "end": round(float(span.end), 3)}


def _compression(text: str) -> float:
    """How well the text compresses, as whisper measures it to find repetition."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))


def _number(value: Any, otherwise: float) -> float:
    return float(value) if value is not None and math.isfinite(value) else otherwise


def _json(value: Any) -> Any:
    """The value in Python's own types, as JSON has them: no numpy scalars, no NaN."""
    match value:
        case np.generic():
            return _json(value.item())
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): _json(content) for key, content in value.items()}
        case str() | int() | None:
            return value
        case Iterable():
            return [_json(item) for item in value]
        case _:
            return str(value)
