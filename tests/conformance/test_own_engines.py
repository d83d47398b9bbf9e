"""The host's own engines keep the promises that it asks of everybody's."""

from __future__ import annotations

from collections.abc import Callable

from speechlab.testing import conformance


@conformance()
def test_own_engines_conform(check: Callable[[], None]) -> None:
    check()
