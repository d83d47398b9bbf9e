"""Speech made shorter or longer without another pitch, by FFmpeg's ``atempo``, to the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from ..types import Samples

if TYPE_CHECKING:
    from av import AudioFrame


def stretched(samples: Samples, sample_rate: int, frames: int) -> Samples:
    """One channel of speech, shaped (samples,), at another tempo: so that it takes exactly ``frames``.

    What atempo itself gives is some milliseconds shorter or longer: there silence is added, or taken away.
    """
    if len(samples) in (frames, 0):
        return samples
    given = _atempo(samples, sample_rate, len(samples) / frames)[:frames]
    return np.concatenate([given, np.zeros(frames - len(given), np.float32)])


def _atempo(samples: Samples, sample_rate: int, tempo: float) -> Samples:
    from av import AudioFrame
    from av.filter import Graph

    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="flt", layout="mono")
    frame.sample_rate = sample_rate
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(sample_rate=sample_rate, format=frame.format, layout=frame.layout),
        graph.add("atempo", f"{tempo:.6f}"),
        graph.add("aformat", sample_fmts="flt"),
        graph.add("abuffersink"),
    ).configure()
    graph.push(frame)
    graph.push(None)
    parts: list[Samples] = []
    while True:
        try:
            part = cast("AudioFrame", graph.pull())
        except (BlockingIOError, EOFError):
            return np.concatenate(parts) if parts else np.zeros(0, np.float32)
        parts.append(cast(Samples, part.to_ndarray()).reshape(-1))
