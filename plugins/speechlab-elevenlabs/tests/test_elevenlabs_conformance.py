"""The engines keep what every engine promises, against a service that speaks the wire protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import speechlab_elevenlabs
from speechlab_elevenlabs import KEY

from speechlab.testing import conformance

with pytest.MonkeyPatch.context() as patched:
    patched.setenv(KEY, "a key, so that nothing is skipped")
    checks = conformance(speechlab_elevenlabs, values={"convert/elevenlabs": {"voice": "Bob"}})


@checks
def test_conforms(check: Callable[[], None], service: Any) -> None:
    check()
