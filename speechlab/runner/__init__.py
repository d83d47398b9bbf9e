"""The engine room: compose stages, cut the recording into pieces, pull events."""

from .run import Run
from .staged import guarded, leased, sourced
from .stream import Stream, compose
from .telling import apart

__all__ = ["Run", "Stream", "apart", "compose", "guarded", "leased", "sourced"]
