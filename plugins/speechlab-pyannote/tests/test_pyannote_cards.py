"""What the host knows of both engines without pyannote.audio."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError
from speechlab_pyannote import COMMUNITY, DiarizeParams, PyannoteOptions

from speechlab import Kind
from speechlab.plugins import Plugins


@pytest.fixture(scope="module")
def host() -> Plugins:
    import speechlab_pyannote

    return Plugins(speechlab_pyannote, discover=False)


def test_both_are_announced_without_torch() -> None:
    code = "import speechlab_pyannote, sys; print([m for m in sys.modules if m.split('.')[0] in ('torch', 'pyannote')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("kind", [Kind.DIARIZE, Kind.VAD])
def test_what_is_missing_is_named_with_the_cure(host: Plugins, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyannote.audio", None)  # as where it is not installed
    spec = host.engines[kind, "pyannote"]
    assert spec.missing() == ["pyannote.audio"]
    assert spec.cure == "pip install speechlab-pyannote"


def test_the_pipeline_that_its_users_mean_is_the_default() -> None:
    assert DiarizeParams().model == COMMUNITY == "pyannote/speaker-diarization-community-1"


def test_fewer_at_most_than_at_least_is_refused() -> None:
    with pytest.raises(ValidationError, match="should not be below min_speakers"):
        PyannoteOptions(min_speakers=3, max_speakers=2)
