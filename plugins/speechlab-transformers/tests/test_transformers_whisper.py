"""Whisper: languages, times, batches, poor text decoded again, translation, old checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from speechlab_transformers import SpeechTranslateOptions, TransformersOptions
from speechlab_transformers.alignment import CrossAttention
from speechlab_transformers.timestamps import STEP, cut
from speechlab_transformers.vocabulary import Vocabulary

from speechlab import Audio, ConfigError, EngineFailed, Segment

Load = Callable[..., Any]
GREEDY = TransformersOptions(fallback="off")


def heard(engine: Any, audio: Audio, **options: Any) -> list[Segment]:
    return list(engine.transcribe(audio, TransformersOptions(**{"fallback": "off", **options})))


def test_segments_tell_text_words_and_what_the_model_thinks_of_them(load: Load, sounds: list[Audio]) -> None:
    for audio in sounds:
        segments = heard(load("whisper"), audio)
        assert any(len(segment.words) > 1 for segment in segments)
        for segment in segments:
            assert audio.start <= segment.start <= segment.end <= audio.end
            assert "".join(word.text for word in segment.words) == segment.text.replace(" ", "")
            ends = [time for word in segment.words for time in (word.start, word.end)]
            assert ends == sorted(ends)
            assert (segment.start, segment.end) == (ends[0], ends[-1])
            assert all(0 <= word.confidence <= 1 for word in segment.words)
            assert segment.extra["avg_logprob"] < 0
            assert 0 <= segment.extra["no_speech_prob"] <= 1
            assert segment.extra["compression_ratio"] > 0


def test_without_word_times_segments_lie_between_timestamps(load: Load, sounds: list[Audio]) -> None:
    segments = heard(load("whisper"), sounds[0], word_timestamps=False)
    assert all(segment.words == () for segment in segments)
    starts = [round((segment.start - sounds[0].start) / 0.02, 6) for segment in segments]
    assert starts == [round(start) for start in starts]
    assert [segment.text for segment in segments] == [s.text for s in heard(load("whisper"), sounds[0])]


def test_a_language_is_detected_or_taken_as_told(load: Load, sounds: list[Audio]) -> None:
    [detected] = {segment.language for segment in heard(load("whisper"), sounds[0])}
    assert detected
    for told, tag in (("fr", "fr"), ("en-GB", "en"), ("zh-Hant", "zh"), ("he", "he"), ("yue", "yue")):
        assert {segment.language for segment in heard(load("whisper"), sounds[0], language=told)} == {tag}
    french, chinese = (heard(load("whisper"), sounds[0], language=told) for told in ("fr", "zh"))
    assert [segment.text for segment in french] != [segment.text for segment in chinese]


@pytest.mark.parametrize(("told", "hint"), [("tlh", "100 others"), ("klingon", "write it as en")])
def test_an_unknown_language_is_refused(load: Load, sounds: list[Audio], told: str, hint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        heard(load("whisper"), sounds[0], language=told)
    assert told in str(refused.value)
    assert hint in refused.value.hint


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_batch_hears_what_each_stretch_alone_gives(load: Load, sounds: list[Audio], beam_size: int) -> None:
    engine = load("whisper")
    options = GREEDY.model_copy(update={"beam_size": beam_size, "language": "en"})
    alone = [list(engine.transcribe(audio, options)) for audio in sounds]
    for size in (2, 3):
        answers = list(engine.transcribe_batch(sounds, options.model_copy(update={"batch_size": size})))
        assert [[s.text for s in answer] for answer in answers] == [[s.text for s in one] for one in alone]
        for answer, one in zip(answers, alone, strict=True):
            for got, wanted in zip(answer, one, strict=True):
                assert [w.start for w in got.words] == pytest.approx([w.start for w in wanted.words], abs=0.021)
                assert got.extra["avg_logprob"] == pytest.approx(wanted.extra["avg_logprob"], abs=1e-3)


def test_a_batch_is_answered_group_by_group(load: Load, sounds: list[Audio], monkeypatch: pytest.MonkeyPatch) -> None:
    engine, groups = load("whisper"), []
    hear = engine._reader.hear
    monkeypatch.setattr(engine._reader, "hear", lambda clips, *rest: groups.append(len(clips)) or hear(clips, *rest))
    answers = engine.transcribe_batch([*sounds, *sounds], GREEDY.model_copy(update={"batch_size": 4}))
    next(answers)
    assert groups[0] == 4
    asked = len(groups)
    next(answers)
    assert len(groups) == asked, "what was heard already is heard again"
    assert len(list(answers)) == 4


def test_a_recording_longer_than_the_window_is_heard_to_its_end(load: Load, sounds: list[Audio]) -> None:
    long = Audio.join([sounds[0]] * 13)
    segments = heard(load("whisper"), long)
    assert segments[-1].end > long.start + 30
    assert all(long.start <= segment.start <= segment.end <= long.end for segment in segments)
    assert segments == sorted(segments, key=lambda segment: segment.start)
    assert len({segment.language for segment in segments}) == 1, "it was found out in the first window"


def test_one_language_holds_for_all_or_each_clip_has_its_own(load: Load, sounds: list[Audio]) -> None:
    engine = load("whisper")
    alone = [heard(engine, audio)[0].language for audio in sounds]
    assert len(set(alone)) > 1, "the sounds must differ for this test to tell anything"
    for size in (1, 2):
        one = list(engine.transcribe_batch(sounds, GREEDY.model_copy(update={"batch_size": size})))
        assert {s.language for answer in one for s in answer} == {alone[0]}
        options = GREEDY.model_copy(update={"batch_size": size, "multilingual": True})
        assert [answer[0].language for answer in engine.transcribe_batch(sounds, options)] == alone


def test_poor_text_is_decoded_again_and_always_the_same_way(load: Load, sounds: list[Audio]) -> None:
    engine, state = load("whisper"), torch.get_rng_state()
    first = heard(engine, sounds[1], fallback="temperature", language="en")
    assert {segment.extra["temperature"] for segment in first} == {1.0}, "random weights are never sure"
    assert heard(engine, sounds[1], fallback="temperature", language="en") == first
    batch = TransformersOptions(batch_size=2, language="en")
    assert [s.text for s in list(engine.transcribe_batch(sounds[:2], batch))[1]] == [s.text for s in first]
    assert torch.equal(torch.get_rng_state(), state), "whoever else draws random numbers must not notice"


def test_a_prompt_steers_and_a_long_one_is_cut(load: Load, sounds: list[Audio]) -> None:
    engine = load("whisper")
    plain = heard(engine, sounds[0], language="en")
    assert heard(engine, sounds[0], language="en", prompt="Zanzibar") != plain
    assert heard(engine, sounds[0], language="en", prompt="Zanzibar " * 100)
    with pytest.raises(ConfigError, match="endoftext"):
        heard(engine, sounds[0], language="en", prompt="Zanzibar<|endoftext|>")


def test_it_translates_into_english_only(load: Load, sounds: list[Audio]) -> None:
    engine = load("whisper")
    options = SpeechTranslateOptions(language="fr", fallback="off")
    translated = list(engine.translate_speech(sounds[0], "en-GB", options))
    assert {segment.language for segment in translated} == {"en"}
    assert [s.text for s in translated] == [s.text for s in heard(engine, sounds[0], language="fr", task="translate")]
    assert [s.text for s in translated] != [s.text for s in heard(engine, sounds[0], language="fr")]
    with pytest.raises(ConfigError, match="into English, not into 'de'"):
        list(engine.translate_speech(sounds[0], "de", options))


def test_an_english_only_checkpoint_has_one_language_and_one_task(load: Load, sounds: list[Audio]) -> None:
    engine = load("whisper_english")
    assert {segment.language for segment in heard(engine, sounds[0])} == {"en"}
    assert heard(engine, sounds[0], language="en-US") == heard(engine, sounds[0])
    with pytest.raises(ConfigError, match="does not know the language 'fr'"):
        heard(engine, sounds[0], language="fr")
    with pytest.raises(ConfigError, match="does not translate"):
        heard(engine, sounds[0], task="translate")


def test_what_an_old_checkpoint_does_not_tell_is_read_from_its_tokenizer(load: Load, sounds: list[Audio]) -> None:
    old, new = load("whisper_old"), load("whisper")
    assert old._reader._vocabulary == new._reader._vocabulary
    assert {segment.language for segment in heard(old, sounds[0], language="fr")} == {"fr"}
    assert all(segment.language for audio in sounds for segment in heard(old, audio))


@pytest.mark.parametrize("heads", [None, [[25, 3], [27, 1]]], ids=["none told", "those of its teacher"])
def test_without_alignment_heads_of_its_own_it_takes_the_upper_half(load: Load, heads: Any) -> None:
    model = SimpleNamespace(
        generation_config=SimpleNamespace(alignment_heads=heads), config=load("whisper")._reader._model.config
    )
    assert CrossAttention(model)._heads == {1: [0, 1]}


def test_attention_is_as_before_after_word_times(load: Load, sounds: list[Audio]) -> None:
    model = load("whisper")._reader._model
    assert model.config._attn_implementation == "sdpa"
    heard(load("whisper"), sounds[1])
    assert model.config._attn_implementation == "sdpa"
    assert not any(module._forward_hooks for module in model.modules())


def test_nothing_is_printed_and_threads_are_left_alone(
    load: Load, sounds: list[Audio], capfd: pytest.CaptureFixture[str]
) -> None:
    threads = torch.get_num_threads()
    heard(load("whisper", dtype="float32"), sounds[1], beam_size=2, prompt="so")
    assert capfd.readouterr() == ("", "")
    assert torch.get_num_threads() == threads


def test_what_is_too_short_to_hear_gives_nothing(load: Load, sounds: list[Audio]) -> None:
    assert heard(load("whisper"), sounds[0].crop(10, 10.04)) == []
    assert heard(load("whisper"), sounds[0].crop(10, 10)) == []


def test_a_closed_engine_says_so(build: Callable[[str], Any], context: Any, sounds: list[Audio]) -> None:
    from speechlab_transformers import TransformersParams
    from speechlab_transformers.engine import Transformers

    engine = Transformers(TransformersParams(model=str(build("whisper"))), context)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        heard(engine, sounds[0])


def test_a_full_accelerator_is_told_with_what_to_do(
    load: Load, sounds: list[Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("2 GiB more")

    monkeypatch.setattr(load("whisper")._reader, "hear", full)
    with pytest.raises(EngineFailed) as failed:
        heard(load("whisper"), sounds[0])
    assert "batch_size" in failed.value.hint


# -- a clip's tokens, cut at its timestamps ----------------------------------------------------------------------------

END, NO_TIMES = 10, 12
VOCABULARY = Vocabulary(
    start=11,
    end=END,
    no_times=NO_TIMES,
    before=None,
    languages={"en": -1},
    tasks={},
    multilingual=False,
    _tokenizer=None,
    _longest_prompt=0,
)


def at(seconds: float) -> int:
    return NO_TIMES + 1 + round(seconds / 0.02)


@pytest.mark.parametrize(
    ("tokens", "pieces", "settled"),
    [
        ([at(0), 1, 2, at(4)], [(0, 4, [1, 2])], 10),  # one piece, and silence after it
        ([at(0), 1, at(4), at(4.5), 2, at(9)], [(0, 4, [1]), (4.5, 9, [2])], 10),  # two, and all is told
        ([at(0), 1, at(4), at(4)], [(0, 4, [1])], 4),  # more follows
        ([at(0), 1, at(4), at(4), 2], [(0, 4, [1])], 4),  # more follows, of which a part was said
        ([at(0), 1, at(9.8), at(9.8)], [(0, 9.8, [1])], 10),  # what follows is too short to look at
        ([1, 2], [(0, 10, [1, 2])], 10),  # no timestamps at all
        ([at(1), 1], [(1, 10, [1])], 10),  # cut off
        ([at(0), 1, at(28)], [(0, 10, [1])], 10),  # a time in the padding
        ([], [], 10),
    ],
)
def test_pieces(tokens: list[int], pieces: list[tuple[float, float, list[int]]], settled: float) -> None:
    told, upto = cut(tokens, VOCABULARY, 0.02, 10.0)
    assert [(p.start, p.end, p.tokens) for p in told if p.tokens] == pieces
    assert upto == settled


@given(st.lists(st.integers(0, 9) | st.integers(0, 1500).map(lambda n: NO_TIMES + 1 + n)), st.floats(0.1, 30))
def test_cutting_goes_on_and_keeps_what_it_settles(tokens: list[int], seconds: float) -> None:
    pieces, settled = cut(tokens, VOCABULARY, 0.02, seconds)
    assert min(STEP, seconds) <= settled <= seconds
    assert all(0 <= piece.start <= piece.end <= seconds for piece in pieces)
    text = [token for token in tokens if token < END]
    kept = [token for piece in pieces for token in piece.tokens]
    assert kept == text[: len(kept)]
    if not any(min(pair) >= END for pair in pairwise(tokens)):
        assert settled == seconds
        assert kept == text
