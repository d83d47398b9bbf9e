"""A sound check with the best speech detector there is, which hears what the check hears and tells of every pause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..engines import EngineSpec, Kind
from ..errors import EngineError, EngineFailed, PolicyDenied
from ..media import Resampler
from ..plugins import Plugins
from ..pool import Loaded, Pool
from ..preferred import preferred
from ..source import Source
from ..types import Audio, SpeechEnded, SpeechStarted
from .check import Detect, check
from .result import SoundCheck

FINE = {"min_speech_duration_ms": 100, "min_silence_duration_ms": 100, "speech_pad_ms": 30}
"""Options under which even the pauses between words are told, since noise is heard alone there."""

BY_LOUDNESS = "energy"
"""The gate that the check does without: it knows what is loud in this recording, the gate does not."""


def sound_check(source: Source, pool: Pool, plugins: Plugins) -> SoundCheck:
    """What a recording is like, told with the best detector that is installed; without one, by loudness alone.

    Raises AudioError.
    """
    try:
        spec = preferred(plugins, Kind.VAD)
        if spec.id != BY_LOUDNESS:
            with detecting(pool, spec) as detect:
                return check(source, detect, spec.name)
    except (EngineError, PolicyDenied):  # it is not installed after all, or not allowed here, or has failed
        pass
    return check(source)


@contextmanager
def detecting(pool: Pool, spec: EngineSpec) -> Iterator[Detect]:
    """The detector, loaded as long as the block lasts. Raises EngineUnavailable or PolicyDenied."""
    known = {name: value for name, value in FINE.items() if name in spec.options.model_fields}
    with pool.lease(spec, spec.params()) as loaded:
        yield lambda: _Ear(loaded, spec.options(**known))


class _Ear:
    """One session of the detector; whatever it raises is an EngineFailed."""

    def __init__(self, loaded: Loaded, options: Any) -> None:
        self._loaded = loaded
        self._resampler = Resampler(loaded.spec.sample_rate)
        with self._asking():
            self._session = loaded.engine.open(options)

    def feed(self, audio: Audio) -> list[SpeechStarted | SpeechEnded]:
        parts = self._resampler.feed(audio)
        with self._asking():
            return [event for part in parts for event in self._session.feed(part)]

    def flush(self) -> list[SpeechStarted | SpeechEnded]:
        parts = self._resampler.flush()
        with self._asking():
            return [*(event for part in parts for event in self._session.feed(part)), *self._session.flush()]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._loaded.exclusive():
                yield
        except Exception as error:
            raise EngineFailed(f"{self._loaded.spec.name} failed: {type(error).__name__}: {error}") from error
