"""The networks load once for all tests. Without pyannote.audio, only what needs none of it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from speechlab import Audio, Context
from speechlab.testing import one_thread, speech

if TYPE_CHECKING:
    from speechlab_pyannote.diarizer import Pyannote

if find_spec("pyannote") is None or find_spec("pyannote.audio") is None:
    collect_ignore_glob = ["src/speechlab_pyannote/[a-z]*.py"]  # they import it


@pytest.fixture(scope="session")
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory, _one_thread: None) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path_factory.mktemp("home"), download=False)


@pytest.fixture(scope="session")
def campplus(context: Context) -> Pyannote:
    """The diarizer on weights that packages carry."""
    from speechlab_pyannote import DiarizeParams
    from speechlab_pyannote.diarizer import Pyannote

    return Pyannote(DiarizeParams(model="campplus"), context)


@pytest.fixture(scope="session")
def talk() -> Audio:
    """Two people: one says three sentences, then another two, then the first one those three again."""
    parts = [speech("en").audio, speech("es").audio, speech("en").audio]
    return Audio(np.concatenate([one.mono for one in parts]), 16_000)


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory, _one_thread: None) -> Callable[..., Path]:
    """A folder like that of community-1 on the hub: its files, its config.yaml and its segmentation, voices and PLDA of
    random weights. What is given replaces entries of config.yaml."""

    @cache
    def built(**changed: Any) -> Path:
        import torch
        import yaml
        from speechlab_pyannote import CONFIG, NETWORK, SEGMENTATION_WEIGHTS
        from speechlab_pyannote.upstream import quiet  # before pyannote.audio

        with quiet():
            from pyannote.audio.core.task import Problem, Resolution, Specifications
            from pyannote.audio.models.embedding import WeSpeakerResNet34

        folder = tmp_path_factory.mktemp("community")
        for name in ("segmentation", "embedding", "plda"):
            (folder / name).mkdir()
        weights = Context(folder, download=False).weights(SEGMENTATION_WEIGHTS) / NETWORK
        (folder / "segmentation" / NETWORK).symlink_to(weights)
        with torch.random.fork_rng(devices=[]), quiet():
            torch.manual_seed(3)
            network = WeSpeakerResNet34()
        network.specifications = Specifications(Problem.REPRESENTATION, Resolution.CHUNK, duration=5.0)
        saved: dict[str, Any] = {
            "state_dict": network.state_dict(),
            "hyper_parameters": dict(network.hparams),
            "pytorch-lightning_version": "2.0.0",
        }
        network.on_save_checkpoint(saved)
        torch.save(saved, folder / "embedding" / NETWORK)
        random = np.random.default_rng(3)
        big, small = 256, 128
        np.savez(
            folder / "plda" / "xvec_transform.npz",
            mean1=np.zeros(big),
            mean2=np.zeros(small),
            lda=np.linalg.qr(random.normal(size=(big, small)))[0],
        )
        np.savez(
            folder / "plda" / "plda.npz",
            mu=np.zeros(small),
            tr=np.eye(small),
            psi=np.linspace(2.0, 0.1, small),
        )
        config = {
            "dependencies": {"pyannote.audio": "4.0.0"},
            "pipeline": {
                "name": "pyannote.audio.pipelines.SpeakerDiarization",
                "params": {
                    "clustering": "VBxClustering",
                    "segmentation": "$model/segmentation",
                    "segmentation_batch_size": 32,
                    "embedding": "$model/embedding",
                    "embedding_batch_size": 32,
                    "embedding_exclude_overlap": True,
                    "plda": "$model/plda",
                }
                | changed,
            },
            "params": {
                "clustering": {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8},
                "segmentation": {"min_duration_off": 0.0},
            },
        }
        (folder / CONFIG).write_text(yaml.safe_dump(config), encoding="utf-8")
        return folder

    return built
