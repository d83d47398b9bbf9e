"""The formants and the tone by which some speech is most like a person."""

from __future__ import annotations

from dataclasses import replace

from speechlab import Audio, Samples

from .manner import coloured, manner, warped
from .match import Match
from .person import Person
from .speaker import SpeakerEncoder
from .toning import toned
from .vocoder import RATE, Sound, synthesized

WARPS = (1.0, 0.96, 1.04, 0.92, 1.08)
"""By how much formants are moved; the first of those that are as good is taken."""


def fitted(
    person: Person, sound: Sound, said: Samples | None, share: float, encoder: SpeakerEncoder, *, led: bool = False
) -> Match:
    """What brings this speech nearest to the person, as the speaker encoder hears it. There must be voiced frames."""

    def tried(warp: float) -> Match:
        own = manner(sound.but(sound.pitch, warped(sound.envelope, warp)))
        match = Match(person, own, warp, led=led)
        reached = manner(match.near(sound, said, share))  # another's sounds have changed the colour again
        return replace(match, tone=coloured(reached, person.manner, person.present))

    def alike(match: Match) -> float:
        return float(encoder.embed(_spoken(match, sound, said, share)) @ person.likeness)

    return max(map(tried, WARPS), key=alike)


def with_tone(match: Match, sound: Sound, said: Samples | None, share: float, encoder: SpeakerEncoder) -> Match:
    """The same with tone controls set besides."""
    spoken = _spoken(match, sound, said, share)
    return replace(match, tone=match.tone + toned(encoder, spoken, match.person.likeness, len(match.person.present)))


def _spoken(match: Match, sound: Sound, said: Samples | None, share: float) -> Audio:
    return Audio(synthesized(match.near(sound, said, share)), RATE)
