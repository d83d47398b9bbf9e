"""How a recording is to be transcribed: the engine picker, and the controls of the engine that is picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable
from ..lab import Lab, told
from ..params import Knob, knobs
from ..preferred import TOY
from ..stages import LIFTS
from ..stages.asr import AsrStage
from .html import render

Channel = Literal["each"] | None
CHANNELS = Knob(
    name="channels",
    type="choice",
    default="Mixed together",
    choices=("Mixed together", "Each is a speaker"),
    help="What to do with a recording that has several channels. Where each is a speaker, who speaks is known.",
    advanced=True,
)
LIVE = frozenset(AsrStage.model_fields) - {"guard"}
"""The host's options that matter only when speech is heard live."""


def engines(lab: Lab) -> list[tuple[str, str]]:
    """The recognizers as choices, label and id: the default first, then those that can run, toys after the others."""
    default = default_engine(lab)
    specs = sorted(
        lab.engines(Kind.ASR),
        key=lambda spec: (spec.id != default, bool(spec.missing()), TOY in spec.features, not spec.local, spec.id),
    )
    return [(label(spec), spec.id) for spec in specs]


def label(spec: EngineSpec) -> str:
    """What an engine is called where it is picked."""
    return f"{spec.id} (not installed)" if spec.missing() else spec.id


def default_engine(lab: Lab) -> str | None:
    """The recognizer that is picked at first; a toy where nothing else is there."""
    try:
        return lab.engine(Kind.ASR).id
    except EngineUnavailable:
        return next((spec.id for spec in lab.engines(Kind.ASR) if not spec.missing()), None)


def parameters(spec: EngineSpec) -> list[Knob]:
    """What may be set besides the language: the engine's own parameters, then the host's, folded away."""
    host = [replace(knob, advanced=True) for knob in knobs(LIFTS[spec.kind].options) if knob.name not in LIVE]
    return [knob for knob in (*spec.knobs, *host, CHANNELS) if knob.name != "language"]


def order(
    spec: EngineSpec,
    language: str | None,
    values: Mapping[str, Any],
    *,
    clean: Mapping[str, Any] | None = None,
    speech: Mapping[str, Any] | None = None,
    who: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], Literal["each"] | None]:
    """The pipeline, as data, and which channels to hear.

    ``clean`` is the step that cleans the sound before, ``speech`` the one that detects speech, and ``who`` the one that
    tells who speaks after; where each channel is a speaker there is nothing to tell.
    """
    values = dict(values)
    each = values.pop(CHANNELS.name, CHANNELS.default) != CHANNELS.default
    spoken = told({"language": language or None}) if any(knob.name == "language" for knob in spec.knobs) else {}
    hears = {"use": spec.name, **spoken, **values}
    stages = [stage for stage in (clean, speech, hears, None if each else who) if stage is not None]
    return {"title": "Transcribe", "stage": stages}, "each" if each else None


def about(spec: EngineSpec | None) -> str:
    """What to know before picking this engine, as HTML."""
    return render("about", spec=spec) if spec else ""
