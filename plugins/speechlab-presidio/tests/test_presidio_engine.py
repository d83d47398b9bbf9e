"""What is found, in which language, and that the result can be redacted."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
import speechlab_presidio
from hypothesis import given
from hypothesis import strategies as st
from speechlab_presidio import PresidioOptions, PresidioParams
from speechlab_presidio.passages import passages

from speechlab import ConfigError, Context, EngineUnavailable, Lab, Recording, Segment, SegmentUpdate, Word
from speechlab.runner import compose

pytestmark = pytest.mark.skipif(find_spec("presidio_analyzer") is None, reason="needs: pip install speechlab-presidio")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(tmp_path_factory.mktemp("home"), download=False)


@pytest.fixture(scope="module")
def engine(context: Context) -> Any:
    from speechlab_presidio.engine import Presidio

    return Presidio(PresidioParams(), context)


def found(engine: Any, text: str, told: str | None = "en", **options: Any) -> list[tuple[str, str]]:
    [answer] = engine.annotate([text], [told], PresidioOptions(**options))
    assert all(text[one["start"] : one["end"]] == one["text"] for one in answer["entities"])
    return [(one["kind"], one["text"]) for one in answer["entities"]]


@pytest.mark.parametrize(
    ("text", "kind", "entity"),
    [
        ("My name is John Smith.", "PERSON", "John Smith"),
        ("We met in Berlin.", "LOCATION", "Berlin"),
        ("Write to john.smith@example.com today.", "EMAIL_ADDRESS", "john.smith@example.com"),
        ("Call 212-555-0123.", "PHONE_NUMBER", "212-555-0123"),
        ("My card is 4111 1111 1111 1111.", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("It is GB82 WEST 1234 5698 7654 32.", "IBAN_CODE", "GB82 WEST 1234 5698 7654 32"),
        ("My social security number is 536-90-4399.", "US_SSN", "536-90-4399"),
        ("it is john dot smith at example dot com", "EMAIL_ADDRESS", "john dot smith at example dot com"),
        ("call five five five oh one two three", "NUMBER", "five five five oh one two three"),
        ("the number is 5 5 5 0 1 2 3", "NUMBER", "5 5 5 0 1 2 3"),
    ],
)
def test_english(engine: Any, text: str, kind: str, entity: str) -> None:
    assert (kind, entity) in found(engine, text)


@pytest.mark.parametrize("text", ["", "Yes, of course.", "I saw it at home dot.", "We are two or three."])
def test_where_there_is_nothing_an_empty_list_says_so(engine: Any, text: str) -> None:
    assert found(engine, text) == []


@pytest.mark.parametrize("language", ["fr", "zh-Hant", "xx", None])
def test_in_other_languages_what_has_a_form_of_its_own_is_found(engine: Any, language: str | None) -> None:
    assert found(engine, "Écrivez à a.dupont@exemple.fr", language, language=None) == [
        ("EMAIL_ADDRESS", "a.dupont@exemple.fr")
    ]


def test_what_goes_on_in_the_next_text_is_found_in_both(engine: Any) -> None:
    texts = ["My number is 212-555-", "0123 and my name is John", "Smith. Berlin", "Bonjour"]
    answers = engine.annotate(texts, ["en", "en", "en", "fr"], PresidioOptions())
    found = [[(one["kind"], one["text"]) for one in answer["entities"]] for answer in answers]
    assert found[0][-1][1] == "212-555-"
    assert found[1][0][1] == "0123"
    assert ("PERSON", "John") in found[1]
    assert ("PERSON", "Smith") in found[2]
    assert found[3] == []


@given(st.lists(st.tuples(st.text("ab. ", max_size=6), st.sampled_from(["en", "xx"])), max_size=8), st.data())
def test_passages_hold_each_text_once_and_lead_back_to_it(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    texts = [text for text, _ in pairs]
    made = list(passages(texts, [language for _, language in pairs]))
    assert [number for passage in made for number in passage.numbers] == list(range(len(texts)))
    for passage in made:
        start = data.draw(st.integers(0, len(passage.text)))
        end = data.draw(st.integers(start, len(passage.text)))
        parts = [texts[number][first:last] for number, first, last in passage.parts(start, end)]
        assert "".join("".join(parts).split()) == "".join(passage.text[start:end].split())


def test_kinds_allowed_words_and_the_threshold(engine: Any) -> None:
    text = "John Smith lives in Berlin."
    assert found(engine, text, kinds=("LOCATION",)) == [("LOCATION", "Berlin")]
    assert found(engine, text, allow=("Berlin",)) == [("PERSON", "John Smith")]
    assert found(engine, text, threshold=1.0) == []


def test_of_two_in_one_place_the_surer_is_told(engine: Any) -> None:
    kinds = [kind for kind, _ in found(engine, "Write to john.smith@example.com.")]
    assert kinds == ["EMAIL_ADDRESS"]


def test_a_model_that_is_not_there_is_told(context: Context) -> None:
    from speechlab_presidio.engine import Presidio

    with pytest.raises(EngineUnavailable, match="the spaCy model no_such is not here"):
        Presidio(PresidioParams(models=("de=no_such",)), context)
    lab = Lab(speechlab_presidio, discover=False)
    with pytest.raises(ConfigError, match="language=model"):
        lab.pipeline({"stage": [{"use": "text/presidio", "models": ["en_core_web_sm"]}]})


def test_without_models_names_are_not_found_but_addresses_are(context: Context) -> None:
    from speechlab_presidio.engine import Presidio

    engine = Presidio(PresidioParams(models=()), context)
    assert found(engine, "John Smith, john@example.com") == [("EMAIL_ADDRESS", "john@example.com")]


def test_a_pipeline_can_be_written_redacted() -> None:
    text = "My name is John Smith, call 212-555-0123 please."
    words = tuple(Word(n, n + 0.5, text=one) for n, one in enumerate(text.split()))
    said = SegmentUpdate(segment=Segment(0, len(words), text=text, id="s1", language="en", words=words))
    lab = Lab(speechlab_presidio, discover=False)
    recording = Recording.of(compose(lab.pipeline({"stage": [{"use": "text/presidio"}]}), [said], lab.pool))
    assert recording.transcript.text == text
    assert lab.render(recording, "txt", redact=True) == b"My name is [PERSON], call [PHONE_NUMBER] please.\n"
    assert b"Smith" not in lab.render(recording, "json", redact=True)
