"""From which languages it leads into which, told without loading it: by its configuration, if that is here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from speechlab import Context, EngineUnavailable, Languages, Ways, present

from . import SeamlessParams, published
from .files import ask, own_folder, weights, whole


def ways(params: SeamlessParams, context: Context) -> Iterator[Ways]:
    """Any of its languages into any other. Of a checkpoint that is not here nothing is known, but of the published."""
    if not own_folder(params) and not present(weights(params), context.home):  # cheaper to tell than to ask
        if params.model == published.MODEL:
            yield Ways.among(Languages(published.WRITTEN), here=False)
        return
    here = replace(context, download=False)
    try:
        folder = ask(params, here)
    except EngineUnavailable:
        return
    told = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    languages = Languages(told.get("text_decoder_lang_to_code_id", ()))
    try:
        whole(params, here)
    except EngineUnavailable:
        yield Ways.among(languages, here=False)
    else:
        yield Ways.among(languages)
