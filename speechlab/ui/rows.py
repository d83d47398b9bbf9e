"""One line of the queue on the page, as JSON values: what its script draws."""

from __future__ import annotations

from typing import Any

from ..jobs import Job, State

NEWEST = 160
"""Characters of the newest text that a row shows."""


def row(job: Job) -> dict[str, Any]:
    """A job."""
    pace = job.pace
    told = {
        "id": job.id,
        "upload": job.order.upload.id if job.order.upload else None,
        "name": job.order.name,
        "state": job.state,
        "stopping": job.stopping,
        "note": job.note,
        "done": round(pace.done, 1),
        "total": _rounded(pace.total),
        "engine": job.lane.partition("/")[2],
        "text": job.saying[-NEWEST:],
    }
    if job.state is State.RUNNING:
        told |= {"speed": _rounded(pace.speed), "left": _rounded(pace.left)}
    if job.error is not None:
        told |= {"error": str(job.error), "hint": job.error.hint}
    if job.state is State.DONE and job.recording is not None and job.trace is not None:
        transcript = job.recording.transcript
        told |= {
            "text": transcript.text[:NEWEST],
            "language": transcript.language,
            "speed": _rounded(1 / job.trace.rtf if job.trace.rtf else None),
        }
    return told


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
