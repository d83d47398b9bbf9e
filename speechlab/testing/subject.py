"""An engine under test: loaded once for all its checks, with the parameters that the plugin's author chose."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..engines import Context, EngineSpec
from ..params import Params, check


@dataclass(frozen=True)
class Subject:
    """What a check is given."""

    spec: EngineSpec
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters and options beside the defaults, as users write them."""

    @cached_property
    def params(self) -> Params:
        """What it is loaded with."""
        return self._checked(self.spec.params)

    @cached_property
    def options(self) -> Params:
        """What each call is given."""
        return self._checked(self.spec.options)

    @cached_property
    def context(self) -> Context:
        """A host whose folder is a test's own, and which downloads nothing."""
        return Context(Path(tempfile.mkdtemp(prefix="speechlab-")), download=False)

    @cached_property
    def engine(self) -> Any:
        """The loaded engine, shared by the checks."""
        return self.fresh()

    def fresh(self) -> Any:
        """Another one, loaded anew."""
        return self.spec.create(self.params, self.context)

    def _checked(self, model: type[Params]) -> Params:
        return check(model, {k: v for k, v in self.values.items() if k in model.model_fields}, self.spec.name)
