"""Text to text: each settled segment once more in another language, under the same id."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import Field, field_validator

from ..languages import standard
from ..params import Params
from ..translation import Becomes, Identify, glossary
from .base import Flow, Lift, Making, Scope, Stage
from .settled import on_settled
from .translating import Translating
from .while_said import while_said


class TranslateStage(Params):
    """The host's own options around every translator."""

    to: tuple[str, ...] = ("en",)
    """Languages to translate into, as BCP-47 codes."""
    source: str | None = None
    """Language of the text; empty for what each segment says of itself, or else for how it reads."""
    identify: Identify = "unknown"
    """When to look at the text itself for its language: where nobody told it (unknown), in each segment even where
    somebody did, since speakers switch between languages (always), or not at all (never)."""
    glossary: Annotated[dict[str, str | dict[str, str]] | None, Field(json_schema_extra={"owner": True})] = None
    """Terms and what becomes of each, such as {Ada = "", "speech lab" = "laboratório de fala"}: what becomes nothing
    stays as it is; or a .toml, .csv or .tsv file of them."""
    whole_sentences: bool = True
    """Translate a sentence that goes on from one segment to the next as a whole, and share the translation out to them;
    live, each segment is translated by itself."""
    tentative: bool = False
    """Live, also translate what is still being said, where there is time for it."""
    batch: Annotated[int, Field(ge=100, le=100_000, json_schema_extra={"advanced": True})] = 2000
    """Characters that are given to the translator at once: more is faster on some engines, and is shown later."""

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        languages = [value] if isinstance(value, str) else value
        if not isinstance(languages, list | tuple) or not languages or not all(languages):
            raise ValueError("name at least one language")
        return tuple(dict.fromkeys(standard(one) if isinstance(one, str) else one for one in languages))

    @field_validator("source", mode="before")
    @classmethod
    def _standard(cls, value: object) -> object:
        return standard(value) if isinstance(value, str) and value else value or None

    @field_validator("glossary", mode="before")
    @classmethod
    def _terms(cls, value: object) -> dict[str, Becomes] | None:
        return glossary(value) or None


def make(making: Making) -> Stage:
    """A stage that translates what is settled; what the guard suspects is left alone."""
    translating = Translating(making)
    if not making.live:
        return on_settled(making, translating.settled)
    if making.lift.source:
        translating.prepare(making.lift.source)
    return partial(while_said, making, translating)


LIFT = Lift(make, TranslateStage, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.TRANSLATIONS}))
