"""Sentences through a synthesizer: each is told as soon as it is made, levelled, and without silence of its own."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from ..closing import closes
from ..engines import EngineSpec, Quote
from ..errors import ConfigError
from ..lab import Lab, told
from ..languages import Languages
from ..media import fit
from ..params import check
from ..pipeline import Pipeline
from ..preferred import identifying
from ..provenance import Label
from ..runner import compose
from ..stages import AtOnce, Flow
from ..stages.identifying import identifier
from ..translation.identify import SURE, telling
from ..types import Audio, Recording, Segment, SegmentUpdate, SynthesisChunk, Transcript, Word
from . import manner
from .keeping import Kept
from .line import Line, lines
from .options import SpeakOptions
from .pricing import quoted
from .ssml import is_ssml, marked
from .utterance import Said, Utterance
from .voices import synthesizer

LOOKED = 2000
"""Characters of a text that are looked at for its language."""
SHOWN = 60
"""Characters of a sentence that a message quotes."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence, said."""

    index: int
    """Which sentence of the text it is, from 0."""
    text: str
    """As it is written."""
    audio: Audio
    """Without silence around it; empty where the synthesizer had nothing to say."""
    start: float
    """Where it begins, in seconds, when those that were told are heard one after the other."""
    pause: float = 0.0
    """Seconds of silence before it."""
    voice: str = ""
    """Who says it, where that is known."""
    language: str | None = None
    words: tuple[Word, ...] = ()
    """Which word of the text is said when, on the timeline of ``start``; none where the engine does not tell."""

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.start + self.audio.duration

    def as_json(self) -> dict[str, Any]:
        """What is said when, in seconds, as JSON values; words only where the engine tells their times."""
        words = [{"word": word.text, **_times(word)} for word in self.words]
        told = {"index": self.index, "text": self.text, **_times(self), "voice": self.voice}
        return {**told, "words": words} if words else told

    def moved(self, seconds: float) -> Spoken:
        """The same sentence, words and all, later by so many seconds."""
        start = self.start + seconds
        words = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in self.words)
        return replace(self, start=start, audio=replace(self.audio, start=start), words=words)

    def hushed(self) -> Spoken:
        """The same without its sound, for who keeps account of a long text: in its place is silence of the same length,
        which takes no memory."""
        silence = np.broadcast_to(np.float32(0.0), self.audio.samples.shape)
        return replace(self, audio=replace(self.audio, samples=silence))


@dataclass(frozen=True, slots=True)
class Script:
    """A text, ready to be said."""

    spec: EngineSpec
    stage: Mapping[str, Any]
    """What somebody chose of the engine's parameters and of the host's around it."""
    options: SpeakOptions
    lines: Sequence[Line] = field(default_factory=tuple)
    language: str | None = None
    notes: tuple[str, ...] = ()

    def pipeline(self, lab: Lab, line: Line) -> Pipeline:
        """What says a line. Raises ConfigError, EngineUnavailable or PolicyDenied."""
        stage = {**manner.told(line, self.spec, self.stage), "use": self.spec.name}
        return lab.pipeline({"title": "Speak", "stage": [stage]}).ready(lab.policy, Flow.SEGMENTS)


class Speaking(Iterator[Spoken]):
    """Sentences as they are said; :meth:`close` stops."""

    def __init__(self, lab: Lab, script: Script, only: Collection[int] | None, resume: bool | None) -> None:
        """Raises ConfigError, EngineUnavailable or PolicyDenied before anything is loaded."""
        self._lab, self._script = lab, script
        self._wanted = [(number, line) for number, line in enumerate(script.lines) if only is None or number in only]
        manners = {manner.key(line): line for _, line in self._wanted}
        self._ways = {key: script.pipeline(lab, line) for key, line in manners.items()}
        self._kept: Kept | None = None
        if resume is not None:
            self._kept = Kept(lab.home / "checkpoints", self._told(), lab.report)
            if not resume:
                self._kept.forget()
        for note in script.notes:
            lab.report(note)
        self._sentences = self._spoken()

    @property
    def engine(self) -> str:
        """Who says it, as ``kind/id``."""
        return self._script.spec.name

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the marks in the text nobody does, a sentence each."""
        return self._script.notes

    def label(self, spoken: Spoken) -> Label:
        """What a file with this sentence is to say of itself."""
        named = [self._script.stage.get("voice") or spoken.voice, *(line.voice for line in self._script.lines)]
        return self._lab.library.label(self.engine, filter(None, named))

    def quote(self) -> Quote | None:
        """What the sentences will cost that are not kept from an earlier call; None where the engine tells no price.

        Raises EngineUnavailable, PolicyDenied or EngineFailed.
        """
        left = [line for number, line in self._wanted if self._kept is None or number not in self._kept]
        if not left:
            return None
        [step] = next(iter(self._ways.values())).steps
        return quoted(self._lab, step, [(line.text, line.language or self.language) for line in left])

    @property
    def total(self) -> int:
        """How many sentences there will be."""
        return len(self._wanted)

    @property
    def language(self) -> str | None:
        """The language of the text, where it was told or is plain to see."""
        return self._script.language

    def __iter__(self) -> Speaking:
        return self

    def __next__(self) -> Spoken:
        return next(self._sentences)

    def close(self) -> None:
        """Stop: no further sentence is begun."""
        self._sentences.close()

    def forget(self) -> None:
        """Delete what is kept of the text for another time: it is safe elsewhere."""
        if self._kept is not None:
            self._kept.forget()

    def _told(self) -> list[Any]:
        """All that the sound depends on."""
        steps = [step.key for way in self._ways.values() for step in way.steps]
        how = [self._script.options.model_dump(), self._script.language, self._lab.policy.watermark]
        return [steps, how, [astuple(line) for line in self._script.lines]]

    def _spoken(self) -> Generator[Spoken, None, None]:
        at, begun = 0.0, False
        for number, line, said in self._said():
            at += line.pause if begun and said.audio.frames else 0.0
            begun = begun or bool(said.audio.frames)
            language = line.language or self._script.language
            spoken = Spoken(number, line.text, said.audio, 0.0, line.pause, said.voice, language, said.words)
            yield spoken.moved(at)
            at += said.audio.duration

    def _said(self) -> Iterator[tuple[int, Line, Said]]:
        """Each line as it is said: those that are kept, and the others as they are made."""
        kept, script = self._kept, self._script
        known = {number for number, _ in self._wanted if kept is not None and number in kept}
        for (is_known, key), some in groupby(self._wanted, lambda pair: (pair[0] in known, manner.key(pair[1]))):
            if is_known and kept is not None:
                for number, line in some:
                    yield number, line, kept.get(number)
                continue
            for (number, line), made in _made(self._lab, self._ways[key], list(some), self.language):
                said = made.finished(line.text, script.spec.sample_rate, script.options.loudness, line.gain)
                if not said.audio.frames:
                    self._lab.report(f"{self.engine} had nothing to say for {_beginning(line.text)!r}")
                if kept is not None:
                    kept.keep(number, said, self.engine)
                yield number, line, said


def speaking(
    lab: Lab,
    text: str,
    voice: str | None = None,
    engine: str | None = None,
    *,
    language: str | None = None,
    only: Collection[int] | None = None,
    resume: bool | None = None,
    **knobs: Any,
) -> Speaking:
    """The sentences of a text, as :meth:`speechlab.Lab.speaking` tells them."""
    return Speaking(lab, script(lab, text, voice, engine, language, told(knobs)), only, resume)


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\N{HORIZONTAL ELLIPSIS}"


def joined(spoken: Iterable[Spoken]) -> Iterator[Audio]:
    """Sentences as sound that goes on: each piece is a sentence and the silence before it. They lie one after the
    other, whatever their ``start``; the first begins at once. Close it to stop."""
    at, rate = 0.0, 0
    with closes(spoken):
        for one in spoken:
            if not one.audio.frames:
                continue
            before = one.pause if rate else 0.0
            rate = rate or one.audio.sample_rate
            silence = np.zeros(round(before * rate), np.float32)
            piece = Audio(np.concatenate([silence, fit(one.audio, rate).mono]), rate, at)
            at = piece.end
            yield piece


def retold(spoken: Iterable[Spoken]) -> list[Spoken]:
    """Sentences in the order of the text, each where it begins in :func:`joined`: after some were said anew."""
    placed: list[Spoken] = []
    at, begun = 0.0, False
    for one in sorted(spoken, key=lambda one: one.index):
        at += one.pause if begun and one.audio.frames else 0.0
        begun = begun or bool(one.audio.frames)
        placed.append(one.moved(at - one.start))
        at = placed[-1].end
    return placed


def said(spoken: Iterable[Spoken], language: str | None = None) -> Recording:
    """What was said when, as a recording that any format is written of: subtitles, say."""
    segments = [
        Segment(one.start, one.end, text=one.text, id=f"s{one.index + 1}", language=one.language, words=one.words)
        for one in spoken
        if one.audio.frames
    ]
    end = max((one.end for one in segments), default=0.0)
    return Recording(transcript=Transcript(tuple(segments), language), duration=end)


def script(
    lab: Lab,
    text: str,
    voice: str | None,
    engine: str | None,
    language: str | None,
    knobs: Mapping[str, Any],
    these: Sequence[Line] | None = None,
) -> Script:
    """The text as lines for the engine that is to say them; or ``these`` lines, which somebody made of it.

    Raises ConfigError or EngineUnavailable.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of letters, alone or in pairs
    marks = marked(text) if is_ssml(text) else None
    words = marks.text if marks else text
    if not any(map(str.isalnum, words)):
        raise ConfigError("there is nothing to say", hint="give a text with words in it")
    own = {name: knobs[name] for name in SpeakOptions.model_fields if name in knobs}
    options = check(SpeakOptions, own, "speaking")
    language = language or (marks.language if marks else None) or (None if voice else looked(lab, words))
    spec = synthesizer(lab, engine, voice, language)
    if language and spec.languages and language not in (known := Languages(spec.languages)):
        raise ConfigError(f"{spec.name} does not speak {language!r}", hint=known.nearest(language))
    theirs = {name: value for name, value in knobs.items() if name not in own or name in _names(spec)}
    stage = {**theirs, **told({"voice": voice})}
    notes = marks.notes if marks else ()
    if these is None:
        these = (marks.lines if marks else partial(lines, text))(spec.longest, language, options)
    found, beyond = manner.fitted(these, spec, stage)
    return Script(spec, stage, options, found, language, (*notes, *beyond))


def _times(one: Spoken | Word) -> dict[str, float]:
    return {"start": round(one.start, 3), "end": round(one.end, 3)}


def _names(spec: EngineSpec) -> set[str]:
    return {knob.name for knob in spec.knobs}


def looked(lab: Lab, text: str) -> str | None:
    """The language that a text is surely in; None where nobody can tell."""
    spec = identifying(lab.plugins)
    beginning = text[:LOOKED]
    if spec is None or not telling(beginning):
        return None
    [guess] = identifier(lab.pool, spec, spec.params(), spec.options())([beginning])
    return guess.language if guess is not None and guess.confidence >= SURE else None


def _made(
    lab: Lab, way: Pipeline, some: Sequence[tuple[int, Line]], language: str | None
) -> Iterator[tuple[tuple[int, Line], Utterance]]:
    """Each line, and what an engine made of it, before the next one is begun."""
    by_id = {str(number): (number, line) for number, line in some}
    segments = (
        Segment(0.0, 0.0, text=line.text, id=id, language=line.language or language) for id, (_, line) in by_id.items()
    )
    events = compose(
        way, (SegmentUpdate(segment=one) for one in segments), lab.pool, scheduler=AtOnce(), trace=lab.new_trace()
    )
    now, made = "", Utterance()
    with closes(events):
        for event in events:
            match event:
                case SegmentUpdate(segment=segment) if now != segment.id:  # the one before is all there
                    if now:
                        yield by_id[now], made
                    now, made = segment.id, Utterance()
                case SynthesisChunk():
                    made.add(event)
    if now:
        yield by_id[now], made
