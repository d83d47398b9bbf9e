"""Numbers as words: what the host needs to know of the engine before it is loaded."""

from __future__ import annotations

from collections.abc import Callable

from speechlab import EngineSpec, Kind, hookimpl

LANGUAGES = (
    "ca",
    "cs",
    "da",
    "de",
    "en",
    "es",
    "fi",
    "fr",
    "hu",
    "id",
    "is",
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
    "uk",
)
"""The languages of which num2words writes whole numbers and fractions right, and Babel knows units and dates."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The one engine."""
    register(
        EngineSpec(
            id="num2words",
            kind=Kind.TEXT,
            load="speechlab_num2words.engine:Num2Words",
            features=frozenset({"spoken_form"}),
            languages=LANGUAGES,
            requires=("babel", "num2words"),
            install="speechlab-num2words",
            concurrent=True,
            license="LGPL-2.1-or-later AND BSD-3-Clause AND Apache-2.0",
            homepage="https://github.com/savoirfairelinux/num2words",
            summary="Text normalisation: writes numbers, dates, times, money and units as they are said.",
        )
    )
