"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import speechlab_voicematch
from speechlab_kokoro import ALPHABET, MODEL

from speechlab import present
from speechlab.testing import conformance

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in (MODEL, ALPHABET)), reason="needs: pip install speechlab-kokoro"
)


@conformance(speechlab_voicematch, values={"tts/voicematch": {"language": "en", "threads": 1, "speed": 2.0}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
