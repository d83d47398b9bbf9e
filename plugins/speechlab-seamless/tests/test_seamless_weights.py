"""Where checkpoints come from, which are refused, and what they tell before they are loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
import sentencepiece
from speechlab_seamless import SeamlessParams, SynthesisOptions, TranslationOptions, published, register_engines
from speechlab_seamless.engine import Seamless
from speechlab_seamless.ways import ways

from speechlab import ConfigError, Context, EngineSpec, EngineUnavailable, Kind, Languages, Ways, present
from speechlab.testing import fetched, no_sockets

Build = Callable[[str], Path]
LANGUAGES = ("zh", "zh-Hant", "en", "fr", "pt", "es")


def said(engine: Seamless) -> list[str]:
    return engine.translate(["good morning everybody"], "en", "pt", TranslationOptions(beam_size=1))


@pytest.fixture
def cards() -> dict[Kind, EngineSpec]:
    """All engines, by their kind."""
    found: list[EngineSpec] = []
    register_engines(found.append)
    return {card.kind: card for card in found}


@pytest.fixture
def card(cards: dict[Kind, EngineSpec]) -> EngineSpec:
    """The translator's."""
    return cards[Kind.TRANSLATE]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], Path]:
    """A hub's cache of our own, offline; called with a repository's name and its files, it gives the snapshot."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return partial(fetched, tmp_path / "hub")


@pytest.fixture
def copy(build: Build, tmp_path: Path) -> Path:
    """A tiny checkpoint to damage."""
    return Path(shutil.copytree(build("seamless"), tmp_path / "copy"))


def edit(file: Path, **values: Any) -> None:
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, **values}))


@pytest.mark.parametrize("name", ["seamless", "shards"])
@pytest.mark.parametrize("download", [False, True])
def test_a_checkpoint_in_the_hubs_cache_needs_no_network(
    hub: Callable[[str, Path], Path],
    build: Build,
    load: Callable[..., Seamless],
    tmp_path: Path,
    name: str,
    download: bool,
) -> None:
    hub("lab/tiny-seamless", build(name))
    with no_sockets():
        engine = Seamless(SeamlessParams(model="lab/tiny-seamless"), Context(tmp_path, download=download))
    assert said(engine) == said(load())


def test_a_shard_that_is_missing_is_named(hub: Callable[[str, Path], Path], build: Build, context: Context) -> None:
    snapshot = hub("lab/tiny-seamless", build("shards"))
    shard = sorted(snapshot.glob("model-*.safetensors"))[1]
    shard.unlink()
    with pytest.raises(EngineUnavailable, match="lab/tiny-seamless") as refused:
        Seamless(SeamlessParams(model="lab/tiny-seamless"), context)
    assert "hf download lab/tiny-seamless" in refused.value.hint
    assert [way.here for way in ways(SeamlessParams(model="lab/tiny-seamless"), context)] == [False]


def test_of_a_repository_only_what_is_needed_is_asked_for(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def snapshot(repository: str, *, allow_patterns: list[str], local_files_only: bool, **_: Any) -> str:
        if local_files_only:
            raise FileNotFoundError(repository)
        asked.extend(allow_patterns)
        return str(build("shards"))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    Seamless(SeamlessParams(), Context(tmp_path))
    shards = [name for name in set(asked) if name.startswith("model-")]
    assert set(asked) == {"config.json", "generation_config.json", "*.json", "*.model", *shards}
    assert sorted(shards) == sorted(path.name for path in build("shards").glob("model-*"))


def test_a_tokenizer_of_times_of_transformers_4(build: Build, context: Context) -> None:
    engine = Seamless(SeamlessParams(model=str(build("sentencepiece"))), context)
    model = sentencepiece.SentencePieceProcessor(model_file=str(build("sentencepiece") / "sentencepiece.bpe.model"))
    text = "good morning everybody"
    assert engine._checkpoint.tokens(text) == [1 + token for token in model.encode(text)]
    assert tuple(engine._checkpoint.tongues.written) == LANGUAGES
    assert said(engine)


# -- refused -----------------------------------------------------------------------------------------------------------


def test_what_is_nowhere_is_told_with_the_ways_to_get_it(hub: Any, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="facebook/seamless-m4t-v2-large") as refused:
        Seamless(SeamlessParams(), context)
    for way in ("local folder", "hf download facebook/seamless-m4t-v2-large", "allow downloads"):
        assert way in refused.value.hint


def test_another_model_is_refused_before_it_is_read(copy: Path, context: Context) -> None:
    edit(copy / "config.json", model_type="seamless_m4t")
    (copy / "model.safetensors").write_bytes(b"")
    with pytest.raises(EngineUnavailable, match="is a seamless_m4t, no SeamlessM4T v2") as refused:
        Seamless(SeamlessParams(model=str(copy)), context)
    assert "facebook/seamless-m4t-v2-large" in refused.value.hint


@pytest.mark.parametrize("named", [True, False])
def test_a_part_of_the_model_is_refused(build: Build, tmp_path: Path, context: Context, named: bool) -> None:
    """Its missing weights would be made up."""
    folder = Path(shutil.copytree(build("ears"), tmp_path / "ears"))
    if not named:
        edit(folder / "config.json", architectures=None)
    with pytest.raises(EngineUnavailable, match="but a part of SeamlessM4T v2"):
        Seamless(SeamlessParams(model=str(folder)), context)


@pytest.mark.parametrize("codes", [{}, {"eng": 7, "fra": 8}])
def test_languages_that_the_tokenizer_does_not_know_are_none(
    copy: Path, context: Context, codes: dict[str, int]
) -> None:
    edit(copy / "generation_config.json", text_decoder_lang_to_code_id=codes)
    with pytest.raises(EngineUnavailable, match="does not tell which languages it knows"):
        Seamless(SeamlessParams(model=str(copy)), context)


def test_a_checkpoint_that_tells_of_no_vocoder_writes_and_does_not_speak(copy: Path, context: Context) -> None:
    edit(copy / "generation_config.json", vocoder_lang_code_to_id={})
    engine = Seamless(SeamlessParams(model=str(copy)), context)
    assert said(engine)
    assert engine.voices() == ()
    with pytest.raises(ConfigError, match="does not speak it"):
        engine.synthesize("hello", None, SynthesisOptions(language="en"))


def test_a_device_that_is_not_there(build: Build, context: Context) -> None:
    with pytest.raises(ConfigError, match="there is no device 'cuda:99' here"):
        Seamless(SeamlessParams(model=str(build("seamless")), device="cuda:99"), context)


# -- ways --------------------------------------------------------------------------------------------------------------


def test_its_ways_are_told_by_its_configuration(card: EngineSpec, build: Build, context: Context) -> None:
    assert card.leads(SeamlessParams(model=str(build("seamless"))), context) == (Ways.among(LANGUAGES),)


def test_what_is_heard_may_be_written_in_all_and_spoken_in_some(
    cards: dict[Kind, EngineSpec], build: Build, context: Context
) -> None:
    params = SeamlessParams(model=str(build("seamless")))
    assert cards[Kind.SPEECH_TRANSLATE].leads(params, context) == (Ways.among(LANGUAGES),)
    assert cards[Kind.INTERPRET].leads(params, context) == (Ways(LANGUAGES, ("en", "fr", "es")),)
    [known] = cards[Kind.INTERPRET].leads(SeamlessParams(), context)
    assert (len(known.sources), len(known.targets), known.here) == (98, 36, False)


def test_without_weights_its_ways_are_not_here(card: EngineSpec, copy: Path, context: Context) -> None:
    (copy / "model.safetensors").unlink()
    assert card.leads(SeamlessParams(model=str(copy)), context) == (Ways.among(LANGUAGES, here=False),)


def test_of_the_published_one_the_ways_are_known_and_of_others_not(
    card: EngineSpec, hub: Any, context: Context
) -> None:
    [known] = card.leads(SeamlessParams(), context)
    assert (known.here, len(known.sources), known.sources) == (False, 98, known.targets)
    assert {"en", "pt", "zh-Hant", "yue", "nb", "nn", "ary"} < set(known.sources)
    assert card.leads(SeamlessParams(model="somebody/else"), context) == ()
    assert card.leads(SeamlessParams(model="/no/such/folder"), context) == ()
    assert not present(card.weights[0], context.home)


def test_what_is_spoken_is_written_too_and_each_speaker_has_one_language() -> None:
    assert tuple(Languages(published.WRITTEN)) == published.WRITTEN
    assert tuple(Languages(published.SPEAKERS)) == published.SPOKEN
    assert set(published.SPOKEN) < set(published.WRITTEN)
    numbers = [number for speakers in published.SPEAKERS.values() for number in speakers]
    assert sorted(numbers) == list(range(75))
