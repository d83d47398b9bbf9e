"""``python -m tests.bench.host RECORDING``: what the host costs around a detector, a denoiser and a diarizer.

The same recording goes from its file through the lab, and through nothing but the engine's own session, fed by the
shortest script one would write. They take turns; told are CPU seconds a second of sound, and the median of the rounds'
ratios with the smallest and the largest.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from speechlab import Audio, EngineSpec, Kind, Lab
from speechlab.params import check
from speechlab.preferred import TOY

from .processes import in_turns, ratio
from .table import table

KINDS = Kind.VAD, Kind.DENOISE, Kind.DIARIZE
CHUNK = 10.0
"""Seconds that a session is fed at once."""


def main(args: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path, help="some seconds of one channel")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", nargs="*", default=[], metavar="KIND/ID", help="default: all that are installed")
    options = parser.parse_args(args)
    with Lab() as lab:
        specs = [spec for kind in KINDS for spec in installed(lab, kind)]
        told(lab, [spec for spec in specs if spec.name in options.engine or not options.engine], options)


def installed(lab: Lab, kind: Kind) -> list[EngineSpec]:
    """The engines of a kind that compute here, toys aside."""
    return [spec for spec in lab.engines(kind) if spec.local and not spec.missing() and TOY not in spec.features]


def told(lab: Lab, specs: list[EngineSpec], options: argparse.Namespace) -> None:
    """A row for each."""
    import soundfile

    seconds = soundfile.info(options.recording).duration
    jobs: dict[str, Callable[[], float]] = {}
    for spec in specs:
        for name, way in {"bare": bare, "host": host}.items():
            way(lab, spec, options.recording)  # what is loaded on first use is not counted
            jobs[f"{spec.name} {name}"] = partial(timed, way, lab, spec, options.recording)
    costs = in_turns(jobs, options.rounds)
    rows = []
    for spec in specs:
        alone, whole = costs[f"{spec.name} bare"], costs[f"{spec.name} host"]
        each = (f"{statistics.median(some) / seconds:.4f}" for some in (alone, whole))
        rows.append((spec.name, *each, ratio(whole, alone)))
    table(("engine", "its session, CPU s/s", "through the lab, CPU s/s", "lab / session"), rows)


def timed(way: Callable[[Lab, EngineSpec, Path], None], lab: Lab, spec: EngineSpec, recording: Path) -> float:
    """CPU seconds of one way."""
    began = time.process_time()
    way(lab, spec, recording)
    return time.process_time() - began


def bare(lab: Lab, spec: EngineSpec, recording: Path) -> None:
    """The file, read by soundfile and resampled by soxr at once, through a session of the engine."""
    import soundfile
    import soxr

    samples, rate = soundfile.read(recording, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1) if samples.shape[1] > 1 else samples[:, 0]
    if rate != spec.sample_rate:
        mono = soxr.resample(mono, rate, spec.sample_rate, quality="HQ")
    sound = Audio(np.ascontiguousarray(mono), spec.sample_rate)
    with lab.pool.lease(spec, spec.params()) as loaded:
        session = loaded.engine.open(check(spec.options, {}, spec.name))
        for chunk in sound.chunks(CHUNK):
            list(session.feed(chunk))
        list(session.flush())


def host(lab: Lab, spec: EngineSpec, recording: Path) -> None:
    """The file through the lab."""
    if spec.kind is Kind.DENOISE:
        for _ in lab.sound({"stage": [{"use": spec.name}]}, recording):
            pass
    else:
        lab.run({"stage": [{"use": spec.name}]}, recording)


if __name__ == "__main__":
    main()
