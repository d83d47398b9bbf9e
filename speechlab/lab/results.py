"""What a lab has found out: corrected by a person, without what nobody else should read, and as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..contributions import loaded
from ..errors import PluginError, SpeechLabError
from ..files import atomic_write
from ..finding import finder
from ..formats.options import RedactOptions
from ..params import check
from ..pipeline import Pipeline
from ..runner import compose
from ..source import Sound, Source
from ..speakers import Editing, Shelf
from ..stages import Flow
from ..types import Recording, SegmentUpdate, Transcript
from ..types.entities import entities
from ..views import redacted
from .base import Base, numbered, told


class Results(Base):
    """The part of :class:`speechlab.Lab` that writes down what was found."""

    def render(self, recording: Recording, format: str, **options: Any) -> bytes:
        """The recording in a registered format. Raises ConfigError."""
        chosen = self.plugins.format(format)
        checked = check(chosen.options, told(options), f"format {format}")
        if isinstance(checked, RedactOptions) and checked.redact:
            recording = self.redacted(recording, *checked.redact_kinds)
        try:
            data: bytes = loaded(chosen.load)(recording, checked)
        except SpeechLabError:
            raise
        except Exception as error:
            raise PluginError(
                f"format {format} failed: {type(error).__name__}: {error}",
                hint="choose another format; tell its author",
            ) from error
        return data

    def redacted(self, recording: Recording, *kinds: str) -> Recording:
        """The recording without what would tell who is spoken of, as :func:`speechlab.views.redacted` says.
        Where nobody has looked for that yet, an engine looks now. Only these kinds of entity, or all that are found.

        Raises EngineUnavailable where no engine is installed that could look.
        """
        if any(segment.text.strip() and entities(segment) is None for segment in recording.transcript):
            recording = replace(recording, transcript=self._looked_at(recording.transcript))
        return redacted(recording, kinds or None)

    def _looked_at(self, said: Transcript) -> Transcript:
        """The transcript with the entities of each segment."""
        looking = Pipeline((finder(self.plugins),)).ready(self.policy, Flow.SEGMENTS)
        named = [replace(segment, id=numbered(number)) for number, segment in enumerate(said)]
        found = Recording.of(compose(looking, [SegmentUpdate(segment=one) for one in named], self.pool))
        extras = {segment.id: segment.extra for segment in found.transcript}
        return Transcript(tuple(replace(s, extra=extras[numbered(n)]) for n, s in enumerate(said)), said.language)

    def write(self, recording: Recording, path: str | Path, format: str | None = None, **options: Any) -> Path:
        """Write the recording to a file, whole or not at all; the suffix tells the format where none is named."""
        path = Path(path)
        if format is None:
            suffix = path.suffix.removeprefix(".")
            format = next((item.id for item in self.plugins.formats.values() if item.suffix == suffix), suffix)
        atomic_write(path, self.render(recording, format, **options))
        return path

    def editing(self, recording: Recording, source: Source | Sound, owner: str = "") -> Editing:
        """The recording with its speakers, for a person to rename, merge and split.

        What they say is kept in ``home/speakers``, by the sound and by whose it is, and holds for every later run.
        """
        source = source if isinstance(source, Source) else Source(source)
        return Editing(recording, Shelf(self.home / "speakers", source.digest, owner))
