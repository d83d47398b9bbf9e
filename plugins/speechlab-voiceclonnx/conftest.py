"""Tiny networks with the inputs and outputs of the real ones, made here and stored as the hub stores those, so that the
package's own code loads and runs them. What they give depends on what is said and on the clip."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from speechlab_voiceclonnx import HUBS, weights

from speechlab import Audio, Context
from speechlab.testing import fetched

if any(find_spec(name) is None for name in ("onnx", "voiceclonnx", "onnxruntime")):
    collect_ignore_glob = ["src/speechlab_voiceclonnx/[a-z]*.py", "tests/*"]  # all else needs them

Tensors = dict[str, tuple[str, list[Any]]]
FLAT = np.array([1, 1, -1], np.int64)


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the networks of every model, in both precisions."""
    folder = tmp_path_factory.mktemp("networks")
    random = np.random.default_rng(1)
    for suffix in ("", "_q8"):
        for name, (inputs, output, nodes, constants) in _networks(random).items():
            _save(folder / f"{name}{suffix}.onnx", inputs, output, nodes, constants)
    return folder


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two clips."""
    folder = tmp_path_factory.mktemp("voices")
    for name, pitch in (("ada", 220), ("bob", 110)):
        soundfile.write(folder / f"{name}.wav", hum(4.0, pitch).mono, 16_000)
    return folder


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path / "home", download=False)


@pytest.fixture
def hub(networks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache, as if all models had been fetched."""
    for model, (repository, _) in HUBS.items():
        fetched(tmp_path / "hub", repository, networks, weights(model, int8=False).files)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def hum(seconds: float, pitch: float, rate: int = 16_000, start: float = 0.0) -> Audio:
    """Harmonics that swell and fade."""
    at = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 8))
    return Audio((0.2 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))).astype(np.float32), rate, start)


def _networks(random: np.random.Generator) -> dict[str, Any]:
    """For each network: inputs with shapes, output, nodes as (operator, inputs, output, attributes), constants."""

    def some(*shape: int, scale: float = 0.1) -> np.ndarray[Any, Any]:
        return (scale * random.standard_normal(shape)).astype(np.float32)

    spoken = [("Tanh", ["loud"], "tame", {}), ("Reshape", ["tame", "flat"], "wave", {})]
    return {
        "tone_ref_encoder": (
            {"spec": ("FLOAT", [1, "T", 513])},
            "tone",
            [("ReduceMean", ["spec", "one"], "mean", {"keepdims": 0}), ("MatMul", ["mean", "w"], "tone", {})],
            {"one": np.array([1]), "w": some(513, 256)},
        ),
        "tone_converter": (
            {
                "spec": ("FLOAT", [1, 513, "T"]),
                "spec_lengths": ("INT64", [1]),
                "src_g": ("FLOAT", [1, 256, 1]),
                "tgt_g": ("FLOAT", [1, 256, 1]),
            },
            "wave",
            [
                ("Sub", ["tgt_g", "src_g"], "change", {}),
                ("MatMul", ["w", "spec"], "content", {}),
                ("Add", ["content", "change"], "both", {}),
                ("Transpose", ["both"], "loud", {"perm": [0, 2, 1]}),
                *spoken,
            ],
            {"w": some(256, 513), "flat": FLAT},
        ),
        "facodec_encoder": (
            {"wav": ("FLOAT", [1, 1, "N"])},
            "feats",
            [("Conv", ["wav", "w"], "feats", {"strides": [200]})],
            {"w": some(256, 1, 200)},
        ),
        "facodec_timbre": (
            {"enc_feats": ("FLOAT", [1, 256, "T"])},
            "embs",
            [("Abs", ["enc_feats"], "size", {}), ("ReduceMean", ["size", "two"], "embs", {"keepdims": 0})],
            {"two": np.array([2])},
        ),
        "facodec_quantize": (
            {"enc_feats": ("FLOAT", [1, 256, "T"]), "mel_20": ("FLOAT", [1, 20, "T"])},
            "ids",
            [
                ("MatMul", ["w", "enc_feats"], "content", {}),
                ("MatMul", ["v", "mel_20"], "prosody", {}),
                ("Add", ["content", "prosody"], "both", {}),
                ("Cast", ["both"], "whole", {"to": 7}),
                ("Transpose", ["whole"], "ids", {"perm": [1, 0, 2]}),
            ],
            {"w": some(6, 256, scale=2), "v": some(6, 20)},
        ),
        "facodec_decoder": (
            {"vq_ids": ("INT64", [6, 1, "T"]), "spk_embs": ("FLOAT", [1, 256])},
            "wave",
            [
                ("Cast", ["vq_ids"], "ids", {"to": 1}),
                ("Transpose", ["ids"], "frames", {"perm": [1, 2, 0]}),
                ("MatMul", ["frames", "w"], "content", {}),
                ("MatMul", ["spk_embs", "v"], "voice", {}),
                ("Add", ["content", "voice"], "loud", {}),
                *spoken,
            ],
            {"w": some(6, 200), "v": some(256, 200), "flat": FLAT},
        ),
        "wavlm_layer6": (
            {"input_values": ("FLOAT", [1, "N"])},
            "feats",
            [
                ("Unsqueeze", ["input_values", "one"], "wave", {}),
                ("Conv", ["wave", "w"], "channels", {"strides": [320]}),
                ("Transpose", ["channels"], "feats", {"perm": [0, 2, 1]}),
            ],
            {"one": np.array([1]), "w": some(1024, 1, 400)},
        ),
        "hifigan_knnvc": (
            {"features": ("FLOAT", [1, 1024, "T"])},
            "wave",
            [
                ("MatMul", ["w", "features"], "content", {}),
                ("Transpose", ["content"], "loud", {"perm": [0, 2, 1]}),
                *spoken,
            ],
            {"w": some(320, 1024), "flat": FLAT},
        ),
    }


def _save(file: Path, inputs: Tensors, output: str, nodes: Sequence[Any], constants: dict[str, Any]) -> None:
    import onnx
    from onnx import helper, numpy_helper

    tensor, kind = helper.make_tensor_value_info, onnx.TensorProto
    axes = [None] * (2 if output in ("tone", "embs") else 3)
    graph = helper.make_graph(
        [helper.make_node(operator, given, [made], **how) for operator, given, made, how in nodes],
        file.stem,
        [tensor(name, getattr(kind, number), shape) for name, (number, shape) in inputs.items()],
        [tensor(output, kind.INT64 if output == "ids" else kind.FLOAT, axes)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, file)
