"""The voices in a folder: each is one file, with its clip, that nobody but its owner can read, and that can be given to
another lab as it is."""

from __future__ import annotations

import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .. import media
from ..errors import AudioError, ConfigError, OutputError, SpeechLabError
from ..files import atomic_write
from ..given import checked
from ..params import nearest
from ..provenance import Label
from ..types import Audio, Consent
from .kept import Kept, called, folded, read
from .memory import memories

SUFFIX = ".voice"
RECORD, CLIP = "voice.json", "reference.flac"
"""What is in a file of a voice."""
LARGEST = {RECORD: 1 << 20, CLIP: 256 << 20}
"""Bytes: whoever gives such a file to a lab cannot fill its memory."""
BLOCK, LONGEST = 10.0, 600.0
"""Seconds of sound that are looked at as one, and of the longest clip that is taken in."""
DAMAGED = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError),  # the last where it is encrypted, or nested deep
)
"""What a file that is no voice, or a voice of another version, makes of its reader."""


class Library:
    """The voice library of a lab: ``lab.library``. Voices leave the machine only where somebody exports them, or speaks
    with an engine that runs elsewhere."""

    def __init__(self, home: Path, removing: Callable[[Kept], None] = lambda kept: None) -> None:
        """``home`` is the lab's own folder. ``removing`` is told of each voice before it is deleted for good."""
        self.folder = home / "library"
        self._removing = removing

    def all(self) -> tuple[Kept, ...]:
        """Every voice that can be read, by name."""
        found = []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else ():
            try:
                found.append(_read(path))
            except DAMAGED:
                continue  # of another version, or damaged: as if it were not there
        return tuple(sorted(found, key=lambda kept: folded(kept.name)))

    @checked
    def find(self, name: str) -> Kept | None:
        """The voice of this name or id; None where there is none."""
        wanted = folded(name)
        return next((kept for kept in self.all() if wanted in (folded(kept.name), kept.id)), None)

    @checked
    def get(self, name: str) -> Kept:
        """The same. Raises ConfigError where there is none."""
        kept = self.find(name)
        if kept is None:
            names = [kept.name for kept in self.all()]
            raise ConfigError(f"no voice of the library is called {name!r}", hint=nearest(name, names, "there are"))
        return kept

    def keep(self, kept: Kept, reference: Audio | None = None) -> Kept:
        """Write a voice, in place of one of the same name, with the clip it was made from; gives it as it is kept.

        The clip is kept as flac of 16 bits: :func:`clip` gives it as it will be read again. Raises OutputError.
        """
        data = b""
        if reference is not None:
            data = media.encode(reference, "flac")
            heard = _decoded(data)
            kept = replace(kept, reference=heard.digest, seconds=round(heard.duration, 2))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the folder {self.folder} cannot be made: {error.strerror}", hint="make the lab's own folder writable"
            ) from error
        atomic_write(self._path(kept), _packed(kept, data), private=True)
        with suppress(OSError):  # else it is told apart from that of this voice by its name
            self._forget(kept)
        return kept

    @checked
    def reference(self, name: str | Kept) -> Audio:
        """The clip that a voice was made from. Raises ConfigError where there is none, and AudioError."""
        kept = name if isinstance(name, Kept) else self.get(name)
        try:
            with zipfile.ZipFile(self._path(kept)) as file:
                return _decoded(_part(file, CLIP))
        except SpeechLabError:
            raise
        except DAMAGED:
            raise ConfigError(
                f"no clip is kept of the voice {kept.name!r}", hint="it is one that an engine brings, not a copy"
            ) from None

    @checked
    def remove(self, name: str) -> Kept:
        """Delete a voice for good, with its clip and what engines have learnt of it; gives what it was. Raises
        ConfigError and OutputError.

        That of a lab has a service delete the voice too, which was cloned there, and reports where that cannot be done.
        """
        kept = self.get(name)
        self._removing(kept)
        self._delete(kept)
        return kept

    @checked
    def rename(self, name: str, new: str) -> Kept:
        """Call a voice otherwise; whatever named it before must name it anew. Raises ConfigError where the name is
        taken or is none, and OutputError."""
        kept = self.get(name)
        renamed = replace(kept, name=called(new))
        if (other := self.find(renamed.name)) is not None and other.id != kept.id:
            raise ConfigError(f"there is a voice {other.name!r} already", hint="give another name")
        done = self.keep(renamed, self.reference(kept) if kept.reference else None)
        if done.id != kept.id:
            for path in memories(self.folder, kept):
                path.replace(path.with_name(path.name.replace(kept.id, done.id, 1)))
            self._delete(kept)
        return done

    @checked
    def export(self, name: str, path: str | os.PathLike[str]) -> Path:
        """Write a voice to one file, with its clip and the consent to it. Raises ConfigError and OutputError."""
        kept = self.get(name)
        target = Path(path)
        target = target / f"{_plain(kept.name)}{SUFFIX}" if os.path.isdir(target) else target
        with zipfile.ZipFile(self._path(kept)) as file:
            data = file.read(CLIP) if CLIP in file.namelist() else b""
        atomic_write(target, _packed(replace(kept, params={}), data), private=True)
        return target

    @checked
    def load(self, path: str | os.PathLike[str], name: str | None = None) -> Kept:
        """Take in a voice that :meth:`export` wrote, under its own name or another.

        Raises ConfigError where the file is none or the name is taken, PolicyDenied where it tells of no consent, and
        AudioError where its clip is damaged.
        """
        path = Path(path)
        try:
            with zipfile.ZipFile(path) as file:
                kept = read(_part(file, RECORD).decode())
                data = _part(file, CLIP) if CLIP in file.namelist() else b""
        except SpeechLabError:
            raise
        except FileNotFoundError:
            raise ConfigError(f"there is no file {path}", hint="check the path") from None
        except IsADirectoryError:
            raise ConfigError(f"{path} is a folder, not a voice", hint=f"give a file in it, NAME{SUFFIX}") from None
        except PermissionError:
            raise ConfigError(f"{path} may not be read", hint="ask its owner for the right to read it") from None
        except DAMAGED as error:
            raise ConfigError(
                f"{path.name} is no voice that a library wrote", hint="`speechlab voices export` writes one"
            ) from error
        kept = replace(kept, name=called(name) if name else kept.name, params={})
        if self.find(kept.name) is not None:
            raise ConfigError(
                f"there is a voice {kept.name!r} already", hint="give another name, or remove that one first"
            )
        if not data:
            return self.keep(replace(kept, reference="", seconds=0.0))
        for part in media.read(io.BytesIO(data), seconds=BLOCK):  # before all of it is held: silence takes no room
            if part.end > LONGEST:
                raise AudioError(
                    f"the clip in {path.name} is longer than {LONGEST / 60:.0f} minutes",
                    hint="a voice is made of half a minute; have it exported once more",
                )
        clip = _decoded(data)
        if clip.digest != kept.reference:
            raise AudioError(
                f"the clip in {path.name} is not the one that the voice was made from", hint="export it once more"
            )
        return self.keep(kept, clip)

    def label(self, engine: str, voices: str | Iterable[str] | None = None, consent: Consent | None = None) -> Label:
        """What a file says of itself in which an engine speaks with these voices; those of the library tell on whose
        consent. ``voices`` may go by the engine's own ids, too."""
        names = [voices] if isinstance(voices, str) else list(dict.fromkeys(voices or ()))
        shelf = self.all() if names else ()
        found = {name: kept for name in names for kept in shelf if _means(name, kept, engine)}
        given = {one.consent for one in found.values() if one.consent} | ({consent} if consent else set())
        said = ", ".join(dict.fromkeys(found[name].name if name in found else name for name in names if name))
        return Label.now(engine, said, _together(given))

    def _delete(self, kept: Kept) -> None:
        try:
            self._path(kept).unlink()
            self._forget(kept)
        except OSError as error:
            raise OutputError(
                f"the voice {kept.name!r} cannot be deleted: {error.strerror}",
                hint="make the lab's own folder writable",
            ) from error

    def _forget(self, kept: Kept) -> None:
        """Delete what engines have learnt of the voice. Raises OSError."""
        for path in memories(self.folder, kept):
            path.unlink(missing_ok=True)

    def _path(self, kept: Kept) -> Path:
        return self.folder / f"{kept.id}{SUFFIX}"


def clip(audio: Audio) -> Audio:
    """The sound as it is read again once it is kept: what is made of it now is made of it then."""
    return _decoded(media.encode(audio, "flac"))


def _packed(kept: Kept, clip: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(RECORD, kept.text())
        if clip:
            file.writestr(CLIP, clip)
    return out.getvalue()


def _decoded(data: bytes) -> Audio:
    return media.decode(io.BytesIO(data))


def _read(path: Path) -> Kept:
    with zipfile.ZipFile(path) as file:
        return read(_part(file, RECORD).decode())


def _part(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > LARGEST[name]:
        raise ValueError(f"{name} is too large")
    return file.read(name)


def _means(name: str, kept: Kept, engine: str) -> bool:
    return folded(name) in (folded(kept.name), kept.id) or (name == kept.own and kept.engine == engine)


def _together(given: set[Consent]) -> Consent | None:
    """What several people said, as one."""
    some = sorted(given, key=lambda one: (one.person, one.at))
    if len(some) < 2:
        return some[0] if some else None
    return Consent(
        "; ".join(one.person for one in some), "; ".join(one.ground for one in some), max(one.at for one in some)
    )


def _plain(name: str) -> str:
    """A name as a file can have it."""
    return "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(". ") or "voice"
