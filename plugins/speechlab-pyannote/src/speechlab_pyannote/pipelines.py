"""A pipeline of pyannote.audio, built as its config.yaml says, of weights that all come by way of the host.

pyannote.audio's own loader fetches what the file names from the hub by itself, and makes whatever class the file names;
here it is its speaker diarization or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from speechlab import Context, EngineUnavailable, Weights, torch_device

from . import CAMPPLUS, COMMUNITY_WEIGHTS, CONFIG, NETWORK, SEGMENTATION_WEIGHTS, VOICES_WEIGHTS, DiarizeParams
from .upstream import PLDA, Model, SpeakerDiarization, loaded, quiet

NAMES = {
    "pyannote.audio.pipelines.SpeakerDiarization",
    "pyannote.audio.pipelines.speaker_diarization.SpeakerDiarization",
}
HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")
INSIDE = "$model/"
"""So begins in config.yaml the path of a folder beside it."""
OPTIONS = ("segmentation_step", "embedding_exclude_overlap", "clustering")
"""What config.yaml may say that is passed on as it is."""
LOCAL = 3
"""Speakers in a window, whose voices one call tells."""
TOKENS = "https://huggingface.co/settings/tokens"

FREE = {
    "params": {"segmentation_step": 0.25, "embedding_exclude_overlap": True, "clustering": "AgglomerativeClustering"},
    "values": {
        "segmentation": {"min_duration_off": 0.0},
        "clustering": {"method": "centroid", "min_cluster_size": 3, "threshold": 0.78},
    },
}
"""The pipeline of CAMPPLUS."""


def build(params: DiarizeParams, context: Context) -> SpeakerDiarization:
    """The pipeline that ``params`` ask for, ready to hear. Raises EngineUnavailable."""
    with quiet():
        pipeline = _campplus(params, context) if params.model == CAMPPLUS else _configured(params, context)
    if not pipeline._segmentation.model.specifications.powerset:
        raise EngineUnavailable(
            f"the segmentation of {params.model} is from before pyannote.audio 3", hint="choose a newer pipeline"
        )
    at = torch_device(params.device)
    size = params.batch_size or (1 if at.type == "cpu" else 16)
    pipeline.segmentation_batch_size = size
    pipeline.embedding_batch_size = LOCAL * size
    if params.step_seconds is not None:
        pipeline._segmentation.step = params.step_seconds
    pipeline.to(at)
    return pipeline


def checkpoint(folder: Path, model: str, *, pickles: bool) -> Model:
    """The network in a folder. Raises EngineUnavailable."""
    return loaded(lambda: Model.from_pretrained(folder / NETWORK, strict=False), model, pickles=pickles)


def _campplus(params: DiarizeParams, context: Context) -> SpeakerDiarization:
    from .campplus import CamPlusPlus

    segmentation = checkpoint(context.weights(SEGMENTATION_WEIGHTS), params.model, pickles=False)
    voices = CamPlusPlus(context.weights(VOICES_WEIGHTS))
    pipeline = SpeakerDiarization(segmentation=segmentation, embedding=voices, plda=_no_plda(), **FREE["params"])
    pipeline.instantiate(FREE["values"])
    return pipeline


def _configured(params: DiarizeParams, context: Context) -> SpeakerDiarization:
    local = Path(params.model).expanduser()
    own = local.is_dir() or not HUB_ID.fullmatch(params.model)
    folder = _folder(params.model, str(local) if own else None, (CONFIG,), params.revision, context)
    config = _read(folder / CONFIG, params.model)
    asked = config["pipeline"].get("params") or {}

    def part(name: str) -> Path:
        """The folder of a network that the file names: one beside it, another of this machine, or one of the hub."""
        said = asked.get(name)
        if not isinstance(said, str):
            raise EngineUnavailable(f"{params.model} does not name its {name}", hint="choose another pipeline")
        if said.startswith(INSIDE):
            return folder / said.removeprefix(INSIDE)
        if Path(said).is_dir():
            return Path(said)
        repository, _, revision = said.partition("@")
        return _folder(repository, None, (NETWORK,), revision or None, context)

    def network(name: str) -> Model:
        return checkpoint(_complete(part(name), (NETWORK,)), params.model, pickles=params.pickles)

    plda = _no_plda()
    if "plda" in asked:
        plda = PLDA.from_pretrained(_complete(part("plda"), ("plda.npz", "xvec_transform.npz")))
    given = {name: asked[name] for name in OPTIONS if name in asked}
    pipeline = SpeakerDiarization(
        segmentation=network("segmentation"), embedding=network("embedding"), plda=plda, **given
    )
    pipeline.instantiate(config.get("params") or pipeline.default_parameters())
    return pipeline


def _read(path: Path, model: str) -> dict[str, Any]:
    """What config.yaml says. Raises EngineUnavailable where that is no speaker diarization."""
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EngineUnavailable(f"{path} cannot be read: {error}", hint="fetch it anew") from error
    pipeline = config.get("pipeline") if isinstance(config, Mapping) else None
    if not isinstance(pipeline, Mapping) or pipeline.get("name") not in NAMES:
        raise EngineUnavailable(
            f"{model} is no speaker diarization of pyannote.audio", hint=f"choose {COMMUNITY_WEIGHTS.id}"
        )
    return dict(config)


def _folder(model: str, own: str | None, files: tuple[str, ...], revision: str | None, context: Context) -> Path:
    """The folder that holds these files of a model. Raises EngineUnavailable, saying what the hub asks for."""
    weights = replace(COMMUNITY_WEIGHTS, revision=revision)
    if model != COMMUNITY_WEIGHTS.id:
        weights = Weights(
            id=model, files=files, optional=("*.bin", "*.npz"), hub="" if own else model, revision=revision
        )
    try:
        return context.weights(weights, folder=own)
    except EngineUnavailable as error:
        if own:
            raise
        page = f"https://huggingface.co/{model}"
        raise EngineUnavailable(
            str(error),
            hint=f"accept the terms at {page}, make a token at {TOKENS} and set HF_TOKEN to it; or give a local folder "
            f"with the files of that page; or set model to {CAMPPLUS}, which needs no account"
            + ("" if context.download else "; downloads are not allowed here"),
        ) from error


def _complete(folder: Path, files: tuple[str, ...]) -> Path:
    if missing := [name for name in files if not (folder / name).is_file()]:
        raise EngineUnavailable(
            f"{folder} lacks {', '.join(missing)}", hint="fetch the model anew, with all its folders"
        )
    return folder


def _no_plda() -> PLDA:
    """What stands for the PLDA where the clustering has none: left out, pyannote.audio would fetch one from the hub."""
    return PLDA.__new__(PLDA)
