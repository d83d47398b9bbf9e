"""``python -m tests.bench.conversion SPEECH``: how like a person recordings of others become, and how clear they stay.

SPEECH has a ``MANIFEST.tsv``, and recordings named by who speaks, up to the first dash. Of each of ``--people``, 20
seconds tell the voice; what each of the others says elsewhere is converted into it. Told are, by the encoder that
voice matching chooses by and by one that nobody asks, how alike that is to the person, to whoever spoke, and to others,
before and after; the word errors of both, as Whisper base hears them; and the CPU time.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from speechlab import Audio, Consent, EngineSpec, Kind, Lab, VoiceCloner, present
from speechlab.media import fit

from .cpu import spent
from .host import installed
from .material import RATE, Clip, clips
from .quality import Score, interval, score
from .synthesis import HELD_OUT, Person, encoders, persons, spread
from .table import table

CONSENT = Consent("a reader", "a recording given to the public", "2026-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Converted:
    """What one person said, in the voice of another."""

    source: str
    target: str
    before: Audio
    after: Audio
    text: str
    cost: float
    """CPU seconds a second of sound."""


def main(arguments: Sequence[str] | None = None) -> None:
    options = parsed(arguments)
    some = [clip for clip in clips(options.speech) if not options.people or clip.speaker in options.people]
    people = list(persons(some))
    print(f"load average at the start: {os.getloadavg()[0]:.2f}\n")
    with Lab() as lab:
        for spec in installed(lab, Kind.CONVERT):
            chosen = not options.engines or spec.id in options.engines
            if chosen and all(present(one, lab.home) for one in spec.weights):
                told(lab, spec, people, some)
    print(f"load average at the end: {os.getloadavg()[0]:.2f}")


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.conversion")
    parser.add_argument("speech", type=Path, help="folder with recordings and a MANIFEST.tsv")
    parser.add_argument("--people", nargs="*", help="who is converted into each other; the first five without")
    parser.add_argument("--engines", nargs="*", help="ids; all whose weights are here where none is named")
    return parser.parse_args(arguments)


def told(lab: Lab, spec: EngineSpec, people: Sequence[Person], some: Sequence[Clip]) -> None:
    """What one converter makes of everybody."""
    with lab.pool.lease(spec, spec.params()) as loaded:
        if not isinstance(loaded.engine, VoiceCloner):
            return
        made = list(converted(loaded.engine, spec, people, some))
    costs = spread([one.cost for one in made])
    print(f"## {spec.id}: {len(people)} people, {len(made)} conversions, {costs} CPU s a second of sound\n")
    table(("", "WER %", "95 % interval"), list(words(lab, made)))
    table(
        ("encoder", "compared with clips of", "before", "after", "smallest", "largest"), list(alike(lab, made, people))
    )


def converted(engine: Any, spec: EngineSpec, people: Sequence[Person], some: Sequence[Clip]) -> Iterator[Converted]:
    """What each says that was held out, as far as it fits the converter's window, in the voice of each other."""
    said = {}
    for person in people:
        own = [clip for clip in some if clip.speaker == person.name][-HELD_OUT:]
        while sum(clip.audio.duration for clip in own) > spec.window:
            own.pop()
        said[person.name] = own
    voices = {person.name: engine.clone(person.reference, CONSENT, spec.options()).id for person in people}
    for source, target in permutations(said, 2):
        before = Audio(np.concatenate([clip.audio.mono for clip in said[source]]), RATE)
        began = spent()
        after = Audio.join(engine.convert(fit(before, spec.sample_rate), voices[target], spec.options()))
        cost = (spent() - began) / before.duration
        yield Converted(source, target, before, after, " ".join(clip.text for clip in said[source]), cost)


def words(lab: Lab, made: Sequence[Converted]) -> Iterator[tuple[str, ...]]:
    """How many words come back, before and after."""

    def heard(one: Converted, audio: Audio) -> Score:
        return score(one.text, lab.transcribe(audio, "whisper", language="en").transcript.text)

    sources = {one.source: one for one in made}
    before = {name: heard(one, one.before) for name, one in sources.items()}
    yield "before", *interval([before[one.source] for one in made])
    yield "after", *interval([heard(one, one.after) for one in made])


def alike(lab: Lab, made: Sequence[Converted], people: Sequence[Person]) -> Iterator[tuple[str, ...]]:
    """To whom it is how like, by each encoder."""
    everybody = [person.name for person in people]
    groups: dict[str, Callable[[Converted], list[str]]] = {
        "the person": lambda one: [one.target],
        "whoever spoke": lambda one: [one.source],
        "others": lambda one: [name for name in everybody if name not in (one.source, one.target)],
    }
    for encoder in encoders(lab):
        middles = {person.name: encoder.middle(person.held_out) for person in people}
        before = {one.source: encoder.embed(one.before) for one in made}
        after = [encoder.embed(one.after) for one in made]
        for whom, names in groups.items():
            pairs = [(one, vector, name) for one, vector in zip(made, after, strict=True) for name in names(one)]
            if not pairs:
                continue
            first = np.mean([before[one.source] @ middles[name] for one, _, name in pairs])
            second = [float(vector @ middles[name]) for _, vector, name in pairs]
            figures = (first, np.mean(second), min(second), max(second))
            yield encoder.name, whom, *(f"{figure:.2f}" for figure in figures)
        real = [float(encoder.embed(clip) @ middles[person.name]) for person in people for clip in person.learnt]
        figures = (np.mean(real), min(real), max(real))
        mean, low, high = (f"{figure:.2f}" for figure in figures)
        yield encoder.name, "the person: other clips of theirs", mean, "", low, high


if __name__ == "__main__":
    main()
