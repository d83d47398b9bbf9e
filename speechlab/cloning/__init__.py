"""Voices made from a clip, and recordings turned into a voice: with consent, or not at all."""

from .clone import clone, learners, learnt, ready, shelved
from .convert import converted
from .forgetting import forgotten
from .naming import named
from .reference import Reference, referenced

__all__ = [
    "Reference",
    "clone",
    "converted",
    "forgotten",
    "learners",
    "learnt",
    "named",
    "ready",
    "referenced",
    "shelved",
]
