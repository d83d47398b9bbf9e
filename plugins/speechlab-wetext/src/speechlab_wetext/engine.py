"""The engine: each text through the transducers of its language, with what these misread put right before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from wetext import Normalizer

from speechlab import Context, Languages, Params

ADDRESS = re.compile(r"((?:\w+://|www\.)[!-~]+|[\w.+-]+@[!-~]+)")
BEFORE = {
    "ja": ((re.compile(r"(?<=[0-9０-９])\s*(?:°\s?C|℃)"), "度"),),  # noqa: RUF001
    "zh": ((re.compile(r"第\s?2(?![\d.,])"), "第二"),),
}
"""What a transducer would say otherwise than people do."""
JOINED = re.compile(r"(?<=[A-Za-z])[-\u2212](?=\d)")
"""No minus, as in GPT-4."""


class WeText:
    """Loads the transducers of a language when it is first met."""

    def __init__(self, params: Params, context: Context) -> None:
        self._known = Languages(BEFORE)

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[str]:
        """Each text with its numbers as words, if its language is known."""
        return [
            written(text, self._known.code(language)) if language and language in self._known else text
            for text, language in zip(texts, languages, strict=True)
        ]


def written(text: str, language: str) -> str:
    """A text of ``ja`` or ``zh`` without digits, but for those in web and mail addresses.

    >>> written("气温20°C", "zh"), written("5km", "ja")
    ('气温二十摄氏度', '五キロメートル')
    """
    parts = ADDRESS.split(text)
    return "".join(part if number % 2 else _written(part, language) for number, part in enumerate(parts))


def _written(text: str, language: str) -> str:
    if not any(map(str.isdecimal, text)):
        return text
    text = JOINED.sub(" ", text)
    for pattern, instead in BEFORE[language]:
        text = pattern.sub(instead, text)
    return str(_normalizer(language).normalize(text))


@cache
def _normalizer(language: str) -> Normalizer:
    return Normalizer(lang=language, operator="tn")
