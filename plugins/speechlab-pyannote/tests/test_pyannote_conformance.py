"""The engines keep what every engine promises."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import pytest
import speechlab_pyannote

from speechlab.testing import conformance

pytestmark = pytest.mark.filterwarnings("ignore")


@conformance(speechlab_pyannote, values={"diarize/pyannote": {"model": "campplus"}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
