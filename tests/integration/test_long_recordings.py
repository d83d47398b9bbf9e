"""Three hours cost no more memory than five minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 8_000
MINUTES = 60
TRANSCRIBE = """
import resource, sys
from speechlab import Lab
run = Lab(discover=False).open('[[stage]]\\nuse = "asr/toy"', sys.argv[1])
events = sum(1 for _ in run)
print(events, run.trace.pieces, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def recording(path: Path, minutes: int) -> Path:
    """Two seconds of tone, one of silence, again and again, written as it is made."""
    tone = (0.3 * np.sin(np.arange(2 * RATE) * 0.3)).astype(np.float32)
    minute = np.tile(np.concatenate([tone, np.zeros(RATE, np.float32)]), 20)
    with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as out:
        for _ in range(minutes):
            out.write(minute)
    return path


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[int, int, int]]:
    """Events, pieces and peak kilobytes of a run of so many minutes."""
    folder = tmp_path_factory.mktemp("long")
    told = {}
    for minutes in (5, 180):
        path = recording(folder / f"{minutes}.wav", minutes)
        done = subprocess.run([sys.executable, "-c", TRANSCRIBE, str(path)], capture_output=True, text=True, check=True)
        events, pieces, peak = map(int, done.stdout.split())
        told[minutes] = (events, pieces, peak)
        path.unlink()
    return told


def test_the_work_grows_with_the_length(costs: dict[int, tuple[int, int, int]]) -> None:
    assert costs[5][1] == 2
    assert costs[180][1] >= 45
    assert costs[180][0] > 30 * costs[5][0]


def test_the_memory_does_not(costs: dict[int, tuple[int, int, int]]) -> None:
    assert costs[180][2] <= 1.15 * costs[5][2]
