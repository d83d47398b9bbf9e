"""Where checkpoints come from, and which are refused: folders, the hub's cache without network, shards, pickles."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import huggingface_hub
import huggingface_hub.constants
import pytest
import torch
import transformers
from speechlab_transformers import TransformersOptions, TransformersParams, hub_weights, register_engines
from speechlab_transformers.engine import Transformers

from speechlab import Audio, ConfigError, Context, EngineUnavailable, Lab, present
from speechlab.testing import no_sockets, speech

Build = Callable[[str], Path]


def text(engine: Transformers, audio: Audio, **options: Any) -> str:
    asked = TransformersOptions(fallback="off", **options)
    return " ".join(segment.text for segment in engine.transcribe(audio, asked))


@pytest.mark.parametrize("name", ["whisper", "mms"])
@pytest.mark.parametrize("download", [False, True])
def test_a_checkpoint_in_the_hubs_cache_needs_no_network(
    hub: Callable[[str, Path], Path],
    build: Build,
    load: Callable[..., Any],
    sounds: list[Audio],
    tmp_path: Path,
    name: str,
    download: bool,
) -> None:
    hub(f"lab/tiny-{name}", build(name))
    with no_sockets():
        engine = Transformers(TransformersParams(model=f"lab/tiny-{name}"), Context(tmp_path, download=download))
        said = text(engine, sounds[1], language="fr")
    assert said
    assert said == text(load(name), sounds[1], language="fr")
    assert present(hub_weights(f"lab/tiny-{name}"), tmp_path)


def test_what_is_nowhere_is_told_with_the_ways_to_get_it(hub: Callable[[str, Path], Path], context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="lab/nowhere") as refused:
        Transformers(TransformersParams(model="lab/nowhere"), context)
    for way in ("local folder", "hf download lab/nowhere", "allow downloads"):
        assert way in refused.value.hint
    assert not present(hub_weights("lab/nowhere"), context.home)


def test_a_half_fetched_checkpoint_is_not_taken_for_whole(
    hub: Callable[[str, Path], Path], build: Build, context: Context
) -> None:
    snapshot = hub("lab/half", build("whisper"))
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(EngineUnavailable, match="lab/half"):
        Transformers(TransformersParams(model="lab/half"), context)


def test_of_a_repository_only_what_is_needed_is_fetched(
    hub: Callable[[str, Path], Path],
    build: Build,
    sounds: list[Audio],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hub that is a folder: it gives what is asked for, and remembers it in its cache."""
    repository = tmp_path / "repository"
    shutil.copytree(build("mms"), repository)
    for other in ("flax_model.msgpack", "pytorch_model.bin", "model.fp32-00001-of-00002.safetensors"):
        (repository / other).touch()
    empty = tmp_path / "empty"
    empty.mkdir()
    snapshot, told = hub("lab/mms", empty), []

    def fetch(repo_id: str, *, allow_patterns: list[str], local_files_only: bool, **_: object) -> str:
        if not local_files_only:
            for file in repository.iterdir():
                if any(fnmatch(file.name, pattern) for pattern in allow_patterns):
                    shutil.copy(file, snapshot)
        return str(snapshot)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    context = Context(tmp_path / "home", download=True, report=told.append)
    engine = Transformers(TransformersParams(model="lab/mms"), context)
    fetched = {file.name for file in snapshot.iterdir()}
    assert fetched == {file.name for file in repository.glob("*.json")} | {"model.safetensors"}
    assert text(engine, sounds[1], language="fr")
    assert {file.name for file in snapshot.iterdir()} - fetched == {"adapter.fra.safetensors"}
    assert told == ["downloading lab/mms"] * 2, "once for the checkpoint, once for the adapter"


def test_only_what_a_checkpoint_needs_is_asked_for(build: Build, sounds: list[Audio], tmp_path: Path) -> None:
    """Neither the other formats nor a thousand adapters."""
    asked: list[str] = []

    class Watching(Context):
        def weights(self, weights: Any, *, folder: str | None = None) -> Path:
            asked.extend([*weights.files, *weights.optional])
            return super().weights(weights, folder=folder)

    engine = Transformers(TransformersParams(model=str(build("mms"))), Watching(tmp_path, download=False))
    assert asked == ["config.json", "model.safetensors", "*.json", "*.txt", "*.model", "*.spm"]
    text(engine, sounds[1], language="fr")
    assert asked[6:] == ["adapter.fra.safetensors"]


def test_a_folder_that_is_not_there(context: Context, tmp_path: Path) -> None:
    for path in (str(tmp_path / "nowhere"), "./nowhere", "~/nowhere", "../no/where"):
        with pytest.raises(EngineUnavailable, match="no folder"):
            Transformers(TransformersParams(model=path), context)
    with pytest.raises(EngineUnavailable, match=r"lacks config\.json"):
        Transformers(TransformersParams(model=str(tmp_path)), context)


def test_shards_are_all_needed(build: Build, context: Context, sounds: list[Audio], tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    shutil.copytree(build("whisper_shards"), folder)
    shards = sorted(folder.glob("model-*.safetensors"))
    assert len(shards) > 1
    assert text(Transformers(TransformersParams(model=str(folder)), context), sounds[1])
    shards[-1].unlink()
    with pytest.raises(EngineUnavailable, match=shards[-1].name):
        Transformers(TransformersParams(model=str(folder)), context)


def test_pickled_weights_are_read_without_running_them(
    build: Build, load: Callable[..., Any], context: Context, sounds: list[Audio], tmp_path: Path
) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(build("whisper_pickled"), folder)
    same = text(Transformers(TransformersParams(model=str(folder)), context), sounds[1])
    assert same == text(load("whisper"), sounds[1])

    ran = tmp_path / "ran"

    class Payload:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return Path.touch, (ran,)  # type: ignore[return-value]

    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": Payload()}))
    with pytest.raises(Exception, match=r"(?i)weights"):
        Transformers(TransformersParams(model=str(folder)), context)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("config", "match"),
    [
        ({"model_type": "bert"}, "does not recognise speech: it is a bert"),
        ({"model_type": "wav2vec2", "architectures": ["Wav2Vec2ForPreTraining"]}, "it is a Wav2Vec2ForPreTraining"),
        ({"model_type": "whisper", "architectures": ["WhisperForAudioClassification"]}, "does not recognise speech"),
        ({"model_type": "voxtral"}, "wants a prompt of its own"),
        ({"model_type": "not-yet-invented"}, "cannot read the configuration"),
    ],
)
def test_what_does_not_recognise_speech_is_refused(
    build: Build, context: Context, tmp_path: Path, config: dict[str, Any], match: str
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(build("wav2vec2_untrained"), folder)
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(EngineUnavailable, match=match) as refused:
        Transformers(TransformersParams(model=str(folder)), context)
    assert refused.value.hint


def test_a_network_that_never_learnt_to_write_is_refused(build: Build, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="Wav2Vec2ForPreTraining"):
        Transformers(TransformersParams(model=str(build("wav2vec2_untrained"))), context)


def test_a_checkpoint_for_another_sample_rate_is_refused(build: Build, context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "telephone"
    shutil.copytree(build("wav2vec2"), folder)
    told = folder / "processor_config.json"
    told.write_text(told.read_text().replace("16000", "8000"))
    with pytest.raises(EngineUnavailable, match="8000 Hz"):
        Transformers(TransformersParams(model=str(folder)), context)


# -- device, precision, attention --------------------------------------------------------------------------------------


@pytest.mark.skipif(torch.accelerator.is_available(), reason="auto takes the accelerator that is here")
def test_auto_is_what_this_machine_does_best(load: Callable[..., Any]) -> None:
    model = load("whisper")._reader._model
    assert (model.device.type, model.dtype, model.config._attn_implementation) == ("cpu", torch.float32, "sdpa")


def test_precision_and_attention_can_be_chosen(load: Callable[..., Any], sounds: list[Audio]) -> None:
    engine = load("whisper", dtype="bfloat16", attention="eager", device="cpu")
    model = engine._reader._model
    assert (model.dtype, model.config._attn_implementation) == (torch.bfloat16, "eager")
    assert list(engine.transcribe(sounds[1], TransformersOptions(fallback="off"))) is not None


@pytest.mark.skipif(transformers.utils.is_flash_attn_2_available(), reason="flash attention is here")
def test_flash_attention_that_is_not_here_is_refused(build: Build, context: Context) -> None:
    params = TransformersParams(model=str(build("whisper")), attention="flash_attention_2")
    with pytest.raises(EngineUnavailable, match="flash_attention_2") as refused:
        Transformers(params, context)
    assert "auto" in refused.value.hint


@pytest.mark.parametrize("device", ["cuda:97", "abacus"])
def test_a_device_that_is_not_here_is_refused(build: Build, context: Context, device: str) -> None:
    with pytest.raises(ConfigError, match=device):
        Transformers(TransformersParams(model=str(build("whisper")), device=device), context)


# -- the cards ---------------------------------------------------------------------------------------------------------


def test_the_cards_name_the_default_weights() -> None:
    specs: list[Any] = []
    register_engines(specs.append)
    assert [spec.name for spec in specs] == [
        "asr/transformers",
        "speech-translate/transformers",
        "translate/transformers",
        "tts/mms",
        "text/punctuate",
    ]
    for spec in specs:
        [weights] = spec.weights
        assert weights == hub_weights(spec.params().model.replace("{language}", "eng"), weights.files[1])


def test_a_lab_finds_and_runs_it(build: Build) -> None:
    knobs = {"model": str(build("whisper")), "fallback": "off"}
    recording = Lab().transcribe(speech().path, engine="transformers", language="fr", **knobs)
    assert recording.transcript.language == "fr"
    assert recording.transcript.segments
