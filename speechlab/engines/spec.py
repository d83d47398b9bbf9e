"""An engine's card: data only, so that a thousand engines cost nothing until one is used."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Any

from ..errors import EngineUnavailable, SpeechLabError
from ..params import Knob, Params, knobs
from .context import Context
from .kinds import PROTOCOLS, Kind
from .weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """Announces one engine. Give it to ``register`` in the plugin's ``register_engines`` hook."""

    id: str
    kind: Kind
    load: str | Callable[[Any, Context], Any]
    """``"package.module:Class"``, imported on first use, then called as ``Class(params, context)``."""
    params: type[Params] = Params
    """What is needed to load: a change loads anew (model, device, precision)."""
    options: type[Params] = Params
    """What may change at each call (language, beam size, speed)."""
    features: frozenset[str] = frozenset()
    """What it can do beyond its protocol; conformance checks each: ``word_times``, ``language_id``, ..."""
    languages: tuple[str, ...] = ()
    """BCP-47 codes; empty where it is not tied to languages or only the checkpoint knows."""
    sample_rate: int = 16_000
    """The rate in Hz of the mono sound that the host gives it."""
    window: float = 30.0
    """The longest stretch of sound, in seconds, that a recognizer wants at once."""
    concurrent: bool = False
    """Whether several threads may call one loaded engine at the same time."""
    requires: tuple[str, ...] = ()
    """Import names that must be there; looked for, never imported."""
    env: tuple[str, ...] = ()
    """Environment variables that must be set (a cloud engine's key)."""
    install: str = ""
    """The pip names that cure what is missing."""
    local: bool = True
    """False: sound or text leaves the machine."""
    weights: tuple[Weights, ...] = ()
    """What :meth:`Context.weights` may be asked for with the default parameters."""
    license: str = ""
    """SPDX licence of the engine's code."""
    weights_license: str = ""
    """SPDX licence of its default weights."""
    homepage: str = ""
    summary: str = ""
    """One sentence: what it is good for."""

    @property
    def name(self) -> str:
        """``kind/id``, as in a pipeline file."""
        return f"{self.kind}/{self.id}"

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Parameters and options as the one flat list that users see."""
        return knobs(self.params, self.options)

    def missing(self) -> list[str]:
        """Import names and environment variables that are not there."""
        return [name for name in self.requires if not _importable(name)] + [
            name for name in self.env if not os.environ.get(name)
        ]

    @property
    def cure(self) -> str:
        """What to type or do so that nothing is missing; empty where nothing is."""
        steps = []
        missing = self.missing()
        if any(name in self.requires for name in missing):
            steps.append(f"pip install {self.install or ' '.join(self.requires)}")
        steps += [f"set {name}" for name in missing if name in self.env]
        return " and ".join(steps)

    def create(self, params: Params, context: Context) -> Any:
        """Import and load the engine. Raises EngineUnavailable with the cure."""
        if missing := self.missing():
            raise EngineUnavailable(f"{self.name} needs {', '.join(missing)}", hint=self.cure)
        try:
            factory = resolve_name(self.load) if isinstance(self.load, str) else self.load
            engine = factory(params, context)
        except SpeechLabError:
            raise
        except Exception as error:
            raise EngineUnavailable(
                f"{self.name} could not be loaded: {type(error).__name__}: {error}",
                hint="`speechlab doctor` tells what it found",
            ) from error
        if not isinstance(engine, PROTOCOLS[self.kind]):
            wanted = " or ".join(protocol.__name__ for protocol in PROTOCOLS[self.kind])
            raise EngineUnavailable(
                f"{self.name} loaded a {type(engine).__name__}, which is no {wanted}",
                hint="tell its author; `speechlab.testing` has the checks",
            )
        return engine


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):
        return False
