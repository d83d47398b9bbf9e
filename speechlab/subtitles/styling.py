"""Styling in the words of a cue: taken away to read them, and put around them again where it holds for all."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ..formats.direction import LRM, PDF, RLE, RLM, embedded, led
from ..formats.text import wide

_UNMARKED = dict.fromkeys(map(ord, LRM + PDF + RLE + RLM))
_NAME = re.compile(r"<(/?)\s*([a-zA-Z]+)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")


@dataclass(frozen=True, slots=True)
class Styled:
    """The words of a cue, and what is around them."""

    lines: tuple[str, ...]
    before: str = ""
    after: str = ""
    speaker: str | None = None


class Markup:
    """How SubRip writes styling: a few of HTML's tags, and where on the screen in braces."""

    tags = re.compile(r"</?(?:i|b|u|s|em|strong|font|span|c|v)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
    breaks = re.compile(r"\r\n|\r|\n")

    def read(self, payload: str) -> Styled:
        """The words, and the styling that holds for all of them; what holds for some of them only is given up."""
        tags, words = self.tags.findall(payload), self.tags.split(payload)
        lead = next((number for number, text in enumerate(words) if text.strip()), len(tags))
        trail = next((number for number, text in enumerate(reversed(words)) if text.strip()), 0)
        before, after = _pairs(tags[:lead], tags[len(tags) - trail :] if trail else [], tags)
        lines = tuple(self.plain(line) for line in self.breaks.split("".join(words)))
        return Styled(lines, before, after, self.speaker(tags))

    def plain(self, text: str) -> str:
        """The text that a reader sees; the marks that a line is led by are none."""
        return text.translate(_UNMARKED)

    def speaker(self, tags: list[str]) -> str | None:
        """Who says it, if it is one person."""
        return None

    def written(self, text: str) -> str:
        """A text, so that nothing of it is taken for styling."""
        return wide(text, "<>{}")

    def led(self, line: str, rtl: bool) -> str:
        """A line with the marks by which it is shown the right way."""
        return embedded(line, rtl)


class WebMarkup(Markup):
    """How WebVTT does: with tags for voices too, and with HTML's escapes."""

    tags = re.compile(r"<[^>]*>")

    def plain(self, text: str) -> str:
        return html.unescape(text).translate(_UNMARKED)

    def speaker(self, tags: list[str]) -> str | None:
        voices = [html.unescape(voice.group(1)).strip() for tag in tags if (voice := _VOICE.match(tag))]
        return voices[0] if len(voices) == 1 else None

    def written(self, text: str) -> str:
        return html.escape(text, quote=False)

    def led(self, line: str, rtl: bool) -> str:
        return led(line, rtl)


class StationMarkup(Markup):
    """How SubStation Alpha does: all of it in braces, and with its own sign for a new line."""

    tags = re.compile(r"\{[^}]*\}")
    breaks = re.compile(r"\\[Nn]")

    def plain(self, text: str) -> str:
        return text.replace(r"\h", "\u00a0").translate(_UNMARKED)

    def written(self, text: str) -> str:
        return wide(text, "{}\\")


def _pairs(lead: list[str], trail: list[str], tags: list[str]) -> tuple[str, str]:
    """Of the tags before and after all words those that belong together, or that none closes and so hold to the end."""
    closing = {name for tag in tags if (name := _closes(tag))}
    left = list(trail)
    before, after = "", ""
    voices = sum(_opens(tag) == "v" for tag in tags)
    for tag in lead:
        name = _opens(tag)
        if name == "v" and voices > 1:
            continue
        end = next((other for other in left if _closes(other) == name), None) if name else None
        if end is not None:
            left.remove(end)
            before, after = before + tag, end + after
        elif not _closes(tag) and (name is None or name not in closing):
            before += tag
    return before, after


def _opens(tag: str) -> str | None:
    found = _NAME.match(tag)
    return found.group(2).lower() if found and not found.group(1) else None


def _closes(tag: str) -> str | None:
    found = _NAME.match(tag)
    return found.group(2).lower() if found and found.group(1) else None
