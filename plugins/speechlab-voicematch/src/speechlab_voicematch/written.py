"""A match as bytes: what the host keeps, so that a voice need not be matched again."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from speechlab import Voice

from .manner import Manner
from .match import Match
from .transfer import Repertoire

LAYOUT = 1
"""Raised when the way of matching changes, so that older matches are made anew."""


def written(match: Match, made_with: str) -> bytes:
    """All that is known of a voice, but for whose it is. ``made_with`` tells with what it was matched."""
    told: dict[str, Any] = {
        "layout": LAYOUT,
        "made_with": made_with,
        "recipe": match.recipe,
        "warp": match.warp,
        "present": match.present,
        "tone": match.tone,
    }
    for name, manner in (("own", match.own), ("wanted", match.wanted)):
        told |= {f"{name}_pitch": manner.pitch, f"{name}_range": manner.range, f"{name}_colour": manner.colour}
    if match.repertoire:
        told |= {"content": match.repertoire.content, "shapes": match.repertoire.shapes}
    out = io.BytesIO()
    np.savez(out, **told)
    return out.getvalue()


def read(data: bytes, voice: Voice, made_with: str) -> Match:
    """The match. Raises ValueError where it was made in another way, or with other things."""
    with np.load(io.BytesIO(data), allow_pickle=False) as told:
        if int(told["layout"]) != LAYOUT or str(told["made_with"]) != made_with:
            raise ValueError("it was matched in another way")
        own, wanted = (
            Manner(float(told[f"{name}_pitch"]), float(told[f"{name}_range"]), told[f"{name}_colour"])
            for name in ("own", "wanted")
        )
        present = told["present"]
        heard = "content" in told
        repertoire = Repertoire(told["content"], told["shapes"], present) if heard else None
        return Match(voice, str(told["recipe"]), own, wanted, float(told["warp"]), present, repertoire, told["tone"])
