"""Translations for the ear: who speaks a language, what a segment sounds like, and a recording spoken anew."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from ..closing import closes
from ..engines import EngineSpec, Kind
from ..errors import ConfigError, EngineUnavailable, SpeechLabError
from ..jobs import Jobs
from ..lab import Lab
from ..media import encode, writing
from ..preferred import preferred
from .sheets import Sheet


def speaker(lab: Lab, language: str) -> EngineSpec | None:
    """The engine that speaks this language."""
    try:
        return preferred(lab.plugins, Kind.TTS, language)
    except EngineUnavailable:
        return None


def spoken(lab: Lab, text: str, language: str) -> bytes:
    """A text as a wav file. Raises EngineUnavailable where nobody speaks its language."""
    spec = preferred(lab.plugins, Kind.TTS, language)
    told = {"language": language} if any(knob.name == "language" for knob in spec.knobs) else {}
    return encode(lab.speak(text, engine=spec.id, **told))


def dubbed(lab: Lab, sheet: Sheet, to: str) -> Generator[dict[str, Any], None, None]:
    """Speak a column at the times of its recording: told as it goes on, at last with what did not fit."""
    try:
        if sheet.job is None or sheet.job.removed or to not in sheet.recording.translations:
            raise ConfigError("there is no recording to dub", hint="translate one first")
        jobs: Jobs = lab.jobs
        engine = preferred(lab.plugins, Kind.TTS, to).id
        dub = lab.dub(sheet.job.order.sound, to, engine=engine, recording=sheet.recording)
        track = jobs.uploads.new(sheet.owner, f"{Path(sheet.name).stem}.{to}.flac")
        with closes(pieces := writing(dub.sound(), track.path, comment=dub.comment)):
            for audio in pieces:
                yield {"done": round(audio.end, 1), "total": sheet.recording.duration}
    except SpeechLabError as error:
        yield {"error": str(error), "hint": error.hint}
        return
    sheet.keep(to, track, jobs.uploads.hold(track))
    yield {"track": f"lab/sheets/{sheet.id}/dub/{to}", "file": f"lab/files/{track.id}", "over": len(dub.report.over)}
