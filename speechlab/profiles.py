"""Voice profiles: what a diarizer knows a person's voice by, and whose consent there is. Never the sound itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .engines import EngineSpec
from .errors import ConfigError, OutputError
from .files import atomic_write
from .params import nearest
from .types import Consent, Samples

LAYOUT = 1
"""Raised when the meaning of the file changes, so that older ones are not read."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One person's voice, as one engine hears it."""

    name: str
    engine: str
    """The diarizer that made it, such as ``diarize/diarize``: no other understands it."""
    version: str
    """The engine's version then."""
    weights: tuple[str, ...]
    """Ids of the weights it was made with; with others, voices are other numbers."""
    vector: tuple[float, ...]
    """Of length 1; the cosine of two tells how alike the voices are."""
    seconds: float
    """How much speech it was made of."""
    consent: Consent

    def fits(self, spec: EngineSpec) -> bool:
        """Whether this engine understands it."""
        return self.engine == spec.name and self.weights == weights_of(spec)


class Profiles:
    """The profiles in a folder, each in a file of its own that nobody but its owner can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, home: Path) -> Profiles:
        """Those of a lab, by its folder."""
        return cls(home / "voices")

    def all(self) -> tuple[Profile, ...]:
        """Every profile that can be read, by name."""
        found = []
        try:
            paths = sorted(self.folder.glob("*.json"))
        except OSError:
            return ()
        for path in paths:
            try:
                found.append(_read(json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError, KeyError, TypeError):
                continue  # of another version, or damaged: as if it were not there
        return tuple(sorted(found, key=lambda profile: profile.name))

    def understood(self, spec: EngineSpec) -> dict[str, Samples]:
        """The voices that an engine can know again, by name."""
        return {one.name: np.array(one.vector, np.float32) for one in self.all() if one.fits(spec)}

    def keep(self, profile: Profile) -> None:
        """Write a profile, in place of one of the same name. Raises OutputError."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the folder {self.folder} cannot be made: {error.strerror}", hint="make the lab's own folder writable"
            ) from error
        told = {"layout": LAYOUT, **asdict(profile)}
        data = json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
        atomic_write(self._path(profile.name), data, private=True)

    def remove(self, name: str) -> None:
        """Delete a profile for good. Raises ConfigError where there is none, and OutputError."""
        path = self._path(name)
        if not path.exists():
            known = [profile.name for profile in self.all()]
            raise ConfigError(f"no voice is called {name!r}", hint=nearest(name, known, "there are"))
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(
                f"{path} cannot be deleted: {error.strerror}", hint="make the lab's own folder writable"
            ) from error

    def _path(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


def weights_of(spec: EngineSpec) -> tuple[str, ...]:
    """The ids of an engine's weights."""
    return tuple(one.id for one in spec.weights)


def known(
    voices: Mapping[str, Samples], profiles: Mapping[str, Samples], threshold: float
) -> dict[str, tuple[str, float]]:
    """Which of the voices is whose, and how alike both are: the most alike first, each person once."""
    alike = sorted(
        (-float(np.dot(voice, profile)), label, name)
        for label, voice in voices.items()
        for name, profile in profiles.items()
        if voice.shape == profile.shape
    )
    found: dict[str, tuple[str, float]] = {}
    for cosine, label, name in alike:
        if -cosine >= threshold and label not in found and name not in {taken for taken, _ in found.values()}:
            found[label] = name, round(min(1.0, -cosine), 3)
    return found


def _read(told: Mapping[str, Any]) -> Profile:
    if told["layout"] != LAYOUT:
        raise ValueError("another layout")
    return Profile(
        name=str(told["name"]),
        engine=str(told["engine"]),
        version=str(told["version"]),
        weights=tuple(map(str, told["weights"])),
        vector=tuple(map(float, told["vector"])),
        seconds=float(told["seconds"]),
        consent=Consent(**told["consent"]),
    )
