"""Terms that must stay as they are, or must become something: as written down, or read from a file."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..languages import same
from ..types.scripts import sought

Glossary = str | Path | Mapping[str, str | Mapping[str, str]] | Sequence[str]
"""Terms and what becomes of each: a table, lines such as ``term = becomes``, or the file that they are in."""
Becomes = str | dict[str, str]
"""What a term becomes, in each language or in all; empty where it stays."""
ADDRESS = r"(?:https?|ftp)://[^\s<>]*[\w/]|\bwww\.[^\s<>]*[\w/]|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
WAYS = 'write {term = "becomes"}, lines such as term = becomes, or the path of a .toml, .csv or .tsv file'


def glossary(given: Any) -> dict[str, Becomes]:
    """The terms of a table, of lines, or of a file. Raises ConfigError.

    >>> glossary("Ada = \\nmachine learning = aprendizado de máquina")
    {'Ada': '', 'machine learning': 'aprendizado de máquina'}
    """
    match given:
        case None | "":
            return {}
        case Mapping():
            return {_term(term): _becomes(term, becomes) for term, becomes in given.items()}
        case Path():
            return _file(given)
        case str():
            return _lines(given.splitlines()) if "=" in given or "\n" in given else _file(Path(given).expanduser())
        case list() | tuple() if all(isinstance(line, str) for line in given):
            return _lines(given)
    raise ConfigError("a glossary is a table of terms", hint=WAYS)


class Terms:
    """The terms of a glossary for one target language, ready to be found: the longest first, as whole words.

    A term written in small letters is found in any case, any other as it is written. Web and mail addresses stay as
    they are, whatever the glossary says.
    """

    def __init__(self, glossary: Mapping[str, Becomes], target: str) -> None:
        told = {term: _in(becomes, target) for term, becomes in glossary.items()}
        terms = sorted(((t, b) for t, b in told.items() if b is not None), key=lambda pair: (-len(pair[0]), pair[0]))
        self._becomes = [becomes for _, becomes in terms]
        branches = [f"(?P<t{number}>{_sought(term)})" for number, (term, _) in enumerate(terms)]
        self._pattern = re.compile("|".join([f"(?P<t>{ADDRESS})", *branches]))

    def found(self, text: str) -> list[tuple[int, int, str]]:
        """Where terms stand in a text, and what becomes of each."""
        matches = ((match, (match.lastgroup or "t")[1:]) for match in self._pattern.finditer(text))
        return [
            (match.start(), match.end(), (number and self._becomes[int(number)]) or match.group())
            for match, number in matches
        ]


@lru_cache(maxsize=4096)
def _sought(term: str) -> str:
    return f"(?i:{sought(term)})" if term == term.lower() else sought(term)


def _in(becomes: Becomes, target: str) -> str | None:
    """What a term becomes in a language; None where the glossary says nothing of it."""
    if isinstance(becomes, str):
        return becomes
    return next((word for language, word in becomes.items() if same(language, target)), None)


def _term(term: object) -> str:
    if not isinstance(term, str) or not term.strip():
        raise ConfigError("a glossary has an empty term", hint=WAYS)
    return " ".join(term.split())


def _becomes(term: str, becomes: object) -> Becomes:
    match becomes:
        case str():
            return becomes.strip()
        case Mapping() if all(isinstance(key, str) and isinstance(word, str) for key, word in becomes.items()):
            return {str(key): str(word).strip() for key, word in becomes.items()}
    raise ConfigError(
        f"the glossary does not say in words what {term!r} becomes",
        hint='write "" for what stays, a word, or a table such as {pt = "palavra", fr = "mot"}',
    )


def _lines(lines: Iterable[str]) -> dict[str, Becomes]:
    """``term = becomes``, one on each line."""
    rows = (line.partition("=") for line in lines if line.strip())
    return {_term(term): becomes.strip() for term, _, becomes in rows}


def _file(path: Path) -> dict[str, Becomes]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(f"the glossary {path} cannot be read: {reason}", hint=WAYS) from None
    match path.suffix.lower():
        case ".toml":
            try:
                return glossary(tomllib.loads(text))
            except tomllib.TOMLDecodeError as error:
                raise ConfigError(f"the glossary {path.name} is no TOML: {error}", hint="mend that line") from None
        case ".csv":
            return _table(csv.reader(text.splitlines()))
        case ".tsv":
            return _table(csv.reader(text.splitlines(), delimiter="\t"))
    raise ConfigError(f"{path.name} is no glossary", hint=WAYS)


def _table(rows: Iterable[list[str]]) -> dict[str, Becomes]:
    """Rows of a term and what it becomes; or below a row ``term, pt, fr``, of what it becomes in each language."""
    found: dict[str, Becomes] = {}
    languages: list[str] = []
    for number, row in enumerate(row for row in rows if any(cell.strip() for cell in row)):
        first, *rest = (cell.strip() for cell in row)
        if not number and first.lower() == "term":
            languages = rest
        elif languages:
            found[_term(first)] = dict(zip(languages, rest, strict=False))
        else:
            found[_term(first)] = rest[0] if rest else ""
    return found
