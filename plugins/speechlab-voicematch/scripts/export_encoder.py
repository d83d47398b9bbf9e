"""Turn the speaker encoder that the package ``resemblyzer`` carries into the ONNX file of this plugin.

    pip install torch onnx onnxruntime && pip install --no-deps resemblyzer==0.1.4
    python export_encoder.py FOLDER

``ge2e.onnx`` takes ``mels`` (batch, 160, 40), energies of 1.6 s at 16 kHz, to ``embedding`` (batch, 256), each of
length 1. What comes out differs by less than 1e-5 from what the published network gives, which is checked here.
"""

from __future__ import annotations

import hashlib
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
import torch

CHECKPOINT = "pretrained.pt"
SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
BANDS, FRAMES, SIZE, LAYERS = 40, 160, 256, 3
OPSET = 17
SAME = 1e-5


class Encoder(torch.nn.Module):
    """An LSTM over the frames; its last state, made positive and of length 1, is the voice."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(BANDS, SIZE, LAYERS, batch_first=True)
        self.linear = torch.nn.Linear(SIZE, SIZE)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(mels)
        voice = torch.relu(self.linear(hidden[-1]))
        return voice / voice.norm(dim=1, keepdim=True)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "ge2e.onnx"
    torch.manual_seed(0)
    network, mels = Encoder().eval(), torch.rand(3, FRAMES, BANDS)
    network.load_state_dict(checkpoint())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of a batch size that the LSTM's first state does not fix
        torch.onnx.export(
            network,
            (mels,),
            str(target),
            input_names=["mels"],
            output_names=["embedding"],
            dynamic_axes={"mels": {0: "batch"}, "embedding": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    for batch in (1, 3, 8):
        given = torch.rand(batch, FRAMES, BANDS) ** 4
        with torch.no_grad():
            wanted = network(given).numpy()
        [got] = session.run(None, {"mels": given.numpy()})
        if (difference := float(np.abs(got - wanted).max())) > SAME:
            raise SystemExit(f"the exported network differs by {difference:.1e}")
        print(f"batch of {batch}: differs by {difference:.1e} at most")
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, sha256 {digest(target)}")


def checkpoint() -> dict[str, torch.Tensor]:
    """The published weights; resemblyzer itself, which wants librosa and webrtcvad, is not imported."""
    found = find_spec("resemblyzer")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("resemblyzer is missing: pip install --no-deps resemblyzer==0.1.4")
    file = Path(found.submodule_search_locations[0]) / CHECKPOINT
    if (got := digest(file)) != SHA256:
        raise SystemExit(f"{file} has sha256 {got}, not {SHA256}: install resemblyzer 0.1.4")
    state = torch.load(file, map_location="cpu", weights_only=True)["model_state"]
    return {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}


def digest(path: Path) -> str:
    """The file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
