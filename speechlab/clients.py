"""What a client of the server may say of a pipeline: nothing by which this machine would open what is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import PolicyDenied, SpeechLabError
from .lab import Lab
from .params import Knob, knobs
from .stages import LIFTS

PATH = re.compile(r"(~\S*|\.{1,2})?[/\\]|[A-Za-z]:[/\\]")
"""How names of files begin that need not be looked for."""

NAMES = frozenset(("file", "folder", "path"))
"""Parameters of these names are guarded even where whoever declared them forgot to say so."""

ADDRESSES = frozenset(("base_url", "endpoint", "url"))
"""Those that tell where a service is asked, with the owner's key: whatever they hold, no client may say it."""


def admit(lab: Lab, *tables: object) -> None:
    """Raises PolicyDenied where one of these tables of parameters, as a client sent them, names a file or a folder,
    tells where a key is sent, or lets code run: what is not a name of a model on the hub, or in a pipeline file of the
    lab.

    What is no table is left to who reads it.
    """
    if lab.policy.trust_clients:
        return
    said = [(name, value) for table in tables if isinstance(table, Mapping) for name, value in table.items()]
    guarded = _guarded(lab) if said else {}
    for name, value in said:
        if name in guarded and _reaches(guarded[name], value) and value not in _written(lab, name):
            does = "send this machine's key elsewhere" if name in ADDRESSES else "open what is this machine's own"
            raise PolicyDenied(
                f"{name} = {value!r} would {does}, and a client may not",
                hint="send what is in the file, or name a model of the hub; whoever runs the server may put the name "
                "into a pipeline file, or start it with --trust-clients",
            )


def _guarded(lab: Lab) -> dict[str, Knob]:
    """By name, whatever the engine: where one may open a file by it, none may be asked to."""
    declared = (knobs(spec.params, spec.options, LIFTS[spec.kind].options) for spec in lab.engines())
    return {knob.name: knob for some in declared for knob in some if knob.owner or knob.name in NAMES | ADDRESSES}


def _reaches(knob: Knob, value: object) -> bool:
    if knob.type == "boolean":
        return bool(value)
    if isinstance(value, list | tuple):
        return any(_reaches(knob, one) for one in value)
    if knob.name in ADDRESSES:
        return bool(value)
    return isinstance(value, str) and value not in knob.choices and _named(value)


def _named(value: str) -> bool:
    """Whether a text is written as the name of a file, or is that of one: also behind a language, as in
    ``en=/a/model``, or with a place for it, as in ``voices/{language}``."""
    names = {value.strip(), value.rpartition("=")[2].strip(), value.partition("{")[0].strip()} - {""}
    return any(PATH.match(name) or _there(name) for name in names)


def _there(name: str) -> bool:
    try:
        return Path(name).expanduser().exists()
    except (OSError, ValueError, RuntimeError):  # too long for a name, with a null in it, or of a user who is none
        return False


def _written(lab: Lab, name: str) -> Iterator[Any]:
    """What pipeline files of the lab say: the page sends it back."""
    for id in lab.plugins.pipelines:
        with suppress(SpeechLabError):
            for step in lab.pipeline(id).steps:
                for part in (step.params, step.options, step.lift_options):
                    if name in part.model_fields_set:
                        yield getattr(part, name)
