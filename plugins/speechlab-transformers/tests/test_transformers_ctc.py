"""CTC checkpoints: words from frames, batches, and MMS with a language at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from speechlab_transformers import TransformersOptions, TransformersParams

from speechlab import Audio, ConfigError, Context, EngineUnavailable, Segment

Load = Callable[..., Any]
LETTERS, ACCENTS = set("abcdefghijklmnopqrstuvwxyz'"), set("àâçéèêëîïôûù")
FRAME = 0.02
WAVLM = pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask")  # transformers' own WavLM


def heard(engine: Any, audio: Audio, **options: Any) -> list[Segment]:
    return list(engine.transcribe(audio, TransformersOptions(**options)))


@pytest.mark.parametrize("name", ["wav2vec2", "wav2vec2_base", "hubert", pytest.param("wavlm", marks=WAVLM)])
def test_words_follow_each_other_frame_by_frame(load: Load, sounds: list[Audio], name: str) -> None:
    for audio in sounds:
        [segment] = heard(load(name), audio, language="en")
        assert len(segment.words) > 1
        assert segment.text.split() == [word.text for word in segment.words]
        assert set(segment.text) <= LETTERS | {" "}
        times = [time - audio.start for word in segment.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert [time / FRAME for time in times] == pytest.approx([round(time / FRAME) for time in times])
        assert all(word.start < word.end and 0 < word.confidence <= 1 for word in segment.words)
        assert audio.start <= segment.start
        assert segment.end <= audio.end
        assert segment.language == "en"
        assert segment.extra["avg_logprob"] < 0


@pytest.mark.parametrize("name", ["wav2vec2", "wav2vec2_base", "hubert", pytest.param("wavlm", marks=WAVLM)])
def test_a_batch_hears_what_each_stretch_alone_gives(load: Load, sounds: list[Audio], name: str) -> None:
    engine = load(name)
    answers = list(engine.transcribe_batch(sounds, TransformersOptions(batch_size=3)))
    for answer, audio in zip(answers, sounds, strict=True):
        [got], [alone] = answer, heard(engine, audio)
        assert (got.start, got.end, got.text) == (alone.start, alone.end, alone.text)
        assert [(w.start, w.end, w.text) for w in got.words] == [(w.start, w.end, w.text) for w in alone.words]
        assert [w.confidence for w in got.words] == pytest.approx([w.confidence for w in alone.words], abs=1e-3)


def test_only_networks_that_are_told_of_padding_are_given_it(load: Load) -> None:
    assert {name: load(name)._reader._pads for name in ("wav2vec2", "hubert", "wav2vec2_base", "wavlm")} == {
        "wav2vec2": True,
        "hubert": True,
        "wav2vec2_base": False,
        "wavlm": False,
    }


def test_the_convolutions_frames_are_counted_right(load: Load, sounds: list[Audio]) -> None:
    reader = load("wav2vec2")._reader
    for samples in (400, 719, 720, 16_000, 20_801):
        inputs = reader._features([sounds[0].mono[:samples]], sampling_rate=16_000, return_tensors="pt")
        assert reader._frames(samples) == reader._model(**inputs).logits.shape[1]


def test_words_are_left_out_when_nobody_asks(load: Load, sounds: list[Audio]) -> None:
    engine = load("wav2vec2")
    [with_words], [without] = heard(engine, sounds[0]), heard(engine, sounds[0], word_timestamps=False)
    assert without.words == ()
    assert (without.start, without.end, without.text) == (with_words.start, with_words.end, with_words.text)


def test_it_does_not_translate(load: Load, sounds: list[Audio]) -> None:
    with pytest.raises(ConfigError, match="does not translate"):
        heard(load("wav2vec2"), sounds[0], task="translate")


# -- MMS ---------------------------------------------------------------------------------------------------------------


def test_the_adapter_changes_with_the_language(load: Load, sounds: list[Audio]) -> None:
    engine = load("mms")
    english, french, again = (heard(engine, sounds[0], language=tag)[0] for tag in ("en-GB", "fr", "eng"))
    assert set(english.text) <= LETTERS | {" "}
    assert set(french.text) <= ACCENTS | {" "}
    assert (english.language, french.language) == ("en", "fr")
    assert again == english, "what French left behind must not be heard"
    assert engine._reader._model.target_lang == "eng"


def test_the_adapter_stays_while_the_language_does(
    load: Load, sounds: list[Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, asked = load("mms"), []
    heard(engine, sounds[1], language="en")
    model = engine._reader._model
    monkeypatch.setattr(model, "load_adapter", lambda *names, **_: asked.append(names))
    heard(engine, sounds[1], language="en-US")
    assert asked == []


@pytest.mark.parametrize(("language", "hint"), [("de", "it knows en, fr"), (None, "set language")])
def test_it_must_be_told_a_language_that_it_knows(
    load: Load, sounds: list[Audio], language: str | None, hint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        heard(load("mms"), sounds[0], language=language)
    assert hint in refused.value.hint


def test_a_lacking_adapter_is_told_and_harms_nothing(
    build: Callable[[str], Path], context: Context, sounds: list[Audio], tmp_path: Path
) -> None:
    from speechlab_transformers.engine import Transformers

    folder = tmp_path / "mms"
    shutil.copytree(build("mms"), folder)
    (folder / "adapter.fra.safetensors").unlink()
    engine = Transformers(TransformersParams(model=str(folder)), context)
    before = heard(engine, sounds[1], language="en")
    with pytest.raises(EngineUnavailable, match=r"adapter\.fra\.safetensors"):
        heard(engine, sounds[1], language="fr")
    assert heard(engine, sounds[1], language="en") == before
