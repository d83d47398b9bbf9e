"""The synthesizer: on a pretended espeak-ng anywhere, and on the real one where it is installed."""

# ruff: noqa: RUF001 - these are sounds, no letters

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_espeak import LANGUAGES, EspeakOptions, EspeakParams
from speechlab_espeak.engine import Espeak
from speechlab_espeak.ipa import Sounds
from speechlab_espeak.program import run, sound

from speechlab import Audio, ConfigError, Context, EngineFailed, EngineUnavailable, Kind, Lab, Languages, Synthesizer

CONTEXT = Context(Path("nowhere"), download=False)
RATE = 8000
Asked = Callable[[], list[tuple[list[str], str]]]
installed = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs: apt-get install espeak-ng")


def said(engine: Espeak, text: str, voice: str | None = None, **options: Any) -> list[Audio]:
    return list(engine.synthesize(text, voice, EspeakOptions(**options)))


def argument(call: tuple[list[str], str], option: str) -> str:
    return call[0][call[0].index(option) + 1]


# -- anywhere ----------------------------------------------------------------------------------------------------------


def test_sentence_by_sentence_with_pauses_between(pretended: Espeak, asked: Asked) -> None:
    one, other = said(pretended, "Dr. Smith came at noon. He left again!", pause=0.5)
    assert [text.strip() for _, text in asked()] == ["Dr. Smith came at noon.", "He left again!"]
    assert (one.sample_rate, one.mono[0]) == (RATE, 0.5)
    assert not other.mono[: RATE // 2].any()
    assert other.mono[RATE // 2] == 0.5


def test_the_first_sentence_is_there_before_the_next_is_asked_for(pretended: Espeak, asked: Asked) -> None:
    next(pretended.synthesize("One sentence. Another sentence.", None, EspeakOptions()))
    assert len(asked()) == 1


def test_options_reach_the_program(pretended: Espeak, asked: Asked) -> None:
    said(pretended, "Hello.")
    said(pretended, "Hello.", "pt-br+f3", speed=2.0, pitch=-7 / 2)
    said(pretended, "Hello.", pitch=8, language="en-US")
    plain, slow, high = asked()
    assert (argument(plain, "-v"), argument(plain, "-s"), argument(plain, "-p")) == ("gmw/en", "175", "50")
    assert (argument(slow, "-v"), argument(slow, "-s")) == ("roa/pt-BR+f3", "350")
    assert (argument(high, "-v"), int(argument(slow, "-p")) < 50 < int(argument(high, "-p")) <= 99) == (
        "gmw/en-US",
        True,
    )


def test_brackets_are_no_sounds_and_a_dash_is_no_option(pretended: Espeak, asked: Asked) -> None:
    said(pretended, "--voices [[h@l'oU]] <b>x</b>")
    [(_, text)] = asked()
    assert text == "--voices [ [h@l'oU]] <b>x</b>"


@pytest.mark.parametrize("text", ["", " \n", "...", "🙂 👍", "\x00", "\ud800"])
def test_what_nobody_can_say_is_not_even_asked_for(pretended: Espeak, asked: Asked, text: str) -> None:
    assert said(pretended, text) == []
    assert asked() == []


def test_what_it_is_silent_about_is_left_out(pretended: Espeak) -> None:
    one, other = said(pretended, "First. silence here. Last.", pause=1)
    assert one.mono[0] == other.mono[RATE] == 0.5


def test_a_voice_of_each_language_and_a_womans(pretended: Espeak) -> None:
    voices = pretended.voices()
    assert [voice.id for voice in voices[::2]] == [
        *("en-gb", "en-us", "en-029", "af", "eu", "pt", "pt-br", "yue", "cmn", "cmn-latn-pinyin")
    ]
    assert all(voice.languages for voice in voices)
    assert (voices[2].name, voices[3].id, voices[3].name) == (
        "English (America)",
        "en-us+f3",
        "English (America), woman",
    )


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        (None, "gmw/en"),
        ("en", "gmw/en"),
        ("en-US", "gmw/en-US"),
        ("en-AU", "gmw/en"),
        ("pt", "roa/pt"),
        ("pt-BR", "roa/pt-BR"),
        ("pt-PT", "roa/pt"),
        ("zh", "sit/cmn"),
        ("yue", "sit/yue"),
        ("afr", "gmw/af"),
    ],
)
def test_without_a_voice_the_best_of_the_language_speaks(
    pretended: Espeak, asked: Asked, language: str | None, voice: str
) -> None:
    said(pretended, "Hello.", language=language)
    assert argument(asked()[0], "-v") == voice


@pytest.mark.parametrize(
    ("voice", "language", "told", "hint"),
    [
        ("en-uk", None, "no voice 'en-uk' here", "did you mean en-us?"),
        ("somebody", None, "no voice 'somebody' here", "espeak-ng --voices"),
        ("en-us+f4", None, "no variant 'f4'", "did you mean en-us+f3?"),
        ("en-us+whatever", None, "no variant 'whatever'", "such as f3, m8, Annie"),
        ("en-us+", None, "no variant ''", "such as f3"),
        ("en-us+f3", "pt", r"en-us\+f3 speaks en-US, not 'pt'", "of that language"),
        (None, "tlh", "does not speak 'tlh'", "it knows"),
    ],
)
def test_refusals_are_one_sentence(
    pretended: Espeak, voice: str | None, language: str | None, told: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        said(pretended, "Hello.", voice, language=language)
    assert hint in refused.value.hint


def test_a_program_that_fails_is_told(pretended: Espeak) -> None:
    with pytest.raises(EngineFailed, match="espeak-ng failed: no such data"):
        said(pretended, "This must fail.")
    with pytest.raises(EngineFailed, match="no sound"):
        said(pretended, "This is nonsense.")


def test_a_program_that_does_not_answer_is_ended(asked: Asked) -> None:
    engine = Espeak(EspeakParams(timeout=1), CONTEXT)
    with pytest.raises(EngineFailed, match="within 1 s") as late:
        said(engine, "Let me sleep.")
    assert "timeout" in late.value.hint


def test_a_program_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable, match="could not be started") as refused:
        Espeak(EspeakParams(), CONTEXT)
    assert refused.value.hint == "apt-get install espeak-ng"


@given(st.binary(max_size=200))
def test_any_answer_is_sound_or_refused(answer: bytes) -> None:
    header = b"RIFF" + bytes(20) + (22_050).to_bytes(4, "little") + bytes(8) + b"data" + bytes(4)
    audio = sound(header + answer)
    assert (0 if audio is None else audio.frames) == len(answer) // 2
    assert sound(b"") is None


# -- where it is installed ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Espeak:
    return Espeak(EspeakParams(), CONTEXT)


def hertz(audio: Audio) -> float:
    """The pitch in the middle of a vowel that lasts."""
    middle = audio.frames // 2
    part = audio.mono[middle - 1024 : middle + 1024]
    alike = np.correlate(part, part, "full")[len(part) - 1 :]
    low, high = audio.sample_rate // 300, audio.sample_rate // 50
    return audio.sample_rate / (low + float(alike[low:high].argmax()))


@installed
def test_it_speaks(real: Espeak) -> None:
    assert isinstance(real, Synthesizer)
    [plain] = said(real, "Good morning.")
    assert plain.sample_rate == 22_050
    assert 0.4 < plain.duration < 1.5
    assert 0.1 < np.abs(plain.samples).max() <= 1
    [again] = said(real, "Good morning.")
    assert np.array_equal(plain.samples, again.samples)
    [fast] = said(real, "Good morning.", speed=2.0)
    assert 1.5 < plain.duration / fast.duration < 2.5


@installed
@pytest.mark.parametrize("voice", ["en-gb", "en-us", "fr-fr", "pt-br", "eu"])
def test_a_variant_is_heard(real: Espeak, voice: str) -> None:
    [man], [woman] = (said(real, "La casa.", one) for one in (voice, f"{voice}+f3"))
    assert not np.array_equal(man.samples, woman.samples)


@installed
def test_pitch_is_in_semitones(real: Espeak) -> None:
    deep, plain, high = (hertz(said(real, "Aaah", "en-us", pitch=pitch)[0]) for pitch in (-5, 0, 7))
    assert 12 * np.log2(plain / deep) == pytest.approx(5, abs=2)
    assert 12 * np.log2(high / plain) == pytest.approx(7, abs=2)


@installed
@pytest.mark.parametrize(
    ("voice", "ipa", "heard"),
    [
        ("gmw/en-US", "ˈkwɛstʃən", ""),
        ("gmw/en-US", "red", "ɹed"),
        ("gmw/de", "kœln", ""),
        ("gmw/de", "ˈʁaːthaʊs", ""),
        ("roa/es", "baɾθelona", ""),
        ("roa/fr", "bɔ̃ʒuʁ", ""),
        ("roa/it", "ˈdʒɛnova", ""),
        ("roa/pt-BR", "t͡ʃe.a", "tʃea"),
    ],
)
def test_sounds_in_ipa_are_said(voice: str, ipa: str, heard: str) -> None:
    named = Sounds.of(voice, 10).named(ipa)
    told = run(["-q", "--ipa", "-v", voice, "-b", "1", "--stdin"], f"{named}.", timeout=60).decode()
    assert told.strip().replace("ˈ", "") == (heard or ipa.replace("ˈ", ""))


@installed
def test_a_word_sounds_as_it_was_given(real: Espeak) -> None:
    plain, given, louder = (
        Audio.join(said(real, f"{word} went home.", "en-us", pronunciations=told))
        for word, told in (("Joe", ()), ("Zo", ["zo = dʒˈoʊ"]), ("Zo", ()))
    )
    assert given.duration == pytest.approx(plain.duration, rel=0.05)
    assert not np.array_equal(given.samples, louder.samples)


@installed
def test_sounds_that_a_voice_lacks_are_told() -> None:
    told: list[str] = []
    engine = Espeak(EspeakParams(), Context(Path("nowhere"), download=False, report=told.append))
    plain, given = (said(engine, "Xhosa.", "en-us", pronunciations=told) for told in ((), ["Xhosa = ǃosa"]))
    assert np.array_equal(plain[0].samples, given[0].samples)
    assert told == ["espeak-ng's voice gmw/en-US lacks sounds of [ǃosa]: Xhosa is said as it reads"]


@installed
def test_the_languages_of_the_card_are_there(real: Espeak) -> None:
    there = Languages(language for voice in real.voices() for language in voice.languages)
    assert [language for language in LANGUAGES.split() if language not in there] == []
    assert len(LANGUAGES.split()) > 100


@installed
def test_threads_share_it(real: Espeak) -> None:
    with ThreadPoolExecutor(4) as callers:
        told = set(callers.map(lambda _: said(real, "Hello there.")[0].samples.tobytes(), range(8)))
    assert len(told) == 1


@installed
def test_it_is_never_chosen_silently(tmp_path: Path) -> None:
    with Lab(home=tmp_path) as lab:
        with contextlib.suppress(EngineUnavailable):
            assert lab.engine(Kind.TTS).id != "espeak"
        audio = lab.speak("Bore da.", engine="espeak", language="cy")
    assert 0.3 < audio.duration < 2
