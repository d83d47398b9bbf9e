"""Speech synthesis as a stage: settled segments of one track, spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import wrap
from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator

from ..engines import TimedSynthesizer, pronounced
from ..languages import UNKNOWN, Languages
from ..params import Params
from ..translation import Becomes, Terms, cut, glossary
from ..types import Audio, Event, Segment, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .casting import Casting, entries
from .settled import on_settled

PAUSE = 0.2
"""Seconds of silence between two sentences of a text."""
WRAPPED = re.compile(r"[ \t]*[\r\n]+[ \t]*(?![-\u2010-\u2014\u2022\u266a*#>\s])")
"""A line break within a text; not one before the dash of another speaker or a bullet, which begins something new."""


class TtsStage(Params):
    """The host's own options around every synthesizer."""

    voice: str | None = None
    """Voice to speak with; empty for the engine's voices that know the language, the first or one for each speaker."""
    voices: tuple[str, ...] = ()
    """A voice for each speaker: "Ada = af_heart" names one; voices alone are given to the other speakers in turn."""
    track: str | None = None
    """Translation to speak, by its language; empty for the only one, and for the transcript where there is none."""

    lexicon: Annotated[dict[str, str | dict[str, str]] | None, Field(json_schema_extra={"owner": True})] = None
    """How words are said, such as {Nguyen = "win", GIF = "jif"}, each written as it sounds, if need be by language; or
    a .toml, .csv or .tsv file of them."""

    @field_validator("voices", mode="before")
    @classmethod
    def _by_speaker(cls, value: object) -> object:
        return entries(value)

    @field_validator("lexicon", mode="before")
    @classmethod
    def _terms(cls, value: object) -> dict[str, Becomes] | None:
        return glossary(value) or None


def make(making: Making) -> Stage:
    """A stage that speaks what is settled; what the guard suspects is left alone."""
    loaded, lift = making.loaded, making.lift
    cast: list[Casting] = []

    def work(segments: list[Segment]) -> Iterator[Event]:
        if not cast:
            with loaded.exclusive():
                cast.append(Casting(loaded.spec, tuple(loaded.engine.voices()), lift.voice, lift.voices))
        for segment in segments:
            if segment.suspect or not segment.text.strip():
                continue
            language = making.track or segment.language
            voice = cast[0].voice(segment, language, strict=making.track is not None)
            texts = stretches(segment.text, loaded.spec.longest, language)
            for chunk in said(making, texts, voice, in_language(making, language), language or cast[0].own(voice)):
                yield replace(chunk, audio=making.marked(chunk.audio), segment_id=segment.id, voice=voice or "")

    return on_settled(making, work, making.track)


def said(
    making: Making, texts: Iterable[str], voice: str | None, options: Any, language: str | None
) -> Iterator[SynthesisChunk]:
    """The sound of texts in one language that follow each other, in pieces as they are ready."""
    loaded = making.loaded
    last: Audio | None = None
    begun, at = 0.0, 0.0  # seconds of the whole at which the text begins, and up to which it is made
    lexicon = Terms(making.lift.lexicon or {}, language or UNKNOWN)
    for text in texts:
        parts = pronounced(text, getattr(options, "pronunciations", ()))
        text = "".join(part if sounds else spelled(making, part, lexicon, language) for part, sounds in parts)
        with loaded.exclusive():
            pieces = _pieces(loaded.engine, text, voice, options)
        if last is not None:
            silence = np.zeros((last.channels, round(PAUSE * last.sample_rate)), np.float32)
            pause = Audio(silence, last.sample_rate, last.end)
            yield SynthesisChunk(audio=pause)
            begun = at = at + pause.duration
        while True:
            with loaded.exclusive():  # one piece at a time, so that the first can be heard while the next is made
                chunk = next(pieces, None)
            if chunk is None:
                break
            words = (replace(word, start=begun + word.start, end=begun + word.end) for word in chunk.words)
            yield SynthesisChunk(audio=chunk.audio, words=tuple(words))
            last = chunk.audio
            at += last.duration


def _pieces(engine: Any, text: str, voice: str | None, options: Any) -> Iterator[SynthesisChunk]:
    """What an engine makes of a text, with its words where it can tell those."""
    if isinstance(engine, TimedSynthesizer):
        return iter(engine.synthesize_timed(text, voice, options))
    return (SynthesisChunk(audio=audio) for audio in engine.synthesize(text, voice, options))


def spelled(making: Making, text: str, lexicon: Terms, language: str | None) -> str:
    """A text as it is to be said: by the lexicon, and without digits where there is what writes them out."""
    return making.spelled(respelled(text, lexicon), language)


def stretches(text: str, longest: int, language: str | None) -> list[str]:
    """A text sentence by sentence, so that the first is heard while the next is made; one that is longer than an engine
    wants at once is cut between clauses, and at last anywhere. All letters and digits of the text are among them.

    >>> stretches("One is 1. Two is\\n2. 3", 12, "en")
    ['One is 1.', 'Two is 2. 3']
    >>> stretches("aaaaa", 3, "en")
    ['aaa', 'aa']
    """
    whole = cut(WRAPPED.sub(" ", text), longest, language)
    between = [some if any(map(str.isalnum, some)) else "" for some in whole.between]
    parts = [piece + behind for piece, behind in zip(whole.pieces, between[1:], strict=True)] or [""]
    parts[0] = between[0] + parts[0]
    return [some for part in map(str.strip, parts) for some in _solid(part, longest)]


def _solid(part: str, longest: int) -> list[str]:
    """A part; one with a word that is longer than an engine wants at once (a key, an address), cut in that too."""
    if any(len(word) > longest for word in part.split()):
        return wrap(part, longest, break_on_hyphens=False)
    return [part] if part else []


def respelled(text: str, lexicon: Terms) -> str:
    """The text with the words of a lexicon written as they sound.

    >>> respelled("A GIF by Nguyen.", Terms({"GIF": "jif", "nguyen": "win"}, "en"))
    'A jif by win.'
    """
    parts, at = [], 0
    for start, end, becomes in lexicon.found(text):
        parts += [text[at:start], becomes]
        at = end
    return "".join([*parts, text[at:]])


def in_language(making: Making, language: str | None) -> Any:
    """The engine's options, with the language of the text where the engine asks for it, knows it, and nobody chose."""
    options, known = making.options, making.loaded.spec.languages
    if not language or "language" not in type(options).model_fields or options.language is not None:
        return options
    return options.model_copy(update={"language": language}) if not known or language in Languages(known) else options


LIFT = Lift(
    make,
    TtsStage,
    Scope.PIECE,
    needs=frozenset({Flow.SEGMENTS}),
    gives=frozenset({Flow.SYNTHESIS}),
    instead=frozenset({Flow.TRANSLATIONS}),
)
