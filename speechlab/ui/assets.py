"""The page's own scripts, markup and style, as text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def asset(name: str) -> str:
    """The content of one file under ``static/``."""
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
