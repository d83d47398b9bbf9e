"""What the Live tab lets people pick, and the pipeline that it hands to its script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from speechlab import AsrOptions, EngineSpec, Kind, Lab, Params, PipelineFile, Policy, VadOptions, hookimpl
from speechlab.ui import listening
from speechlab.ui.listening import Wish

PIPELINE = """
title = "Interview"
description = "Two people."
[[stage]]
use = "denoise/toy"
[[stage]]
use = "vad/energy"
min_silence_duration_ms = 900
[[stage]]
use = "asr/toy"
language = "de"
interval = 2.0
[[stage]]
use = "translate/toy"
to = ["fr"]
"""


class StreamOptions(AsrOptions):
    """Options of an engine that streams."""

    min_silence_duration_ms: int = 600
    """Its own pause."""
    beams: int = 1
    """How many."""


class Plugin:
    """Engines for these tests; none of them is ever loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, **card: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load="no:No", license="MIT", summary="A test's.", **card))

        live = {"beams": 3, "min_silence_duration_ms": 350, "commit": "time-stable"}
        engine("streaming", Kind.ASR, options=StreamOptions, languages=("en", "pt"), live=live)
        engine("cloudy", Kind.ASR, options=AsrOptions, local=False)
        engine("absent", Kind.ASR, options=AsrOptions, requires=("no_such_module",), install="speechlab-absent")
        engine("mute", Kind.ASR)  # knows nothing of languages
        engine("silero", Kind.VAD, options=VadOptions, live={"min_silence_duration_ms": 300})
        engine("one", Kind.TRANSLATE, languages=("de", "fr"))
        engine("two", Kind.TRANSLATE, languages=("ja",))
        engine("wiener", Kind.DENOISE)

    @hookimpl
    def register_pipelines(self, register: Callable[[PipelineFile], None]) -> None:
        texts = {
            "panel": PIPELINE,
            "read-aloud": '[[stage]]\nuse = "translate/toy"\n[[stage]]\nuse = "tts/toy"\n',
            "broken": '[[stage]]\nuse = "asr/nobody"\n',
        }
        for id, text in texts.items():
            path = self.folder / f"{id}.toml"
            path.write_text(text)
            register(PipelineFile(id=id, path=path))


@pytest.fixture
def lab(tmp_path: Path, home: Path) -> Iterator[Lab]:
    with Lab(Plugin(tmp_path), discover=False, home=home) as lab:
        yield lab


def stages(plan: dict[str, Any]) -> list[dict[str, Any]]:
    assert plan["problem"] == ""
    assert json.loads(json.dumps(plan)) == plan
    found: list[dict[str, Any]] = plan["pipeline"]["stage"]
    return found


def test_engines_and_pipelines_that_hear_may_be_picked_and_no_others(lab: Lab) -> None:
    labels = dict(listening.choices(lab))
    assert labels["streaming"] == "asr/streaming"
    assert labels["absent (not installed)"] == "asr/absent"
    assert labels["Pipeline: Interview"] == "panel"
    assert labels["Pipeline: Toy captions"] == "toy-captions"
    assert not {"read-aloud", "broken"} & set(labels.values())
    keys = list(labels.values())
    assert max(keys.index(key) for key in keys if "/" in key) < min(keys.index(key) for key in keys if "/" not in key)


def test_an_engine_alone_becomes_a_pipeline_with_its_detector(lab: Lab) -> None:
    plan = listening.plan(lab, "asr/cloudy", Wish())
    assert stages(plan) == [{"use": "vad/silero"}, {"use": "asr/cloudy"}]
    assert (plan["name"], plan["pause"]) == ("cloudy", 300)
    assert lab.pipeline(plan["pipeline"]).check() == []


def test_what_is_set_beside_it_goes_to_the_stage_that_it_is_for(lab: Lab) -> None:
    wish = Wish("pt", "fr", "one", "wiener", 700, {"commit": "final-at-silence", "guard": False})
    assert stages(listening.plan(lab, "asr/cloudy", wish)) == [
        {"use": "denoise/wiener", "recognise": "clean"},
        {"use": "vad/silero", "min_silence_duration_ms": 700},
        {"use": "asr/cloudy", "language": "pt", "commit": "final-at-silence", "guard": False},
        {"use": "translate/one", "to": ["fr"]},
    ]


def test_what_may_still_change_is_translated_where_that_is_wished(lab: Lab) -> None:
    told = stages(listening.plan(lab, "asr/cloudy", Wish(target="fr", tentative=True)))
    assert told[-1] == {"use": "translate/route", "to": ["fr"], "tentative": True}
    assert "translate" not in stages(listening.plan(lab, "asr/cloudy", Wish(tentative=True)))[-1]["use"]


def test_an_engine_with_a_pause_of_its_own_is_told_of_it(lab: Lab) -> None:
    one = listening.hearer(lab, "asr/streaming")
    assert one is not None
    assert one.pause == 350
    told = stages(listening.plan(lab, "asr/streaming", Wish(pause=800)))
    assert told == [{"use": "vad/silero"}, {"use": "asr/streaming", "min_silence_duration_ms": 800}]


def test_controls_show_what_holds_live_and_only_what_is_changed_is_said(lab: Lab) -> None:
    one = listening.hearer(lab, "asr/streaming")
    assert one is not None
    knobs = {knob.name: knob for knob in one.knobs}
    assert knobs["beams"].default == 3
    assert knobs["commit"].default == "time-stable"
    assert not knobs["commit"].advanced
    assert list(knobs)[:2] == ["beams", "commit"]
    assert knobs["interval"].advanced
    assert not {"language", "min_silence_duration_ms"} & knobs.keys()
    assert stages(listening.plan(lab, "asr/streaming", Wish(pause=350))) == [
        {"use": "vad/silero"},
        {"use": "asr/streaming"},
    ]
    assert stages(listening.plan(lab, "asr/streaming", Wish(values={"beams": 1})))[1] == {
        "use": "asr/streaming",
        "beams": 1,
    }


def test_a_written_pipeline_stays_as_it_is_but_for_what_is_changed(lab: Lab) -> None:
    one = listening.hearer(lab, "panel")
    assert one is not None
    assert (one.name, one.language, one.pause) == ("Interview", "de", 900)
    assert {knob.name: knob.default for knob in one.knobs}["interval"] == 2.0
    plan = listening.plan(lab, "panel", Wish("de", "ja", "two", "wiener", 900))
    assert plan["pipeline"] == {"title": "Interview", **_file()}
    changed = listening.plan(lab, "panel", Wish("", None, None, None, 400, {"interval": 1.0}))
    told = {stage["use"]: stage for stage in stages(changed)}
    assert told["asr/toy"] == {"use": "asr/toy", "language": None, "interval": 1.0}
    assert told["vad/energy"]["min_silence_duration_ms"] == 400
    html = listening.about(one)
    assert "Two people." in html
    assert "vad/energy" in html
    assert "On this machine" in html


def _file() -> dict[str, Any]:
    import tomllib

    return {"stage": tomllib.loads(PIPELINE)["stage"]}


def test_what_cannot_run_says_why_before_anybody_speaks(lab: Lab, tmp_path: Path, home: Path) -> None:
    plan = listening.plan(lab, "asr/absent", Wish())
    assert plan["pipeline"] is None
    assert "no_such_module" in plan["problem"]
    assert plan["hint"] == "pip install speechlab-absent"
    assert "language" in listening.plan(lab, "asr/streaming", Wish("zz"))["problem"]
    assert listening.plan(lab, None, Wish())["hint"] == "pip install speechlab-whisper"
    with Lab(Plugin(tmp_path), discover=False, home=home, policy=Policy(local_only=True)) as careful:
        assert "asr/cloudy" in listening.plan(careful, "asr/cloudy", Wish())["problem"]


def test_only_what_is_installed_and_no_toy_translates_or_cleans(lab: Lab, home: Path) -> None:
    assert [spec.id for spec in listening.installed(lab, Kind.TRANSLATE)] == ["route", "one", "two"]
    assert [spec.id for spec in listening.installed(lab, Kind.DENOISE)] == ["wiener"]
    assert listening.installed(Lab(discover=False, home=home), Kind.TRANSLATE) == []
    told = stages(listening.plan(lab, "asr/toy", Wish(target="fr")))
    assert told[-1] == {"use": "translate/route", "to": ["fr"]}


def test_an_engine_that_cannot_be_told_a_language_is_not(lab: Lab) -> None:
    one = listening.hearer(lab, "asr/mute")
    assert one is not None
    assert one.languages is None
    assert stages(listening.plan(lab, "asr/mute", Wish("en"))) == [{"use": "vad/silero"}, {"use": "asr/mute"}]


def test_a_pipeline_without_any_pause_can_still_be_paused(lab: Lab, tmp_path: Path) -> None:
    class Detecting:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            register(
                EngineSpec(id="silero", kind=Kind.VAD, load="no:No", options=Params, license="MIT", summary="Odd.")
            )

    with Lab(Detecting(), discover=False, home=tmp_path / "odd") as odd:
        plan = listening.plan(odd, "asr/toy", Wish(pause=700))
        one = listening.hearer(odd, "asr/toy")
    assert stages(plan) == [{"use": "vad/silero"}, {"use": "asr/toy"}]
    assert one is not None
    assert one.pause is None
    assert plan["pause"] == 700


@pytest.mark.parametrize("key", [None, "", "asr/nobody", "nothing", "tts/toy", "read-aloud", "broken", "no/such"])
def test_a_key_that_stands_for_nothing_that_hears_is_none(lab: Lab, key: str | None) -> None:
    assert listening.hearer(lab, key) is None
