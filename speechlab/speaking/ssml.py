"""Text with marks of how it is to be said, in SSML: read once here, so that any engine is told what it can do."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from io import StringIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from ..errors import ConfigError
from ..languages import standard
from ..stages.tts import stretches
from .line import Line, said_of
from .options import SpeakOptions
from .sounds import between_marks, sounded, without_marks

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
"""Seconds of silence for SSML's names."""
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}
PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
"""Semitones for SSML's names."""
VOLUMES = {"x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
"""Decibels for SSML's names."""
SLOWEST, FASTEST = 0.25, 4.0
LOUDEST = 20.0
HIGHEST = 24.0
LONGEST = 60.0
"""Seconds of the longest silence."""
SPELLED = frozenset({"characters", "spell-out", "digits", "telephone"})
PLAIN = frozenset({"lang", "phoneme", "say-as", "sub", "w", "token", "mark", "desc"})
"""Elements that need no word to be said of them."""
ENDS = {"p": "paragraph", "paragraph": "paragraph", "s": "sentence", "sentence": "sentence"}
TEXT = "give text, or SSML such as <speak>Hello. <break time='500ms'/> Goodbye.</speak>"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a stretch of text is to be said."""

    voice: str | None = None
    speed: float = 1.0
    gain: float = 0.0
    language: str | None = None
    pitch: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text that is said in one manner, and the silence before it; None where that is the usual one."""

    text: str
    """Words whose sounds are given stand between marks."""
    manner: Manner
    pause: float | None = None
    begins: str = ""
    """Whether a sentence or a paragraph begins here."""
    sounds: tuple[str, ...] = ()
    """Of the words between marks, one after the other."""


@dataclass(slots=True)
class Marked:
    """A text with its marks."""

    stretches: list[Stretch] = field(default_factory=list)
    language: str | None = None
    notes: dict[str, None] = field(default_factory=dict)
    """What of the marks nobody does."""

    @property
    def text(self) -> str:
        """The words alone."""
        return without_marks(" ".join(stretch.text for stretch in self.stretches))

    def lines(self, longest: int, language: str | None, options: SpeakOptions) -> list[Line]:
        """The sentences; one whose manner changes within it is several lines without a pause between them."""
        found: list[Line] = []
        whole = True
        for stretch in self.stretches:
            manner = stretch.manner
            usual = options.paragraph_pause if stretch.begins == "paragraph" else options.pause
            before = stretch.pause if stretch.pause is not None else usual if whole or stretch.begins else 0.0
            sounds = iter(stretch.sounds)
            for number, sentence in enumerate(stretches(stretch.text, longest, manner.language or language)):
                pause = (options.pause if number else before) if found else 0.0
                for text, pronunciations in sounded(sentence, sounds):
                    found.append(Line(text, pause, pronunciations=pronunciations, **asdict(manner)))
                    pause = 0.0
            whole = said_of(without_marks(stretch.text))
        return found


def is_ssml(text: str) -> bool:
    """Whether a text is SSML.

    >>> is_ssml("<speak>Hi.</speak>"), is_ssml("Speak!")
    (True, False)
    """
    return re.match(r"\s*<(\?xml\s|!DOCTYPE\s|speak[\s>/])", text) is not None


def marked(text: str) -> Marked:
    """The text and its marks. Raises ConfigError where it is no XML, or a mark has no meaning."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ConfigError("SSML with a document type is not read", hint="leave out <!DOCTYPE ...>")
    return _Reader().read(text)


class _Reader:
    """Goes through the elements one by one, so that no depth of nesting is too much."""

    def __init__(self) -> None:
        self._made = Marked()
        self._manners = [Manner()]
        self._held = ""
        self._sounds: list[str] = []
        self._pause: float | None = None
        self._begins = ""
        self._instead: list[bool] = []
        """For each open element, whether something else is said than its text."""

    def read(self, text: str) -> Marked:
        lines = text[: len(text) - len(text.lstrip())].split("\n")
        try:
            elements = list(iterparse(StringIO(text.strip()), ("start", "end")))  # all, so that texts are whole
        except ParseError as error:
            line, column = error.position
            column += len(lines[-1]) if line == 1 else 0
            line += len(lines) - 1
            reason = str(error).partition(":")[0]
            raise ConfigError(f"the SSML is no XML: {reason}, line {line}, column {column + 1}", hint=TEXT) from None
        for event, element in elements:
            (self._start if event == "start" else self._end)(element)
        self._close()
        return self._made

    def _start(self, element: Element) -> None:
        name, told = _name(element), element.attrib
        manner = self._manners[-1]
        match name:
            case "speak":
                self._made.language = _language(told)
            case "break":
                self._close()
                self._pause = min(LONGEST, (self._pause or 0.0) + _silence(told))
            case "prosody":
                manner = replace(
                    manner,
                    speed=min(FASTEST, max(SLOWEST, manner.speed * _rate(told.get("rate", "medium")))),
                    gain=min(LOUDEST, max(-LONGEST, manner.gain + _volume(told.get("volume", "medium")))),
                    pitch=min(HIGHEST, max(-HIGHEST, manner.pitch + self._pitch(told))),
                )
            case "voice":
                manner = replace(manner, voice=told.get("name") or manner.voice)
            case _ if name in ENDS:
                self._close()
                self._begins = "paragraph" if "paragraph" in (self._begins, ENDS[name]) else ENDS[name]
            case _ if name not in PLAIN:
                self._note(f"<{name}> changes nothing")
        if name != "speak":
            manner = replace(manner, language=_language(told) or manner.language)
        if manner != self._manners[-1]:
            self._close()
        self._manners.append(manner)
        silent = bool(self._instead and self._instead[-1]) or name in ("audio", "desc", "metadata", "lexicon")
        said = element.text or ""
        if name == "sub":
            said, instead = told.get("alias", said), True
        elif name == "phoneme":
            said, instead = self._phoneme("".join(element.itertext()), told, silent=silent), True
        elif name == "say-as" and told.get("interpret-as") in SPELLED:
            said, instead = spelled("".join(element.itertext())), True
        else:
            instead = False
        if not silent:
            self._held += said if name == "phoneme" else without_marks(said)
        self._instead.append(silent or instead)

    def _end(self, element: Element) -> None:
        manner = self._manners.pop()
        self._instead.pop()
        if manner != self._manners[-1] or _name(element) in ENDS:
            self._close(manner)
        if _name(element) in ENDS:
            self._begins = self._begins or ENDS[_name(element)]
        if not (self._instead and self._instead[-1]):
            self._held += without_marks(element.tail or "")

    def _close(self, manner: Manner | None = None) -> None:
        """What was gathered is a stretch."""
        text, self._held = " ".join(self._held.split()), ""
        if any(map(str.isalnum, text)):
            stretch = Stretch(text, manner or self._manners[-1], self._pause, self._begins, tuple(self._sounds))
            self._made.stretches.append(stretch)
            self._pause, self._begins = None, ""
            self._sounds = []

    def _phoneme(self, text: str, told: Mapping[str, str], *, silent: bool) -> str:
        """The text, between marks where its sounds can be told."""
        sounds, alphabet = told.get("ph", "").strip("/[] "), told.get("alphabet", "ipa")
        if not sounds:
            raise ConfigError("a phoneme does not tell its sounds", hint="write <phoneme ph='ʃəvɔn'>Siobhan</phoneme>")
        text = without_marks(text)
        if not any(map(str.isalnum, text)):
            self._note("a phoneme without a text is not said: write the word between its marks")
            return text
        if silent:
            return text
        if alphabet.lower() != "ipa":
            self._note(f"a phoneme in {alphabet} is said as its text reads: sounds are taken in IPA")
            return text
        self._sounds.append(sounds)
        return between_marks(text)

    def _pitch(self, told: Mapping[str, str]) -> float:
        """Semitones; of what cannot be told in those, a note is made."""
        for name in told:
            if name not in ("rate", "volume", "pitch"):
                self._note(f"prosody's {name} stays as it is: no engine here changes it")
        pitch = told.get("pitch", "medium")
        if pitch.strip().lower().endswith("hz"):
            self._note("a pitch in Hz stays as it is, since voices differ: write semitones such as +2st, or a share")
            return 0.0
        return _pitch(pitch)

    def _note(self, note: str) -> None:
        self._made.notes[note] = None


def spelled(text: str) -> str:
    """Character by character.

    >>> spelled("BBC 1")
    'B, B, C, 1'
    """
    return ", ".join(character for character in text if not character.isspace())


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _language(told: Mapping[str, str]) -> str | None:
    found = told.get(LANGUAGE)
    return standard(found) if found else None


def _silence(told: Mapping[str, str]) -> float:
    if (time := told.get("time")) is not None:
        match = re.fullmatch(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)", time.strip())
        if match is None:
            raise ConfigError(f"a break cannot last {time!r}", hint="write time='500ms' or time='1.5s'")
        return float(match[1]) / (1000 if match[2] == "ms" else 1)
    strength = told.get("strength", "medium")
    if strength not in STRENGTHS:
        raise ConfigError(f"a break has no strength {strength!r}", hint=f"there are {', '.join(STRENGTHS)}")
    return STRENGTHS[strength]


def _rate(told: str) -> float:
    if told in RATES:
        return RATES[told]
    match = re.fullmatch(r"([+-]?)(\d+(?:\.\d+)?)(%?)", told.strip())
    if match is None:
        raise ConfigError(f"there is no rate {told!r}", hint=f"write a share such as 80%, or {', '.join(RATES)}")
    value = float(match[2]) / (100 if match[3] else 1)
    return {"": value, "+": 1 + value, "-": 1 - value}[match[1]] or SLOWEST


def _pitch(told: str) -> float:
    """Semitones."""
    if told in PITCHES:
        return PITCHES[told]
    match = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(st|%)", told.strip())
    if match is None or (match[2] == "%" and float(match[1]) <= -100):
        raise ConfigError(f"there is no pitch {told!r}", hint=f"write semitones such as +2st, or {', '.join(PITCHES)}")
    return float(match[1]) if match[2] == "st" else 12 * math.log2(1 + float(match[1]) / 100)


def _volume(told: str) -> float:
    if told in VOLUMES:
        return VOLUMES[told]
    match = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)dB", told.strip())
    if told == "silent" or match is None:
        raise ConfigError(f"there is no volume {told!r}", hint=f"write decibels such as +6dB, or {', '.join(VOLUMES)}")
    return float(match[1])
