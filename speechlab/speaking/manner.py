"""The manner in which a line is said, as far as an engine's own parameters go; what goes beyond them is noted."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..engines import EngineSpec
from ..params import Knob, check
from .line import Line


@dataclass(frozen=True, slots=True)
class Trait:
    """Something about a line that only some engines can do, by a parameter of the same name."""

    name: str
    plain: Any
    """What it is where nobody says anything of it."""
    together: Callable[[Any, Any], Any]
    """What becomes of a line's and of that which was chosen for the whole text."""
    lacking: str
    """What an engine without the parameter does, after its name."""
    bounded: str = ""
    """What one with bounds does where more is asked of it, after its name."""


TRAITS = (
    Trait(
        "speed",
        1.0,
        operator.mul,
        "has one speed, and says all at that",
        "speaks at {} times its usual pace: what is marked to be beyond that is at the nearest",
    ),
    Trait(
        "pitch",
        0.0,
        operator.add,
        "has one pitch, and says all at that",
        "speaks {} semitones from its usual pitch: what is marked to be beyond that is at the nearest",
    ),
    Trait("pronunciations", (), operator.add, "takes no sounds: a phoneme is said as its text reads"),
)


def key(line: Line) -> tuple[Any, ...]:
    """Lines with the same are said in one manner, and so in one run."""
    return line.voice, *(getattr(line, trait.name) for trait in TRAITS)


def told(line: Line, spec: EngineSpec, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine is told for a line: what was chosen for the whole text, and the line's own manner on top of that.

    Raises ConfigError.
    """
    own = {trait.name: _within(trait, line, spec, chosen)[0] for trait in TRAITS if _differs(line, trait)}
    return {**chosen, **own, **({"voice": line.voice} if line.voice is not None else {})}


def fitted(lines: Iterable[Line], spec: EngineSpec, chosen: Mapping[str, Any]) -> tuple[list[Line], list[str]]:
    """The lines without what the engine cannot do at all, and a note of each thing that it cannot do, or not as far.

    Raises ConfigError.
    """
    found, notes = list(lines), list[str]()
    for trait in TRAITS:
        marked = {getattr(line, trait.name): line for line in found if _differs(line, trait)}
        if not marked:
            continue
        if (knob := next((knob for knob in spec.knobs if knob.name == trait.name), None)) is None:
            found = [replace(line, **{trait.name: trait.plain}) for line in found]
            notes.append(f"{spec.name} {trait.lacking}")
        elif any(beyond for line in marked.values() for _, beyond in [_within(trait, line, spec, chosen)]):
            notes.append(f"{spec.name} {trait.bounded.format(_bounds(knob))}")
    return found, notes


def _bounds(knob: Knob) -> str:
    if knob.minimum is None or knob.maximum is None:
        return f"{knob.minimum:g} or more" if knob.minimum is not None else f"{knob.maximum:g} or less"
    return f"{knob.minimum:g} to {knob.maximum:g}"


def _differs(line: Line, trait: Trait) -> bool:
    return bool(getattr(line, trait.name) != trait.plain)


def _within(trait: Trait, line: Line, spec: EngineSpec, chosen: Mapping[str, Any]) -> tuple[Any, bool]:
    """What is asked of the engine, inside its bounds, and whether it was to be beyond them."""
    [knob] = (knob for knob in spec.knobs if knob.name == trait.name)
    model = spec.options if trait.name in spec.options.model_fields else spec.params
    given = {trait.name: chosen[trait.name]} if trait.name in chosen else {}
    value = trait.together(getattr(line, trait.name), getattr(check(model, given, spec.name), trait.name))
    inside = value
    if knob.minimum is not None:
        inside = max(knob.minimum, inside)
    if knob.maximum is not None:
        inside = min(knob.maximum, inside)
    return inside, inside != value
