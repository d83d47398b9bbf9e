"""Speech synthesis as a stage: which track is spoken, in which language, by which voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    SynthesisChunk,
    TtsOptions,
    Voice,
    hookimpl,
)
from speechlab.runner import compose
from speechlab.stages import Flow
from speechlab.stages.casting import Casting, entries
from speechlab.stages.tts import stretches
from tests.doubles import talk

VOICES = (
    Voice("ann", languages=("en-US",)),
    Voice("bea", languages=("en-GB",)),
    Voice("cid", languages=("pt-BR",)),
)


class Speaker:
    """A synthesizer that notes what it is asked for."""

    asked: list[tuple[str, str | None, str | None]]

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return VOICES

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        Speaker.asked.append((text, voice, options.language))
        yield Audio(np.full(160, 0.1, np.float32), 16_000)


class Spelling:
    """A text engine that knows three as a word."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: list[str], languages: list[str | None], options: Params) -> list[str]:
        return [text.replace("3", "three") for text in texts]


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        card: dict[str, Any] = {"kind": Kind.TTS, "load": Speaker, "options": TtsOptions}
        register(EngineSpec(id="speaker", languages=("en", "pt"), **card))
        register(EngineSpec(id="wordy", languages=("en", "pt"), features=frozenset({"words_only"}), **card))
        spelling: dict[str, Any] = {"kind": Kind.TEXT, "load": Spelling, "features": frozenset({"spoken_form"})}
        register(EngineSpec(id="absent", requires=("no_such",), languages=("en",), **spelling))
        register(EngineSpec(id="spelling", languages=("en",), **spelling))


@pytest.fixture
def lab() -> Lab:
    Speaker.asked = []
    return Lab(Plugin(), discover=False)


def pipeline(to: list[str], **speaking: Any) -> dict[str, Any]:
    stages: list[dict[str, Any]] = [{"use": "asr/toy"}]
    stages += [{"use": "translate/toy", "to": to}] if to else []
    return {"stage": [*stages, {"use": "tts/speaker", **speaking}]}


def test_the_only_translation_is_spoken_by_a_voice_of_its_language(lab: Lab) -> None:
    said = lab.run(pipeline(["pt"]), talk(1.0))
    assert [(text[:4], *rest) for text, *rest in Speaker.asked] == [("[pt]", "cid", "pt")]
    assert [chunk.voice for chunk in said.synthesis] == ["cid"]


def test_without_a_translation_the_transcript_is_spoken(lab: Lab) -> None:
    lab.run(pipeline([]), talk(1.0))
    assert [(voice, language) for _, voice, language in Speaker.asked] == [("ann", "en")]


def test_of_several_translations_the_track_says_which(lab: Lab) -> None:
    lab.run(pipeline(["fr", "pt"], track="pt"), talk(1.0))
    assert [(text[:4], *rest) for text, *rest in Speaker.asked] == [("[pt]", "cid", "pt")]


def test_speech_that_was_translated_as_it_was_heard_can_be_spoken(lab: Lab) -> None:
    stages = [{"use": "speech-translate/toy", "to": "pt"}, {"use": "tts/speaker"}]
    said = lab.run({"stage": stages}, talk(1.0))
    assert (len(said.synthesis), Speaker.asked[0][1:]) == (1, ("cid", "pt"))


@pytest.mark.parametrize(
    ("to", "speaking", "said"),
    [
        (["fr", "pt"], {}, "speaks one language, and there are fr, pt: say track = 'fr'"),
        (["pt"], {"track": "en"}, "is to speak the translation 'en', but there is only pt"),
        ([], {"track": "en"}, "is to speak the translation 'en', but nothing is translated before it"),
        (["de"], {}, "does not speak 'de'; it knows en, pt"),
    ],
)
def test_what_cannot_be_spoken_is_refused_before_anything_is_loaded(
    lab: Lab, to: list[str], speaking: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match="tts/speaker") as refused:
        lab.run(pipeline(to, **speaking), talk(1.0))
    assert said in str(refused.value)
    assert Speaker.asked == []


def test_a_voice_that_was_asked_for_speaks_the_language_of_the_track(lab: Lab) -> None:
    lab.run(pipeline(["pt"], voice="ann"), talk(1.0))
    assert Speaker.asked[0][1:] == ("ann", "pt")


def test_a_segment_is_spoken_sentence_by_sentence_with_pauses_between(lab: Lab) -> None:
    text = " ".join(f"This is the sentence with the number {number}." for number in range(25))
    ready = lab.pipeline({"stage": [{"use": "tts/speaker"}]}).ready(lab.policy, Flow.SEGMENTS)
    said = Recording.of(compose(ready, [SegmentUpdate(segment=Segment(0, 1, text=text, id="s"))], lab.pool))
    spoken = [text for text, _, _ in Speaker.asked]
    assert " ".join(spoken) == text
    assert len(spoken) == 25
    audio = Audio.join(chunk.audio for chunk in said.synthesis)
    assert audio.duration == pytest.approx(25 * 0.01 + 24 * 0.2)


@given(st.text(max_size=200), st.integers(10, 60))
def test_stretches_are_all_that_can_be_said_of_the_text(text: str, longest: int) -> None:
    parts = stretches(text, longest, None)
    assert "".join(filter(str.isalnum, "".join(parts))) == "".join(filter(str.isalnum, text))
    assert all(any(map(str.isalnum, part)) for part in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1 2 3 4 5 6 7 8 9 10 11 12", ["1 2 3 4 5 6 7 8 9 10 11 12"]),
        ("😀 " * 20, []),
        ("***\nHe went.", ["He went."]),
        ("We went to\nParis. It rained.", ["We went to Paris.", "It rained."]),
        ("- Who is it?\n- Me.", ["Who is it?", "Me."]),
    ],
)
def test_a_line_break_ends_a_sentence_only_before_another_speaker(text: str, parts: list[str]) -> None:
    assert stretches(text, 10 if len(parts) < 2 else 100, "en") == parts


def test_words_are_said_as_the_lexicon_has_them(lab: Lab, tmp_path: Path) -> None:
    text = "Mr Nguyen sent a GIF, nguyen.com and gifs."
    lexicon = {"nguyen": "win", "GIF": {"en": "jif", "pt": "guife"}, "Mr": ""}
    [spoken] = lab.speaking(text, engine="speaker", language="en", lexicon=lexicon)
    assert Speaker.asked[-1][0] == "Mr win sent a jif, win.com and gifs."
    assert spoken.text == text
    file = tmp_path / "lexicon.csv"
    file.write_text("GIF,jif\n", encoding="utf-8")
    for written in (str(file), "GIF = jif"):
        lab.speak(text, engine="speaker", lexicon=written)
        assert " a jif," in Speaker.asked[-1][0]
    with pytest.raises(ConfigError, match=r"gone\.csv cannot be read"):
        lab.speaking(text, engine="speaker", lexicon="gone.csv")


@pytest.mark.parametrize(
    ("engine", "language", "said"),
    [
        ("wordy", "en", "jif three."),
        ("wordy", None, "jif three."),
        ("wordy", "pt", "jif 3."),
        ("speaker", "en", "jif 3."),
    ],
)
def test_only_who_says_words_only_is_given_numbers_as_words(
    lab: Lab, engine: str, language: str | None, said: str
) -> None:
    [spoken] = lab.speaking("GIF 3.", engine=engine, language=language, lexicon={"GIF": "jif"})
    assert (Speaker.asked[-1][0], spoken.text) == (said, "GIF 3.")


def test_who_spells_is_part_of_what_a_result_depends_on(lab: Lab) -> None:
    [step] = lab.pipeline({"stage": [{"use": "tts/wordy"}]}).steps
    assert [one["use"] for one in step.key["spelled_by"]] == ["text/spelling"]


def test_voices_are_given_to_speakers_in_turn() -> None:
    spec = EngineSpec(id="speaker", kind=Kind.TTS, load=Speaker)
    cast = Casting(spec, VOICES, None, ("Ada = cid", "ann", "bea"))
    speakers = ["Bob", "Ada", "Eve", "Bob", "Dan", None]
    given = [cast.voice(Segment(0, 1, text="hello", speaker=who), "en") for who in speakers]
    assert given == ["ann", "cid", "bea", "ann", "ann", "ann"]


def test_without_a_choice_speakers_have_the_voices_of_their_language_in_turn() -> None:
    spec = EngineSpec(id="speaker", kind=Kind.TTS, load=Speaker)
    segments = [Segment(0, 1, text="hello", speaker=who) for who in ("Bob", "Ada", "Eve", None)]
    assert [Casting(spec, VOICES, "cid", ()).voice(one, "en") for one in segments] == ["cid"] * 4
    native, quiet = Casting(spec, VOICES, None, ()), Casting(spec, (Voice("x"), Voice("y")), None, ())
    assert [native.voice(one, "en") for one in segments] == ["ann", "bea", "ann", "ann"]
    assert [native.voice(one, "pt") for one in segments] == ["cid"] * 4
    assert [quiet.voice(one, "pt") for one in segments] == ["x", "y", "x", "x"]


@pytest.mark.parametrize(
    ("language", "voice"),
    [("pt", "cid"), ("en-GB", "bea"), ("en", "ann"), ("en-AU", "ann"), ("de", None), (None, "ann")],
)
def test_the_first_voice_of_the_language_is_meant(language: str | None, voice: str | None) -> None:
    spec = EngineSpec(id="speaker", kind=Kind.TTS, load=Speaker)
    assert Casting(spec, VOICES, None, ()).voice(Segment(0, 1, text="hello"), language) == voice


def test_no_voice_of_another_language_is_taken_where_one_was_asked_for() -> None:
    cast = Casting(EngineSpec(id="speaker", kind=Kind.TTS, load=Speaker), VOICES, None, ())
    with pytest.raises(ConfigError, match="tts/speaker has no voice for 'de'") as refused:
        cast.voice(Segment(0, 1, text="hello"), "de", strict=True)
    assert refused.value.hint == "it knows en-GB, en-US, pt-BR"


def test_an_engine_may_speak_a_language_of_which_it_has_no_voice() -> None:
    spec = EngineSpec(id="speaker", kind=Kind.TTS, load=Speaker, languages=("en", "de"))
    assert Casting(spec, VOICES, None, ()).voice(Segment(0, 1, text="hello"), "de", strict=True) is None


def test_a_mapping_is_as_good_as_a_list() -> None:
    assert entries({"Ada": "ann"}) == ("Ada = ann",)
    assert entries("ann") == ("ann",)
    assert entries(["ann"]) == ["ann"]


def test_live_the_translation_is_spoken_as_it_comes(lab: Lab) -> None:
    stages = [{"use": "vad/energy"}, *pipeline(["pt"])["stage"]]
    events = list(lab.stream({"stage": stages}, talk(1.0, 1.0).chunks(0.5)))
    assert sum(isinstance(event, SynthesisChunk) for event in events) == len(Speaker.asked) == 2
