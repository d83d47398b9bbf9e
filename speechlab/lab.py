"""The one door: command line, REST, web page and notebook all come in here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from .cache import Checkpoints
from .closing import closes
from .contributions import loaded
from .engines import Context, EngineSpec, Hop, Kind, Quote
from .errors import AudioError, ConfigError, PluginError, SpeechLabError
from .files import atomic_write
from .finding import finder
from .formats.options import RedactOptions
from .languages import standard
from .library import Library
from .media import mended
from .params import check, nearest
from .pipeline import Channels, Pipeline, build, parse, read
from .plugins import Plugins
from .policy import Policy, default_home, quiet_telemetry
from .pool import Pool
from .preferred import ROUTES, preferred
from .processed import processed
from .provenance import Origin, origin, watermark
from .routing import Router, Routing
from .runner import Run, Stream, compose
from .soundcheck import SoundCheck, sound_check
from .source import Sound, Source
from .speakers import Editing, Shelf
from .stages import AtOnce, Flow
from .stages.translating import hops
from .trace import Trace
from .translation import Glossary, refused, spoken, targets
from .types import Audio, AudioChunk, Consent, Diarization, Event, Recording, Segment, SegmentUpdate, Transcript, Voice
from .types.entities import entities
from .views import redacted

log = logging.getLogger(__name__)
HOLE = 0.02
"""Seconds between two chunks of a stream from which on something is missing between them."""
PipelineLike = str | Path | Mapping[str, Any] | Pipeline


class Lab:
    """Finds plugins, and loads nothing heavy until it is used.

    >>> lab = Lab(discover=False)
    >>> lab.translate(["Good morning"], to="fr", engine="toy")
    ['[fr] Good morning']
    """

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

    # -- pipelines -------------------------------------------------------------------------------------------------

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

    def transcription(self, engine: str | None = None, *, vad: str | None = None, **knobs: Any) -> Pipeline:
        """The one-stage pipeline behind :meth:`transcribe`, with speech detection before it."""
        spec = self.engine(Kind.ASR, engine)
        stages: list[dict[str, Any]] = [{"use": f"vad/{vad}"}] if vad else []
        return self.pipeline({"title": "Transcribe", "stage": [*stages, {"use": spec.name, **told(knobs)}]})

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

    # -- work ------------------------------------------------------------------------------------------------------

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

    def transcribe(
        self,
        sound: Sound,
        engine: str | None = None,
        *,
        language: str | None = None,
        channel: int | Literal["each"] | None = None,
        resume: bool = False,
        **knobs: Any,
    ) -> Recording:
        """Speech as text. ``knobs`` are the engine's parameters and options."""
        pipeline = self.transcription(engine, language=language, **knobs)
        return self.run(pipeline, sound, channel=channel, resume=resume)

    def translate(
        self,
        texts: str | Sequence[str],
        to: str,
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        **knobs: Any,
    ) -> list[str]:
        """Texts in another language, one for each; a text alone is one of them. The rest as in :meth:`translating`."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if isinstance(to, list | tuple) and len(to) > 1:
            raise ConfigError("texts come back in one language", hint="call it once for each, or `translated`")
        if not all(isinstance(text, str) for text in texts):
            raise ConfigError("there is something other than text among the texts", hint="leave it out")
        written = Recording(
            transcript=Transcript(tuple(Segment(0.0, 0.0, text=t, id=_id(n)) for n, t in enumerate(texts)))
        )
        told = {_id(number): text for number, text in enumerate(texts)}
        for event in self.translating(written, to, source, engine, glossary=glossary, **knobs):
            if isinstance(event, SegmentUpdate):
                told[event.segment.id] = event.segment.text
        return list(told.values())

    def translating(
        self,
        recording: Recording,
        to: str | Sequence[str],
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        only: Collection[str] | None = None,
        **knobs: Any,
    ) -> Iterator[Event]:
        """Each segment of a finished recording in other languages, batch by batch as it is ready: close it to stop.

        ``source`` is the language of all of it, where the segments do not say. Without an ``engine``, the best way
        that is installed is gone, as :meth:`route` tells. ``glossary``: terms, and what becomes of them; a term that
        becomes "" stays as it is. ``only``: ids of the segments that are wanted. What was told before an engine failed
        stays told. Raises ConfigError, EngineUnavailable or EngineFailed.
        """
        stage = {"to": to, **told({"source": source, "glossary": glossary, **knobs})}
        return self._translating(recording, self._translator(engine), stage, only)

    def translated(
        self,
        recording: Recording,
        to: str | Sequence[str],
        source: str | None = None,
        engine: str | None = None,
        *,
        glossary: Glossary | None = None,
        only: Collection[str] | None = None,
        **knobs: Any,
    ) -> Recording:
        """The recording with its translations, as :meth:`translating` tells them."""
        events = self.translating(recording, to, source, engine, glossary=glossary, only=only, **knobs)
        return Recording.of(events, onto=recording)

    def route(self, source: str, target: str, engine: str | None = None) -> tuple[Hop, ...]:
        """By which steps a text gets from one language into another; none where both are the same.

        Raises ConfigError or EngineUnavailable with the nearest languages, where there is no way.
        """
        spec, source, target = self._translator(engine), standard(source), standard(target)
        if ROUTES not in spec.features and (ways := spec.leads(spec.params(), self.pool.context)):
            said, _, hint = refused(ways, source, target).partition("; ")
            if said:
                raise ConfigError(f"{spec.name} {said}", hint=hint)
        with self.pool.lease(spec, spec.params()) as loaded:
            return hops(loaded, source, target)

    def targets(self, source: str | None = None, engine: str | None = None) -> tuple[str, ...]:
        """The languages into which something leads from one, or from any, as BCP-47 codes."""
        spec = self._translator(engine)
        if ROUTES in spec.features:
            return Router(self._routing).targets(source)
        return targets(spec.leads(spec.params(), self.pool.context), source)

    def _translator(self, engine: str | None) -> EngineSpec:
        return self.engine(Kind.TRANSLATE, (engine or "").removeprefix(f"{Kind.TRANSLATE}/") or None)

    def _translating(
        self, recording: Recording, spec: EngineSpec, stage: Mapping[str, Any], only: Collection[str] | None
    ) -> Iterator[Event]:
        ready = self.pipeline({"stage": [{"use": spec.name, **stage}]}).ready(self.policy, Flow.SEGMENTS)
        wanted = recording.transcript.segments
        if only is not None:  # a word or two that was edited does not tell its language: the rest does
            usual = spoken(recording)
            wanted = tuple(replace(one, language=one.language or usual) for one in wanted if one.id in only)
        events = compose(ready, [SegmentUpdate(segment=one) for one in wanted], self.pool, trace=self.new_trace())
        with closes(events):
            yield from (event for event in events if not isinstance(event, SegmentUpdate) or event.target is not None)

    def speaking(
        self,
        text: str,
        voice: str | None = None,
        engine: str | None = None,
        *,
        language: str | None = None,
        only: Collection[int] | None = None,
        resume: bool | None = None,
        **knobs: Any,
    ) -> Any:
        """A text as sound, sentence by sentence: a :class:`speechlab.speaking.Speaking`, to be iterated for each
        :class:`speechlab.speaking.Spoken` as soon as it is made, and closed to stop.

        Without a ``language``, the text tells its own where no ``voice`` is named. ``only``: the numbers, from 0, of
        the sentences that are wanted, such as those to be said anew. ``resume``: keep what is said on disk until it is
        told to forget it, and, where true, take up what an earlier, unfinished call kept; None keeps nothing.
        ``knobs`` are the engine's parameters and options, and those of :class:`speechlab.speaking.SpeakOptions`. What
        was told before an engine failed stays told. Raises ConfigError, EngineUnavailable or PolicyDenied at once.
        """
        how = {"language": language, "only": only, "resume": resume, **knobs}
        return loaded("speechlab.speaking:speaking")(self, text, voice, engine, **how)

    def speak(self, text: str, voice: str | None = None, engine: str | None = None, **knobs: Any) -> Audio:
        """A text as sound, all of it; the rest as in :meth:`speaking`."""
        sentences = list(loaded("speechlab.speaking:joined")(self.speaking(text, voice, engine, **knobs)))
        if not sentences:
            raise ConfigError("nothing was said of the text", hint="give a text with words of the voice's language")
        return Audio.join(sentences)

    def proof(
        self,
        text: str,
        audio: Audio,
        *,
        language: str | None = None,
        recognizer: str | None = None,
        reference: Audio | None = None,
    ) -> Any:
        """What a recogniser hears of a sentence that was spoken, beside what is written: a
        :class:`speechlab.proofing.Proof` with the word error rate, what came back otherwise, and whether somebody
        should listen to it. With a ``reference``, a clip of whoever should be heard, also how like it the voice is.
        Of many sentences, :class:`speechlab.proofing.Proofing` keeps what listens loaded. Raises ConfigError,
        EngineUnavailable and EngineFailed."""
        how = {"language": language, "recognizer": recognizer, "reference": reference}
        return loaded("speechlab.proofing:proof")(self, text, audio, **how)

    def similarity(self, one: Audio, other: Audio, engine: str | None = None) -> Any:
        """How alike the voices of two recordings are, of one person each: a :class:`speechlab.proofing.Similarity`,
        which tells its scale. Less than two seconds of speech tell little. Raises AudioError where nobody speaks, and
        EngineUnavailable where no engine that tells is installed."""
        return loaded("speechlab.proofing:similarity")(self, one, other, engine)

    def quote(self, text: str, voice: str | None = None, engine: str | None = None, **knobs: Any) -> Quote | None:
        """What :meth:`speaking` will cost with the same arguments, told without sending any of the text; None where the
        engine charges nothing, or does not tell. As a text, it is one sentence. A :class:`speechlab.speaking.Speaking`
        tells its own, without what is said already.

        Raises as :meth:`speaking`, and EngineFailed or EngineUnavailable where the service cannot be asked.
        """
        told: Quote | None = self.speaking(text, voice, engine, **knobs).quote()
        return told

    def reference(self, sound: Sound, *, alone: bool = False) -> Any:
        """A clip of a voice, listened to before a voice is made of it: a :class:`speechlab.cloning.Reference` with
        advice in words on its length, clipping, noise and silence, and on how many people speak. ``alone``: one person
        does, whoever seems to be heard. Raises AudioError where it cannot be read."""
        return loaded("speechlab.cloning:referenced")(self, sound, alone=alone)

    def clone(
        self,
        reference: Sound | Any,
        name: str,
        consent: str | Consent | None = None,
        engine: str | None = None,
        *,
        alone: bool = False,
        **knobs: Any,
    ) -> Voice:
        """A voice made from a clip of somebody, and kept in the :attr:`library` under its name, by which every engine
        and pipeline then finds it; who has the name already is made anew.

        ``consent`` is the ground on which the voice may be used, in words ("my own voice", "asked on 3 May"), or all of
        it where another than ``name`` gave it. Without an ``engine``, one that clones is taken, else one that matches
        voices; ``convert/ID`` has a converter learn it. ``knobs`` are its parameters and options; the options are kept
        with the voice. ``reference`` may be what :meth:`reference` told of a clip. Raises PolicyDenied without consent,
        AudioError where nobody is heard in the clip, too little, or several people, ConfigError and EngineUnavailable.
        """
        how = {"consent": consent, "engine": engine, "alone": alone, **knobs}
        voice: Voice = loaded("speechlab.cloning:clone")(self, reference, name, **how)
        return voice

    def name_voice(self, name: str, voice: str, engine: str | None = None, **knobs: Any) -> Voice:
        """An engine's own ``voice``, or a blend that it understands, kept in the :attr:`library` under a name, with
        these options of the engine. Raises ConfigError where it has no such voice, or the name is taken."""
        kept: Voice = loaded("speechlab.cloning:named")(self, name, voice, engine, **knobs)
        return kept

    def convert(
        self,
        sound: Sound,
        voice: str,
        engine: str | None = None,
        *,
        consent: str | Consent | None = None,
        **knobs: Any,
    ) -> Iterator[Audio]:
        """A recording in another voice, piece by piece as it is ready: the same words at the same times. Close it to
        stop.

        ``voice`` is one of the :attr:`library`, or one of the engine's own; for that, ``consent`` is the ground on
        which it may be used. ``knobs`` as in :meth:`transcribe`. Raises PolicyDenied without consent, and as
        :meth:`open`.
        """
        pieces: Iterator[Audio] = loaded("speechlab.cloning:converted")(
            self, sound, voice, engine, consent=consent, **knobs
        )
        return pieces

    def dub(self, sound: Sound, to: str, source: str | None = None, engine: str | None = None, **how: Any) -> Any:
        """A recording spoken in another language, each segment in the time of its original: a
        :class:`speechlab.dubbing.Dub`, to be written, or iterated for its events, and asked for its ``report``.

        ``engine`` is what speaks: a synthesizer, or, as ``interpret/ID``, one that does all of it. ``how``: a
        ``recording`` that is known already, ``voice``, ``voices``, ``recognizer``, ``diarizer``, ``speakers``,
        ``translator``, ``glossary``, ``pipeline``, ``channel`` and ``resume``; options of
        :class:`speechlab.dubbing.DubOptions`, and parameters of what speaks.
        """
        return loaded("speechlab.dubbing:dubbed")(self, sound, to, source, engine, **how)

    def diarize(self, sound: Sound, engine: str | None = None, **knobs: Any) -> Diarization:
        """Who spoke when. ``knobs`` as in :meth:`transcribe`, among them ``speakers`` where their number is known."""
        spec = self.engine(Kind.DIARIZE, engine)
        return self.run({"title": "Diarize", "stage": [{"use": spec.name, **told(knobs)}]}, sound).diarization

    def denoise(self, sound: Sound, engine: str | None = None, **knobs: Any) -> Audio:
        """The recording without its noise. ``knobs`` as in :meth:`transcribe`, among them ``attenuation_limit_db``."""
        spec = self.engine(Kind.DENOISE, engine)
        pipeline = {"title": "Denoise", "stage": [{"use": spec.name, **told(knobs)}]}
        return Audio.join(self.sound(pipeline, sound))

    def soundcheck(self, sound: Sound) -> SoundCheck:
        """What a recording is like: level, clipping, noise, bandwidth, channels and silence, with advice in words.

        Memory hardly grows with the length. Raises AudioError.
        """
        return sound_check(Source(sound), self.pool, self.plugins)

    def provenance(self, sound: str | Path | BinaryIO) -> Origin:
        """Whether a file says that an engine made it: by the mark in its sound, and by its label.

        Raises AudioError.
        """
        return origin(sound, watermark(self.pool.context))

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
            _heard(chunks),
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

    # -- results ---------------------------------------------------------------------------------------------------

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
        named = [replace(segment, id=_id(number)) for number, segment in enumerate(said)]
        found = Recording.of(compose(looking, [SegmentUpdate(segment=one) for one in named], self.pool))
        extras = {segment.id: segment.extra for segment in found.transcript}
        return Transcript(tuple(replace(s, extra=extras[_id(n)]) for n, s in enumerate(said)), said.language)

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

    def show(self, **how: Any) -> Any:
        """The web lab inside a notebook."""
        return loaded("speechlab.ui.inline:show")(self, **how)

    @cached_property
    def jobs(self) -> Any:
        """The queue of long work that all faces share: a :class:`speechlab.jobs.Jobs`, made on first use."""
        return loaded("speechlab.jobs:Jobs")(self)

    @cached_property
    def live(self) -> Any:
        """The live sessions that all faces share: a :class:`speechlab.live.Live`, made on first use."""
        return loaded("speechlab.live:Live")(self)

    @cached_property
    def library(self) -> Library:
        """The voices to speak with that are kept under names of their own."""
        return Library(self.home)

    @cached_property
    def voices(self) -> Any:
        """The people whom diarization knows by their voices: a :class:`speechlab.voices.Voices`."""
        return loaded("speechlab.voices:Voices")(self)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Settle every live session, stop every job and unload every engine."""
        if "live" in vars(self):
            self.live.close()
        if "jobs" in vars(self):
            self.jobs.close()
        self.pool.unload()

    def report(self, message: str) -> None:
        """Tell whoever listens what takes time, or went another way than was asked."""
        self._told(message)
        if "jobs" in vars(self):
            self.jobs.note(message)


def apart(channels: Channels, source: Source) -> bool:
    """Whether each channel of a recording is to be heard as a speaker of its own."""
    if channels == "mix" or source.channels < 2:
        return False
    return channels == "each" or bool(loaded("speechlab.soundcheck:channel_speakers")(source))


def told(knobs: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that somebody gave: None means "not given"."""
    return {name: value for name, value in knobs.items() if value is not None}


def _id(number: int) -> str:
    return f"t{number:06d}"


def _heard(chunks: Iterable[Audio]) -> Iterator[Event]:
    """Chunks on one timeline without holes."""
    end: float | None = None
    with closes(chunks):
        for audio in chunks:
            if not audio.frames:
                continue
            while end is not None and audio.start - end > HOLE:
                hush = min(audio.start - end, 1.0)
                silence = np.zeros((audio.channels, round(hush * audio.sample_rate)), np.float32)
                yield AudioChunk(Audio(silence, audio.sample_rate, end))
                end += hush
            placed = Audio(mended(audio.samples), audio.sample_rate, audio.start if end is None else end)
            yield AudioChunk(placed)
            end = placed.end
