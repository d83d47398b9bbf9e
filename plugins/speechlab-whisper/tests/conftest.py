"""Whisper with the weights that packages carry, loaded once for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from speechlab_whisper import WhisperParams
from speechlab_whisper.engine import Whisper

from speechlab import Context


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path_factory.mktemp("home"), download=False)


@pytest.fixture(scope="module")
def tiny(context: Context) -> Iterator[Whisper]:
    """For what any model does."""
    engine = Whisper(WhisperParams(model="tiny.en"), context)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def base(context: Context) -> Iterator[Whisper]:
    """For languages."""
    engine = Whisper(WhisperParams(), context)
    yield engine
    engine.close()
