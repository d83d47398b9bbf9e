"""A recording in the shapes of OpenAI's answers."""

from __future__ import annotations

import json
from typing import Any

from ..lab import Lab
from ..stages.guard import compression_ratio
from ..types import Recording, Segment, Transcript
from .asked import Asked, Task

JSON = "application/json"


def answer(lab: Lab, recording: Recording, task: Task, asked: Asked, track: str | None) -> tuple[bytes, str]:
    """The body of the answer and its media type. Raises ConfigError for a format that nobody registered."""
    if asked.redact:
        recording = lab.redacted(recording)
    match asked.response_format:
        case "json":
            return _json({"text": transcript(recording, track).text, "usage": usage(recording)}), JSON
        case "text":
            return f"{transcript(recording, track).text}\n".encode(), "text/plain; charset=utf-8"
        case "verbose_json":
            return _json(verbose(recording, task, asked, track)), JSON
        case "diarized_json":
            return _json(diarized(recording, task, track)), JSON
        case other:
            format = lab.plugins.format(other)
            options = {"track": track} if "track" in format.options.model_fields else {}
            charset = "; charset=utf-8" if format.mime.startswith("text/") else ""
            return lab.render(recording, other, **options), f"{format.mime}{charset}"


def check_format(lab: Lab, format: str) -> None:
    """Raises ConfigError now rather than after the work."""
    if format not in ("json", "text", "verbose_json", "diarized_json"):
        lab.plugins.format(format)


def transcript(recording: Recording, track: str | None) -> Transcript:
    """What was asked for: the transcript, or a translation of it."""
    if track is None:
        return recording.transcript
    return recording.translations.get(track, Transcript(language=track))


def route(recording: Recording, track: str | None) -> str:
    """By which ways the text was translated, such as ``es>pt translate/apertium, pt>en translate/fxtranslate``; several
    ways after semicolons, and nothing where it was not text that was translated."""
    steps = [segment.extra.get("route") for segment in transcript(recording, track).spoken] if track else []
    ways = [", ".join(f"{one['source'] or ''}>{one['target']} {one['engine']}" for one in way) for way in steps if way]
    return "; ".join(dict.fromkeys(ways))


def usage(recording: Recording) -> dict[str, Any]:
    """How much was heard, as OpenAI counts it."""
    return {"type": "duration", "seconds": round(recording.duration, 3)}


def verbose(recording: Recording, task: Task, asked: Asked, track: str | None) -> dict[str, Any]:
    """``verbose_json``: with times, for segments or words or both."""
    said = transcript(recording, track)
    told = {
        "task": task,
        "language": said.language or "",
        "duration": round(recording.duration, 3),
        "text": said.text,
        "usage": usage(recording),
    }
    if "segment" in asked.timestamp_granularities:
        told["segments"] = [_segment(number, segment) for number, segment in enumerate(said.spoken)]
    if "word" in asked.timestamp_granularities:
        told["words"] = [
            {"word": word.text.strip(), "start": _time(word.start), "end": _time(word.end)}
            for segment in said.spoken
            for word in segment.words
        ]
    return told


def diarized(recording: Recording, task: Task, track: str | None) -> dict[str, Any]:
    """``diarized_json``: who said what."""
    said = transcript(recording, track)
    return {
        "task": task,
        "duration": round(recording.duration, 3),
        "text": said.text,
        "segments": [
            {
                "type": "transcript.text.segment",
                "id": segment.id,
                "start": _time(segment.start),
                "end": _time(segment.end),
                "text": segment.text.strip(),
                "speaker": segment.speaker or "A",
            }
            for segment in said.spoken
        ],
        "usage": usage(recording),
    }


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    extra = segment.extra
    return {
        "id": number,
        "seek": round(segment.start * 100),
        "start": _time(segment.start),
        "end": _time(segment.end),
        "text": segment.text,
        "tokens": list(extra.get("tokens", ())),
        "temperature": extra.get("temperature", 0.0),
        "avg_logprob": extra.get("avg_logprob", 0.0),
        "compression_ratio": round(extra.get("compression_ratio") or compression_ratio(segment.text), 3),
        "no_speech_prob": extra.get("no_speech_prob", 0.0),
    }


def _time(seconds: float) -> float:
    return round(seconds, 3)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
