"""A sound check as a card on the page: what is so, what to do about it, and the figures."""

from __future__ import annotations

from ..soundcheck import SoundCheck
from .html import render

BADGES = {"warning": "badge badge-bad", "note": "badge badge-warn", "good": "badge badge-good"}


def soundcard(check: SoundCheck) -> str:
    """The card as HTML: what needs somebody is seen at once, what is good is folded away."""
    return render(
        "soundcard",
        facts=check.facts,
        telling=[item for item in check.advice if item.severity != "good" or item.advice],
        good=[item for item in check.advice if item.severity == "good" and not item.advice],
        badges=BADGES,
    )
