"""A voice that is removed is deleted by the service that cloned it, too; where that cannot be done, it is said."""

from __future__ import annotations

from ..engines import Kind, VoiceKeeper
from ..errors import SpeechLabError
from ..lab import Lab
from ..library import Kept
from ..params import check


def forgotten(lab: Lab, kept: Kept) -> None:
    """Have the engine delete what it keeps of a voice elsewhere; never a voice that it did not learn, nor one that
    another of the library's speaks with."""
    if kept.made not in ("cloned", "matched") or any(_shares(kept, other) for other in lab.library.all()):
        return
    kind, _, id = kept.engine.partition("/")
    spec = lab.plugins.engines.get((Kind(kind), id))
    if spec is None:
        lab.report(f"{kept.engine} is not installed: if it is a service, delete the voice {kept.name!r} there")
        return
    if spec.local:
        return
    try:
        with lab.pool.lease(spec, check(spec.params, kept.params, spec.name)) as loaded, loaded.exclusive():
            if isinstance(loaded.engine, VoiceKeeper):
                loaded.engine.delete(kept.own)
                return
        why = "it cannot be asked to delete it"
    except SpeechLabError as error:
        why = str(error)
    except Exception as error:
        why = f"it failed: {type(error).__name__}"
    lab.report(f"{spec.name} still has the voice {kept.name!r} ({why}): delete it there")


def _shares(kept: Kept, other: Kept) -> bool:
    return other.id != kept.id and (other.engine, other.own) == (kept.engine, kept.own)
