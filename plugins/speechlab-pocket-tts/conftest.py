"""Tiny networks of Pocket TTS with random weights, made here and stored as the hub stores the real ones, so that the
same code loads them. What they say is noise, as long as the text."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speechlab_pocket_tts import PocketOptions

from speechlab import Audio, Consent, Context
from speechlab.testing import one_thread

if any(find_spec(name) is None for name in ("torch", "pocket_tts")):
    collect_ignore_glob = ["src/speechlab_pocket_tts/[a-z]*.py", "tests/*"]  # all else needs them

CORPUS = [
    "the quick brown fox jumps over the lazy dog",
    "Good morning. The old lighthouse stands at the end of the harbor. Ja! Yes; 12, 7:30? One: two...",
]
CONSENT = Consent("Ada", "my own voice", "2026-01-01T00:00:00+00:00")
GATED, OPEN, REVISION = "kyutai/pocket-tts", "kyutai/pocket-tts-without-voice-cloning", "c0ffee" + "0" * 34


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one's own with English and German, each with a voice."""
    import torch

    root = tmp_path_factory.mktemp("tiny")
    with torch.random.fork_rng(devices=[]):
        for seed, (language, voice) in enumerate((("english", "alba"), ("german", "juergen"))):
            torch.manual_seed(seed)
            _network(root / "languages" / language, voice)
    return root


@pytest.fixture
def hub(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts the tiny networks where the hub's cache would have them, of the open repository or of the gated one; the
    package's own configurations are those of the tiny ones."""
    import yaml
    from speechlab_pocket_tts import checkpoints

    configs = tmp_path / "configs"
    configs.mkdir()
    for name in (*checkpoints.NAMES.values(), *checkpoints.LARGE.values()):
        own = tiny / "languages" / ("german" if name == "german" else "english")
        config = yaml.safe_load((own / "config.yaml").read_text())
        place = f"languages/{name}"
        config["weights_path"] = f"hf://{GATED}/{place}/model.safetensors@{REVISION}"
        config["weights_path_without_voice_cloning"] = f"hf://{OPEN}/{place}/model.safetensors@{REVISION}"
        config["flow_lm"]["lookup_table"]["tokenizer_path"] = f"hf://{OPEN}/{place}/tokenizer.json@{REVISION}"
        (configs / f"{name}.yaml").write_text(yaml.safe_dump(config))
    monkeypatch.setattr(checkpoints, "CONFIGS", configs)
    monkeypatch.setattr(
        checkpoints,
        "get_predefined_voice",
        lambda language, name: f"hf://{OPEN}/languages/{language}/embeddings/{name}.safetensors@{REVISION}",
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))

    def put(*repositories: str) -> None:
        for repository in repositories:
            snapshot = tmp_path / "hub" / f"models--{repository.replace('/', '--')}" / "snapshots" / REVISION
            shutil.copytree(tiny, snapshot)
            for file in [*snapshot.rglob("*.*")]:
                if file.suffix == ".yaml" or (repository == GATED and file.name != "model.safetensors"):
                    file.unlink()

    return put


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path / "home", download=False)


@pytest.fixture(scope="session")
def engine(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The engine on the tiny networks in their folder; it has learnt nothing yet."""
    from speechlab_pocket_tts import PocketParams
    from speechlab_pocket_tts.engine import PocketTts

    return PocketTts(PocketParams(folder=str(tiny)), Context(tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture
def said() -> Callable[..., Audio]:
    """What an engine says, whole."""

    def say(engine: Any, text: str, voice: str | None = None, **options: Any) -> Audio:
        return Audio.join(engine.synthesize(text, voice, PocketOptions(**options)))

    return say


@pytest.fixture(scope="session")
def clip() -> Audio:
    """Two seconds that somebody might have spoken."""
    random = np.random.default_rng(1)
    swell = 0.5 + 0.5 * np.sin(np.arange(32_000) * 2 * np.pi * 3 / 16_000)
    return Audio((0.2 * swell * random.standard_normal(32_000)).astype(np.float32), 16_000, 5.0)


def _network(folder: Path, voice: str) -> None:
    import pocket_tts
    import safetensors.torch
    import torch
    import yaml
    from speechlab_pocket_tts.quiet import undisturbed
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    folder.mkdir(parents=True)
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=150, special_tokens=["<unk>"], show_progress=False)
    )
    tokenizer.save(str(folder / "tokenizer.json"))

    config = yaml.safe_load((Path(pocket_tts.__file__).parent / "config" / "english.yaml").read_text())
    del config["weights_path"], config["weights_path_without_voice_cloning"]  # without them, weights are random
    flow, mimi = config["flow_lm"], config["mimi"]
    flow["flow"].update(depth=1, dim=16)
    flow["transformer"].update(d_model=32, num_heads=2, num_layers=1)
    flow["lookup_table"].update(
        dim=32, n_bins=tokenizer.get_vocab_size(), tokenizer_path=str(folder / "tokenizer.json")
    )
    mimi["outer_dim"] = mimi["quantizer"]["output_dimension"] = 32
    mimi["seanet"].update(dimension=32, n_filters=4)
    mimi["transformer"].update(
        d_model=32, num_heads=2, num_layers=1, dim_feedforward=32, input_dimension=32, output_dimensions=[32]
    )
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with undisturbed():
        model = pocket_tts.TTSModel.load_model(config=folder / "config.yaml")
    with torch.no_grad():
        model.flow_lm.speaker_proj_weight.normal_()  # zeros, where nothing was loaded
        for weight in model.flow_lm.flow_net.parameters():
            weight.normal_(std=0.3)  # zeros in part, so that what it says would depend on nothing
        model.flow_lm.out_eos.bias.fill_(-1e6)  # it never ends by itself, so that it speaks as long as the text is
    safetensors.torch.save_file(model.state_dict(), folder / "model.safetensors")
    (folder / "embeddings").mkdir()
    state = model.get_state_for_audio_prompt(torch.randn(1, 24_000) * 0.1)
    pocket_tts.export_model_state(state, folder / "embeddings" / f"{voice}.safetensors")
