"""The page's own markup: templates under ``templates/``, in which every value is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(template: str, **values: Any) -> str:
    """One template with these values, as HTML."""
    return _environment().get_template(f"{template}.html").render(**values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("speechlab.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"seconds": seconds, "times": times}
    return made


def seconds(value: float) -> str:
    """A stretch of time as people say it.

    >>> seconds(0.034), seconds(7.25), seconds(42), seconds(75), seconds(7500)
    ('34 ms', '7.2 s', '42 s', '1 min 15 s', '2 h 5 min')
    """
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 59.5:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def times(speed: float) -> str:
    """How many times as fast.

    >>> times(1.25), times(18.4)
    ('1.2', '18')
    """
    return f"{speed:.1f}" if speed < 10 else f"{speed:.0f}"
