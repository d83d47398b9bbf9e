"""``python -m tests.bench.synthesis``: how soon, how fast and how clearly each synthesizer speaks, and how like a
person a voice is that was made from clips.

``--measure speed``: each engine in processes of its own, in turns: CPU and wall time until the first sound of a
sentence of six words, and by the second of sound of a longer one; once straight from the engine, and once through the
lab with all that the host does (numbers as words, loudness, watermark). ``words``: the sentences of ``sentences.tsv``
in each language, spoken by each engine whose weights are here, and heard by a recogniser. ``likeness``, with ``--speech
FOLDER``: voices made from clips of five people, compared with other clips of them, and with somebody else; FOLDER has a
``MANIFEST.tsv``, and clips are named by the person up to the first dash.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from speechlab import Audio, Consent, EngineError, EngineSpec, Kind, Lab, Languages, Samples, SpeakerEmbedder, present
from speechlab.library import CLONING, MATCHING
from speechlab.matching import spoken as words_of
from speechlab.media import fit
from speechlab.proofing import Proofing
from speechlab.speaking import voices

from .cpu import spent
from .host import installed
from .material import RATE, Clip, clips
from .processes import Cost, in_turns, run
from .quality import Score, interval
from .table import table

SENTENCES = Path(__file__).with_name("sentences.tsv")
FIRST = "Please close the door behind you."
"""Six words."""
PEOPLE = 5
LEARNT = 20.0
"""Seconds of speech, at most, of which a voice is made."""
HELD_OUT = 5
"""Clips of each person that the voice is compared with."""
TOLD = 4
"""Sentences that each voice says."""
SPEAKERS = "diarize"
"""An encoder of voices that no synthesizer asks."""


def main(arguments: Sequence[str] | None = None) -> None:
    options = parsed(arguments)
    if options.once:
        print(json.dumps(once(*options.once)))
        return
    texts = read(SENTENCES)
    print(f"load average at the start: {os.getloadavg()[0]:.2f} (a figure above 1 is not worth publishing)\n")
    with Lab() as lab:
        specs = [spec for spec in here(lab) if not options.engines or spec.id in options.engines]
        if "speed" in options.measure:
            speed(lab, specs, texts["en"][-1], options.rounds)
        if "words" in options.measure:
            intelligible(lab, specs, texts, options.languages)
        if "likeness" in options.measure and options.speech:
            alike(lab, specs, texts["en"], clips(options.speech))
    print(f"load average at the end: {os.getloadavg()[0]:.2f}")


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.synthesis")
    parser.add_argument("--measure", nargs="*", default=["speed", "words", "likeness"])
    parser.add_argument("--engines", nargs="*", help="ids; all whose weights are here where none is named")
    parser.add_argument("--languages", nargs="*", default=["en", "es", "fr", "it", "pt", "de"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--speech", type=Path, help="folder with recordings and a MANIFEST.tsv")
    parser.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def read(path: Path) -> dict[str, list[str]]:
    """The same sentences in each language."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: [row[language] for row in rows] for language in rows[0]}


def here(lab: Lab) -> list[EngineSpec]:
    """The synthesizers whose weights are on this machine, in the order of their names."""
    found = []
    for spec in sorted(installed(lab, Kind.TTS), key=lambda spec: spec.id):
        if all(present(one, lab.home) for one in spec.weights):
            found.append(spec)
        else:
            print(f"{spec.name} is left out: its weights are not here", file=sys.stderr)
    return found


# -- speed -------------------------------------------------------------------------------------------------------------


def speed(lab: Lab, specs: Sequence[EngineSpec], long: str, rounds: int) -> None:
    """A row for each engine."""
    jobs: dict[str, Callable[[], Cost]] = {}
    for spec in specs:
        if "en" not in Languages(spec.languages):
            continue
        for way in ("engine", "lab"):
            command = [sys.executable, "-m", "tests.bench.synthesis", "--once", spec.id, way, long]
            jobs[f"{spec.id} {way}"] = partial(run, command, home=lab.home)
    costs = in_turns(jobs, rounds)
    print(f"## Time to the first sound of six words, and real-time factor: {rounds} rounds in turns\n")
    rows = []
    for name, some in costs.items():
        told = [json.loads(cost.output.splitlines()[-1]) for cost in some]
        engine, _, way = name.partition(" ")
        figures = [spread([one[of] for one in told]) for of in ("load", "first_cpu", "first_wall", "cpu", "wall")]
        rows.append((engine, way, *figures, f"{max(cost.peak for cost in some):.0f}"))
    head = ("engine", "by", "load, CPU s", "first sound, CPU s", "wall s", "CPU a second of sound", "wall", "peak MB")
    table(head, rows)


def once(engine: str, way: str, long: str) -> dict[str, float]:
    """What one process measures."""
    with Lab() as lab:
        spec = lab.engine(Kind.TTS, engine)
        began = spent()
        voice = voices(lab, spec)[0].id if way == "engine" else None
        say = partial(straight if way == "engine" else through, lab, spec, voice)
        with lab.pool.lease(spec, spec.params()):
            for _ in say("Hello."):
                pass
            loaded = spent() - began
            cpu, wall = spent(), time.perf_counter()
            next(iter(say(FIRST)))
            first_cpu, first_wall = spent() - cpu, time.perf_counter() - wall
            cpu, wall = spent(), time.perf_counter()
            seconds = sum(audio.duration for audio in say(long))
            cpu, wall = spent() - cpu, time.perf_counter() - wall
    return {
        "load": loaded,
        "first_cpu": first_cpu,
        "first_wall": first_wall,
        "cpu": cpu / seconds,
        "wall": wall / seconds,
    }


def straight(lab: Lab, spec: EngineSpec, voice: str | None, text: str) -> Iterator[Audio]:
    """From the engine, with nothing around it."""
    with lab.pool.lease(spec, spec.params()) as loaded:
        yield from loaded.engine.synthesize(text, voice, spec.options())


def through(lab: Lab, spec: EngineSpec, voice: str | None, text: str) -> Iterator[Audio]:
    """As the command line has it."""
    for one in lab.speaking(text, voice, spec.id, language="en"):
        yield one.audio


def spread(figures: Sequence[float]) -> str:
    """The median, with the smallest and the largest."""
    digits = 2 if max(figures) >= 0.1 else 3
    middle, low, high = (f"{one:.{digits}f}" for one in (statistics.median(figures), min(figures), max(figures)))
    return f"{middle} ({low} to {high})"


# -- words -------------------------------------------------------------------------------------------------------------


def intelligible(
    lab: Lab, specs: Sequence[EngineSpec], texts: Mapping[str, Sequence[str]], languages: Iterable[str]
) -> None:
    """Word error rate of each engine in each language, as a recogniser hears it."""
    rows = []
    for language in languages:
        with Proofing(lab, language=language) as proofing:
            for spec in specs:
                if language not in Languages(spec.languages) or {CLONING, MATCHING} & spec.features:
                    continue  # those that speak with voices that others have are heard for likeness
                try:
                    scores, voice = heard(lab, proofing, spec, texts[language], language)
                except EngineError as error:
                    print(f"{spec.name} does not say {language}: {error}", file=sys.stderr)
                    continue
                clear = sum(1 for one in scores if not one.errors)
                row = (language, spec.id, voice, *interval(scores), f"{clear} of {len(scores)}")
                rows.append((*row, proofing.recognizer(language)))
    print("## Words that come back\n")
    table(("language", "engine", "voice", "WER %", "95 % interval", "sentences without error", "heard by"), rows)


def heard(
    lab: Lab, proofing: Proofing, spec: EngineSpec, texts: Sequence[str], language: str, voice: str | None = None
) -> tuple[list[Score], str]:
    """A score for each sentence, and whose voice it was."""
    scores, who = [], ""
    for text in texts:
        for one in lab.speaking(text, voice, spec.id, language=language):
            proof = proofing.proof(one.text, one.audio)
            scores.append(Score(sum(slip.words for slip in proof.errors), len(words_of(one.text))))
            who = one.voice
            if proof.errors:
                told = ", ".join(f"{slip.written!r} as {slip.heard!r}" for slip in proof.errors)
                print(f"  {spec.id} {language}: {told}", file=sys.stderr, flush=True)
    return scores, who


# -- likeness ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Somebody, in clips that a voice is made of and in others."""

    name: str
    learnt: list[Audio]
    held_out: list[Audio]

    @property
    def reference(self) -> Audio:
        """Of what the voice is made."""
        return Audio(np.concatenate([audio.mono for audio in self.learnt]), RATE)


@dataclass(frozen=True)
class Encoder:
    """An engine that tells how voices sound."""

    name: str
    embed: Callable[[Audio], Samples]

    def middle(self, some: Iterable[Audio]) -> Samples:
        """How the one person sounds who speaks in all of them."""
        total = np.sum([self.embed(audio) for audio in some], axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)


def alike(lab: Lab, specs: Sequence[EngineSpec], texts: Sequence[str], some: Sequence[Clip]) -> None:
    """A row for each engine that makes voices from clips, and each encoder of voices."""
    people = list(persons(some))
    consent = Consent("a reader", "a recording given to the public", "2026-01-01T00:00:00+00:00")
    for spec in (spec for spec in specs if {CLONING, MATCHING} & spec.features):
        with lab.pool.lease(spec, spec.params()) as loaded, Proofing(lab, language="en") as proofing:
            spoken: dict[str, list[Audio]] = {}
            scores: list[Score] = []
            for number, person in enumerate(people):
                try:
                    voice = loaded.engine.clone(person.reference, consent, spec.options())
                except EngineError as error:
                    print(f"{spec.name} is left out: {error}", file=sys.stderr)
                    break
                own = [texts[(number * TOLD + at) % len(texts)] for at in range(TOLD)]
                spoken[person.name] = [one.audio for t in own for one in lab.speaking(t, voice.id, spec.id)]
                for text, audio in zip(own, spoken[person.name], strict=True):
                    proof = proofing.proof(text, audio)
                    scores.append(Score(sum(slip.words for slip in proof.errors), len(words_of(text))))
            if len(spoken) < len(people):
                continue
            stranger = [one.audio for text in texts[:TOLD] for one in lab.speaking(text, None, spec.id)]
        told = "cloning" if CLONING in spec.features else "voice matching"
        print(f"## {told.capitalize()} by {spec.id}: {len(people)} people, WER {' %, '.join(interval(scores))}\n")
        rows = [row for encoder in encoders(lab) for row in likenesses(encoder, people, spoken, stranger)]
        table(("encoder", "what is compared with other clips of the person", "mean", "smallest", "largest"), rows)


def persons(some: Iterable[Clip]) -> Iterator[Person]:
    """The first that have clips enough."""
    by_name: dict[str, list[Clip]] = {}
    for clip in some:
        by_name.setdefault(clip.speaker, []).append(clip)
    enough = [(name, own) for name, own in sorted(by_name.items()) if len(own) >= 2 * HELD_OUT]
    for name, own in enough[:PEOPLE]:
        learnt: list[Audio] = []
        for clip in own[:-HELD_OUT]:
            left = LEARNT - sum(audio.duration for audio in learnt)
            if left > 1:
                learnt.append(clip.audio.crop(0, left))
        yield Person(name, learnt, [clip.audio for clip in own[-HELD_OUT:]])


def encoders(lab: Lab) -> Iterator[Encoder]:
    """One that a synthesizer chooses by, and one that none does."""
    chosen = [spec for spec in lab.engines(Kind.TTS) if spec.likeness is not None and not spec.missing()]
    for spec in (*chosen, lab.engine(Kind.DIARIZE, SPEAKERS)):
        with lab.pool.lease(spec, spec.params()) as loaded:
            if isinstance(engine := loaded.engine, SpeakerEmbedder):
                yield Encoder(spec.name, partial(embedded, engine, spec))


def embedded(engine: Any, spec: EngineSpec, audio: Audio) -> Samples:
    """A vector of length 1."""
    vector: Samples = engine.embed(fit(audio, spec.sample_rate), spec.options())
    return vector


def likenesses(
    encoder: Encoder, people: Sequence[Person], spoken: Mapping[str, Sequence[Audio]], stranger: Sequence[Audio]
) -> Iterator[tuple[str, ...]]:
    """How alike each is to other clips of the person, by one encoder."""
    middles = {person.name: encoder.middle(person.held_out) for person in people}
    nearest = {
        one: max((two for two in middles if two != one), key=lambda two, own=own: float(own @ middles[two]))  # type: ignore[misc]
        for one, own in middles.items()
    }
    voice = {name: encoder.middle(audios) for name, audios in spoken.items()}
    plain = encoder.middle(stranger)
    figures = {
        "a clip of the person": [float(encoder.embed(one) @ middles[p.name]) for p in people for one in p.learnt],
        "the voice made of clips, each sentence": [
            float(encoder.embed(one) @ middles[name]) for name, audios in spoken.items() for one in audios
        ],
        "the voice, all its sentences": [float(voice[name] @ middles[name]) for name in spoken],
        "the same, with whom the person is most like": [float(voice[name] @ middles[nearest[name]]) for name in spoken],
        "the person, with that other": [float(middles[name] @ middles[nearest[name]]) for name in spoken],
        "the engine's first voice": [float(plain @ own) for own in middles.values()],
    }
    for what, some in figures.items():
        yield encoder.name, what, f"{np.mean(some):.2f}", f"{min(some):.2f}", f"{max(some):.2f}"


if __name__ == "__main__":
    main()
