"""Who is who in a job's recording: what its owner corrected, and the recording as it then is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from ..errors import ConfigError, SpeechLabError
from ..jobs import Job, State
from ..lab import Lab
from ..speakers import Assign, Editing, Merge, Rename, speakers_of
from ..types import Recording

_begun: WeakKeyDictionary[Job, Editing] = WeakKeyDictionary()
_beginning = threading.Lock()


def editing(lab: Lab, job: Job) -> Editing | None:
    """The corrections of a job that is done. Names that its owner gave earlier to the same sound hold again."""
    if job.state is not State.DONE or job.recording is None:
        return None
    with _beginning:
        if job not in _begun:
            try:
                _begun[job] = lab.editing(job.recording, job.order.sound, job.owner)
            except SpeechLabError:  # the sound is gone; what is said of it can still be corrected
                _begun[job] = Editing(job.recording)
        return _begun[job]


def recording(lab: Lab, job: Job) -> Recording | None:
    """The job's recording with what was corrected."""
    corrected = editing(lab, job)
    return corrected.recording if corrected else job.recording


def colours(corrected: Editing) -> dict[str, int]:
    """The number of each speaker's colour: it stays whatever they are called and whoever is merged or split."""
    found = {name: number for number, name in enumerate(speakers_of(corrected.original))}
    following = len(found)
    for edit in corrected.edits:
        match edit:
            case Rename(speaker, name) if speaker in found:
                found[name] = found.pop(speaker)
            case Merge(speakers, into):
                numbers = [found.pop(one) for one in speakers if one in found and one != into]
                if into not in found and numbers:
                    found[into] = numbers[0]
            case Assign(speaker=speaker) if speaker not in found:
                found[speaker] = following
                following += 1
            case _:
                pass
    return found


def correct(corrected: Editing, said: Any) -> Recording:
    """Do what the page asks. Raises ConfigError where it cannot be done, or is none of what can be asked."""
    if not isinstance(said, Mapping):
        said = {}
    match said:
        case {"do": "rename", "speaker": str(speaker), "name": str(name)}:
            return corrected.rename(speaker, name)
        case {"do": "merge", "speakers": [*speakers], "into": str(into)}:
            return corrected.merge(map(str, speakers), into)
        case {"do": "assign", "segments": [*segments], "speaker": str() | None as speaker}:
            return corrected.assign(map(str, segments), speaker)
        case {"do": "undo"}:
            return corrected.undo()
        case {"do": "redo"}:
            return corrected.redo()
    raise ConfigError("that is nothing that can be done with speakers", hint="load the page again")
