"""Every error that speechlab raises, as one tree:

* SpeechLabError
  x PluginError              a plugin could not be imported or registered
  x EngineError
    - EngineNotFound         no engine has that id; also a LookupError
    - EngineUnavailable      known, but a package, weight, device or key is missing
    - EngineFailed           it raised while working; ``__cause__`` is what it raised
  x ConfigError              a pipeline file or a parameter is wrong; also a ValueError
  x AudioError               the sound cannot be read or used; also a ValueError
  x OutputError              a result cannot be written; also an OSError
  x PolicyDenied             the privacy policy forbids it; also a PermissionError
  x Busy                     as many are heard live already as this machine can hear
"""

from __future__ import annotations

import re

QUOTED = re.compile(
    r"""(?<![\w\\])(?P<mark>['"])(?P<shown>(?:\\.|(?!(?P=mark)).){60})(?:\\.|(?!(?P=mark)).){40,}+(?P=mark)(?!\w)"""
)
"""What somebody gave, and a message quotes, where it is longer than a hundred characters."""
NAME = re.compile(r"(?P<shown>[^\s/]{60})[^\s/]{200,}")
"""What is longer than the name of a file may be, and so is none."""
LONGEST, TAIL = 600, 150
"""Characters of a message, and of what is told of the end of a longer one."""
MORE = "\N{HORIZONTAL ELLIPSIS}"


class SpeechLabError(Exception):
    """Base of the tree. The message is one sentence; ``hint`` says what to do next, and every face shows it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(sentence(message))
        self.hint = hint


def sentence(message: str) -> str:
    """A message on one line, in whole letters, and a short one: what a library says has many lines, and what somebody
    gave by mistake may be a book.

    >>> sentence(f"there is no voice {'x' * 5000!r}")
    "there is no voice 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'"
    """
    line = " ".join(line.strip() for line in message.encode(errors="backslashreplace").decode().splitlines())
    line = NAME.sub(rf"\g<shown>{MORE}", QUOTED.sub(rf"\g<mark>\g<shown>{MORE}\g<mark>", line))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - TAIL]} {MORE} {line[-TAIL:]}"


class PluginError(SpeechLabError):
    """A plugin could not be imported or registered."""


class EngineError(SpeechLabError):
    """Something about one engine."""


class EngineNotFound(EngineError, LookupError):
    """No engine has that id; the hint offers the nearest."""


class EngineUnavailable(EngineError):
    """The engine is known, but a package, weight, device or key is missing; the hint is the cure."""


class EngineFailed(EngineError):
    """The engine raised while working; the cause is kept."""


class ConfigError(SpeechLabError, ValueError):
    """A pipeline file or a parameter is wrong."""


class AudioError(SpeechLabError, ValueError):
    """The sound is unreadable, empty, without an audio track, or was lost while being read."""


class OutputError(SpeechLabError, OSError):
    """A file cannot be written: the disk is full, or the folder is missing or may not be written."""


class PolicyDenied(SpeechLabError, PermissionError):
    """The privacy policy forbids it."""


class Busy(SpeechLabError):
    """As many are heard live already as this machine can hear without falling behind."""
