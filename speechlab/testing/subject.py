"""An engine under test: loaded once for all its checks, with the parameters that the plugin's author chose."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..engines import Context, EngineSpec, Kind
from ..params import Params, check, unknown_key
from ..stages import LIFTS


@dataclass(frozen=True)
class Subject:
    """What a check is given. Raises ConfigError for parameters that the engine does not have, or not so."""

    spec: EngineSpec
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters and options beside the defaults, as users write them in a stage of a pipeline."""

    def __post_init__(self) -> None:
        models = (self.spec.params, self.spec.options, LIFTS[self.spec.kind].options)
        known = [name for model in models for name in model.model_fields]
        for key in self.values:
            if key not in known:
                raise unknown_key(key, known, self.spec.name)
        for model in models:
            self._checked(model)

    @cached_property
    def params(self) -> Params:
        """What it is loaded with."""
        return self._checked(self.spec.params)

    @cached_property
    def options(self) -> Params:
        """What each call is given."""
        return self._checked(self.spec.options)

    @cached_property
    def lift(self) -> Any:
        """The host's own options around it, such as the voice or the language to translate into."""
        return self._checked(LIFTS[self.spec.kind].options)

    @property
    def source(self) -> str | None:
        """The language that a translator is given: chosen by the plugin's author, else English."""
        return self.lift.source if "source" in self.values else "en"

    @property
    def target(self) -> str:
        """The language to translate into: chosen by the plugin's author, else French for text, English for speech."""
        if self.spec.kind is not Kind.TRANSLATE:
            return str(self.lift.to)
        return str(self.lift.to[0]) if "to" in self.values else "fr"

    @cached_property
    def context(self) -> Context:
        """A host whose folder is the tests' own, and which downloads nothing."""
        return Context(_home(), download=False)

    @cached_property
    def engine(self) -> Any:
        """The loaded engine, shared by the checks."""
        return self.fresh()

    def fresh(self) -> Any:
        """Another one, loaded anew."""
        return self.spec.create(self.params, self.context)

    def _checked(self, model: type[Params]) -> Params:
        return check(model, {k: v for k, v in self.values.items() if k in model.model_fields}, self.spec.name)


@cache
def _home() -> Path:
    """One folder for all engines, as in a real lab, until the tests are over."""
    folder = TemporaryDirectory(prefix="speechlab-conformance-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
