"""Sheets to and from files: subtitles and texts that are brought along, and columns to take home."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import subtitles
from ..contributions import Format
from ..errors import ConfigError
from ..formats.options import RttmOptions, SubtitleOptions
from ..jobs import Jobs, Upload
from ..lab import Lab
from ..params import knobs
from ..translation import as_recording
from .sheets import Sheet, Sheets

TRACK = "track"
"""The option of formats that write one language."""
SECOND = "second"
"""The option of formats that write another language under the first."""
SOURCE = "source"
"""Its value for the original."""


def formats(lab: Lab) -> list[dict[str, Any]]:
    """The formats that a sheet can be written in, for the page to choose from."""
    return [
        {
            "id": format.id,
            "suffix": format.suffix,
            "summary": format.summary,
            "timed": issubclass(format.options, SubtitleOptions),
            "bilingual": _has(format, SECOND),
        }
        for format in lab.plugins.formats.values()
        if not issubclass(format.options, RttmOptions)
    ]


def read(sheets: Sheets, owner: str, name: str, data: bytes) -> Sheet:
    """A sheet of subtitles, at their times, or of a text that was brought along. Raises ConfigError."""
    if Path(name).suffix.lower() in subtitles.SUFFIXES:
        return sheets.put(owner, name, subtitles.read(data, Path(name).suffix).recording)
    return sheets.put(owner, name, as_recording(decoded(name, data)))


def decoded(name: str, data: bytes) -> str:
    """A text that was brought along. Raises ConfigError."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{name} is no text in UTF-8", hint="save it as UTF-8, then drop it again") from None


def made(lab: Lab, sheet: Sheet, told: dict[str, Any]) -> Upload:
    """The columns in a format, as a file to be fetched once; several as a zip. Raises ConfigError."""
    match told:
        case {"format": str(id), "tracks": [str(), *_] as tracks, **rest}:
            both = bool(rest.get("both"))
        case _:
            raise ConfigError("no column is named", hint="load the page again")
    format = lab.plugins.format(id)
    stem = Path(sheet.name).stem or "translation"
    if _has(format, TRACK):
        parts = {_name(stem, str(track), format): _written(lab, sheet, format, str(track), both) for track in tracks}
    else:  # it holds everything
        parts = {_name(stem, "", format): lab.render(sheet.recording, format.id)}
    uploads = _jobs(lab).uploads
    if len(parts) == 1:
        ((name, data),) = parts.items()
    else:
        name, data = f"{stem}-{format.suffix}.zip", packed(parts)
    new = uploads.new(sheet.owner, name)
    uploads.write(new, data)
    return new


def _written(lab: Lab, sheet: Sheet, format: Format, track: str, both: bool) -> bytes:
    """One column; the original is the one without a name."""
    if not track:
        return lab.render(replace(sheet.recording, translations={}), format.id)
    beside = {SECOND: SOURCE} if both and _has(format, SECOND) else {}
    return lab.render(sheet.recording, format.id, track=track, **beside)


def packed(parts: dict[str, bytes]) -> bytes:
    """Files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _name(stem: str, track: str, format: Format) -> str:
    return ".".join(filter(None, (stem, track, format.suffix)))


def _has(format: Format, option: str) -> bool:
    return any(knob.name == option for knob in knobs(format.options))


def _jobs(lab: Lab) -> Jobs:
    jobs: Jobs = lab.jobs
    return jobs
