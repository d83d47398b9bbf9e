"""Speech heard while it is said: many sessions share loaded engines, detection and a few workers (:class:`Live`)."""

from .board import Reader
from .hub import Live
from .inbox import RATE
from .session import KEEP_SECONDS, MOST_AHEAD, LiveSession

__all__ = ["KEEP_SECONDS", "MOST_AHEAD", "RATE", "Live", "LiveSession", "Reader"]
