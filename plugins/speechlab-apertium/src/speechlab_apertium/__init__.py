"""Translation by Apertium's rules: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, hookimpl

DEBIAN = "/usr/share/apertium/modes"
"""Where Debian's packages put the modes of their language pairs."""


class ApertiumParams(Params):
    """Where Apertium is, and how it is kept running."""

    folder: str = Field(DEBIAN, json_schema_extra={"advanced": True, "owner": True})
    """Folder with .mode files: Debian's, or that of pairs that you compiled."""
    timeout: Annotated[float, Field(ge=1, le=600)] = Field(20.0, json_schema_extra={"advanced": True})
    """Seconds in which its programs must show a sign of life while they work; else they are ended."""
    keep: Annotated[int, Field(ge=1, le=64)] = Field(8, json_schema_extra={"advanced": True})
    """So many modes are kept running, each some ten processes with 80 to 300 MB; the longest unused ends first."""


class ApertiumOptions(Params):
    """What may change with each text."""

    mark_unknown: bool = False
    """Mark words that are in no dictionary with *, @ or #, by the dictionary. They stay as they are either way."""
    variety: str = ""
    """A variety of the target language as the modes name it, such as valencia; pt-BR is told by the target itself."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The translator."""
    register(
        EngineSpec(
            id="apertium",
            kind=Kind.TRANSLATE,
            load="speechlab_apertium.engine:Apertium",
            params=ApertiumParams,
            options=ApertiumOptions,
            ways="speechlab_apertium.modes:ways",
            longest=1000,
            concurrent=True,
            programs=("lt-proc", "apertium-transfer"),
            debian="apertium apertium-es-pt",
            license="Apache-2.0 AND GPL-3.0-or-later",
            weights_license="GPL-3.0-or-later",
            homepage="https://apertium.org",
            summary="Apertium's dictionaries and rules, a hundred sentences a second on a CPU and best between near"
            " languages such as Spanish and Portuguese; under the GPL, used where Debian's packages are installed.",
        )
    )
