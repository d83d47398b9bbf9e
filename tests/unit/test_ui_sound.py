"""What the page asks of a recording's sound: the check as a card, spectrograms, and speech at any threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from speechlab import Audio, ConfigError, Lab, media
from speechlab.builtin.cards import EnergyOptions
from speechlab.jobs import Job, Order
from speechlab.rest.app import create_app
from speechlab.soundcheck import Advice, SoundCheck, check
from speechlab.source import Source
from speechlab.ui.settings import order
from speechlab.ui.sound_routes import sound_routes
from speechlab.ui.soundcard import soundcard
from speechlab.ui.speech_panel import step
from speechlab.ui.speech_picture import Pictures

RATE = 16_000
HALVES = np.concatenate([np.zeros(2 * RATE), 0.3 * np.sin(np.arange(2 * RATE) / 5), np.zeros(2 * RATE)])
CLEAN = {"title": "", "stage": [{"use": "denoise/toy"}, {"use": "asr/toy"}]}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(discover=False, home=tmp_path / "home") as made:
        yield made


@pytest.fixture
def job(lab: Lab, tmp_path: Path) -> Job:
    """A recording that was worked on: silence, a second of tone, silence."""
    return done(lab, tmp_path, {"title": "", "stage": [{"use": "asr/toy"}]})


def done(lab: Lab, folder: Path, pipeline: dict[str, object]) -> Job:
    media.write([Audio(HALVES, RATE)], folder / "a.wav")
    job: Job = lab.jobs.submit("me", Order(name="a.wav", sound=folder / "a.wav", pipeline=pipeline))
    job.over.result(20)
    return job


@pytest.fixture
def get(lab: Lab) -> Callable[..., object]:
    app = create_app(lab, ui=False)
    app.include_router(sound_routes(lab))
    return TestClient(app).get


def test_speech_is_told_for_any_threshold_and_the_sound_is_heard_once(lab: Lab, job: Job, get, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    heard: list[int] = []
    scored = Pictures._scored
    monkeypatch.setattr(Pictures, "_scored", lambda self, *asked: heard.append(1) or scored(self, *asked))
    loud, louder = (get(f"/lab/speech/{job.id}?threshold={level}").json() for level in (0.1, 0.5))
    assert loud["count"] == 1
    [[start, end]] = loud["spans"]
    assert (start, end) == (pytest.approx(1.8, abs=0.03), pytest.approx(4.2, abs=0.03))
    assert loud["share"] == pytest.approx(2.4 / 6, abs=0.01)
    assert louder["spans"] == []
    assert louder["values"]["threshold"] == 0.5
    assert heard == [1]
    assert max(loud["scores"]["values"]) == pytest.approx(0.3 / np.sqrt(2), abs=0.01)
    assert {knob["name"] for knob in loud["knobs"]} == set(EnergyOptions.model_fields)
    assert [one["id"] for one in loud["engines"]] == ["energy"]


def test_a_part_is_shown_in_full(get, job: Job) -> None:  # type: ignore[no-untyped-def]
    part = get(f"/lab/speech/{job.id}?threshold=0.1&from=2.5&to=3.5").json()
    assert (part["from"], part["to"], part["whole"]) == (2.5, 3.5, [0.0, 6.0])
    assert part["scores"]["from"] == pytest.approx(2.5, abs=0.02)
    assert len(part["scores"]["values"]) == pytest.approx(50, abs=1)
    assert len(part["low"]["values"]) == len(part["high"]["values"]) == pytest.approx(100, abs=2)
    assert min(part["low"]["values"]) == pytest.approx(-1, abs=0.02)


@pytest.mark.parametrize("query", ["threshold=7", "threshold=much", "nothing=1", "from=then", "to=nan", "engine=none"])
def test_what_cannot_be_asked_is_said(get, job: Job, query: str) -> None:  # type: ignore[no-untyped-def]
    answer = get(f"/lab/speech/{job.id}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("part", ["check", "spectrogram", "speech"])
def test_what_is_gone_is_not_found(get, part: str) -> None:  # type: ignore[no-untyped-def]
    assert get(f"/lab/{part}/nobody").status_code == 404


def test_the_check_as_figures_and_as_a_card(get, job: Job) -> None:  # type: ignore[no-untyped-def]
    told = get(f"/lab/check/{job.id}").json()
    assert told["duration"] == 6.0
    card = get(f"/lab/check/{job.id}?html=true")
    assert card.headers["content-type"].startswith("text/html")
    assert "<h3>Sound check</h3>" in card.text
    assert all(item["text"] in card.text for item in told["advice"] if "&" not in item["text"])


def test_a_card_escapes_and_folds_away_what_is_good() -> None:
    found = check(Source(Audio(HALVES, RATE)))
    good = SoundCheck(*(getattr(found, name) for name in list(SoundCheck.__dataclass_fields__)[:-1]))
    assert "Nothing to improve" in soundcard(good)
    told = soundcard(
        SoundCheck(
            **{name: getattr(good, name) for name in SoundCheck.__dataclass_fields__ if name != "advice"},
            advice=(Advice("level", "warning", "<b>loud</b>", "Turn it down."),),
        )
    )
    assert "&lt;b&gt;loud" in told
    assert "Nothing to improve" not in told


def test_spectrograms_of_both_sounds_are_equally_bright(lab: Lab, tmp_path: Path, get) -> None:  # type: ignore[no-untyped-def]
    job = done(lab, tmp_path, CLEAN)
    raw, clean = (
        np.asarray(Image.open(BytesIO(get(f"/lab/spectrogram/{job.id}?track={track}").content)).convert("L"))
        for track in ("raw", "clean")
    )
    assert raw.shape == clean.shape
    assert clean.max() < raw.max()  # the toy halves the sound


def test_there_is_no_picture_of_sound_that_was_not_made(get, job: Job) -> None:  # type: ignore[no-untyped-def]
    assert get(f"/lab/spectrogram/{job.id}").headers["content-type"] == "image/png"
    assert get(f"/lab/spectrogram/{job.id}?track=clean").status_code == 400


def test_what_was_chosen_goes_into_the_order(lab: Lab) -> None:
    chosen = step(lab, "energy", {"threshold": 0.3})
    assert chosen == {"use": "vad/energy", "threshold": 0.3}
    pipeline, _ = order(lab.plugins.engines[("asr", "toy")], None, {}, speech=chosen)  # type: ignore[index]
    assert [stage["use"] for stage in pipeline["stage"]] == ["vad/energy", "asr/toy"]
    assert lab.pipeline(pipeline).steps[0].options.threshold == 0.3
    assert step(lab, "", {}) is None
    with pytest.raises(ConfigError):
        step(lab, "energy", {"threshold": 3})
