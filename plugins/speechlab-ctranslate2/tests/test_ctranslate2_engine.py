"""The translator on tiny checkpoints: what transformers would say, whole texts, languages in their own codes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ctranslate2
import pytest
import torch
import transformers
from speechlab_ctranslate2 import CTranslate2Options, CTranslate2Params, loading
from speechlab_ctranslate2.cutting import LONGEST
from speechlab_ctranslate2.engine import ROOM, SPARE, CTranslate2

from speechlab import ConfigError, Context, EngineUnavailable, Translator

Load = Callable[..., CTranslate2]
TEXTS = ["Hello world, how are you today?", "Good morning, everybody.", "The museum"]
PAIRS = [
    ("nllb-200-tiny", "en", "pt", {"src_lang": "eng_Latn"}, "por_Latn"),
    ("m2m100-tiny", "en-GB", "pt-BR", {"src_lang": "en"}, "__pt__"),
    ("opus-mt-en-fr", "en", "fr", {}, None),
    ("opus-mt-en-ROMANCE", "en", "pt-BR", {}, None),
]


def greedy(engine: CTranslate2, texts: list[str], source: str | None, target: str, **options: Any) -> list[str]:
    return engine.translate(texts, source, target, CTranslate2Options(beam_size=1, **options))


@pytest.mark.parametrize(("name", "source", "target", "own", "first"), PAIRS)
def test_it_says_what_transformers_says(
    load: Load,
    checkpoint: Callable[[str], Path],
    name: str,
    source: str,
    target: str,
    own: dict[str, str],
    first: str | None,
) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint(name), **own)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(checkpoint(name), dtype=torch.float32)
    start = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(first)} if first else {}
    engine = load(name, compute_type="float32")
    for text in TEXTS:
        inputs = tokenizer(f">>pt_br<< {text}" if "ROMANCE" in name else text, return_tensors="pt")
        room = ROOM * inputs["input_ids"].shape[1] + SPARE
        unknown = [[tokenizer.unk_token_id], *(model.generation_config.bad_words_ids or [])]
        [ids] = model.generate(
            **inputs, **start, num_beams=1, max_new_tokens=room, max_length=None, bad_words_ids=unknown
        )
        theirs = tokenizer.decode(ids, skip_special_tokens=True)
        theirs = re.sub("<unk>|>>pt_br<<", "", theirs).strip()  # it counts neither among the special ones
        [ours] = greedy(engine, [text], source, target)
        assert ours == theirs
        assert len(ours) > 3


def test_a_language_is_told_to_the_model(load: Load) -> None:
    for name, targets in (("nllb-200-tiny", ("pt", "fr")), ("opus-mt-en-ROMANCE", ("pt-BR", "es"))):
        engine = load(name)
        one, other = (greedy(engine, TEXTS, "en", target) for target in targets)
        assert one != other
    engine = load("nllb-200-tiny")
    assert greedy(engine, TEXTS, "en", "pt") != greedy(engine, TEXTS, "fr", "pt")


def test_what_goes_together_comes_out_as_alone(load: Load) -> None:
    engine = load("nllb-200-tiny", compute_type="float32")
    texts = [*TEXTS, "", *TEXTS[::-1], "The train to the coast leaves at half past seven. " * 3]
    together = greedy(engine, texts, "en", "pt", batch_tokens=100)
    assert together == [greedy(engine, [text], "en", "pt")[0] for text in texts]


def test_options_tell(load: Load) -> None:
    engine = load("nllb-200-tiny")
    told = {
        engine.translate(TEXTS[2:], "en", "pt", CTranslate2Options(**options))[0]
        for options in (
            {},
            {"beam_size": 1},
            {"beam_size": 4, "length_penalty": 0.2},
            {"repetition_penalty": 2.0},
            {"no_repeat_ngram_size": 1},
        )
    }
    assert len(told) == 5


# -- whole texts -------------------------------------------------------------------------------------------------------


class Echo:
    """Instead of a network: it gives back what it is given, and remembers how it was asked."""

    def __init__(self, before: int = 1) -> None:
        self.before = before
        self.asked: list[list[list[str]]] = []

    def translate_batch(self, inputs: list[list[str]], target_prefix: Any = None, **_: Any) -> list[Any]:
        self.asked.append(inputs)
        prefix = target_prefix or [[]] * len(inputs)
        return [
            SimpleNamespace(hypotheses=[[*first, *one[self.before : -1]]])
            for one, first in zip(inputs, prefix, strict=True)
        ]

    def unload_model(self) -> None: ...


@pytest.fixture
def echo(load: Load, monkeypatch: pytest.MonkeyPatch) -> CTranslate2:
    """An engine that translates each word into itself."""
    engine = load("nllb-200-tiny")
    monkeypatch.setattr(engine, "_translator", Echo())
    return engine


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Good morning.\nThe museum\r\n\r\n  is closed.\n",
        "1234",
        "...",
        "\N{GRINNING FACE}",
        "Good \N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{ROCKET} morning",
        "你好",
        "The 你好 museum",
        "por_Latn </s> <s> <unk> eng_Latn",
        " ".join(f"The house with the number {number} is in our street." for number in range(1000, 1210)),
        "the museum is closed and the train leaves at seven " * 200,
        "a" * 3000,
    ],
)
def test_nothing_is_lost(echo: CTranslate2, text: str) -> None:
    assert greedy(echo, [text], "en", "pt") == [text]
    inputs = [one for some in echo._translator.asked for one in some]  # type: ignore[attr-defined]
    assert all(one[0] == "eng_Latn" and one[-1] == "</s>" and len(one) <= LONGEST + 2 for one in inputs)


def test_what_nobody_sees_goes(echo: CTranslate2) -> None:
    assert greedy(echo, ["The\x00 mus\u00adeum\ud800"], "en", "pt") == ["The museum"]


def test_equal_sentences_are_translated_once_and_long_ones_go_apart(echo: CTranslate2) -> None:
    texts = ["The museum", "Good morning, everybody.", "The museum"] * 20 + ["The train to the coast leaves."]
    assert greedy(echo, texts, "en", "pt", batch_tokens=64) == texts
    asked = echo._translator.asked  # type: ignore[attr-defined]
    assert sum(map(len, asked)) == 3
    assert all(len(some) == 1 or len(some) * len(max(some, key=len)) <= 64 + 2 * len(some) for some in asked)


def test_a_hundred_thousand_characters_take_no_time(echo: CTranslate2) -> None:
    text = "One. " * 20_000
    assert greedy(echo, [text], "en", "pt") == [text]


@pytest.mark.timeout(60)
def test_any_text_at_all(load: Load) -> None:
    engine = load("m2m100-tiny")
    texts = ["", "\N{GRINNING FACE}", "Hello.\x07", "\u202eolleh", "The museum. " * 40, "مرحبا", "x" * 1000]
    told = greedy(engine, texts, "en", "pt")
    assert told[:2] == texts[:2]
    assert all(isinstance(one, str) for one in told)
    assert greedy(engine, [], "en", "pt") == []


# -- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "target", "said", "hint"),
    [
        ("nllb-200-tiny", None, "pt", "has to be told which language", "source"),
        ("nllb-200-tiny", "en", "de", "does not know the language 'de'", "it knows en, fr, pt, zh, zh-Hant"),
        ("nllb-200-tiny", "tlh", "pt", "does not know the language 'tlh'", "it knows"),
        ("nllb-200-tiny", "en-US", "en-GB", "in en-GB already", "another language"),
        ("nllb-200-tiny", "not a language!", "pt", "is no language code", "write it as"),
        ("m2m100-tiny", "en", "la", "does not know the language 'la'", "it knows 100 others"),
        ("opus-mt-en-fr", "fr", "en", "does not know the language 'fr'", "it knows en"),
        ("opus-mt-en-ROMANCE", "en", "de", "does not know the language 'de'", "es, fr, pt"),
        ("opus-mt-ROMANCE-en", "de", "en", "does not know the language 'de'", "ca, it, no, pt"),
    ],
)
def test_refusals_are_one_sentence(
    load: Load, name: str, source: str | None, target: str, said: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        greedy(load(name), ["Hello."], source, target)
    assert hint in refused.value.hint


def test_a_model_for_one_pair_needs_no_source(load: Load) -> None:
    engine = load("opus-mt-en-fr")
    assert greedy(engine, TEXTS, None, "fr") == greedy(engine, TEXTS, "en-GB", "fr-CA")


# -- life --------------------------------------------------------------------------------------------------------------


def test_threads_share_it(load: Load) -> None:
    engine = load("nllb-200-tiny", workers=2, cpu_threads=1)
    with ThreadPoolExecutor(4) as callers:
        told = list(callers.map(lambda _: tuple(greedy(engine, TEXTS, "en", "pt")), range(8)))
    assert set(told) == {tuple(greedy(engine, TEXTS, "en", "pt"))}
    assert isinstance(engine, Translator)


def test_what_cannot_be_had_here_is_refused(converted: Callable[..., Path], context: Context, tmp_path: Path) -> None:
    model = str(converted("nllb-200-tiny"))
    with pytest.raises(ConfigError, match="int8_float16 cannot be had on this processor") as refused:
        CTranslate2(CTranslate2Params(model=model, device="cpu", compute_type="int8_float16"), context)
    assert "int8_float32" in refused.value.hint
    broken = tmp_path / "opus-mt-en-fr"
    shutil.copytree(model, broken)
    (broken / "model.bin").write_bytes(b"no model")
    with pytest.raises(EngineUnavailable, match="could not be loaded"):
        CTranslate2(CTranslate2Params(model=str(broken), device="cpu"), context)


@pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused(converted: Callable[..., Path], context: Context) -> None:
    with pytest.raises(EngineUnavailable, match="no NVIDIA GPU"):
        CTranslate2(CTranslate2Params(model=str(converted("nllb-200-tiny")), device="cuda"), context)


def test_a_gpu_without_its_libraries_gives_way_to_the_processor(
    converted: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, loads, told = converted("nllb-200-tiny"), loading._on, []

    def on(device: str, *rest: Any) -> ctranslate2.Translator:
        if device == "cuda":
            raise RuntimeError("Library libcublas.so.12 is not found")
        return loads(device, *rest)

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(loading, "_on", on)
    context = Context(tmp_path, download=False, report=told.append)
    assert greedy(CTranslate2(CTranslate2Params(model=str(folder)), context), TEXTS, "en", "pt")
    assert "libcublas" in told[0]
    with pytest.raises(EngineUnavailable, match="libcublas") as refused:
        CTranslate2(CTranslate2Params(model=str(folder), device="cuda"), context)
    assert "nvidia-cublas-cu12" in refused.value.hint
