"""From which languages a model leads into which, told from small files or from its name, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from speechlab import Context, EngineUnavailable, Languages, Ways, present

from . import CTranslate2Params
from .known import FLORES, M2M100
from .sources import CONVERTED, Source, checkpoint, is_converted
from .store import can_convert, quantization, ready
from .tongues import PAIR, Tongues, converted, special, told

COSTS = {"nllb": 1.0, "m2m100": 1.5, "opus-mt": 1.0}
"""What a step loses: M2M-100 reads worse than the others, but better than two steps of them."""


def ways(params: CTranslate2Params, context: Context) -> Iterator[Ways]:
    """Where the model leads, and whether it is here; nothing for one whose languages nobody knows yet."""
    source = Source(params.model, params.revision)
    tongues, here = _here(source, quantization(params), replace(context, download=False))
    if not here and not context.download:
        return
    tongues = tongues or named(source.model)
    if tongues is None:
        return
    sources, targets = (tuple(Languages(codes)) for codes in (tongues.sources, tongues.targets))
    yield Ways(sources, targets, COSTS[tongues.family], here)


def named(model: str) -> Tongues | None:
    """The languages of a model that is not here, if its name tells them."""
    low = model.lower()
    for family, sign, codes in (("nllb", "nllb-200", FLORES), ("m2m100", "m2m100", M2M100)):
        if sign in low:
            return Tongues(family, codes, codes)
    if (pair := PAIR.search(model)) and all(len(code) == 2 for code in pair.groups()):
        return Tongues("opus-mt", (pair["source"],), (pair["target"],), tagged=False)
    return None


def _here(source: Source, quantization: str, offline: Context) -> tuple[Tongues | None, bool]:
    """The languages that files on this machine tell, and whether the model can be used without a download."""
    try:
        if folder := ready(source, quantization, offline):
            return converted(folder, source.model), True
        if source.folder is None and not present(checkpoint(source.model), offline.home):
            return None, False
        card = source.card(offline)
        if is_converted(card):
            folder = source.converted(offline)
            return _vocabulary(folder, source.model, (folder / CONVERTED).stat().st_mtime_ns), True
        tongues = told(card, source.model, special(card))
    except EngineUnavailable:
        return None, False
    try:
        source.checkpoint(offline)
    except EngineUnavailable:
        return tongues, False
    return tongues, can_convert()


@lru_cache(maxsize=8)
def _vocabulary(folder: Path, model: str, changed: int) -> Tongues:
    """Read once for as long as the model is the same."""
    return converted(folder, model)
