"""Somebody, as a reference tells of them: how they sound to the speaker encoder, how they speak, and their sounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import soxr

from speechlab import Audio, AudioError, Samples

from .content import Content
from .manner import Manner, manner, presence
from .speaker import SpeakerEncoder
from .transfer import Repertoire, repertoire
from .vocoder import FRAME, RATE, Numbers, analysed

LONGEST = 30.0
"""Seconds of a reference that are heard."""
SHORTEST = 0.5
"""Seconds of it that must have a pitch."""


@dataclass(frozen=True)
class Person:
    """All that is known of somebody."""

    likeness: Samples
    """The vector of the speaker encoder."""
    manner: Manner
    present: Numbers
    """How much of each frequency the reference has."""
    repertoire: Repertoire | None
    """Their sounds, where there is something that tells what is said."""

    def within(self, there: Numbers) -> Person:
        """The same, as far as those frequencies go which are there."""
        present = self.present * there
        sounds = self.repertoire and replace(self.repertoire, present=present)
        return replace(self, present=present, repertoire=sounds)


def person(reference: Audio, encoder: SpeakerEncoder, ear: Content | None) -> Person:
    """Whoever speaks in a reference of five to thirty seconds; what is beyond them is not heard.

    Raises AudioError where nobody can be heard.
    """
    heard = reference.crop(reference.start, reference.start + LONGEST)
    likeness = encoder.embed(heard)
    samples = np.clip(soxr.resample(heard.mono, heard.sample_rate, RATE), -1, 1)
    sound = analysed(samples) if likeness.any() else None
    if sound is None or sound.voiced.sum() * FRAME / 1000 < SHORTEST:
        raise AudioError(
            "nobody can be heard speaking in the reference", hint="give five to thirty seconds of one person"
        )
    present = presence(reference.sample_rate, sound.envelope.shape[1])
    sounds = repertoire(sound.envelope, ear.frames(samples), present) if ear else None
    return Person(likeness, manner(sound), present, sounds)
