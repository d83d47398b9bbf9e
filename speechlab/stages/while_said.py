"""Translate while people speak: what is settled always, what may still change where there is time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from ..errors import SpeechLabError
from ..types import Event, Segment, SegmentUpdate
from .base import Making
from .scheduling import Asked
from .translating import Translating


def while_said(making: Making, translating: Translating, events: Iterable[Event]) -> Iterator[Event]:
    """What is settled is translated in any case; what may still change, where that is wanted and there is time. At the
    least it tells which language will be needed.

    A tentative translation is told only while its segment is tentative, and never after a later one of it.
    """
    slot, lift = making.slot, making.lift
    prepared: set[str] = set()
    asked_of: dict[str, tuple[str, int]] = {}
    """Of what is still being said: the text that was given to the translator last, and how often one was."""
    told_of: dict[str, int] = {}

    def answered(asked: Asked) -> Iterator[Event]:
        if asked.final:
            yield from asked.result()
            return
        if asked.about is None:  # it was to prepare
            return
        id, number = asked.about
        if id not in asked_of or number < told_of.get(id, 0):
            return
        try:
            updates = asked.result()
        except SpeechLabError:  # the settled text will tell
            return
        told_of[id] = number
        yield from updates

    for event in events:
        yield event
        if isinstance(event, SegmentUpdate) and event.target is None:
            segment = event.segment
            before, number = asked_of.get(segment.id, ("", 0))
            if event.final:
                asked_of.pop(segment.id, None)
                told_of.pop(segment.id, None)
                slot.ask(partial(_listed, translating, segment), final=True)
            elif not lift.tentative:
                if lift.source is None and segment.language and segment.language not in prepared:
                    prepared.add(segment.language)
                    slot.ask(partial(translating.prepare, segment.language), final=False)
            elif segment.text != before and not segment.suspect:
                asked_of[segment.id] = (segment.text, number + 1)
                about = (segment.id, number + 1)
                slot.ask(partial(_listed, translating, segment, final=False), final=False, about=about)
        for asked in slot.answers():
            yield from answered(asked)
    for asked in slot.rest():
        yield from answered(asked)


def _listed(translating: Translating, segment: Segment, final: bool = True) -> list[Event]:
    told = translating.into_each([segment])
    return [SegmentUpdate(segment=one, target=target, final=final) for target, one in told]
