"""The language of each text, by fastText's lid.176."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fasttext

from speechlab import Context, Params

from . import LANGUAGES, NETWORK, LanguageOptions

LABEL = "__label__"
CODES = {"als": "gsw", "sh": "sr-Latn", "bh": "bho", "eml": "egl"}
"""Names of Wikipedias that mean another language, or none, in BCP-47."""


class Language:
    """The network is read once; it is a megabyte."""

    def __init__(self, params: Params, context: Context) -> None:
        self._network = fasttext.load_model(str(context.weights(LANGUAGES) / NETWORK))

    def annotate(
        self, texts: Sequence[str], languages: Sequence[str | None], options: LanguageOptions
    ) -> list[dict[str, Any]]:
        """``language``: the code and the confidence, and whether it counts rather than what was told."""
        return [self._told(text, options) for text in texts]

    def _told(self, text: str, options: LanguageOptions) -> dict[str, Any]:
        if not any(character.isalpha() for character in text):
            return {}
        flat = " ".join(text.split())
        [label], [confidence] = self._network.predict(flat.lower() if flat.isupper() else flat, k=1)
        confidence = min(1.0, float(confidence))  # it may say a little more than all
        if confidence < options.minimum:
            return {}
        code = label.removeprefix(LABEL)
        sure = options.overrule is not None and confidence >= options.overrule
        return {"language": {"code": CODES.get(code, code), "confidence": round(confidence, 4), "sure": sure}}
