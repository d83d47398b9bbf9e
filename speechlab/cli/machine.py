"""What this machine has: processor, memory, graphics cards, disk. Nothing heavy is imported to find out."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PATIENCE = 60.0
"""Seconds that a library may take to tell of graphics cards."""
CTRANSLATE2 = "import ctranslate2; print(ctranslate2.get_cuda_device_count())"
TORCH = "import torch; print(torch.cuda.device_count() + torch.backends.mps.is_available())"


@dataclass(frozen=True, slots=True)
class Machine:
    """What engines have to work with."""

    python: str
    platform: str
    cores: int
    memory: int | None
    """Bytes in all; None where the system does not tell."""
    gpus: tuple[str, ...]
    """What the NVIDIA driver tells of, by name."""
    seen: dict[str, int | None]
    """How many graphics cards each installed library can use; None where it could not tell, or was not asked."""


def look(*, ask_torch: bool = False) -> Machine:
    """Ask the system; ``ask_torch`` takes seconds, since torch is imported in a process of its own."""
    seen = {}
    if find_spec("ctranslate2"):
        seen["ctranslate2"] = _count(CTRANSLATE2)
    if find_spec("torch"):
        seen["torch"] = _count(TORCH) if ask_torch else None
    return Machine(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        cores=_cores(),
        memory=_memory(),
        gpus=_nvidia(),
        seen=seen,
    )


def free(folder: Path) -> int | None:
    """Bytes free where this folder is or would be."""
    try:
        return shutil.disk_usage(_existing(folder)).free
    except OSError:
        return None


def writable(folder: Path) -> bool:
    """Whether this folder can be written to, or made."""
    there = _existing(folder)
    return there.is_dir() and os.access(there, os.W_OK)


def reachable(address: str, seconds: float = 5.0) -> bool:
    """Whether a server answers, whatever it answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=seconds):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False


def installed(distribution: str) -> str:
    """The version of a distribution; empty where it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def gigabytes(count: int | None) -> str:
    """Bytes as a person reads them."""
    return "unknown" if count is None else f"{count / 1e9:.1f} GB"


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _nvidia() -> tuple[str, ...]:
    if shutil.which("nvidia-smi") is None:
        return ()
    told = _answer("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
    return tuple(line.strip() for line in told.splitlines() if line.strip())


def _count(code: str) -> int | None:
    told = _answer(sys.executable, "-c", code).strip()
    return int(told) if told.isdecimal() else None


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
