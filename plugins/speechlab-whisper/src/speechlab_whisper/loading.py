"""A model on the machine that is there: which device, how precise."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from speechlab import ConfigError, EngineUnavailable

from . import WhisperParams

PREFERRED = {"cpu": ("int8", "float32"), "cuda": ("float16", "int8", "float32")}
"""Precisions by device, the first that it can do is taken."""


def load(folder: Path, params: WhisperParams, report: Callable[[str], None]) -> WhisperModel:
    """The model in the folder, on the device and with the precision that the parameters ask for.

    Raises EngineUnavailable where the device or the model cannot be used, ConfigError where the device has no such
    precision.
    """
    failure: RuntimeError | None = None
    for device in devices(params.device):
        compute_type = precision(params.compute_type, device, ctranslate2.get_supported_compute_types(device))
        try:
            model = WhisperModel(
                str(folder),
                device=device,
                device_index=params.device_index if device == "cuda" else 0,
                compute_type=compute_type,
                cpu_threads=params.cpu_threads,
                num_workers=params.workers or cores(),
                local_files_only=True,
            )
            if device == "cuda":
                model.encode(np.zeros((model.model.n_mels, 3000), np.float32))  # its libraries are found only now
        except RuntimeError as error:
            failure = error
            if device == "cuda" and params.device == "auto":
                report(f"the GPU cannot be used ({error}), so Whisper works on the processor")
            continue
        _match_features(model)
        return model
    raise _unusable(folder, params.device, failure)


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def devices(wanted: str) -> Iterator[str]:
    """The devices to try, in order. Raises EngineUnavailable where a GPU is wanted and none is there."""
    there = ctranslate2.get_cuda_device_count() > 0
    if wanted == "cuda" and not there:
        raise EngineUnavailable("no NVIDIA GPU is seen here", hint="choose device auto or cpu")
    if wanted != "cpu" and there:
        yield "cuda"
    if wanted != "cuda":
        yield "cpu"


def precision(wanted: str, device: str, supported: Collection[str]) -> str:
    """The compute type to load with. Raises ConfigError where the device cannot do the wanted one."""
    if wanted == "auto":
        return next((one for one in PREFERRED[device] if one in supported), "default")
    if wanted not in supported:
        raise ConfigError(
            f"compute_type {wanted} cannot be had on this {'GPU' if device == 'cuda' else 'processor'}",
            hint=f"choose auto, {', '.join(sorted(supported))}",
        )
    return wanted


def _match_features(model: WhisperModel) -> None:
    """A conversion may lack the file that tells how many mel bands it hears (large-v3 hears 128, the others 80)."""
    bands = model.model.n_mels
    if model.feature_extractor.mel_filters.shape[0] != bands:
        model.feature_extractor = FeatureExtractor(**{**model.feat_kwargs, "feature_size": bands})


def _unusable(folder: Path, device: str, failure: RuntimeError | None) -> EngineUnavailable:
    if device == "cuda":
        return EngineUnavailable(
            f"the GPU cannot be used: {failure}",
            hint="pip install nvidia-cublas-cu12 'nvidia-cudnn-cu12==9.*', or choose device cpu",
        )
    return EngineUnavailable(
        f"{folder} could not be loaded: {failure}", hint="is it a Whisper model converted for CTranslate2?"
    )
