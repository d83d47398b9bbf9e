"""What transformers prints comes back as the user had it."""

from __future__ import annotations

import pytest
from speechlab_transformers.quiet import quiet
from transformers.utils import logging


def test_quiet_within_and_as_before_after() -> None:
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    with quiet():
        with quiet():
            assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (logging.ERROR, False)
        assert not logging.is_progress_bar_enabled(), "another thread is still within"
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_as_before_after_an_error() -> None:
    before = logging.get_verbosity()
    with pytest.raises(ValueError, match="no"), quiet():
        raise ValueError("no")
    assert logging.get_verbosity() == before
