"""What is told of a model before it is loaded: its languages, and whether it can be used at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import speechlab_ctranslate2
from speechlab_ctranslate2 import DEFAULT, CTranslate2Params, reach
from speechlab_ctranslate2.known import FLORES, M2M100
from speechlab_ctranslate2.reach import named
from speechlab_ctranslate2.sources import Source
from speechlab_ctranslate2.store import fetched
from speechlab_ctranslate2.tongues import converted as tongues_of

from speechlab import Context, EngineSpec, EngineUnavailable, Languages, Ways

Build = Callable[[str], Path]
Hub = Callable[[str, Path], Path]


@pytest.fixture
def spec() -> EngineSpec:
    [found] = _registered()
    return found


def _registered() -> list[EngineSpec]:
    found: list[EngineSpec] = []
    speechlab_ctranslate2.register_engines(found.append)
    return found


def ways(model: str, context: Context) -> list[Ways]:
    return list(reach.ways(CTranslate2Params(model=model), context))


@pytest.mark.parametrize(
    ("name", "sources", "targets", "cost"),
    [
        ("nllb-200-tiny", "en fr pt zh zh-Hant", "en fr pt zh zh-Hant", 1.0),
        ("m2m100-tiny", " ".join(Languages(M2M100)), " ".join(Languages(M2M100)), 1.5),
        ("opus-mt-en-fr", "en", "fr", 1.0),
        ("opus-mt-en-ROMANCE", "en", "fr pt-BR es", 1.0),
        ("opus-mt-ROMANCE-en", "it ca no pt", "en", 1.0),
    ],
)
def test_a_model_tells_its_languages(
    checkpoint: Build, converted: Build, context: Context, name: str, sources: str, targets: str, cost: float
) -> None:
    """The same before it is converted and once it is."""
    for folder in (checkpoint(name), converted(name)):
        [told] = ways(str(folder), context)
        assert (set(told.sources), set(told.targets)) == (set(sources.split()), set(targets.split()))
        assert (told.cost, told.here) == (cost, True)


def test_a_checkpoint_of_the_hub_is_here_only_whole_and_where_it_can_be_converted(
    hub: Hub, checkpoint: Build, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = hub("lab/opus-mt-en-fr", checkpoint("opus-mt-en-fr"))
    assert ways("lab/opus-mt-en-fr", context) == [Ways(("en",), ("fr",))]
    with monkeypatch.context() as patched:
        patched.setattr(reach, "can_convert", lambda: False)
        assert ways("lab/opus-mt-en-fr", context) == []
    (snapshot / "model.safetensors").unlink()
    assert ways("lab/opus-mt-en-fr", context) == []
    allowed = Context(context.home, download=True)
    assert ways("lab/opus-mt-en-fr", allowed) == [Ways(("en",), ("fr",), here=False)]


def test_what_is_not_here_is_told_by_its_name_where_it_may_be_fetched(hub: Hub, context: Context) -> None:
    allowed = Context(context.home, download=True)
    [told] = ways(DEFAULT, allowed)
    assert not told.here
    assert len(told.sources) == len(set(told.sources)) == 202
    assert {"en", "pt", "zh", "zh-Hant", "yue", "sw", "ar"} <= set(told.sources)
    assert ways(DEFAULT, context) == []
    assert ways("lab/something-else", allowed) == []
    assert ways("./nowhere", context) == []


def test_nothing_heavy_is_imported_to_tell_it(
    spec: EngineSpec, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for heavy in ("ctranslate2", "torch", "transformers", "tokenizers", "sentencepiece"):
        monkeypatch.setitem(__import__("sys").modules, heavy, None)
    assert spec.leads(CTranslate2Params(), Context(context.home, download=True))


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("facebook/nllb-200-3.3B", ("nllb", FLORES, FLORES)),
        ("OpenNMT/nllb-200-distilled-1.3B-ct2-int8", ("nllb", FLORES, FLORES)),
        ("facebook/m2m100_418M", ("m2m100", M2M100, M2M100)),
        ("Helsinki-NLP/opus-mt-en-de", ("opus-mt", ("en",), ("de",))),
        ("Helsinki-NLP/opus-mt-tc-big-en-pt", ("opus-mt", ("en",), ("pt",))),
        ("Helsinki-NLP/opus-mt-en-ROMANCE", None),
        ("lab/else", None),
    ],
)
def test_names_that_tell_languages(model: str, told: Any) -> None:
    found = named(model)
    assert (found and (found.family, found.sources, found.targets)) == told


def test_the_known_languages_are_those_of_the_checkpoints() -> None:
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as CODES
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    assert sorted(FAIRSEQ_LANGUAGE_CODES) == list(FLORES)
    assert tuple(CODES["m2m100"]) == M2M100


def test_a_vocabulary_of_lines_tells_languages_too(converted: Build, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(converted("opus-mt-en-ROMANCE"), folder)
    told = tongues_of(folder, "old")
    tokens = json.loads((folder / "shared_vocabulary.json").read_text())
    (folder / "languages.json").unlink()
    (folder / "shared_vocabulary.json").unlink()
    with pytest.raises(EngineUnavailable, match="no vocabulary"):
        tongues_of(folder, "old")
    (folder / "shared_vocabulary.txt").write_text("\n".join(tokens))
    assert tongues_of(folder, "old") == told


def test_files_that_are_no_json_are_refused(tmp_path: Path, context: Context) -> None:
    for told in ("{", "[]"):
        (tmp_path / "config.json").write_text(told)
        with pytest.raises(EngineUnavailable, match=r"config\.json") as refused:
            fetched(Source(str(tmp_path)), "int8", context)
        assert refused.value.hint


def test_the_card_names_the_default_weights(spec: EngineSpec) -> None:
    [weights] = spec.weights
    assert (weights.hub, spec.params().model) == (DEFAULT, DEFAULT)
    assert "CC-BY-NC" in spec.weights_license
