"""Makes a torchaudio that does not fit the installed torch importable, since transformers imports any that is there.

The package index carries torchaudio as a CUDA build. Beside a CPU build of torch its compiled half cannot be loaded, so
``import torchaudio`` raises OSError; transformers imports it unasked, so that each of its speech classes fails too.
Nothing here needs the compiled half. Where the import fails, it is tried again with a stand-in for that half, which
leaves torchaudio's Python half (features, resampling) to whoever wants it. No installed file is touched, and a
torchaudio that fits is left alone.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def make_importable() -> None:
    """Call before transformers is imported. Without torchaudio, or with one that fits, this does nothing."""
    if "torchaudio" in sys.modules or find_spec("torchaudio") is None:
        return
    try:
        importlib.import_module("torchaudio")
    except OSError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules["torchaudio._extension"] = _without_compiled_half()
        importlib.import_module("torchaudio")


def _without_compiled_half() -> ModuleType:
    """What torchaudio's own ``_extension`` says of itself where nothing was compiled."""

    def refuse(function: Callable[..., Any]) -> Callable[..., Any]:
        def refused(*_: object, **__: object) -> None:
            raise RuntimeError(f"{function.__name__} needs a torchaudio that fits the installed torch")

        return refused

    module = ModuleType("torchaudio._extension")
    module.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        fail_if_no_align=refuse,
    )
    return module
