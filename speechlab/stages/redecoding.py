"""Recognise speech while it is said with an engine that cannot stream: look at the open utterance again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..types import Audio, AudioChunk, Event, Segment, SegmentUpdate, Span, Word
from .base import Making, Stage
from .commit import POLICIES, CommitPolicy, onto
from .guard import repeats, said
from .pauses import Pauses
from .scheduling import Asked
from .telling import Telling
from .utterances import Utterances
from .wording import text, words

Hear = Callable[[list[Audio], Any], Iterator[tuple[Audio, list[Segment]]]]
"""Gives each stretch with its segments, in order, each as soon as it is known; the options are the engine's."""

FIRST = 0.6
"""Seconds of an utterance before its first look: less holds no word."""
PAUSE = 0.2
"""Seconds of quiet after which an utterance may be over, and is looked at."""
BEFORE, AFTER = 0.1, 0.2
"""Seconds before and after the end of an utterance between which a look has seen all of it, and nothing of the next:
its end is padded with silence."""
SAMPLE = 0.001
"""Seconds by which a cut may differ from what was asked for: sound begins with a sample."""
SURE = 5.0
"""Seconds of speech in one language after which it is taken for the language of the stream."""


@dataclass(eq=False)
class Utterance:
    """What is known of one utterance while it is said."""

    start: float
    policy: CommitPolicy
    committed: list[Word] = field(default_factory=list)
    shown: SegmentUpdate | None = None
    looked: float = 0.0
    """Where the sound of the newest look ended."""
    look: Asked | None = None
    """The newest look."""
    told: Asked | None = None
    """The newest look whose answer was told."""
    last: Asked | None = None
    """The look that has seen all of it; what it finds is final."""
    full: bool = False
    """Whether all of its words are committed: it was cut before the last one that was."""

    @property
    def name(self) -> str | None:
        """What its segment is called, once one was told of."""
        return None if self.shown is None else self.shown.segment.id


def by_utterance(making: Making, hear: Hear, target: str | None = None) -> Stage:
    """The stage: tentative updates while an utterance is said, final ones when it is over."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        looking = Redecoding(making, hear, target)
        for event in events:
            yield event
            yield from looking.heard(event)
        yield from looking.finished()

    return stage


class Redecoding:
    """One stream. Looks are asked for in passing; their answers are picked up at whatever event comes next."""

    def __init__(self, making: Making, hear: Hear, target: str | None) -> None:
        spec, self._lift = making.loaded.spec, making.lift
        self._making, self._hear = making, hear
        self._utterances = Utterances(spec.sample_rate, min(spec.window, self._lift.longest))
        self._pauses = Pauses()
        self._telling = Telling(guard=self._lift.guard, target=target)
        self._languages = Languages(making.options, hold=self._lift.hold_language)
        self._slot = making.slot
        self._open: Utterance | None = None
        self._carried: list[Word] = []
        """Words that are committed, of an utterance that has not begun."""

    def heard(self, event: Event) -> Iterator[Event]:
        """One event more; gives what was found meanwhile."""
        for sound in self._utterances.hear(event):
            yield from self._end(sound)
        if isinstance(event, AudioChunk):
            self._pauses.hear(event.audio)
            self._look()
        for asked in self._slot.answers():
            yield from self._told(asked)

    def finished(self) -> Iterator[Event]:
        """The stream is over; what is open is settled."""
        for sound in self._utterances.flush():
            yield from self._end(sound)
        for asked in self._slot.rest():
            yield from self._told(asked)

    # -- asking ----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Ask for a look at the open utterance where one is due, or where it may just be over."""
        start, heard = self._utterances.open, self._utterances.end
        if start is None or not self._lift.interval:
            return
        if self._open is None or self._open.start != start:
            self._open = self._utterance(start)
        utterance, quiet = self._open, self._pauses.since
        if quiet is not None and quiet > start:
            due = utterance.looked < quiet + PAUSE <= heard
        else:
            due = heard - utterance.looked >= (FIRST if utterance.look is None else self._lift.interval)
        if due and heard - start >= FIRST:
            utterance.look = self._ask(utterance, self._utterances.sound(start, heard), final=False)
            utterance.looked = heard

    def _end(self, sound: Audio) -> Iterator[Event]:
        """An utterance is over: take the last look for good if it has seen all of it, else ask for one more."""
        utterance = self._open
        if utterance is None or abs(utterance.start - sound.start) > SAMPLE:
            utterance = self._utterance(sound.start)
        else:
            self._open = None
        look, goes_on = utterance.look, self._goes_on(sound)
        if goes_on:
            self._carry(utterance, sound.end)
        if look is not None and look.started and self._hurried and not goes_on and seen(utterance, sound):
            utterance.last = look
            look.cost.needed = True
            if look is utterance.told:
                yield from self._settled(utterance, look.result(), sound)
        else:
            utterance.look, utterance.last = None, self._ask(utterance, sound, final=True)

    def _goes_on(self, sound: Audio) -> bool:
        """Whether the speech was cut where it got too long, and goes on behind the cut."""
        return self._utterances.open is not None and abs(self._utterances.open - sound.start) <= SAMPLE

    def _carry(self, utterance: Utterance, cut: float) -> None:
        """What is committed already behind the cut begins the next utterance."""
        before = [word for word in utterance.committed if (word.start + word.end) / 2 < cut]
        self._carried = utterance.committed[len(before) :]
        utterance.committed, utterance.full = before, bool(self._carried)

    @property
    def _hurried(self) -> bool:
        return self._making.scheduler is not None and self._making.scheduler.hurried

    def _utterance(self, start: float) -> Utterance:
        carried, self._carried = self._carried, []
        return Utterance(start, POLICIES[self._lift.commit](), carried, looked=start)

    def _ask(self, utterance: Utterance, sound: Audio, *, final: bool) -> Asked:
        options = self._languages.options

        def work() -> list[Segment]:
            return [segment for _, found in self._hear([sound], options) for segment in found]

        return self._slot.ask(work, final=final, about=(utterance, sound))

    # -- telling ---------------------------------------------------------------------------------------------------

    def _told(self, asked: Asked) -> Iterator[Event]:
        (utterance, sound), asked.about = asked.about, None  # or they would hold each other, and the sound, for long
        segments = asked.result()
        if asked is utterance.last:
            yield from self._settled(utterance, segments, sound)
        elif utterance.last is None:
            utterance.told = asked
            yield from self._tentative(utterance, segments, sound.end)

    def _tentative(self, utterance: Utterance, segments: list[Segment], heard: float) -> Iterator[Event]:
        found = words(segments)
        if not found or repeats(said(text(found))):  # a loop is not worth showing, and agrees with itself
            return
        found = onto(utterance.committed, found)
        certain = max(len(utterance.committed), utterance.policy.settled(found, heard))
        utterance.committed = found[:certain]
        segment = Segment(utterance.start, heard, text=text(found), language=segments[0].language)
        shown, committed = utterance.shown, len(text(utterance.committed))
        if shown is None or (shown.segment.text, shown.committed) != (segment.text, committed):
            utterance.shown = self._telling.tentative(segment, committed, utterance.name)
            yield utterance.shown

    def _settled(self, utterance: Utterance, segments: list[Segment], sound: Audio) -> Iterator[Event]:
        self._languages.heard(segments)
        name = utterance.name
        speech = [Span(sound.start, sound.end)]
        for segment in kept(utterance, segments, sound):
            yield self._telling.final(segment, speech, name)
            name = None
        if name is not None:
            yield from self._telling.withdrawn(name)


def switching(options: Any) -> bool:
    """Whether the recogniser was told that speakers switch between languages: each utterance then has its own."""
    return bool(getattr(options, "multilingual", False))


def seen(utterance: Utterance, sound: Audio) -> bool:
    """Whether the newest look saw just the sound of the utterance."""
    return sound.end - BEFORE <= utterance.looked <= sound.end + AFTER


def kept(utterance: Utterance, segments: list[Segment], sound: Audio) -> list[Segment]:
    """The segments of an utterance that is over, with the words that were committed before."""
    found = words(segments)
    whole = utterance.committed if utterance.full else onto(utterance.committed, found)
    if whole == found:
        return segments
    if not whole:
        return []
    first = segments[0] if segments else Segment(sound.start, sound.end, text="")
    timed = tuple(whole) if any(segment.words for segment in segments) else ()
    return [replace(first, start=whole[0].start, end=max(whole[-1].end, whole[0].start), text=text(whole), words=timed)]


class Languages:
    """The language of a stream: once it is sure, nobody need find it anew in each utterance."""

    def __init__(self, options: Any, *, hold: bool) -> None:
        self._options = options
        found = "language" in type(options).model_fields and options.language is None
        self._finds = hold and found and not switching(options)
        self._seconds: dict[str, float] = {}

    @property
    def options(self) -> Any:
        """The engine's options for the next utterance."""
        if not self._finds or not self._seconds:
            return self._options
        language, seconds = max(self._seconds.items(), key=lambda pair: pair[1])
        return self._options.model_copy(update={"language": language}) if seconds >= SURE else self._options

    def heard(self, segments: Iterable[Segment]) -> None:
        """What was settled."""
        if self._finds:
            for segment in segments:
                if segment.language and not segment.suspect:
                    spoken = self._seconds.get(segment.language, 0.0)
                    self._seconds[segment.language] = spoken + segment.duration
