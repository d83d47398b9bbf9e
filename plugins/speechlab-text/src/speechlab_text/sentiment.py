"""How positive or negative a text is, by VADER."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from speechlab import Context, Params

from . import TextOptions
from .told import in_language

CLEAR = 0.05
"""From this compound score on, VADER's authors call a text positive, and below its negative, negative."""


class Sentiment:
    """The word list is read once."""

    def __init__(self, params: Params, context: Context) -> None:
        self._analyzer = SentimentIntensityAnalyzer()

    def annotate(
        self, texts: Sequence[str], languages: Sequence[str | None], options: TextOptions
    ) -> list[dict[str, Any]]:
        """``sentiment`` of each English text: ``compound`` from -1 to 1, the shares of words, and a label."""
        return [self._told(text, code) for text, code in in_language(texts, languages, options.language, ("en",))]

    def _told(self, text: str, code: str | None) -> dict[str, Any]:
        if code is None or not text.strip():
            return {}
        scores = self._analyzer.polarity_scores(text)
        compound = float(scores["compound"])
        label = "positive" if compound >= CLEAR else "negative" if compound <= -CLEAR else "neutral"
        shares = {"positive": scores["pos"], "neutral": scores["neu"], "negative": scores["neg"]}
        return {"sentiment": {"label": label, "compound": compound, **shares}}
