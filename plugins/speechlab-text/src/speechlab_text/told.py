"""The language of a text, as far as an engine knows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence


def in_language(
    texts: Sequence[str], languages: Sequence[str | None], otherwise: str | None, known: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    """Each text with the code of its language, None where nobody told it or the engine does not know it."""
    for text, language in zip(texts, languages, strict=True):
        code = (language or otherwise or "").lower().split("-")[0]
        yield text, code if code in known else None


def primary(language: str | None) -> str:
    """The language of a BCP-47 code, without its script and region; empty where there is none.

    >>> primary("pt-BR"), primary(None)
    ('pt', '')
    """
    return (language or "").lower().split("-")[0]


def grouped(pairs: Iterable[tuple[str, str | None]]) -> dict[str, list[int]]:
    """The numbers of the texts in each language."""
    groups: dict[str, list[int]] = {}
    for number, (_, code) in enumerate(pairs):
        if code is not None:
            groups.setdefault(code, []).append(number)
    return groups
