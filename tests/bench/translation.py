"""``python -m tests.bench.translation SENTENCES.tsv``: how well and how fast texts are translated, what the host costs.

SENTENCES has a column for each language, under its FLORES code, and the same sentence in each row. Quality is told by
BLEU and chrF of sacrebleu with the half width of a 95 % interval, from a bootstrap over sentences; where there are
several ways from one language into another, also by how much the first one's chrF is above each of the others, on the
same draws of sentences. CPU is that of this process and of the programs it keeps running.

``--pairs`` are languages such as es-en: each engine that is installed and leads there goes it, and the route that the
lab would take. A pair with more languages, such as es-pt-en, is that chain, whatever the lab would do.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from speechlab import ConfigError, EngineSpec, EngineUnavailable, Hop, Kind, Lab, Languages
from speechlab.preferred import ROUTES

from .cpu import spent
from .host import installed
from .processes import in_turns, ratio
from .table import table

PAIRS = [
    *("en-pt", "pt-en", "en-es", "es-en", "en-ca", "ca-en", "en-gl", "gl-en", "en-fr", "fr-en", "en-it", "it-en"),
    *("es-pt", "pt-es", "pt-ca", "ca-pt"),
]
BATCHES = 1, 8, 32, 100
BATCH = 2000
"""Characters that the lab gives an engine at once, where nobody says otherwise."""
DRAWS = 1000
NO_WORDS = {"zh": "zh", "ja": "char"}
"""How sacrebleu parts what is written without blanks."""

Texts = Mapping[str, Sequence[str]]
"""The sentences by BCP-47 code."""


@dataclass(frozen=True)
class Way:
    """How to get from one language into another."""

    hops: tuple[Hop, ...]
    name: str

    def gone(self, lab: Lab, texts: Sequence[str]) -> list[str]:
        """The texts through the lab, step by step."""
        told = list(texts)
        for hop in self.hops:
            told = lab.translate(told, hop.target, hop.source, hop.engine)
        return told


@dataclass(frozen=True)
class Score:
    """What was told, against what should have been."""

    told: Sequence[str]
    wanted: Sequence[str]
    language: str

    @cached_property
    def bleu(self) -> tuple[float, np.ndarray]:
        """Of all sentences, and of each draw."""
        from sacrebleu.metrics import BLEU

        return self._scored(BLEU(tokenize=NO_WORDS.get(self.language, "13a")))

    @cached_property
    def chrf(self) -> tuple[float, np.ndarray]:
        """Of all sentences, and of each draw."""
        from sacrebleu.metrics import CHRF

        return self._scored(CHRF())

    def _scored(self, metric: Any) -> tuple[float, np.ndarray]:
        counts = np.array(metric._extract_corpus_statistics(self.told, [self.wanted]))
        draws = np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))
        scores = [metric._compute_score_from_stats(counts[draw].sum(axis=0).tolist()).score for draw in draws]
        return metric._compute_score_from_stats(counts.sum(axis=0).tolist()).score, np.array(scores)


def main(args: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path, help="a .tsv file")
    parser.add_argument("--pairs", nargs="*", default=PAIRS, metavar="es-en", help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", nargs="*", choices=["quality", "speed", "host"])
    options = parser.parse_args(args)
    texts = read(options.sentences)
    with Lab() as lab:
        for part in (quality, speed, host):
            if not options.measure or part.__name__ in options.measure:
                part(lab, texts, options)


def read(path: Path) -> Texts:
    """The columns that are languages."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    languages = Languages([column for column in rows[0] if "_" in column])
    return {tag: [row[languages.code(tag)] for row in rows] for tag in languages}


def quality(lab: Lab, texts: Texts, options: argparse.Namespace) -> None:
    """A row for each way of each pair."""
    rows = []
    for pair in options.pairs:
        source, *_, target = pair.split("-")
        first: Score | None = None
        for way in ways(lab, pair):
            way.gone(lab, texts[source][:1])  # what is loaded on first use is not counted
            began, cpu = time.perf_counter(), spent()
            told = Score(way.gone(lab, texts[source]), texts[target], target)
            seconds, cpu = time.perf_counter() - began, spent() - cpu
            count = len(told.told)
            above = "" if first is None else less(first.chrf, told.chrf)
            rows.append((pair, way.name, within(told.bleu), within(told.chrf), above, f"{count / seconds:.0f}"))
            rows[-1] += (f"{1000 * cpu / count:.0f}",)
            first = first or told
    head = (
        "pair",
        "way",
        "BLEU",
        "chrF",
        "chrF of the first above it, 95 %",
        "sentences a second",
        "CPU ms a sentence",
    )
    print(f"## {len(next(iter(texts.values())))} sentences\n")
    table(head, rows)


def speed(lab: Lab, texts: Texts, options: argparse.Namespace) -> None:
    """Sentences a second and CPU of one step of each engine, by how many are given to it at once."""
    rows = []
    for way in steps(lab, options):
        [hop] = way.hops
        spec = lab.engine(Kind.TRANSLATE, hop.engine.partition("/")[2])
        for batch in BATCHES:
            some = texts[hop.source]
            alone(lab, spec, hop, some[:1])
            waits, cpu = [], spent()
            for start in range(0, len(some), batch):
                began = time.perf_counter()
                alone(lab, spec, hop, some[start : start + batch])
                waits.append(time.perf_counter() - began)
            cpu = spent() - cpu
            middle, late = np.percentile(waits, [50, 95])
            rows.append((f"{hop.source}-{hop.target}", way.name, str(batch), f"{len(some) / sum(waits):.0f}"))
            rows[-1] += (f"{1000 * cpu / len(some):.1f}", f"{1000 * middle:.0f}", f"{1000 * late:.0f}")
    print("## One step, by sentences at once\n")
    head = (
        "pair",
        "engine",
        "at once",
        "sentences a second",
        "CPU ms a sentence",
        "ms a batch, median",
        "95th percentile",
    )
    table(head, rows)


def host(lab: Lab, texts: Texts, options: argparse.Namespace) -> None:
    """CPU of all sentences through the lab, and straight through the engine in batches of the same size."""
    rows = []
    for way in steps(lab, options):
        [hop] = way.hops
        spec, some = lab.engine(Kind.TRANSLATE, hop.engine.partition("/")[2]), texts[hop.source]
        jobs: dict[str, Callable[[], float]] = {}
        for name, go in {"bare": partial(batched, lab, spec, hop), "lab": partial(way.gone, lab)}.items():
            go(some[:1])
            jobs[f"{hop.source}-{hop.target} {way.name} {name}"] = partial(timed, go, some)
        bare, whole = in_turns(jobs, options.rounds).values()
        each = (f"{1000 * statistics.median(costs) / len(some):.2f}" for costs in (bare, whole))
        rows.append((f"{hop.source}-{hop.target}", way.name, *each, ratio(whole, bare)))
    print("## The host around an engine\n")
    table(("pair", "engine", "engine, CPU ms a sentence", "through the lab", "lab / engine"), rows)


def ways(lab: Lab, pair: str) -> Iterator[Way]:
    """The route that the lab takes, then each engine that leads there by itself; or the chain that is told."""
    languages = pair.split("-")
    if len(languages) > 2:
        hops = [next(direct(lab, *step)).hops[0] for step in pairwise(languages)]
        yield Way(tuple(hops), named(hops))
        return
    routed: tuple[Hop, ...] = ()
    try:
        routed = lab.route(*languages)
        yield Way(routed, named(routed))
    except (ConfigError, EngineUnavailable) as error:
        print(f"{pair}: {error}")
    yield from (way for way in direct(lab, *languages) if way.hops != routed)


def direct(lab: Lab, source: str, target: str) -> Iterator[Way]:
    """The engines that lead from one language into another in one step, at once; the best first."""
    found = []
    for spec in installed(lab, Kind.TRANSLATE):
        if ROUTES not in spec.features:
            for one in spec.leads(spec.params(), lab.pool.context):
                if one.here and source in one.sources and target in one.targets:
                    found.append((one.cost, Way((Hop(spec.name, source, target),), spec.id)))
    return (way for _, way in sorted(found, key=lambda pair: (pair[0], pair[1].name)))


def steps(lab: Lab, options: argparse.Namespace) -> list[Way]:
    """Of each engine, the pairs that it goes in one step."""
    return [way for pair in options.pairs for way in direct(lab, pair.split("-")[0], pair.split("-")[-1])]


def named(hops: Sequence[Hop]) -> str:
    """``es → pt → en: apertium, fxtranslate``."""
    if len(hops) == 1:
        return hops[0].engine.partition("/")[2]
    languages = " → ".join([hops[0].source, *(hop.target for hop in hops)])
    return f"{languages} ({', '.join(hop.engine.partition('/')[2] for hop in hops)})"


def alone(lab: Lab, spec: EngineSpec, hop: Hop, texts: Sequence[str]) -> list[str]:
    """The texts through nothing but the engine."""
    with lab.pool.lease(spec, spec.params()) as loaded:
        return list(loaded.engine.translate(texts, hop.source, hop.target, spec.options()))


def batched(lab: Lab, spec: EngineSpec, hop: Hop, texts: Sequence[str]) -> None:
    """The texts through nothing but the engine, so many characters at once as the lab gives it."""
    starts = [round(end) // BATCH for end in np.cumsum([len(text) for text in texts])]
    for number in sorted(set(starts)):
        alone(lab, spec, hop, [text for text, start in zip(texts, starts, strict=True) if start == number])


def timed(go: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """CPU seconds."""
    began = spent()
    go(texts)
    return spent() - began


def within(score: tuple[float, np.ndarray]) -> str:
    """A score with half the width of its interval."""
    low, high = np.percentile(score[1], [2.5, 97.5])
    return f"{score[0]:.1f} ± {(high - low) / 2:.1f}"


def less(first: tuple[float, np.ndarray], other: tuple[float, np.ndarray]) -> str:
    """By how much the first is better, and its interval on the same draws."""
    low, high = np.percentile(first[1] - other[1], [2.5, 97.5])
    return f"{first[0] - other[0]:+.1f} ({low:+.1f} to {high:+.1f})"


if __name__ == "__main__":
    main()
