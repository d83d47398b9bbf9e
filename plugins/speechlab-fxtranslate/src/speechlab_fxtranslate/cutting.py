"""Text cut into what a model can translate at once, and what must go around it to come out whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from fxtranslate import discovery
from sentencepiece import SentencePieceProcessor

LONGEST = 80
"""Tokens that a model is given at once. Of longer sentences, mostly speech that nobody has punctuated, it leaves out or
repeats parts (without a limit, 18 % of such an English text were lost); a lower limit cuts up what it can translate."""

UNSEEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
"""Control characters, halves of surrogate pairs, marks that show nothing: no part of any language."""
VERBATIM = (
    r"(?:https?|ftp)://[^\s<>]*[\w/]"
    r"|www\.[^\s<>]*[\w/]"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)@\w+"
    r"|</?\w[^<>\n]*>"
    r"|\{[^{}\n]*\}"
    "|[0-9#*]\ufe0f?\u20e3"
    r"|[\t\v\f]+"
)
"""Addresses, the tags of subtitles, emoji made of digits, tabs. Models spoil them."""
PART_OF_EMOJI = "\u200d\ufe0f\u20e3\U000e0020-\U000e007f"
PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
"""What to write instead where a vocabulary has no typographic quotation marks and dashes."""
CLAUSE = re.compile(r"[,;:)\]»”\"\u2013\u2014\u3001\uff0c\uff1a\uff1b]\s*")
WORD = re.compile(r"\s+")

Piece = tuple[str, bool]
"""Some text, and whether it is to be translated."""


class Cutter:
    """Knows the vocabulary of a direction. Raises RuntimeError where it cannot be read."""

    def __init__(self, vocabulary: bytes) -> None:
        self._vocabulary = SentencePieceProcessor(model_proto=vocabulary)
        self._lacks: dict[str, bool] = {}
        self._plain = str.maketrans({typeset: to for typeset, to in PLAIN.items() if self._lacking(typeset)})

    def written(self, text: str) -> str:
        """The text without what is not seen, in marks that the vocabulary has."""
        return UNSEEN.sub("", text).translate(self._plain)

    def __call__(self, text: str) -> Iterator[Piece]:
        """The pieces; joined, they are the text as :meth:`written`.

        What goes around the model: white space, addresses, tags, and signs, emoji and words in letters of which its
        vocabulary has none, so that it could only drop them or make something up.
        """
        text = self.written(text)
        at = 0
        for kept in re.finditer(self._around(text), text):
            yield from self._sentences(text[at : kept.start()])
            yield kept[0], False
            at = kept.end()
        yield from self._sentences(text[at:])

    def _around(self, text: str) -> str:
        """A pattern for what must not be shown to the model."""
        signs, letters = "", ""
        for character in sorted(set(text)):
            match unicodedata.category(character)[0]:
                case "P" | "S" | "C" if unicodedata.category(character) != "Cf" and self._lacking(character):
                    signs += character
                case "L" | "M" | "N" if self._lacking(character):
                    letters += character
        ways = [VERBATIM]
        if signs:
            ways.append(f"[{re.escape(signs)}][{re.escape(signs)}{PART_OF_EMOJI}]*")
        if letters:
            ways.append(rf"(?<!\w)[{re.escape(letters)}]+(?!\w)")
        return "|".join(ways)

    def _lacking(self, character: str) -> bool:
        """Whether the vocabulary has no way to write it, or none but its bytes."""
        if character.isspace():
            return False
        if (known := self._lacks.get(character)) is None:
            tokens = self._vocabulary.encode(character)
            known = any(self._vocabulary.is_unknown(token) or self._vocabulary.is_byte(token) for token in tokens)
            self._lacks[character] = known
        return known

    def _sentences(self, text: str) -> Iterator[Piece]:
        at = 0
        for sentence in discovery.segment_sentences(text):
            start = text.index(sentence, at)
            yield text[at:start], False
            at = start + len(sentence)
            yield from ((part, bool(re.search(r"\w", part))) for part in self._fitting(sentence))
        yield text[at:], False

    def _fitting(self, sentence: str) -> Iterator[str]:
        """A sentence, halved between clauses or words, at worst anywhere, until each part fits."""
        if len(sentence) < 2 or len(self._vocabulary.encode(sentence)) <= LONGEST:
            yield sentence
            return
        quarter = len(sentence) // 4
        clauses = [end.end() for end in CLAUSE.finditer(sentence, quarter, len(sentence) - quarter)]
        words = [end.end() for end in WORD.finditer(sentence) if 0 < end.end() < len(sentence)]
        middle = len(sentence) // 2
        cut = min(clauses or words, key=lambda end: abs(end - middle), default=middle)
        yield from self._fitting(sentence[:cut])
        yield from self._fitting(sentence[cut:])
