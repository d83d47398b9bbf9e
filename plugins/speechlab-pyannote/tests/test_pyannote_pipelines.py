"""Which pipeline is built of which files, and what is said where one is missing, or not to be trusted."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import ConfigError, Context, EngineUnavailable

pytest.importorskip("speechlab_pyannote.upstream", reason="needs pyannote.audio: pip install speechlab-pyannote")

from speechlab_pyannote import COMMUNITY, CONFIG, NETWORK, DiarizeParams, VadParams
from speechlab_pyannote.detector import PyannoteVad
from speechlab_pyannote.pipelines import build


def copied(folder: Path, target: Path) -> Path:
    """A folder of the same files, to be changed."""
    for path in folder.rglob("*"):
        if path.is_file():
            (target / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(folder)).symlink_to(path.resolve())
    return target


def test_a_local_folder_is_built_as_its_file_says(community: Callable[..., Path], context: Context) -> None:
    pipeline = build(DiarizeParams(model=str(community())), context)
    assert pipeline.klustering == "VBxClustering"
    assert pipeline.embedding_exclude_overlap
    assert pipeline._segmentation.step == pytest.approx(1.0)
    assert pipeline.parameters(instantiated=True)["clustering"] == {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8}
    assert type(pipeline._embedding.model_).__name__ == "WeSpeakerResNet34"


def test_step_and_batch_are_the_users(community: Callable[..., Path], context: Context) -> None:
    pipeline = build(DiarizeParams(model=str(community()), step_seconds=5, batch_size=4), context)
    assert pipeline._segmentation.step == 5
    assert (pipeline.segmentation_batch_size, pipeline.embedding_batch_size) == (4, 12)


def test_a_pipeline_without_plda_asks_the_hub_for_none(community: Callable[..., Path], context: Context) -> None:
    folder = community(clustering="AgglomerativeClustering", plda="$model/nowhere")
    text = (folder / CONFIG).read_text().replace("plda: $model/nowhere", "legacy: true")
    older = text.replace("Fa: 0.07\n    Fb: 0.8", "method: centroid\n    min_cluster_size: 12")
    (folder / CONFIG).write_text(older)
    assert build(DiarizeParams(model=str(folder)), context).klustering == "AgglomerativeClustering"


def test_without_a_token_it_names_the_page_the_variable_and_what_needs_neither(
    context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=f"the weights '{COMMUNITY}' are not here") as caught:
        build(DiarizeParams(), context)
    hint = caught.value.hint
    assert f"accept the terms at https://huggingface.co/{COMMUNITY}" in hint
    assert "set HF_TOKEN" in hint
    assert "campplus" in hint


def test_a_network_of_another_repository_is_asked_for_by_name(
    community: Callable[..., Path], context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    folder = community(segmentation="pyannote/segmentation-3.0")
    with pytest.raises(EngineUnavailable, match=r"'pyannote/segmentation-3\.0' are not here") as caught:
        build(DiarizeParams(model=str(folder)), context)
    assert "https://huggingface.co/pyannote/segmentation-3.0" in caught.value.hint


@pytest.mark.parametrize("missing", ["embedding/pytorch_model.bin", "plda/plda.npz", CONFIG])
def test_a_folder_that_lacks_a_file(
    community: Callable[..., Path], context: Context, tmp_path: Path, missing: str
) -> None:
    folder = copied(community(), tmp_path)
    (folder / missing).unlink()
    with pytest.raises(EngineUnavailable, match=f"lacks {Path(missing).name}"):
        build(DiarizeParams(model=str(folder)), context)


@pytest.mark.parametrize(
    "text", ["", "pipeline: 3", "pipeline:\n  name: subprocess.run\n  params: {args: 'touch here'}", "\t{"]
)
def test_only_a_speaker_diarization_is_made(context: Context, tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(EngineUnavailable):
        build(DiarizeParams(model=str(tmp_path)), context)
    assert [path.name for path in tmp_path.iterdir()] == [CONFIG]


class Trap:
    """What a checkpoint of a stranger may hold."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._path),)


def test_a_checkpoint_that_holds_code_is_refused_unless_it_is_trusted(context: Context, tmp_path: Path) -> None:
    import torch

    sprung = tmp_path / "sprung"
    torch.save({"state_dict": {}, "more": Trap(sprung)}, tmp_path / NETWORK)
    with pytest.raises(EngineUnavailable, match="holds more than weights") as caught:
        PyannoteVad(VadParams(folder=str(tmp_path)), context)
    assert "pickles" in caught.value.hint
    assert not sprung.exists()
    with pytest.raises(KeyError, match=r"pyannote\.audio"):  # read to the end, and then no checkpoint after all
        PyannoteVad(VadParams(folder=str(tmp_path), pickles=True), context)
    assert sprung.exists()


def test_the_callers_own_rule_for_pickles_holds_again(
    community: Callable[..., Path], context: Context, tmp_path: Path
) -> None:
    import torch

    build(DiarizeParams(model=str(community())), context)
    torch.save({"a": Trap(tmp_path / "sprung")}, tmp_path / "own")
    torch.load(tmp_path / "own", weights_only=False)
    assert (tmp_path / "sprung").exists()
    with pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / "own", weights_only=True)


def test_a_device_that_is_not_here(context: Context) -> None:
    with pytest.raises(ConfigError, match="there is no device 'abacus' here"):
        build(DiarizeParams(model="campplus", device="abacus"), context)


def test_nobody_is_told_what_it_is_used_for() -> None:
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert is_metrics_enabled() is False


def test_a_voice_is_the_same_however_many_are_asked_for_with_it(context: Context) -> None:
    import torch
    from speechlab_pyannote import VOICES_WEIGHTS
    from speechlab_pyannote.campplus import CamPlusPlus

    network = CamPlusPlus(context.weights(VOICES_WEIGHTS))
    random = np.random.default_rng(1)
    one, other = (torch.from_numpy(random.normal(scale=0.1, size=(1, 48_000)).astype(np.float32)) for _ in range(2))
    masks = torch.zeros(3, 589)
    masks[0, :300], masks[1, 200:], masks[2, :5] = 1, 1, 1
    with torch.inference_mode():
        together = network(torch.stack([one, one, other]), masks)
        alone = torch.cat(
            [network(sound[None], mask[None]) for sound, mask in zip((one, one, other), masks, strict=True)]
        )
        whole = network(one[None])
    assert together.shape == (3, network.dimension)
    torch.testing.assert_close(together, alone, equal_nan=True, rtol=1e-4, atol=1e-4)
    assert together[2].isnan().all()  # a hundredth of three seconds
    assert not torch.allclose(together[0], together[1])
    assert whole.isfinite().all()
    with pytest.raises(ValueError, match="400 samples"):
        network(one[None][..., :300])
