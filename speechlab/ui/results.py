"""What came of a job, for the page: its player, what it cost, and files to take home."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from ..errors import ConfigError
from ..jobs import Job, Jobs, State, Upload
from ..lab import Lab
from ..player import Clean, Correcting, Peaks, player_html
from ..speakers import Editing
from ..stages.better import kept
from ..types import Audio, AudioChunk, Event, HeardChunk
from . import who
from .html import render


class Drawn:
    """Gathers the waveform of one sound; a piece that is told twice is drawn once."""

    def __init__(self) -> None:
        self.peaks = Peaks()
        self._until = float("-inf")

    def hear(self, audio: Audio) -> None:
        """One piece more."""
        if audio.end > self._until:
            new = audio if audio.start >= self._until else audio.crop(self._until, audio.end)
            self.peaks.feed(new)
            self._until = new.end


class Outline:
    """Gathers a job's waveforms from its events: of what is recognised, and of what is made for the ear."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """The job is done from the start, once more: what was drawn of it is no more."""
        self.recognised, self.heard = Drawn(), Drawn()

    def hear(self, event: Event) -> None:
        """One event more."""
        match event:
            case AudioChunk(audio):
                self.recognised.hear(audio)
            case HeardChunk(audio):
                self.heard.hear(audio)
            case _:
                pass


outlines: WeakKeyDictionary[Job, Outline] = WeakKeyDictionary()
"""What was drawn of each job, as long as it is there."""


def shown(lab: Lab, job: Job) -> str:
    """The player with the transcript under it, as HTML."""
    corrected, outline, there = who.editing(lab, job), outlines.get(job), bool(job.order.upload)
    return player_html(
        corrected.recording if corrected else job.recording,
        audio_src=f"lab/sound/{job.id}" if there else None,
        peaks=outline.recognised.peaks.waveform() if outline else None,
        title=job.order.name,
        clean=_clean(job, outline),
        spectrogram=f"lab/spectrogram/{job.id}" if there and job.state.over else None,
        correcting=_correcting(job, corrected) if corrected else None,
    )


def _clean(job: Job, outline: Outline | None) -> Clean | None:
    """The sound that was cleaned for the ear, where there is some."""
    if job.heard is None or not job.state.over:
        return None
    peaks = outline.heard.peaks.waveform() if outline else None
    return Clean(f"lab/heard/{job.id}", peaks, f"lab/spectrogram/{job.id}?track=clean", job.heard_start)


def _correcting(job: Job, corrected: Editing) -> Correcting:
    return Correcting(
        f"lab/speakers/{job.id}",
        can_undo=corrected.can_undo,
        can_redo=corrected.can_redo,
        colours=who.colours(corrected),
    )


def cost(lab: Lab, job: Job) -> str:
    """How fast it was, where the time went, and what was withheld, as HTML."""
    if job.trace is None or job.recording is None:
        return ""
    kinds = {spec.name: spec.kind.label for spec in lab.engines()}
    stages = [
        {
            "kind": kinds.get(stage.name, stage.name),
            "engine": stage.name.partition("/")[2],
            "wall": stage.wall,
            "load": stage.load,
        }
        for stage in list(job.trace.stages.values())
    ]
    return render(
        "cost",
        trace=job.trace,
        speed=1 / job.trace.rtf if job.trace.rtf else None,
        withheld=sum(bool(segment.suspect) for segment in job.recording.transcript),
        kept=kept(job.recording.transcript),
        stages=stages,
        whole=sum(stage.wall + stage.load for stage in list(job.trace.stages.values())) or 1.0,
    )


def file_of(lab: Lab, job: Job, format: str, options: Mapping[str, Any]) -> Upload:
    """The recording in a format, as a file to be fetched once. Raises ConfigError."""
    chosen = lab.plugins.format(format)
    recording = who.recording(lab, job)
    if recording is None:
        raise ConfigError("there is nothing to download yet", hint="wait until the recording is done")
    uploads = _jobs(lab).uploads
    data = lab.render(recording, format, **options)
    made = uploads.new(job.owner, f"{Path(job.order.name).stem}.{chosen.suffix}")
    uploads.write(made, data)
    return made


def zip_of(lab: Lab, owner: str, format: str, options: Mapping[str, Any]) -> Upload:
    """All of somebody's finished recordings in a format, as one file. Raises ConfigError."""
    suffix = lab.plugins.format(format).suffix
    done = [job for job in _jobs(lab).of(owner) if job.state is State.DONE and job.recording is not None]
    if not done:
        raise ConfigError("no recording is done yet", hint="wait until one is")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for job, name in zip(done, unique(f"{Path(job.order.name).stem}.{suffix}" for job in done), strict=True):
            recording = who.recording(lab, job)
            assert recording is not None
            archive.writestr(name, lab.render(recording, format, **options))
    uploads = _jobs(lab).uploads
    made = uploads.new(owner, f"transcripts-{suffix}.zip")
    uploads.write(made, packed.getvalue())
    return made


def unique(names: Iterable[str]) -> list[str]:
    """The same names, later ones numbered where they were taken.

    >>> unique(["a.srt", "b.srt", "a.srt"])
    ['a.srt', 'b.srt', 'a (2).srt']
    """
    taken: list[str] = []
    for name in names:
        path, number, free = Path(name), 1, name
        while free in taken:
            number += 1
            free = f"{path.stem} ({number}){path.suffix}"
        taken.append(free)
    return taken


def _jobs(lab: Lab) -> Jobs:
    jobs: Jobs = lab.jobs
    return jobs
