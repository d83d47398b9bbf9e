"""Lets torchaudio be imported beside a torch without CUDA, where the package index has it built for CUDA alone.

That build's compiled half cannot be loaded there, so ``import torchaudio`` raises OSError, and with it
``import pyannote.audio``, which needs only what torchaudio has in Python (filters, features, resampling).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import NoReturn

import torch

COMPILED = "torchaudio._extension"


def make_importable() -> None:
    """Stand in for torchaudio's compiled half, where torch has no CUDA and that half does not load.

    Does nothing where torchaudio is not there, was imported before, or loads. No installed file is touched.
    """
    if torch.version.cuda is not None or "torchaudio" in sys.modules or find_spec("torchaudio") is None:
        return
    try:
        import_module("torchaudio")
    except OSError:
        for name in [name for name in sys.modules if name == "torchaudio" or name.startswith("torchaudio.")]:
            del sys.modules[name]
        sys.modules[COMPILED] = absent = ModuleType(COMPILED)
        vars(absent).update(_IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=_refused)
        import_module("torchaudio")


def _refused(function: Callable[..., object]) -> Callable[..., NoReturn]:
    """What is left of a function that is compiled."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise RuntimeError(f"{function.__name__} needs a torchaudio that is built for the installed torch")

    return refuse
