"""``speechlab speak``: a text as sound."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import click

from .. import media
from ..batch import Advanced, Finished, Item, Report, Started
from ..batch.work import each
from ..closing import closes
from ..engines import Kind
from ..errors import ConfigError, SpeechLabError
from ..files import writable
from ..lab import Lab
from ..params import knobs, nearest
from ..speaking import Speaking, SpeakOptions, Spoken, joined, said, synthesizer
from ..trace import Trace
from ..types import Progress
from .account import Account
from .app import lab_of
from .checking import Checking
from .engines import engine_id, lenient, of_engines, settings
from .flags import FlagCommand, FlagGroup, chosen
from .messages import say
from .paths import Named
from .recordings import RESUME
from .tables import write_json

OWN = frozenset({"language", "voice", "voices", "track"})
"""Parameters that the command itself has a flag for, or that mean nothing where one text is spoken."""
TEXTS = (".txt", ".md", ".ssml", ".xml")
"""How the names of files end that hold texts."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    own = knobs(SpeakOptions)
    groups = [FlagGroup("speak", "Putting sentences together", own)]
    with lenient(helping):
        spec = synthesizer(lab_of(ctx), given.get("engine"), given.get("voice"), given.get("language"))
        groups.append(FlagGroup("engine", f"Engine {spec.id}", settings(spec, OWN | {knob.name for knob in own})))
    return groups


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.TTS))
@click.option("--voice", metavar="ID", help="Voice to speak with.  [default: the engine's first of the language]")
@click.option(
    "--engine",
    metavar="ID",
    help="Synthesizer; `speechlab engines --kind tts` lists them.  [default: the best installed for the language]",
)
@click.option("--language", metavar="CODE", help="Language of the text, such as pt or zh.  [default: as it reads]")
@click.option("--format", type=click.Choice(list(media.WRITABLE)), help="Format of the sound.  [default: by the name]")
@click.option(
    "--subtitles",
    type=Named(dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Also write what is said when, such as x.srt, x.vtt or x.lrc; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each sentence with its times as JSON, for programs.")
@click.option(
    "--check",
    is_flag=True,
    help="Check by listening: a recogniser hears each sentence, and what came back otherwise is told.",
)
@click.option(
    "--recognizer",
    metavar="ID",
    help="Check by listening, with this recogniser.  [default: the best installed for the language]",
)
@RESUME
@click.option(
    "--out",
    type=Named(dir_okay=False, path_type=Path, allow_dash=True),
    required=True,
    metavar="FILE",
    help=f"The file to write: {', '.join(media.WRITABLE)}, by its suffix; or - for standard output.",
)
@click.argument("words", nargs=-1, metavar="[TEXT|FILE]")
@click.pass_context
def speak(
    ctx: click.Context,
    words: tuple[str, ...],
    voice: str | None,
    engine: str | None,
    language: str | None,
    format: str | None,
    subtitles: tuple[Path, ...],
    as_json: bool,
    check: bool,
    recognizer: str | None,
    resume: bool,
    out: Path,
) -> None:
    """A text as sound: of the command line, of a file, or of standard input.

    What is written says that it is synthetic, in its sound and by a label in the file. A long text that breaks off is
    kept as far as it is said; --resume goes on from there. Every parameter of the engine is a flag: see
    `speechlab speak --engine ID --help`. A text that begins with <speak> is SSML.
    """
    lab = lab_of(ctx)
    name, text = _text(words)
    format = _format(out, format)
    if as_json and str(out) == "-":
        raise ConfigError("sound and JSON cannot both be on standard output", hint="choose a file for --out")
    for path in subtitles:
        known = {item.suffix for item in lab.plugins.formats.values()}
        if (suffix := path.suffix.removeprefix(".")) not in known:
            raise ConfigError(
                f"{path.name or 'no name'} is no subtitle file", hint=nearest(suffix, known, "formats are")
            )
    for path in (out, *subtitles):
        if str(path) != "-":
            writable(path)  # told before a long text is said, and paid for
    id = engine and engine_id(engine, Kind.TTS)
    how = {"language": language, "resume": resume, **chosen(ctx, "speak"), **chosen(ctx, "engine")}
    text_ = _Text(lab, lab.speaking(text, voice, id, **how), out, format, subtitles)
    if check or recognizer:
        text_.checking = Checking(lab, text_.speech, recognizer)
    if (quote := text_.speech.quote()) is not None:
        say(str(quote) if quote.enough else f"{quote}: what is said until they are spent is kept, for --resume")
    account = Account(
        1,
        verbose=bool(ctx.find_root().params.get("verbose")),
        finished=lambda done: write_json(text_.sentences) if as_json else None,
        stopped="stopped; the same call with --resume goes on from here",
    )
    ctx.exit(account.of(each([Item(Path(name), out.stem)], lambda number, item: text_.work(item))))


@dataclass
class _Text:
    """A text on its way into a file."""

    lab: Lab
    speech: Speaking
    out: Path
    format: str
    subtitles: Sequence[Path]
    spoken: list[Spoken] = field(default_factory=list)
    """What is said so far, without the sound."""
    checking: Checking | None = None

    @property
    def sentences(self) -> list[dict[str, Any]]:
        """What was said when, and what was heard of it, as JSON values."""
        return [
            {**one.as_json(), **({"check": self.checking.as_json(one)} if self.checking else {})} for one in self.spoken
        ]

    def work(self, item: Item) -> Iterator[Report]:
        """The work, reported as any batch is. Raises ConfigError, OutputError and whatever the engine raises."""
        yield Started(item, 1, None)
        yield Advanced(item, Progress("start", 0.0), 0)
        try:
            with closes(self.speech):
                yield from self._written(item)
        except SpeechLabError:
            if self.speech.kept:
                say(f"{self.speech.kept} of {self.speech.total} sentences are kept; --resume goes on from there")
            raise
        finally:
            if self.checking:
                self.checking.close()
        recording = said(self.spoken, self.speech.language)
        for path in self.subtitles:
            self.lab.write(recording, path)
        yield Finished(item, recording, () if str(self.out) == "-" else (self.out, *self.subtitles), self._trace)
        self.speech.forget()

    def _written(self, item: Item) -> Iterator[Report]:
        pieces = joined(self._told())
        first = next(pieces, None)
        if first is None:
            raise self.speech.mute
        comment = self.speech.label(self.spoken[-1]).text()
        with closes(pieces):
            whole = chain([first], pieces)
            if str(self.out) == "-":
                sys.stdout.buffer.write(media.encode(whole, self.format, comment=comment))
                return
            for _ in media.writing(whole, self.out, self.format, comment=comment):
                yield Advanced(item, self._progress(), 0)

    def _told(self) -> Iterator[Spoken]:
        for one in self.speech:
            self.spoken.append(one.hushed())
            if self.checking:
                self.checking.hear(one)
            yield one

    def _progress(self) -> Progress:
        """Seconds that are said, of those that all of it will take as far as it went on so."""
        done = self.spoken[-1].end
        return Progress("speak", done, done * self.speech.total / len(self.spoken))

    @property
    def _trace(self) -> Trace:
        return self.lab.trace() or Trace()


def _text(words: Sequence[str]) -> tuple[str, str]:
    """A name for the text, and the text. Raises ConfigError."""
    if len(words) > 1 or (words and words[0] != "-" and not _file(words[0])):
        return "text", " ".join(words)
    if words and words[0] != "-":
        try:
            return Path(words[0]).name, _decoded(Path(words[0]).read_bytes(), words[0])
        except OSError as error:
            raise ConfigError(f"{words[0]} cannot be read: {error.strerror}", hint="check the path") from None
    if sys.stdin.isatty():
        raise ConfigError("no text was given", hint='write it behind the command: speechlab speak "Good morning." ...')
    return "text", _decoded(sys.stdin.buffer.read(), "standard input")


def _file(word: str) -> bool:
    """Whether an argument is a file, not a text. Raises ConfigError where it looks like one that is not there."""
    try:
        there = bool(word.strip()) and Path(word).is_file()
    except (OSError, ValueError):  # too long for a name, or with a null in it: a text
        return False
    if not there and word.lower().endswith(TEXTS) and not any(map(str.isspace, word)):
        raise ConfigError(f"there is no file {word}", hint="check the path")
    return there


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        hint = "convert it, such as with: iconv -f latin1 -t utf-8"
        raise ConfigError(f"{name} is no text in UTF-8", hint=hint) from None


def _format(out: Path, format: str | None) -> str:
    suffix = format or ("wav" if str(out) == "-" else out.suffix.removeprefix(".").lower())
    if suffix not in media.WRITABLE:
        hint = nearest(suffix, media.WRITABLE, "sound can be written as")
        raise ConfigError(f"sound cannot be written as {out.name or 'a file without a name'}", hint=hint)
    return suffix
