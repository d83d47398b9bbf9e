"""A recording as one piece of sound, however it is given."""

from __future__ import annotations

from ..closing import closes
from ..errors import AudioError
from ..media import fit
from ..source import Sound, Source
from ..types import Audio, AudioChunk


def whole(sound: Sound, rate: int, longest: float = float("inf")) -> Audio:
    """All its channels as one, at this rate in Hz; of a file, about the first ``longest`` seconds.

    Raises AudioError where it cannot be read, or is empty.
    """
    if isinstance(sound, Audio):
        return fit(sound, rate)
    parts: list[Audio] = []
    with closes(events := Source(sound).events(rate)):
        for event in events:
            if isinstance(event, AudioChunk):
                parts.append(event.audio)
                if event.audio.end - parts[0].start >= longest:
                    break
    if not parts:
        raise AudioError("there is no sound in the recording", hint="choose another file")
    return Audio.join(parts)
