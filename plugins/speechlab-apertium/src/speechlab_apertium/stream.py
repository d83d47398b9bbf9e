"""Text as Apertium's stream has it, and back: what is no part of a language goes around the rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SPACE = re.compile(r"\s+")
BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = re.compile("[\0-\x08\x0e-\x1b\x7f\u2063\ud800-\udfff]")
"""Control characters, halves of surrogate pairs, and the mark below."""
RESERVED = re.compile(r"([\[\]{}^$/\\@<>])")
AROUND = re.compile(
    r"(?:https?|ftp)://[^\s<>]*[\w/]"
    r"|www\.[^\s<>]*[\w/]"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)[@#]\w+"
    r"|</?\w[^<>\n]*>"
    r"|\{[^{}\n]*\}"
    r"|\s{2,}|\t|~"
)
"""Addresses, names and tags of the net, tags of subtitles; and what the programs themselves would swallow."""
HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
MARK = "\u2063"
"""An invisible character that stands for a blank where the text has none."""
EMPTY = "[]"
END = f".{EMPTY}[\n]"
"""What Apertium's own filter adds: it tells the rules that the sentence is over, and is cut off again. Rules
may leave a blank inside."""
TOKEN = re.compile(r"\\(.)|\[((?:\\.|[^\\\]])*)\]|( {2,})", re.DOTALL)
"""What is escaped; what the programs carry along and take for a blank; blanks that they made."""
LONELY = re.compile(" (?=[.,](?: |$))")


def lines(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether a part is to be translated; what is not keeps them apart: line ends, the blanks
    at their sides, lines without a letter. Joined, they are the text, but for what is not seen."""
    text = unicodedata.normalize("NFC", UNSEEN.sub("", text))
    at = 0
    for space in SPACE.finditer(text):
        if space.start() == 0 or space.end() == len(text) or BREAK.search(space[0]):
            yield _line(text[at : space.start()])
            yield space[0], False
            at = space.end()
    yield _line(text[at:])


def written(line: str) -> str:
    """A line in the stream."""
    return _stream(line, "-")


def loosened(line: str) -> str:
    """As :func:`written`, with a blank that nobody sees at each side of a hyphen.

    Rules out of English reorder compounds, and take the blanks between the translated words from between the English
    ones: of "4-month-old mice", which has none, they make "ratonesde4meses".
    """
    return _stream(line, f"[{MARK}]-[{MARK}]")


def read(answer: str, line: str) -> str:
    """The line that an answer tells, for the line that was asked. Raises ValueError if the end is missing."""
    told, end, _ = answer.rpartition(EMPTY)
    if not end:
        raise ValueError("the answer has no end")
    tidy = TOKEN.sub(_plain, told.strip().removesuffix(".").strip())
    tidy = re.sub(f"{MARK}*-{MARK}*", "-", tidy)
    tidy = re.sub(f" ?{MARK}[{MARK} ]*", " ", tidy)
    return tidy if LONELY.search(line) else LONELY.sub("", tidy)


def better(plain: str, loose: str) -> str:
    """Of two answers the one with the blanks, unless the words differ too."""
    return loose if "".join(plain.split()).casefold() == "".join(loose.split()).casefold() else plain


def _line(part: str) -> tuple[str, bool]:
    return part, any(character.isalpha() for character in part)


def _stream(line: str, hyphen: str) -> str:
    parts, at = [], 0
    for around in AROUND.finditer(line):
        parts += [HYPHEN.sub(hyphen, _escaped(line[at : around.start()])), f"[{_escaped(around[0])}]"]
        at = around.end()
    return "".join(parts) + HYPHEN.sub(hyphen, _escaped(line[at:])) + END


def _escaped(text: str) -> str:
    return RESERVED.sub(r"\\\1", text)


def _plain(token: re.Match[str]) -> str:
    match token.lastindex:
        case 1:
            return token[1]
        case 2:
            return re.sub(r"\\(.)", r"\1", token[2], flags=re.DOTALL)
        case _:
            return " "
