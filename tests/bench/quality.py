"""Word error rate with an interval: clips are drawn again and again, since words of one clip are not independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DRAWS = 2000


@dataclass(frozen=True)
class Score:
    """Word errors of one clip."""

    errors: int
    words: int


def score(reference: str, heard: str) -> Score:
    """Substitutions, deletions and insertions after Whisper's English normalisation."""
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    normal = EnglishTextNormalizer()
    told = jiwer.process_words(normal(reference), normal(heard))
    return Score(told.substitutions + told.deletions + told.insertions, len(normal(reference).split()))


def interval(scores: list[Score]) -> tuple[str, str]:
    """The word error rate in per cent, and the 95 % interval of a bootstrap over clips."""
    errors, words = (np.array([getattr(one, of) for one in scores]) for of in ("errors", "words"))
    return _told(errors, words, "")


def difference(scores: list[Score], others: list[Score]) -> tuple[str, str]:
    """By how many points the first word error rate on the same clips is above the other, and its 95 % interval."""
    errors = np.array([one.errors - other.errors for one, other in zip(scores, others, strict=True)])
    return _told(errors, np.array([one.words for one in scores]), "+")


def _told(errors: np.ndarray, words: np.ndarray, sign: str) -> tuple[str, str]:
    draws = np.random.default_rng(0).integers(len(words), size=(DRAWS, len(words)))
    low, high = np.percentile(100 * errors[draws].sum(axis=1) / words[draws].sum(axis=1), [2.5, 97.5])
    return f"{100 * errors.sum() / words.sum():{sign}.1f}", f"{low:{sign}.1f} to {high:{sign}.1f}"
