"""``python -m tests.bench.tracks --speech FOLDER --noise FOLDER``: which sound to recognise where there is a denoiser.

Clips of several speakers in noise, at 0 and 5 dB, are recognised raw, cleaned, and as the denoise guard does: both, and
the text kept that the recogniser is surer of. Told is the word error rate with its interval, the difference from raw on
the same clips, and the rate by noise.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speechlab import Kind, Lab

from .denoise import Mixture, mixtures
from .quality import Score, difference, interval, score
from .table import table

LOUD = (0, 5)
LIMIT = {"attenuation_limit_db": 12.0}
WAYS: Mapping[str, Mapping[str, Any]] = {
    "raw": {"recognise": "raw"},
    "clean": {"recognise": "clean"},
    "clean, limit 12 dB": {"recognise": "clean", **LIMIT},
    "better": {"recognise": "better"},
    "better, limit 12 dB": {"recognise": "better", **LIMIT},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True, help="folder with MANIFEST.tsv")
    parser.add_argument("--noise", type=Path, required=True, help="folder with office.flac and cafe.flac")
    parser.add_argument("--denoiser", metavar="ID", help="default: the best installed")
    parser.add_argument("--clips", type=int, help="no more clips than these")
    args = parser.parse_args()

    lab = Lab()
    denoiser = lab.engine(Kind.DENOISE, args.denoiser)
    heard: dict[str, dict[Mixture, Score]] = {way: {} for way in WAYS}
    loud = [one for one in mixtures(args.speech, args.noise) if one.decibels in LOUD]
    speakers = list(dict.fromkeys(one.clip.speaker for one in loud))[: args.clips]
    loud = [one for one in loud if one.clip.speaker in speakers]
    for number, mixture in enumerate(loud, 1):
        for way, values in WAYS.items():
            stages = [{"use": denoiser.name, **values}, {"use": "asr/whisper", "language": "en"}]
            text = lab.run({"stage": stages}, mixture.sound).transcript.text
            heard[way][mixture] = score(mixture.clip.text, text)
        print(f"{number} of {len(loud)}", end="\r", flush=True)
    _tell(denoiser.id, heard, len(speakers))


def _tell(denoiser: str, heard: Mapping[str, Mapping[Mixture, Score]], speakers: int) -> None:
    raw = list(heard["raw"].values())
    noises = list(dict.fromkeys(mixture.noise for mixture in heard["raw"]))
    print(f"{len(raw)} mixtures of {speakers} speakers, {denoiser}: word error rate, %\n")
    rows = []
    for way, scores in heard.items():
        by_noise = [interval([one for mixture, one in scores.items() if mixture.noise == noise])[0] for noise in noises]
        apart = ("", "") if way == "raw" else difference(list(scores.values()), raw)
        rows.append((way, *interval(list(scores.values())), *apart, *by_noise))
    table(("", "all", "interval", "from raw", "interval", *noises), rows)


if __name__ == "__main__":
    main()
