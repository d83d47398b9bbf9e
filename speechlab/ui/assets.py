"""The page's own scripts, markup and style, as text."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

PART = re.compile(r"^ *<!-- (\w+\.html) -->\n", re.MULTILINE)


@cache
def asset(name: str) -> str:
    """The content of one file under ``static/``; a part that several share stands in it as a comment with its name."""
    text = files(__package__).joinpath("static", name).read_text(encoding="utf-8")
    return PART.sub(lambda part: asset(part[1]), text) if name.endswith(".html") else text
