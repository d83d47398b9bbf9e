"""What was spoken is heard again: where words came back otherwise, and whether the voice is the one that was meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    AsrOptions,
    Audio,
    AudioError,
    Consent,
    Context,
    EngineFailed,
    EngineNotFound,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    Params,
    PluginError,
    Samples,
    Scale,
    Segment,
    Voice,
    hookimpl,
    media,
)
from speechlab.library import Kept
from speechlab.proofing import Proof, Proofing, Similarity, Slip, clip_of
from speechlab.proofing.comparing import compared
from speechlab.proofing.whole import whole

RATE = 16_000
TEXT = "We walked along the river and talked about the weather."
WORDS = st.lists(st.sampled_from(["so", "we", "go", "home", "well-known", "Don't", "7"]), max_size=8).map(" ".join)


class Ear(AsrOptions):
    """How it listens."""

    context: str = "all"
    """How much it hears."""


class Listener:
    """A recognizer that writes down what a test says it hears."""

    says: ClassVar[list[str]] = []
    heard: ClassVar[list[tuple[float, Ear]]] = []
    loads = 0

    def __init__(self, params: Params, context: Context) -> None:
        Listener.loads += 1

    def transcribe(self, audio: Audio, options: Ear) -> Iterator[Segment]:
        Listener.heard.append((round(audio.duration, 2), options))
        if Listener.says == ["explode"]:
            raise RuntimeError("out of memory")
        for text in Listener.says:
            yield Segment(audio.start, audio.end, text=text, language=options.language or "en")


class Digits:
    """Writes the digit that it knows as a word."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: list[str], languages: list[str | None], options: Params) -> list[str]:
        return [text.replace("7", "seven") for text in texts]


class Teller:
    """A synthesizer that tells voices apart by their pitch: a vector that turns with it."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice("ann")]

    def synthesize(self, text: str, voice: str | None, options: Params) -> Iterator[Audio]:
        yield tone(0.5)

    def embed(self, audio: Audio, options: Params) -> Samples:
        assert audio.sample_rate == RATE
        spectrum = np.abs(np.fft.rfft(audio.mono))
        if spectrum.max() < 1e-3:
            return np.zeros(2, np.float32)
        angle = spectrum.argmax() / audio.duration / 400
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


class Liar(Teller):
    """Says that it tells voices apart."""

    embed = None  # type: ignore[assignment]


class Plugin:
    def __init__(self, tells: bool = True) -> None:
        self._tells = tells

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        live = {"context": "short", "commit": "final-at-silence"}
        register(EngineSpec(id="listener", kind=Kind.ASR, load=Listener, options=Ear, languages=("en",), live=live))
        register(
            EngineSpec(id="digits", kind=Kind.TEXT, load=Digits, languages=("en",), features=frozenset({"spoken_form"}))
        )
        if self._tells:
            register(EngineSpec(id="teller", kind=Kind.TTS, load=Teller, likeness=Scale(0.9, 0.5)))
        register(EngineSpec(id="far", kind=Kind.TTS, load=Teller, likeness=Scale(0.9, 0.5), local=False))


class Broken:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="liar", kind=Kind.TTS, load=Liar, likeness=Scale(0.9, 0.5)))


def tone(seconds: float, hertz: float = 200.0, rate: int = RATE) -> Audio:
    at = np.arange(round(seconds * rate)) / rate
    return Audio((0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32), rate)


@pytest.fixture
def lab() -> Lab:
    Listener.says, Listener.heard, Listener.loads = [TEXT], [], 0
    return Lab(Plugin(), discover=False)


# -- two texts beside each other ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Hello, world!", "hello world"),
        ("At the river bank.", "at the riverbank"),
        ("A well-known song; don't stop.", "a well known song dont stop"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("你好。世界。", "你好世界"),
        ("", ""),
    ],
)
def test_what_sounds_the_same_is_the_same(written: str, heard: str) -> None:
    found = compared([written], [heard])
    assert (found.slips, found.rate, found.letters) == ((), 0, 0)


@pytest.mark.parametrize(
    ("written", "heard", "slips", "errors"),
    [
        ("so we go home", "so we goat home", [("go", "goat")], 1),
        ("so we go home", "so home", [("we go", "")], 2),
        ("so we go home", "so we all go home", [("", "all")], 1),
        ("so we go home", "now we go to home", [("so", "now"), ("", "to")], 2),
        ("so we go home", "", [("so we go home", "")], 4),
        ("你好世界", "你坏世界", [("好", "坏")], 1),
    ],
)
def test_what_came_back_otherwise_is_told_in_stretches(
    written: str, heard: str, slips: list[tuple[str, str]], errors: int
) -> None:
    found = compared([written], [heard])
    assert [(slip.written, slip.heard) for slip in found.slips] == slips
    assert found.errors == errors
    assert found.rate == errors / 4
    assert found.letters > 0


def test_of_several_ways_to_write_it_those_that_agree_count() -> None:
    assert compared(["at 7", "at seven"], ["at seven"]).errors == 0
    assert compared(["at seven"], ["at 7", "at seven"]).errors == 0
    assert compared(["at 7"], ["at seven"]).errors == 1


@given(WORDS, WORDS)
def test_errors_are_those_of_an_edit_and_none_with_itself(one: str, other: str) -> None:
    there, back = compared([one], [other]), compared([other], [one])
    assert there.errors == back.errors <= max(there.words, back.words)
    assert (there.errors == 0) == (there.letters == 0) == (back.letters == 0)
    assert compared([one], [one]).slips == ()


# -- a sentence, listened to -------------------------------------------------------------------------------------------


def test_what_came_back_whole_is_not_suspect(lab: Lab) -> None:
    Listener.says = ["We walked along the river,", "and talked about the weather."]
    told = lab.proof(TEXT, tone(3), language="en")
    assert isinstance(told, Proof)
    assert (told.text, told.heard) == (TEXT, "We walked along the river, and talked about the weather.")
    assert (told.wer, told.cer, told.errors, told.suspect, told.why) == (0, 0, (), False, "")
    assert (told.similarity, told.scale) == (None, None)


@pytest.mark.parametrize("frames", [0, RATE])
def test_nobody_is_asked_about_silence(lab: Lab, frames: int) -> None:
    told = lab.proof(TEXT, Audio(np.zeros(frames, np.float32), RATE), language="en")
    assert (told.heard, told.wer, told.why) == ("", 1, "nothing was heard of it")
    assert Listener.heard == []


def test_numbers_are_compared_as_they_are_said(lab: Lab) -> None:
    Listener.says = ["The train leaves at seven."]
    assert lab.proof("The train leaves at 7.", tone(1), language="en").wer == 0
    Listener.says = ["The train leaves at 7."]
    assert lab.proof("The train leaves at seven.", tone(1), language="en").wer == 0
    assert lab.proof("The train leaves at seven.", tone(1)).wer == 0  # the recogniser tells the language


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("We walked along and talked about the weather.", "'the river' was not heard"),
        ("We talked about the weather.", "'walked along the river and' was not heard"),
        (TEXT + " And talked about the weather.", "'and talked about the weather' was heard besides"),
        (
            "We walked alone in my liver and baked about a feather.",
            "'along the river' was heard as 'alone in my liver'",
        ),
        ("He walks along a river and talks about my weather.", "and 1 more"),
        ("...", "nothing was heard of it"),
        ("", "nothing was heard of it"),
    ],
)
def test_a_sentence_that_came_back_otherwise_is_suspect(lab: Lab, says: str, why: str) -> None:
    Listener.says = [says]
    told = lab.proof(TEXT, tone(3), language="en")
    assert told.suspect
    assert why in told.why
    assert told.wer > 0


@pytest.mark.parametrize("says", [TEXT.replace("river", "rivers"), TEXT.replace("weather", "whether")])
def test_a_misheard_letter_makes_nobody_listen(lab: Lab, says: str) -> None:
    Listener.says = [says]
    told = lab.proof(TEXT, tone(3), language="en")
    assert told.wer == pytest.approx(0.1)
    assert not told.suspect


def test_it_is_written_as_json(lab: Lab) -> None:
    Listener.says = ["We walked along and talked about the weather."]
    told = json.loads(json.dumps(lab.proof(TEXT, tone(3), language="en", reference=tone(3)).as_json()))
    assert told["errors"] == [{"written": "the river", "heard": "", "words": 2}]
    assert (told["wer"], told["suspect"], told["scale"]) == (0.2, True, {"same": 0.9, "different": 0.5})
    assert told["similarity"] == pytest.approx(1, abs=1e-3)


def test_a_sentence_is_heard_whole_with_a_margin_as_live_speech_is(lab: Lab) -> None:
    lab.proof(TEXT, tone(3), language="en")
    [(seconds, options)] = Listener.heard
    assert seconds == 3.6
    assert (options.context, options.language) == ("short", "en")


def test_many_sentences_are_heard_by_one_recogniser_that_is_loaded_once(lab: Lab) -> None:
    with Proofing(lab, language="en") as listening:
        assert Listener.loads == 0
        assert listening.recognizer() == "asr/listener"
        listening.proof(TEXT, tone(1))
        lab.pool.unload()
        listening.proof(TEXT, tone(1))
        assert Listener.loads == 1
    lab.pool.unload()
    assert lab.pool.resident() == ()


def test_what_the_lab_did_last_is_still_told(lab: Lab) -> None:
    before = lab.new_trace()
    lab.proof(TEXT, tone(1), language="en")
    assert lab.trace() is before


def test_what_cannot_listen_is_told_before_anything_is_loaded(lab: Lab) -> None:
    with pytest.raises(EngineUnavailable, match="'xx'"):
        Proofing(lab, language="xx")
    with pytest.raises(EngineNotFound):
        Proofing(lab, language="en", recognizer="nobody")
    with pytest.raises(EngineUnavailable):
        Proofing(Lab(discover=False), language="en")
    assert Listener.loads == 0


def test_a_recogniser_that_breaks_says_so(lab: Lab) -> None:
    Listener.says = ["explode"]
    with pytest.raises(EngineFailed, match="out of memory"):
        lab.proof(TEXT, tone(1), language="en")


# -- how alike two voices are ------------------------------------------------------------------------------------------


def test_a_likeness_comes_with_its_scale(lab: Lab) -> None:
    same, other = lab.similarity(tone(3), tone(2, rate=24_000)), lab.similarity(tone(3), tone(3, 500))
    assert isinstance(same, Similarity)
    assert same.value == pytest.approx(1, abs=1e-3)
    assert (same.same, same.different, same.scale.share(0.7)) == (0.9, 0.5, pytest.approx(0.5))
    assert other.value < 0.8
    assert str(same) == "1.00, where one person is about 0.90 and two people are about 0.50"


def test_a_file_is_a_recording_too(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "x.flac"
    media.write([tone(15, rate=8000)], path)
    assert whole(path, RATE, longest=5).duration == pytest.approx(10, abs=0.1)
    assert whole(path, 8000).duration == pytest.approx(15, abs=0.1)
    assert lab.similarity(path, tone(3)).value == pytest.approx(1, abs=1e-3)
    assert lab.proof(TEXT, path, language="en", reference=path).wer == 0
    with pytest.raises(AudioError):
        lab.similarity(tone(3), tmp_path / "gone.wav")
    soundfile.write(tmp_path / "x.wav", np.zeros(0, np.float32), 16_000)
    with pytest.raises(AudioError, match="no sound"):
        lab.similarity(tone(3), tmp_path / "x.wav")


def test_silence_is_like_nobody(lab: Lab) -> None:
    with pytest.raises(AudioError, match="nobody is heard"):
        lab.similarity(tone(3), Audio(np.zeros(RATE, np.float32), RATE))


def test_the_engine_may_be_named_and_leaves_the_machine_only_where_it_exists(lab: Lab) -> None:
    assert lab.similarity(tone(3), tone(3), "teller") == lab.similarity(tone(3), tone(3), "tts/teller")
    for name in ("nobody", "listener", "far"):
        with pytest.raises(EngineUnavailable, match=f"'{name}' cannot tell how alike"):
            lab.similarity(tone(3), tone(3), name)


def test_without_an_engine_that_tells_it_is_said_what_to_install() -> None:
    with pytest.raises(EngineUnavailable, match="no engine that is installed tells") as caught:
        Lab(discover=False).similarity(tone(3), tone(3))
    assert caught.value.hint == "pip install speechlab-voicematch"
    with pytest.raises(PluginError, match="tts/liar cannot tell voices apart"):
        Lab(Broken(), discover=False).similarity(tone(3), tone(3))


def test_another_voice_than_the_reference_is_suspect(lab: Lab) -> None:
    told = lab.proof(TEXT, tone(3), language="en", reference=tone(3, 800))
    assert told.similarity is not None
    assert told.similarity < 0.6
    assert told.why.startswith("the voice is another: its likeness is 0.")
    weak = lab.proof(TEXT, tone(3, 500), language="en", reference=tone(3))
    assert weak.similarity == pytest.approx(0.73, abs=0.01)
    assert not weak.suspect


def test_of_a_short_sentence_no_likeness_is_told(lab: Lab) -> None:
    told = lab.proof(TEXT, tone(1.9), language="en", reference=tone(3, 600))
    assert (told.similarity, told.scale, told.suspect) == (None, None, False)


def test_a_silent_sentence_has_no_likeness_and_is_suspect_by_its_words(lab: Lab) -> None:
    Listener.says = []
    told = lab.proof(TEXT, Audio(np.zeros(3 * RATE, np.float32), RATE), language="en", reference=tone(3))
    assert told.similarity is None
    assert told.why == "nothing was heard of it"


@pytest.mark.parametrize(("same", "different"), [(0.5, 0.5), (0.5, 0.9), (1.2, 0.5), (0.5, -2)])
def test_a_scale_that_tells_nothing_is_refused(same: float, different: float) -> None:
    with pytest.raises(ValueError, match="one person is more like"):
        Scale(same, different)


def test_a_slip_reads_as_a_sentence() -> None:
    slips = (Slip("sea", "see", 1), Slip("sea", "", 1), Slip("", "see", 1))
    assert [str(slip) for slip in slips] == [
        "'sea' was heard as 'see'",
        "'sea' was not heard",
        "'see' was heard besides",
    ]


# -- a voice of the library --------------------------------------------------------------------------------------------


@pytest.fixture
def shelved(lab: Lab) -> Lab:
    consent = Consent("Ada", "my own voice", "2026-01-01")
    lab.library.keep(Kept(name="me", engine="tts/teller", own="t-1", made="cloned", consent=consent), tone(3))
    lab.library.keep(Kept(name="Ann", engine="tts/teller", own="ann"))
    return lab


@pytest.mark.parametrize(("voice", "engine"), [("me", ""), ("ME", ""), ("t-1", "tts/teller")])
def test_a_voice_is_compared_with_the_clip_it_was_made_from(shelved: Lab, voice: str, engine: str) -> None:
    with Proofing.of_voice(shelved, voice, engine, language="en") as listening:
        assert listening.proof(TEXT, tone(3)).similarity == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("voice", "engine"), [("Ann", ""), ("ann", "tts/teller"), ("t-1", "tts/far"), (None, "")])
def test_a_voice_that_was_made_from_no_clip_is_compared_with_none(shelved: Lab, voice: str | None, engine: str) -> None:
    assert clip_of(shelved, voice, engine) is None
    with Proofing.of_voice(shelved, voice, engine, language="en") as listening:
        assert listening.proof(TEXT, tone(3)).similarity is None


def test_where_nobody_can_tell_voices_apart_the_words_are_told(shelved: Lab) -> None:
    told: list[str] = []
    deaf = Lab(Plugin(tells=False), discover=False, home=shelved.home, report=told.append)
    with Proofing.of_voice(deaf, "me", language="en") as listening:
        found = listening.proof(TEXT, tone(3))
    assert (found.wer, found.similarity) == (0, None)
    assert told == [
        "how like the voice is to its clip is not told: no engine that is installed tells how alike two voices are"
    ]
    with pytest.raises(EngineUnavailable, match="'xx'"):
        Proofing.of_voice(shelved, "me", language="xx")
