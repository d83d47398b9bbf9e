"""A converted model on the machine that is there: which device, how precise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ctranslate2

from speechlab import ConfigError, EngineUnavailable

from . import CTranslate2Params
from .tokens import END


def load(folder: Path, params: CTranslate2Params, report: Callable[[str], None]) -> ctranslate2.Translator:
    """The model, ready for use. Raises EngineUnavailable where the device or the model cannot be used, ConfigError
    where the device has no such precision."""
    there = ctranslate2.get_cuda_device_count() > 0
    if params.device == "cuda" and not there:
        raise EngineUnavailable("no NVIDIA GPU is seen here", hint="choose device auto or cpu")
    if params.device != "cpu" and there:
        try:
            return _on("cuda", folder, params)
        except RuntimeError as error:
            if params.device == "cuda":
                raise EngineUnavailable(
                    f"the GPU cannot be used: {error}", hint="pip install nvidia-cublas-cu12, or choose device cpu"
                ) from error
            report(f"the GPU cannot be used ({error}), so the translator works on the processor")
    try:
        return _on("cpu", folder, params)
    except RuntimeError as error:
        raise EngineUnavailable(
            f"{folder} could not be loaded: {error}", hint="is it a translation model converted for CTranslate2?"
        ) from error


def _on(device: str, folder: Path, params: CTranslate2Params) -> ctranslate2.Translator:
    supported = ctranslate2.get_supported_compute_types(device)
    if params.compute_type not in {"auto", *supported}:
        raise ConfigError(
            f"compute_type {params.compute_type} cannot be had on this {'GPU' if device == 'cuda' else 'processor'}",
            hint=f"choose auto, {', '.join(sorted(supported))}",
        )
    translator = ctranslate2.Translator(
        str(folder),
        device=device,
        device_index=params.device_index if device == "cuda" else 0,
        compute_type=params.compute_type,
        inter_threads=params.workers,
        intra_threads=params.cpu_threads,
    )
    if device == "cuda":
        translator.translate_batch([[END]], max_decoding_length=1)  # its libraries are found only now
    return translator
