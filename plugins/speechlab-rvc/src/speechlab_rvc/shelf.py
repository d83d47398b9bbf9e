"""Where the voices lie: files in a folder or of the hub, and which index belongs to which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from speechlab import ConfigError, Context, EngineUnavailable, Weights

VOICE, INDEXES = ".pth", (".index", ".npy")
HUB = re.compile(r"([\w-][\w.-]*/[\w.-]+)(?:/(.+\.pth))?")
"""A repository, or one voice in it."""
UNFINISHED = "trained_"
"""What RVC puts before the name of an index that has no sounds in it yet."""


@dataclass(frozen=True)
class Place:
    """The files of a voice."""

    file: Path
    index: Path | None


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
    indexes = [f"{near}*{ending}" for ending in INDEXES]
    weights = Weights(
        id=told, files=(file,) if file else (), optional=indexes if file else ["*.pth", *indexes], hub=repository
    )
    here = context.weights(weights)
    voices = {name: place for name, place in _found(here).items() if not file or place.file == here / file}
    if not voices:
        raise EngineUnavailable(
            f"no voice (.pth) of {repository} is here", hint=f"name one of its files: {repository}/path/voice.pth"
        )
    return voices


def _found(folder: Path) -> Mapping[str, Place]:
    """The voices in a folder and those below it. Two of one name are told apart by their folders."""
    files = sorted(path for path in folder.rglob(f"*{VOICE}") if path.is_file())
    names = Counter(file.stem for file in files)
    found = {}
    for file in files:
        alone = names[file.stem] == 1
        name = file.stem if alone else file.relative_to(folder).with_suffix("").as_posix()
        found[name] = Place(file, _index(file, [other for other in files if other.parent == file.parent]))
    return dict(sorted(found.items()))


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
