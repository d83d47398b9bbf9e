"""Voices that are blended of an engine's own: which engines do that."""

from __future__ import annotations

from ..engines import EngineSpec, Kind, present
from ..lab import Lab

BLENDS = "blends"
"""The feature of a synthesizer that speaks with several of its voices at once, named as ``one:0.6+other:0.4``."""


def blenders(lab: Lab) -> list[EngineSpec]:
    """Those that are here: nothing is downloaded only to offer it."""
    return [
        spec
        for spec in lab.engines(Kind.TTS)
        if BLENDS in spec.features and not spec.missing() and all(present(one, lab.home) for one in spec.weights)
    ]
