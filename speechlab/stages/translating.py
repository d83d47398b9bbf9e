"""What is translated of one recording or stream: from which language, by which steps, and what is remembered of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..engines import Hop, RoutedTranslator
from ..errors import ConfigError, EngineFailed
from ..languages import same
from ..pool import Loaded
from ..translation import Manner, Sources, Terms, apart, text_of, translated, wholes
from ..types import Event, Segment, SegmentUpdate
from .base import Making

PARAGRAPHS = "paragraphs"
"""The feature of a translator that makes use of the sentences around: it is given as many at once as it wants."""
RECENT = 1000
"""Pieces of text whose translation is remembered."""
Route = list[dict[str, str | None]]
"""The steps of a translation, as JSON values; none where a text was left as it was."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one segment in one language."""

    text: str
    """What was translated."""
    source: str | None
    becomes: str
    by: Route
    refused: str = ""
    """Why it stayed as it was, where nobody can translate it."""

    def of(self, segment: Segment, target: str) -> Segment:
        """The segment in the other language."""
        language = target if not self.refused else self.source
        told = replace(segment, text=self.becomes, language=language, words=()).noting(route=self.by)
        return told.noting(untranslated=self.refused) if self.refused else told


@dataclass(slots=True)
class Lately:
    """What was translated lately from one language into another."""

    told: OrderedDict[str, str] = field(default_factory=OrderedDict)
    by: Route = field(default_factory=list)
    """By which steps."""

    def keep(self, found: Mapping[str, str]) -> None:
        """Remember these, and in turn forget the oldest."""
        self.told.update(found)
        while len(self.told) > RECENT:
            self.told.popitem(last=False)


class Translating:
    """All that is translated of one recording or stream."""

    def __init__(self, making: Making) -> None:
        self._loaded, self._options, self._lift = making.loaded, making.options, making.lift
        self._live = making.live
        self._sources = Sources(self._lift.source, self._lift.identify, making.identify)
        self._terms = {target: Terms(self._lift.glossary or {}, target) for target in self._lift.to}
        self._done: dict[tuple[str, str], Done] = {}
        """By segment and target: another speaker is no other text, and is not translated anew."""
        self._pieces: dict[tuple[str | None, str], Lately] = {}
        """By source and target, what was translated lately: of what is still being said, or edited, most stays."""

    def prepare(self, source: str) -> None:
        """Let the translator load what it needs for a language before there is anything to translate."""
        for target in self._lift.to:
            if not same(source, target):
                self._asked(source, target, ())

    def settled(self, segments: Sequence[Segment]) -> Iterator[Event]:
        """The segments in every language, each batch as soon as it is done."""
        for target, told in self.into_each(segments):
            yield SegmentUpdate(segment=told, target=target)

    def into_each(self, segments: Sequence[Segment]) -> Iterator[tuple[str, Segment]]:
        """The languages, and in each the segments as they are done. What was made up after all is withdrawn."""
        spoken = [segment for segment in segments if not segment.suspect]
        sources = self._sources.of(spoken)
        for target in self._lift.to:
            for segment in segments:
                if segment.suspect and (done := self._done.get((segment.id, target))):
                    yield target, done.of(segment, target)
            groups: dict[str | None, list[Segment]] = {}
            for segment, source in zip(spoken, sources, strict=True):
                done = self._done.get((segment.id, target))
                if done and (done.text, done.source) == (segment.text, source):
                    yield target, done.of(segment, target)
                else:
                    groups.setdefault(source, []).append(segment)
            for source in sorted(groups, key=lambda one: -len(groups[one])):
                for segment in self._from(source, target, groups[source]):
                    yield target, segment

    def _from(self, source: str | None, target: str, segments: list[Segment]) -> Iterator[Segment]:
        """Segments of one language in another. Those of a language that is beyond the translator stay as they are, and
        say so; but where nothing could be translated at all, that is an error."""
        manner = Manner(
            self._loaded.spec.longest,
            PARAGRAPHS in self._loaded.spec.features,
            self._lift.batch,
            source,
            self._terms[target],
        )
        alike = source is not None and same(source, target)
        whole = self._lift.whole_sentences and not (alike or self._live)
        parts = wholes(segments) if whole else [(segment,) for segment in segments]
        texts = list(map(text_of, parts))
        lately = self._pieces.setdefault((source, target), Lately())

        def ask(pieces: Sequence[str]) -> list[str]:
            found = {piece: known for piece in pieces if (known := lately.told.get(piece)) is not None}
            if new := [piece for piece in pieces if piece not in found]:
                answers, lately.by = self._asked(source, target, new)
                found.update(zip(new, answers, strict=True))
                lately.keep(found)
            return [found[piece] for piece in pieces]

        told = iter(texts) if alike else translated(texts, ask, manner)
        refused = ""
        for part in parts:
            try:
                becomes = apart(part, next(told), target) if not refused else _as_said(part)
            except ConfigError as error:
                if not self._live and not any(to == target for _, to in self._done):
                    raise
                refused, becomes = str(error), _as_said(part)
            for segment, text in zip(part, becomes, strict=True):
                letters = any(map(str.isalpha, segment.text))
                steps = lately.by if letters and not alike and not refused else []
                done = self._done[segment.id, target] = Done(segment.text, source, text, steps, refused)
                yield done.of(segment, target)

    def _asked(self, source: str | None, target: str, texts: Sequence[str]) -> tuple[list[str], Route]:
        """What the translator makes of texts that it can take at once, and by which steps."""
        loaded = self._loaded
        with loaded.exclusive():
            told = list(loaded.engine.translate(list(texts), source, target, self._options))
        if len(told) != len(texts):
            raise EngineFailed(
                f"{loaded.spec.name} gave {len(told)} translations of {len(texts)} texts", hint="tell its author"
            )
        steps = [Hop(loaded.spec.name, "", target)] if source is None else hops(loaded, source, target)
        return told, [{"engine": hop.engine, "source": hop.source or None, "target": hop.target} for hop in steps]


def _as_said(part: Iterable[Segment]) -> Iterator[str]:
    return (segment.text for segment in part)


def hops(loaded: Loaded, source: str, target: str) -> tuple[Hop, ...]:
    """The steps that a loaded translator takes from one language to another. Raises ConfigError where it has none."""
    name = loaded.spec.name
    if not isinstance(loaded.engine, RoutedTranslator):
        return () if same(source, target) else (Hop(name, source, target),)
    return tuple(Hop(hop.engine or name, hop.source, hop.target) for hop in loaded.engine.route(source, target))
