"""Where the voices lie: files in a folder or of the hub, and which index belongs to which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from speechlab import ConfigError, Context, EngineUnavailable, Weights

from .told import configuration

VOICE, INDEXES, CONFIG = ".pth", (".index", ".npy"), "config.json"
HUB = re.compile(r"([\w-][\w.-]*/[\w.-]+)(?:/(.+\.pth))?")
"""A repository, or one voice in it."""
UNFINISHED = "trained_"
"""What RVC puts before the name of an index that has no sounds in it yet."""
SPEAKS = "G_"
"""What So-VITS-SVC puts before the name of a network that speaks, and then how long it was trained."""


@dataclass(frozen=True)
class Place:
    """The files of a voice, and which speaker of them it is where they tell."""

    file: Path
    index: Path | None = None
    config: Path | None = None
    """That of So-VITS-SVC; RVC's voices have none."""
    speaker: int | None = None


def shelf(told: str | None, context: Context) -> Mapping[str, Place]:
    """The voices by their names, in the order of those. Raises ConfigError where there is no such folder, and
    EngineUnavailable where the hub's cannot be had."""
    if not told:
        return {}
    folder = Path(told).expanduser()
    if folder.is_dir():
        return _found(folder)
    if not (named := HUB.fullmatch(told)):
        raise ConfigError(f"there is no folder {told}", hint="give one that holds voices (.pth)")
    repository, file = named.groups()
    near = f"{file.rpartition('/')[0]}/" if file and "/" in file else ""
    beside = [f"{near}*{ending}" for ending in (*INDEXES, CONFIG)]
    weights = Weights(
        id=told, files=(file,) if file else (), optional=beside if file else [f"*{VOICE}", *beside], hub=repository
    )
    here = context.weights(weights)
    voices = {name: place for name, place in _found(here).items() if not file or place.file == here / file}
    if not voices:
        raise EngineUnavailable(
            f"no voice (.pth) of {repository} is here", hint=f"name one of its files: {repository}/path/voice.pth"
        )
    return voices


def _found(folder: Path) -> Mapping[str, Place]:
    """The voices in a folder and those below it. Of one name, they are told apart by their folders."""
    files: dict[Path, list[Path]] = {}
    for file in sorted(folder.rglob(f"*{VOICE}")):
        files.setdefault(file.parent, []).append(file)
    named = [(parent, *voice) for parent, beside in files.items() for voice in _named(parent, beside)]
    names = Counter(name for _, name, _ in named)
    found = {}
    for parent, name, place in named:
        near = parent.relative_to(folder).as_posix()
        found[name if names[name] == 1 or near == "." else f"{near}/{name}"] = place
    return dict(sorted(found.items()))


def _named(parent: Path, files: Sequence[Path]) -> Iterator[tuple[str, Place]]:
    """The voices of one folder: with So-VITS-SVC's configuration, the speakers of the network that was trained longest;
    else each file is one."""
    config = parent / CONFIG
    if speakers := configuration(config).get("spk"):
        speaking = [file for file in files if file.name.startswith(SPEAKS)] or files
        last = max(speaking, key=lambda file: [int(digits) for digits in re.findall(r"\d+", file.stem)])
        for name, speaker in speakers.items():
            yield str(name), Place(last, config=config, speaker=int(speaker))
        return
    for file in files:
        yield file.stem, Place(file, _index(file, files))


def _index(file: Path, beside: Sequence[Path]) -> Path | None:
    """The index that names this voice in its own name, and no other's longer one; or the only one beside the only
    voice."""
    indexes = [
        path
        for path in sorted(file.parent.iterdir())
        if path.suffix in INDEXES and not path.name.startswith(UNFINISHED)
    ]
    for index in indexes:
        meant = [voice for voice in beside if voice.stem.lower() in index.stem.lower()]
        if meant and max(meant, key=lambda voice: len(voice.stem)) == file:
            return index
    return indexes[0] if len(indexes) == len(beside) == 1 else None
