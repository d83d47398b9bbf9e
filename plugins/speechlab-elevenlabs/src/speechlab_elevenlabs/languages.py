"""The service's codes of languages: ISO 639, of two letters or three, without regions."""

from __future__ import annotations

from functools import cache

from speechlab import Languages

FIXED = frozenset(
    {"eleven_multilingual_v2", "eleven_multilingual_v1", "eleven_monolingual_v1", "eleven_turbo_v2", "eleven_flash_v2"}
)
"""Models that take no language: they find it in the text, or know English only."""


def iso(tag: str | None) -> str | None:
    """The code of a BCP-47 tag.

    >>> iso("pt-BR"), iso("zh-Hant"), iso(None)
    ('pt', 'zh', None)
    """
    return tag.replace("_", "-").partition("-")[0].lower() if tag else None


@cache
def bcp47(code: str | None) -> str | None:
    """The BCP-47 tag of a code; None where it is no language's.

    >>> bcp47("eng"), bcp47("pt"), bcp47(None), bcp47("")
    ('en', 'pt', None, None)
    """
    return next(iter(Languages([code])), None) if code else None
