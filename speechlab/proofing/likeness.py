"""How alike the voices of two recordings are, on the scale of the engine that tells it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from ..engines import EngineSpec, SpeakerEmbedder
from ..errors import AudioError, EngineUnavailable, PluginError
from ..lab import Lab
from ..source import Sound
from ..types import Samples, Scale
from .whole import whole

PREFERRED = ("tts/voicematch",)
"""The first of these that is installed is asked; then any other."""
LONGEST = 120.0
"""Seconds of a file by which its voice is told."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two voices are."""

    value: float
    """A cosine: 1 where they are the same to the last digit."""
    same: float
    """What two recordings of one person have, in the middle of many pairs."""
    different: float
    """What recordings of two people have."""

    @property
    def scale(self) -> Scale:
        """What the value means."""
        return Scale(self.same, self.different)

    def __str__(self) -> str:
        return self.scale.words(self.value)


def similarity(lab: Lab, one: Sound, other: Sound, engine: str | None = None) -> Similarity:
    """How alike they are, as :meth:`speechlab.Lab.similarity` tells."""
    spec = embedding(lab, engine)
    with Likeness(lab, spec) as likeness:
        return likeness.between(likeness.voice(one), likeness.voice(other))


def embedding(lab: Lab, engine: str | None = None) -> EngineSpec:
    """The engine that tells voices apart and says what its numbers mean; or the one named, by id or ``kind/id``.

    Raises EngineUnavailable where there is none.
    """
    known = [spec for spec in lab.engines() if spec.likeness is not None]
    if engine:
        known = [spec for spec in known if engine in (spec.id, spec.name)]
    there = [spec for spec in known if spec.local and not spec.missing()]
    order = {name: place for place, name in enumerate(PREFERRED)}
    if there:
        return min(there, key=lambda spec: (order.get(spec.name, len(order)), spec.name))
    asked = f"the engine {engine!r} cannot tell" if engine else "no engine that is installed tells"
    raise EngineUnavailable(
        f"{asked} how alike two voices are",
        hint=" and ".join(filter(None, (spec.cure for spec in known[:1]))) or "pip install speechlab-voicematch",
    )


class Likeness:
    """An engine that tells voices apart, lent until the end of a ``with``."""

    def __init__(self, lab: Lab, spec: EngineSpec) -> None:
        assert spec.likeness is not None
        self.scale = spec.likeness
        self._lab, self._spec = lab, spec
        self._leases = ExitStack()

    def __enter__(self) -> Likeness:
        spec = self._spec
        self._loaded = self._leases.enter_context(self._lab.pool.lease(spec, spec.params()))
        if not isinstance(self._loaded.engine, SpeakerEmbedder):
            self._leases.close()
            raise PluginError(f"{spec.name} cannot tell voices apart", hint="tell its author: its card says it can")
        return self

    def __exit__(self, *raised: object) -> None:
        self._leases.close()

    def voice(self, sound: Sound) -> Samples:
        """How the one person sounds who speaks. Raises AudioError where nobody does."""
        audio = whole(sound, self._spec.sample_rate, LONGEST)
        with self._loaded.exclusive():
            vector: Samples = self._loaded.engine.embed(audio, self._spec.options())
        if not np.any(vector):
            raise AudioError("nobody is heard to speak", hint="give a recording in which somebody speaks")
        return vector

    def between(self, one: Samples, other: Samples) -> Similarity:
        """How alike two voices are."""
        return Similarity(float(one @ other), self.scale.same, self.scale.different)
