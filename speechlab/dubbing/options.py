"""What whoever dubs may choose: how far speech may be stretched, what it may borrow, and how loud it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..params import Params


class DubOptions(Params):
    """How speech is fitted into the times of what it stands for.

    The defaults rest on what listeners bear. They notice a change of tempo from 5 % on (Quené 2007), so a third more is
    heard; but what is spoken at 175 words a minute is then spoken at 236, and it is at 275 that understanding begins to
    fall (Foulke and Sticht 1969). People who dub give up the very moment at which a sentence ends before its natural
    tempo (Brannon et al. 2023), so a pause is filled before anything is sped up.
    """

    fastest: Annotated[float, Field(ge=1, le=2)] = 1.35
    """Most by which speech is sped up to fit its time."""
    slowest: Annotated[float, Field(ge=0.5, le=1)] = 0.9
    """Least tempo of speech that is a little short, and slowed so that it fills its time."""
    borrow: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Seconds of the pause after a segment that its speech may fill before it is sped up."""
    gap: Annotated[float, Field(ge=0, le=2, json_schema_extra={"advanced": True})] = 0.1
    """Seconds of silence at least between the speech of two segments."""
    loudness: Annotated[float, Field(ge=-40, le=-10)] = -23.0
    """Loudness of all speech, in LUFS: -23 as in broadcasting, -16 as most podcasts."""
    background: Annotated[float, Field(ge=0, le=60)] | None = None
    """Decibels by which the original is turned down, to be heard under the speech; empty to leave it out."""
    keep_length: bool = True
    """Make the track exactly as long as the original, and cut off what would be spoken after its end."""
