"""Which directions can be gone at once, and which after a download, told without loading a model or the network."""

from __future__ import annotations

from collections.abc import Iterator

from speechlab import Context, Ways

from . import FxTranslateParams
from .models import Models


def ways(params: FxTranslateParams, context: Context) -> Iterator[Ways]:
    """The directions whose models are here, then those that Mozilla's list had when it was last read."""
    models = Models(params.folder, context)
    here = models.here()
    for source, target in sorted(here):
        yield Ways((source,), (target,))
    if models.downloads:
        for source, target in sorted(models.remembered() - here):
            yield Ways((source,), (target,), here=False)
