"""Whisper keeps the promises of its kinds."""

from __future__ import annotations

from collections.abc import Callable

import speechlab_whisper

from speechlab.testing import conformance


@conformance(speechlab_whisper, values={"asr/whisper": {"model": "tiny.en"}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
