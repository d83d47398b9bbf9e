"""From packets to samples: decoded frames become float pieces of one rate and shape, with no time left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from ..errors import AudioError
from ..types import Samples

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer

HOLE = 0.1
"""Seconds: a smaller jump of the file's clock is rounding, a greater one is time without sound."""
LONGEST_HOLE = 3600.0
"""Seconds: a greater jump is a broken clock."""
CLOCKED = frozenset({"matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2"})
"""Containers that tell when each packet is heard; for others FFmpeg computes it from the sizes of those before."""


def samples(
    container: InputContainer, track: AudioStream, *, mono: bool, channel: int | None, seconds: float
) -> Iterator[Samples]:
    """The sound of a track, shaped (channels, frames), in pieces of at most ``seconds``.

    Raises AudioError where there is no such channel, and OSError for a file that is lost, once the rest is given.
    """
    tape = _Tape(track.codec_context.sample_rate, seconds, mono=mono, channel=channel)
    clock = _Clock(container)
    lost: OSError | None = None
    try:
        for frame in _decoded(container, track):
            if hole := clock.hole(frame, tape.end):
                yield from tape.wait(frame, hole)
            yield from tape.add(frame)
    except OSError as error:
        lost = error
    yield from tape.finish()
    if lost:
        raise lost


def _decoded(container: InputContainer, track: AudioStream) -> Iterator[AudioFrame]:
    """Every frame that can be decoded, up to the end or to where no packet can be told from noise any more."""
    import av

    try:
        for packet in container.demux(track):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            yield from frames
    except av.FFmpegError:
        return


class _Clock:
    """What a container tells of the time at which a frame is heard."""

    def __init__(self, container: InputContainer) -> None:
        self._trusted = container.format.name in CLOCKED
        self._origin = None if container.start_time is None else container.start_time / 1_000_000

    def hole(self, frame: AudioFrame, end: float) -> float:
        """Seconds without sound between ``end``, where the last frame ended, and this frame; 0 where there are none."""
        if not self._trusted or (at := frame.time) is None:
            return 0.0
        if self._origin is None:
            self._origin = at
        hole = at - self._origin - end
        return hole if HOLE < hole < LONGEST_HOLE else 0.0


class _Tape:
    """Frames one behind the other, whatever their shape, taken off in pieces."""

    def __init__(self, rate: int, seconds: float, *, mono: bool, channel: int | None) -> None:
        self._rate = rate
        self._size = max(1, round(seconds * rate))
        self._mono, self._channel = mono, channel
        self._mix: _Mix | None = None
        self._stretch: _Stretch | None = None
        self._taken = 0

    @property
    def end(self) -> float:
        """Seconds on the tape so far."""
        return (self._taken + (self._stretch.waiting if self._stretch else 0.0)) / self._rate

    def add(self, frame: AudioFrame) -> Iterator[Samples]:
        """One frame more; gives the pieces that are full."""
        if self._stretch is None or self._stretch.shape != _shape(frame):
            yield from self.finish()
            self._stretch = _Stretch(frame, self._rate, self._mixed_like(frame), self._size)
        yield from self._off(self._stretch.push(frame))

    def wait(self, frame: AudioFrame, seconds: float) -> Iterator[Samples]:
        """As much silence, for ``frame`` to come after."""
        until = round((self.end + seconds) * self._rate)
        yield from self.finish()
        channels = self._mixed_like(frame).channels
        while (left := until - self._taken) > 0:
            yield from self._off([np.zeros((channels, min(left, self._size)), np.float32)])

    def finish(self) -> Iterator[Samples]:
        """What waits for its piece to be full."""
        if self._stretch is not None:
            yield from self._off(self._stretch.finish())
            self._stretch = None

    def _off(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        for piece in pieces:
            self._taken += piece.shape[1]
            yield piece

    def _mixed_like(self, frame: AudioFrame) -> _Mix:
        """The first frame says how all are mixed."""
        if self._mix is None:
            self._mix = _Mix.of(frame, self._mono, self._channel)
        return self._mix


@dataclass(frozen=True, slots=True)
class _Mix:
    """Which channels go in, and which come out."""

    layout: str
    pan: str
    channels: int

    @classmethod
    def of(cls, frame: AudioFrame, mono: bool, channel: int | None) -> _Mix:
        """What is asked for, as FFmpeg's ``pan`` filter is told; nothing where the channels stay as they are."""
        layout, channels = frame.layout.name, frame.layout.nb_channels
        if channel is not None:
            if not 0 <= channel < channels:
                raise AudioError(
                    f"the recording has {channels} channel{'s' * (channels != 1)}, so there is no channel {channel}",
                    hint="channels are counted from 0",
                )
            return cls(layout, f"mono|c0=c{channel}", 1)
        if mono and channels > 1:
            return cls(layout, "mono|c0=" + "+".join(f"{1 / channels:.9f}*c{n}" for n in range(channels)), 1)
        return cls(layout, "", channels)


class _Stretch:
    """Frames of one shape on their way through FFmpeg's filters."""

    def __init__(self, frame: AudioFrame, rate: int, mix: _Mix, size: int) -> None:
        from av.filter import Graph

        self.shape = _shape(frame)
        self.waiting = 0.0
        """Samples pushed and not yet taken, at the rate that comes out."""
        self._ratio = rate / frame.sample_rate
        self._size = size
        self._graph = graph = Graph()
        chain = [
            graph.add(
                "abuffer",
                sample_rate=str(frame.sample_rate),
                sample_fmt=frame.format.name,
                channel_layout=frame.layout.name,
                time_base=f"1/{frame.sample_rate}",
            ),
            graph.add("aformat", sample_fmts="fltp", sample_rates=str(rate), channel_layouts=mix.layout),
        ]
        if mix.pan:
            chain.append(graph.add("pan", mix.pan))
        graph.link_nodes(*chain, graph.add("abuffersink")).configure()
        graph.set_audio_frame_size(size)

    def push(self, frame: AudioFrame) -> Iterator[Samples]:
        """One frame more; gives the pieces that are full."""
        import av

        frame.pts = None  # samples are counted
        self._graph.push(frame)
        self.waiting += frame.samples * self._ratio
        while self.waiting >= self._size:
            try:
                yield self._pull()
            except av.BlockingIOError:  # a resampler holds some back
                return

    def finish(self) -> Iterator[Samples]:
        """Everything that still waits."""
        self._graph.push(None)
        while True:
            try:
                yield self._pull()
            except EOFError:
                return

    def _pull(self) -> Samples:
        piece = cast(Samples, self._graph.pull().to_ndarray())
        self.waiting -= piece.shape[1]
        return _sound(piece)


def _shape(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _sound(piece: Samples) -> Samples:
    """Finite samples in [-1, 1]: a float file may hold anything, and lossy codecs overshoot."""
    if not (piece.min() >= -1.0 and piece.max() <= 1.0):  # so written, it finds NaN too
        np.nan_to_num(piece, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        np.clip(piece, -1.0, 1.0, out=piece)
    return piece
