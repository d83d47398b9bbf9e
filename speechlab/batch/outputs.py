"""The files that a batch writes, and the receipts by which a later one knows which of them are its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import media
from ..cache import key
from ..contributions import Format
from ..errors import ConfigError, OutputError
from ..lab import Lab, told
from ..params import check
from ..pipeline import Pipeline
from ..types import Recording
from .inputs import Item


@dataclass(frozen=True, slots=True)
class Seen:
    """Which file was read: its digest, and by what it is known again without being read once more."""

    digest: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Target:
    """One file that is written for each recording."""

    format: Format
    options: Mapping[str, Any]
    suffix: str


def targets(lab: Lab, formats: Mapping[str, Mapping[str, Any]], into: Sequence[str] = ()) -> list[Target]:
    """The files of each recording: one for each format, and of those that hold one text one for each language that it
    was translated ``into``, with the language before the suffix.

    ``formats`` maps a format's id to its options. Raises ConfigError where one is unknown or wrong.
    """
    chosen = [(lab.plugins.format(id), told(options)) for id, options in formats.items()]
    for format, options in chosen:
        check(format.options, options, f"format {format.id}")
    shared = Counter(format.suffix for format, _ in chosen)
    made = []
    for format, options in chosen:
        suffix = format.suffix if shared[format.suffix] == 1 else f"{format.id}.{format.suffix}"
        if not into or format.beside or "track" not in format.options.model_fields or "track" in options:
            made.append(Target(format, options, suffix))
        else:
            made += [Target(format, {**options, "track": to}, f"{to}.{suffix}") for to in into]
    return made


class Outputs:
    """``folder/<name>.<suffix>`` for each recording and format, as :func:`targets` tells them.

    Beside each file written, a receipt under ``home/finished`` tells from which recording and with which settings it
    was made. A receipt is deleted before its file is replaced and written after, so that a run that is killed in
    between leaves a file without a receipt, which counts as not done. A file that somebody edited since is still done:
    their work is never overwritten by ``--resume``.
    """

    def __init__(
        self,
        lab: Lab,
        pipeline: Pipeline,
        folder: Path,
        formats: Mapping[str, Mapping[str, Any]],
        channel: int | str | None = None,
        sound: str | None = None,
        into: Sequence[str] = (),
    ) -> None:
        """``formats`` maps a format's id to its options; ``sound`` is the format of the sound for the ear, None to
        keep none; ``into`` are the languages whose translations are written, each as a file of its own. Raises
        ConfigError where one is unknown or wrong."""
        self.folder = folder
        self._sound = sound
        self._lab = lab
        self._receipts = lab.home / "finished"
        self._targets = targets(lab, formats, into)
        self._settings = [_settings(pipeline, channel, target) for target in self._targets]
        """Digests of all that the content of each depends on besides the recording."""

    def prepare(self, items: Iterable[Item]) -> None:
        """Make the folder. Raises ConfigError where it cannot be made, or a recording would be overwritten."""
        prepare(self.folder, items, self.paths)

    def paths(self, item: Item) -> tuple[Path, ...]:
        """The files of one recording."""
        sound = self.sound(item)
        return (*(self._path(item, target) for target in self._targets), *([sound] if sound else ()))

    def sound(self, item: Item) -> Path | None:
        """Where its sound for the ear goes."""
        return self.folder / f"{item.name}.clean.{self._sound}" if self._sound else None

    def done(self, item: Item) -> bool:
        """Whether all its files are there, made from this very recording with these very settings."""
        sound = self.sound(item)
        files = zip(self._targets, self._settings, strict=True)
        return all(self._done(item, *file) for file in files) and (sound is None or sound.is_file())

    def write(self, item: Item, recording: Recording, seen: Seen) -> tuple[Path, ...]:
        """Write all files of one recording. Raises ConfigError and OutputError."""
        rendered = [
            (self._lab.render(recording, target.format.id, **_options(target, item)), target, settings)
            for target, settings in zip(self._targets, self._settings, strict=True)
        ]
        for data, target, settings in rendered:
            path = self._path(item, target)
            receipt = self._receipt(path)
            _forget(receipt)
            make(path.parent)
            media.atomic_write(path, data)
            with suppress(OutputError):  # the result is safe; without a receipt it would merely be made again
                make(receipt.parent)
                media.atomic_write(receipt, _dump(settings, seen))
        return self.paths(item)

    def _path(self, item: Item, target: Target) -> Path:
        return self.folder / f"{item.name}.{target.suffix}"

    def _receipt(self, path: Path) -> Path:
        return self._receipts / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]}.json"

    def _done(self, item: Item, target: Target, current: str) -> bool:
        path = self._path(item, target)
        try:
            receipt = json.loads(self._receipt(path).read_text(encoding="utf-8"))
            settings, then = receipt["settings"], Seen(receipt["digest"], receipt["size"], receipt["mtime_ns"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return path.is_file() and settings == current and _same(item.path, then)


def _settings(pipeline: Pipeline, channel: int | str | None, target: Target) -> str:
    options = check(target.format.options, target.options, f"format {target.format.id}").model_dump(mode="json")
    return key(pipeline.steps, channel, target.format.id, options)


def _options(target: Target, item: Item) -> dict[str, Any]:
    """The options; where a format names the recording, it is called as its file is, unless somebody chose a name."""
    named = {"uri": Path(item.name).name} if "uri" in target.format.options.model_fields else {}
    return {**named, **target.options}


def see(path: Path, digest: str) -> Seen:
    """What a receipt tells of a recording. Raises OSError where it is gone."""
    now = path.stat()
    return Seen(digest, now.st_size, now.st_mtime_ns)


def _same(path: Path, then: Seen) -> bool:
    """Whether this is still the file that was seen; one that was merely copied or touched is."""
    try:
        now = path.stat()
    except OSError:
        return False
    if (now.st_size, now.st_mtime_ns) == (then.size, then.mtime_ns):
        return True
    return now.st_size == then.size and media.digest(path) == then.digest


def _dump(settings: str, seen: Seen) -> bytes:
    told = {"settings": settings, "digest": seen.digest, "size": seen.size, "mtime_ns": seen.mtime_ns}
    return json.dumps(told).encode()


def _forget(receipt: Path) -> None:
    try:
        receipt.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{receipt} cannot be deleted: {error.strerror}", hint="make the lab's own folder writable"
        ) from error


def prepare(folder: Path, items: Iterable[Item], paths: Callable[[Item], Iterable[Path]]) -> None:
    """Make the folder for the results. Raises ConfigError where it cannot be made, or a recording would be overwritten;
    ``paths`` tells which files are written for a recording."""
    items = list(items)
    sources = {item.path.resolve() for item in items}
    for path in (path for item in items for path in paths(item)):
        if path.resolve() in sources:
            raise ConfigError(f"{path} would be overwritten, which is a recording", hint="choose another --out folder")
    try:
        make(folder)
    except OutputError as error:
        raise ConfigError(str(error), hint=error.hint) from error


def make(folder: Path) -> None:
    """Make a folder, where there is none. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder {folder} cannot be made: {error.strerror}", hint="choose another folder"
        ) from error
