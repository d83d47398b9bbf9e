"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import speechlab_apertium

from speechlab.testing import conformance

pytestmark = pytest.mark.skipif(
    not Path(speechlab_apertium.DEBIAN, "es-pt.mode").is_file(), reason="needs: apt-get install apertium-es-pt"
)


@conformance(speechlab_apertium, values={"translate/apertium": {"to": ["pt"], "source": "es"}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
