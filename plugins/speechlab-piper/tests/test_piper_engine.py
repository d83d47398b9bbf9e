"""The synthesizer: speech that can be heard, sentence by sentence, at the pace and with the liveliness asked for."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as law
from hypothesis import strategies as st
from speechlab_piper import PiperOptions, PiperParams
from speechlab_piper.engine import Piper
from speechlab_piper.reading import MOST, parted, read

from speechlab import Audio, Context, EngineUnavailable, Lab, Policy, Synthesizer, Word

Make, Folder, Given = Callable[..., Piper], Callable[..., Path], Callable[[], dict[str, Any]]


def said(engine: Piper, text: str, voice: str | None = None, **options: Any) -> list[Audio]:
    return list(engine.synthesize(text, voice, PiperOptions(**options)))


# -- the packaged voice ------------------------------------------------------------------------------------------------


def test_it_speaks(engine: Piper) -> None:
    assert isinstance(engine, Synthesizer)
    [plain] = said(engine, "Good morning.", noise=0, noise_w=0)
    assert plain.sample_rate == 22_050
    assert 0.5 < plain.duration < 1.5
    assert np.abs(plain.mono[: 22_050 // 4]).max() > 0.02, "nobody waits for silence"
    [again] = said(engine, "Good morning.", noise=0, noise_w=0)
    assert np.array_equal(plain.samples, again.samples)
    [fast] = said(engine, "Good morning.", noise=0, noise_w=0, speed=1.5)
    assert 1.2 < plain.duration / fast.duration < 1.8
    [lively] = said(engine, "Good morning.")
    assert not np.array_equal(plain.samples, lively.samples)


def test_a_lab_speaks(engine: Piper, home: Path) -> None:
    with Lab(home=home, policy=Policy(download=False)) as lab:
        audio = lab.speak("Yes. No.", engine="piper", language="en", speed=2.0)
    assert 0.4 < audio.duration < 2


def test_sounds_can_be_written(engine: Piper) -> None:
    [word], [sounds] = (said(engine, text, noise=0, noise_w=0) for text in ("Hello.", "[[həlˈoʊ]]."))  # noqa: RUF001
    assert word.duration == pytest.approx(sounds.duration, rel=0.2)


def test_words_lie_where_they_are_said(engine: Piper) -> None:
    text = "In 1999, Dr. Smith left. Who knew?"
    chunks = list(engine.synthesize_timed(text, None, PiperOptions(noise=0, noise_w=0, pause=0.5)))
    words = [word for chunk in chunks for word in chunk.words]
    assert [word.text for word in words] == text.split()
    assert words[1].duration > 2 * words[0].duration, "nineteen ninety-nine"
    ends = np.cumsum([chunk.audio.duration for chunk in chunks])
    assert ends[0] - 0.3 < words[4].end <= ends[0]
    assert ends[0] + 0.5 < words[5].start < words[6].end <= ends[1]
    [plain, other] = said(engine, text, noise=0, noise_w=0, pause=0.5)
    assert np.array_equal(plain.samples, chunks[0].audio.samples)
    assert np.array_equal(other.samples, chunks[1].audio.samples)


def test_words_of_a_sentence_that_is_said_in_parts(engine: Piper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab_piper.reading.MOST", 24)
    text = "the old mill by the sea and the old lighthouse"
    chunks = list(engine.synthesize_timed(text, None, PiperOptions(pause=0.1)))
    words: list[Word] = [word for chunk in chunks for word in chunk.words]
    assert len(chunks) > 1
    assert [word.text for word in words] == text.split()
    assert all(one.end <= other.start for one, other in pairwise(words))
    assert words[-1].end <= sum(chunk.audio.duration for chunk in chunks)


def test_a_word_sounds_as_it_was_given(engine: Piper) -> None:
    [voice] = engine._loaded.values()
    sounds = "".join(read(voice, "Well, Rogri! Go on.", ["Rogri = rɔgri"]))
    assert sounds == "".join([*read(voice, "Well,"), "ɹɔ\u0261ɹi! ", *read(voice, "Go on.")])
    [word], [sounds] = (said(engine, "Hello.", noise=0, noise_w=0, pronunciations=p) for p in ((), ["hello = noʊ"]))
    assert sounds.duration < word.duration


# -- what is made of a text, by a network that hums --------------------------------------------------------------------


def test_sentence_by_sentence_with_pauses_between(humming: Make, folder: Folder) -> None:
    engine = humming(folder())
    one, other = said(engine, "Dr. Smith came at noon. He left again!", pause=0.5)
    assert one.mono[0] != 0
    assert not other.mono[:8000].any()
    assert other.mono[8000] != 0
    assert len(said(engine, "Dr. Smith came at noon. He left again!", pause=0)[1].mono) == len(other.mono) - 8000


def test_the_first_sentence_is_there_before_the_next_is_made(
    humming: Make, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = humming(folder())
    pieces = engine.synthesize("One sentence. Another sentence.", None, PiperOptions())
    assert next(pieces).duration > 0.1
    [voice] = engine._loaded.values()
    monkeypatch.setattr(voice, "session", None)
    with pytest.raises(AttributeError):
        next(pieces)


def test_pace_and_liveliness_reach_the_network(humming: Make, folder: Folder, given: Given) -> None:
    engine = humming(folder())
    said(engine, "Hello.")
    assert given()["scales"].tolist() == pytest.approx([0.667, 1.5, 0.8]), "the voice's own"
    said(engine, "Hello.", speed=2.0, noise=0.1, noise_w=0.0)
    assert given()["scales"].tolist() == pytest.approx([0.1, 0.75, 0.0])


def test_speakers_have_voices_of_their_own(humming: Make, folder: Folder) -> None:
    place = folder(num_speakers=3, speaker_id_map={"ann": 0, "bob": 2}, default_speaker_id=1)
    engine = humming(place)
    assert [(voice.id, voice.name) for voice in engine.voices()[:3]] == [
        ("en_US-hum-low", "Hum (low)"),
        ("en_US-hum-low:ann", "Hum (low), ann"),
        ("en_US-hum-low:bob", "Hum (low), bob"),
    ]
    loud = {
        voice: said(engine, "Hello.", voice)[0].mono[0] for voice in (None, "en_US-hum-low:ann", "en_US-hum-low:bob")
    }
    assert list(loud.values()) == pytest.approx([0.2, 0.1, 0.3])


def test_a_very_long_sentence_is_said_whole(humming: Make, folder: Folder) -> None:
    engine = humming(folder())
    once, often = (
        sum(part.duration for part in said(engine, "the old mill by the sea " * n, pause=0)) for n in (4, 80)
    )
    assert often == pytest.approx(20 * once, rel=0.1)
    assert len(said(engine, "the old mill by the sea " * 80)) > 3


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "🙂", "\x00", "\ud800", "\u202e", "—", "🙂. ?!"])
def test_what_nobody_can_say_is_silent(humming: Make, folder: Folder, text: str) -> None:
    assert said(humming(folder()), text) == []


def test_threads_share_it(humming: Make, folder: Folder) -> None:
    engine = humming(folder())
    with ThreadPoolExecutor(2) as callers:
        told = list(callers.map(lambda _: said(engine, "Hello there.")[0].samples.tobytes(), range(8)))
    assert len(set(told)) == 1
    assert len(engine._loaded) == 1


def test_what_cannot_be_read_is_told(folder: Folder, context: Context) -> None:
    with pytest.raises(EngineUnavailable, match=r"en_US-hum-low\.onnx cannot be read"):
        Piper(PiperParams(folder=str(folder())), context)


def test_a_dictionary_is_downloaded_only_where_that_is_allowed(humming: Make, folder: Folder) -> None:
    with pytest.raises(EngineUnavailable, match="a dictionary that Piper downloads") as refused:
        humming(folder(phoneme_type="pinyin"))
    assert "allow downloads" in refused.value.hint


def test_a_package_that_a_language_needs_is_told(
    humming: Make, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "phonemize_thai":
            raise ModuleNotFoundError("no tltk", name="tltk")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineUnavailable, match="Piper needs tltk to read") as refused:
        humming(folder(phoneme_type="thai"))
    assert refused.value.hint == "pip install tltk"


# -- parts -------------------------------------------------------------------------------------------------------------


@law(st.lists(st.sampled_from("abcdefg ,.;"), max_size=3000))
def test_sounds_are_parted_without_losing_any(sounds: list[str]) -> None:
    parts = list(parted(sounds))
    assert [one for part in parts for one in part] == sounds
    assert all(0 < len(part) <= MOST for part in parts)


@pytest.mark.parametrize(("sounds", "end"), [("old mill, ", ","), ("old mill. so, ", "."), ("old mill ", " ")])
def test_they_are_parted_at_the_best_places(sounds: str, end: str) -> None:
    *parts, _ = parted(list(sounds * 200))
    assert {part[-1] for part in parts} == {end}
