"""How a text is to be translated: what may be picked beside it, and the plan that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable, SpeechLabError
from ..lab import Lab
from ..languages import Languages
from ..params import Knob, knobs
from ..preferred import ROUTES
from ..stages import LIFTS
from ..translation.glossary import glossary
from . import settings
from .checking import checked
from .languages import direction
from .listening import installed
from .speaking import speaker

OWN = frozenset({"to", "source", "glossary", "tentative"})
"""Options of the host that the page asks for in its own way, or that matter only when speech is heard live."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was set beside the text; empty where somebody left it as it is."""

    source: str | None = None
    targets: Sequence[str] = ()
    engine: str | None = None
    """None or empty for the best there is."""
    glossary: str = ""
    """A term on each line."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the engine."""


def choices(lab: Lab) -> list[tuple[str, str]]:
    """The translators, label and id: first whatever leads from one language to the other."""
    return [("The best there is", ""), *((spec.id, spec.id) for spec in translators(lab))]


def translators(lab: Lab) -> list[EngineSpec]:
    """Those that translate themselves; what finds routes through them is meant where none is named."""
    return [spec for spec in installed(lab, Kind.TRANSLATE) if ROUTES not in spec.features]


def spec(lab: Lab, id: str | None) -> EngineSpec | None:
    """The translator of this id, or the one that is meant without one."""
    if id:
        return lab.plugins.engines.get((Kind.TRANSLATE, id))
    try:
        return lab.engine(Kind.TRANSLATE)
    except EngineUnavailable:
        return None


def sources(lab: Lab, engine: str | None) -> tuple[str, ...]:
    """The languages that can be translated from; none where nobody knows."""
    found: set[str] = set()
    for one in [spec(lab, engine)] if engine else translators(lab):
        if one is None:
            continue
        try:
            leads = one.leads(one.params(), lab.pool.context)
        except (SpeechLabError, ValidationError):  # it is broken, or cannot be known before it is told more
            continue
        found.update(tag for way in leads for tag in way.sources)
    return tuple(sorted(found))


def among(code: str, codes: Sequence[str]) -> str:
    """A language as these call it; empty where it is none of them."""
    known = Languages(codes)
    return known.tag(known.code(code)) if code in known else ""


def targets(lab: Lab, source: str | None, engine: str | None) -> tuple[str, ...]:
    """The languages that can be translated into; none where nobody knows, or nothing is installed."""
    try:
        return lab.targets(source or None, engine or None)
    except SpeechLabError:
        return ()


def parameters(spec: EngineSpec) -> list[Knob]:
    """What may be set besides the languages and the glossary: the engine's own, and the host's around it."""
    host = [knob for knob in knobs(LIFTS[Kind.TRANSLATE].options) if knob.name not in OWN]
    return [*spec.knobs, *host]


def about(lab: Lab, id: str | None) -> str:
    """What to know before picking this translator, as HTML."""
    return settings.about(spec(lab, id))


def plan(lab: Lab, wish: Wish) -> dict[str, Any]:
    """What the page's script needs to translate, or why it cannot."""
    plan = {
        "source": wish.source or "",
        "targets": [
            {"code": code, "dir": direction(code), "speaks": speaker(lab, code) is not None} for code in wish.targets
        ],
        "engine": wish.engine or "",
        "values": dict(wish.values),
        "glossary": {},
        "problem": "",
        "hint": "",
    }
    try:
        chosen = lab.engine(Kind.TRANSLATE, wish.engine or None)
        checked(lab, chosen, wish.values, LIFTS[Kind.TRANSLATE].options)
        plan["glossary"] = glossary(wish.glossary.splitlines())
    except SpeechLabError as error:
        plan |= {"problem": str(error), "hint": error.hint}
    return plan
