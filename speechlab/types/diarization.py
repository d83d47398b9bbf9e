"""Who spoke when: turns, and a diarization made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Span):
    """One speaker speaking, without a pause worth telling."""

    speaker: str
    id: str = ""
    similarity: float | None = None
    """How alike the voice is to the profile that names the speaker, at most 1; None where none does."""


@dataclass(frozen=True, slots=True)
class Diarization:
    """Turns in the order of time; turns of different speakers may overlap."""

    turns: tuple[Turn, ...] = ()

    def __iter__(self) -> Iterator[Turn]:
        return iter(self.turns)

    def __len__(self) -> int:
        return len(self.turns)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Each speaker once, in the order of first speech."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))

    def exclusive(self) -> Diarization:
        """The same, with nobody speaking over another: where turns overlap, the one that began first keeps the time."""
        taken: list[Turn] = []
        until = float("-inf")
        for turn in sorted(self.turns):
            start = max(turn.start, until)
            if turn.end > start:
                taken.append(replace(turn, start=start))
                until = turn.end
        return Diarization(tuple(taken))
