"""How long a line of a subtitle may be and how fast it may be read, by language: the published limits of Netflix.

They are those of the Timed Text Style Guides for programmes for adults
(https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617), which count the wide characters of East Asia as
one and the narrow ones beside them as half. Here all are columns, as terminals count them: twice as many.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ConfigError
from ..languages import standard


@dataclass(frozen=True, slots=True)
class Guideline:
    """What readers of one language are used to."""

    width: int = 42
    """The longest line, in columns."""
    cps: float = 17.0
    """Columns that are read in a second."""


USUAL = Guideline()
"""What holds for most languages, and where the language is not known."""
GUIDELINES = {
    "ar": Guideline(cps=20),
    "en": Guideline(cps=20),
    "hi": Guideline(cps=22),
    "ja": Guideline(26, 8),
    "ko": Guideline(32, 24),
    "ru": Guideline(39),
    "th": Guideline(35),
    "yue": Guideline(32, 18),
    "zh": Guideline(32, 18),
}
"""Those that differ from it."""


def guideline(language: str | None) -> Guideline:
    """What readers of a language are used to.

    >>> guideline("zh-TW"), guideline("pt-BR")
    (Guideline(width=32, cps=18), Guideline(width=42, cps=17.0))
    """
    try:
        primary = standard(language).partition("-")[0] if language else ""
    except ConfigError:
        return USUAL
    return GUIDELINES.get(primary, USUAL)
