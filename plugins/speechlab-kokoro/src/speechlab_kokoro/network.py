"""The network, opened: rewritten once for processors such as this one, kept, and asked how long each sound is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import onnxruntime

from speechlab import Context, EngineUnavailable, Samples, also_giving, made_by

WHOLE_NUMBERS = "ConvInteger"
"""What a network has that is worth rewriting."""
ROUNDED = "Round"
"""Where a network decides how many frames each sound lasts."""
EARLY = 3
"""Frames by which sounds are heard before they are due."""
REVISION = 1
"""Of how it is rewritten: what was kept of another is not read."""


class Network:
    """One loaded network. Threads may share it."""

    def __init__(self, source: Path, threads: int, context: Context) -> None:
        """Raises EngineUnavailable where the file is no network."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads or _cores()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # no work is done by waiting busily
        try:
            self._session = onnxruntime.InferenceSession(
                _prepared(source, context),
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=["TransposeOptimizer"],  # it would put time last again
            )
        except Exception as error:  # neither onnxruntime's errors nor those of what reads its files have a common class
            raise EngineUnavailable(f"{source} cannot be read: {error}", hint="fetch it again") from error
        self._tokens, self._style, self._speed = (one.name for one in self._session.get_inputs())

    def say(self, symbols: list[int], style: Samples, speed: float) -> tuple[Samples, Samples]:
        """The sound of the symbols, and the share of it after which each begins and the last ends: empty where the
        network does not tell."""
        given = {
            self._tokens: np.array([[0, *symbols, 0]], np.int64),
            self._style: style[len(symbols) - 1],
            self._speed: np.array([speed], np.float32),
        }
        samples, *frames = self._session.run(None, given)
        if not frames:
            return samples.reshape(-1), np.zeros(0, np.float32)
        ends = np.cumsum(np.maximum(frames[-1].reshape(-1), 1))
        return samples.reshape(-1), (np.maximum(ends[:-1] - EARLY, 0) / ends[-1]).astype(np.float32)


def _prepared(source: Path, context: Context) -> str | bytes:
    """What to open: a file, or its content where it could not be kept."""
    told = source.stat()
    made = hashlib.sha256(f"{source.resolve()}".encode()).hexdigest()[:12]
    version = hashlib.sha256(f"{told.st_size} {told.st_mtime_ns} {REVISION}".encode()).hexdigest()[:12]
    place = context.home / "kokoro" / "networks"
    kept = place / f"{made}-{version}.onnx"
    if kept.exists():
        return str(kept)
    network = source.read_bytes()
    if not made_by(network, WHOLE_NUMBERS):
        return _telling(network)
    from .rewriting import rewritten  # it takes longer to import than what is kept to load

    context.report("preparing Kokoro's network for this machine, once")
    network = _telling(rewritten(network))
    try:
        place.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place, delete=False) as file:
            file.write(network)
        os.replace(file.name, kept)
        for old in place.glob(f"{made}-*.onnx"):
            if old != kept:
                old.unlink(missing_ok=True)
    except OSError as error:
        context.report(f"Kokoro's network cannot be kept as it was prepared, so that this is done each time: {error}")
    return network


def _telling(network: bytes) -> bytes:
    """The network, which also gives how many frames each sound lasts, if it can."""
    found = made_by(network, ROUNDED)
    return also_giving(network, found[0]) if len(found) == 1 else network


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
