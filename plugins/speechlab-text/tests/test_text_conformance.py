"""The engines keep what every engine promises."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_text

from speechlab.testing import conformance


@conformance(speechlab_text)
def test_conforms(check: Callable[[], None]) -> None:
    check()
