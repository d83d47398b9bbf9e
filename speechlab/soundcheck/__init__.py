"""What a recording is like, and what to do about it: level, clipping, noise, bandwidth, channels and silence."""

from .channels import channel_speakers
from .check import check
from .listening import sound_check
from .result import Advice, Band, Channels, Clipping, Level, Noise, Silence, SoundCheck

__all__ = [
    "Advice",
    "Band",
    "Channels",
    "Clipping",
    "Level",
    "Noise",
    "Silence",
    "SoundCheck",
    "channel_speakers",
    "check",
    "sound_check",
]
