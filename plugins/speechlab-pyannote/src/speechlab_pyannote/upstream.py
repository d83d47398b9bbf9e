"""The one way to pyannote.audio: importable beside any torch, telling nobody anything, loading only weights.

It sends what it was used for to its makers unless told not to; here it is told before it is imported, so nothing of it
is ever sent. Its checkpoints are pickles, which can run code as they are read; here they are read by torch's restricted
unpickler, which takes numbers and a few names.
"""

from __future__ import annotations

import collections
import os
import pickle
import typing
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any, TypeVar

import torch

from speechlab import EngineUnavailable

from .torchaudio_cpu import make_importable

Made = TypeVar("Made")

os.environ["PYANNOTE_METRICS_ENABLED"] = "false"
make_importable()
with warnings.catch_warnings():
    # It reads files by torchcodec, which has no build for a torch without CUDA either; here it is given samples.
    warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed correctly")
    from pyannote.audio import Inference, Model
    from pyannote.audio.core.plda import PLDA
    from pyannote.audio.pipelines import SpeakerDiarization
    from pyannote.core import SlidingWindow, SlidingWindowFeature
    from torchaudio.compliance.kaldi import fbank

__all__ = [
    "PLDA",
    "Inference",
    "Model",
    "SlidingWindow",
    "SlidingWindowFeature",
    "SpeakerDiarization",
    "fbank",
    "loaded",
    "quiet",
]

NAMES = {
    "collections": ("defaultdict",),
    "lightning.pytorch.callbacks.early_stopping": ("EarlyStopping",),
    "lightning.pytorch.callbacks.model_checkpoint": ("ModelCheckpoint",),
    "omegaconf.base": ("ContainerMetadata", "Metadata"),
    "omegaconf.dictconfig": ("DictConfig",),
    "omegaconf.listconfig": ("ListConfig",),
    "omegaconf.nodes": ("AnyNode",),
    "pyannote.audio.core.model": ("Introspection",),
    "pyannote.audio.core.task": ("Problem", "Resolution", "Specifications"),
    "torch.torch_version": ("TorchVersion",),
}
"""What pyannote's checkpoints hold beside numbers, by the versions that wrote them."""
ONLY_WEIGHTS = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
OURS = "pyannote/"
"""Repositories of pyannote.audio's own makers begin so on the hub."""
_lock = Lock()


def loaded(make: Callable[[], Made], model: str, *, pickles: bool) -> Made:
    """What ``make`` loads. Where a checkpoint holds more than weights, it is read only if ``pickles`` allows it, or if
    it is of those who wrote pyannote.audio. Raises EngineUnavailable."""
    try:
        with _only_weights():
            return make()
    except pickle.UnpicklingError as error:
        if pickles or model.startswith(OURS):
            return make()
        raise EngineUnavailable(
            f"a checkpoint of {model} holds more than weights, and could run any code",
            hint="set pickles to true if you trust it, or choose another model",
        ) from error


@contextmanager
def _only_weights() -> Iterator[None]:
    """pyannote.audio asks torch for the whole pickle; by this variable, torch gives only weights all the same."""
    names = list(_names())
    with _lock, torch.serialization.safe_globals(names):
        before = os.environ.get(ONLY_WEIGHTS)
        os.environ[ONLY_WEIGHTS] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[ONLY_WEIGHTS]
            else:
                os.environ[ONLY_WEIGHTS] = before


def _names() -> Iterator[Any]:
    yield from (typing.Any, dict, list, int, collections.OrderedDict)
    for module, names in NAMES.items():
        try:
            found = import_module(module)
        except ImportError:
            continue
        yield from (getattr(found, name) for name in names if hasattr(found, name))


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps pyannote's advice to programmers (of short sounds, of precision) from people who did not write the call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
