"""What somebody set of an engine on the page, and whether it can be used: checked before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clients import admit
from ..engines import EngineSpec
from ..errors import EngineUnavailable
from ..lab import Lab
from ..params import Params, check


def checked(lab: Lab, spec: EngineSpec, values: Mapping[str, Any], *around: type[Params]) -> None:
    """Raises ConfigError or PolicyDenied where a value is none that the engine, or the host's options ``around`` it,
    may have."""
    admit(lab, values)
    for part in (spec.params, spec.options, *around):
        check(part, {name: value for name, value in values.items() if name in part.model_fields}, spec.name)


def usable(lab: Lab, spec: EngineSpec) -> None:
    """Raises PolicyDenied or EngineUnavailable."""
    lab.policy.admit(spec)
    if spec.missing():
        raise EngineUnavailable(f"{spec.id} is not installed", hint=spec.cure)
