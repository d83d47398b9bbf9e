"""Translation: NLLB, its mixture of experts, M2M-100 and Opus-MT, told the right languages, and no text lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_transformers import TransformersParams, TranslateOptions, TranslateParams, hub_weights, translation
from speechlab_transformers.engine import Transformers
from speechlab_transformers.files import PICKLED
from speechlab_transformers.quiet import quiet
from speechlab_transformers.translation import Translate
from speechlab_transformers.ways import leads

from speechlab import ConfigError, Context, EngineFailed, EngineUnavailable, Ways, present
from speechlab.testing import no_sockets

Build = Callable[[str], Path]
Load = Callable[..., Translate]
GREEDY = {"beam_size": 1, "no_repeat_ngram_size": 1}  # the second keeps random weights from saying one thing for ever
TEXTS = ["Good morning.", "How are you today?", "The quick brown fox jumps over the lazy dog, and nobody knows why."]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights never end a sentence, so little room has to do."""
    monkeypatch.setattr(translation, "MOST", 1)
    monkeypatch.setattr(translation, "AT_LEAST", 4)


@pytest.fixture(scope="session")
def translator(build: Build, context: Context) -> Load:
    @cache
    def loaded(name: str, **params: Any) -> Translate:
        return Translate(TranslateParams(model=str(build(name)), **params), context)

    return loaded


def written(engine: Translate, source: str | None, target: str, *texts: str, **options: Any) -> list[str]:
    return engine.translate(texts or TEXTS, source, target, TranslateOptions(**{**GREEDY, **options}))


CASES = {  # source and target as BCP-47, and what transformers has to be told by hand
    "nllb": ("en-GB", "pt-BR", {"src_lang": "eng_Latn"}, "", "por_Latn"),
    "nllb_moe": ("en", "zh-TW", {"src_lang": "eng_Latn"}, "", "zho_Hant"),
    "m2m100": ("en", "nso", {"src_lang": "en"}, "", "__ns__"),
    "marian": ("en", "fr", {}, "", None),
    "marian_family": ("en", "pt-BR", {}, ">>pob<< ", None),
    "marian_into_one": ("pt", "en", {}, "", None),
}


@pytest.mark.parametrize("name", CASES)
def test_it_writes_what_transformers_writes_by_hand(translator: Load, build: Build, name: str) -> None:
    source, target, how, prefix, first = CASES[name]
    with quiet(), torch.inference_mode():
        tokenizer = transformers.AutoTokenizer.from_pretrained(build(name), **how)
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(build(name)).eval()
        said = []
        for text in TEXTS:
            inputs = tokenizer(prefix + text, return_tensors="pt")
            bound = 4 + inputs.input_ids.shape[1]
            begin = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(first)} if first else {}
            rows = model.generate(**inputs, **begin, num_beams=1, no_repeat_ngram_size=1, max_new_tokens=bound)
            said.append(tokenizer.decode(rows[0, 2 if first else 1 :], skip_special_tokens=True).strip())
    assert len(set(said)) == 3, "the texts must differ for this test to tell anything"
    assert written(translator(name), source, target, batch_size=1) == said


@pytest.mark.parametrize("name", ["nllb", "nllb_moe", "m2m100"])
def test_both_languages_are_told(translator: Load, name: str) -> None:
    engine = translator(name)
    pairs = [("en", "pt"), ("en", "fr"), ("pt", "fr"), ("zh", "fr")]
    told = {pair: tuple(written(engine, *pair)) for pair in pairs}
    assert len(set(told.values())) == len(pairs)
    assert tuple(written(engine, "en", "pt")) == told["en", "pt"], "what other languages left behind must not be heard"


def test_the_language_to_write_is_told_to_a_family(translator: Load) -> None:
    assert written(translator("marian_family"), "en", "fr") != written(translator("marian_family"), "en", "pt-BR")


@pytest.mark.parametrize("name", ["nllb", "nllb_moe", "m2m100", "marian"])
def test_a_batch_gives_what_each_text_alone_gives(translator: Load, name: str) -> None:
    engine = translator(name)
    texts = [*TEXTS, "", "Good morning.", "dog"]
    alone = [written(engine, "en", "fr", text)[0] for text in texts]
    for size in (1, 3, 8):
        together = written(engine, "en", "fr", *texts, batch_size=size)
        for text, one in zip(together, alone, strict=True):
            assert text.startswith(one)
            assert len(text) - len(one) < 8  # Marian's last token is given to the end of text where nothing is longer


def test_more_beams_are_another_search(translator: Load) -> None:
    assert written(translator("nllb"), "en", "fr", beam_size=4) != written(translator("nllb"), "en", "fr")


def test_texts_of_like_length_go_together(translator: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, shapes = translator("nllb"), []
    generate = engine._model.generate

    def watched(**inputs: Any) -> Any:
        shapes.append(inputs["attention_mask"].sum(1).tolist())
        return generate(**inputs)

    monkeypatch.setattr(engine._model, "generate", watched)
    texts = ["dog " * (1 + number % 5) for number in range(20)]
    written(engine, "en", "fr", *texts, batch_size=4)
    assert [len(set(lengths)) for lengths in shapes] == [1] * 5


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "🙂", "🙂 🙂", "日本"])
@pytest.mark.parametrize("name", ["nllb", "m2m100", "marian", "marian_family"])
def test_what_holds_nothing_that_it_can_read_stays_as_it_is(translator: Load, name: str, text: str) -> None:
    assert written(translator(name), "en", "fr", text) == [text]


def test_no_texts_are_no_work(translator: Load) -> None:
    assert translator("nllb").translate([], "en", "fr", TranslateOptions()) == []


# -- nothing is lost ---------------------------------------------------------------------------------------------------


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch, translator: Load) -> Callable[[str], list[int]]:
    """A network that writes what it reads; gives the lengths that it was asked to read."""

    def taught(name: str) -> list[int]:
        engine, seen = translator(name), []

        def generate(input_ids: torch.Tensor, attention_mask: torch.Tensor, **how: Any) -> torch.Tensor:
            seen.append(input_ids.shape[1])
            opening = [how["forced_bos_token_id"]] * 2 if "forced_bos_token_id" in how else [0]
            return torch.cat([torch.tensor([opening] * len(input_ids)), input_ids], 1)

        monkeypatch.setattr(engine._model, "generate", generate)
        return seen

    return taught


@pytest.mark.parametrize("name", ["nllb", "m2m100", "marian"])
def test_ten_thousand_characters_come_through_whole(
    translator: Load, echo: Callable[[str], list[int]], name: str
) -> None:
    lengths = echo(name)
    text = " ".join(f"{number} dogs and {number * 7} foxes;" for number in range(450))
    assert len(text) > 10_000
    assert written(translator(name), "en", "fr", text) == [text]
    assert len(lengths) > 1
    assert max(lengths) <= 128


@given(words=st.lists(st.text("abcdef", min_size=1, max_size=300), max_size=12), around=st.sampled_from(["", " \n"]))
@settings(max_examples=30, deadline=None)
def test_whatever_the_length_of_its_words(translator: Load, words: list[str], around: str) -> None:
    engine = translator("nllb")
    text = around + " ".join(words) + around
    parts = list(engine._parts(0, text, engine._encoder.way("en", "fr")))
    assert "".join(part.before + part.text + part.after for part in parts) == text
    assert all(len(part.tokens) <= 126 for part in parts)


@pytest.mark.parametrize("name", ["nllb", "m2m100", "marian"])
def test_what_looks_like_a_special_token_is_text(translator: Load, echo: Callable[[str], list[int]], name: str) -> None:
    echo(name)
    for text in ("eng_Latn is a code", "a </s> b", "it is <pad> there", "so __fr__ it is"):
        assert written(translator(name), "en", "fr", text) == [text]


def test_a_quotation_is_no_language(translator: Load, echo: Callable[[str], list[int]]) -> None:
    """Opus-MT's tokenizer would take all of it for one unknown token."""
    echo("marian")
    assert written(translator("marian"), "en", "fr", ">>Good morning<< said she") == [">>Good morning<< said she"]


@pytest.mark.parametrize("name", ["nllb", "m2m100", "marian"])
@pytest.mark.parametrize("odd", ["\ud83d", "\x00", "\x1b[31m", "\u202e", "\ufeff"])
def test_damaged_text_stops_nobody(translator: Load, name: str, odd: str) -> None:
    first, second = written(translator(name), "en", "fr", f"Good {odd} morning.", "dog", batch_size=1)
    assert first
    assert [second] == written(translator(name), "en", "fr", "dog")


# -- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "target", "match", "hint"),
    [
        ("nllb", "en", "de", "does not translate into 'de'", "it knows en, fr, pt, zh"),
        ("nllb", "de", "en", "does not translate from 'de'", "it knows en, fr, pt, zh"),
        ("nllb", "en", "klingon", "does not translate into 'klingon'", "write it as en"),
        ("nllb", None, "fr", "which language the text is in", 'source = "en"'),
        ("nllb", "pt-BR", "pt", "in pt already", "another language"),
        ("m2m100", "en", "haw", "does not translate into 'haw'", "it knows 100 others"),
        ("marian", "de", "fr", "does not translate from 'de'", "it knows en"),
        ("marian", "en", "pt", "does not translate into 'pt'", "it knows fr"),
        ("marian_family", "en", "it", "does not translate into 'it'", "it knows es-MX, fr, pt-BR"),
        ("marian_into_one", "en", "en", "in en already", "another language"),
    ],
)
def test_a_language_that_it_does_not_know_is_refused(
    translator: Load, name: str, source: str | None, target: str, match: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=match) as refused:
        written(translator(name), source, target)
    assert hint in refused.value.hint


def test_one_source_need_not_be_told(translator: Load) -> None:
    assert written(translator("marian"), None, "fr") == written(translator("marian"), "en", "fr")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("nllb_nameless", "does not tell which languages"),
        ("nllb_unknown", "does not know the languages of its own checkpoint"),
        ("whisper", "it is a WhisperForConditionalGeneration"),
    ],
)
def test_a_checkpoint_that_cannot_is_refused(build: Build, context: Context, name: str, match: str) -> None:
    with pytest.raises(EngineUnavailable, match=match) as refused:
        Translate(TranslateParams(model=str(build(name))), context)
    assert refused.value.hint


def test_a_translator_of_text_does_not_recognise_speech(build: Build, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="does not recognise speech"):
        Transformers(TransformersParams(model=str(build("nllb"))), context)


@pytest.mark.parametrize(
    ("name", "first", "codes"),
    [("nllb_pickled", "eng_Latn", ["en", "fr", "pt", "zh", "zh-Hant"]), ("m2m100_old", "__af__", ["af", "am", "ar"])],
)
def test_languages_are_the_tokens_behind_the_vocabulary(
    translator: Load, name: str, first: str, codes: list[str]
) -> None:
    """As the networks learnt them, in the layout that the hub has them in."""
    engine = translator(name)
    begin = engine._tokenizer.convert_tokens_to_ids(first)
    assert begin == max(set(engine._tokenizer.get_vocab().values()) - set(range(begin, 1000))) + 1
    assert [engine._encoder.way("pt", code).target for code in codes if code != "pt"] == [
        begin + number for number, code in enumerate(codes) if code != "pt"
    ]


# -- ways --------------------------------------------------------------------------------------------------------------


def test_ways_are_read_from_the_checkpoint(build: Build, context: Context) -> None:
    def told(name: str) -> list[Ways]:
        return leads(TranslateParams(model=str(build(name))), context)

    five = ("en", "fr", "pt", "zh", "zh-Hant")
    assert told("nllb") == told("nllb_moe") == told("nllb_pickled") == [Ways.among(five)]
    [many] = told("m2m100")
    assert (len(many.sources), many.here, "pt" in many.targets) == (100, True, True)
    assert told("marian") == [Ways(("en",), ("fr",))]
    assert told("marian_family") == [Ways(("en",), ("fr", "pt-BR", "es-MX"))]
    assert told("marian_into_one") == [], "nobody knows what it reads"


def test_ways_of_what_is_not_here_are_known_by_its_name(
    hub: Callable[[str, Path], Path], build: Build, context: Context
) -> None:
    def told(model: str) -> list[Ways]:
        return leads(TranslateParams(model=model), context)

    with no_sockets():
        [default] = leads(TranslateParams(), context)
        assert (len(default.sources), default.cost, default.here) == (202, 1.0, False)
        [many] = told("facebook/m2m100_418M")
        assert len(many.targets) == 100
        assert many.cost > default.cost
        assert told("Helsinki-NLP/opus-mt-en-de") == [Ways(("en",), ("de",), here=False)]
        assert told("Helsinki-NLP/opus-mt-tc-big-tr-en") == [Ways(("tr",), ("en",), here=False)]
        for vague in ("Helsinki-NLP/opus-mt-en-ROMANCE", "Helsinki-NLP/opus-mt-mul-en", "lab/translator", "./nowhere"):
            assert told(vague) == []
        hub("facebook/nllb-200-distilled-600M", build("nllb"))
        assert leads(TranslateParams(), context) == [Ways.among(("en", "fr", "pt", "zh", "zh-Hant"))]


# -- weights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "download"),
    [("nllb", False), ("nllb_pickled", True), ("nllb_moe", False), ("m2m100_old", True), ("marian", False)],
)
def test_a_checkpoint_in_the_hubs_cache_needs_no_network(
    hub: Callable[[str, Path], Path], build: Build, translator: Load, tmp_path: Path, name: str, download: bool
) -> None:
    hub(f"lab/tiny-{name}", build(name))
    with no_sockets():
        engine = Translate(TranslateParams(model=f"lab/tiny-{name}"), Context(tmp_path, download=download))
        assert written(engine, "en", "fr") == written(translator(name), "en", "fr")


def test_of_a_repository_only_what_is_needed_is_fetched(
    hub: Callable[[str, Path], Path], build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As NLLB lies on the hub: its weights are pickled, beside others that nobody needs."""
    from fnmatch import fnmatch

    import huggingface_hub

    (tmp_path / "empty").mkdir()
    snapshot = hub("lab/nllb", tmp_path / "empty")
    repository = tmp_path / "repository"
    shutil.copytree(build("nllb_pickled"), repository)
    for other in ("flax_model.msgpack", "rust_model.ot", "sentencepiece.bpe.model.bak"):
        (repository / other).touch()

    def fetch(repo_id: str, *, allow_patterns: list[str], local_files_only: bool, **_: object) -> str:
        if not local_files_only:
            for file in repository.iterdir():
                if any(fnmatch(file.name, pattern) for pattern in allow_patterns):
                    shutil.copy(file, snapshot)
        return str(snapshot)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    Translate(TranslateParams(model="lab/nllb"), Context(tmp_path / "home", download=True))
    assert {file.name for file in snapshot.iterdir()} == {file.name for file in build("nllb_pickled").iterdir()}
    assert present(hub_weights("lab/nllb", PICKLED), tmp_path)


def test_a_mixture_of_experts_takes_the_attention_that_it_has(translator: Load, build: Build, context: Context) -> None:
    assert translator("nllb")._model.config._attn_implementation == "sdpa"
    assert translator("nllb_moe")._model.config._attn_implementation == "eager"
    with pytest.raises(EngineUnavailable, match="attention sdpa") as refused:
        Translate(TranslateParams(model=str(build("nllb_moe")), attention="sdpa"), context)
    assert "auto" in refused.value.hint


def test_half_precision_translates_too(translator: Load) -> None:
    engine = translator("nllb", dtype="bfloat16", device="cpu")
    assert engine._model.dtype == torch.bfloat16
    assert all(written(engine, "en", "fr"))


def test_a_closed_engine_says_so(build: Build, context: Context) -> None:
    engine = Translate(TranslateParams(model=str(build("nllb"))), context)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        written(engine, "en", "fr")


def test_a_full_accelerator_is_told_with_what_to_do(translator: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise torch.OutOfMemoryError("2 GiB more")

    monkeypatch.setattr(translator("nllb")._model, "generate", full)
    with pytest.raises(EngineFailed, match="3 sentences at once") as failed:
        written(translator("nllb"), "en", "fr")
    assert "batch_size" in failed.value.hint


def test_nothing_is_printed(build: Build, context: Context, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("nllb", "marian"):
        written(Translate(TranslateParams(model=str(build(name))), context), "en", "fr", "dog " * 400)
    assert capfd.readouterr() == ("", "")
