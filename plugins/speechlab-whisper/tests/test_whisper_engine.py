"""Whisper on speech: tiny.en for what any model does, base for languages."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from speechlab_whisper import DecodingOptions, WhisperOptions, WhisperParams
from speechlab_whisper.decoding import Decoder
from speechlab_whisper.engine import Whisper

from speechlab import Audio, ConfigError, Context, Segment
from speechlab.testing import silence, speech, words

ENGLISH, SPANISH = speech("en"), speech("es")


def text(segments: list[Segment]) -> list[str]:
    return words(" ".join(segment.text for segment in segments))


def sentence(index: int) -> Audio:
    """One sentence alone, with some silence around it."""
    said = ENGLISH.transcript.segments[index]
    return ENGLISH.audio.crop(said.start - 0.3, said.end + 0.3)


THRICE = Audio(np.tile(ENGLISH.audio.samples, 3), 16_000, start=50.0)
"""Longer than Whisper's window."""


# -- what is said, and when --------------------------------------------------------------------------------------------


def test_each_sentence_is_heard_when_it_is_said(tiny: Whisper) -> None:
    heard = list(tiny.transcribe(ENGLISH.audio, WhisperOptions()))
    assert [words(segment.text) for segment in heard] == [words(said.text) for said in ENGLISH.transcript]
    for segment, said in zip(heard, ENGLISH.transcript, strict=True):
        assert segment.language == "en"
        assert segment.overlap(said) > 0.9 * said.duration
        assert segment.duration < 1.4 * said.duration


def test_the_words_of_a_segment_are_its_text_with_times(tiny: Whisper) -> None:
    for segment in tiny.transcribe(ENGLISH.audio, WhisperOptions()):
        assert " ".join(word.text for word in segment.words) == segment.text
        assert (segment.words[0].start, segment.words[-1].end) == (segment.start, segment.end)
        assert all(one.end <= other.start for one, other in pairwise(segment.words))
        assert all(word.confidence is not None and 0 < word.confidence <= 1 for word in segment.words)


def test_segments_lie_on_the_timeline_of_their_clip(tiny: Whisper) -> None:
    said = ENGLISH.transcript.segments[1]
    [segment] = tiny.transcribe(sentence(1), WhisperOptions())
    assert segment.overlap(said) > 0.9 * said.duration
    assert segment.words[0].start == pytest.approx(segment.start)


def test_a_segment_tells_how_sure_whisper_is_as_plain_numbers(tiny: Whisper) -> None:
    for segment in tiny.transcribe(sentence(0), WhisperOptions()):
        told = json.loads(json.dumps(dict(segment.extra)))
        assert told == segment.extra
        assert set(told) == {"avg_logprob", "no_speech_prob", "compression_ratio", "temperature"}
        assert -0.5 < told["avg_logprob"] < 0
        assert told["no_speech_prob"] < 0.5


def test_sound_longer_than_the_window_is_heard_to_its_end(tiny: Whisper) -> None:
    heard = list(tiny.transcribe(THRICE, WhisperOptions()))
    assert text(heard) == words(ENGLISH.text) * 3
    assert heard[0].start >= THRICE.start
    assert heard[-1].end <= THRICE.end
    assert heard == sorted(heard, key=lambda segment: segment.start)
    assert all(segment.words for segment in heard)


def test_too_little_sound_for_a_word_is_no_text(tiny: Whisper) -> None:
    for sound in (Audio(np.zeros((1, 0)), 16_000), silence(0.05)):
        assert list(tiny.transcribe(sound, WhisperOptions())) == []


# -- batches -----------------------------------------------------------------------------------------------------------


def test_a_batch_answers_for_each_in_order(tiny: Whisper) -> None:
    audios = [sentence(0), silence(0.05), sentence(2), sentence(1)]
    answers = list(tiny.transcribe_batch(audios, WhisperOptions(batch_size=2)))
    said = [ENGLISH.transcript.segments[i] for i in (0, 2, 1)]
    assert [text(list(answer)) for answer in answers if answer] == [words(one.text) for one in said]
    assert [bool(answer) for answer in answers] == [True, False, True, True]
    assert answers[2] == list(tiny.transcribe(audios[2], WhisperOptions()))


def test_a_batch_may_hold_sound_longer_than_the_window(tiny: Whisper) -> None:
    first, long = tiny.transcribe_batch([sentence(0), THRICE], WhisperOptions())
    assert text(list(first)) == words(ENGLISH.transcript.segments[0].text)
    assert text(list(long)) == words(ENGLISH.text) * 3


def test_a_batch_is_decoded_when_it_is_asked_for(tiny: Whisper, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(tiny.transcribe_batch([sentence(0), sentence(1)], WhisperOptions(batch_size=1)))
    assert text(list(next(answers))) == words(ENGLISH.transcript.segments[0].text)

    def decode(*args: object) -> None:
        raise AssertionError("now")

    monkeypatch.setattr(Decoder, "decode", decode)
    with pytest.raises(AssertionError, match="now"):
        next(answers)


def test_threads_may_share_the_model(tiny: Whisper) -> None:
    options = WhisperOptions()
    with ThreadPoolExecutor(3) as threads:
        heard = list(threads.map(lambda i: text(list(tiny.transcribe(sentence(i), options))), range(3)))
    assert heard == [words(said.text) for said in ENGLISH.transcript]


# -- options -----------------------------------------------------------------------------------------------------------


def test_the_prompt_and_hotwords_tell_how_to_spell(tiny: Whisper) -> None:
    def spelling(**options: str) -> str:
        return text(list(tiny.transcribe(sentence(0), WhisperOptions(**options))))[-1]

    assert spelling() == "harbor"
    assert spelling(prompt="The harbour is grey. My favourite colour.") == "harbour"
    assert spelling(hotwords="harbour") == "harbour"


def test_a_prompt_may_be_longer_than_whisper_can_read(tiny: Whisper) -> None:
    options = WhisperOptions(prompt="The keeper of the lighthouse. " * 200, hotwords="keeper, lamp")
    assert "lighthouse" in text(list(tiny.transcribe(sentence(0), options)))


def test_a_beam_hears_the_same(tiny: Whisper) -> None:
    options = WhisperOptions(beam_size=3, patience=1.5, length_penalty=0.9)
    assert text(list(tiny.transcribe(sentence(1), options))) == words(ENGLISH.transcript.segments[1].text)


def test_an_english_only_model_refuses_other_languages_and_translation(tiny: Whisper) -> None:
    assert text(list(tiny.transcribe(sentence(0), WhisperOptions(language="en-GB"))))
    with pytest.raises(ConfigError, match="does not know the language 'fr'"):
        list(tiny.transcribe(sentence(0), WhisperOptions(language="fr")))
    with pytest.raises(ConfigError, match="English-only"):
        list(tiny.transcribe(sentence(0), WhisperOptions(task="translate")))
    with pytest.raises(ConfigError, match="English-only"):
        list(tiny.translate_speech(THRICE, "en", DecodingOptions()))


def test_speech_may_be_sampled(tiny: Whisper) -> None:
    [segment] = tiny.transcribe(sentence(0), WhisperOptions(fallback="temperature", log_prob_threshold=0.0))
    assert segment.extra["temperature"] in {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}
    assert "lighthouse" in words(segment.text)


# -- languages ---------------------------------------------------------------------------------------------------------


def test_the_language_is_detected(base: Whisper) -> None:
    for recording in (SPANISH, ENGLISH):
        heard = list(base.transcribe(recording.audio, WhisperOptions()))
        assert {segment.language for segment in heard} == {recording.language}
        assert text(heard) == words(recording.text)


def test_one_language_holds_for_all_clips_unless_each_may_have_its_own(base: Whisper) -> None:
    audios = [SPANISH.audio, ENGLISH.audio.crop(0.2, 3.4)]
    shared = base.transcribe_batch(audios, WhisperOptions(batch_size=1))
    assert [{segment.language for segment in answer} for answer in shared] == [{"es"}, {"es"}]
    own = list(base.transcribe_batch(audios, WhisperOptions(multilingual=True)))
    assert [{segment.language for segment in answer} for answer in own] == [{"es"}, {"en"}]
    assert text(list(own[1])) == words(ENGLISH.transcript.segments[0].text)


def test_a_language_that_is_given_is_not_detected(base: Whisper) -> None:
    heard = list(base.transcribe(SPANISH.audio, WhisperOptions(language="pt-BR")))
    assert {segment.language for segment in heard} == {"pt"}
    with pytest.raises(ConfigError, match="does not know the language 'yue'"):
        list(base.transcribe(SPANISH.audio, WhisperOptions(language="yue")))


def test_speech_is_translated_into_english_and_nothing_else(base: Whisper) -> None:
    translated = list(base.translate_speech(SPANISH.audio, "en-US", DecodingOptions()))
    assert {"sister", "bread", "milk", "beach", "friends"} <= set(text(translated))
    assert {segment.language for segment in translated} == {"en"}
    with pytest.raises(ConfigError, match="into English only, not into 'fr'"):
        base.translate_speech(SPANISH.audio, "fr", DecodingOptions())


def test_the_weights_are_joined_from_two_packages_into_the_labs_folder(base: Whisper, context: Context) -> None:
    joined: Path = context.home / "weights" / "whisper-base"
    assert sorted(path.name for path in joined.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    ]


def test_a_folder_may_be_loaded(base: Whisper, context: Context) -> None:
    engine = Whisper(WhisperParams(model=str(context.home / "weights" / "whisper-base")), context)
    assert engine.multilingual
    engine.close()
