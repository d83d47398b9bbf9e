"""A checkpoint's own language codes, found by BCP-47 tag, and told as BCP-47."""

from __future__ import annotations

from collections.abc import Iterable

from langcodes import Language, closest_supported_match, standardize_tag
from langcodes.tag_parser import LanguageTagError

from speechlab import ConfigError

OTHER_NAMES = {
    "iw": "he",  # Whisper's and M2M-100's codes that ISO 639 has given up
    "jw": "jv",
    "zlm": "ms",  # individual languages whose macrolanguage langcodes does not tell
    "pbt": "ps",
    "cmn": "zh",
}
TAGS = {"fil": "tl"}
"""How the others of this lab write what langcodes writes otherwise."""
SCRIPTS = {
    "arabic": "Arab",
    "cyrillic": "Cyrl",
    "devanagari": "Deva",
    "latin": "Latn",
    "simplified": "Hans",
    "traditional": "Hant",
}
"""As MMS writes them: ``uzb-script_cyrillic``."""

FEW = 12
"""So many languages are listed in an error; of more, the nearest is told."""
RELATED = 15
"""Distance, in langcodes' measure, up to which a language is worth telling as the nearest."""

Key = tuple[str, str]
"""Language and script, both as ISO codes."""


class Languages:
    """The languages of one checkpoint.

    >>> languages = Languages(["eng", "fra", "cmn-script_simplified"])
    >>> languages.code("en-GB"), languages.code("zh")
    ('eng', 'cmn-script_simplified')
    >>> languages.tag("fra")
    'fr'
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self._tags: dict[str, str] = {}
        self._by_key: dict[Key, str] = {}
        self._by_language: dict[str, str] = {}
        for code in codes:
            try:
                parsed = _parsed(code)
            except LanguageTagError:
                self._tags[code] = "und"  # some name of the checkpoint's own, to be used as it is
                continue
            language = parsed.language or "und"
            self._tags[code] = TAGS.get(language, language)
            key = _key(parsed)
            self._by_key.setdefault(key, code)
            self._by_language.setdefault(key[0], code)

    def code(self, tag: str) -> str:
        """The checkpoint's code of a language: the code itself, or the same language in the same or another script.

        Raises ConfigError with the nearest that it knows; it never takes a near one by itself.
        """
        if tag in self._tags:
            return tag
        try:
            key = _key(_parsed(tag))
        except LanguageTagError:
            raise ConfigError(f"{tag!r} is no language code", hint="write it as en, pt-BR or yue") from None
        code = self._by_key.get(key) or self._by_language.get(key[0])
        if code is None:
            raise ConfigError(f"this checkpoint does not know the language {tag!r}", hint=self._nearest(tag))
        return code

    def tag(self, code: str) -> str:
        """BCP-47 for one of the checkpoint's codes."""
        return self._tags[code]

    def _nearest(self, tag: str) -> str:
        tags = sorted(set(self._tags.values()))
        if len(tags) <= FEW:
            return f"it knows {', '.join(tags)}"
        near = closest_supported_match(tag, tags, max_distance=RELATED)
        return f"it knows {len(tags)} others" + (f", of which {near} is nearest" if near else "")


def is_english(tag: str) -> bool:
    """Whether a BCP-47 code is some English."""
    return tag.lower().split("-")[0] in ("en", "eng")


def _key(parsed: Language) -> Key:
    language = parsed.language or "und"
    return "nb" if language == "no" else language, parsed.maximize().script or ""  # no is nearly always written nb


def _parsed(code: str) -> Language:
    """``eng``, ``en-GB``, ``por_Latn`` or ``uzb-script_cyrillic``, under the name of its macrolanguage."""
    language, _, rest = code.replace("_", "-").partition("-")
    language = OTHER_NAMES.get(language.lower(), language)
    if rest.startswith(("script-", "dialect-")):  # MMS: what follows is a word, no subtag
        rest = SCRIPTS.get(rest.removeprefix("script-"), "")
    return Language.get(standardize_tag(f"{language}-{rest}" if rest else language, macro=True))
