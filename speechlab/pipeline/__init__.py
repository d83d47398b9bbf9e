"""A pipeline: a file of stages in, checked steps out, and in words what would not work."""

from .order import Channels, Pipeline
from .reading import build, parse, read
from .steps import SPEECH_KINDS, Step, step

__all__ = ["SPEECH_KINDS", "Channels", "Pipeline", "Step", "build", "parse", "read", "step"]
