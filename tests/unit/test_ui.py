"""What the page is made of, without a browser: controls, rows, sound that plays, who is who."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import gradio as gr
import numpy as np
import pytest
from gradio.renderable import Renderable
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from speechlab import (
    Audio,
    AudioChunk,
    ConfigError,
    HeardChunk,
    Kind,
    Knob,
    Lab,
    Params,
    Recording,
    Segment,
    Transcript,
)
from speechlab.jobs import Order, State
from speechlab.media import probe, read, write
from speechlab.params import check, knobs
from speechlab.speakers import Editing
from speechlab.ui import results, settings, who
from speechlab.ui.controls import Controls, build, step_for
from speechlab.ui.page import page
from speechlab.ui.playable import playable
from speechlab.ui.results import Outline
from speechlab.ui.rows import row
from speechlab.ui.visitors import owner

RATE = 16_000


class Every(Params):
    """A parameter of every kind."""

    model: Literal["small", "large"] | str = "small"
    """Suggestions, and anything else."""
    loud: bool = True
    """Yes or no."""
    beams: Annotated[int, Field(ge=1, le=20)] = 5
    """A whole number between two."""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """A number between two."""
    seed: int | None = None
    """A number, or none."""
    limit: float | None = 2.4
    """A number by default, or none."""
    task: Literal["transcribe", "translate"] = "transcribe"
    """One of two."""
    fallback: Literal["a", "b"] | None = None
    """One of two, or none."""
    prompt: str | None = None
    """A text, or none."""
    words: tuple[str, ...] = ("one", "two")
    """Several texts."""
    temperatures: Annotated[tuple[float, ...], Field(json_schema_extra={"advanced": True})] = (0.0, 0.2)
    """Several numbers."""


def on_a_page(*several: Iterable[Knob]) -> list[Controls]:
    """The controls, made where a page is being built; Gradio wants a running event loop for that."""

    async def page() -> list[Controls]:
        with gr.Blocks():
            return [build(knobs) for knobs in several]

    return asyncio.run(page())


def at_first(made: Controls) -> list[Any]:
    """What controls show before anybody touches them."""
    return [component.value for component in made.components]  # type: ignore[attr-defined]


def shown(model: type[Params]) -> tuple[Controls, list[Any]]:
    """The controls of a model, and what they show at first."""
    [made] = on_a_page(knobs(model))
    return made, at_first(made)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("model", gr.Dropdown),
        ("loud", gr.Checkbox),
        ("beams", gr.Slider),
        ("threshold", gr.Slider),
        ("seed", gr.Textbox),
        ("limit", gr.Textbox),
        ("task", gr.Dropdown),
        ("fallback", gr.Dropdown),
        ("prompt", gr.Textbox),
        ("words", gr.Textbox),
        ("temperatures", gr.Textbox),
    ],
)
def test_each_parameter_has_the_control_of_its_kind(name: str, kind: type) -> None:
    made, _ = shown(Every)
    [control] = [component for component in made.components if component.elem_id == f"knob-{name}"]
    assert type(control) is kind
    assert control.info == Every.model_fields[name].description


def test_controls_that_nobody_touched_say_nothing() -> None:
    made, values = shown(Every)
    assert made.values(values) == {}


def test_what_was_changed_is_what_the_model_takes() -> None:
    made, values = shown(Every)
    now = dict(zip([knob.name for knob in made.knobs], values, strict=True))
    now |= {
        "model": "owner/name",
        "loud": False,
        "beams": 3.0,
        "threshold": 0.25,
        "seed": " 7",
        "limit": "",
        "task": "translate",
    }
    now |= {"fallback": "b", "prompt": " Dear all ", "words": "three, four,", "temperatures": "0, 0.4"}
    told = check(Every, made.values(list(now.values())), "the page")
    assert told == Every(
        model="owner/name",
        loud=False,
        beams=3,
        threshold=0.25,
        seed=7,
        limit=None,
        task="translate",
        fallback="b",
        prompt="Dear all",
        words=("three", "four"),
        temperatures=(0.0, 0.4),
    )


def test_the_controls_of_every_engine_and_format_say_nothing_at_first() -> None:
    lab = Lab()
    of = {spec.name: spec.knobs for spec in lab.engines()}
    of |= {f"format {format.id}": knobs(format.options) for format in lab.plugins.formats.values()}
    for name, made in zip(of, on_a_page(*of.values()), strict=True):
        assert made.values(at_first(made)) == {}, name


@given(st.floats(-100, 100), st.floats(0.01, 1000))
def test_a_sliders_step_makes_about_a_hundred_of_its_range(minimum: float, span: float) -> None:
    assert 40 <= span / step_for(minimum, minimum + span, minimum) <= 210


@given(st.integers(0, 1000))
def test_a_sliders_default_is_one_of_its_steps(thousandths: int) -> None:
    value = thousandths / 1000
    assert (value / step_for(0, 1, value)) % 1 == pytest.approx(0, abs=1e-6) or (
        value / step_for(0, 1, value)
    ) % 1 > 1 - 1e-6


def test_controls_are_rendered_one_after_the_other() -> None:
    async def made(lab: Lab) -> gr.Blocks:  # gradio's blocks make a loop of their own where none runs
        return page(lab)

    with Lab(discover=False) as lab:
        blocks = asyncio.run(made(lab))
    renders = [one for one in blocks.fns.values() if isinstance(getattr(one.fn, "__self__", None), Renderable)]
    assert {(one.queue, one.concurrency_id, one.concurrency_limit) for one in renders} == {(True, "controls", 1)}


def test_settings_become_a_pipeline_with_what_was_changed_alone() -> None:
    lab = Lab(discover=False)
    spec = lab.plugins.engine(Kind.ASR, "toy")
    assert settings.order(spec, "", {}) == ({"title": "Transcribe", "stage": [{"use": "asr/toy"}]}, None)
    told, channel = settings.order(spec, "pt", {"guard": False, "channels": "Each is a speaker"})
    assert told["stage"] == [{"use": "asr/toy", "language": "pt", "guard": False}]
    assert channel == "each"
    assert lab.pipeline(told).check(lab.policy) == []


def test_the_sound_is_cleaned_before_and_speakers_are_told_after() -> None:
    lab = Lab(discover=False)
    spec = lab.plugins.engine(Kind.ASR, "toy")
    around = {"clean": {"use": "denoise/toy", "recognise": "raw"}, "who": {"use": "diarize/toy", "backchannel": 0}}
    told, _ = settings.order(spec, "", {}, **around)  # type: ignore[arg-type]
    assert [stage["use"] for stage in told["stage"]] == ["denoise/toy", "asr/toy", "diarize/toy"]
    assert lab.pipeline(told).check(lab.policy) == []
    told, channel = settings.order(spec, "", {"channels": "Each is a speaker"}, **around)  # type: ignore[arg-type]
    assert ([stage["use"] for stage in told["stage"]], channel) == (["denoise/toy", "asr/toy"], "each")


@pytest.mark.parametrize("recognise", ["raw", "clean", "better"])
def test_the_cleaned_sound_can_be_heard_whichever_is_recognised(home: Path, recognise: str) -> None:
    with Lab(discover=False, home=home) as lab:
        upload = lab.jobs.uploads.new("ann", "talk.wav")
        write(sound(6), upload.path)
        clean = {"use": "denoise/toy", "recognise": recognise}
        pipeline, _ = settings.order(lab.plugins.engine(Kind.ASR, "toy"), "", {}, clean=clean)
        job = lab.jobs.submit("ann", Order(name="talk.wav", sound=upload.path, pipeline=pipeline, upload=upload))
        job = job.over.result(20)
        assert job.state is State.DONE
        loudest = max(float(np.abs(piece.samples).max()) for piece in read(job.heard))
        assert loudest == pytest.approx(0.15, abs=0.01)
        assert f"lab/heard/{job.id}" in results.shown(lab, job)


def talk() -> Recording:
    spoken = [("A", "one"), ("B", "two"), ("C", "three"), ("A", "four")]
    segments = [Segment(n, n + 1, text=text, id=text, speaker=who) for n, (who, text) in enumerate(spoken)]
    return Recording(transcript=Transcript(tuple(segments)), duration=4)


def test_the_page_corrects_speakers_whose_colours_stay() -> None:
    editing = Editing(talk())
    assert who.colours(editing) == {"A": 0, "B": 1, "C": 2}
    who.correct(editing, {"do": "rename", "speaker": "B", "name": "Ben"})
    who.correct(editing, {"do": "merge", "speakers": ["A"], "into": "Ben"})
    assert who.colours(editing) == {"Ben": 1, "C": 2}
    corrected = who.correct(editing, {"do": "assign", "segments": ["four"], "speaker": None})
    assert [segment.speaker for segment in corrected.transcript][:3] == ["Ben", "Ben", "C"]
    assert who.colours(editing)[corrected.transcript.segments[3].speaker or ""] == 3
    for _ in range(3):
        who.correct(editing, {"do": "undo"})
    assert editing.recording == talk()
    who.correct(editing, {"do": "redo"})
    assert who.colours(editing) == {"A": 0, "Ben": 1, "C": 2}


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"do": "dance"},
        {"do": "rename", "speaker": "A"},
        {"do": "rename", "speaker": "A", "name": 5},
        {"do": "rename", "speaker": "Z", "name": "Zoe"},
        {"do": "merge", "speakers": "AB", "into": "A"},
        {"do": "assign", "segments": ["nowhere"], "speaker": None},
        {"do": "undo"},
    ],
)
def test_what_cannot_be_done_with_speakers_is_refused(said: object) -> None:
    editing = Editing(talk())
    with pytest.raises(ConfigError):
        who.correct(editing, said)
    assert editing.recording == talk()


@pytest.mark.parametrize("key", ["", "api", "short", "x" * 65, "with space with space with", None, 5])
def test_a_visitor_without_a_key_of_their_own_is_nobody(key: object) -> None:
    with pytest.raises(ConfigError):
        owner(key)


def test_two_visitors_are_two_owners() -> None:
    assert owner("a" * 48) != owner("b" * 48)


def sound(seconds: float = 2.0) -> Audio:
    return Audio((0.3 * np.sin(np.arange(round(seconds * RATE)) * 0.2)).astype(np.float32), RATE)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_what_a_browser_plays_is_played_as_it_is(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk.{suffix}"
    write(sound(), path)
    assert playable(path)[0] == path
    assert playable(path)[1].startswith("audio/")


def test_what_a_browser_cannot_play_is_copied_once(tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "talk.aiff"
    soundfile.write(path, sound().mono, RATE, format="AIFF")
    copy, mime = playable(path)
    assert (copy.parent, mime) == (tmp_path, "audio/flac")
    assert probe(copy).duration == pytest.approx(2.0, abs=0.01)
    made = copy.stat().st_mtime_ns
    assert playable(path)[0].stat().st_mtime_ns == made


def test_an_outline_is_drawn_once_though_a_piece_is_told_twice() -> None:
    first, second = sound(2), Audio(sound(2).samples, RATE, 2.0)
    outline = Outline()
    for audio in (first, second, second, Audio(sound(3).samples, RATE, 2.0)):
        outline.hear(AudioChunk(audio))
        outline.hear(HeardChunk(audio.crop(0, 4)))
    assert outline.recognised.peaks.waveform().duration == 5.0
    assert outline.heard.peaks.waveform().duration == 4.0


def test_a_row_tells_how_it_stands(home: Path) -> None:
    lab = Lab(discover=False, home=home)
    pipeline = lab.transcription("toy")
    job = lab.jobs.submit("ann", Order(name="talk.wav", sound=sound(6), pipeline=pipeline)).over.result(20)
    told = row(job)
    assert (told["name"], told["state"], told["engine"], told["language"]) == ("talk.wav", State.DONE, "toy", "en")
    assert told["total"] == 6.0
    assert told["speed"] > 0
    assert "seconds of sound" in told["text"]
    failed = row(lab.jobs.submit("ann", Order(name="gone.wav", sound="gone.wav", pipeline=pipeline)).over.result(20))
    assert failed["state"] == State.FAILED
    assert "gone.wav" in failed["error"]
    assert failed["hint"]
    lab.close()
