"""Events as lines of JSON and back: an event log can be kept, replayed in a test, or sent over a socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import Field, fields
from typing import Any

import numpy as np

from .audio import Audio
from .diarization import Turn
from .events import (
    AudioChunk,
    Event,
    HeardChunk,
    Progress,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    SynthesisChunk,
    Tick,
    TurnUpdate,
)
from .transcript import Segment, Word

EVENTS: Mapping[str, type[Event]] = {
    event.__name__: event
    for event in (
        AudioChunk,
        HeardChunk,
        SpeechStarted,
        SpeechEnded,
        SegmentUpdate,
        TurnUpdate,
        SynthesisChunk,
        Progress,
        Tick,
    )
}


def to_json(event: Event) -> dict[str, Any]:
    """One event as JSON values; the key ``event`` names its class, and fields at their default are left out."""
    return {"event": type(event).__name__, **_plain(event)}


def from_json(data: Mapping[str, Any]) -> Event:
    """The event that :func:`to_json` wrote. Raises ValueError where it is none."""
    if not isinstance(data, Mapping):
        raise ValueError(f"an event is an object, not {data!r}")
    rest = dict(data)
    name = rest.pop("event", None)
    if name not in EVENTS:
        raise ValueError(f"no event is called {name!r}; there are {', '.join(EVENTS)}")
    try:
        return EVENTS[name](**{key: _READ.get(key, _same)(value) for key, value in rest.items()})
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a {name}: {error}") from error


def dump(events: Iterable[Event]) -> Iterator[str]:
    """One line of JSON for each event, without line ends."""
    for event in events:
        yield line(to_json(event))


def line(data: Mapping[str, Any]) -> str:
    """JSON values as one line of JSON, without a line end; what :func:`to_json` gave among them."""
    return _encode(data)


def load(lines: Iterable[str]) -> Iterator[Event]:
    """The events of an event log; blank lines are passed over."""
    for line in lines:
        if line.strip():
            yield from_json(json.loads(line))


def segment_to_json(segment: Segment) -> dict[str, Any]:
    """A segment as JSON values."""
    return _plain(segment)


def segment_from_json(data: Mapping[str, Any]) -> Segment:
    """The segment that :func:`segment_to_json` wrote."""
    return Segment(**{**data, "words": tuple(Word(**word) for word in data.get("words", ()))})


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as JSON values, without the fields that stand at their plain default."""
    told = {}
    for field in _fields(type(value)):
        content = getattr(value, field.name)
        if content == field.default and not isinstance(content, Audio):
            continue
        if field.name == "extra" and not content:
            continue
        told[field.name] = _WRITE.get(type(content), _same)(content)
    return told


def _fields(of: type[Any]) -> tuple[Field[Any], ...]:
    """The fields of a dataclass; finding them takes longer than writing them."""
    if of not in _FIELDS:
        _FIELDS[of] = fields(of)
    return _FIELDS[of]


def _audio_to_json(audio: Audio) -> dict[str, Any]:
    pcm = np.ascontiguousarray(audio.samples, dtype="<f4").tobytes()
    return {
        "sample_rate": audio.sample_rate,
        "start": audio.start,
        "channels": audio.channels,
        "pcm_f32le": base64.b64encode(pcm).decode("ascii"),
    }


def _audio_from_json(data: Mapping[str, Any]) -> Audio:
    samples = np.frombuffer(base64.b64decode(data["pcm_f32le"]), dtype="<f4")
    return Audio(samples.reshape(int(data["channels"]), -1), int(data["sample_rate"]), float(data["start"]))


def _native(value: Any) -> Any:
    """What engines put into numbers and ``extra`` that JSON does not know: numpy's scalars, frozen mappings."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def _same(value: Any) -> Any:
    return value


_FIELDS: dict[type, tuple[Field[Any], ...]] = {}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_native).encode
_WRITE: Mapping[type, Callable[[Any], Any]] = {
    Audio: _audio_to_json,
    Segment: _plain,
    Turn: _plain,
    tuple: lambda items: [_plain(item) for item in items],
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "audio": _audio_from_json,
    "segment": segment_from_json,
    "turn": lambda data: Turn(**data),
    "words": lambda data: tuple(Word(**word) for word in data),
}
