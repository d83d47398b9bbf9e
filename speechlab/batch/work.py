"""The batch itself: one recording after the other, each with an account of what became of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ..closing import closes
from ..errors import AudioError, EngineUnavailable, SpeechLabError
from ..heard import HeardFile
from ..lab import Lab
from ..pipeline import Pipeline
from ..trace import Trace
from ..types import AudioChunk, Fold, HeardChunk, Progress, Recording
from .inputs import Item
from .outputs import Outputs, make, see


@dataclass(frozen=True, slots=True)
class Started:
    """A recording's turn has come; its engines are loaded next, where they are not yet."""

    item: Item
    number: int
    """Its place in the batch, counted from 1."""
    seconds: float | None
    """Its length, where the file tells."""
    passes: int = 1
    """How many times it is heard from start to end: once for each channel that is heard alone."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """A stretch of a recording is done."""

    item: Item
    progress: Progress
    resumed: int
    """How many pieces were taken from an earlier run so far."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A recording is done; its results are safe once the next report is asked for."""

    item: Item
    recording: Recording
    written: tuple[Path, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Skipped:
    """A recording was done before, with the same settings."""

    item: Item
    written: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A recording could not be done; the others go on."""

    item: Item
    error: SpeechLabError


Report = Started | Advanced | Finished | Skipped | Failed


@dataclass(frozen=True)
class Batch:
    """Recordings, a pipeline for each, and where the results go. Iterate it to do the work; close it to cancel.

    Finished pieces of a recording are kept until its results are written, and are taken up where ``resume`` is true.
    Then, too, recordings whose results are there are skipped.
    """

    lab: Lab
    pipeline: Pipeline
    items: Sequence[Item]
    out: Path | None = None
    """The folder for the results; None writes nothing, and leaves the recordings to whoever iterates."""
    formats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The id of each format to write, with its options."""
    channel: int | Literal["each"] | None = None
    resume: bool = False
    keep_sound: str | None = None
    """The format in which the sound for the ear is kept beside the results; without one, none is made."""
    into: Sequence[str] = ()
    """The languages whose translations are written, each as ``out/<name>.<language>.<suffix>``, in the formats that
    hold one text."""

    def __iter__(self) -> Generator[Report, None, None]:
        """What happens, as it happens.

        Raises what concerns all recordings alike: ConfigError, PolicyDenied, and EngineUnavailable while none is done.
        """
        self.pipeline.ready(self.lab.policy)
        batch = self if self.keep_sound else replace(self, pipeline=self.pipeline.for_recognition())
        outputs = None
        if self.out is not None:
            how = self.formats, self.channel, self.keep_sound, self.into
            outputs = Outputs(self.lab, batch.pipeline, self.out, *how)
            outputs.prepare(self.items)
        yield from each(self.items, lambda number, item: batch._one(number, item, outputs))

    def _one(self, number: int, item: Item, outputs: Outputs | None) -> Iterator[Report]:
        if outputs is not None and self.resume and outputs.done(item):
            yield Skipped(item, outputs.paths(item))
            return
        run = self.lab.open(self.pipeline, item.path, channel=self.channel, resume=self.resume)
        try:
            seen = see(item.path, run.source.digest)
        except OSError as error:
            raise AudioError(f"{item.path} is gone: {error.strerror}", hint="check the drive or the path") from error
        passes = run.source.channels if run.channel == "each" else 1
        yield Started(item, number, run.source.duration, passes)
        keep, fold, events = run.keep, Fold(), iter(run)
        track = AudioChunk if self.pipeline.cleans else HeardChunk
        with closes(events), _beside(outputs.sound(item) if outputs is not None else None) as heard:
            for event in events:
                fold.apply(event)
                if heard is not None:
                    match event:
                        case Progress(stage="start"):
                            heard.next_channel()
                        case AudioChunk(audio) | HeardChunk(audio) if isinstance(event, track):
                            heard.append(audio)
                if isinstance(event, Progress):
                    yield Advanced(item, event, run.trace.resumed)
                if not (isinstance(event, Progress) and event.stage == "start"):
                    run.keep = (
                        True  # it has forgotten what it is not to resume; the rest stays until the results are safe
                    )
        recording = fold.recording()
        written = outputs.write(item, recording, seen) if outputs is not None else ()
        yield Finished(item, recording, written, run.trace)
        if not keep:
            run.forget()


@contextmanager
def _beside(path: Path | None) -> Iterator[HeardFile | None]:
    """Takes the sound for the ear, which is a file once the block ends well. Raises OutputError."""
    if path is None:
        yield None
        return
    make(path.parent)
    with closing(HeardFile(path)) as file:
        yield file
        file.finish()


def each(items: Iterable[Item], one: Callable[[int, Item], Iterable[Report]]) -> Iterator[Report]:
    """What ``one`` reports of each recording, numbered from 1; it goes on after one that fails.

    Raises EngineUnavailable while no recording is done, since none would be.
    """
    works = False
    for number, item in enumerate(items, 1):
        try:
            with closes(reports := one(number, item)):
                for report in reports:
                    yield report
                    works = works or isinstance(report, Finished)
        except EngineUnavailable as error:
            if not works:
                raise
            yield Failed(item, error)
        except SpeechLabError as error:
            yield Failed(item, error)
        except Exception as error:  # a batch outlives whatever a plugin or the host did wrong with one recording
            yield Failed(item, unforeseen(error))


def unforeseen(error: Exception) -> SpeechLabError:
    """What nobody foresaw, told in one sentence; the cause is kept."""
    told = SpeechLabError(
        f"something unforeseen went wrong: {type(error).__name__}: {error}",
        hint="this is a bug; --verbose shows where, which is what a report of it needs",
    )
    told.__cause__ = error
    return told
