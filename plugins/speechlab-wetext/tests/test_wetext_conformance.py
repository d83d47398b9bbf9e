"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_wetext

from speechlab.testing import conformance


@conformance(speechlab_wetext)
def test_conforms(check: Callable[[], None]) -> None:
    check()
