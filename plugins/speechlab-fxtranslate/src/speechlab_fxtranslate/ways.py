"""Which directions can be gone at once, told without loading a model."""

from __future__ import annotations

from collections.abc import Iterator

from speechlab import Context, Ways

from . import FxTranslateParams
from .models import Models


def ways(params: FxTranslateParams, context: Context) -> Iterator[Ways]:
    """The directions whose models are here."""
    for source, target in sorted(Models(params.folder, context).here()):
        yield Ways((source,), (target,))
