"""The voices, as the program tells them: one of each language, spoken by a man or, in a variant, by somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from speechlab import ConfigError, Languages, Voice

ROW = re.compile(r"\s*\d+\s+(?P<code>\S+)\s+\S+/[MF-]\s+(?P<name>\S+)\s+(?P<file>\S+)(?P<also>(?:\s*\([^)]*\))*)\s*")
"""A line of espeak-ng's tables."""
ALSO = re.compile(r"\(([\w-]+) (\d+)\)")
"""Which other language a voice speaks, and at which rank: the lower, the better."""
FIRST = "en"
"""The language that comes first."""
LAST = 99
WOMAN = "f3"
"""The variant that is listed beside each voice, so that two speakers are told apart."""


@dataclass(frozen=True)
class Native:
    """A voice of one language."""

    code: str
    """As espeak-ng calls it."""
    file: str
    """Where it is told: only under this name are variants heard."""
    language: str
    """BCP-47."""
    name: str
    rank: int
    """Among those of one language, the lower the better."""


class Voices:
    """What the installed program speaks with, by its tables."""

    def __init__(self, voices: str, variants: str) -> None:
        self._natives = {native.code: native for native in sorted(_natives(voices), key=_order)}
        self._variants = tuple(row["file"].rpartition("/")[2] for row in _rows(variants))

    def __iter__(self) -> Iterator[Voice]:
        """Those of English first, and of each language the best; each as it is, and as a woman's."""
        for native in self._natives.values():
            yield Voice(native.code, native.name, (native.language,))
            if WOMAN in self._variants:
                yield Voice(f"{native.code}+{WOMAN}", f"{native.name}, woman", (native.language,))

    def find(self, voice: str | None, language: str | None) -> tuple[str, str]:
        """A voice as espeak-ng must be asked for it, and its language. Without one, the best that speaks the language.

        Raises ConfigError for a voice, a variant or a language that is not there, and a voice of another language.
        """
        if voice is None:
            native = self._speaking(language)
            return native.file, native.language
        code, plus, variant = voice.partition("+")
        native = self._natives.get(code) or self._unknown(code)
        if plus and variant not in self._variants:  # espeak-ng would speak without it
            near = get_close_matches(variant, self._variants, n=1, cutoff=0.5)
            some = ", ".join(sorted(self._variants, key=lambda name: (len(name), name))[:12])
            hint = f"did you mean {code}+{near[0]}?" if near else f"such as {some}"
            raise ConfigError(f"espeak-ng has no variant {variant!r}", hint=hint)
        if language and language not in Languages([native.language]):
            raise ConfigError(
                f"the voice {voice} speaks {native.language}, not {language!r}",
                hint="name a voice of that language, or none, and one that speaks it is taken",
            )
        return f"{native.file}{plus}{variant}", native.language

    def _speaking(self, language: str | None) -> Native:
        natives = list(self._natives.values())
        if language is None:
            return natives[0]
        exact = (native for native in natives if native.language == language)
        near = (native for native in natives if language in Languages([native.language]))
        if found := next(exact, None) or next(near, None):
            return found
        hint = Languages(native.language for native in natives).nearest(language)
        raise ConfigError(f"espeak-ng does not speak {language!r}", hint=hint)

    def _unknown(self, code: str) -> Native:
        near = get_close_matches(code, self._natives, n=1, cutoff=0.6)
        raise ConfigError(
            f"espeak-ng has no voice {code!r} here",
            hint=f"did you mean {near[0]}?" if near else "`espeak-ng --voices` lists them, under Language",
        )


def _natives(table: str) -> Iterator[Native]:
    """The voices whose language has a code; of two with one name, the first."""
    seen: set[str] = set()
    for row in _rows(table):
        code = row["code"]
        language = next(iter(Languages([code])), "")
        if language and code not in seen:
            seen.add(code)
            name = row["name"].replace("_", " ").strip()
            yield Native(code, row["file"], language, name, _rank(code, row["also"]))


def _rank(code: str, also: str) -> int:
    plain = code.partition("-")[0]
    ranks = [int(rank) for other, rank in ALSO.findall(also) if other == plain]
    return 0 if code == plain else min(ranks, default=LAST)


def _order(native: Native) -> tuple[bool, str, int, str]:
    plain = native.language.partition("-")[0]
    return plain != FIRST, plain, native.rank, native.code


def _rows(table: str) -> Iterable[re.Match[str]]:
    return filter(None, map(ROW.fullmatch, table.splitlines()))
