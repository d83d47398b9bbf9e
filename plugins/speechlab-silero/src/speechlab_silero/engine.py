"""The detector and its sessions: sound goes in in chunks of any length, the times of speech come out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np

from speechlab import Audio, Context, Samples, Session, Span, SpeechEnded, SpeechScores, SpeechStarted

from . import NETWORK, WEIGHTS, SileroOptions, SileroParams
from .network import INPUT, Network, blank
from .segmenter import RATE, WINDOW, Edge, Segmenter

AT_ONCE = 512
"""Most windows in one call of the network: more gain no speed, and cost memory."""
BEFORE = INPUT - WINDOW
LOUDEST = 1000.0
"""No sound is louder; a sample beyond, or NaN, is taken for silence, since it would spoil the network's memory."""

SpeechEvent = SpeechStarted | SpeechEnded


class Silero:
    """Silero VAD; its sessions share the network and nothing else."""

    def __init__(self, params: SileroParams, context: Context) -> None:
        self._network = Network(context.weights(WEIGHTS, folder=params.folder) / NETWORK)

    def open(self, options: SileroOptions) -> SileroSession:
        """Listen to one stream."""
        return SileroSession(self, options)

    def feed_batch(
        self, sessions: Sequence[Session[Audio, SpeechEvent]], chunks: Sequence[Audio]
    ) -> list[list[SpeechEvent]]:
        """As ``[session.feed(chunk) for ...]``, with the windows of different sessions in common calls."""
        ours = cast(Sequence[SileroSession], sessions)
        return self.advance(ours, [s.hear(chunk) for s, chunk in zip(ours, chunks, strict=True)])

    def scores(self, chunks: Iterable[Audio]) -> SpeechScores:
        """The speech probability of each window."""
        session = Listening(self, SileroOptions())
        for chunk in chunks:
            session.feed(chunk)
        session.flush()
        return session.scores

    def spans(self, scores: SpeechScores, options: SileroOptions) -> list[Span]:
        """Where a session with these options would have told of speech."""
        segmenter = Segmenter(options)
        left = round((scores.end - scores.start) * RATE)
        edges: list[Edge] = []
        for probability in scores.values.tolist():
            edges += segmenter.push(probability, min(WINDOW, left))
            left -= WINDOW
        edges += segmenter.finish()
        times = [scores.start + sample / RATE for _, sample in edges]
        return [Span(start, end) for start, end in zip(times[::2], times[1::2], strict=True)]

    def advance(self, sessions: Sequence[SileroSession], windows: Sequence[Samples]) -> list[list[SpeechEvent]]:
        """Let each session hear its windows, shaped (windows, 576), and give what it tells."""
        told: list[list[SpeechEvent]] = [[] for _ in sessions]
        done = 0
        while live := [i for i, given in enumerate(windows) if len(given) > done]:
            shortest = min(len(windows[i]) for i in live)
            until = min(shortest, done + max(1, AT_ONCE // len(live)))
            block = np.stack([windows[i][done:until] for i in live], axis=1)
            h, c = (np.concatenate(parts, axis=1) for parts in zip(*(sessions[i].memory for i in live), strict=True))
            probabilities, (h, c) = self._network(block, (h, c))
            for column, i in enumerate(live):
                sessions[i].memory = h[:, column : column + 1], c[:, column : column + 1]
                told[i] += sessions[i].judge(probabilities[:, column].tolist())
            done = until
        return told


class SileroSession:
    """One stream of sound, 16 kHz, beginning where its first chunk begins."""

    def __init__(self, engine: Silero, options: SileroOptions) -> None:
        self._engine = engine
        self._segmenter = Segmenter(options)
        self._origin: float | None = None
        self._held: Samples = np.zeros(BEFORE, np.float32)
        """The 64 samples before the next window, and those of it that are already here."""
        self._unjudged = 0
        """Samples heard that no probability has come for."""
        self.memory = blank()
        """What the network remembers of this stream."""

    def feed(self, audio: Audio) -> list[SpeechEvent]:
        """Hear the next chunk, of any length."""
        return self._engine.feed_batch([self], [audio])[0]

    def flush(self) -> list[SpeechEvent]:
        """The stream is over; the window that is not full ends in silence."""
        told: list[SpeechEvent] = []
        if self._unjudged:
            [told] = self._engine.advance([self], [self._cut(np.zeros(WINDOW - self._unjudged, np.float32))])
        return told + self._events(self._segmenter.finish())

    def hear(self, audio: Audio) -> Samples:
        """Take in a chunk; give the windows that are now full, shaped (windows, 576)."""
        if self._origin is None:
            self._origin = audio.start
        samples = audio.mono
        self._unjudged += len(samples)
        return self._cut(np.where(np.abs(samples) < LOUDEST, samples, np.float32(0)))

    def judge(self, probabilities: Sequence[float]) -> list[SpeechEvent]:
        """What the probabilities of the next windows tell."""
        edges: list[Edge] = []
        for probability in probabilities:
            samples = min(WINDOW, self._unjudged)
            self._unjudged -= samples
            edges += self._segmenter.push(probability, samples)
        return self._events(edges)

    def _cut(self, samples: Samples) -> Samples:
        held = np.concatenate([self._held, samples])
        full = (len(held) - BEFORE) // WINDOW
        self._held = held[full * WINDOW :]
        windows = np.empty((full, INPUT), np.float32)
        windows[:, :BEFORE] = held[: full * WINDOW].reshape(full, WINDOW)[:, :BEFORE]
        windows[:, BEFORE:] = held[BEFORE : BEFORE + full * WINDOW].reshape(full, WINDOW)
        return windows

    def _events(self, edges: Sequence[Edge]) -> list[SpeechEvent]:
        return [event((self._origin or 0.0) + sample / RATE) for event, sample in edges]


class Listening(SileroSession):
    """A session that keeps the probabilities, and tells nothing."""

    def __init__(self, engine: Silero, options: SileroOptions) -> None:
        super().__init__(engine, options)
        self._told: list[float] = []
        self._samples = 0

    def hear(self, audio: Audio) -> Samples:
        self._samples += audio.frames
        return super().hear(audio)

    def judge(self, probabilities: Sequence[float]) -> list[SpeechEvent]:
        self._told += probabilities
        self._unjudged -= min(self._unjudged, WINDOW * len(probabilities))
        return []

    @property
    def scores(self) -> SpeechScores:
        """Of all that was heard."""
        start = self._origin or 0.0
        return SpeechScores(np.array(self._told, np.float32), WINDOW / RATE, start, start + self._samples / RATE)
