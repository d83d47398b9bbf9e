"""What tests of the command line share: a lab that knows nothing of what else is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from speechlab import Lab


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the host's own plugin and those named, so that answers do not depend on what else is installed."""
    init = Lab.__init__
    monkeypatch.setattr(Lab, "__init__", lambda self, *args, **how: init(self, *args, discover=False, **how))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("plugin_"):
            del sys.modules[name]
