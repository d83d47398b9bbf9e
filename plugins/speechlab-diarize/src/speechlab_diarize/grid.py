"""Where on the timeline the networks look: chunks, frames and moments, counted from the start of the sound."""

from __future__ import annotations

RATE = 16_000

CHUNK = 160_000
"""Samples that segmentation-3.0 hears at once: ten seconds."""
FRAME = 270
"""Samples from one of its frames to the next: 17 ms."""
FIRST = 495
"""The sample in the middle of its first frame."""
FIELD = 991
"""Samples that one frame looks at."""
FRAMES = 589
"""Frames in a chunk."""
STRIDE = 144
"""Frames from one chunk to the next: a whole number of them, so that the frames of all chunks are the same ones."""
STEP = STRIDE * FRAME
"""Samples from one chunk to the next: 2.43 s, so that four chunks hear everything."""
SETTLED = range(224, 224 + STRIDE)
"""The frames in the middle of a chunk: nobody knows them better than this chunk."""

HOP = 160
"""Samples from one feature to the next."""
SPAN = 400
"""Samples that one feature looks at."""
FEATURES = STEP // HOP
"""Features from one chunk to the next: a whole number, too."""
POOLED = 2
"""Features for each frame of the voice network."""
VOICED = SPAN // 2
"""The sample in the middle of the first feature."""

MOMENT = 8
"""Frames from one moment to the next: at a moment we ask who speaks."""


def frames_in(samples: int) -> int:
    """How many frames lie in so many samples."""
    return max(0, (samples - FIELD) // FRAME + 1)


def features_in(samples: int) -> int:
    """How many features lie in so many samples."""
    return max(0, (samples - SPAN) // HOP + 1)


def seconds(frame: float) -> float:
    """Where a frame begins."""
    return max(0.0, (FIRST + FRAME * (frame - 0.5)) / RATE)


def frames(seconds: float) -> int:
    """So many seconds in frames."""
    return round(seconds * RATE / FRAME)
