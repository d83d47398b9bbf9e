"""What is known of a voice that was matched, and what that does to speech."""

from __future__ import annotations

from dataclasses import dataclass

from speechlab import Samples, Voice

from .manner import Manner, coloured, pitched, warped
from .transfer import Repertoire
from .vocoder import Numbers, Sound


@dataclass(frozen=True)
class Match:
    """All that is known of a voice that was matched."""

    voice: Voice
    recipe: str
    own: Manner
    """How the blend speaks, once its formants are moved."""
    wanted: Manner
    """How the person speaks."""
    warp: float
    present: Numbers
    repertoire: Repertoire | None
    tone: Numbers | float = 0.0
    """What is added to the envelope in the end."""

    def near(self, sound: Sound, said: Samples | None, share: float) -> Sound:
        """What the blend said, with the pitch, the formants and the colour of the person, and a share of the sounds."""
        envelope = warped(sound.envelope, self.warp) + coloured(self.own, self.wanted, self.present)
        if self.repertoire and said is not None and share:
            envelope = self.repertoire.given(envelope, said, share)
        return sound.but(pitched(sound, self.own, self.wanted), envelope + self.tone)
