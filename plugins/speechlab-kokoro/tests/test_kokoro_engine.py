"""The synthesizer on its real weights: speech that can be heard, sentence by sentence, at the pace asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_kokoro import KokoroOptions, KokoroParams
from speechlab_kokoro.engine import MOST, RATE, Kokoro, parted
from speechlab_kokoro.trimming import AFTER, BEFORE, FRAME, heard

from speechlab import Audio, ConfigError, Context, EngineUnavailable, Lab, Policy, Synthesizer

SENTENCE = "The old lighthouse stands by the sea."


def said(engine: Kokoro, text: str, voice: str | None = None, **options: object) -> list[Audio]:
    return list(engine.synthesize(text, voice, KokoroOptions.model_validate({"language": "en", **options})))


def test_it_speaks(engine: Kokoro) -> None:
    [good] = said(engine, "Good morning.")
    assert 0.4 < good.duration < 1.6
    assert good.sample_rate == RATE
    assert np.abs(good.mono[: RATE // 4]).max() > 0.02, "nobody waits for silence"
    [fast] = said(engine, "Good morning.", speed=1.5)
    assert 1.2 < good.duration / fast.duration < 1.8
    [other] = said(engine, "Good morning.", "jf_alpha")
    assert not np.array_equal(other.samples, good.samples)
    assert isinstance(engine, Synthesizer)


def test_a_lab_speaks(engine: Kokoro, home: Path) -> None:
    with Lab(home=home, policy=Policy(download=False)) as lab:
        audio = lab.speak("Yes.", engine="kokoro", voice="jm_kumo", language="en")
    assert 0.2 < audio.duration < 2


# -- what is made of a text, without the network -----------------------------------------------------------------------


def test_sentence_by_sentence_with_pauses_between(humming: Kokoro) -> None:
    pieces = humming.synthesize(f"{SENTENCE} Dr. Smith came at 7:30, and left again!", None, KokoroOptions(pause=1.0))
    one, other = (piece.mono for piece in pieces)
    assert not other[:RATE].any()
    assert min(np.abs(one[: RATE // 10]).max(), np.abs(other[RATE : RATE + RATE // 10]).max()) > 0.5
    again = said(humming, f"{SENTENCE} Dr. Smith came at 7:30, and left again!", pause=1.0)
    assert np.array_equal(again[1].mono, other)


def test_the_first_sentence_is_there_before_the_next_is_made(humming: Kokoro, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = humming.synthesize(f"{SENTENCE} {SENTENCE}", None, KokoroOptions(language="en"))
    assert next(iter(pieces)).duration > 1
    monkeypatch.setattr(humming, "_network", None)
    with pytest.raises(AttributeError):
        next(iter(pieces))


def test_words_lie_where_they_are_said(humming: Kokoro) -> None:
    text = f"{SENTENCE} Two, {'and more ' * 80}words — indeed."
    chunks = list(humming.synthesize_timed(text, None, KokoroOptions(language="en", pause=1.0)))
    words = [word for chunk in chunks for word in chunk.words]
    assert [word.text for word in words] == text.split()
    assert len(chunks) > 2, "a long sentence has parts"
    whole = Audio.join(chunk.audio for chunk in chunks).mono
    for word in words:
        assert np.abs(whole[round(word.start * RATE) : round(word.end * RATE)]).max(initial=1.0) > 0.5
    assert all(one.end <= other.start for one, other in pairwise(words))
    first, second = (chunk.audio.duration for chunk in chunks[:2])
    assert chunks[0].words[-1].end <= first
    assert chunks[1].words[0].start == pytest.approx(first + 1.0 + BEFORE * FRAME / RATE, abs=0.01)
    assert chunks[1].words[-1].end <= first + second
    alone = humming.synthesize(text, None, KokoroOptions(language="en", pause=1.0))
    assert np.array_equal(Audio.join(alone).mono, whole)


def test_words_are_told_in_the_order_of_the_network(engine: Kokoro) -> None:
    [chunk] = engine.synthesize_timed("Good morning, Ann.", None, KokoroOptions(pronunciations=("Ann = \u00e6n",)))
    good, morning, ann = chunk.words
    assert 0.0 <= good.start < 0.1 < good.end <= morning.start < morning.end < ann.start - 0.02
    assert chunk.audio.duration == pytest.approx(ann.end, abs=0.3)


def test_sounds_that_are_given_are_said(humming: Kokoro) -> None:
    [plain] = said(humming, "Ann.")
    [told] = said(humming, "Ann.", pronunciations={"ann": "\u00e6n" * 9})
    assert told.duration > 2 * plain.duration


def test_a_network_that_tells_no_times(humming: Kokoro, monkeypatch: pytest.MonkeyPatch) -> None:
    say = humming._network.say
    monkeypatch.setattr(humming._network, "say", lambda *given: (say(*given)[0], np.zeros(0, np.float32)))
    [chunk] = humming.synthesize_timed(SENTENCE, None, KokoroOptions(language="en"))
    assert (chunk.words, chunk.audio.duration > 1) == ((), True)


def test_pace_and_voices_tell(humming: Kokoro) -> None:
    [plain], [fast] = said(humming, SENTENCE), said(humming, SENTENCE, speed=2.0)
    assert plain.duration == pytest.approx(2 * fast.duration, rel=0.1)
    recipes = ("jm_kumo", "jf_alpha", "jm_kumo:1+jf_alpha:1")
    assert len({said(humming, SENTENCE, recipe)[0].samples.tobytes() for recipe in recipes}) == 3
    [alone] = said(humming, SENTENCE, "jm_kumo:0.3")
    assert np.array_equal(alone.samples, plain.samples)


def test_a_very_long_sentence_is_said_whole(humming: Kokoro) -> None:
    words = "the old lighthouse by the sea "
    once, often = (sum(part.duration for part in said(humming, words * times, pause=0)) for times in (4, 48))
    assert often == pytest.approx(12 * once, rel=0.1)


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "🙂", "你好", "\x00", "\u202e", "—"])
def test_what_nobody_can_say_is_silent(humming: Kokoro, text: str) -> None:
    assert said(humming, text) == []


def test_refusals_are_one_sentence(humming: Kokoro) -> None:
    with pytest.raises(ConfigError, match="does not speak 'de'") as refused:
        said(humming, "Guten Morgen.", language="de")
    assert "es" in refused.value.hint
    with pytest.raises(ConfigError, match="no voice 'jm_kuma' here") as refused:
        said(humming, SENTENCE, "jm_kuma")
    assert "did you mean jm_kumo?" in refused.value.hint
    with pytest.raises(ConfigError, match="is no voice") as refused:
        said(humming, SENTENCE, "jm_kumo:0")
    assert "af_heart:0.6+bf_emma:0.4" in refused.value.hint


def test_without_a_voice_one_of_the_language_speaks(
    humming: Kokoro, styles: Callable[..., Path], context: Context
) -> None:
    engine = Kokoro(KokoroParams(folder=str(styles("af_heart", "bf_emma"))), context)
    for language, voice in ((None, "af_heart"), ("en-GB", "bf_emma"), ("en-US", "af_heart"), ("en", "af_heart")):
        [meant], [named] = said(engine, SENTENCE, language=language), said(engine, SENTENCE, voice)
        assert np.array_equal(meant.samples, named.samples)


def test_threads_share_it(humming: Kokoro) -> None:
    with ThreadPoolExecutor(2) as callers:
        told = list(callers.map(lambda _: said(humming, SENTENCE)[0].samples.tobytes(), range(4)))
    assert len(set(told)) == 1


def test_a_folder_of_ones_own(context: Context, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"no network")
    with pytest.raises(EngineUnavailable, match=r"mine\.onnx cannot be read"):
        Kokoro(KokoroParams(folder=str(tmp_path)), context)
    with pytest.raises(EngineUnavailable, match="there is no folder"):
        Kokoro(KokoroParams(folder=str(tmp_path / "none")), context)


# -- parts -------------------------------------------------------------------------------------------------------------


@given(st.text("abc.,; ", max_size=3000))
def test_sounds_are_parted_without_losing_any(sounds: str) -> None:
    parts = list(parted(sounds))
    assert "".join("".join(parts).split()) == "".join(sounds.split())
    assert all(len(part) <= MOST for part in parts)


def test_they_are_parted_at_the_best_places() -> None:
    assert all(part.endswith(",") for part in parted("ðɪ ˈoʊld laɪthaʊs, " * 60))  # noqa: RUF001
    assert all(set(part.split()) == {"ab"} for part in parted("ab " * 500))


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_silence_around_speech_is_cut_off(before: int, speech: int, after: int) -> None:
    sound = np.concatenate([np.zeros(before * FRAME), np.ones(speech * FRAME), np.zeros(after * FRAME)])
    left = sound[heard(sound.astype(np.float32))]
    assert len(left) == (min(before, BEFORE) + speech + min(after, AFTER)) * FRAME
    assert left.sum() == speech * FRAME


def test_silence_alone_and_a_click_survive() -> None:
    assert heard(np.zeros(10 * FRAME, np.float32)) == slice(0, 0)
    assert heard(np.ones(10, np.float32)) == slice(0, 10)
