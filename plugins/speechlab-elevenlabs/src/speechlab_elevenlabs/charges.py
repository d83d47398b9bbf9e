"""What a text costs, known before it is sent: the model's rate, and the credits that the account has left."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TypeVar

from elevenlabs import ModelRatesResponseModel

from speechlab import Quote

from .account import ONCE, Account
from .errors import NotPermitted

T = TypeVar("T")


class Charges:
    """Rates and credits of an account, asked for once; what is spent since is counted here."""

    def __init__(self, account: Account) -> None:
        """Raises EngineUnavailable where the key is not accepted."""
        subscription = _allowed(lambda: account.ask(lambda: account.client.user.subscription.get(request_options=ONCE)))
        models = _allowed(lambda: account.ask(lambda: account.client.models.list(request_options=ONCE)))
        self._left = subscription and subscription.character_limit - subscription.character_count
        self._rates = {model.model_id: _rate(model.model_rates) for model in models or () if model.model_rates}

    def quote(self, text: str, model: str) -> Quote:
        """What a text will cost."""
        rate = self._rates.get(model)
        credits = None if rate is None else ceil(len(text) * rate)
        return Quote("ElevenLabs", len(text), credits, self._left, model)

    def spend(self, quote: Quote) -> None:
        """A text was sent."""
        if self._left is not None:
            self._left = max(0, self._left - int(quote.amount or 0))


def _rate(told: ModelRatesResponseModel) -> float:
    """Credits for a character."""
    discount = told.cost_discount_multiplier
    return told.character_cost_multiplier * (1.0 if discount is None else discount)


def _allowed(ask: Callable[[], T]) -> T | None:
    """The answer; None where the key is good, but not for this question."""
    try:
        return ask()
    except NotPermitted:
        return None
