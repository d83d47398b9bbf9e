"""Conversion and recognition with the real client over the real wire."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from elevenlabs import AsyncElevenLabs, AudioFormat, CommitStrategy, RealtimeEvents
from elevenlabs.client import ElevenLabs
from hypothesis import given
from hypothesis import strategies as st
from speechlab_elevenlabs import ConversionOptions, RealtimeOptions, ScribeOptions, ServiceParams, realtime
from speechlab_elevenlabs.converting import Converter
from speechlab_elevenlabs.realtime import RealtimeScribe
from speechlab_elevenlabs.scribe import Scribe
from speechlab_elevenlabs.words import segments

from speechlab import Audio, ConfigError, Context, EngineFailed, Lab, SegmentUpdate, Span
from speechlab.testing import silence, speech, tone

SAID = ["The old lighthouse stands at the end of the harbor.", "Every evening, the keeper lit the lamp."]
SPEECH = speech("en").audio
LATE = Audio(SPEECH.samples, SPEECH.sample_rate, start=100.0)


@pytest.fixture
def scribe(service: Any, context: Context) -> Iterator[Scribe]:
    engine = Scribe(ServiceParams(), context)
    yield engine
    engine.close()


@pytest.fixture
def live(service: Any, context: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealtimeScribe]:
    monkeypatch.setattr(realtime, "QUIET", 0.2)
    engine = RealtimeScribe(ServiceParams(), context)
    yield engine
    engine.close()


def heard(live: RealtimeScribe, audio: Audio, seconds: float = 0.5, **options: Any) -> list[SegmentUpdate]:
    session = live.open(RealtimeOptions(**options))
    updates = [update for chunk in audio.chunks(seconds) for update in session.feed(chunk)]
    return updates + session.flush()


# -- conversion --------------------------------------------------------------------------------------------------------


def test_a_recording_is_converted(service: Any, context: Context) -> None:
    engine = Converter(ServiceParams(), context)
    sound = tone(3, 44_100, start=7)
    options = ConversionOptions(stability=0.3, remove_background_noise=True, seed=5)
    pieces = list(engine.convert(sound, "Bob", options))
    audio = Audio.join(pieces)
    assert (audio.start, audio.sample_rate) == (7, 24_000)
    assert audio.duration == pytest.approx(3, abs=0.01)
    assert pieces[1].start == pytest.approx(pieces[0].end)
    assert np.abs(np.fft.rfft(audio.mono)).argmax() / audio.duration == pytest.approx(440, abs=1)
    [asked] = service.of("voice-changer")
    assert asked.path == "/v1/voice-changer/Bob00000000000000000/stream"
    assert json.loads(asked.body["voice_settings"]) == {"stability": 0.3}
    assert asked.body["remove_background_noise"] == "true"
    assert (asked.body["model_id"], asked.body["seed"]) == ("eleven_multilingual_sts_v2", "5")
    assert list(engine.convert(silence(0.05, 44_100), "Bob", options)) == []
    assert len(engine.voices()) == 3
    with pytest.raises(ConfigError, match="needs a voice"):
        list(engine.convert(sound, "", options))
    engine.close()


# -- recordings --------------------------------------------------------------------------------------------------------


def test_sentences_with_their_words(scribe: Scribe) -> None:
    one, other = scribe.transcribe(LATE, ScribeOptions())
    assert [one.text, other.text] == SAID
    assert [word.text for word in one.words] == SAID[0].split()
    assert (one.start, one.language) == (100.0, "en")
    assert one.end <= other.start < other.end <= LATE.end
    assert one.words[0].confidence == pytest.approx(np.exp(-0.1))


def test_what_is_chosen_is_sent(scribe: Scribe, service: Any) -> None:
    list(scribe.transcribe(LATE, ScribeOptions()))
    chosen = ScribeOptions(
        language="pt-BR", keyterms=("lighthouse", "the harbor"), no_verbatim=True, seed=3, temperature=0
    )
    said = list(scribe.transcribe(LATE, chosen))
    plain, asked = service.of("speech-to-text")
    assert plain.body["model_id"] == "scribe_v2"
    assert plain.body["file_format"] == "pcm_s16le_16"
    assert {"language_code", "keyterms", "seed", "temperature"} & plain.body.keys() == set()
    sent = np.frombuffer(plain.files["file"], "<i2") / 32767
    assert np.abs(sent - SPEECH.mono).max() < 1e-4
    assert asked.body["language_code"] == "pt"
    assert (asked.body["seed"], asked.body["temperature"], asked.body["no_verbatim"]) == ("3", "0.0", "true")
    assert said[0].language == "pt-BR"


def test_a_busy_service_is_asked_again_with_the_whole_form(scribe: Scribe, service: Any) -> None:
    service.fails("speech-to-text", 503, "overloaded")
    assert len(list(scribe.transcribe(LATE, ScribeOptions()))) == 2
    assert service.of("speech-to-text")[-1].body["model_id"] == "scribe_v2"


def test_a_click_is_not_sent(scribe: Scribe, service: Any) -> None:
    assert list(scribe.transcribe(silence(0.05), ScribeOptions())) == []
    assert service.asked == []


def test_a_lab_transcribes(service: Any, context: Context) -> None:
    with Lab(home=context.home) as lab:
        transcript = lab.transcribe(SPEECH, engine="elevenlabs").transcript
    assert SAID[0] in transcript.text


def told(*texts: str, type: str = "word") -> list[Any]:
    """Words as the service tells them, one each second."""
    return [
        SimpleNamespace(text=text, start=float(at), end=at + 0.8, type=type, logprob=None)
        for at, text in enumerate(texts)
    ]


def test_words_count_where_the_text_is_not_theirs() -> None:
    [one] = segments("Nothing alike.", told("It", "rained", "all", "day"), "en", Span(5, 8))
    assert (one.text, one.start, one.end) == ("It rained all day", 5, 8)
    assert [word.start for word in one.words] == [5, 6, 7, 8]
    assert list(segments("Hello.", told(), "en", Span(0, 1))) == []
    assert list(segments("", told(" ", type="spacing"), "en", Span(0, 1))) == []


@given(st.lists(st.sampled_from(["a", "b.", "Dr.", "你好。", "c?", "1.5"]), max_size=30), st.text(max_size=20))
def test_no_word_is_lost(words: list[str], text: str) -> None:
    for spelt in (" ".join(words), "".join(words), text):
        found = list(segments(spelt, told(*words), "en", Span(0, 100)))
        assert [word.text for segment in found for word in segment.words] == words
        assert "".join("".join(segment.text.split()) for segment in found) == "".join(words)


# -- live --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relative", [False, True])
def test_segments_are_tentative_then_settled_in_their_place(live: RealtimeScribe, service: Any, relative: bool) -> None:
    service.relative = relative
    updates = heard(live, LATE)
    finals = [update.segment for update in updates if update.final]
    assert [segment.text for segment in finals] == [SAID[number % 2] for number in range(len(finals))]
    assert len(finals) >= 3
    assert [segment.id for segment in finals] == [str(number) for number in range(len(finals))]
    for number, segment in enumerate(finals):
        assert segment.start == pytest.approx(100 + 4 * number, abs=0.6)
        assert 100 <= segment.start < segment.end <= LATE.end
    assert all(one.end <= other.start for one, other in pairwise(finals))
    assert finals[0].words[0].text == "The"
    assert any(not update.final and update.segment.text == "The old lighth" for update in updates)


def test_what_is_chosen_for_a_stream_is_sent(live: RealtimeScribe, service: Any) -> None:
    heard(live, LATE.crop(100, 102), language="en-GB", keyterms=("a b", "c"), no_verbatim=True)
    [asked] = service.of("realtime")
    assert asked.query == {
        "model_id": "scribe_v2_realtime",
        "audio_format": "pcm_16000",
        "commit_strategy": "vad",
        "vad_silence_threshold_secs": "1.5",
        "vad_threshold": "0.4",
        "include_timestamps": "true",
        "language_code": "en",
        "keyterms": "c",
        "no_verbatim": "true",
    }


def test_sound_in_crumbs_is_sent_in_pieces_that_the_service_settles(live: RealtimeScribe, service: Any) -> None:
    sizes = []
    session = live.open(RealtimeOptions())
    send = session._send
    session._send = lambda socket, sound, commit=False: (sizes.append(len(sound)), send(socket, sound, commit=commit))
    updates = [update for chunk in LATE.crop(100, 105.01).chunks(0.02) for update in session.feed(chunk)]
    updates += session.flush()
    assert set(sizes[:-1]) == {9_600}
    assert sum(sizes) == 2 * LATE.crop(100, 105.01).frames
    assert len([update for update in updates if update.final]) == 2


def test_nothing_said_is_nothing_told(live: RealtimeScribe, service: Any) -> None:
    assert live.open(RealtimeOptions()).flush() == []
    assert service.asked == []
    assert heard(live, silence(0.2)) == []


def test_what_the_service_never_settles_is_settled_here(
    live: RealtimeScribe, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime, "LAST", 0.3)
    service.mute = True
    service.tells = [{"message_type": "partial_transcript", "text": "Hello"}, {"message_type": "warning"}]
    session = live.open(RealtimeOptions())
    session.feed(LATE.crop(100, 100.4))
    *_, last = session.flush()
    assert last.final
    assert (last.segment.text, last.segment.start) == ("Hello", 100)
    assert last.segment.end == pytest.approx(100.4)


@pytest.mark.parametrize("code", [1006, 1011])
def test_a_stream_that_breaks_off_can_be_opened_again(live: RealtimeScribe, service: Any, code: int) -> None:
    service.hang_up = (1011, "internal error") if code == 1011 else (4000, "")
    with pytest.raises(EngineFailed, match="dropped the connection"):
        heard(live, LATE)
    service.hang_up = None
    assert heard(live, LATE)


# -- the service of these tests is the one that the client expects -----------------------------------------------------


@pytest.mark.filterwarnings("ignore:ConnectionClosed.code is deprecated")  # the client asks for it
def test_the_clients_own_realtime_speech_understands_the_same_service(service: Any) -> None:
    client = ElevenLabs(base_url=service.url, api_key=service.key)
    client.text_to_speech._ws_base_url = service.url.replace("http", "ws")  # it would always encrypt
    sound = client.text_to_speech.convert_realtime(
        "Ada00000000000000000", text=iter(["Good morning. ", "It rains."]), model_id="m", output_format="pcm_24000"
    )
    assert len(b"".join(sound)) / 2 / 24_000 == pytest.approx(0.05 * len("Good morning. It rains."), abs=0.1)


def test_the_clients_own_realtime_recognition_understands_the_same_service(service: Any) -> None:
    async def settled() -> list[str]:
        client = AsyncElevenLabs(base_url=service.url, api_key=service.key)
        connection = await client.speech_to_text.realtime.connect(
            {
                "model_id": "scribe_v2_realtime",
                "audio_format": AudioFormat.PCM_16000,
                "sample_rate": 16_000,
                "commit_strategy": CommitStrategy.MANUAL,
                "include_timestamps": True,
            }
        )
        told, done = [], asyncio.Event()

        def hear(message: dict[str, Any]) -> None:
            told.append(message["text"])
            done.set()

        connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS, hear)
        await connection.send({"audio_base_64": base64.b64encode(bytes(32_000)).decode()})
        await connection.commit()
        await asyncio.wait_for(done.wait(), 60)
        await connection.close()
        return told

    assert asyncio.run(settled()) == SAID[:1]
