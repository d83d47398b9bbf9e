"""Where the models are: the user's folder, what was downloaded, an installed package, Mozilla's list of all others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fxtranslate import discovery

from speechlab import Context, EngineUnavailable, present

from . import EMBEDDED

Pair = tuple[str, str]
"""Source and target, in the codes of the models."""

HUB = "en"
TAG = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?"
DIRECTION = re.compile(f"({TAG})-({TAG})")
"""How the folder of a direction is called."""
LISTED = "listed.json"
"""The directions that Mozilla's list had when it was last read, in the cache."""


@dataclass(frozen=True)
class Files:
    """The files of one direction. Most pairs of languages share a vocabulary."""

    model: Path
    source: Path
    target: Path
    shortlist: Path | None


def way(pairs: Collection[Pair], source: str, target: str) -> tuple[Pair, ...]:
    """The directions to go, one after the other: the direct one, else by English; none where there is no way."""
    for hops in (((source, target),), ((source, HUB), (HUB, target))):
        if all(hop in pairs for hop in hops):
            return hops
    return ()


class Models:
    """The directions there are, first found first taken. Raises EngineUnavailable for a folder without any."""

    def __init__(self, folder: str | None, context: Context) -> None:
        self._context = context
        self._own = Path(folder).expanduser() if folder else None
        self._cache = context.home / "fxtranslate"
        if self._own is not None and not _in_folder(self._own):
            raise EngineUnavailable(
                f"there are no models in {self._own}",
                hint="give a folder with a subfolder for each direction, such as en-es, that holds model*.bin, "
                "vocab*.spm (or srcvocab*.spm and trgvocab*.spm) and lex*.bin",
            )
        if not self.here() and not context.download:
            context.weights(EMBEDDED["en", "pt"])  # tells how to get them

    @property
    def downloads(self) -> bool:
        """Whether others may be fetched."""
        return self._context.download

    def here(self) -> set[Pair]:
        """The directions that need no download."""
        embedded = {pair for pair, weights in EMBEDDED.items() if present(weights, self._context.home)}
        return {*_in_folder(self._own), *_in_folder(self._cache), *embedded}

    def listed(self) -> set[Pair]:
        """The directions that Mozilla's list has. Raises EngineUnavailable where it cannot be read."""
        try:
            pairs = set(discovery.model_pairs(discovery.fetch_records_body()))
        except ValueError as error:
            raise EngineUnavailable(
                f"Mozilla's list of models could not be read: {str(error).rpartition(': ')[2]}",
                hint="connect to the network, or give a folder with the models",
            ) from error
        with suppress(OSError):  # it is only more convenient to know them next time
            self._cache.mkdir(parents=True, exist_ok=True)
            new = self._cache / f"{LISTED}.{os.getpid()}"
            new.write_text(json.dumps(sorted(map("-".join, pairs))), encoding="utf-8")
            new.replace(self._cache / LISTED)
        return pairs

    def remembered(self) -> set[Pair]:
        """The directions that Mozilla's list had when it was last read on this machine; the network is not asked."""
        try:
            names = json.loads((self._cache / LISTED).read_text(encoding="utf-8"))
            return {(named[1], named[2]) for name in names if (named := DIRECTION.fullmatch(name))}
        except (OSError, ValueError, TypeError):  # never read, or damaged since
            return set()

    def fetch(self, pair: Pair) -> None:
        """Download a direction, so that it is here. Raises EngineUnavailable."""
        source, target = pair
        self._context.report(f"downloading the translation model {source} → {target}")
        try:
            discovery.add_models(source, target, str(self._cache), False)
        except ValueError as error:
            raise EngineUnavailable(
                f"the model {source} → {target} could not be downloaded: {str(error).rpartition(': ')[2]}",
                hint="try again: what has arrived is kept; or give a folder with the models",
            ) from error

    def files(self, pair: Pair) -> Files:
        """The files of a direction that is here. Raises EngineUnavailable if they are not the published ones."""
        for folder in (self._own, self._cache):
            if found := _in_folder(folder).get(pair):
                return found
        found = _files(self._context.weights(EMBEDDED[pair]))
        assert found is not None, "EMBEDDED names all files of a direction"
        return found


def _in_folder(folder: Path | None) -> dict[Pair, Files]:
    """The directions that a folder has whole."""
    if folder is None or not folder.is_dir():
        return {}
    named = ((DIRECTION.fullmatch(sub.name), sub) for sub in sorted(folder.iterdir()) if sub.is_dir())
    return {(name[1], name[2]): files for name, sub in named if name and (files := _files(sub))}


def _files(folder: Path) -> Files | None:
    """What is in the folder of one direction, unless something is missing."""
    model = _first(folder, "model*.bin")
    source = _first(folder, "srcvocab*.spm", "vocab*.spm")
    target = _first(folder, "trgvocab*.spm", "vocab*.spm")
    if model is None or source is None or target is None:
        return None
    return Files(model, source, target, _first(folder, "lex*.bin"))


def _first(folder: Path, *patterns: str) -> Path | None:
    return next((path for pattern in patterns for path in sorted(folder.glob(pattern))), None)
