"""What the lab can do, as plain data: its engines with their parameters, and the same as a list of OpenAI's models."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from ..engines import EngineSpec, Kind
from ..errors import EngineNotFound
from ..lab import Lab
from ..params import Knob

HEARING = (Kind.ASR, Kind.SPEECH_TRANSLATE)
"""The kinds that OpenAI's clients may name as a model."""


def engine_card(spec: EngineSpec) -> dict[str, Any]:
    """All that a person or a program may want to know of an engine, as JSON values."""
    missing = spec.missing()
    return {
        "kind": str(spec.kind),
        "id": spec.id,
        "summary": spec.summary,
        "local": spec.local,
        "installed": not missing,
        "missing": missing,
        "install": spec.cure,
        "license": spec.license,
        "weights_license": spec.weights_license,
        "languages": list(spec.languages),
        "features": sorted(spec.features),
        "homepage": spec.homepage,
        "parameters": [_knob(knob) for knob in spec.knobs],
    }


def routes(lab: Lab) -> APIRouter:
    """``/v1/engines`` and ``/v1/models``."""
    router = APIRouter(tags=["catalogue"])

    @router.get("/v1/engines")
    def engines(kind: Kind | None = None) -> dict[str, Any]:
        """Every engine, installed or not, with its parameters."""
        return {"object": "list", "data": [engine_card(spec) for spec in lab.engines(kind)]}

    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        """What ``model`` may be: each installed engine, and each of its models by name."""
        return {"object": "list", "data": [_model(lab, id) for id in _model_ids(lab)]}

    @router.get("/v1/models/{id:path}")
    def model(id: str) -> dict[str, Any]:
        """One of them."""
        if id not in _model_ids(lab):
            raise EngineNotFound(f"there is no model {id!r}", hint="GET /v1/models lists them")
        return _model(lab, id)

    return router


def _knob(knob: Knob) -> dict[str, Any]:
    told = asdict(knob)
    return told | {"choices": list(knob.choices), "default": _plain(knob.default)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | set | frozenset) else value


def _model_ids(lab: Lab) -> list[str]:
    ids: dict[str, None] = {}
    for spec in lab.engines():
        if spec.kind in HEARING and not spec.missing():
            ids[spec.id] = None
            of = next((knob for knob in spec.knobs if knob.name == "model"), None)
            ids |= {f"{spec.id}:{name}": None for name in (of.choices if of else ())}
    return list(ids)


def _model(lab: Lab, id: str) -> dict[str, Any]:
    return {"id": id, "object": "model", "created": 0, "owned_by": "speechlab"}
