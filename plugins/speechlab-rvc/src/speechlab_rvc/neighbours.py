"""The sounds that a voice was trained on: what is said goes some of the way to those that are nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speechlab import EngineUnavailable

from .faiss_file import read

Numbers = npt.NDArray[np.float32]

NEAREST = 8
NO_DISTANCE = 1e-9
"""What is this near is the same."""


@dataclass(frozen=True)
class Neighbours:
    """Sounds in groups, of which only the nearest are looked through."""

    centres: Numbers
    """The middle of each group: (groups, features)."""
    groups: Sequence[Numbers]
    """The sounds of each: (sounds, features)."""
    looked_through: int = 1
    """Groups."""

    @classmethod
    def load(cls, file: Path) -> Neighbours:
        """From what RVC stores with a voice: an index of faiss's, or all sounds as an array of numpy's.

        Raises EngineUnavailable.
        """
        try:
            if file.suffix == ".index":
                return cls(*read(file))
            every = np.load(file, allow_pickle=False).astype(np.float32)
            return cls(every.mean(axis=0, keepdims=True), (every,))
        except (OSError, EOFError, ValueError) as error:
            raise EngineUnavailable(
                f"the index {file.name} cannot be read: {error}",
                hint="give the one that RVC calls added_..., or take it out of the folder and do without",
            ) from error

    @property
    def features(self) -> int:
        """How many numbers tell a sound."""
        return self.centres.shape[1]

    def nearest(self, said: Numbers) -> Numbers:
        """For each moment of what is said, shaped (moments, features), the mean of the sounds that are nearest to it,
        weighed by how near they are; the moment itself where its groups are empty."""
        order = _distances(said, self.centres)
        count = min(self.looked_through, len(self.groups))
        chosen = np.sort(np.argpartition(order, count - 1, axis=1)[:, :count], axis=1)
        found = said.copy()
        for groups in np.unique(chosen, axis=0):
            sounds = np.concatenate([self.groups[group] for group in groups])
            if len(sounds):
                here = (chosen == groups).all(axis=1)
                found[here] = _mean(said[here], sounds)
        return found


def _mean(said: Numbers, sounds: Numbers) -> Numbers:
    distances = np.maximum(_distances(said, sounds), NO_DISTANCE)
    count = min(NEAREST, len(sounds))
    near = np.argpartition(distances, count - 1, axis=1)[:, :count]
    weights = np.take_along_axis(distances, near, axis=1).astype(np.float64) ** -2
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("mk,mkf->mf", weights, sounds[near], dtype=np.float32, casting="same_kind")


def _distances(some: Numbers, others: Numbers) -> Numbers:
    """Squares of the distances."""
    squares = np.square(some).sum(axis=1)[:, None] - 2 * some @ others.T + np.square(others).sum(axis=1)
    return np.maximum(squares, 0)
