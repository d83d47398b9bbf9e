"""Which directions can be gone at once, and which after a download, told without loading a model or the network."""

from __future__ import annotations

from collections.abc import Iterator

from speechlab import Context, Ways

from . import FxTranslateParams
from .models import HUB, Models

TRAINED = (
    "ar az bg bn ca cs da de el es et fa fi fr gu he hi hr hu id is it ja kn ko lt lv ml ms nl pl pt ro ru sk sl sv ta"
    " te tr uk zh"
)
"""Languages for which Mozilla has trained models into English and out of it, as far as this package knows. Until this
machine has read Mozilla's own list, they stand for it."""


def ways(params: FxTranslateParams, context: Context) -> Iterator[Ways]:
    """The directions whose models are here, then those that can be downloaded."""
    models = Models(params.folder, context)
    here = models.here()
    for source, target in sorted(here):
        yield Ways((source,), (target,))
    if models.downloads:
        others = models.remembered() or {way for code in TRAINED.split() for way in ((HUB, code), (code, HUB))}
        for source, target in sorted(others - here):
            yield Ways((source,), (target,), here=False)
