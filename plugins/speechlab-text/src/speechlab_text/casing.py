"""Capital letters by rule: where sentences begin, and the English I."""

from __future__ import annotations

import re
from collections.abc import Sequence

from speechlab import Context, Params

from . import CasingOptions
from .told import primary

BEGINS = re.compile(r"""([.!?…][\"'”’»)\]]*\s+[\"'“‘«(\[¿¡]*)(\w)""")  # noqa: RUF001
"""The first letter behind the end of a sentence."""
FIRST = re.compile(r"""^(\s*[\"'“‘«(\[¿¡]*)(\w)""")  # noqa: RUF001
ENDS = re.compile(r"""[.!?…][\"'”’»)\]]*\s*$""")  # noqa: RUF001
ENDED = re.compile(r"\w[.!?…](?:\s|$)")
"""The end of a sentence, wherever it is."""
ABBREVIATED = re.compile(r"(\b(\w|e\.g|i\.e|etc|vs|mr|mrs|ms|dr|prof|st|no)\.\s+)$", re.IGNORECASE)
"""Behind these, a full stop ends no sentence."""
ENGLISH_I = re.compile(r"(?<![\w'’.-])i(?=$|[^\w.'’-]|\.(?:\s|$)|['’](?:m|d|ll|ve|s|re)\b)")  # noqa: RUF001


class Casing:
    """Has nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: CasingOptions) -> list[str]:
        """Each text with capital letters where they are sure to belong. A segment that goes on where the one before
        broke off stays small, unless no text tells where sentences end, or ``segments`` says otherwise."""
        told = any(ENDED.search(text) for text in texts)
        each = options.segments == "always" or (options.segments == "auto" and not told)
        cased = []
        open_sentence = False
        for text, language in zip(texts, languages, strict=True):
            if options.shouting and text == text.upper() != text.lower() and len(text.split()) > 1:
                text = text.lower()
            if primary(language) == "en":
                text = ENGLISH_I.sub("I", text)
            text = BEGINS.sub(_begun, text)
            if each or not open_sentence:
                text = FIRST.sub(lambda match: match[1] + match[2].upper(), text)
            if text.strip():
                open_sentence = not ENDS.search(text)
            cased.append(text)
        return cased


def _begun(match: re.Match[str]) -> str:
    before = match.string[: match.end(1)]
    return match[0] if ABBREVIATED.search(before) else match[1] + match[2].upper()
