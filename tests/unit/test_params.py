"""Parameters declared once, read by every face."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, model_validator

from speechlab import ConfigError, Params
from speechlab.params import Knob, check, knobs, nearest, unknown_key


class Some(Params):
    beam_size: Annotated[int, Field(ge=1, le=10)] = 5
    """How many beams."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where it runs."""
    language: str | None = None
    """What is spoken."""
    model: Literal["tiny", "base"] | str = "base"
    """Which model."""
    words: bool = True
    """Whether words have times."""
    rate: float = Field(0.5, gt=0, lt=1, json_schema_extra={"advanced": True})
    """How fast."""
    terms: tuple[str, ...] = ()
    """Which terms."""
    speakers: Annotated[int, Field(ge=1, le=9, json_schema_extra={"advanced": True})] | None = None
    """How many speak."""


class More(Params):
    beam_size: int = 1
    """Told twice."""
    prompt: str = ""
    """What was said before."""


def test_each_field_is_a_knob_with_its_control() -> None:
    told = {knob.name: knob for knob in knobs(Some, More)}
    assert told["beam_size"] == Knob("beam_size", "integer", 5, "How many beams.", minimum=1, maximum=10)
    assert told["device"] == Knob("device", "choice", "auto", "Where it runs.", choices=("auto", "cpu", "cuda"))
    assert told["language"] == Knob("language", "string", None, "What is spoken.", optional=True)
    assert told["model"] == Knob("model", "string", "base", "Which model.", choices=("tiny", "base"))
    assert (told["words"].type, told["terms"].type, told["prompt"].type) == ("boolean", "list", "string")
    assert told["rate"] == Knob("rate", "number", 0.5, "How fast.", minimum=0, maximum=1, advanced=True)
    assert told["speakers"] == Knob(
        "speakers", "integer", None, "How many speak.", minimum=1, maximum=9, optional=True, advanced=True
    )
    assert told["beam_size"].label == "Beam size"
    assert list(told) == ["beam_size", "device", "language", "model", "words", "rate", "terms", "speakers", "prompt"]


@pytest.mark.parametrize(
    ("values", "said", "hint"),
    [
        ({"beam_siez": 3}, "asr/some has no parameter 'beam_siez'", "did you mean 'beam_size'?"),
        ({"beam_size": 0}, "beam_size should be greater than or equal to 1, not 0", "How many beams."),
        ({"device": "gpu"}, "device should be 'auto', 'cpu' or 'cuda', not 'gpu'", "Where it runs."),
        ({"words": "perhaps"}, "words should be a valid boolean, not 'perhaps'", "Whether words have times."),
        ({"rate": float("nan")}, "rate should be a finite number, not nan", "How fast."),
        ({"rate": "x" * 5000}, f"rate should be a valid number, not '{'x' * 60}…'", "How fast."),
    ],
)
def test_what_is_wrong_is_one_sentence_with_a_hint(values: dict[str, object], said: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(Some, values, "asr/some")
    assert said in str(caught.value)
    assert caught.value.hint == hint


class Bounds(Params):
    low: float = 0.0
    """The lower end."""
    high: float = 1.0
    """The upper end."""

    @model_validator(mode="after")
    def _ordered(self) -> "Bounds":
        if self.low == 7:
            raise ConfigError("7 is taken", hint="take 8")
        if self.low == 9:
            raise KeyError("nine")
        if self.low > self.high:
            raise ValueError("low must not exceed high")
        return self


@pytest.mark.parametrize(
    ("values", "said", "hint"),
    [
        ({"low": 2.0}, "vad/some: low must not exceed high", "change low"),
        ({"low": 2.0, "high": 1.5}, "vad/some: low must not exceed high", "change low or high"),
        ({"low": 7.0}, "vad/some: 7 is taken", "take 8"),
        ({"low": 9.0}, "vad/some: its parameters could not be checked: KeyError: 'nine'", "tell the author"),
        ({5: 2.0}, "vad/some has no parameter 5", "it has: high, low"),
        ({("low",): 2.0}, "vad/some has no parameter ('low',)", "did you mean 'low'?"),
    ],
)
def test_what_is_wrong_with_all_of_them_together_is_one_sentence_too(
    values: dict[Any, object], said: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        check(Bounds, values, "vad/some")
    assert str(caught.value) == said
    assert hint in caught.value.hint


def test_a_name_that_is_no_text_has_no_nearest_and_breaks_nothing() -> None:
    assert nearest(1, ["one"], "there are") == "there are: one"
    assert str(unknown_key(1, ["one"], "asr/some")) == "asr/some has no parameter 1"
    assert nearest("LOW", ["Low"], "there are") == "did you mean 'Low'?"


def test_a_far_name_is_answered_with_all_of_them() -> None:
    assert nearest("xyz", ["one", "two"], "there are") == "there are: one, two"
    assert nearest("xyz", [], "there are") == "there are: none"
