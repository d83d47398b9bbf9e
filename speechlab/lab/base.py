"""What all work of a lab stands on: its plugins, its pipelines, and the runs and streams of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from ..cache import Checkpoints
from ..contributions import loaded
from ..engines import Context, EngineSpec, Kind
from ..errors import AudioError, ConfigError
from ..overhearing import tell
from ..params import nearest
from ..pipeline import Channels, Pipeline, build, parse, read
from ..plugins import Plugins
from ..policy import Policy, default_home, quiet_telemetry
from ..pool import Pool
from ..preferred import preferred
from ..processed import processed
from ..routing import Routing
from ..runner import Run, Stream, compose
from ..source import Sound, Source
from ..stages import AtOnce
from ..trace import Trace
from ..types import Audio, Recording
from .timeline import placed

log = logging.getLogger(__name__)
PipelineLike = str | Path | Mapping[str, Any] | Pipeline


class Base:
    """Finds plugins, opens pipelines and runs them; loads nothing heavy until it is used."""

    def __init__(
        self,
        *plugins: object,
        discover: bool = True,
        policy: Policy | None = None,
        home: str | Path | None = None,
        report: Callable[[str], None] = lambda message: None,
    ) -> None:
        """``plugins``: modules, objects or paths of one-file plugins beside the installed ones.

        ``home`` is the folder for weights, checkpoints and settings. ``report`` is told what takes time.
        """
        quiet_telemetry()
        self.policy = policy or Policy()
        if not self.policy.watermark:
            log.warning("the watermark is off: what this lab speaks cannot be told from a recording of a person")
        self.home = Path(home) if home else default_home()
        self._told = report
        context = Context(self.home, download=self.policy.download, report=self.report)
        self.pool = Pool(context, self.policy)
        self._routing = Routing(self.pool)
        self.plugins = self._routing.plugins = Plugins(*plugins, self._routing, discover=discover, context=context)
        self._traces = threading.local()

    def pipeline(self, pipeline: PipelineLike) -> Pipeline:
        """A pipeline from its name, a file, a TOML text or plain data. Raises ConfigError or EngineNotFound."""
        match pipeline:
            case Pipeline():
                return pipeline
            case Mapping():
                return build(pipeline, self.plugins)
            case Path():
                return read(pipeline, self.plugins)
            case str():
                return self._named(pipeline)
        raise ConfigError(f"{pipeline!r} is no pipeline", hint="give a name, a file, a TOML text or a dictionary")

    def _named(self, pipeline: str) -> Pipeline:
        if "\n" in pipeline or "[[" in pipeline:
            return parse(pipeline, self.plugins)
        if pipeline in self.plugins.pipelines:
            return read(self.plugins.pipelines[pipeline].path, self.plugins)
        if pipeline.endswith(".toml"):
            return read(Path(pipeline), self.plugins)
        raise ConfigError(
            f"there is no pipeline {pipeline!r}", hint=nearest(pipeline, self.plugins.pipelines, "there are")
        )

    def engine(self, kind: Kind, id: str | None = None) -> EngineSpec:
        """The card of an engine, or of the one that is meant where none is named.

        Raises EngineNotFound, or EngineUnavailable where none of the kind is installed.
        """
        return self.plugins.engine(kind, id) if id else preferred(self.plugins, kind)

    def engines(self, kind: Kind | None = None) -> tuple[EngineSpec, ...]:
        """The cards of all engines, or of one kind."""
        return tuple(spec for spec in self.plugins.engines.values() if kind in (None, spec.kind))

    def card(self, spec: EngineSpec) -> dict[str, Any]:
        """All that a face tells of an engine, as JSON values."""
        missing = spec.missing()
        return {
            "kind": spec.kind.value,
            "id": spec.id,
            "name": spec.name,
            "version": self.plugins.version(spec),
            "summary": spec.summary,
            "local": spec.local,
            "installed": not missing,
            "missing": missing,
            "cure": spec.cure,
            "install": spec.install,
            "license": spec.license,
            "weights_license": spec.weights_license,
            "languages": list(spec.languages),
            "features": sorted(spec.features),
            "lag": spec.lag,
            "homepage": spec.homepage,
            "parameters": [knob.card for knob in spec.knobs],
        }

    def open(
        self,
        pipeline: PipelineLike,
        sound: Sound,
        *,
        channel: int | Literal["each"] | None = None,
        resume: bool = False,
    ) -> Run:
        """A run, to be iterated for its events: ``close()`` its iterator to cancel, and read its ``trace`` any time.

        Raises ConfigError, EngineUnavailable, PolicyDenied or AudioError before anything is loaded.
        """
        ready = self.pipeline(pipeline).ready(self.policy)
        source = Source(sound)
        if channel not in (None, "each", *range(source.channels)):
            raise AudioError(
                f"there is no channel {channel!r}", hint=f"it has {source.channels}, counted from 0; or take 'each'"
            )
        if channel is None and apart(ready.channels, source):
            channel = "each"
        if channel == "each":
            ready = ready.by_channel()
        checkpoints = Checkpoints(self.home / "checkpoints", source.digest, self.report)
        return Run(ready, source, self.pool, checkpoints, resume, self.policy.keep, channel, self.new_trace())

    def run(self, pipeline: PipelineLike, sound: Sound, **how: Any) -> Recording:
        """Everything that the pipeline tells of a recording. ``how`` as in :meth:`open`.

        Sound for the ear is not among it, so none is made.
        """
        ready = self.pipeline(pipeline).ready(self.policy).for_recognition()
        return Recording.of(self.open(ready, sound, **how))

    def sound(self, pipeline: PipelineLike, sound: Sound) -> Iterator[Audio]:
        """What a pipeline makes of the sound of a recording, piece by piece as it is ready: all its channels, at its
        own rate, as long as it is, but for what stages prepare otherwise (another rate, no silence around it). Close it
        to stop.

        Memory does not grow with the length. Raises as :meth:`open`.
        """
        ready = self.pipeline(pipeline).for_listening().ready(self.policy)
        return processed(ready, Source(sound), self.pool, self.new_trace())

    def stream(self, pipeline: PipelineLike, chunks: Iterable[Audio], *, threads: bool = False) -> Stream:
        """Events while the sound arrives. Close the result to end the stream.

        Chunks follow each other: one that begins before the last has ended is placed after it, whatever its ``start``;
        one that begins later leaves a silence.
        """
        ready = self.pipeline(pipeline).for_live().ready(self.policy)
        return compose(
            ready,
            placed(chunks),
            self.pool,
            scheduler=AtOnce(),
            threads=threads,
            trace=self.new_trace(),
            source=chunks,
        )

    def trace(self) -> Trace | None:
        """What the last run or stream that this thread opened cost; None before the first. A ``Run`` has its own."""
        return getattr(self._traces, "last", None)

    def new_trace(self) -> Trace:
        """A trace for work that begins now: the last one, of this thread."""
        self._traces.last = trace = Trace()
        return trace

    def report(self, message: str) -> None:
        """Tell whoever listens what takes time, or went another way than was asked."""
        self._told(message)
        tell(message)


def apart(channels: Channels, source: Source) -> bool:
    """Whether each channel of a recording is to be heard as a speaker of its own."""
    if channels == "mix" or source.channels < 2:
        return False
    return channels == "each" or bool(loaded("speechlab.soundcheck:channel_speakers")(source))


def told(knobs: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that somebody gave: None means "not given"."""
    return {name: value for name, value in knobs.items() if value is not None}


def numbered(number: int) -> str:
    """An id for the text with this number."""
    return f"t{number:06d}"
