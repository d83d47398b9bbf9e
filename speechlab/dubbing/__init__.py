"""Dubbing: a recording spoken in another language, each segment in the time of its original."""

from .dub import Dub
from .options import DubOptions
from .plan import dubbed, planned
from .report import DubReport, Spoken

__all__ = ["Dub", "DubOptions", "DubReport", "Spoken", "dubbed", "planned"]
