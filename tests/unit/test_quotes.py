"""What a text will cost: told for all that is to be said, before any of it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from speechlab import Audio, EngineFailed, EngineSpec, Kind, Lab, Params, Quote, TtsOptions, Voice, hookimpl
from speechlab.cli.app import speechlab
from speechlab.speaking import joined

TEXT = "One two three. Four five six."


class Options(TtsOptions):
    """How the service speaks."""

    model: str = "plain"
    """Which model."""


class Service:
    """Costs two credits a character, of which the account has fifty."""

    sent: list[str]

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice("ann", languages=("en",))]

    def quote(self, text: str, options: Options) -> Quote:
        if options.model == "secret":
            raise RuntimeError("no rate")
        amount = 2 * len(text) if options.model == "plain" else None
        return Quote("The service", len(text), amount, 50, options.model)

    def synthesize(self, text: str, voice: str | None, options: Options) -> Iterator[Audio]:
        Service.sent.append(text)
        if "quota" in text:
            raise RuntimeError("quota exceeded")
        yield Audio(0.1 * np.sin(np.arange(8000) / 9).astype(np.float32), 16_000)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "load": Service, "options": Options, "local": False}
        register(EngineSpec(id="service", features=frozenset({"priced"}), languages=("en",), **card))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Service.sent = []
    with Lab(Plugin(), discover=False, home=tmp_path) as made:
        yield made


def test_all_sentences_are_quoted_and_none_is_sent(lab: Lab) -> None:
    quote = lab.quote(TEXT, engine="service")
    assert quote == Quote("The service", 28, 56, 50, "plain")
    assert not quote.enough
    assert str(quote) == "The service charges 56 credits for 28 characters with plain; 50 credits are left"
    assert quote.as_json()["text"] == str(quote)
    assert Service.sent == []


def test_only_the_sentences_that_are_wanted_cost(lab: Lab) -> None:
    assert lab.quote(TEXT, engine="service", only=[1]) == Quote("The service", 14, 28, 50, "plain")
    assert lab.quote(TEXT, engine="service", only=[]) is None


def test_a_word_costs_as_it_is_sent(lab: Lab) -> None:
    quote = lab.quote("A GIF.", engine="service", lexicon={"GIF": "jiffy"})
    assert quote is not None
    assert quote.characters == len("A jiffy.")


def test_a_rate_that_is_not_known_is_not_guessed(lab: Lab) -> None:
    quote = lab.quote(TEXT, engine="service", model="other")
    assert quote is not None
    assert (quote.amount, quote.enough) == (None, True)
    assert str(quote) == "The service charges for 28 characters with other; 50 credits are left"


def test_what_is_kept_costs_nothing_again(lab: Lab) -> None:
    text = f"{TEXT} Here the quota ends."
    with pytest.raises(EngineFailed):
        list(joined(lab.speaking(text, engine="service", resume=False)))
    left = lab.speaking(text, engine="service", resume=True).quote()
    assert left is not None
    assert left.characters == len("Here the quota ends.")


def test_an_engine_of_this_machine_costs_nothing_and_is_not_loaded(lab: Lab) -> None:
    assert lab.quote(TEXT, engine="toy") is None
    assert lab.pool.resident() == ()


def test_a_service_that_cannot_tell_is_an_error_of_ours(lab: Lab) -> None:
    with pytest.raises(EngineFailed, match="tts/service cannot tell what the text will cost: RuntimeError: no rate"):
        lab.quote(TEXT, engine="service", model="secret")


@pytest.mark.parametrize(
    ("amount", "unit", "told"), [(1234567, "credits", "1,234,567 credits"), (0.0125, "USD", "0.0125 USD")]
)
def test_amounts_are_written_in_full(amount: float, unit: str, told: str) -> None:
    assert told in str(Quote("S", 1, amount, unit=unit))


def test_the_command_line_tells_the_price_first(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def done(text: str) -> str:
        command = ["speak", text, "--engine", "service", "--out", str(tmp_path / "x.wav")]
        return CliRunner().invoke(speechlab, command, obj=lab).stderr

    assert done("One two.").startswith(
        "The service charges 16 credits for 8 characters with plain; 50 credits are left\n"
    )
    assert "50 credits are left: what is said until they are spent is kept" in done(TEXT)
