"""Who is asking: each browser keeps a key that it made itself, and sees what was sent under that key alone.

The key lies in the page's own storage, not in a cookie: so it is there in a notebook's frame too, and no page of
another site can make a browser send it.
"""

from __future__ import annotations

import re

from ..errors import ConfigError

KEY = re.compile(r"[\w-]{22,64}", re.ASCII)


def owner(visitor: object) -> str:
    """The owner of what this visitor sends. Raises ConfigError for a key that could be guessed."""
    if not isinstance(visitor, str) or not KEY.fullmatch(visitor):
        raise ConfigError("this page does not say who it is", hint="load it again")
    return f"visitor {visitor}"
