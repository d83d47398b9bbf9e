"""The tab *Voices*: a text spoken in any voice, voices of one's own, and recordings in another voice."""

from __future__ import annotations

from ...lab import Lab
from .. import conversion_panel, takes_panel, voice_panel


def build(lab: Lab) -> None:
    """Build the tab's panels here."""
    takes_panel.build(lab)
    voice_panel.build(lab)
    conversion_panel.build(lab)
