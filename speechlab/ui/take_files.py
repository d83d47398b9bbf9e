"""Takes to and from files: texts that are brought along, and what was said, as sound or as subtitles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from .. import subtitles
from ..errors import ConfigError
from ..jobs import Jobs, Upload
from ..lab import Lab
from ..media import WRITABLE, encode
from ..provenance import Label
from ..speaking import joined, said
from .readings import Reading, Take
from .sheet_files import decoded, packed

TIMED = ("srt", "vtt")
"""Formats that tell what is said when."""
FORMATS = (*WRITABLE, *TIMED)


def text_of(name: str, data: bytes) -> str:
    """The text of a file; of subtitles, what is said in them. Raises ConfigError."""
    suffix = Path(name).suffix.lower()
    if suffix in subtitles.SUFFIXES:
        found = subtitles.read(data, suffix).recording.transcript
        return "\n".join(segment.text.strip() for segment in found if segment.text.strip())
    return decoded(name, data)


def made(lab: Lab, reading: Reading, takes: Sequence[Take], format: str) -> Upload:
    """A take as a file, to be fetched once; several as a zip. Raises ConfigError where nothing is said yet, and
    OutputError."""
    if format not in FORMATS:
        raise ConfigError(f"a take cannot be written as {format!r}", hint=f"choose one of {', '.join(FORMATS)}")
    there = [take for take in takes if any(sound.seconds for sound in take.sounds.values())]
    if not there:
        raise ConfigError("nothing is said of the text yet", hint="speak it first")
    parts: dict[str, bytes] = {}
    for take in there:
        voices = list(dict.fromkeys([take.who.voice, *(sound.voice for sound in take.sounds.values()), ""]))
        stem = voices[0] or voices[1] or take.speaker.rpartition("/")[2]
        name = next(name for name in _names(stem) if f"{name}.{format}" not in parts)
        parts[f"{name}.{format}"] = _written(lab, reading, take, format)
    if len(parts) == 1:
        ((name, data),) = parts.items()
    else:
        name, data = f"takes-{format}.zip", packed(parts)
    jobs: Jobs = lab.jobs
    new = jobs.uploads.new(reading.owner, name)
    jobs.uploads.write(new, data)
    return new


def _written(lab: Lab, reading: Reading, take: Take, format: str) -> bytes:
    spoken = reading.spoken(take)
    if format in TIMED:
        return lab.render(said(spoken, reading.language), format)
    return encode(joined(spoken), format, comment=_label(lab, take).text())


def _label(lab: Lab, take: Take) -> Label:
    """What a file with the take says of itself."""
    voices = [take.who.voice, *(sound.voice for sound in take.sounds.values())]
    return lab.library.label(take.speaker, filter(None, voices))


def _names(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem} {number}" for number in count(2))
