"""The diarizer and its sessions: sound goes in in chunks of any length, turns come out, at the end or as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from speechlab import Audio, Context, Samples, TurnUpdate

from . import WEIGHTS, DiarizeParams, EmbeddedOptions
from .clustering import Speakers, Wanted
from .grid import CHUNK, FEATURES, FIELD, RATE, SETTLED, STEP, STRIDE, features_in, frames, seconds
from .hearing import Heard, Integers, hear
from .labelling import Rules, Stretch, follow, last_pause, refined, stretches
from .memory import Memory
from .networks import SIZE, Features, Networks, unit
from .telling import Names, Turns, called

LOUDEST = 1000.0
"""No sound is louder; a sample beyond, or NaN, is taken for silence, since it would spoil all around it."""
MANY = 100
"""Nobody expects more speakers."""
RECENT = frames(60)
"""Each update looks at the last minute again, every second one at two, every fourth at four, and so on: in the end
everything is corrected, and an update costs the same however long the stream is."""
THINNED = 4
"""To know speakers again, every fourth moment is enough."""


class Diarize:
    """CAM++ and segmentation-3.0; sessions share the networks and nothing else."""

    def __init__(self, params: DiarizeParams, context: Context) -> None:
        self._networks = Networks(context.weights(WEIGHTS, folder=params.folder), params.threads)

    def open(self, options: EmbeddedOptions) -> DiarizeSession:
        """Listen to one stream."""
        return DiarizeSession(self._networks, options)

    def embed(self, audio: Audio, options: EmbeddedOptions) -> Samples:
        """The voice of the one person who speaks in the sound: a unit vector of 192 numbers, or zeros for nobody's."""
        alone = {"speakers": 1, "min_speakers": None, "max_speakers": None, "update_seconds": 0.0}
        session = self.open(options.model_copy(update=alone))
        session.feed(audio)
        session.flush()
        [voice] = session.voices().values() or [np.zeros(SIZE, np.float32)]
        return voice


class DiarizeSession:
    """One stream of sound, 16 kHz, beginning where its first chunk begins. It keeps the last ten seconds of it, and of
    the rest only what :class:`Memory` does."""

    def __init__(self, networks: Networks, options: EmbeddedOptions) -> None:
        self._networks, self._options = networks, options
        self._rules = Rules(
            onset=options.onset,
            overlap=options.overlap,
            shortest=frames(options.min_duration_on),
            gap=frames(options.min_duration_off),
        )
        self._wanted = Wanted(
            least=options.speakers or options.min_speakers or 1,
            most=options.speakers or options.max_speakers or MANY,
            threshold=options.threshold,
            seconds=options.min_speaker_seconds,
        )
        self._origin = 0.0
        self._samples = 0
        """Heard so far."""
        self._sound: Samples = np.zeros(0, np.float32)
        """From the start of the next chunk on."""
        self._features = Features()
        self._chunks = 0
        self._opened = 0
        """Steps of the first chunk that were looked at before it was whole."""
        self._memory = Memory()
        self._speakers = Speakers(self._wanted)
        self._names = Names()
        self._turns = Turns(self._place)
        self._voices: dict[str, Samples] = {}
        self._updates = 0
        self._updated = 0.0

    def voices(self) -> Mapping[str, Samples]:
        """How each speaker sounds of whom turns were told, a unit vector: where they speak alone, on the whole."""
        return self._voices

    def feed(self, audio: Audio) -> list[TurnUpdate]:
        """Hear the next stretch, of any length."""
        if not self._samples:
            self._origin = audio.start
        mono = audio.mono
        self._samples += len(mono)
        clean = np.where(np.abs(mono) < LOUDEST, mono, np.float32(0))
        return [update for part in np.split(clean, self._cuts(len(clean))) for update in self._hear(part)]

    def flush(self) -> list[TurnUpdate]:
        """The stream is over: who spoke when, for good."""
        unheard = len(self._sound) - (CHUNK - STEP if self._chunks else 0)
        if unheard > 0 and len(self._sound) >= FIELD:
            self._memory.add(self._chunk(self._sound), last=True)
        else:
            self._memory.settle()
        self._tell(self._memory, last=True)
        return self._turns.settle()

    def _cuts(self, length: int) -> list[int]:
        """Where to cut the next samples so that each part ends at most one step."""
        return list(range(STEP - len(self._sound) % STEP, length, STEP))

    def _hear(self, part: Samples) -> Iterator[TurnUpdate]:
        self._features.hear(part)
        self._sound = np.concatenate([self._sound, part])
        while len(self._sound) >= CHUNK:
            self._memory.add(self._chunk(self._sound[:CHUNK]))
            self._chunks += 1
            self._sound = self._sound[STEP:]
            self._features.forget(self._chunks * FEATURES)
            yield from self._update(self._memory)
        if self._options.update_seconds and not self._chunks and len(self._sound) // STEP > self._opened:
            self._opened = len(self._sound) // STEP
            opening = Memory()
            opening.add(self._chunk(self._sound[: self._opened * STEP]))
            yield from self._update(opening)

    def _chunk(self, sound: Samples) -> Heard:
        features = self._features.kept[: features_in(len(sound))]
        return hear(self._networks, sound, features, self._chunks * STRIDE, SETTLED.start if self._chunks else 0)

    # -- telling -------------------------------------------------------------------------------------------------------

    def _update(self, memory: Memory) -> list[TurnUpdate]:
        at = seconds(len(memory))
        if not self._options.update_seconds or at - self._updated < self._options.update_seconds:
            return []
        self._updated = at
        self._updates += 1
        return self._tell(memory)

    def _tell(self, memory: Memory, *, last: bool = False) -> list[TurnUpdate]:
        """Find the speakers anew, and tell what has changed: of all at last, else of what is recent enough."""
        speakers = self._speakers.find(memory)
        if not len(speakers):
            self._voices = {}
            return self._turns.tell([], 0)
        if last:
            first = since = 0
            labels = refined(memory, speakers)
            names = self._names.match(memory.at(), labels, len(speakers))
        else:
            again = self._updates & -self._updates
            first = last_pause(memory, max(0, len(memory) - again * RECENT), self._rules)
            since = int(np.searchsorted(memory.at(), first))
            labels = follow(memory, speakers, since)
            before = (memory.voices(0, since, THINNED) @ speakers.T).argmax(axis=1)
            at = np.concatenate([memory.at(0, since)[::THINNED], memory.at(since)])
            names = self._names.match(at, np.concatenate([before, labels]), len(speakers))
        named = np.array(names, np.int64)[labels]
        self._voices = self._sounding(memory, names, speakers, labels if last else None)
        self._names.keep(memory.at(since), named)
        return self._turns.tell(stretches(memory, named, since, first, self._rules), first)

    @staticmethod
    def _sounding(memory: Memory, names: list[int], speakers: Samples, labels: Integers | None) -> dict[str, Samples]:
        """Each speaker's voice: that of their moments, where all of them are labelled; else that of their cluster."""
        if labels is not None:
            sums = memory.summed(labels, len(speakers), memory.seconds())
            given = np.bincount(labels, minlength=len(speakers)) > 0
            speakers = unit(np.where(given[:, None], sums, speakers))
        return {called(name): voice for name, voice in zip(names, speakers, strict=True) if name >= 0}

    def _place(self, stretch: Stretch) -> tuple[float, float]:
        """Where a stretch lies on the sound's own timeline."""
        end = self._samples / RATE
        return self._origin + min(seconds(stretch.start), end), self._origin + min(seconds(stretch.end), end)
