"""Speech heard while it is said: many sessions share loaded engines, detection and a few workers (:class:`Live`)."""

from .board import Reader
from .hub import Live
from .session import KEEP_SECONDS, MOST_AHEAD, RATE, LiveSession

__all__ = ["KEEP_SECONDS", "MOST_AHEAD", "RATE", "Live", "LiveSession", "Reader"]
