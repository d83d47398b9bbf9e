"""What a text will cost, told before any of it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add

from ..engines.service import PRICED, PricedSynthesizer, Quote
from ..errors import EngineFailed, SpeechLabError
from ..lab import Lab
from ..languages import UNKNOWN
from ..pipeline import Step
from ..stages.tts import respelled
from ..translation import Becomes, Terms


def quoted(lab: Lab, step: Step, texts: Iterable[tuple[str, str | None]]) -> Quote | None:
    """What the step's engine will charge for texts, each with its language; None where it tells no price, as engines on
    this machine do. Only one that charges is loaded for that.

    Raises EngineUnavailable, PolicyDenied or EngineFailed.
    """
    terms: Mapping[str, Becomes] = getattr(step.lift_options, "lexicon", None) or {}
    said = [respelled(text, Terms(terms, language or UNKNOWN)) for text, language in texts]
    if PRICED not in step.spec.features or not said:
        return None
    with lab.pool.lease(step.spec, step.params) as loaded, loaded.exclusive():
        engine = loaded.engine
        if not isinstance(engine, PricedSynthesizer):
            return None
        try:
            return reduce(add, (engine.quote(text, step.options) for text in said))
        except SpeechLabError:
            raise
        except Exception as error:
            raise EngineFailed(
                f"{step.spec.name} cannot tell what the text will cost: {type(error).__name__}: {error}",
                hint="tell its author; it may speak all the same",
            ) from error
