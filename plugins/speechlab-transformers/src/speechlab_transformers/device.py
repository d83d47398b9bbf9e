"""The device that a network computes on: given up, what to say when it is too small, and the same draws on each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from speechlab import EngineFailed


def free(device: torch.device) -> None:
    """Give back the memory of what is no longer used."""
    if device.type in ("cuda", "mps", "xpu"):
        getattr(torch, device.type).empty_cache()


@contextmanager
def enough(device: torch.device, work: str, cure: str) -> Iterator[None]:
    """Raises EngineFailed where the device has too little memory for ``work``; ``cure`` is what to do."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise EngineFailed(f"{device} has too little memory for {work}", hint=cure) from error


@contextmanager
def seeded(seed: int | None, device: torch.device) -> Iterator[None]:
    """What is drawn at random within is the same each time, unless ``seed`` is None; whoever else draws random numbers
    does not notice."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
