"""A dub by real engines: the words come back in their own time, and whoever looks is told that it is synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from speechlab import Kind, Lab, Policy, media, present
from speechlab.testing import no_sockets, speech, words


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab with what is installed, that may download nothing and reaches nobody."""
    one = Lab(home=tmp_path_factory.mktemp("home"), policy=Policy(local_only=True, download=False))
    kokoro = [spec for spec in one.engines(Kind.TTS) if spec.id == "kokoro"]
    if not kokoro or kokoro[0].missing() or not all(present(some, one.home) for some in kokoro[0].weights):
        pytest.skip("needs: pip install speechlab-kokoro")
    with no_sockets():
        yield one
    one.close()


def test_the_words_come_back_in_their_own_time(lab: Lab, tmp_path: Path) -> None:
    said = speech("en")
    dub = lab.dub(said.path, "en", engine="kokoro")
    path = dub.write(tmp_path / "x.flac")
    assert media.probe(path).duration == pytest.approx(said.audio.duration, abs=1e-4)
    report = dub.report
    assert not report.over
    assert report.cut == 0.0
    heard = lab.transcribe(path, language="en").transcript
    same = SequenceMatcher(None, words(said.text), words(heard.text), autojunk=False).ratio()
    assert same > 0.85, heard.text
    for sentence in said.transcript:
        nearest = min(report.segments, key=lambda one: abs(one.spoken_start - sentence.start))
        assert nearest.spoken_start == pytest.approx(sentence.start, abs=0.6)
    assert lab.provenance(path).marked
