"""Sound in and out of files: PyAV reads it, soxr resamples it, soundfile writes it; each is imported on first use."""

from ..files import atomic_write
from .mending import mended
from .reading import SUFFIXES, MediaInfo, decode, probe, read
from .resampling import Resampler, fit, resample, resampled
from .source import Source, digest
from .streaming import STREAMABLE, streaming
from .writing import WRITABLE, encode, write, writing

__all__ = [
    "STREAMABLE",
    "SUFFIXES",
    "WRITABLE",
    "MediaInfo",
    "Resampler",
    "Source",
    "atomic_write",
    "decode",
    "digest",
    "encode",
    "fit",
    "mended",
    "probe",
    "read",
    "resample",
    "resampled",
    "streaming",
    "write",
    "writing",
]
