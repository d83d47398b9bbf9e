"""Moonshine's library, asked two things only, each a pure function of sound: where is speech, and what is said.

Its own streams are not used. All of them share one speech detector in a process, whose memory then mixes what they
hear; and they cut speech at short pauses and repeat what lies around the cut, which costs half as many errors again.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from speechlab import Samples, Span, union

RATE = 16_000
HOP = 512
"""Samples that the library looks at in one go; it drops what is left over."""
CONTEXT = 32 * HOP
"""Samples that the detector hears first, so that what it heard elsewhere hardly matters."""
THRESHOLD = 0.3
"""Speech probability that counts as speech; low, since what is missed here is lost."""

Arch = Literal["tiny", "base"]


class Library:
    """The loaded weights."""

    _hearing: ClassVar[threading.Lock] = threading.Lock()
    """The library has one detector in a process, however many models are loaded."""

    def __init__(self, folder: Path, arch: Arch) -> None:
        # Read when a model is loaded. Threads of their own do not make this model faster, they only take more CPU.
        os.environ.setdefault("MOONSHINE_ORT_SINGLE_THREAD", "1")
        from moonshine_voice import ModelArch  # type: ignore[import-untyped]
        from moonshine_voice.transcriber import Transcriber  # type: ignore[import-untyped]

        model = ModelArch[arch.upper()]
        self._reader = Transcriber(folder, model, options={"vad_threshold": 0, "return_audio_data": "false"})
        self._detector = Transcriber(
            folder,
            model,
            options={
                "skip_transcription": "true",
                "return_audio_data": "false",
                "vad_threshold": THRESHOLD,
                "vad_window_duration": 0.1,
                "vad_look_behind_sample_count": HOP,
                "vad_max_segment_duration": 0,
            },
        )

    def read(self, samples: Samples) -> str:
        """What is said, all of it taken for speech."""
        lines = self._reader.transcribe_without_streaming(samples.tolist(), RATE).lines
        return " ".join(text for line in lines if (text := line.text.strip()))

    def speech(self, samples: Samples, before: Samples) -> list[Span]:
        """Where somebody speaks, in seconds from the first sample; ``before`` is the sound that led up to it."""
        silence = np.zeros(max(0, CONTEXT - len(before)), np.float32)
        lead = np.concatenate([silence, before])[-CONTEXT:]
        heard = np.concatenate([lead, samples])
        with self._hearing:
            lines = self._detector.transcribe_without_streaming(heard.tolist(), RATE).lines
        inside = Span(0.0, len(samples) / RATE)
        spans = (Span(_seconds(line.start_time), _seconds(line.start_time + line.duration)) for line in lines)
        return union(span & inside for span in spans)

    def close(self) -> None:
        """Give the memory back."""
        self._reader.close()
        self._detector.close()


def _seconds(of_library: float) -> float:
    """A time that the library told with few digits, counted from the sound that we want to know about."""
    return (round(of_library * RATE) - CONTEXT) / RATE
