"""Many recordings through a pipeline that changes their sound, each written as a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import media
from ..closing import closes
from ..errors import AudioError
from ..lab import Lab
from ..pipeline import Pipeline
from ..trace import Trace
from ..types import Audio, Progress, Recording
from .inputs import Item
from .outputs import make, prepare
from .work import Advanced, Finished, Report, Started, each


@dataclass(frozen=True)
class SoundBatch:
    """Recordings, what changes their sound, and the folder for the results: ``out/<name>.<format>``, each as the
    pipeline makes it, which most do at the rate and with the channels of its recording. Iterate it to do the work;
    close it to cancel: a file appears when it is whole."""

    lab: Lab
    pipeline: Pipeline
    items: Sequence[Item]
    out: Path
    format: str = "wav"
    made: Callable[[Path], Iterator[Audio]] | None = None
    """What makes the sound, where it is not :meth:`Lab.sound` through the pipeline."""
    comment: str = ""
    """Written into each file as its own."""

    def __iter__(self) -> Generator[Report, None, None]:
        """What happens, as it happens. Raises what concerns all recordings alike, as :class:`Batch` does."""
        self.pipeline.ready(self.lab.policy)
        prepare(self.out, self.items, lambda item: [self._path(item)])
        yield from each(self.items, self._one)

    def _path(self, item: Item) -> Path:
        return self.out / f"{item.name}.{self.format}"

    def _one(self, number: int, item: Item) -> Iterator[Report]:
        seconds, path = media.probe(item.path).duration, self._path(item)
        sound = something(self.made(item.path) if self.made else self.lab.sound(self.pipeline, item.path))
        make(path.parent)
        yield Started(item, number, seconds)
        yield Advanced(item, Progress("start", 0.0, seconds), 0)
        done = 0.0
        with closes(pieces := media.writing(sound, path, self.format, comment=self.comment)):
            for piece in pieces:
                done = piece.end
                yield Advanced(item, Progress("piece", done, seconds), 0)
        yield Finished(item, Recording(duration=done), (path,), self.lab.trace() or Trace())


def something(sound: Iterable[Audio]) -> Iterator[Audio]:
    """The same sound. Raises AudioError in the end where there was none: a file without sound is none."""
    frames = 0
    with closes(sound):
        for audio in sound:
            frames += audio.frames
            yield audio
    if not frames:
        raise AudioError("nothing is left of it: all of it is silence", hint="keep the silence, without --trim")
