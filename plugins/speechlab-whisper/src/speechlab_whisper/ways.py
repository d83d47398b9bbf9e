"""What Whisper translates: speech in any of its languages, into English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from speechlab import Context, Ways, present

from . import WhisperParams
from .languages import LANGUAGES
from .models import source


def ways(params: WhisperParams, context: Context) -> Iterator[Ways]:
    """From every language into English, but of models that know no other. Raises ConfigError for what is no model."""
    weights, folder = source(params.model)
    if params.model.endswith(".en"):
        return
    here = Path(folder).expanduser().is_dir() if folder else present(weights, context.home)
    yield Ways(tuple(one for one in LANGUAGES if one != "en"), ("en",), here=here)
