"""What the likeness of two voices means to the engine that tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the likeness of two recordings lies, to one engine: a cosine, which says nothing without it."""

    same: float
    """Of one person, in the middle of many pairs."""
    different: float
    """Of two people, in the middle of many pairs."""

    def __post_init__(self) -> None:
        if not 1.0 >= self.same > self.different >= -1.0:
            raise ValueError("one person is more like themselves than two people are, and both are cosines")

    def share(self, value: float) -> float:
        """How far a likeness is on the way from two people, 0, to one, 1; it may lie beyond either.

        >>> round(Scale(0.87, 0.55).share(0.79), 2)
        0.75
        """
        return (value - self.different) / (self.same - self.different)

    def words(self, value: float) -> str:
        """A likeness as somebody reads it.

        >>> Scale(0.87, 0.55).words(0.8)
        '0.80, where one person is about 0.87 and two people are about 0.55'
        """
        return f"{value:.2f}, where one person is about {self.same:.2f} and two people are about {self.different:.2f}"
