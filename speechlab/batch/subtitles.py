"""Many subtitle files in other languages, each at the very times of its own, in its own format or in any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from .. import media
from ..closing import closes
from ..lab import Lab
from ..subtitles import Subtitles, read, told_language
from ..trace import Trace
from ..types import Event, Progress, Recording
from .inputs import Item
from .outputs import Target, make, prepare, targets
from .work import Advanced, Finished, Report, Started, each


class Translating(Protocol):
    """What translates a recording into one language, as :meth:`speechlab.Lab.translating` does."""

    def __call__(self, recording: Recording, to: str) -> Iterable[Event]: ...


@dataclass(frozen=True)
class SubtitleBatch:
    """Subtitle files, what translates them, and the folder for the results: ``out/<name>.<language>.<suffix>``. Iterate
    it to do the work; close it to cancel. Each language of a file is written as soon as it is done."""

    lab: Lab
    items: Sequence[Item]
    into: Sequence[str]
    """The languages."""
    translating: Translating
    out: Path | None = None
    """None writes nothing, and leaves the recordings to whoever iterates."""
    formats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The id of each format to write, with its options; without any, each file is written in its own."""
    second: bool = False
    """In a file's own format, keep what was said beneath the translation."""
    encoding: str | None = None

    def __iter__(self) -> Generator[Report, None, None]:
        """What happens, as it happens. Raises what concerns all files alike, as :class:`Batch` does."""
        targets(self.lab, self.formats, self.into)
        if self.out is not None:
            prepare(self.out, self.items, lambda item: [path for to in self.into for path, _ in self._files(item, to)])
        yield from each(self.items, self._one)

    def written(self, item: Item, recording: Recording, to: str) -> bytes:
        """One translation of a file in its own format; ``recording`` is what :class:`Finished` told."""
        return self._read(item).saying(recording.translations.get(to, ()), to, second=self.second)

    def _one(self, number: int, item: Item) -> Iterator[Report]:
        file = self._read(item)
        recording = file.recording
        yield Started(item, number, recording.duration, len(self.into))
        yield Advanced(item, Progress("start", 0.0, recording.duration), 0)
        written: list[Path] = []
        for to in self.into:
            news: list[Event] = []
            with closes(events := self.translating(file.recording, to)):
                for event in events:
                    news.append(event)
                    done = len(news) / len(file.cues) * recording.duration
                    yield Advanced(item, Progress("translate", done, recording.duration), 0)
            recording = Recording.of(news, onto=recording)
            if self.out is not None:
                written += self._write(item, file, recording, to)
        yield Finished(item, recording, tuple(dict.fromkeys(written)), self.lab.trace() or Trace())

    def _read(self, item: Item) -> Subtitles:
        return read(item.path, encoding=self.encoding)

    def _write(self, item: Item, file: Subtitles, recording: Recording, to: str) -> Iterator[Path]:
        for path, target in self._files(item, to):
            make(path.parent)
            if target is None:
                track = recording.translations.get(to, ())
                media.atomic_write(path, file.saying(track, to, second=self.second))
            else:
                media.atomic_write(path, self.lab.render(recording, target.format.id, **target.options))
            yield path

    def _files(self, item: Item, to: str) -> Iterator[tuple[Path, Target | None]]:
        """What is written once a file is translated into a language; what holds all languages is written each time."""
        assert self.out is not None
        name = self._names[item.path]
        if not self.formats:
            yield self.out / f"{name}.{to}{item.path.suffix}", None
        for target in targets(self.lab, self.formats, [to]):
            yield self.out / f"{name}.{target.suffix}", target

    @cached_property
    def _names(self) -> Mapping[Path, str]:
        """What the results are called: as the file, without its language where that leaves no two of one name."""
        short = {item.path: item.name.removesuffix(_ending(item.path)) for item in self.items}
        taken = Counter(name.casefold() for name in short.values())
        return {
            item.path: short[item.path] if taken[short[item.path].casefold()] == 1 else item.name for item in self.items
        }


def _ending(path: Path) -> str:
    return Path(path.stem).suffix if told_language(path) else ""
