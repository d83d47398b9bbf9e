"""From packets to samples: decoded frames become float pieces of one rate and shape, with no time left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import numpy as np

from ..errors import AudioError
from ..types import Samples
from .mending import mended

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer
    from av.packet import Packet

HOLE = 0.1
"""Seconds: a smaller jump of the file's clock is rounding, a greater one is time without sound."""
LONGEST_HOLE = 3600.0
"""Seconds: a greater jump is a broken clock."""
CLOCKED = frozenset({"asf", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "ogg"})
"""Containers that tell when each packet is heard; for others FFmpeg counts the packets that it finds."""


def samples(
    container: InputContainer,
    track: AudioStream,
    *,
    mono: bool,
    channel: int | None,
    seconds: float,
    repaired: bool,
) -> Iterator[Samples]:
    """The sound of a track, shaped (channels, frames), in pieces of at most ``seconds``.

    Raises AudioError where there is no such channel, or where none of the sound can be decoded.
    """
    import av

    tape = _Tape(track.codec_context.sample_rate, seconds, _Mixer(mono, channel), repaired)
    clock = _Clock(container)
    try:
        for frame in _decoded(container, track):
            if hole := clock.hole(frame, tape.end):
                yield from tape.wait(hole, frame)
            yield from tape.add(frame)
    except av.FFmpegError:
        pass  # nothing after this point can be told from noise: here the recording is cut off
    yield from tape.finish()


def _decoded(container: InputContainer, track: AudioStream) -> Iterator[AudioFrame]:
    """Every frame that can be decoded. Raises AudioError where no packet can be."""
    import av

    heard, damage = False, None
    for packet in _packets(container, track):
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            damage = error
            continue
        heard = heard or bool(frames)
        yield from frames
    if damage and not heard:
        raise AudioError(
            f"none of the sound can be decoded; it is coded as {track.codec_context.codec.canonical_name}",
            hint="convert it to wav or flac",
        ) from damage


def _packets(container: InputContainer, track: AudioStream) -> Iterator[Packet[AudioStream]]:
    with suppress(IndexError):  # at the end, where PyAV finds a track that was not there at the beginning
        yield from container.demux(track)


class _Clock:
    """What a container tells of the time at which a frame is heard."""

    def __init__(self, container: InputContainer) -> None:
        self._trusted = container.format.name in CLOCKED
        self._origin = None if container.start_time is None else container.start_time / 1_000_000

    def hole(self, frame: AudioFrame, end: float) -> float:
        """Seconds without sound between ``end``, where the last frame ended, and this one; 0 where there are none."""
        if not self._trusted or (at := frame.time) is None:
            return 0.0
        if self._origin is None:
            self._origin = at
        hole = at - self._origin - end
        return hole if HOLE < hole < LONGEST_HOLE else 0.0


class _Tape:
    """Frames one behind the other, whatever their shape, taken off in pieces."""

    def __init__(self, rate: int, seconds: float, mixer: _Mixer, repaired: bool) -> None:
        self._rate = rate
        self._size = max(1, round(seconds * rate))
        self._mixer = mixer
        self._repaired = repaired
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
            self._stretch = _Stretch(frame, self._rate, self._size)
        yield from self._off(self._stretch.push(frame))

    def wait(self, seconds: float, frame: AudioFrame) -> Iterator[Samples]:
        """As much silence, of as many channels as ``frame`` has."""
        until = round((self.end + seconds) * self._rate)
        yield from self.finish()
        while (left := until - self._taken) > 0:
            yield from self._off([np.zeros((frame.layout.nb_channels, min(left, self._size)), np.float32)])

    def finish(self) -> Iterator[Samples]:
        """What waits for its piece to be full."""
        if self._stretch is not None:
            yield from self._off(self._stretch.finish())
            self._stretch = None

    def _off(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        for piece in pieces:
            self._taken += piece.shape[1]
            yield self._mixer.mixed(mended(piece) if self._repaired else piece)


class _Mixer:
    """The channels that are asked for: one alone, the mean of all, or as many as there are at first."""

    def __init__(self, mono: bool, channel: int | None) -> None:
        self._mono, self._channel = mono, channel
        self._channels = 0

    def mixed(self, piece: Samples) -> Samples:
        self._channels = self._channels or len(piece)
        if len(piece) != self._channels:
            piece = np.repeat(_mean(piece), self._channels, axis=0)
        if self._channel is None:
            return _mean(piece) if self._mono else piece
        if not 0 <= self._channel < self._channels:
            raise AudioError(
                f"the recording has {self._channels} channel{'s' * (self._channels != 1)}, "
                f"so there is no channel {self._channel}",
                hint="channels are counted from 0",
            )
        return piece[self._channel : self._channel + 1].copy()  # a view would keep the others in memory


class _Stretch:
    """Frames of one shape on their way through FFmpeg's filters, which gather them into float pieces."""

    def __init__(self, first: AudioFrame, rate: int, size: int) -> None:
        from av.filter import Graph

        self.shape = _shape(first)
        self.waiting = 0.0
        """Samples pushed and not yet taken, counted at the rate that comes out."""
        self._ratio = rate / first.sample_rate
        self._size = size
        self._graph = Graph()
        self._graph.link_nodes(
            self._graph.add_abuffer(sample_rate=first.sample_rate, format=first.format, layout=first.layout),
            # Interleaved, since PyAV reads past the end of a planar frame that has eight channels.
            self._graph.add("aformat", sample_fmts="flt", sample_rates=str(rate)),
            self._graph.add("abuffersink"),
        ).configure()
        self._graph.set_audio_frame_size(size)

    def push(self, frame: AudioFrame) -> Iterator[Samples]:
        """One frame more; gives the pieces that are full."""
        frame.pts = None  # samples are counted
        self._graph.push(frame)
        self.waiting += frame.samples * self._ratio
        return self._pull() if self.waiting >= self._size else iter(())

    def finish(self) -> Iterator[Samples]:
        """Everything that still waits."""
        self._graph.push(None)
        return self._pull()

    def _pull(self) -> Iterator[Samples]:
        while True:
            try:
                out = cast("AudioFrame", self._graph.pull())
            except (BlockingIOError, EOFError):  # until more is pushed, or for good
                return
            self.waiting -= out.samples
            interleaved = cast(Samples, out.to_ndarray()).reshape(out.samples, -1)
            yield np.ascontiguousarray(interleaved.T)


def _shape(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _mean(piece: Samples) -> Samples:
    return piece if len(piece) == 1 else piece.mean(axis=0, dtype=np.float32, keepdims=True)
