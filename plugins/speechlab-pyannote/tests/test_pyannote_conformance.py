"""The engines keep what every engine promises."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_pyannote

from speechlab.testing import conformance


@conformance(speechlab_pyannote, values={"diarize/pyannote": {"model": "campplus"}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
