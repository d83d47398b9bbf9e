"""What the lab can do, as plain data: its engines with their parameters, and the same as a list of OpenAI's models."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..engines import Kind
from ..errors import EngineNotFound
from ..lab import Lab

NAMED = (Kind.ASR, Kind.SPEECH_TRANSLATE, Kind.TTS)
"""The kinds that OpenAI's clients may name as a model."""


def routes(lab: Lab) -> APIRouter:
    """``/v1/engines`` and ``/v1/models``."""
    router = APIRouter(tags=["catalogue"])

    @router.get("/v1/engines")
    def engines(kind: Kind | None = None) -> dict[str, Any]:
        """Every engine, installed or not, with its parameters."""
        return {"object": "list", "data": [lab.card(spec) for spec in lab.engines(kind)]}

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


def _model_ids(lab: Lab) -> list[str]:
    ids: dict[str, None] = {}
    for spec in lab.engines():
        if spec.kind in NAMED and not spec.missing():
            ids[spec.id] = None
            of = next((knob for knob in spec.knobs if knob.name == "model"), None)
            ids |= {f"{spec.id}:{name}": None for name in (of.choices if of else ())}
    return list(ids)


def _model(lab: Lab, id: str) -> dict[str, Any]:
    return {"id": id, "object": "model", "created": 0, "owned_by": "speechlab"}
