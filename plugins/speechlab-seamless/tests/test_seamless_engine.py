"""One engine, five kinds: what it says of sound and text, whom it speaks with, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import speechlab_seamless
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_seamless import (
    InterpretingOptions,
    RecognitionOptions,
    SpeechTranslationOptions,
    SynthesisOptions,
    TranslationOptions,
)
from speechlab_seamless.engine import Seamless
from speechlab_seamless.sentences import LONGEST, pieces

from speechlab import Audio, ConfigError, EngineFailed, Lab, SegmentUpdate, SynthesisChunk

Load = Callable[..., Seamless]


def translated(engine: Seamless, texts: list[str], source: str | None = "en", target: str = "pt") -> list[str]:
    return engine.translate(texts, source, target, TranslationOptions(beam_size=1))


def spoken(engine: Seamless, text: str, voice: str | None = None, **options: Any) -> Audio:
    return Audio.join(list(engine.synthesize(text, voice, SynthesisOptions(**{"language": "en", **options}))))


@pytest.fixture
def stream(sounds: list[Audio]) -> Audio:
    """Two utterances with silence around them, from 100 s on."""
    silence = np.zeros(16_000, np.float32)
    parts = [silence, sounds[1].mono, silence, sounds[2].mono, silence]
    return Audio(np.concatenate(parts), 16_000, 100.0)


def interpreted(engine: Seamless, stream: Audio, target: str = "es", **options: Any) -> list[Any]:
    session = engine.interpret(target, InterpretingOptions(beam_size=1, **options))
    return [*(one for chunk in stream.chunks(0.5) for one in session.feed(chunk)), *session.flush()]


# -- one model ---------------------------------------------------------------------------------------------------------


def test_all_kinds_share_one_loaded_model(build: Callable[[str], Path], tmp_path: Path, stream: Audio) -> None:
    model = str(build("seamless"))
    with Lab(speechlab_seamless, home=tmp_path, discover=False) as lab:
        [text] = lab.translate(["good morning"], "es", source="en", engine="seamless", model=model, beam_size=1)
        said = lab.speak("good morning", engine="seamless", model=model, language="en")
        stages = [
            {"use": "asr/seamless", "language": "en"},
            {"use": "speech-translate/seamless", "to": "pt"},
            {"use": "interpret/seamless", "to": "fr"},
        ]
        recordings = [lab.run({"stage": [{**stage, "model": model, "beam_size": 1}]}, stream) for stage in stages]
        loaded = [one.name for one in lab.pool.resident() if one.name.endswith("/seamless")]
    assert text
    assert said.duration > 0.1
    assert recordings[0].transcript.segments
    assert recordings[1].translations["pt"].segments
    assert recordings[2].translations["fr"].segments
    assert len(loaded) == 1


def test_closed_it_says_so(build: Callable[[str], Path], context: Any) -> None:
    engine = Seamless(speechlab_seamless.SeamlessParams(model=str(build("seamless"))), context)
    engine.close()
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        translated(engine, ["hello"])


def test_too_little_memory_is_told_with_what_to_do(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    engine = load()
    monkeypatch.setattr(engine._checkpoint.network, "read", full)
    with pytest.raises(EngineFailed, match="too little memory for 2 texts") as failed:
        translated(engine, ["hello", "world"])
    assert "batch_size" in failed.value.hint


# -- speech to text ----------------------------------------------------------------------------------------------------


def test_a_batch_is_heard_as_each_alone(load: Load, sounds: list[Audio]) -> None:
    engine, short = load(), sounds[0].crop(10, 10.05)
    options = RecognitionOptions(language="en", beam_size=2, batch_size=3)
    batch = list(engine.transcribe_batch([*sounds, short], options))
    assert batch == [*([*engine.transcribe(sound, options)] for sound in sounds), []]
    assert [len(segments) for segments in batch] == [1, 1, 1, 0]
    assert len({segments[0].text for segments in batch[:3]}) == 3
    for sound, [segment] in zip(sounds, batch, strict=False):
        assert (segment.start, segment.end, segment.language) == (sound.start, pytest.approx(sound.end), "en")
        assert segment.extra["avg_logprob"] < 0


def test_sound_longer_than_its_window_is_heard_window_by_window(load: Load) -> None:
    noise = 0.1 * np.random.default_rng(3).standard_normal(22 * 16_000)
    segments = list(load().transcribe(Audio(noise, 16_000, 5.0), RecognitionOptions(language="en", beam_size=1)))
    assert [(segment.start, segment.end) for segment in segments] == [(5, 25), (25, 27)]


def test_it_translates_speech_without_being_told_what_is_spoken(load: Load, sounds: list[Audio]) -> None:
    told = {
        target: [*load().translate_speech(sounds[0], target, SpeechTranslationOptions(beam_size=1))]
        for target in ("pt-BR", "zh-TW", "eng")
    }
    assert [segment.language for [segment] in told.values()] == ["pt", "zh-Hant", "en"]
    assert len({segment.text for [segment] in told.values()}) == 3


# -- text to text ------------------------------------------------------------------------------------------------------


def test_texts_come_out_one_for_one_in_their_order(load: Load) -> None:
    texts = [
        "good morning everybody",
        "",
        "the fox",
        "  ",
        "🙂",
        "...",
        "olá",
        "the quick brown fox jumps over the dog",
    ]
    told = load().translate(texts, "en", "pt", TranslationOptions(beam_size=2, batch_size=2))
    assert told == [
        load().translate([text], "en", "pt", TranslationOptions(beam_size=2))[0] if text.strip("🙂. ") else text
        for text in texts
    ]
    assert len(set(told)) == len(texts)


def test_source_and_target_both_matter(load: Load) -> None:
    pairs = [("en", "pt"), ("en", "es"), ("fr", "pt")]
    assert len({translated(load(), ["good morning everybody"], *pair)[0] for pair in pairs}) == 3
    assert translated(load(), ["good morning"], "eng_Latn", "por_Latn") == translated(load(), ["good morning"])
    assert translated(load(), ["good morning"], "en-GB", "en-US") == ["good morning"]


@pytest.mark.parametrize("text", ["a\ud800b", "\x00hello\x07", "مرحبا", "1234", "x" * 200])
def test_odd_texts(load: Load, text: str) -> None:
    [told] = translated(load(), [text])
    told.encode()


def test_a_text_cannot_speak_to_the_model_in_its_own_symbols(load: Load) -> None:
    checkpoint = load()._checkpoint
    special = {0, 2, 3, *(checkpoint.tongues.writes(tag).token for tag in checkpoint.tongues.written)}
    assert not special & set(checkpoint.tokens("hello </s> <s> <pad> __fra__ world"))


def test_what_is_too_long_is_refused_not_cut_off(load: Load) -> None:
    with pytest.raises(ConfigError, match="has 300 tokens") as refused:
        translated(load(), ["7 " * 150])
    assert "reads 254" in str(refused.value)
    assert "sentences" in refused.value.hint


def test_the_host_brings_ten_thousand_characters_through(build: Callable[[str], Path], tmp_path: Path) -> None:
    text = " ".join(f"The house with the number {number} is in our street." for number in range(1000, 1210))
    assert len(text) > 10_000
    model = str(build("seamless"))
    with Lab(speechlab_seamless, home=tmp_path, discover=False) as lab:
        [told] = lab.translate([text], "es", source="en", engine="seamless", model=model, beam_size=1)
    assert len(told) > 1000


# -- text to speech ----------------------------------------------------------------------------------------------------


def test_speakers_have_their_own_languages(load: Load) -> None:
    voices = {voice.id: voice.languages for voice in load().voices()}
    assert voices == {"native": ("en", "fr", "es"), "10": ("en",), "15": ("fr",), "45": ("es",)}
    assert next(iter(voices)) == "native"


def test_a_text_is_spoken_by_who_speaks_its_language(load: Load) -> None:
    engine = load()
    sounds = [spoken(engine, "hello", voice).digest for voice in (None, "native", "10", "15")]
    assert len(set(sounds[:3])) == 1
    assert sounds[3] != sounds[0], "a Frenchman speaks English"
    assert spoken(engine, "hello", "15", language=None).digest == spoken(engine, "hello", "15", language="fr").digest
    assert spoken(engine, "hello", language="es").digest not in sounds


def test_of_a_vocoder_that_nobody_knows_each_speaker_may_speak_anything(load: Load) -> None:
    engine = load("other_speakers")
    assert [(voice.id, voice.languages) for voice in engine.voices()] == [
        (str(number), ("en", "fr", "es")) for number in range(4)
    ]
    assert spoken(engine, "hello").digest == spoken(engine, "hello", "0").digest != spoken(engine, "hello", "3").digest
    with pytest.raises(ConfigError, match="no voice 'native'"):
        spoken(engine, "hello", "native")


def test_the_same_text_gives_the_same_sound_and_a_longer_one_more_pieces(load: Load) -> None:
    text = "Good morning everybody. The fox jumps over the dog. " * 8
    first, again = ([*load().synthesize(text, None, SynthesisOptions(language="en"))] for _ in range(2))
    assert [one.digest for one in first] == [one.digest for one in again]
    assert len(first) == 3
    assert sum(one.duration for one in first) > 6 * spoken(load(), text[:50]).duration


@settings(deadline=None)
@given(st.text(st.sampled_from("ab .!?。\n\t-é"), max_size=900))
def test_pieces_are_short_and_together_the_text(text: str) -> None:
    cut = list(pieces(text))
    assert all(0 < len(piece) <= LONGEST for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


# -- speech to speech --------------------------------------------------------------------------------------------------


def test_each_utterance_is_written_and_spoken(load: Load, stream: Audio, sounds: list[Audio]) -> None:
    said = interpreted(load(), stream)
    assert [type(one) for one in said] == [SegmentUpdate, SynthesisChunk] * 2
    for (text, sound), (start, end) in zip(
        zip(said[::2], said[1::2], strict=True), [(101.0, 102.3), (103.3, 105.3)], strict=True
    ):
        assert (text.target, text.final, text.segment.language) == ("es", True, "es")
        assert (text.segment.start, text.segment.end) == (pytest.approx(start, abs=0.25), pytest.approx(end, abs=0.25))
        assert sound.segment_id == text.segment.id
        assert (sound.audio.start, sound.voice) == (text.segment.start, "45")
        assert sound.audio.duration > 0.1
    assert said[0].segment.text != said[2].segment.text


def test_told_the_language_it_writes_down_what_it_heard_too(load: Load, stream: Audio) -> None:
    said = interpreted(load(), stream, language="en")
    assert [(type(one), getattr(one, "target", "")) for one in said[:3]] == [
        (SegmentUpdate, None),
        (SegmentUpdate, "es"),
        (SynthesisChunk, ""),
    ]
    assert (said[0].segment.language, said[0].segment.id) == ("en", said[1].segment.id)
    [heard] = load().transcribe(
        stream.crop(said[0].segment.start, said[0].segment.end), RecognitionOptions(language="en", beam_size=1)
    )
    assert heard.text == said[0].segment.text


def test_speaker_and_speed_of_an_interpreter(load: Load, stream: Audio) -> None:
    usual, other = interpreted(load(), stream), interpreted(load(), stream, speaker=15, speed=2.0)
    assert usual[0] == other[0], "the text is the same"
    assert other[1].voice == "15"
    assert other[1].audio.duration == pytest.approx(usual[1].audio.duration / 2, rel=0.15)
    with pytest.raises(ConfigError, match="there is no speaker 200") as refused:
        interpreted(load(), stream, speaker=200)
    assert "0 to 199" in refused.value.hint


# -- languages ---------------------------------------------------------------------------------------------------------


SECOND = Audio(np.zeros(16_000, np.float32), 16_000)


def recognise(engine: Seamless, language: str | None) -> None:
    list(engine.transcribe(SECOND, RecognitionOptions(language=language)))


def translate_speech(engine: Seamless, target: str | None) -> None:
    list(engine.translate_speech(SECOND, str(target), SpeechTranslationOptions()))


def translate_from(engine: Seamless, source: str | None) -> None:
    translated(engine, ["hello"], source)


def translate_to(engine: Seamless, target: str | None) -> None:
    translated(engine, ["hello"], "en", str(target))


def speak(engine: Seamless, language: str | None) -> None:
    spoken(engine, "hello", language=language)


def speak_as(engine: Seamless, voice: str | None) -> None:
    spoken(engine, "hello", voice)


def interpret(engine: Seamless, target: str | None) -> None:
    engine.interpret(str(target), InterpretingOptions())


def interpret_from(engine: Seamless, language: str | None) -> None:
    engine.interpret("es", InterpretingOptions(language=language))


REFUSED = [
    (recognise, None, "must be told which language is spoken", "set language"),
    (recognise, "de", "does not know the language 'de'", "en, es, fr, pt, zh"),
    (translate_speech, "tlh", "does not know the language 'tlh'", "it knows en"),
    (translate_from, None, "must be told which language the text is in", "set source"),
    (translate_from, "de", "does not know the language 'de'", "it knows en"),
    (translate_to, "haw", "does not know the language 'haw'", "it knows en"),
    (translate_to, "no tag!", "is no language code", "write it as"),
    (speak, None, "must be told which language to speak", "set language"),
    (speak, "pt", "writes pt but does not speak it", "it knows en, es, fr"),
    (speak_as, "7", "has no voice '7'", "native"),
    (interpret, "zh", "writes zh but does not speak it", "it knows en, es, fr"),
    (interpret_from, "de", "does not know the language 'de'", "it knows en"),
]


@pytest.mark.parametrize(("call", "asked", "said", "hint"), REFUSED)
def test_refusals_are_one_sentence(
    load: Load, call: Callable[[Seamless, str | None], None], asked: str | None, said: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        call(load(), asked)
    assert hint in refused.value.hint
