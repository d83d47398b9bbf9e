"""Many recordings through one pipeline: it goes on after one that fails, and run again it does only what is left."""

from .inputs import Gathered, Item, gather
from .outputs import Outputs
from .sound import SoundBatch
from .subtitles import SubtitleBatch
from .work import Advanced, Batch, Failed, Finished, Report, Skipped, Started

__all__ = [
    "Advanced",
    "Batch",
    "Failed",
    "Finished",
    "Gathered",
    "Item",
    "Outputs",
    "Report",
    "Skipped",
    "SoundBatch",
    "Started",
    "SubtitleBatch",
    "gather",
]
