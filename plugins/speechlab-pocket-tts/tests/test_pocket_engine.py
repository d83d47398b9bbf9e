"""The synthesizer on tiny networks: whose voice speaks, in which language, and what is made while nobody listens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import SafetensorError
from speechlab_pocket_tts import PocketOptions, PocketParams
from speechlab_pocket_tts.engine import LONGEST, PocketTts
from speechlab_pocket_tts.network import Network
from speechlab_pocket_tts.quiet import undisturbed
from speechlab_pocket_tts.speech import FIRST, LATER, Speech

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    Lab,
    Policy,
    RememberingCloner,
    Synthesizer,
    VoiceCloner,
)

SENTENCE = "Good morning."
CONSENT = Consent("Ada", "my own voice", "2026-01-01T00:00:00+00:00")
Say = Callable[..., Audio]


def test_it_speaks_in_each_language_with_its_own_voice(engine: PocketTts, said: Say) -> None:
    english, german = said(engine, SENTENCE, seed=1), said(engine, SENTENCE, language="de-AT", seed=1)
    assert english.sample_rate == german.sample_rate == 24_000
    assert np.abs(english.samples).max() > 0.001
    assert _same(german, said(engine, SENTENCE, "juergen", seed=1))
    assert _same(english, said(engine, SENTENCE, "alba", language="en-GB", seed=1))
    assert isinstance(engine, Synthesizer)
    assert isinstance(engine, VoiceCloner)


def test_a_seed_tells_how_it_is_said(engine: PocketTts, said: Say) -> None:
    once, again, other = (said(engine, SENTENCE, seed=seed) for seed in (1, 1, 2))
    assert _same(once, again)
    assert not _same(once, other)
    calm, wild = said(engine, SENTENCE, seed=1, temperature=0), said(engine, SENTENCE, seed=2, temperature=0)
    assert _same(calm, wild)
    assert not _same(once, said(engine, SENTENCE, seed=1, steps=4))


def test_a_lab_speaks(tiny: Path, tmp_path: Path) -> None:
    with Lab(home=tmp_path, policy=Policy(download=False)) as lab:
        audio = lab.speak("Good morning.", engine="pocket-tts", language="en", folder=str(tiny))
    assert audio.duration > 1


@pytest.mark.parametrize("text", ["", " ", "...", "🙂", "\x00"])
def test_what_nobody_can_say_is_silent(engine: PocketTts, text: str) -> None:
    assert list(engine.synthesize(text, None, PocketOptions())) == []


def test_refusals_are_one_sentence(engine: PocketTts) -> None:
    with pytest.raises(ConfigError, match="does not speak 'ja'") as refused:
        engine.synthesize(SENTENCE, None, PocketOptions(language="ja"))
    assert refused.value.hint
    with pytest.raises(ConfigError, match="no voice 'albo' here") as refused:
        engine.synthesize(SENTENCE, "albo", PocketOptions())
    assert "did you mean alba?" in refused.value.hint


# -- learning a voice --------------------------------------------------------------------------------------------------


@pytest.fixture
def learning(tiny: Path, context: Context) -> PocketTts:
    """An engine of the test's own."""
    return PocketTts(PocketParams(folder=str(tiny)), context)


def test_a_voice_is_learnt_and_speaks_every_language(learning: PocketTts, said: Say, clip: Audio) -> None:
    voice = learning.clone(clip, CONSENT, PocketOptions(language="de"))
    assert (voice.languages[0], len(voice.languages)) == ("de", 7)
    assert (voice.reference, voice.consent) == (clip.digest, CONSENT)
    assert learning.voices()[-1] == voice
    spoken = said(learning, SENTENCE, voice.id, seed=1)
    assert _same(spoken, said(learning, SENTENCE, voice.id, language="de", seed=1))
    for language, own in (("de", "juergen"), ("en", "alba")):
        learnt = said(learning, SENTENCE, voice.id, language=language, temperature=0)
        assert not _same(learnt, said(learning, SENTENCE, own, language=language, temperature=0))


def test_what_is_learnt_depends_on_the_clip_alone(learning: PocketTts, said: Say, clip: Audio) -> None:
    one = learning.clone(clip, CONSENT, PocketOptions())
    first = said(learning, SENTENCE, one.id, temperature=0)
    other = learning.clone(replace(clip, samples=clip.samples[:, ::-1].copy()), CONSENT, PocketOptions())
    assert one.id != other.id
    assert not _same(first, said(learning, SENTENCE, other.id, temperature=0))
    again = learning.clone(replace(clip, start=0.0), CONSENT, PocketOptions())
    assert again.id == one.id
    assert _same(first, said(learning, SENTENCE, again.id, temperature=0))


def test_what_was_learnt_is_known_to_the_next_process(
    learning: PocketTts, tiny: Path, context: Context, said: Say, clip: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = PocketOptions(language="de")
    voice = learning.clone(clip, CONSENT, german)
    spoken = said(learning, SENTENCE, voice.id, temperature=0)
    kept = learning.learnt(voice.id)
    assert learning.learnt("alba") == b""
    other = PocketTts(PocketParams(folder=str(tiny)), context)
    assert isinstance(other, RememberingCloner)
    monkeypatch.setattr(Network, "learn", None)
    assert other.recall(kept, clip, CONSENT, german) == voice
    assert _same(spoken, said(other, SENTENCE, voice.id, temperature=0))
    assert other.learnt(voice.id) == kept
    with pytest.raises(ValueError, match="another network"):
        other.recall(kept, clip, CONSENT, PocketOptions(language="en"))
    with pytest.raises((ValueError, SafetensorError)):
        other.recall(kept.partition(b"\n")[0] + b"\n", clip, CONSENT, german)


def test_of_a_long_clip_the_first_half_minute_is_heard(learning: PocketTts, clip: Audio) -> None:
    long = Audio(np.tile(clip.samples, 20), clip.sample_rate, 3.0)
    assert long.duration > LONGEST
    cut = long.crop(3.0, 3.0 + LONGEST)
    assert learning.clone(long, CONSENT, PocketOptions()).id == learning.clone(cut, CONSENT, PocketOptions()).id


def test_of_half_a_second_nothing_is_learnt(learning: PocketTts, clip: Audio) -> None:
    with pytest.raises(AudioError, match=r"from 0\.5 s of sound") as refused:
        learning.clone(clip.crop(5.0, 5.5), CONSENT, PocketOptions())
    assert "ten seconds" in refused.value.hint
    assert all(not voice.id.startswith("clone-") for voice in learning.voices())


# -- while it is made --------------------------------------------------------------------------------------------------


def test_another_text_waits_until_the_first_is_made(engine: PocketTts, said: Say) -> None:
    whole = said(engine, SENTENCE, seed=1)
    begun = iter(engine.synthesize(SENTENCE, None, PocketOptions(seed=1)))
    first = next(begun)
    between = said(engine, SENTENCE, seed=2)
    assert _same(between, said(engine, SENTENCE, seed=2))
    assert _same(Audio.join([first, *begun]), whole)


def test_who_stops_listening_stops_the_work(engine: PocketTts) -> None:
    before = threading.active_count()
    begun = iter(engine.synthesize(SENTENCE * 20, None, PocketOptions(seed=1)))
    next(begun)
    assert threading.active_count() > before
    begun.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


@given(st.lists(st.integers(1, 40), max_size=60))
def test_pieces_are_the_frames_in_order(lengths: list[int]) -> None:
    rate, stop = 100, threading.Event()
    sound = torch.arange(sum(lengths), dtype=torch.float32) / 10_000
    pieces = list(Speech(iter(sound.split(lengths)) if lengths else iter(()), stop, rate).pieces())
    assert np.array_equal(np.concatenate([np.zeros(0), *pieces]), sound.numpy())
    assert all(len(piece) >= wanted * rate for piece, wanted in zip(pieces[:-1], (FIRST, *[LATER] * 99), strict=False))
    assert stop.is_set()


def test_an_error_in_the_midst_is_told_and_leaves_it_usable() -> None:
    def frames() -> Iterator[torch.Tensor]:
        yield torch.ones(100) * 2
        raise RuntimeError("out of memory")

    speech = Speech(frames(), threading.Event(), 100)
    pieces = speech.pieces()
    assert next(pieces).max() == 1.0
    with pytest.raises(RuntimeError, match="out of memory"):
        next(pieces)
    speech.hear_out()


def test_the_process_is_left_as_it_was() -> None:
    handlers, threads = list(logging.getLogger().handlers), torch.get_num_threads()
    with undisturbed():
        torch.set_num_threads(threads + 1)  # as the package does when it is imported, and when it loads
        logging.getLogger().addHandler(logging.NullHandler())
    assert logging.getLogger().handlers == handlers
    assert torch.get_num_threads() == threads


def _same(one: Audio, other: Audio) -> bool:
    """But for how many frames the package decoded at once, which depends on how busy the machine is."""
    return one.frames == other.frames and np.allclose(one.samples, other.samples, atol=1e-5)
