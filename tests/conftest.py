"""Every test run is the same run: hypothesis draws the same examples, and nothing of the user's own lab is touched."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "speechlab",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("speechlab")


def pytest_collection_finish() -> None:
    """What every test module has imported stays. A lab that unloads its engines collects garbage, and would look
    through all of it, a thousand times in a run of all tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab folder of the test's own."""
    folder = tmp_path / "lab"
    monkeypatch.setenv("SPEECHLAB_HOME", str(folder))
    return folder
