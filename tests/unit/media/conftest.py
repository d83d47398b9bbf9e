"""Recordings made on the spot: a tone of its own in each channel, in any container and codec."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from speechlab import Samples

PACKET = 960


def tones(seconds: float, rate: int, channels: int) -> Samples:
    """In channel 0 a sine of 400 Hz at half of full scale; in each next one 200 Hz higher, and as loud."""
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * (400 + 200 * n) * time) for n in range(channels)]).astype(np.float32)


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Path]:
    """Write a recording: ``record("talk.m4a", "aac", seconds=2.0)``; ``silent`` are spans without any packet."""

    def write(
        name: str,
        codec: str,
        *,
        seconds: float = 2.0,
        rate: int = 48_000,
        layout: str = "stereo",
        video: bool = False,
        silent: Sequence[tuple[float, float]] = (),
        bit_rate: int = 128_000,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            pictures = container.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p") if video else None
            track = container.add_stream(codec, rate=rate, layout=layout)
            track.bit_rate = bit_rate
            if pictures is not None:
                for number in range(round(seconds * 25)):
                    picture = av.VideoFrame(64, 64, "yuv420p")
                    picture.pts, picture.time_base = number, Fraction(1, 25)
                    container.mux(pictures.encode(picture))
                container.mux(pictures.encode(None))
            sound = tones(seconds, rate, track.codec_context.layout.nb_channels)
            for first in range(0, sound.shape[1], PACKET):
                if any(start <= first / rate < end for start, end in silent):
                    continue
                part = np.ascontiguousarray(sound[:, first : first + PACKET])
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
                frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
                container.mux(track.encode(frame))
            container.mux(track.encode(None))
        return path

    return write
