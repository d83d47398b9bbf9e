"""A subtitle file: its cues as the segments of a recording, and the same file with other words in them."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError
from ..formats import layout
from ..formats.direction import right_to_left
from ..formats.options import SubtitleOptions
from ..formats.tokens import tokens
from ..languages import standard
from ..types import Recording, Segment, Transcript
from .cue import FileCue
from .station import station
from .styling import Markup, StationMarkup, WebMarkup
from .timed import subrip, webvtt

_FORMATS: Mapping[str, tuple[Callable[[str, Markup], Iterable[FileCue]], Markup, str | None]] = {
    ".ass": (station, StationMarkup(), r"\N"),
    ".srt": (subrip, Markup(), None),
    ".ssa": (station, StationMarkup(), r"\N"),
    ".vtt": (webvtt, WebMarkup(), None),
}
SUFFIXES = tuple(_FORMATS)
"""How the names of the files end that are read."""
AMBIGUOUS = frozenset({"cc", "hi"})
"""Closed captions and those for the hearing impaired are named so, more often than files in Hindi."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Subtitles:
    """What stands in a subtitle file."""

    content: str
    """The whole file."""
    suffix: str
    """Its format, as the end of its name."""
    cues: tuple[FileCue, ...]
    language: str | None = None

    @property
    def recording(self) -> Recording:
        """A segment for each cue that says something, at its very times, in the order of time."""
        told = [
            Segment(
                start=cue.start,
                end=cue.end,
                text=cue.text,
                id=name(number),
                language=self.language,
                speaker=cue.speaker,
                extra={"style": cue.style} if cue.style else {},
            )
            for number, cue in enumerate(self.cues)
            if cue.text
        ]
        told.sort(key=lambda segment: segment.start)
        return Recording(Transcript(tuple(told), self.language), duration=max((one.end for one in told), default=0.0))

    def saying(self, texts: Iterable[Segment], language: str | None = None, *, second: bool = False) -> bytes:
        """The file with these texts in the cues whose segments have their ids; all else stays as it is, to the letter.

        Styling of a whole cue holds for its new words, that of some of them is given up. ``second`` keeps the old words
        beneath the new. A cue for which there is no text, or its own, keeps its words.
        """
        said = {segment.id: segment for segment in texts}
        parts, at = [], 0
        for number, cue in sorted(enumerate(self.cues), key=lambda one: one[1].first):
            new = said.get(name(number))
            if new is None or new.text == cue.text:
                continue
            old = self.content[cue.first : cue.last]
            beneath = self._newline + old if second else ""
            parts += [self.content[at : cue.first], cue.before, self._laid(new, language), cue.after, beneath]
            at = cue.last
        return "".join([*parts, self.content[at:]]).encode("utf-8")

    @property
    def _newline(self) -> str:
        _, _, newline = _FORMATS[self.suffix]
        return newline or ("\r\n" if "\r\n" in self.content else "\n")

    def _laid(self, segment: Segment, language: str | None) -> str:
        """The text in lines, as its readers are used to."""
        _, markup, _ = _FORMATS[self.suffix]
        spoken = segment.language or language
        rtl = right_to_left(segment.text, spoken)
        lines = []
        for part in segment.text.split("\n"):
            words = tokens(Segment(segment.start, segment.end, text=part, language=spoken))
            lines += layout.text(layout.lines(words, SubtitleOptions()))
        return self._newline.join(markup.led(markup.written(line), rtl) for line in lines)


def name(number: int) -> str:
    """The id of a cue's segment, from its place in the file."""
    return f"c{number:06d}"


def read(source: Path | bytes, suffix: str = "", *, encoding: str | None = None) -> Subtitles:
    """A subtitle file, or its content with the end of its name. Raises ConfigError where it is none.

    Without an ``encoding`` it is read as UTF-8, or as what a byte order mark at its beginning tells.
    """
    if isinstance(source, Path):
        suffix = suffix or source.suffix
        try:
            data = source.read_bytes()
        except OSError as error:
            raise ConfigError(f"{source} cannot be read: {error.strerror}", hint="check the path") from error
        what, language = str(source), told_language(source)
    else:
        data, what, language = source, f"the {suffix.lstrip('.')} file", None
    if suffix.lower() not in _FORMATS:
        raise ConfigError(f"{what} is in no subtitle format", hint=f"those that are read are {', '.join(SUFFIXES)}")
    content = _decoded(data, encoding, what)
    parse, markup, _ = _FORMATS[suffix.lower()]
    cues = tuple(parse(content, markup))
    if not cues and content.strip() not in ("", "WEBVTT"):
        raise ConfigError(f"there are no subtitles in {what}", hint=f"is it really in the format {suffix.lstrip('.')}?")
    return Subtitles(content, suffix.lower(), cues, language)


def told_language(path: Path) -> str | None:
    """The language that a file's name tells, as in ``talk.en.srt``: a code of two letters, or with a region or script.

    >>> told_language(Path("talk.pt-BR.srt")), told_language(Path("talk.final.srt"))
    ('pt-BR', None)
    """
    code = Path(path.stem).suffix.lstrip(".")
    if len(code.partition("-")[0]) != 2 or not code.replace("-", "").isalpha() or code in AMBIGUOUS:
        return None
    from langcodes import tag_is_valid

    return standard(code) if tag_is_valid(code) else None


def _decoded(data: bytes, encoding: str | None, what: str) -> str:
    marked = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    try:
        return data.decode(encoding or marked or "utf-8")
    except LookupError:
        raise ConfigError(
            f"there is no encoding {encoding!r}", hint="such as utf-8, cp1252, cp1251 or shift_jis"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(
            f"{what} is not in {encoding or marked or 'UTF-8'}",
            hint="save it as UTF-8; or tell its encoding, such as --encoding cp1252 for western Europe",
        ) from None
