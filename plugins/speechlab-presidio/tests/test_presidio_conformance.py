"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_presidio

from speechlab.testing import conformance


@conformance(speechlab_presidio)
def test_conforms(check: Callable[[], None]) -> None:
    check()
