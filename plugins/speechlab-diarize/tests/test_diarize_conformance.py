"""The engine keeps what every engine promises."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_diarize

from speechlab.testing import conformance


@conformance(speechlab_diarize)
def test_conforms(check: Callable[[], None]) -> None:
    check()


@conformance(speechlab_diarize, values={"diarize/diarize": {"update_seconds": 2.0}})
def test_conforms_while_it_tells_as_it_goes(check: Callable[[], None]) -> None:
    check()
