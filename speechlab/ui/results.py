"""What came of a job, for the page: its player, what it cost, and files to take home."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..jobs import Job, Jobs, State, Upload
from ..lab import Lab
from ..player import Peaks, player_html
from ..types import AudioChunk, Event
from .html import render


class Outline:
    """Gathers a job's waveform from its events; a piece that is told twice is drawn once."""

    def __init__(self) -> None:
        self.peaks = Peaks()
        self._until = float("-inf")

    def hear(self, event: Event) -> None:
        """One event more."""
        if isinstance(event, AudioChunk) and event.audio.end > self._until:
            new = event.audio if event.audio.start >= self._until else event.audio.crop(self._until, event.audio.end)
            self.peaks.feed(new)
            self._until = new.end


def shown(job: Job, outline: Outline | None) -> str:
    """The player with the transcript under it, as HTML."""
    return player_html(
        job.recording,
        audio_src=f"lab/sound/{job.id}" if job.order.upload else None,
        peaks=outline.peaks.waveform() if outline else None,
        title=job.order.name,
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
        stages=stages,
        whole=sum(stage.wall + stage.load for stage in list(job.trace.stages.values())) or 1.0,
    )


def file_of(lab: Lab, job: Job, format: str, options: Mapping[str, Any]) -> Upload:
    """The recording in a format, as a file to be fetched once. Raises ConfigError."""
    chosen = lab.plugins.format(format)
    if job.recording is None:
        raise ConfigError("there is nothing to download yet", hint="wait until the recording is done")
    uploads = _jobs(lab).uploads
    data = lab.render(job.recording, format, **options)
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
            assert job.recording is not None
            archive.writestr(name, lab.render(job.recording, format, **options))
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
