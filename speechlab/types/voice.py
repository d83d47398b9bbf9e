"""A voice to speak with, and whose permission there is to use it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consent:
    """Whose voice it is, on what ground it may be used, and when that was said (ISO 8601)."""

    person: str
    ground: str
    at: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A preset, blended, cloned or matched voice of one engine.

    ``reference`` names the clip that a cloned voice was made from (a digest, never a path).
    """

    id: str
    name: str = ""
    languages: tuple[str, ...] = ()
    engine: str = ""
    reference: str | None = None
    consent: Consent | None = None
