"""Who speaks when, as lanes: one for each speaker, in the order of first speech, along the timeline of the sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from ..speakers import Share, shares
from ..types import Recording, Span, Turn
from .times import STRIP, bars, milliseconds, stamp


@dataclass(frozen=True, slots=True)
class Correcting:
    """Where speakers are corrected: the player then offers to rename, merge and reassign them, with undo.

    The player sends ``{"do": "rename" | "merge" | "assign" | "undo" | "redo", ...}`` as JSON to the address and takes
    the :func:`~speechlab.player.player_html` that comes back. ``rename`` has ``speaker`` and ``name``; ``merge`` has
    ``speakers`` and ``into``; ``assign`` has ``segments``, which are ids, and ``speaker``, null for somebody new. What
    cannot be done is answered with a status above 399 and ``{"error": {"message": ...}}``.
    """

    address: str
    can_undo: bool = False
    can_redo: bool = False
    colours: Mapping[str, int] = field(default_factory=dict)
    """The number of each speaker's colour, so that it stays while others come and go; else that of first speech."""


def lanes_html(
    recording: Recording,
    turns: Mapping[str, Iterable[Turn]],
    hues: Mapping[str, int],
    whole: Span,
    correcting: Correcting | None,
) -> str:
    """A lane for each speaker; nothing where nobody is told apart and nothing can be undone."""
    parts = {share.speaker: share for share in shares(recording)}
    lanes = [_lane(name, hue, turns.get(name, ()), whole, parts.get(name)) for name, hue in hues.items()]
    undoing = correcting is not None and (correcting.can_undo or correcting.can_redo)
    if not lanes and not undoing:
        return ""
    able = (
        [name for name, can in (("undo", correcting.can_undo), ("redo", correcting.can_redo)) if can]
        if correcting
        else []
    )
    return (
        f'<section class="sl-speakers" aria-label="Speakers" data-able="{" ".join(able)}">'
        f'<header class="sl-speakers-head"><h4>Speakers</h4></header>'
        f'<ol class="sl-lanes">{"".join(lanes)}</ol></section>'
    )


def times_of(turns: Mapping[str, Iterable[Turn]], hues: Mapping[str, int]) -> list[list[int]]:
    """For the script: each speaker's turns in the order of the lanes, as start, end, start, end in milliseconds."""
    return [
        [at for turn in turns.get(name, ()) for at in (milliseconds(turn.start), milliseconds(turn.end))]
        for name in hues
    ]


def _lane(name: str, hue: int, turns: Iterable[Turn], whole: Span, share: Share | None) -> str:
    said = (
        f'<span class="sl-part">{stamp(share.seconds)} <span aria-hidden="true">·</span> {share.share:.0%}</span>'
        if share
        else ""
    )
    alike = (
        f'<span class="sl-alike" title="Named by voice: how alike it is to the profile, 1 being the very same">'
        f"voice {share.similarity:.2f}</span>"
        if share and share.similarity is not None
        else ""
    )
    return (
        f'<li class="sl-lane" data-speaker="{escape(name)}" style="--hue:{hue}">'
        f'<div class="sl-lane-line"><span class="sl-name" dir="auto">{escape(name)}</span>{said}{alike}</div>'
        f'<div class="sl-lane-bars"><svg viewBox="0 0 {STRIP} 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{bars(turns, whole)}"/></svg></div></li>'
    )
