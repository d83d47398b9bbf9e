"""Which engine is meant where only its kind is named: never one that is a last resort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from speechlab import EngineSpec, EngineUnavailable, Kind, Params, hookimpl
from speechlab.plugins import Plugins
from speechlab.preferred import LAST_RESORT, preferred


class Speaking:
    """A plugin of synthesizers, by their ids: what their cards say."""

    def __init__(self, **cards: dict[str, Any]) -> None:
        self._cards = cards

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, card in self._cards.items():
            register(EngineSpec(id=id, kind=Kind.TTS, load=Params, **card))


def plugins(**cards: dict[str, Any]) -> Plugins:
    robot = {"features": frozenset({LAST_RESORT}), "languages": ("en", "cy")}
    return Plugins(Speaking(**cards, robot=robot), discover=False)


def test_a_last_resort_is_never_meant() -> None:
    assert preferred(plugins(zebra={}), Kind.TTS).id == "zebra"
    assert preferred(plugins(zebra={"languages": ("en",)}), Kind.TTS, "en").id == "zebra"


@pytest.mark.parametrize(
    ("cards", "language", "hinted"),
    [
        ({}, None, True),
        ({}, "cy", True),
        ({}, "tlh", False),
        ({"zebra": {"languages": ("en",)}}, "cy", True),
        ({"zebra": {"languages": ("en",)}}, "tlh", False),
    ],
)
def test_where_nothing_else_is_there_it_is_told(
    cards: dict[str, dict[str, Any]], language: str | None, hinted: bool
) -> None:
    with pytest.raises(EngineUnavailable) as refused:
        preferred(plugins(**cards), Kind.TTS, language)
    assert ("; or name robot, which does it poorly" in refused.value.hint) == hinted
