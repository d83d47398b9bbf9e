"""What is being spoken on the page: a text as sentences, with a take of them for each voice."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ConfigError
from ..jobs import Uploads
from ..media import decode, write
from ..speaking import Line, SpeakOptions, Spoken
from ..speaking.line import lines
from ..speaking.ssml import is_ssml, marked
from ..types import Audio, Word
from .languages import direction

MOST = 16
"""Readings that are kept for one visitor; of more, the one that was not used for longest is forgotten."""
LONGEST = 500_000
"""Characters of a text that the page takes: a book of some size."""

BARS, LEAST_BARS, MOST_BARS = 8, 6, 48
"""Bars in which a sound is drawn: for each second, at least, and at most."""


@dataclass(frozen=True, slots=True)
class Who:
    """A voice as it was picked: of the library or of an engine; without a voice, the engine's own choice; without
    either, the lab's."""

    voice: str = ""
    engine: str = ""
    number: int = 0
    """Of takes in the same voice that are kept side by side, which: they were spoken with other settings."""

    @classmethod
    def read(cls, said: Any) -> Who:
        """From what the page says. Raises ConfigError where it is none of that."""
        match said:
            case {"voice": str(voice), "engine": str(engine), **rest}:
                number = rest.get("number", 0)
                if isinstance(number, int):
                    return cls(voice, engine, number)
        raise ConfigError("no voice is named to speak with", hint="choose one")


@dataclass(frozen=True, slots=True)
class Sound:
    """One sentence of a take."""

    path: Path
    seconds: float
    """0 where the engine had nothing to say."""
    voice: str
    language: str | None
    words: tuple[Word, ...]
    """Counted from where the sound begins."""
    outline: tuple[int, ...]
    """How loud it is from its beginning to its end, in 15ths of its loudest moment."""
    turn: int
    """Which of all that was said for this take it is: a sentence that is said anew has another."""

    @property
    def audio(self) -> Audio:
        """The sound itself. Raises AudioError."""
        return decode(self.path)


@dataclass(slots=True)
class Take:
    """The sentences in one voice, as far as they are said."""

    who: Who
    folder: Path
    """Where its sounds lie, of this take alone."""
    release: Callable[[], None]
    """Lets go of the folder."""
    speaker: str = ""
    """The engine, as ``kind/id``; empty until it is known."""
    notes: tuple[str, ...] = ()
    """What of the marks in the text the engine cannot do."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What was set when it was spoken, as the page says it."""
    sounds: dict[int, Sound] = field(default_factory=dict)
    """By the number of the sentence."""
    proofs: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What came back of sentences that were listened to."""
    seconds: float = 0.0
    """How long the making took."""
    turns: int = 0

    def told(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "who": asdict(self.who),
            "speaker": self.speaker,
            "notes": self.notes,
            "settings": self.settings,
            "seconds": round(self.seconds, 3),
            "sounds": [heard(number, sound) for number, sound in sorted(self.sounds.items())],
            "proofs": [{"row": number, **proof} for number, proof in sorted(self.proofs.items())],
        }


def heard(number: int, sound: Sound) -> dict[str, Any]:
    """A sentence of a take as the page knows it."""
    told = {"seconds": round(sound.seconds, 3), "voice": sound.voice, "turn": sound.turn, "outline": sound.outline}
    return {"row": number, **told}


class Reading:
    """One text. It may be asked from any thread."""

    def __init__(
        self, owner: str, text: str, longest: int, language: str | None, options: SpeakOptions, uploads: Uploads
    ) -> None:
        """``longest``: characters of a sentence. Raises ConfigError where there is nothing to say."""
        self.id = secrets.token_urlsafe(16)
        self.owner, self.text, self.language = owner, text, language
        self.rows = sentences(text, longest, language, options)
        self.takes: dict[Who, Take] = {}
        self._longest = longest
        self._uploads = uploads
        self._lock = threading.RLock()

    def take(self, who: Who) -> Take:
        """The take of a voice: that which is there, or a new one. Raises OutputError where there is no place for it."""
        with self._lock:
            if who not in self.takes:
                upload = self._uploads.new(self.owner, "take")
                self.takes[who] = Take(who, upload.path.parent, self._uploads.hold(upload))
            return self.takes[who]

    def drop(self, who: Who) -> None:
        """Forget the take of a voice, if there is one."""
        with self._lock:
            take = self.takes.pop(who, None)
        if take is not None:
            take.release()

    def hear(self, take: Take, spoken: Spoken, label: str) -> Sound:
        """One sentence more of a take, or the same anew; its file says of itself what it is. Raises OutputError."""
        number, audio = spoken.index, spoken.audio
        path = take.folder / f"{number:06d}.flac"
        if audio.frames:
            write(audio, path, comment=label)
        words = tuple(replace(one, start=one.start - spoken.start, end=one.end - spoken.start) for one in spoken.words)
        with self._lock:
            take.turns += 1
            sound = Sound(path, audio.duration, spoken.voice, spoken.language, words, outline(audio), take.turns)
            take.sounds[number] = sound
            take.proofs.pop(number, None)
        return sound

    def reword(self, row: int, text: str) -> Line:
        """Another text for a sentence; what was said of it is no more. Raises LookupError and ConfigError."""
        text = " ".join(text.split())
        if not any(map(str.isalnum, text)):
            raise ConfigError("a sentence cannot be empty", hint="write what is to be said")
        with self._lock:
            self.rows[row] = replace(self.rows[row], text=text, pronunciations=())
            for take in self.takes.values():
                take.sounds.pop(row, None)
                take.proofs.pop(row, None)
            return self.rows[row]

    def pause(self, options: SpeakOptions) -> None:
        """Other silences between sentences: what is said stays as it is."""
        anew = sentences(self.text, self._longest, self.language, options)
        with self._lock:
            if len(anew) == len(self.rows):
                self.rows = [replace(row, pause=new.pause) for row, new in zip(self.rows, anew, strict=True)]

    def spoken(self, take: Take) -> Iterable[Spoken]:
        """What is said of a take, in the order of the text; each sentence is read when its turn comes."""
        at = 0.0
        for number, sound in sorted(take.sounds.items()):
            row = self.rows[number]
            if not sound.seconds:
                continue
            at += row.pause if at else 0.0
            one = Spoken(number, row.text, sound.audio, 0.0, row.pause, sound.voice, sound.language, sound.words)
            yield one.moved(at)
            at += sound.seconds

    def close(self) -> None:
        """Let go of all that is kept for it."""
        with self._lock:
            takes = list(self.takes.values())
            self.takes.clear()
        for take in takes:
            take.release()

    def told(self) -> dict[str, Any]:
        """All of it as JSON values."""
        with self._lock:
            return {
                "id": self.id,
                "text": self.text,
                "language": self.language or "",
                "rows": [row_told(row, self.language) for row in self.rows],
                "takes": [take.told() for take in self.takes.values()],
            }


def outline(audio: Audio) -> tuple[int, ...]:
    """How loud a sound is from its beginning to its end: bars to be drawn."""
    count = min(MOST_BARS, max(LEAST_BARS, round(audio.duration * BARS)))
    if audio.frames < count:
        return ()
    peaks = [float(np.max(np.abs(part))) for part in np.array_split(audio.mono, count)]
    return tuple(round(15 * peak / (max(peaks) or 1.0)) for peak in peaks)


def row_told(row: Line, language: str | None) -> dict[str, Any]:
    """A sentence as the page shows it."""
    own = row.language or language or ""
    return {"text": row.text, "pause": row.pause, "language": own, "dir": direction(own) if own else "auto"}


def sentences(text: str, longest: int, language: str | None, options: SpeakOptions) -> list[Line]:
    """The sentences of a text, of at most so many characters. Raises ConfigError where there are none."""
    cut = marked(text).lines if is_ssml(text) else partial(lines, text)
    found = cut(longest, language, options)
    if not any(any(map(str.isalnum, line.text)) for line in found):
        raise ConfigError("there is nothing to say", hint="give a text with words in it")
    return found


class Readings:
    """The readings of everybody, in memory; their sound is on disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._there: OrderedDict[str, Reading] = OrderedDict()

    def put(self, reading: Reading) -> Reading:
        """Keep one."""
        with self._lock:
            self._there[reading.id] = reading
            own = [other for other in self._there.values() if other.owner == reading.owner]
            gone = [self._there.pop(other.id) for other in own[:-MOST]]
        for one in gone:
            one.close()
        return reading

    def find(self, id: str) -> Reading:
        """Any of them, for whoever knows its id, which cannot be guessed. Raises LookupError."""
        with self._lock:
            self._there.move_to_end(id)
            return self._there[id]
