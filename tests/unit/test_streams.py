"""Golden event logs: what pipelines of toys tell, in batch and live, word for word.

After a change that is meant, write them anew with ``SPEECHLAB_WRITE_STREAMS=1 pytest tests/unit/test_streams.py`` and
read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from speechlab import Audio, AudioChunk, Event, Lab, Recording
from speechlab.types.codec import dump, load

STREAMS = Path(__file__).parents[1] / "streams"
PIPELINES = {
    "captions": '[[stage]]\nuse = "asr/toy"\n[[stage]]\nuse = "translate/toy"\nto = "fr"',
    "meeting": '[[stage]]\nuse = "asr/toy"\n[[stage]]\nuse = "text/toy"\n[[stage]]\nuse = "diarize/toy"',
    "abroad": '[[stage]]\nuse = "speech-translate/toy"\nto = "de"',
}


def talk() -> Audio:
    """Two tones, of one and of two seconds, with a second of silence around each."""
    hush, tone = np.zeros(16_000, np.float32), (0.5 * np.sin(np.arange(16_000) * 0.1)).astype(np.float32)
    return Audio(np.concatenate([hush, tone, hush, tone, tone, hush]), 16_000)


def told(name: str, mode: str) -> Iterable[Event]:
    lab = Lab(discover=False)
    events = lab.open(PIPELINES[name], talk()) if mode == "batch" else lab.stream(PIPELINES[name], talk().chunks(0.5))
    return [event for event in events if not isinstance(event, AudioChunk)]


@pytest.mark.parametrize("mode", ["batch", "live"])
@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_tells_what_it_told(name: str, mode: str) -> None:
    path = STREAMS / f"{name}.{mode}.jsonl"
    events = told(name, mode)
    if os.environ.get("SPEECHLAB_WRITE_STREAMS"):
        path.write_text("".join(f"{line}\n" for line in dump(events)), encoding="utf-8")
    golden = list(load(path.read_text(encoding="utf-8").splitlines()))
    assert events == golden
    assert Recording.of(golden) == Recording.of(events)


@pytest.mark.parametrize("name", PIPELINES)
def test_batch_and_live_say_the_same_words(name: str) -> None:
    def said(mode: str) -> set[str]:
        log = load((STREAMS / f"{name}.{mode}.jsonl").read_text(encoding="utf-8").splitlines())
        recording = Recording.of(log)
        tracks = [recording.transcript, *recording.translations.values()]
        return {word for track in tracks for segment in track for word in segment.text.split() if word.isalpha()}

    assert said("batch") == said("live")
