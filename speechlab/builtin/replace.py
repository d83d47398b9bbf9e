"""Find and replace in what was recognised: the names and terms that a recogniser keeps writing otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from ..engines import Context
from ..errors import ConfigError
from ..types.scripts import sought
from .cards import ReplaceOptions, ReplaceParams

Rules = tuple[tuple[str, str], ...]
"""What to find, and what to write instead."""


class Replace:
    """Applies the rules of its file and those of each call; the file is read once."""

    def __init__(self, params: ReplaceParams, context: Context) -> None:
        self._rules = from_file(Path(params.file).expanduser()) if params.file else ()

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: ReplaceOptions) -> list[str]:
        """Each text with all that is found replaced."""
        rules = (*parsed(options.rules, "rules"), *self._rules)
        return [replaced(text, rules, options.whole_words, options.match_case) for text in texts]


def from_file(path: Path) -> Rules:
    """The rules of a file: one on each line; empty lines and those that begin with # are none. Raises ConfigError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the vocabulary {path} cannot be read: {error}", hint="check its name") from None
    return parsed((line for line in lines if line.strip() and not line.lstrip().startswith("#")), path.name)


def parsed(lines: Iterable[str], where: str) -> Rules:
    """``"speech lab = speechlab"`` as what to find and what to write. Raises ConfigError."""
    rules = []
    for line in lines:
        found, equals, written = (part.strip() for part in line.partition("="))
        if not equals or not found:
            raise ConfigError(f"{where}: {line!r} is no rule", hint='write it as "what is found = what is written"')
        rules.append((found, written))
    return tuple(rules)


def replaced(text: str, rules: Rules, whole_words: bool = True, match_case: bool = False) -> str:
    """The text with all that the rules find, the longest first; what is written is not searched again.

    What is written in small letters takes the case of what was found; all else stands as it is written.

    >>> replaced("Speech lab is a LAB.", (("speech lab", "SpeechLab"), ("lab", "studio")))
    'SpeechLab is a STUDIO.'
    """
    if not rules:
        return text
    pattern, written = _compiled(rules, whole_words, match_case)

    def instead(match: re.Match[str]) -> str:
        return _cased(written[int((match.lastgroup or "r0")[1:])], match.group(), match_case)

    return pattern.sub(instead, text)


@lru_cache(maxsize=32)
def _compiled(rules: Rules, whole_words: bool, match_case: bool) -> tuple[re.Pattern[str], list[str]]:
    ordered = sorted(dict(reversed(rules)).items(), key=lambda rule: len(rule[0]), reverse=True)
    branches = [f"(?P<r{number}>{sought(found, whole_words)})" for number, (found, _) in enumerate(ordered)]
    flags = re.NOFLAG if match_case else re.IGNORECASE
    return re.compile("|".join(branches), flags), [written for _, written in ordered]


def _cased(written: str, found: str, match_case: bool) -> str:
    if match_case or written != written.lower():
        return written
    if found == found.upper() != found.lower() and len(found) > 1:
        return written.upper()
    return written[:1].upper() + written[1:] if found[0] != found[0].lower() else written
