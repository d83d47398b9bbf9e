"""A checkpoint: its files by way of the host, its family, and the device and precision it is loaded with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch
import transformers
from transformers.utils.import_utils import is_flash_attn_2_available

from speechlab import ConfigError, Context, EngineUnavailable, Weights

from . import CARD, TransformersParams
from .quiet import quiet

Family = Literal["whisper", "seq2seq", "ctc", "tokens"]

SOUND_ALONE = {
    "moonshine",
    "moonshine_streaming",
    "seamless_m4t",
    "seamless_m4t_v2",
    "speech-encoder-decoder",
    "speech_to_text",
    "speecht5",
    "whisper",
}
"""Encoder-decoders that need no prompt in the words of a chat template."""
MANY_TASKS = {"SeamlessM4TModel", "SeamlessM4Tv2Model"}
"""Architectures of which recognition is one part."""

HUB_ID = re.compile(r"\w[\w.-]*(/[\w.-]+)?")
RATE = 16_000
"""Samples per second that every checkpoint here is given."""
SAFE, SAFE_INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLED, PICKLED_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this machine, not yet loaded."""

    folder: Path
    config: Any
    family: Family
    device: torch.device
    dtype: torch.dtype
    _params: TransformersParams = field(repr=False)
    _context: Context = field(repr=False)
    _safetensors: bool

    @classmethod
    def find(
        cls, params: TransformersParams, context: Context, family: Callable[[Any, str], Family] | None = None
    ) -> Checkpoint:
        """Look the checkpoint up. Raises EngineUnavailable where it is not here or was not trained for this: to
        recognise speech, where ``family`` does not tell otherwise."""
        folder, safetensors = _locate(params, context)
        with quiet():
            try:
                config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
            except ValueError as error:
                raise EngineUnavailable(
                    f"transformers {transformers.__version__} cannot read the configuration of {params.model}: {error}",
                    hint="pip install --upgrade transformers, or choose another checkpoint",
                ) from error
        device = _device(params.device)
        dtype = torch.float32 if device.type == "cpu" else torch.float16
        if params.dtype != "auto":
            dtype = getattr(torch, params.dtype)
        return cls(
            folder, config, (family or recognises)(config, params.model), device, dtype, params, context, safetensors
        )

    @property
    def model(self) -> str:
        """What the user calls it."""
        return self._params.model

    def load(self, auto: Any) -> Any:
        """The network, by one of transformers' auto classes, on its device and ready for use."""
        flash = self._params.attention == "auto" and self.device.type == "cuda" and self.dtype != torch.float32
        if flash and is_flash_attn_2_available():
            try:
                return self._load(auto, "flash_attention_2")
            except ValueError:  # this architecture cannot; transformers then takes sdpa where it can
                pass
        chosen = None if self._params.attention == "auto" else self._params.attention
        try:
            return self._load(auto, chosen)
        except (ValueError, ImportError) as error:
            if chosen is None:
                raise
            raise EngineUnavailable(
                f"{self.model} cannot be loaded with attention {chosen}: {error}", hint="leave attention at auto"
            ) from error

    def _load(self, auto: Any, attention: str | None) -> Any:
        with quiet():
            model = auto.from_pretrained(
                self.folder,
                config=self.config,
                dtype=self.dtype,
                attn_implementation=attention,
                use_safetensors=self._safetensors,
                weights_only=True,
                local_files_only=True,
            )
        return model.to(self.device).eval()

    def reader(self, auto: Any) -> Any:
        """A tokenizer, feature extractor or processor, by one of transformers' auto classes."""
        with quiet():
            found = auto.from_pretrained(self.folder, local_files_only=True)
        rate = getattr(getattr(found, "feature_extractor", found), "sampling_rate", RATE)
        if rate != RATE:
            raise EngineUnavailable(f"{self.model} hears sound of {rate} Hz", hint=f"choose a checkpoint for {RATE} Hz")
        return found

    def extra(self, file: str) -> Path:
        """One more file of the same checkpoint, such as an adapter; fetched where that is allowed."""
        return _ask(self._params, self._context, (file,)) / file


def _ask(params: TransformersParams, context: Context, files: Sequence[str], optional: Sequence[str] = ()) -> Path:
    """The folder with these files of the checkpoint: the user's own, the hub's cache, or the hub's."""
    local = Path(params.model).expanduser()
    own = local.is_dir() or not HUB_ID.fullmatch(params.model)
    weights = Weights(
        id=params.model,
        files=files,
        optional=optional,
        hub="" if own else params.model,
        revision=params.revision,
    )
    return context.weights(weights, folder=str(local) if own else None)


def _locate(params: TransformersParams, context: Context) -> tuple[Path, bool]:
    """The checkpoint's folder with its weights, all shards of them, and whether they are safetensors.

    An old checkpoint that has only pickled weights is read by torch's restricted unpickler (``weights_only``), which
    takes tensors and runs no code.
    """
    try:
        return _ask(params, context, ("config.json", SAFE), CARD), True
    except EngineUnavailable as error:
        in_one_file = error
    try:
        folder = _ask(params, replace(context, download=False), ("config.json",))  # by now fetched, if it can be
    except EngineUnavailable:
        raise in_one_file from None
    if (folder / SAFE_INDEX).exists():
        return _ask(params, context, _shards(folder / SAFE_INDEX)), True
    pickled = folder / PICKLED_INDEX
    try:
        return _ask(params, context, _shards(pickled) if pickled.exists() else (PICKLED,)), False
    except EngineUnavailable:
        raise in_one_file from None  # that is what to get


def _shards(index: Path) -> list[str]:
    names: Mapping[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    return sorted(set(names.values()))


def recognises(config: Any, model: str) -> Family:
    """Which way of recognising the checkpoint was trained for. Raises EngineUnavailable where it is none."""
    speech: Any = transformers.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING
    ctc: Any = transformers.MODEL_FOR_CTC_MAPPING
    mapping = speech if type(config) in speech else ctc if type(config) in ctc else {}
    trained = set(config.architectures or ())
    if not mapping or (trained and not trained & {mapping[type(config)].__name__, *MANY_TASKS}):
        raise EngineUnavailable(
            f"{model} does not recognise speech: it is a {', '.join(sorted(trained)) or config.model_type}",
            hint="choose a checkpoint that the hub lists under automatic speech recognition",
        )
    if mapping is ctc:
        return "ctc"
    if config.model_type not in SOUND_ALONE:
        raise EngineUnavailable(
            f"{model} is a {config.model_type}, which wants a prompt of its own beside the sound",
            hint="choose a Whisper, MMS, wav2vec 2.0, Moonshine, Speech2Text or SeamlessM4T checkpoint",
        )
    return "whisper" if config.model_type == "whisper" else "seq2seq"


def _device(name: str) -> torch.device:
    if name == "auto":
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return found or torch.device("cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"there is no device {name!r} here: {error}", hint="set device to auto or cpu") from None
