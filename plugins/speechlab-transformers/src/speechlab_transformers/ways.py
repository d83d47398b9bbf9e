"""From which languages a translation checkpoint leads into which, told without loading it."""

from __future__ import annotations

from speechlab import Context, Ways

from .files import here
from .options import TranslateParams
from .tongues import Style, Tongues

COSTS: dict[Style, float] = {"nllb": 1.0, "marian": 1.0, "m2m100": 1.5}
"""M2M-100 reads worse than the others, yet better than two steps of theirs."""


def leads(params: TranslateParams, context: Context) -> list[Ways]:
    """Read from the checkpoint where it is here, else known by its name; nothing where neither tells."""
    folder = here(params, context)
    tongues = Tongues.expected(params.model) if folder is None else Tongues.read(folder)
    if tongues is None or tongues.sources is None or not len(tongues.targets):
        return []
    return [Ways(tuple(tongues.sources), tuple(tongues.targets), COSTS[tongues.style], folder is not None)]
