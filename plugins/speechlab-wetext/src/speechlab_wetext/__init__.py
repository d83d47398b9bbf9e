"""Chinese and Japanese numbers as words: what the host needs to know of the engine before it is loaded."""

from __future__ import annotations

from collections.abc import Callable

from speechlab import EngineSpec, Kind, hookimpl


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The one engine."""
    register(
        EngineSpec(
            id="wetext",
            kind=Kind.TEXT,
            load="speechlab_wetext.engine:WeText",
            features=frozenset({"spoken_form"}),
            languages=("ja", "zh"),
            requires=("kaldifst", "wetext"),
            install="speechlab-wetext",
            license="Apache-2.0",
            homepage="https://github.com/pengzhendong/wetext",
            summary="Text normalisation of Chinese and Japanese: numbers, dates, money and units as they are said.",
        )
    )
