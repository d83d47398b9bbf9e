"""From which languages an engine leads into which, known before it is loaded: what routes are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ways:
    """Every one of ``sources`` into every one of ``targets``; languages are BCP-47, none leads into itself."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cost: float = 1.0
    """What a step on this way loses, where a route is looked for: 1 for a good neural model, more for what reads
    worse. Two steps of 1 are preferred to one of 3."""
    here: bool = True
    """Whether it can be gone at once; else its weights must be fetched first."""

    @classmethod
    def among(cls, languages: Iterable[str], *, cost: float = 1.0, here: bool = True) -> Ways:
        """Each of these languages into each other."""
        return cls(tuple(languages), tuple(languages), cost, here)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a route: an engine, and the languages that it leads from and into."""

    engine: str
    """``kind/id``, or empty where the engine that tells of it takes the step itself."""
    source: str
    target: str
