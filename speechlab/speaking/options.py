"""What somebody may choose around every synthesizer that speaks a text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..params import Params


class SpeakOptions(Params):
    """How sentences are put together."""

    pause: Annotated[float, Field(ge=0, le=10)] = 0.3
    """Seconds of silence between two sentences."""
    paragraph_pause: Annotated[float, Field(ge=0, le=10)] = 0.7
    """Seconds of silence between two paragraphs."""
    loudness: Annotated[float, Field(ge=-50, le=-10)] | None = -23.0
    """How loud each sentence is made, in LUFS: -23 as in broadcasting, -16 as most podcasts; empty to leave it."""
