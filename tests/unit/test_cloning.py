"""Voices made from clips, and recordings in other voices: what a clip must be, and nothing without consent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    Diarization,
    EngineFailed,
    EngineNotFound,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    Params,
    Policy,
    PolicyDenied,
    SpeechLabError,
    Turn,
    Weights,
    hookimpl,
)
from speechlab.provenance import label_in
from tests.unit.voice_doubles import RATE, Changer, Manner, Parrot, Twin, VoicePlugin, speech, tone

MINE = "my own voice"


@cache
class Ears:
    """A diarizer that is told by the first channel's level who speaks: two people where the sound is loud."""

    speakers = 1

    def __init__(self, params: Params, context: Context) -> None: ...

    def diarize(self, audio: Audio, options: Params) -> Diarization:
        part = audio.duration / Ears.speakers
        return Diarization(
            tuple(Turn(n * part, (n + 1) * part, speaker=f"Speaker {n}", id=str(n)) for n in range(Ears.speakers))
        )


class EarsPlugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="ears", kind=Kind.DIARIZE, load=Ears))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Parrot.taught.clear()
    Parrot.asked.clear()
    Changer.asked.clear()
    Ears.speakers = 1
    with Lab(VoicePlugin(), EarsPlugin(), discover=False, home=tmp_path / "home") as made:
        yield made


# -- the clip ----------------------------------------------------------------------------------------------------------


def test_a_good_clip_has_nothing_against_it(lab: Lab) -> None:
    found = lab.reference(speech(12))
    assert (found.refused, found.speakers, found.severity) == (None, 1, "good")
    assert {item.topic for item in found.advice} >= {"length", "clipping", "noise", "speakers"}
    assert found.as_json()["usable"] is True
    assert found.speech > 6


@pytest.mark.parametrize(
    ("sound", "topic", "sentence"),
    [
        (Audio(np.zeros((1, 8 * RATE), np.float32), RATE), "silence", "nobody is heard"),
        (speech(0.5), "length", "too little to make a voice of"),
        (Audio(speech(12).samples * np.array([[1.0], [-1.0]], np.float32), 24_000), "channels", "cancel each other"),
    ],
)
def test_a_clip_of_which_no_voice_can_be_made(lab: Lab, sound: Audio, topic: str, sentence: str) -> None:
    found = lab.reference(sound)
    assert found.refused.topic == topic
    with pytest.raises(AudioError, match=sentence) as refused:
        lab.clone(sound, "Ada", MINE, "parrot")
    assert refused.value.hint
    assert (Parrot.taught, lab.library.all()) == ([], ())


@pytest.mark.parametrize(
    ("sound", "topic", "severity"),
    [
        (speech(7), "length", "note"),
        (Audio(np.clip(speech(12, gain=12).samples, -0.9, 0.9), 24_000), "clipping", "warning"),
        (speech(12, noise=0.05), "noise", "warning"),
        (speech(12, gain=0.01, noise=0.00001), "level", "warning"),
        (speech(12, rate=8000), "bandwidth", "warning"),
    ],
)
def test_a_clip_that_could_be_better_is_used_and_told_of(lab: Lab, sound: Audio, topic: str, severity: str) -> None:
    found = lab.reference(sound)
    assert found.refused is None
    assert (topic, severity) in {(item.topic, item.severity) for item in found.advice}
    assert all(item.advice for item in found.advice if item.severity != "good")


def test_two_people_in_a_clip_are_one_where_somebody_says_so(lab: Lab) -> None:
    Ears.speakers = 2
    with pytest.raises(AudioError, match="2 people are heard") as refused:
        lab.clone(speech(12), "Ada", MINE, "parrot")
    assert "--alone" in refused.value.hint
    lab.clone(speech(12), "Ada", MINE, "parrot", alone=True)
    assert len(Parrot.taught) == 1


def test_where_nobody_can_tell_people_apart_that_is_said(tmp_path: Path) -> None:
    with Lab(VoicePlugin(), discover=False, home=tmp_path) as lab:
        found = lab.reference(speech(12))
    [told] = [item for item in found.advice if item.topic == "speakers"]
    assert (found.speakers, told.severity) == (None, "note")
    assert "was not checked" in told.text


def test_silence_around_the_speech_and_what_is_too_long_is_left_out(lab: Lab) -> None:
    hush = Audio(np.zeros((1, 24_000 * 5), np.float32), 24_000)
    found = lab.reference(Audio.join([hush, speech(10), hush]))
    assert 9 < found.audio.duration < 11.5
    assert lab.reference(speech(125)).audio.duration == pytest.approx(120)
    with pytest.raises(AudioError, match="longer than 10 minutes"):
        lab.reference(Audio(np.zeros((1, 601 * 8000), np.float32), 8000))


# -- the voice ---------------------------------------------------------------------------------------------------------


def test_a_voice_is_made_kept_and_spoken_with(lab: Lab) -> None:
    made = lab.clone(speech(12), "Ada", MINE, "tts/parrot", warmth=0.5)
    [(seconds, consent, options)] = Parrot.taught
    assert (made.name, made.engine, made.consent) == ("Ada", "tts/parrot", consent)
    assert (consent.person, consent.ground, options.warmth) == ("Ada", MINE, 0.5)
    kept = lab.library.get("Ada")
    assert (kept.made, kept.options, kept.seconds) == ("cloned", {"warmth": 0.5}, round(seconds, 2))
    assert kept.reference == made.reference == lab.library.reference("Ada").digest
    lab.speak("Hello.", voice="ada")
    assert [(voice, options.warmth) for _, voice, options in Parrot.asked] == [(kept.own, 0.5)]
    assert len(Parrot.taught) == 1, "the engine still knows it"


def test_consent_may_be_another_persons(lab: Lab) -> None:
    given = Consent("Ada's mother", "signed form", "2026-05-03T10:00:00+00:00")
    assert lab.clone(speech(12), "Ada", given, "parrot").consent == given


@pytest.mark.parametrize("consent", [None, "", " ", Consent("Ada", "", "")])
@pytest.mark.parametrize("engine", [None, "parrot", "twin", "far"])
def test_without_consent_no_engine_hears_the_clip(lab: Lab, consent: Any, engine: str | None) -> None:
    with pytest.raises(PolicyDenied, match="only with consent") as denied:
        lab.clone(speech(12), "Ada", consent, engine)
    assert denied.value.hint
    assert (Parrot.taught, lab.library.all()) == ([], ())


@pytest.mark.parametrize(
    ("engine", "error", "sentence"),
    [
        ("mute", ConfigError, "tts/mute does not learn voices"),
        ("flaky", EngineFailed, "tts/flaky failed: RuntimeError: out of memory"),
    ],
)
def test_a_voice_that_was_not_made_is_not_kept(lab: Lab, engine: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        lab.clone(speech(12), "Ada", MINE, engine)
    with pytest.raises(ConfigError, match="no parameter 'warmht'"):
        lab.clone(speech(12), "Ada", MINE, "parrot", warmht=1)
    assert lab.library.all() == ()


class Tongues:
    """Learners of voices that speak few languages, and one that is not installed."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "load": Parrot, "options": Manner, "features": frozenset({"cloning"})}
        register(EngineSpec(id="english", languages=("en",), **card))
        register(EngineSpec(id="latin", languages=("la", "it"), **card))
        register(EngineSpec(id="absent", requires=("no_such",), install="it", **card))


@pytest.mark.parametrize(
    ("how", "error", "sentence", "hint"),
    [
        ({"engine": "english", "language": "de"}, ConfigError, "tts/english does not speak 'de'", "it knows en"),
        ({"language": "de"}, ConfigError, "no engine that learns voices here speaks 'de'", "it knows en, it, la"),
        ({"engine": "absent"}, EngineUnavailable, "tts/absent needs no_such", "pip install it"),
        ({"warmht": 1}, ConfigError, "no parameter 'warmht'", "warmth"),
        ({"warmth": "x"}, ConfigError, "warmth should be a valid number, not 'x'", "How warm"),
        ({"engine": "nobody"}, EngineNotFound, "nobody", "absent"),
    ],
)
def test_what_is_wrong_is_told_before_the_clip_is_listened_to(
    tmp_path: Path, how: dict[str, Any], error: type[SpeechLabError], sentence: str, hint: str
) -> None:
    with Lab(Tongues(), discover=False, home=tmp_path) as lab, pytest.raises(error, match=sentence) as refused:
        lab.clone(tmp_path / "none.wav", "Ada", "my own voice", **how)
    assert hint in refused.value.hint


def test_who_learns_a_voice_speaks_its_language(tmp_path: Path) -> None:
    with Lab(Tongues(), discover=False, home=tmp_path) as lab:
        assert lab.clone(speech(12), "Ada", "my own voice", alone=True, language="it").engine == "tts/latin"


def test_a_clip_leaves_the_machine_only_where_the_policy_allows_it(tmp_path: Path) -> None:
    Parrot.taught.clear()
    with Lab(VoicePlugin(), discover=False, home=tmp_path, policy=Policy(local_only=True)) as lab:
        with pytest.raises(PolicyDenied, match="local only"):
            lab.clone(speech(12), "Ada", MINE, "far")
        assert (Parrot.taught, lab.library.all()) == ([], ())


def test_cloning_is_tried_first_and_matching_is_called_matching(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Two:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            for id, load, feature in (("a-match", Twin, "voice_matching"), ("z-clone", Parrot, "cloning")):
                weights = (Weights(id=id, files=("x",), packages={"x": ()}),)
                register(EngineSpec(id=id, kind=Kind.TTS, load=load, features=frozenset({feature}), weights=weights))

    with Lab(Two(), discover=False, home=tmp_path, report=told.append) as lab:
        assert lab.clone(speech(12), "Ada", MINE).engine == "tts/z-clone"

        def clone(*args: Any) -> Any:
            raise EngineUnavailable("tts/z-clone lacks its weights for cloning", hint="ask for them")

        match = Parrot.clone
        monkeypatch.setattr(Parrot, "clone", clone)
        monkeypatch.setattr(Twin, "clone", match)
        assert lab.clone(speech(12), "Ada", MINE).engine == "tts/a-match"
        assert lab.library.get("Ada").made == "matched"
        assert told == ["tts/z-clone lacks its weights for cloning; trying tts/a-match, by voice matching"]
        monkeypatch.setattr(Twin, "clone", clone)
        with pytest.raises(EngineUnavailable, match="lacks its weights"):
            lab.clone(speech(12), "Ada", MINE)


def test_where_nothing_learns_voices_what_to_install_is_said(tmp_path: Path) -> None:
    with Lab(discover=False, home=tmp_path) as lab, pytest.raises(EngineUnavailable, match="no engine that") as missing:
        lab.clone(speech(12), "Ada", MINE)
    assert "pip install" in missing.value.hint


# -- conversion --------------------------------------------------------------------------------------------------------


def test_a_recording_is_converted_at_its_own_times(lab: Lab) -> None:
    lab.clone(speech(12), "Ada", MINE, "parrot")
    sound = tone(40)
    pieces = list(lab.convert(sound, "Ada", "changer"))
    assert len(pieces) > 1
    assert [piece.start for piece in pieces[1:]] == pytest.approx([piece.end for piece in pieces[:-1]])
    made = Audio.join(pieces)
    assert made.duration == pytest.approx(40, abs=0.1)
    assert {voice[:7] for _, voice in Changer.asked} == {"target-"}


def test_a_converter_may_learn_a_voice_that_no_synthesizer_has(lab: Lab) -> None:
    assert lab.clone(speech(12), "Ada", MINE, "convert/changer").engine == "convert/changer"
    list(lab.convert(tone(2), "Ada"))
    assert [voice for _, voice in Changer.asked] == [lab.library.get("Ada").own]
    lab.speak("Hello.", voice="Ada", engine="parrot")
    assert len(Parrot.taught) == 1, "a synthesizer that clones learns it from the clip"
    [step] = lab.pipeline({"stage": [{"use": "tts", "voice": "Ada"}]}).steps
    assert step.spec.kind is Kind.TTS


def test_nothing_is_converted_without_consent(lab: Lab) -> None:
    with pytest.raises(PolicyDenied, match="the voice of Bob may be used only with consent"):
        lab.convert(tone(2), "Bob", "changer")
    assert Changer.asked == []
    assert list(lab.convert(tone(2), "Bob", "convert/changer", consent="he asked for it"))
    assert list(lab.convert(tone(2), "Bob", consent=Consent("Bob", "he asked for it", "2026-05-03")))


# -- what is written says so -------------------------------------------------------------------------------------------


def test_the_label_of_a_text_tells_of_everybody_whose_voice_speaks_in_it(lab: Lab) -> None:
    for name in ("Ada", "Bob"):
        lab.clone(speech(12), name, "asked", "parrot")
    said = lab.speaking('<speak>Hello. <voice name="Bob">Yes?</voice></speak>', "ada")
    label = said.label(list(said)[-1])
    assert (label.engine, label.voice, label.consent.person) == ("tts/parrot", "Ada, Bob", "Ada; Bob")


def test_the_label_of_a_dubbed_recording_does_too(lab: Lab) -> None:
    for name in ("Ada", "Bob"):
        lab.clone(speech(12), name, "asked", "parrot")
    how: dict[str, Any] = {"engine": "parrot", "recognizer": "toy", "translator": "toy"}
    label = label_in(lab.dub(tone(3), "fr", voices={"A": "Ada", "B": "bob"}, **how).comment)
    assert label is not None
    assert label.consent is not None
    assert (label.engine, label.voice, label.consent.person) == ("tts/parrot", "Ada, Bob", "Ada; Bob")
    label = label_in(lab.dub(tone(3), "fr", voice="ann", **how).comment)
    assert label is not None
    assert (label.voice, label.consent) == ("ann", None)
