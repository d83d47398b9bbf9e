"""The other contenders, as the shortest scripts one would write: faster-whisper and openai-whisper with no host at all.

``python -m tests.bench.bare sequential|batched|openai MODEL FILE`` prints the text.
"""

from __future__ import annotations

import os
import sys


def sequential(model: str, file: str) -> str:
    """faster-whisper as its README begins: beam 5, no speech detection."""
    from faster_whisper import WhisperModel

    segments, _ = WhisperModel(model, device="cpu", compute_type="int8").transcribe(file)
    return " ".join(segment.text.strip() for segment in segments)


def batched(model: str, file: str) -> str:
    """faster-whisper with speechlab's own settings: its speech detection, its batches, word times."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    settings = dict(pair.split("=", 1) for pair in os.environ.get("BENCH_SETTINGS", "").split())
    pipeline = BatchedInferencePipeline(WhisperModel(model, device="cpu", compute_type="int8"))
    segments, _ = pipeline.transcribe(
        file,
        beam_size=int(settings.get("beam_size", 1)),
        batch_size=int(settings.get("batch_size", 4)),
        word_timestamps=settings.get("word_times", "True") == "True",
        without_timestamps=settings.get("without_timestamps", "True") == "True",
        language=settings.get("language") or None,
    )
    return " ".join(segment.text.strip() for segment in segments)


def openai(model: str, file: str) -> str:
    """openai-whisper, greedy, on a checkpoint of the same weights."""
    import wave

    import numpy as np
    import whisper

    with wave.open(file) as recording:  # 16 kHz, mono: so it needs no ffmpeg
        samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16).astype(np.float32) / 32768
    text: str = whisper.load_model(model, device="cpu").transcribe(samples, fp16=False, beam_size=None)["text"]
    return text


if __name__ == "__main__":
    print({"sequential": sequential, "batched": batched, "openai": openai}[sys.argv[1]](*sys.argv[2:4]))
