"""A voice that is kept: which engine speaks with it, how it was made, and on whose consent."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from ..errors import ConfigError, PolicyDenied
from ..types import Consent, Voice

Made = Literal["preset", "blended", "cloned", "matched"]
"""How a voice came to be: an engine's own; several of those mixed; learnt from a clip by a model that was trained for
it; or likened to a clip by mixing and filtering."""
LAYOUT = 1
"""Raised when the meaning of what is written changes, so that older ones are not read."""
LONGEST = 80
"""Characters of a name."""
GROUND = 400
"""Characters in which it is said on what ground a voice may be used: every file in that voice tells it."""
ID = 12
"""Characters of an id."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One voice of the library. Raises PolicyDenied where it is somebody's, and nobody consented."""

    name: str
    """What people call it; in the library, no two have one name, whatever their case."""
    engine: str
    """Which engine speaks with it: ``kind/id``."""
    own: str
    """The engine's own id for it."""
    made: Made = "preset"
    languages: tuple[str, ...] = ()
    """BCP-47 codes, as far as they are known."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the engine that hold with this voice where nobody says otherwise."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters with which the engine was loaded that made it: it is loaded so for the voice. They may name folders of
    this machine, and go to no other."""
    consent: Consent | None = None
    reference: str = ""
    """The clip that it was made from, by the digest of its sound."""
    seconds: float = 0.0
    """Length of that clip."""
    at: str = ""
    """When it was made, in ISO 8601."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", called(self.name))
        if self.made in ("cloned", "matched"):
            agreed(self.consent, self.name)

    @property
    def id(self) -> str:
        """A name for programs, which stays when the voice is made anew."""
        return hashlib.sha256(folded(self.name).encode()).hexdigest()[:ID]

    @property
    def voice(self) -> Voice:
        """The same as every face tells of voices."""
        return Voice(self.id, self.name, self.languages, self.engine, self.reference or None, self.consent)

    @property
    def mark(self) -> str:
        """What tells this voice from one that was made later under its name."""
        told = [self.engine, self.reference or self.own, sorted(self.options.items())]
        told += [sorted(self.params.items())] if self.params else []
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:ID]

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {"id": self.id, **asdict(self), "languages": list(self.languages), "options": dict(self.options)}

    def text(self) -> str:
        """As it stands in a file."""
        return json.dumps({"layout": LAYOUT, **self.as_json()}, ensure_ascii=False, allow_nan=False, indent=1)


def read(text: str) -> Kept:
    """What :meth:`Kept.text` wrote. Raises ValueError, KeyError or TypeError where it is something else, and
    PolicyDenied as :class:`Kept` does."""
    told = json.loads(text)
    if told["layout"] != LAYOUT:
        raise ValueError("another layout")
    if told["made"] not in get_args(Made):
        raise ValueError("made in another way")
    consent = told["consent"]
    kept = Kept(
        name=_text(told["name"]),
        engine=_text(told["engine"]),
        own=_text(told["own"]),
        made=told["made"],
        languages=tuple(map(_text, told["languages"])),
        options={_text(name): value for name, value in dict(told["options"]).items()},
        params={_text(name): value for name, value in dict(told.get("params", {})).items()},
        consent=Consent(*(_text(consent[part]) for part in ("person", "ground", "at"))) if consent else None,
        reference=_text(told["reference"]),
        seconds=float(told["seconds"]),
        at=_text(told["at"]),
    )
    kept.text().encode()  # what cannot be written again is none: a number that is none, half a letter
    return kept


def called(name: str) -> str:
    """A name fit to be typed and listed. Raises ConfigError."""
    bare = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not any(map(str.isalnum, bare)):
        raise ConfigError("a voice needs a name", hint="give one with letters in it")
    if len(bare) > LONGEST:
        raise ConfigError(f"a name of {len(bare)} characters is too long", hint=f"use at most {LONGEST}")
    if "=" in bare:
        raise ConfigError(
            f"a voice cannot be called {bare!r}", hint='leave out the "=", which gives a voice to a speaker'
        )
    return bare


def folded(name: str) -> str:
    """By what a name is looked up: without regard to case and to how its letters are coded."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def agreed(consent: str | Consent | None, person: str) -> Consent:
    """The consent, dated now where only its ground was told. Raises PolicyDenied where there is none, and ConfigError
    where it is longer than a sentence."""
    given = Consent(person, consent, now()) if isinstance(consent, str) else consent
    if given is None or not all(any(map(str.isalnum, told)) for told in (given.ground, given.person)):
        whose = person if len(person) <= LONGEST else f"{person[:LONGEST]}\N{HORIZONTAL ELLIPSIS}"
        raise PolicyDenied(
            f"the voice of {whose} may be used only with consent, and none was given",
            hint='say whose voice it is and on what ground it may be used: --consent "my own voice", or "asked in '
            'person on 3 May"',
        )
    for what, told, most in (("ground", given.ground.strip(), GROUND), ("name", given.person.strip(), LONGEST)):
        if len(told) > most:
            raise ConfigError(f"a {what} of {len(told)} characters is too long", hint=f"use at most {most}")
    return Consent(given.person.strip(), given.ground.strip(), given.at or now())


def now() -> str:
    """This moment, as consent tells it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
