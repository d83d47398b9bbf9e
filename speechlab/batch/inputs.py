"""Which recordings are meant by files and folders, and under which name the results of each are written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import AudioError
from ..media import SUFFIXES


@dataclass(frozen=True, slots=True)
class Item:
    """One recording of a batch."""

    path: Path
    name: str
    """What its results are called, without a suffix; a slash in it is a folder: ``talks/monday``."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found."""

    items: tuple[Item, ...]
    empty: tuple[Path, ...] = ()
    """Folders without any recording in them."""
    renamed: tuple[Item, ...] = ()
    """Those that are called after more than their stem, since another recording has the same."""


def gather(paths: Iterable[str | Path]) -> Gathered:
    """The recordings that files and folders stand for, each once, in the order given.

    A file is taken whatever it is called. In a folder, and in the folders within, every file is taken whose name ends
    like a recording's; hidden ones are passed over. Results are named after the file, those of a folder's files after
    their path within the folder. Where two recordings would have one name, both keep their suffix in it (``a.wav`` and
    ``a.mp3``); where that does not tell them apart, the folders above are put before it (``monday/a``, ``tuesday/a``).
    """
    found: dict[Path, tuple[Path, list[str]]] = {}
    empty: list[Path] = []
    for path in map(Path, paths):
        inside = list(_recordings(path)) if path.is_dir() else [path]
        if not inside:
            empty.append(path)
        for one in inside:
            part = one.relative_to(path) if path.is_dir() else Path(one.name)
            found.setdefault(one.resolve(), (one, list(_candidates(one, part))))
    names = _distinct([candidates for _, candidates in found.values()])
    items = [Item(path, name) for (path, _), name in zip(found.values(), names, strict=True)]
    renamed = [item for item, (_, names) in zip(items, found.values(), strict=True) if item.name != names[0]]
    return Gathered(tuple(items), tuple(empty), tuple(renamed))


def _recordings(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise AudioError(
            f"the folder {error.filename} cannot be read: {error.strerror}",
            hint="ask its owner for the right to read it",
        ) from error

    for at, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(at, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES and path.is_file():
                yield path


def _candidates(path: Path, part: Path) -> Iterator[str]:
    """What a recording's results may be called, the shortest first; ``part`` is its path within a folder given."""
    whole = Path(os.path.abspath(path)).parts[1:]
    above = whole[: len(whole) - len(part.parts)]
    for depth in range(len(above) + 1):
        inside = Path(*above[len(above) - depth :], part)
        yield inside.with_name(part.stem).as_posix()
        yield inside.as_posix()


def _distinct(candidates: Sequence[Sequence[str]]) -> list[str]:
    """For each recording the first of its names that no other has; upper and lower case are one, as on many disks."""
    levels = [0] * len(candidates)
    while True:
        names = [names[level] for names, level in zip(candidates, levels, strict=True)]
        used = Counter(name.casefold() for name in names)
        clashing = [
            i for i, name in enumerate(names) if used[name.casefold()] > 1 and levels[i] + 1 < len(candidates[i])
        ]
        if not clashing:
            return names
        for i in clashing:
            levels[i] += 1
