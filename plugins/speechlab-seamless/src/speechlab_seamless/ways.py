"""From which languages it leads into which, told without loading it: by its configuration, if that is here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from speechlab import Context, EngineUnavailable, Languages, Ways, present

from . import SeamlessParams, published
from .files import ask, own_folder, weights, whole


@dataclass(frozen=True)
class Known:
    """What a checkpoint tells of itself, in BCP-47, and whether all of it is here."""

    written: tuple[str, ...]
    spoken: tuple[str, ...]
    here: bool


def ways(params: SeamlessParams, context: Context) -> Iterator[Ways]:
    """In writing: any of its languages into any other, read or heard."""
    if known := _known(params, context):
        yield Ways.among(known.written, here=known.here)


def aloud(params: SeamlessParams, context: Context) -> Iterator[Ways]:
    """In speech: any of its languages into those that it speaks."""
    if known := _known(params, context):
        yield Ways(known.written, known.spoken, here=known.here)


def _known(params: SeamlessParams, context: Context) -> Known | None:
    """Of a checkpoint that is not here nothing is known, but of the published."""
    if not own_folder(params) and not present(weights(params), context.home):  # cheaper to tell than to ask
        return PUBLISHED if params.model == published.MODEL else None
    here = replace(context, download=False)
    try:
        folder = ask(params, here)
    except EngineUnavailable:
        return None
    told = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    written = tuple(Languages(told.get("text_decoder_lang_to_code_id", ())))
    spoken = tuple(Languages(told.get("vocoder_lang_code_to_id", ())))
    try:
        whole(params, here)
    except EngineUnavailable:
        return Known(written, spoken, False)
    return Known(written, spoken, True)


PUBLISHED = Known(published.WRITTEN, published.SPOKEN, False)
