"""What engines of every kind promise."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from functools import cache
from typing import Any

import pytest

from ...errors import ConfigError
from ...pipeline import Step
from ...plugins import ONE_FILE
from ...stages import LIFTS
from ..sockets import no_sockets
from ..subject import Subject
from .asked import work

HEAVY = ("torch", "tensorflow", "jax", "onnxruntime", "ctranslate2", "transformers", "gradio", "scipy", "librosa")


def check_announcing_is_cheap(subject: Subject) -> None:
    """Importing the plugin, as the host does to read its card, must not import a model library."""
    load = subject.spec.load
    if not isinstance(load, str):
        pytest.skip("it was registered with an object, not with a name to import")
    module = load.partition(":")[0]
    if module.startswith(ONE_FILE):
        announce = f"import runpy; runpy.run_path({sys.modules[module].__file__!r})"
    else:
        announce = f"import {module.rpartition('.')[0] or module}"
    assert _heavy_after(announce) == "[]", f"`{announce}` imports {_heavy_after(announce)}"


def check_card_is_complete(subject: Subject) -> None:
    """The card says what people must know before they use the engine."""
    spec = subject.spec
    assert spec.summary, "summary: one sentence on what it is good for"
    assert spec.license, "license: the SPDX name"
    assert spec.weights_license or not spec.weights, "weights_license: the SPDX name"
    assert spec.install or not spec.requires, "install: what cures a missing package"
    assert spec.debian or not spec.programs, "debian: what cures a missing program"
    assert spec.local or spec.env, "env: a cloud engine names the variable that holds its key"


def check_every_knob_has_help(subject: Subject) -> None:
    """Each parameter has a docstring under it, and no name means two things."""
    assert [knob.name for knob in subject.spec.knobs if not knob.help] == [], "write a docstring under each"
    models = (subject.spec.params, subject.spec.options, LIFTS[subject.spec.kind].options)
    names = [name for model in models for name in model.model_fields]
    assert sorted(set(names)) == sorted(names), "one name stands in several models"


def check_live_values_hold(subject: Subject) -> None:
    """What the card says of live use names parameters that there are, with values that they may have."""
    step = Step(subject.spec, subject.params, subject.options, subject.lift)
    try:
        step.having(subject.spec.live, f"live, on the card of {subject.spec.name}")
    except ConfigError as error:
        raise AssertionError(f"{error} ({error.hint})") from None


def check_speaks_the_protocol(subject: Subject) -> None:
    """It loads, and is what its kind asks for."""
    assert subject.engine is not None


def check_opens_no_socket(subject: Subject) -> None:
    """A local engine reaches no other machine, neither loading nor working."""
    if not subject.spec.local:
        pytest.skip("it is a cloud engine")
    with no_sockets():
        work(subject, subject.fresh())


def check_gives_itself_back(subject: Subject) -> None:
    """Once it has worked, was closed and let go of, nothing keeps the engine in memory."""
    engine = subject.fresh()
    work(subject, engine)
    getattr(engine, "close", lambda: None)()
    kind, number, reference = type(engine), id(engine), _reference(engine)
    del engine
    gc.collect()
    if reference is not None:
        held = reference() is not None
    else:
        held = any(id(one) == number and type(one) is kind for one in gc.get_objects())
    assert not held, "something still holds it"


@cache
def _heavy_after(announce: str) -> str:
    """The model libraries that a statement imports, told by a process of its own; all engines of a plugin share it."""
    code = f"import sys; {announce}; print([m for m in {HEAVY!r} if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    return (done.stdout + done.stderr).strip()


def _reference(engine: Any) -> weakref.ref[Any] | None:
    """A weak reference; None for a class with __slots__ that lack __weakref__."""
    try:
        return weakref.ref(engine)
    except TypeError:
        return None
