"""CPU seconds of this process and of all that it has started, those that still run among them."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path


def spent() -> float:
    """CPU seconds of this process and of all that it has started."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours, seconds = {os.getpid()}, time.process_time() + ended.ru_utime + ended.ru_stime
    for _, parent, pid, worked in sorted(running()):
        if parent in ours:
            ours.add(pid)
            seconds += worked
    return seconds


def running() -> Iterator[tuple[int, int, int, float]]:
    """Of each process when it was started, its parent, its number, and the CPU seconds that it has worked."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            worked = int((folder / "schedstat").read_text().split()[0]) / 1e9  # in "stat", it is told to 10 ms
        except OSError:  # it has just ended
            continue
        yield int(fields[19]), int(fields[1]), int(folder.name), worked
