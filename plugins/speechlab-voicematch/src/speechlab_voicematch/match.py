"""What brings one voice nearer to another person's, and what that does to speech."""

from __future__ import annotations

from dataclasses import dataclass

from speechlab import Samples, Voice

from .manner import Manner, coloured, pitched, warped
from .person import Person
from .vocoder import Numbers, Sound


@dataclass(frozen=True)
class Match:
    """From one voice to a person."""

    person: Person
    own: Manner
    """How the voice speaks, once its formants are moved."""
    warp: float = 1.0
    tone: Numbers | float = 0.0
    """What is added to the envelope in the end."""
    led: bool = False
    """Whether each sound is led from the voice's own way to the person's, which takes some speech in which to hear the
    former; else the person's is mixed in."""

    def near(self, sound: Sound, said: Samples | None, share: float) -> Sound:
        """What the voice said, with the pitch, the formants and the colour of the person, and a share of the sounds."""
        person = self.person
        envelope = warped(sound.envelope, self.warp) + coloured(self.own, person.manner, person.present)
        if person.repertoire and said is not None and share:
            sounds = person.repertoire
            envelope = (sounds.led if self.led else sounds.given)(envelope, said, share)
        return sound.but(pitched(sound, self.own, person.manner), envelope + self.tone)


@dataclass(frozen=True)
class Matched:
    """A voice that was matched: what is to speak, and what is to be done with that."""

    voice: Voice
    recipe: str
    match: Match
