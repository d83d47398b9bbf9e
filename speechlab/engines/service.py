"""Second protocols of synthesizers that are a service's: what a text will cost, and a voice that is deleted there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, runtime_checkable

PRICED = "priced"
"""The feature of a synthesizer that costs something, and tells what."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a service will charge for a text; as a text, it is one sentence."""

    service: str
    """Who charges, as people call it."""
    characters: int
    amount: float | None = None
    """In :attr:`unit`; None where the account does not tell the rate."""
    left: float | None = None
    """What the account has left before, in the same; None where it does not tell."""
    model: str = ""
    """What the rate is of."""
    unit: str = "credits"

    @property
    def enough(self) -> bool:
        """Whether it is left, as far as is known."""
        return self.amount is None or self.left is None or self.amount <= self.left

    def __add__(self, other: Quote) -> Quote:
        """For both texts."""
        amount = None if self.amount is None or other.amount is None else self.amount + other.amount
        return replace(self, characters=self.characters + other.characters, amount=amount)

    def __str__(self) -> str:
        price = "" if self.amount is None else f"{_told(self.amount)} {self.unit} "
        told = f"{self.service} charges {price}for {self.characters:,} characters"
        told += f" with {self.model}" if self.model else ""
        return told if self.left is None else f"{told}; {_told(self.left)} {self.unit} are left"

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values, with the sentence."""
        return {**asdict(self), "enough": self.enough, "text": str(self)}


def _told(amount: float) -> str:
    return f"{amount:,.4f}".rstrip("0").rstrip(".")


@runtime_checkable
class PricedSynthesizer(Protocol):
    """A second protocol of a synthesizer that costs something. Such an engine has the feature ``priced``."""

    def quote(self, text: str, options: Any, /) -> Quote:
        """What will be charged for a text, which is not sent for that."""


@runtime_checkable
class VoiceKeeper(Protocol):
    """A second protocol of a synthesizer whose voices lie elsewhere: what was cloned there stays until it is deleted.
    One that is on this machine needs it only where its voices outlive it."""

    def delete(self, voice: str, /) -> None:
        """Delete a voice that it learnt, and what it was learnt from. One that is gone already is no error."""
