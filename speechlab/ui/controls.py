"""Parameters as controls on the page: made from their declarations, read back as what somebody changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..params import Knob

AUTOMATIC = "Automatic"
"""How None, "let the engine decide", is shown."""


@dataclass(frozen=True, slots=True)
class Controls:
    """Components on the page, and the parameters that they stand for."""

    knobs: tuple[Knob, ...]
    components: tuple[gr.components.Component, ...]

    def values(self, shown: Sequence[Any]) -> dict[str, Any]:
        """The parameters that somebody changed, from what the components show, in their order."""
        pairs = zip(self.knobs, shown, strict=True)
        changed = ((k, v) for k, v in pairs if v != _shown(k) and (v is not None or k.optional))
        return {knob.name: _read(knob, value) for knob, value in changed}


def build(knobs: Iterable[Knob], *, shown: int = 1, prefix: str = "knob", stays: bool = False) -> Controls:
    """Make the controls here: the first ``shown`` open, the others folded away, the advanced ones once more.

    ``prefix`` begins their ids on the page, which are one tab's own. Where they ``stay``, those of one id show what
    they showed before, when the part of the page in which they are is made anew.
    """
    everyday: list[Knob] = []
    advanced: list[Knob] = []
    for knob in knobs:
        (advanced if knob.advanced else everyday).append(knob)
    components = [control(knob, prefix, stays) for knob in everyday[:shown]]
    if advanced or everyday[shown:]:
        with gr.Accordion("More settings", open=False):
            components += [control(knob, prefix, stays) for knob in everyday[shown:]]
            if everyday[shown:] and advanced:
                with gr.Accordion("Advanced", open=False):
                    components += [control(knob, prefix, stays) for knob in advanced]
            else:
                components += [control(knob, prefix, stays) for knob in advanced]
    return Controls((*everyday, *advanced), tuple(components))


def control(knob: Knob, prefix: str = "knob", stays: bool = False) -> gr.components.Component:
    """The control for one parameter."""
    about: dict[str, Any] = {
        "label": knob.label,
        "info": " ".join(knob.help.split()) or None,  # where its lines break in the code is of no matter here
        "elem_id": f"{prefix}-{knob.name}",
        "interactive": True,
        "key": f"{prefix}-{knob.name}" if stays else None,
    }
    match knob.type:
        case "boolean" if knob.optional:
            return gr.Dropdown([(AUTOMATIC, ""), ("Yes", True), ("No", False)], value=_shown(knob), **about)
        case "boolean":
            return gr.Checkbox(bool(knob.default), **about)
        case "integer" | "number":
            return _number(knob, about)
        case "choice":
            return gr.Dropdown(_choices(knob), value=_shown(knob), **about)
        case "string" if knob.choices:
            return gr.Dropdown(_choices(knob), value=_shown(knob), allow_custom_value=True, **about)
        case _:
            placeholder = AUTOMATIC if knob.optional else None
            return gr.Textbox(_shown(knob), placeholder=placeholder, max_lines=4, **about)


def changed(component: Any) -> list[Any]:
    """The events of a control that tell of a new value: a text counts once it is left, not while it is typed."""
    if isinstance(component, gr.Textbox | gr.Number):
        return [component.blur, component.submit]
    return [component.change]


def _number(knob: Knob, about: dict[str, Any]) -> gr.components.Component:
    whole = knob.type == "integer"
    if knob.optional:  # Gradio's own field for numbers shows 0 where there is none
        return gr.Textbox(_shown(knob), placeholder=AUTOMATIC, max_lines=1, **about)
    if knob.minimum is None or knob.maximum is None:
        limits: dict[str, Any] = {"minimum": knob.minimum, "maximum": knob.maximum}
        return gr.Number(knob.default, precision=0 if whole else None, **limits, **about)
    step = 1 if whole else step_for(knob.minimum, knob.maximum, knob.default)
    return gr.Slider(knob.minimum, knob.maximum, value=knob.default, step=step, **about)


def step_for(minimum: float, maximum: float, value: float) -> float:
    """A round step that makes about a hundred of the range, or as many more as it takes to hit the value.

    >>> step_for(0, 1, 0.5), step_for(0, 60, 30), step_for(0.25, 4, 1), step_for(0, 1, 0.025)
    (0.01, 0.5, 0.05, 0.001)
    """
    exact = (maximum - minimum) / 100
    power = 10 ** math.floor(math.log10(exact))
    step = min((1, 2, 5, 10), key=lambda digit: abs(digit * power - exact)) * power
    for _ in range(3):
        steps = (value - minimum) / step
        if abs(steps - round(steps)) < 1e-6:
            break
        step /= 10
    return float(f"{step:.10g}")


def _choices(knob: Knob) -> list[tuple[str, Any]]:
    named = [(str(choice), choice) for choice in knob.choices]
    return [(AUTOMATIC, ""), *named] if knob.optional else named


def _shown(knob: Knob) -> Any:
    """The default as its control shows it: an empty text stands for None, and commas part a list."""
    if knob.default is None:
        return ""
    if knob.optional and knob.type in ("integer", "number"):
        return f"{knob.default:g}"
    if isinstance(knob.default, tuple | list | set | frozenset):
        return ", ".join(str(item) for item in knob.default)
    return knob.default


def _read(knob: Knob, shown: Any) -> Any:
    """What a control shows, as the parameter's value."""
    if isinstance(shown, str):
        if knob.type == "list":
            return [item.strip() for item in shown.split(",") if item.strip()]
        if knob.type in ("integer", "number"):
            return _number_in(shown)
        return shown.strip() or (None if knob.optional else "")
    return int(shown) if knob.type == "integer" and shown is not None else shown


def _number_in(shown: str) -> float | str | None:
    """What was typed as a number; what is none stays as it is, for the engine's own check to refuse."""
    text = shown.strip().replace(",", ".")
    try:
        number = float(text) if text else None
    except ValueError:
        return text
    return int(number) if number is not None and number.is_integer() else number
