"""Where models come from: a checkpoint is converted once, what was converted elsewhere is taken as it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from speechlab_ctranslate2 import CTranslate2Options, CTranslate2Params, conversion, store
from speechlab_ctranslate2.engine import CTranslate2

from speechlab import Context, EngineUnavailable, Lab
from speechlab.testing import no_sockets

Build = Callable[[str], Path]
Hub = Callable[[str, Path], Path]
TEXTS = ["Hello world, how are you today?", "The museum is closed."]


def translated(model: str, context: Context, **params: object) -> list[str]:
    engine = CTranslate2(CTranslate2Params.model_validate({"model": model, "device": "cpu", **params}), context)
    try:
        return engine.translate(TEXTS, "en", "fr", CTranslate2Options(beam_size=1))
    finally:
        engine.close()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Conversions in this process, where torch is imported already; what was converted."""
    done: list[str] = []

    def run(arguments: list[str], errors: Path, source: object, context: Context) -> None:
        checkpoint, folder, quantization, name, of = arguments
        conversion.convert(Path(checkpoint), Path(folder), quantization, name, of=of)
        done.append(f"{name} {quantization}")

    monkeypatch.setattr(store, "_run", run)
    return done


def test_a_checkpoint_of_the_hub_is_converted_once_by_a_process_of_its_own(
    hub: Hub, checkpoint: Build, converted: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub("lab/nllb-200-tiny", checkpoint("nllb-200-tiny"))
    told: list[str] = []
    context = Context(tmp_path / "home", download=False, report=told.append)
    with no_sockets():
        first = translated("lab/nllb-200-tiny", context)
    assert told[0].startswith("converting lab/nllb-200-tiny to int8, once")
    assert [line.rpartition(": ")[2] for line in told[1:]] == ["reading the weights", "quantizing and writing"]
    monkeypatch.setattr(subprocess, "Popen", None)
    shutil.rmtree(tmp_path / "hub")
    assert translated("lab/nllb-200-tiny", context) == first, "what was converted outlives the checkpoint"
    [folder] = (tmp_path / "home" / "ctranslate2").iterdir()
    assert folder.name == "lab--nllb-200-tiny-int8"
    whole = converted("nllb-200-tiny") / "model.bin"
    assert (folder / "model.bin").stat().st_size < whole.stat().st_size


@pytest.mark.parametrize("name", ["m2m100-tiny", "opus-mt-en-fr", "opus-mt-en-ROMANCE"])
def test_any_family_from_a_folder(checkpoint: Build, context: Context, here: list[str], name: str) -> None:
    told = translated(str(checkpoint(name)), context)
    assert any(told)
    assert translated(str(checkpoint(name)), context) == told
    assert len(here) == 1
    translated(str(checkpoint(name)), context, compute_type="float32")
    assert here[1].endswith(f"{name} float32")


def test_a_changed_checkpoint_is_converted_again(
    checkpoint: Build, context: Context, here: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "opus-mt-en-fr"
    shutil.copytree(checkpoint("opus-mt-en-fr"), folder)
    translated(str(folder), context)
    (folder / "model.safetensors").touch()
    translated(str(folder), context)
    assert len(here) == 2
    shutil.rmtree(folder)
    assert translated(str(folder), context)


def test_two_folders_of_one_name_are_two_models(
    checkpoint: Build, context: Context, here: list[str], tmp_path: Path
) -> None:
    for place in ("one", "other"):
        shutil.copytree(checkpoint("opus-mt-en-fr"), tmp_path / place / "opus-mt-en-fr")
        translated(str(tmp_path / place / "opus-mt-en-fr"), context)
    assert len(here) == 2


def test_a_converted_model_of_the_hub_needs_no_torch(
    hub: Hub, converted: Callable[..., Path], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub("lab/tiny-ct2", converted("nllb-200-tiny"))
    (folder,) = (context.home.parent / "hub").rglob("languages.json")
    folder.unlink()  # as one that others have converted
    monkeypatch.setattr(store, "can_convert", lambda: False)
    assert all(translated("lab/tiny-ct2", context))
    assert not (context.home / "ctranslate2").exists()


def test_without_torch_it_is_told_what_to_install(
    checkpoint: Build, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "CONVERTS", ("torch", "no_such_package"))
    with pytest.raises(EngineUnavailable, match="needs torch and no_such_package") as refused:
        translated(str(checkpoint("nllb-200-tiny")), context)
    assert "speechlab-ctranslate2[convert]" in refused.value.hint


def test_what_cannot_be_converted_is_refused_and_leaves_nothing(checkpoint: Build, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="nllb-moe could not be converted: ValueError") as refused:
        translated(str(checkpoint("nllb-moe")), context)
    assert "mixture of experts" in refused.value.hint
    assert list((context.home / "ctranslate2").iterdir()) == []


def test_running_out_of_memory_is_told_in_words(
    checkpoint: Build, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    begin = subprocess.Popen

    def popen(command: list[str], **rest: object) -> object:
        return begin([command[0], "-c", killed], **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(EngineUnavailable, match="memory runs out"):
        translated(str(checkpoint("opus-mt-en-fr")), context)


def test_whoever_comes_second_takes_what_the_first_has_made(
    checkpoint: Build, context: Context, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store._run

    def slower(arguments: list[str], *rest: object) -> None:
        monkeypatch.setattr(store, "_run", run)
        translated(str(checkpoint("opus-mt-en-fr")), context)
        run(arguments, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_run", slower)
    assert translated(str(checkpoint("opus-mt-en-fr")), context)
    assert len(here) == 2
    assert len(list((context.home / "ctranslate2").iterdir())) == 1


def test_what_is_nowhere_is_told_with_the_ways_to_get_it(hub: Hub, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="lab/nowhere") as refused:
        translated("lab/nowhere", context)
    for way in ("local folder", "hf download lab/nowhere", "allow downloads"):
        assert way in refused.value.hint
    with pytest.raises(EngineUnavailable, match="no folder"):
        translated("./nowhere", context)


def test_a_half_fetched_checkpoint_is_not_taken_for_whole(hub: Hub, checkpoint: Build, context: Context) -> None:
    (hub("lab/half", checkpoint("m2m100-tiny")) / "pytorch_model.bin").unlink()
    with pytest.raises(EngineUnavailable, match="lab/half"):
        translated("lab/half", context)


def test_a_checkpoint_that_tells_no_languages_is_refused(checkpoint: Build, context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(checkpoint("opus-mt-en-fr"), folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": config["tokenizer_class"]}))
    with pytest.raises(EngineUnavailable, match="does not tell which languages") as refused:
        translated(str(folder), context)
    assert "opus-mt-en-de" in refused.value.hint


def test_a_lab_finds_and_runs_it(checkpoint: Build, here: list[str], tmp_path: Path) -> None:
    with Lab(home=tmp_path) as lab:
        model = str(checkpoint("opus-mt-en-fr"))
        assert all(lab.translate(TEXTS, to="fr", source="en", engine="ctranslate2", model=model))
    assert len(here) == 1
