"""A pipeline file is checked before it runs, and what is wrong is said in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineNotFound,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    Params,
    Policy,
    PolicyDenied,
    Ways,
    hookimpl,
)
from speechlab.errors import SpeechLabError
from speechlab.testing import tone


class Cloud:
    """A plugin of one cloud engine, one without its library, and one that knows French only."""

    @hookimpl
    def register_engines(self, register: object) -> None:
        assert callable(register)
        register(EngineSpec(id="cloud", kind=Kind.ASR, load="nowhere:X", local=False))
        register(
            EngineSpec(id="ghost", kind=Kind.ASR, load="nowhere:X", requires=("ghost_lib",), install="speechlab-g")
        )
        toy = "speechlab.builtin.toys:Counter"
        from speechlab import AsrOptions

        register(EngineSpec(id="french", kind=Kind.ASR, load=toy, languages=("fr",), options=AsrOptions))


@pytest.fixture
def lab() -> Lab:
    return Lab(Cloud(), discover=False)


def stage(*uses: str, more: str = "") -> str:
    return "\n".join(f'[[stage]]\nuse = "{use}"\n{more}' for use in uses)


def test_parameters_find_their_model(lab: Lab) -> None:
    text = stage("asr/toy") + stage("translate/toy", more='marks = 2\nto = ["fr", "de"]\nsource = "en"')
    *_, translate = lab.pipeline(text).steps
    assert translate.params.model_dump() == {"marks": 2}
    assert translate.lift_options.model_dump(exclude_unset=True) == {"to": ("fr", "de"), "source": "en"}


def test_one_target_needs_no_list(lab: Lab) -> None:
    step = lab.pipeline(stage("translate/toy", more='to = "fr"')).steps[-1]
    assert step.lift_options.model_dump()["to"] == ("fr",)


def test_a_recognizer_gets_a_detector_before_it(lab: Lab) -> None:
    assert [step.spec.name for step in lab.pipeline(stage("asr/toy")).steps] == ["vad/energy", "asr/toy"]
    own = lab.pipeline(stage("vad/energy", "denoise/toy", "asr/toy"))
    assert [step.spec.kind for step in own.steps] == [Kind.VAD, Kind.DENOISE, Kind.ASR]
    assert own.detected_before(own.steps[2])
    assert not own.detected_before(own.steps[0])


def test_a_kind_alone_means_the_best_installed(lab: Lab) -> None:
    assert [step.spec.name for step in lab.pipeline(stage("vad", "asr")).steps] == ["vad/energy", "asr/french"]
    with pytest.raises(EngineUnavailable, match="no engine for diarization is installed") as caught:
        lab.pipeline(stage("asr", "diarize"))
    assert caught.value.hint == "pip install speechlab-diarize"
    with pytest.raises(ConfigError, match="each engine for sound preparation does something else") as unclear:
        lab.pipeline(stage("prepare", "asr"))
    assert "highpass" in unclear.value.hint


@pytest.mark.parametrize(
    ("told", "channels", "speakers"),
    [
        ('channels = "each"', 2, {"Channel 1", "Channel 2"}),
        ('channels = "each"', 1, {"A", "B"}),
        ('channels = "mix"', 2, {"A", "B"}),
        ("", 2, {"A", "B"}),
    ],
)
def test_channels_that_are_speakers_are_not_told_apart_again(
    lab: Lab, told: str, channels: int, speakers: set[str]
) -> None:
    talk = tone(3.2)
    sound = Audio(np.repeat(talk.samples, channels, axis=0), talk.sample_rate)
    recording = lab.run(f"{told}\n{stage('asr/toy', 'diarize/toy')}", sound)
    assert {turn.speaker for turn in recording.diarization} <= speakers
    assert {segment.speaker for segment in recording.transcript} <= speakers
    assert {word.speaker for segment in recording.transcript for word in segment.words} == speakers


@pytest.mark.parametrize(
    ("text", "error", "said", "hint"),
    [
        ('channels = "both"\n' + stage("asr/toy"), ConfigError, "channels cannot be 'both'", "there are: "),
        (stage("/toy"), ConfigError, "does not say which engine to use", "kinds are"),
        (stage("asr/nope"), EngineNotFound, "there is no asr engine 'nope'", "there are: "),
        (stage("asr/toyy"), EngineNotFound, "there is no asr engine 'toyy'", "did you mean 'toy'?"),
        (
            stage("asr/tts/toy"),
            EngineNotFound,
            "tts/toy does speech synthesis, not speech recognition",
            "there are: ",
        ),
        (stage("ars/toy"), ConfigError, "there is no kind of engine 'ars'", "did you mean 'asr'?"),
        (stage("toy"), ConfigError, "does not say which engine to use", "kinds are"),
        ("[[stage]]\nname = 1", ConfigError, "does not say which engine", "kinds are"),
        (stage("vad/energy", more="treshold = 1"), ConfigError, "no parameter 'treshold'", "did you mean 'threshold'?"),
        (stage("vad/energy", more="threshold = 7"), ConfigError, "threshold should be less than", "Loudness"),
        ('titel = "x"\n' + stage("asr/toy"), ConfigError, "has no parameter 'titel'", "did you mean 'title'?"),
        ('title = "x"\n', ConfigError, "has no stages", "[[stage]]"),
        ("[[stage]\n", ConfigError, "is no TOML", "mend that line"),
        ("no-such-pipeline", ConfigError, "there is no pipeline 'no-such-pipeline'", "there are: "),
        ("toy-caption", ConfigError, "there is no pipeline", "did you mean 'toy-captions'?"),
        ("nowhere.toml", ConfigError, "cannot be read", "check its name"),
    ],
)
def test_what_is_wrong_is_said_in_words(lab: Lab, text: str, error: type[SpeechLabError], said: str, hint: str) -> None:
    with pytest.raises(error) as caught:
        lab.pipeline(text)
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_who_asked_for_one_engine_is_told_of_no_stages(lab: Lab) -> None:
    for stages, told in (
        (
            [{"use": "vad/energy", "threshold": "x" * 999}],
            r"^vad/energy: threshold should be a valid number, not 'x{60}…'$",
        ),
        (
            [{"use": "tts/toy", "lexicon": "none.csv"}],
            r"^tts/toy: lexicon: the glossary none\.csv cannot be read: [^,]+$",
        ),
        (
            [{"use": "asr/toy"}, {"use": "translate/toy", "marks": "x"}],
            r"^the pipeline, stage 2 \(translate/toy\): marks",
        ),
    ):
        with pytest.raises(ConfigError, match=told):
            lab.pipeline({"stage": stages})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (stage("translate/toy"), "stage 1 translate/toy needs segments, but no stage before it gives any"),
        (stage("align/toy"), "stage 1 align/toy needs segments, but no stage before it gives any"),
        (
            stage("asr/toy", "denoise/toy"),
            "stage 3 denoise/toy works on the sound itself, so it must stand before all that works on speech",
        ),
        (
            stage("asr/toy", "asr/french"),
            "stage 3 asr/french would write over what asr/toy wrote; leave one of them out",
        ),
        (stage("asr/ghost"), "stage 2 asr/ghost needs ghost_lib: pip install speechlab-g"),
        (
            stage("asr/french", more='language = "en"'),
            "stage 2 asr/french does not know the language 'en'; it knows fr",
        ),
        (stage("asr/cloud"), "stage 2 asr/cloud sends sound or text to another machine, and this lab is local only"),
    ],
)
def test_a_check_tells_each_problem(lab: Lab, text: str, problem: str) -> None:
    assert lab.pipeline(text).check(Policy(local_only=True)) == [problem]


def test_a_sound_pipeline_has_no_problem(lab: Lab) -> None:
    assert lab.pipeline("toy-captions").check() == []
    assert lab.pipeline(stage("asr/french", more='language = "fr-CA"')).check() == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (stage("asr/ghost"), EngineUnavailable),
        (stage("asr/cloud"), PolicyDenied),
        (stage("translate/toy"), ConfigError),
    ],
)
def test_nothing_runs_that_has_a_problem(lab: Lab, text: str, error: type[SpeechLabError]) -> None:
    with pytest.raises(error):
        lab.pipeline(text).ready(Policy(local_only=True))


def test_every_shipped_pipeline_reads() -> None:
    lab = Lab()
    for name in lab.plugins.pipelines:
        assert lab.pipeline(name).title


class Abroad:
    """Engines that say from which languages they lead into which."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def ways(params: Params, context: Context) -> list[Ways]:
            return [Ways(("en", "fr"), ("pt",)), Ways(("pt",), ("en",))]

        def broken(params: Params, context: Context) -> list[Ways]:
            raise OSError("the list is torn")

        register(EngineSpec(id="some", kind=Kind.TRANSLATE, load="no:No", ways=ways))
        register(EngineSpec(id="torn", kind=Kind.TRANSLATE, load="no:No", ways=broken))
        register(EngineSpec(id="any", kind=Kind.TRANSLATE, load="no:No"))
        register(EngineSpec(id="heard", kind=Kind.SPEECH_TRANSLATE, load="no:No", ways=ways, languages=("en",)))
        register(EngineSpec(id="mute", kind=Kind.SPEECH_TRANSLATE, load="no:No", languages=("en",)))


@pytest.mark.parametrize(
    ("use", "knobs", "problem"),
    [
        ("translate/some", {"to": "pt-BR"}, ""),
        ("translate/some", {"to": "en", "source": "fr"}, ""),
        ("translate/some", {"to": "fr", "source": "fr-CA"}, ""),
        ("translate/some", {"to": "de"}, "translate/some does not translate into 'de'; it knows en, pt"),
        ("translate/some", {"to": ["pt", "fr"]}, "translate/some does not translate into 'fr'; it knows en, pt"),
        (
            "translate/some",
            {"to": "pt", "source": "de"},
            "translate/some does not translate from 'de'; it knows en, fr, pt",
        ),
        ("translate/torn", {"to": "pt"}, "translate/torn cannot tell its languages: OSError: the list is torn"),
        ("translate/any", {"to": "tlh", "source": "ja"}, ""),
        ("speech-translate/heard", {"to": "en"}, ""),
        (
            "speech-translate/heard",
            {"to": "fr"},
            "speech-translate/heard does not translate into 'fr'; it knows en, pt",
        ),
        ("speech-translate/mute", {"to": "fr"}, ""),
    ],
)
def test_where_a_translator_does_not_lead_is_told(use: str, knobs: dict[str, object], problem: str) -> None:
    lab = Lab(Abroad(), discover=False)
    stages = [{"use": "asr/toy"}] if use.startswith("translate") else []
    told = lab.pipeline({"stage": [*stages, {"use": use, **knobs}]}).check()
    assert [line.partition(" ")[2].partition(" ")[2] for line in told] == ([problem] if problem else [])
