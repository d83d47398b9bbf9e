"""What is to be translated: texts, subtitles and recordings are told apart."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError
from ..media import SUFFIXES as RECORDINGS
from ..subtitles import SUFFIXES as SUBTITLES


@dataclass(frozen=True)
class Given:
    """What is to be translated."""

    texts: tuple[str, ...] = ()
    subtitles: tuple[Path, ...] = ()
    recordings: tuple[Path, ...] = ()

    @classmethod
    def of(cls, inputs: Sequence[str]) -> Given:
        """Arguments that name files or folders, and those that are texts. Raises ConfigError."""
        paths = [Path(one) for one in inputs if there(one)]
        texts = tuple(one for one in inputs if not there(one))
        gone = next((one for one in texts if _like_a_file(one)), None)
        if gone:
            raise ConfigError(f"there is no file {gone}", hint="check the path")
        if texts and paths:
            raise ConfigError(
                f"{paths[0]} is a file and {texts[0]!r} is none", hint="translate texts and files in two calls"
            )
        if plain := next((path for path in paths if path.suffix.lower() in (".txt", ".md")), None):
            raise ConfigError(
                f"{plain} is neither a recording nor subtitles",
                hint=f"give a text by standard input, such as with: < {shlex.quote(str(plain))}",
            )
        written = tuple(path for path in paths if path.suffix.lower() in SUBTITLES)
        heard = tuple(path for path in paths if path not in written)
        if written and heard:
            raise ConfigError(
                f"{written[0]} are subtitles and {heard[0]} is a recording", hint="translate them in two calls"
            )
        return cls(texts, written, heard)


def there(name: str) -> bool:
    """Whether an argument names a file or a folder, and is no text."""
    try:
        return bool(name.strip()) and Path(name).exists()
    except (OSError, ValueError):  # too long for a name, or with a null in it: a text
        return False


def _like_a_file(text: str) -> bool:
    return not any(map(str.isspace, text)) and text.lower().endswith((*SUBTITLES, *RECORDINGS))
