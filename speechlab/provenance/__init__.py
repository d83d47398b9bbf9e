"""Where sound comes from: a mark in all that an engine made, a label in its file, and how to look for both."""

from .label import Label, label_in
from .origin import Origin, origin
from .watermark import Watermark, watermark

__all__ = ["Label", "Origin", "Watermark", "label_in", "origin", "watermark"]
