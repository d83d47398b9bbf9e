"""Sentences through a synthesizer: each is told as soon as it is made, levelled, and without silence of its own."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import astuple
from itertools import groupby
from typing import Any

from ..closing import closes
from ..engines import Quote
from ..errors import ConfigError
from ..lab import Lab, told
from ..pipeline import Pipeline
from ..provenance import Label
from ..runner import compose
from ..stages import AtOnce
from ..types import Segment, SegmentUpdate, SynthesisChunk
from . import manner
from .keeping import Kept
from .line import Line
from .pricing import quoted
from .script import Script, script
from .spoken import Spoken
from .utterance import Said, Utterance
from .voices import misplaced

SHOWN = 60
"""Characters of a sentence that a message quotes."""


class Speaking(Iterator[Spoken]):
    """Sentences as they are said; :meth:`close` stops."""

    def __init__(self, lab: Lab, script: Script, only: Collection[int] | None, resume: bool | None) -> None:
        """Raises ConfigError, EngineUnavailable or PolicyDenied before anything is loaded."""
        self._lab, self._script = lab, script
        self._wanted = [(number, line) for number, line in enumerate(script.lines) if only is None or number in only]
        manners = {manner.key(line): line for _, line in self._wanted}
        self._ways = {key: script.pipeline(lab, line) for key, line in manners.items()}
        self._kept: Kept | None = None
        self.kept = 0
        """How many of the sentences that were told are kept for another time."""
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
        try:
            return next(self._sentences)
        except ConfigError as error:
            named = filter(None, (self._script.stage.get("voice"), *(line.voice for line in self._script.lines)))
            if (better := misplaced(self._lab, self._script.spec, named, self.language)) is not None:
                raise better from error
            raise

    @property
    def mute(self) -> ConfigError:
        """What to raise where nothing was said of all of the text."""
        return ConfigError(
            f"{self.engine} had nothing to say for the text",
            hint="name the language that it is in, and a voice that speaks it",
        )

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
                    self.kept += 1
                    yield number, line, kept.get(number)
                continue
            for (number, line), made in _made(self._lab, self._ways[key], list(some), self.language):
                said = made.finished(line.text, script.spec.sample_rate, script.options.loudness, line.gain)
                if not said.audio.frames:
                    self._lab.report(f"{self.engine} had nothing to say for {_beginning(line.text)!r}")
                self.kept += kept is not None and kept.keep(number, said, self.engine)
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


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\N{HORIZONTAL ELLIPSIS}"
