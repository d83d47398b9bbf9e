"""Languages as one vocabulary: BCP-47 at the surface, and behind it whatever codes an engine or a checkpoint uses."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from .errors import ConfigError

if TYPE_CHECKING:
    from langcodes import Language  # takes a while to import, and few need it

OTHER_NAMES = {
    "iw": "he",  # codes of Whisper and M2M-100 that ISO 639 has given up
    "jw": "jv",
    "ns": "nso",  # M2M-100's name of it, which ISO 639 never had
    "zlm": "ms",  # individual languages whose macrolanguage langcodes does not tell
    "pbt": "ps",
    "fuv": "ff",
    "cmn": "zh",
}
TAGS = {"fil": "tl"}
"""How Whisper, MMS and FLORES write what langcodes writes otherwise."""
SCRIPTS = {
    "arabic": "Arab",
    "cyrillic": "Cyrl",
    "devanagari": "Deva",
    "latin": "Latn",
    "simplified": "Hans",
    "traditional": "Hant",
}
"""As MMS writes them: ``uzb-script_cyrillic``."""
ONE_SCRIPT = {"Hang": "Kore"}
"""FLORES names Korean's alphabet alone."""
UNKNOWN = "und"
"""The tag of no language in particular."""
FEW = 12
"""So many languages are listed in an error; of more, the nearest are told."""
RELATED = 15
"""Distance, in langcodes' measure, up to which a language is worth telling as the nearest."""

Key = tuple[str, str]
"""Language and script, both as ISO codes."""
_filling = threading.Lock()


class Languages:
    """The languages of an engine or a checkpoint, found by BCP-47 tag, whatever it calls them itself.

    A tag means the code of the same language in the same script: first as an individual language, then under the name
    of its macrolanguage. No near language is ever taken for it.

    >>> flores = Languages(["eng_Latn", "zho_Hans", "zho_Hant", "arb_Arab"])
    >>> flores.code("en-GB"), flores.code("zh-TW"), flores.code("ar")
    ('eng_Latn', 'zho_Hant', 'arb_Arab')
    >>> list(flores)
    ['en', 'zh', 'zh-Hant', 'ar']
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self._tags: dict[str, str] = {}
        self._by_tag: dict[str, str] = {}
        self._by_key: dict[Key, str] = {}
        self._by_language: dict[str, str] = {}
        self._scripted: set[str] = set()
        for code in codes:
            self._add(code)

    def __iter__(self) -> Iterator[str]:
        """The BCP-47 tags, in the order of the codes."""
        return iter(tag for tag in self._tags.values() if tag != UNKNOWN)

    def __len__(self) -> int:
        return len(self._tags)

    def __contains__(self, tag: object) -> bool:
        """Whether a tag, or a code of its own, is known."""
        try:
            return isinstance(tag, str) and self._found(tag) is not None
        except ConfigError:
            return False

    def code(self, tag: str) -> str:
        """The engine's own code for a BCP-47 tag; such a code stands for itself.

        Raises ConfigError with the nearest that it knows.
        """
        code = self._found(tag)
        if code is None:
            raise ConfigError(f"it does not know the language {tag!r}", hint=self.nearest(tag))
        return code

    def tag(self, code: str) -> str:
        """BCP-47 for one of its own codes; ``und`` where it is no name of a language. Raises KeyError."""
        return self._tags[code]

    def nearest(self, tag: str) -> str:
        """What to say to somebody whose language is not known: all others, or of many the one most like it."""
        from langcodes import closest_supported_match

        tags = sorted(set(self))
        if not tags:
            return "it knows none at all"
        if len(tags) <= FEW:
            return f"it knows {', '.join(tags)}"
        try:
            _parsed(tag)
        except ConfigError as error:
            return f"{error}: {error.hint}"
        with _filling:
            near = closest_supported_match(tag, tags, max_distance=RELATED)
        return f"it knows {len(tags)} others" + (f", of which {near} is nearest" if near else "")

    def _add(self, code: str) -> None:
        try:
            parsed = _parsed(code)
        except ConfigError:
            self._tags[code] = UNKNOWN  # some name of the checkpoint's own, to be used as it is
            return
        key = _key(parsed)
        tag = _tag(parsed)
        if tag in self._by_tag:  # two individual languages of one macrolanguage
            tag = _tag(_parsed(code, macro=False))
        self._tags[code] = tag
        self._by_tag.setdefault(tag, code)
        self._by_key.setdefault(key, code)
        self._by_language.setdefault(key[0], code)
        if parsed.script:
            self._scripted.add(key[0])

    def _found(self, tag: str) -> str | None:
        if tag in self._tags:
            return tag
        parsed = _parsed(tag)
        key = _key(parsed)
        alone = _tag(_parsed(tag, macro=False))
        found = self._by_tag.get(alone) or self._by_tag.get(_tag(parsed)) or self._by_key.get(key)
        if found is None and (not parsed.script or key[0] not in self._scripted):
            found = self._by_language.get(key[0])  # another script is meant only where nobody names one
        return found


def standard(tag: str) -> str:
    """A language code as this lab writes it. Raises ConfigError for what is none.

    >>> standard("eng"), standard("iw"), standard("zh_tw"), standard("srp_Latn")
    ('en', 'he', 'zh-TW', 'sr-Latn')
    """
    return _tag(_parsed(tag))


def same(one: str, other: str) -> bool:
    """Whether two tags name one language in one script, wherever it is spoken; what is no tag is no language.

    >>> same("pt-BR", "por"), same("zh-Hans", "zh-Hant"), same("no", "nb")
    (True, False, True)
    """
    try:
        return _key(_parsed(one)) == _key(_parsed(other))
    except ConfigError:
        return False


def name(tag: str, reader: str = "en") -> str:
    """What a reader of the language ``reader`` calls a language.

    >>> name("pt-BR"), name("zh", "pt")
    ('Portuguese (Brazil)', 'chinês')
    """
    return _language(tag).display_name(reader)


def autonym(tag: str) -> str:
    """What its own speakers call a language.

    >>> autonym("ja"), autonym("pt")
    ('日本語', 'português')
    """
    return _language(tag).autonym()


def _tag(parsed: Language) -> str:
    """The shortest tag for a language: its script only where it is not the usual one."""
    language = parsed.language or UNKNOWN
    parts = [TAGS.get(language, language)]
    if parsed.script and parsed.script != _filled(_language(language)).script:
        parts.append(parsed.script)
    if parsed.territory:
        parts.append(parsed.territory)
    return "-".join(parts)


def _key(parsed: Language) -> Key:
    language = parsed.language or UNKNOWN
    return "nb" if language == "no" else language, _filled(parsed).script or ""  # no is nearly always written nb


def _filled(parsed: Language) -> Language:
    """With its usual script and territory; found in one thread at a time, since langcodes shows others what is half
    found."""
    with _filling:
        return parsed.maximize()


def _language(tag: str) -> Language:
    from langcodes import Language

    return Language.get(tag)


@cache
def _parsed(code: str, *, macro: bool = True) -> Language:
    """``eng``, ``en-GB``, ``por_Latn``, ``__pt__`` or ``uzb-script_cyrillic``; with ``macro`` under the name of its
    macrolanguage. Raises ConfigError."""
    from langcodes import standardize_tag
    from langcodes.tag_parser import LanguageTagError

    language, _, rest = code.strip("_").replace("_", "-").partition("-")
    if macro:
        language = OTHER_NAMES.get(language.lower(), language)
    if rest.startswith(("script-", "dialect-")):  # MMS: what follows is a word, no subtag
        rest = SCRIPTS.get(rest.removeprefix("script-"), "")
    rest = ONE_SCRIPT.get(rest, rest)
    try:
        return _language(standardize_tag(f"{language}-{rest}" if rest else language, macro=macro))
    except LanguageTagError:
        raise ConfigError(f"{code!r} is no language code", hint="write it as en, pt-BR or yue") from None
