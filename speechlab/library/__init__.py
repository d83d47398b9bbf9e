"""The voice library: voices to speak with, kept on disk under names, each with the consent to it."""

from .cloning import CLONING, MATCHING, cloned, how_made
from .kept import Kept, Made, agreed, called
from .shelf import Library
from .using import asked_for, conversion_consent, in_own_words, speaker_of, state_of, with_own_options

__all__ = [
    "CLONING",
    "MATCHING",
    "Kept",
    "Library",
    "Made",
    "agreed",
    "asked_for",
    "called",
    "cloned",
    "conversion_consent",
    "how_made",
    "in_own_words",
    "speaker_of",
    "state_of",
    "with_own_options",
]
