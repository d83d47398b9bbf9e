"""``python -m tests.bench.wholes SENTENCES.tsv``: what it gains to translate sentences as wholes that speakers cut up.

SENTENCES is as ``tests.bench.translation`` reads it. Each sentence is spoken in segments of nine words, more or less,
as a recogniser cuts speech at pauses; they are translated each by itself, and put together as the lab does. The texts
of a sentence's segments, joined, are compared with the reference.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from speechlab import Lab, Recording, Segment, Transcript
from speechlab.types.scripts import joined

from .table import table
from .translation import Score, less, read, within

PAIRS = "en-pt", "pt-en", "es-en", "fr-pt"
WORDS = 9
"""In a segment, on average."""
SECONDS, PAUSE, APART = 2.0, 0.5, 3.0
"""Of a segment, between two of a sentence, and between two sentences."""


def main(args: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path, help="a .tsv file")
    parser.add_argument("--pairs", nargs="*", default=PAIRS, metavar="es-en", help="default: %(default)s")
    options = parser.parse_args(args)
    texts, rows = read(options.sentences), []
    with Lab() as lab:
        for pair in options.pairs:
            source, target = pair.split("-")
            talk = Recording(Transcript(tuple(spoken(texts[source])), source))
            alone, whole = (
                Score(told(lab, talk, target, whole_sentences=whole), texts[target], target) for whole in (False, True)
            )
            bleu, chrf = (less(getattr(whole, name), getattr(alone, name)) for name in ("bleu", "chrf"))
            rows.append((pair, within(alone.bleu), within(whole.bleu), bleu))
            rows[-1] += (within(alone.chrf), within(whole.chrf), chrf)
    head = ("pair", "BLEU, each by itself", "whole sentences", "gain, 95 %")
    table((*head, "chrF, each by itself", "whole sentences", "gain, 95 %"), rows)


def spoken(sentences: Sequence[str]) -> Iterator[Segment]:
    """The sentences in segments of speech; their ids tell of which they are."""
    rng, at = random.Random(0), 0.0
    for number, sentence in enumerate(sentences):
        words = sentence.split()
        count = min(len(words), max(1, round(len(words) / WORDS)))
        cuts = sorted(rng.sample(range(1, len(words)), count - 1))
        for part, (first, last) in enumerate(pairwise([0, *cuts, len(words)])):
            text = " ".join(words[first:last])
            yield Segment(start=at, end=at + SECONDS, text=text, id=f"{number:04d}-{part:02d}")
            at += SECONDS + PAUSE
        at += APART


def told(lab: Lab, talk: Recording, target: str, *, whole_sentences: bool) -> list[str]:
    """The sentences in another language, put together from their segments."""
    track = lab.translated(talk, target, whole_sentences=whole_sentences).translations[target]
    found = groupby(track, lambda segment: segment.id.partition("-")[0])
    return [joined(segment.text for segment in segments) for _, segments in found]


if __name__ == "__main__":
    main()
