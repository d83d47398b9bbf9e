"""Pickers of languages: what their handlers change of them, and what they leave to whoever is picking meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
import pytest

from speechlab.ui.languages import Languages

NOTHING = "as it was"


def picker(first: str = "") -> Languages:
    async def made() -> Languages:  # gradio's blocks make a loop of their own where none runs
        with gr.Blocks():
            return Languages(["en", "fr"], label="Language", elem_id="language", first=first)

    return asyncio.run(made())


def picked(update: Any) -> Any:
    """What a handler makes of what is picked."""
    return update.constructor_args.get("value", NOTHING)


@pytest.mark.parametrize(
    ("value", "then"), [(["fr"], NOTHING), ([], NOTHING), (None, NOTHING), (["fr", "en"], ["fr"]), (["en"], [])]
)
def test_what_is_picked_of_several_is_left_alone_where_it_may_stay(value: list[str] | None, then: Any) -> None:
    told, update = picker().having(["fr", "pt"], value)
    assert picked(update) == then
    assert update.constructor_args["choices"] == [("fr", "fr"), ("pt", "pt")]
    assert "Portuguese" in told


@pytest.mark.parametrize(("value", "then"), [("fr", NOTHING), ("", NOTHING), (None, NOTHING), ("en", "")])
def test_what_is_picked_alone_is_left_alone_where_it_may_stay(value: str | None, then: Any) -> None:
    _, update = picker("Detect").having(["fr", "pt"], value)
    assert picked(update) == then


def test_where_nobody_knows_the_languages_any_may_stay() -> None:
    _, update = picker().having([], ["tlh"])
    assert picked(update) == NOTHING
    assert update.constructor_args["allow_custom_value"] is True


def test_what_is_to_be_shown_is_shown() -> None:
    assert picked(picker().showing(["fr", "pt"], ["fr", "en"])[1]) == ["fr"]
    assert picked(picker("Detect").showing(["fr", "pt"], "fr")[1]) == "fr"
