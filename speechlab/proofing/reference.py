"""Whose voice should be heard: the clip that a voice of the library was made from."""

from __future__ import annotations

from ..lab import Lab
from ..types import Audio


def clip_of(lab: Lab, voice: str | None, engine: str = "") -> Audio | None:
    """The clip, for a :class:`speechlab.proofing.Proofing` to compare with; None for a voice that was made of none.

    ``voice`` is its name or id in the library, or what ``engine``, as ``kind/id``, calls it. Raises AudioError where
    the clip is damaged.
    """
    if not voice:
        return None
    kept = lab.library.find(voice) or next(
        (one for one in lab.library.all() if (one.own, one.engine) == (voice, engine)), None
    )
    return lab.library.reference(kept) if kept is not None and kept.reference else None
