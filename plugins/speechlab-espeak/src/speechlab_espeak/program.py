"""espeak-ng as a program over a pipe; it shares no code with this one."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import numpy as np

from speechlab import Audio, EngineFailed, EngineUnavailable

NAME = "espeak-ng"
DATA = b"data"
SIZE = 4
"""Bytes that tell how long a part of a RIFF file is."""


def run(arguments: Sequence[str], told: str = "", *, timeout: float) -> bytes:
    """What it answers. Raises EngineUnavailable where it is not there, EngineFailed where it fails or takes too
    long."""
    try:
        done = subprocess.run([NAME, *arguments], input=told.encode(), capture_output=True, check=True, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"espeak-ng did not answer within {timeout:g} s", hint="raise `timeout`") from error
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode(errors="replace").strip().splitlines() or [f"it ended with {error.returncode}"]
        raise EngineFailed(f"espeak-ng failed: {words[-1]}", hint="is it installed whole, with its data?") from error
    except OSError as error:
        raise EngineUnavailable(f"espeak-ng could not be started: {error}", hint="apt-get install espeak-ng") from error
    return done.stdout


def sound(wave: bytes) -> Audio | None:
    """The sound of a WAV stream, whose header cannot tell how long it is; None where there is none.

    Raises EngineFailed for what is no such stream.
    """
    if not wave:
        return None
    head, data, rest = wave.partition(DATA)
    if not data or not head.startswith(b"RIFF"):
        raise EngineFailed("espeak-ng answered with no sound", hint="is it installed whole, with its data?")
    numbers = np.frombuffer(rest[SIZE : SIZE + (len(rest) - SIZE) // 2 * 2], "<i2")
    rate = int.from_bytes(head[24:28], "little")
    return Audio(numbers.astype(np.float32) / np.float32(32768), rate) if numbers.size else None
