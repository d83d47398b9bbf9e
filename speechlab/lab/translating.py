"""Texts and finished recordings of a lab in other languages, and the ways that lead there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..closing import closes
from ..engines import EngineSpec, Hop, Kind
from ..errors import ConfigError
from ..languages import standard
from ..preferred import ROUTES
from ..routing import Router
from ..runner import compose
from ..stages import Flow
from ..stages.translating import hops
from ..translation import Glossary, refused, spoken, targets
from ..types import Event, Recording, Segment, SegmentUpdate, Transcript
from .base import Base, numbered, told


class Translating(Base):
    """The part of :class:`speechlab.Lab` that translates."""

    def translate(
        self,
        texts: str | Sequence[str],
        to: str,
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        **knobs: Any,
    ) -> list[str]:
        """Texts in another language, one for each; a text alone is one of them. The rest as in :meth:`translating`."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if isinstance(to, list | tuple) and len(to) > 1:
            raise ConfigError("texts come back in one language", hint="call it once for each, or `translated`")
        if not all(isinstance(text, str) for text in texts):
            raise ConfigError("there is something other than text among the texts", hint="leave it out")
        written = Recording(
            transcript=Transcript(tuple(Segment(0.0, 0.0, text=t, id=numbered(n)) for n, t in enumerate(texts)))
        )
        told = {numbered(number): text for number, text in enumerate(texts)}
        for event in self.translating(written, to, source, engine, glossary=glossary, **knobs):
            if isinstance(event, SegmentUpdate):
                told[event.segment.id] = event.segment.text
        return list(told.values())

    def translating(
        self,
        recording: Recording,
        to: str | Sequence[str],
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        only: Collection[str] | None = None,
        **knobs: Any,
    ) -> Iterator[Event]:
        """Each segment of a finished recording in other languages, batch by batch as it is ready: close it to stop.

        ``source`` is the language of all of it, where the segments do not say. Without an ``engine``, the best way
        that is installed is gone, as :meth:`route` tells. ``glossary``: terms, and what becomes of them; a term that
        becomes "" stays as it is. ``only``: ids of the segments that are wanted. What was told before an engine failed
        stays told. Raises ConfigError, EngineUnavailable or EngineFailed.
        """
        stage = {"to": to, **told({"source": source, "glossary": glossary, **knobs})}
        return self._translating(recording, self._translator(engine), stage, only)

    def translated(
        self,
        recording: Recording,
        to: str | Sequence[str],
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        only: Collection[str] | None = None,
        **knobs: Any,
    ) -> Recording:
        """The recording with its translations, as :meth:`translating` tells them."""
        events = self.translating(recording, to, source, engine, glossary=glossary, only=only, **knobs)
        return Recording.of(events, onto=recording)

    def route(self, source: str, target: str, engine: str | None = None) -> tuple[Hop, ...]:
        """By which steps a text gets from one language into another; none where both are the same.

        Raises ConfigError or EngineUnavailable with the nearest languages, where there is no way.
        """
        spec, source, target = self._translator(engine), standard(source), standard(target)
        if ROUTES not in spec.features and (ways := spec.leads(spec.params(), self.pool.context)):
            said, _, hint = refused(ways, source, target).partition("; ")
            if said:
                raise ConfigError(f"{spec.name} {said}", hint=hint)
        with self.pool.lease(spec, spec.params()) as loaded:
            return hops(loaded, source, target)

    def targets(self, source: str | None = None, engine: str | None = None) -> tuple[str, ...]:
        """The languages into which something leads from one, or from any, as BCP-47 codes."""
        spec = self._translator(engine)
        if ROUTES in spec.features:
            return Router(self._routing).targets(source)
        return targets(spec.leads(spec.params(), self.pool.context), source)

    def _translator(self, engine: str | None) -> EngineSpec:
        return self.engine(Kind.TRANSLATE, (engine or "").removeprefix(f"{Kind.TRANSLATE}/") or None)

    def _translating(
        self, recording: Recording, spec: EngineSpec, stage: Mapping[str, Any], only: Collection[str] | None
    ) -> Iterator[Event]:
        ready = self.pipeline({"stage": [{"use": spec.name, **stage}]}).ready(self.policy, Flow.SEGMENTS)
        wanted = recording.transcript.segments
        if only is not None:  # a word or two that was edited does not tell its language: the rest does
            usual = spoken(recording)
            wanted = tuple(replace(one, language=one.language or usual) for one in wanted if one.id in only)
        events = compose(ready, [SegmentUpdate(segment=one) for one in wanted], self.pool, trace=self.new_trace())
        with closes(events):
            yield from (event for event in events if not isinstance(event, SegmentUpdate) or event.target is not None)
