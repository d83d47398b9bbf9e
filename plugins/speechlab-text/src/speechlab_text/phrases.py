"""Key phrases of all texts together, by YAKE; each is noted where it is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from yake_rust import Yake

from speechlab import Context, Params

from . import PHRASES, PhrasesOptions
from .told import grouped, in_language

STOP_WORDS = {"cs": "cz"}
"""What YAKE calls a language otherwise."""


class Phrases:
    """Has nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def annotate(
        self, texts: Sequence[str], languages: Sequence[str | None], options: PhrasesOptions
    ) -> list[dict[str, Any]]:
        """``key_phrases`` of each text that holds one: the phrase, its place among all (1 tells most) and its score,
        which is the lower the more it tells. The texts in one language are looked at together."""
        found: list[list[dict[str, Any]]] = [[] for _ in texts]
        for code, numbers in grouped(in_language(texts, languages, options.language, PHRASES)).items():
            yake = Yake(
                language=STOP_WORDS.get(code, code),
                ngrams=options.longest,
                deduplication_threshold=options.alike,
                remove_duplicates=True,
            )
            best = yake.get_n_best("\n\n".join(texts[number] for number in numbers), n=options.count)
            for rank, (phrase, score) in enumerate(best, 1):
                words = r"\W+".join(re.escape(word) for word in phrase.split())
                said = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
                for number in numbers:
                    if said.search(texts[number]):
                        found[number].append({"text": phrase, "rank": rank, "score": round(float(score), 6)})
        return [{"key_phrases": phrases} if phrases else {} for phrases in found]
