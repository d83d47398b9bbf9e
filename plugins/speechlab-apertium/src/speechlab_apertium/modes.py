"""Which modes are installed: a mode is a chain of programs that leads from one language into another."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from speechlab import ConfigError, Context, EngineUnavailable, Languages, Ways

from . import ApertiumParams

NAME = re.compile(r"(?P<source>[a-z]{2,3})-(?P<target>[a-z]{2,3})(?:_(?P<variety>\w+))?")
"""Names of another form are helpers, or the same in an old encoding."""
PROGRAMS = frozenset(
    {
        "lt-proc",
        "lrx-proc",
        "lsx-proc",
        "rtx-proc",
        "cg-proc",
        "hfst-proc",
        "apertium-tagger",
        "apertium-pretransfer",
        "apertium-posttransfer",
        "apertium-transfer",
        "apertium-interchunk",
        "apertium-postchunk",
        "apertium-anaphora",
        "apertium-wblank-attach",
        "apertium-wblank-detach",
        "apertium-extract-caps",
        "apertium-restore-caps",
        "apertium-cleanstream",
    }
)
"""Those that answer at each NUL if they are asked to, so that they can be kept running. A mode is never given to a
shell, and one that names any other program, or one that is not installed, is left out."""

SERBO_CROATIAN = "hbs"
"""What Apertium calls four standards with one dictionary. As a target, hardly a word of it comes out; so it is none."""
STANDARDS = ("sr", "sr-Latn", "hr", "bs")
TO_LATIN = "Cyrl-Latn"
"""The mode that writes Cyrillic as the dictionary of Serbo-Croatian has it."""
REGION = re.compile("[A-Z]{2}")

NEAR, ENGLISH = 2.0, 5.5
COSTS = {("fr", "ca"): 0.75, ("pt", "ca"): 0.75, ("es", "fr"): 2.5, ("ca", "fr"): 3.0}
"""What a step loses, where a good neural model loses 1: by the logarithm of the share that it keeps of the chrF that
the best services reach, measured on chains with such a model and rounded to quarters."""


@dataclass(frozen=True)
class Mode:
    """One direction, in one variety of the target language."""

    name: str
    """As Apertium calls it."""
    source: str
    """BCP-47, but for Serbo-Croatian."""
    target: str
    """BCP-47, without the variety."""
    variety: str
    programs: Sequence[Sequence[str]]

    def commands(self, mark_unknown: bool) -> list[list[str]]:
        """The programs with their arguments, each answering at each NUL."""
        given = {"$1": ["-g" if mark_unknown else "-n"], "$2": []}
        return [
            [program, "-z", *(word for argument in arguments for word in given.get(argument, [argument]))]
            for program, *arguments in self.programs
        ]


class Modes:
    """The modes of a folder. Raises EngineUnavailable where it has none."""

    def __init__(self, folder: str) -> None:
        self._modes: dict[tuple[str, str], dict[str, Mode]] = {}
        """By source and target, then by variety, the usual one first."""
        for mode in _installed(Path(folder).expanduser()):
            for source in STANDARDS if mode.source == SERBO_CROATIAN else (mode.source,):
                self._modes.setdefault((source, mode.target), {})[mode.variety] = mode
                if REGION.fullmatch(mode.variety):
                    self._modes[source, f"{mode.target}-{mode.variety}"] = {mode.variety: mode}
        if not self._modes:
            raise EngineUnavailable(
                f"there is no language pair of Apertium in {folder}",
                hint="apt-get install one, such as apertium-es-pt; `apt-cache search apertium-` tells which there are",
            )

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """From which language into which, regions of the target among them."""
        return iter(self._modes)

    def find(self, source: str, target: str, variety: str) -> Mode:
        """The mode that is meant. Raises ConfigError with those that there are."""
        first = Languages(sorted({source for source, _ in self})).code(source)
        targets = sorted(target for source, target in self if source == first)
        if (known := Languages([first, *targets])) and target in known and known.code(target) == first:
            raise ConfigError(f"the text is in {first} already", hint="choose another language to translate into")
        try:
            last = Languages(targets).code(target)
        except ConfigError:
            raise ConfigError(
                f"Apertium has no pair that leads from {first} to {target}",
                hint=f"from {first} it leads to {', '.join(targets)}; `apt-cache search apertium-` tells of others",
            ) from None
        there = self._modes[first, last]
        if not variety:
            return next(iter(there.values()))
        if variety not in there:
            names = ", ".join(filter(None, there)) or "none"
            hint = f"it has {names}; leave it empty for the usual one"
            raise ConfigError(f"Apertium has no variety {variety!r} of {last} from {first}", hint=hint)
        return there[variety]


def ways(params: ApertiumParams, context: Context) -> Iterator[Ways]:
    """What is installed; steps from and into English lose most. Regions of a target stand beside it, so that whoever
    asks for one is led there."""
    try:
        modes = Modes(params.folder)
    except EngineUnavailable:
        return
    targets: dict[tuple[str, float], list[str]] = {}
    for source, target in modes:
        language = target.partition("-")[0]
        cost = ENGLISH if "en" in (source, language) else COSTS.get((source, language), NEAR)
        targets.setdefault((source, cost), []).append(target)
    for (source, cost), into in targets.items():
        yield Ways((source,), tuple(into), cost)


def _installed(folder: Path) -> Iterator[Mode]:
    """The modes by name: those of a variety after the usual one."""
    there = {program for program in PROGRAMS if shutil.which(program)}
    files = {path.stem: path for path in sorted(folder.glob("*.mode"))}
    to_latin = _programs(files[TO_LATIN]) if TO_LATIN in files else ()
    for name, path in files.items():
        if named := NAME.fullmatch(name):
            source, target, variety = named["source"], named["target"], named["variety"] or ""
            programs = (*(to_latin if source == SERBO_CROATIAN else ()), *_programs(path))
            tags = source if source == SERBO_CROATIAN else _tag(source), _tag(target)
            leads = all(tags) and len(set(tags)) == 2 and target != SERBO_CROATIAN
            if leads and all(program[0] in there for program in programs):
                yield Mode(name, *tags, variety, programs)


def _programs(path: Path) -> tuple[tuple[str, ...], ...]:
    """Each with its arguments, in the order in which the text goes through them."""
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, changed: int) -> tuple[tuple[str, ...], ...]:
    """What a file says as it was changed last; it is asked for each time that somebody looks for a route."""
    words = shlex.shlex(path.read_text(encoding="utf-8"), posix=True, punctuation_chars="|")
    words.whitespace_split = True
    words.commenters = ""
    return tuple(tuple(program) for bar, program in groupby(words, "|".__eq__) if not bar)


@cache
def _tag(code: str) -> str:
    """BCP-47, or nothing for what is no language."""
    return next(iter(Languages([code])), "")
