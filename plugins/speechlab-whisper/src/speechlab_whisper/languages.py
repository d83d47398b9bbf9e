"""Languages: BCP-47 outside, Whisper's own codes inside."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from speechlab import ConfigError

WHISPER: tuple[str, ...] = tuple(
    """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is
    it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl
    sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh yue
    """.split()  # noqa: SIM905
)
"""Whisper's codes; models older than large-v3 have all but the last."""

INSIDE = {
    "arb": "ar",
    "azj": "az",
    "cmn": "zh",
    "ekk": "et",
    "fil": "tl",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jv": "jw",
    "khk": "mn",
    "lvs": "lv",
    "mo": "ro",
    "nb": "no",
    "npi": "ne",
    "pbt": "ps",
    "pes": "fa",
    "plt": "mg",
    "prs": "fa",
    "swh": "sw",
    "uzn": "uz",
    "ydd": "yi",
    "zsm": "ms",
}
"""Tags for which Whisper has a code of its own, or the code of the language that they belong to."""

OUTSIDE = {"jw": "jv"}
"""Whisper's codes that are no BCP-47 language."""


def bcp47(code: str) -> str:
    """The BCP-47 tag of one of Whisper's codes.

    >>> bcp47("jw"), bcp47("pt")
    ('jv', 'pt')
    """
    return OUTSIDE.get(code, code)


LANGUAGES = tuple(bcp47(code) for code in WHISPER)
"""What Whisper understands, as BCP-47 tags."""


def whisper_code(tag: str, known: Collection[str] = WHISPER) -> str:
    """Whisper's code of a BCP-47 tag; region and script are left out. Raises ConfigError where the model has none.

    >>> whisper_code("pt-BR"), whisper_code("zh-Hant"), whisper_code("zh-yue"), whisper_code("nb"), whisper_code("jv")
    ('pt', 'zh', 'yue', 'no', 'jw')
    """
    parts = tag.replace("_", "-").lower().split("-")
    first = "yue" if parts[:2] == ["zh", "yue"] else parts[0]
    code = INSIDE.get(first, first)
    if code in known:
        return code
    raise ConfigError(f"this Whisper model does not know the language {tag!r}", hint=_hint(first, known))


def _hint(tag: str, known: Collection[str]) -> str:
    if set(known) == {"en"}:
        return "it is an English-only model: choose language en, or a model whose name does not end in .en"
    if tag == "yue" and "yue" not in known:
        return "large-v3 and turbo know it; this model may do with zh"
    tags = sorted(bcp47(code) for code in known)
    near = get_close_matches(tag, tags, n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"it knows: {', '.join(tags)}"
