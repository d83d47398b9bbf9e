"""Synthesis and cloning with the real client over the real wire: what is asked, what is heard, what it costs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import soundfile
from speechlab_elevenlabs import Format, ServiceParams, SpeechOptions
from speechlab_elevenlabs.speaking import Speaker

from speechlab import Audio, ConfigError, Consent, Context, Lab, Synthesizer, VoiceCloner
from speechlab.testing import speech

TEXT = "Good morning. The museum is closed today, and the old lighthouse is too."
CONSENT = Consent("Ada Lovelace", "she asked for it herself", "2026-01-02T03:04:05Z")


@pytest.fixture
def speaker(service: Any, context: Context) -> Iterator[Speaker]:
    engine = Speaker(ServiceParams(), context)
    yield engine
    engine.close()


def said(speaker: Speaker, text: str = TEXT, voice: str | None = None, **options: Any) -> list[Audio]:
    return list(speaker.synthesize(text, voice, SpeechOptions(**options)))


def pitch(audio: Audio) -> float:
    """Hz of the strongest tone."""
    return float(np.abs(np.fft.rfft(audio.mono)).argmax() / audio.duration)


# -- sound -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivery", ["stream", "whole", "realtime"])
def test_it_speaks(speaker: Speaker, delivery: str) -> None:
    audio = Audio.join(said(speaker, delivery=delivery))
    assert audio.duration == pytest.approx(0.05 * len(TEXT), abs=0.01)
    assert audio.sample_rate == 24_000
    assert float(np.abs(audio.mono).max()) == pytest.approx(0.3, abs=0.01)
    other = Audio.join(said(speaker, voice="Bob", delivery=delivery))
    assert abs(pitch(other) - pitch(audio)) > 20
    assert isinstance(speaker, Synthesizer)
    assert isinstance(speaker, VoiceCloner)


@pytest.mark.parametrize("output_format", get_args(Format))
def test_it_hears_every_format(speaker: Speaker, output_format: str) -> None:
    audio = Audio.join(said(speaker, output_format=output_format))
    assert audio.sample_rate == int(output_format.split("_")[1])
    assert audio.duration == pytest.approx(0.05 * len(TEXT), abs=0.15)  # mp3 rounds up to its frames
    assert pitch(audio) == pytest.approx(pitch(Audio.join(said(speaker))), abs=2)
    assert 0.2 < float(np.abs(audio.mono).max()) <= 0.4


def test_the_first_piece_is_soon_there_and_pieces_are_few(speaker: Speaker) -> None:
    pieces = said(speaker, TEXT * 5)
    assert 0.4 <= pieces[0].duration < 0.6
    assert all(2.0 <= piece.duration < 2.2 for piece in pieces[1:-1])
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]


def test_a_lab_speaks(service: Any, context: Context) -> None:
    told: list[str] = []
    with Lab(home=context.home, report=told.append) as lab:
        audio = lab.speak(TEXT, engine="elevenlabs", voice="Bob00000000000000000", stability=0.4)
    assert audio.duration >= 0.05 * len(TEXT)
    assert service.of("text-to-speech")[-1].body["voice_settings"] == {"stability": 0.4}
    assert any(message.startswith("ElevenLabs charges") for message in told)


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "🙂"])
def test_what_nobody_can_say_is_silent_and_costs_nothing(speaker: Speaker, service: Any, text: str) -> None:
    assert said(speaker, text) == []
    assert service.of("text-to-speech") == []


def test_who_hangs_up_can_go_on(speaker: Speaker) -> None:
    for delivery in ("stream", "realtime"):
        pieces = speaker.synthesize(TEXT * 10, None, SpeechOptions(delivery=delivery))
        assert next(pieces).duration > 0
        pieces.close()
    assert said(speaker)


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output_format", ["pcm_24000", "mp3_44100_64"])
@pytest.mark.parametrize("delivery", ["stream", "whole", "realtime"])
def test_it_tells_when_each_word_is_said(speaker: Speaker, delivery: str, output_format: str) -> None:
    options = SpeechOptions.model_validate({"delivery": delivery, "output_format": output_format})
    chunks = list(speaker.synthesize_timed(TEXT, None, options))
    words = [word for chunk in chunks for word in chunk.words]
    assert [word.text for word in words] == TEXT.split()
    places = [TEXT.index(word) for word in ("Good", "morning.", "The", "museum")]
    tolerance = 0.15 if output_format.startswith("mp3") and delivery == "realtime" else 0.01
    assert [word.start for word in words[:4]] == pytest.approx([0.05 * place for place in places], abs=tolerance)
    assert words[-1].end == pytest.approx(0.05 * len(TEXT), abs=tolerance)
    whole = Audio.join(chunk.audio for chunk in chunks)
    assert np.array_equal(whole.samples, Audio.join(speaker.synthesize(TEXT, None, options)).samples)


def test_a_lab_has_words_with_times(service: Any, context: Context) -> None:
    with Lab(home=context.home) as lab:
        [one, other] = lab.speaking("Good morning. Good night.", engine="elevenlabs")
    assert [word.text for word in (*one.words, *other.words)] == ["Good", "morning.", "Good", "night."]
    assert [asked.path.rpartition("/")[2] for asked in service.of("text-to-speech")] == ["with-timestamps"] * 2


def test_sounds_are_told_to_the_models_that_read_them(service: Any, context: Context) -> None:
    told: list[str] = []
    engine = Speaker(ServiceParams(), replace(context, report=told.append))
    how: dict[str, Any] = {"pronunciations": ['Ada = e"da']}
    chunks = list(engine.synthesize_timed("So Ada left.", None, SpeechOptions(model="eleven_flash_v2", **how)))
    marked = 'So <phoneme alphabet="ipa" ph=\'e"da\'>Ada</phoneme> left.'
    assert service.of("text-to-speech")[-1].body["text"] == marked
    assert [word.text for chunk in chunks for word in chunk.words] == ["So", "Ada", "left."]
    for _ in range(2):
        said(engine, "So Ada left.", **how)
    assert service.of("text-to-speech")[-1].body["text"] == "So Ada left."
    assert [message for message in told if "sounds" in message] == [
        "eleven_multilingual_v2 takes no sounds, and reads words as they are written: eleven_flash_v2 or"
        " eleven_monolingual_v1 or eleven_turbo_v2 does"
    ]
    engine.close()


# -- what is asked for -------------------------------------------------------------------------------------------------


def test_settings_that_nobody_chose_stay_the_voices_own(speaker: Speaker, service: Any) -> None:
    said(speaker)
    [asked] = service.of("text-to-speech")
    assert asked.path == "/v1/text-to-speech/Ada00000000000000000/stream"
    assert asked.query == {"output_format": "pcm_24000"}
    assert asked.body == {"text": TEXT, "model_id": "eleven_multilingual_v2", "apply_text_normalization": "auto"}


def test_all_that_is_chosen_is_sent(speaker: Speaker, service: Any) -> None:
    chosen = {
        "stability": 0.0,
        "similarity_boost": 0.9,
        "style": 0.2,
        "use_speaker_boost": False,
        "clone_strength": 0.5,
        "speed": 1.1,
    }
    how = {"seed": 7, "apply_text_normalization": "off", "optimize_streaming_latency": 3}
    for delivery in ("stream", "whole", "realtime"):
        said(speaker, model="eleven_flash_v2_5", language="pt-BR", delivery=delivery, **chosen, **how)
    streamed, whole, realtime = service.of("text-to-speech")
    for asked in (streamed, whole):
        assert asked.body["voice_settings"] == chosen
        assert (asked.body["language_code"], asked.body["seed"]) == ("pt", 7)
        assert asked.body["apply_text_normalization"] == "off"
        assert asked.query["optimize_streaming_latency"] == "3"
    assert whole.path.endswith("/Ada00000000000000000")
    assert realtime.body[0]["voice_settings"] == chosen
    assert realtime.query == {
        "model_id": "eleven_flash_v2_5",
        "output_format": "pcm_24000",
        "language_code": "pt",
        **{name: str(value) for name, value in how.items()},
    }


def test_a_pace_that_the_service_lacks_becomes_the_nearest_and_is_told(service: Any, context: Context) -> None:
    told: list[str] = []
    engine = Speaker(ServiceParams(), replace(context, report=told.append))
    for speed in (2.0, 2.0, 0.25):
        said(engine, speed=speed)
    assert [asked.body["voice_settings"]["speed"] for asked in service.of("text-to-speech")] == [1.2, 1.2, 0.7]
    assert [message.rpartition(" ")[2] for message in told[1:]] == ["2.0", "0.25"]
    engine.close()


def test_a_model_that_finds_the_language_is_not_told(speaker: Speaker, service: Any) -> None:
    said(speaker, language="en")
    assert "language_code" not in service.of("text-to-speech")[0].body


def test_realtime_sends_sentence_by_sentence(speaker: Speaker, service: Any) -> None:
    said(speaker, delivery="realtime")
    first, *parts = [message["text"] for message in service.of("stream-input")[0].body]
    assert first == " "
    assert parts == ["Good morning. ", "The museum is closed today, and the old lighthouse is too. "]


def test_zero_retention_is_asked_for(service: Any, context: Context) -> None:
    engine = Speaker(ServiceParams(enable_logging=False), context)
    for delivery in ("stream", "realtime"):
        said(engine, delivery=delivery)
    assert [asked.query["enable_logging"] for asked in service.of("text-to-speech")] == ["false", "false"]
    engine.close()


# -- voices ------------------------------------------------------------------------------------------------------------


def test_all_pages_of_voices_are_listed(speaker: Speaker, service: Any) -> None:
    voices = speaker.voices()
    assert [(voice.name, voice.languages) for voice in voices] == [
        ("Ada - calm", ("en-GB",)),
        ("Bob", ("es",)),
        ("Cyd", ()),
    ]
    assert len(service.of("/v2/voices")) == 2
    assert service.of("/v2/voices")[0].query["page_size"] == "100"


@pytest.mark.parametrize("named", ["Ada00000000000000000", "Ada - calm", "ada"])
def test_a_voice_is_called_by_its_id_or_name(speaker: Speaker, service: Any, named: str) -> None:
    said(speaker, voice=named)
    assert "/Ada00000000000000000/" in service.of("text-to-speech")[0].path


def test_no_other_voice_speaks_instead(speaker: Speaker) -> None:
    with pytest.raises(ConfigError, match="no voice 'Bobb'") as refused:
        said(speaker, voice="Bobb")
    assert refused.value.hint == "did you mean 'Bob'?"
    for delivery in ("stream", "realtime"):
        with pytest.raises(ConfigError, match="no such voice: A voice with"):
            said(speaker, voice="Gone0000000000000000", delivery=delivery)


def test_a_voice_that_was_added_since_is_found(speaker: Speaker, service: Any) -> None:
    assert len(speaker.voices()) == 3
    service.voices.append({"voice_id": "Dot00000000000000000", "name": "Dot", "labels": {}})
    assert said(speaker, voice="dot")


def test_an_account_without_voices_is_told(speaker: Speaker, service: Any) -> None:
    service.voices.clear()
    with pytest.raises(ConfigError, match="has no voices"):
        said(speaker)


def test_a_voice_is_cloned_spoken_with_and_deleted(speaker: Speaker, service: Any) -> None:
    reference = speech("en").audio
    voice = speaker.clone(reference, CONSENT, SpeechOptions(language="en-GB", remove_background_noise=True))
    assert voice.id == "New00000000000000000"
    assert (voice.name, voice.consent, voice.reference) == ("Ada Lovelace", CONSENT, reference.digest)
    [asked] = service.of("voices/add")
    assert asked.body == {
        "name": "Ada Lovelace",
        "description": "she asked for it herself",
        "labels": '{"language": "en"}',
        "remove_background_noise": "true",
    }
    sent, rate = soundfile.read(io.BytesIO(asked.files["files"]), dtype="float32")
    assert rate == reference.sample_rate
    assert np.abs(sent - reference.mono).max() < 1e-4
    assert said(speaker, voice="Ada Lovelace")
    speaker.delete(voice.id)
    assert voice.id not in [one.id for one in speaker.voices()]
    with pytest.raises(ConfigError):
        said(speaker, voice="Ada Lovelace")


def test_a_busy_service_is_asked_to_clone_again_with_the_whole_form(speaker: Speaker, service: Any) -> None:
    service.fails("voices/add", 429, {"status": "system_busy", "message": "Busy."}, 2)
    assert speaker.clone(speech("en").audio, CONSENT, SpeechOptions()).id
    assert service.of("voices/add")[-1].body["name"] == "Ada Lovelace"


def test_a_clone_that_must_be_verified_is_told(service: Any, context: Context) -> None:
    told: list[str] = []
    engine = Speaker(ServiceParams(), replace(context, report=told.append))
    engine.clone(speech("en").audio, replace(CONSENT, person="Celebrity"), SpeechOptions())
    assert "only once the speaker has verified the voice" in told[0]
    engine.close()


# -- cost --------------------------------------------------------------------------------------------------------------


def test_the_cost_is_known_before_anything_is_sent(speaker: Speaker, service: Any) -> None:
    quote = speaker.quote("x" * 4000, SpeechOptions())
    assert (quote.characters, quote.amount, quote.left) == (4000, 4000, 9900)
    assert str(quote) == (
        "ElevenLabs charges 4,000 credits for 4,000 characters with eleven_multilingual_v2; 9,900 credits are left"
    )
    assert speaker.quote("x" * 4000, SpeechOptions(model="eleven_flash_v2_5")).amount == 2000
    assert service.of("text-to-speech") == []


def test_what_was_spent_is_counted_and_a_refusal_is_not(speaker: Speaker, service: Any) -> None:
    said(speaker)
    assert speaker.quote("", SpeechOptions()).left == 9900 - len(TEXT)
    with pytest.raises(ConfigError):
        said(speaker, voice="Gone0000000000000000")
    assert speaker.quote("", SpeechOptions()).left == 9900 - len(TEXT)


def test_the_price_is_told_before_the_first_text_is_sent(service: Any, context: Context) -> None:
    told: list[tuple[str, int]] = []

    def report(message: str) -> None:
        told.append((message, len(service.of("text-to-speech"))))

    engine = Speaker(ServiceParams(), replace(context, report=report))
    for _ in range(2):
        said(engine)
    [(message, sent)] = told
    assert sent == 0
    assert f"{len(TEXT)} credits for {len(TEXT)} characters" in message
    engine.close()


def test_a_key_that_may_only_speak_speaks(service: Any, context: Context) -> None:
    lacking = {"status": "missing_permissions", "message": "The API key is missing the permission user_read."}
    service.fails("subscription", 401, lacking)
    service.fails("models", 401, lacking)
    engine = Speaker(ServiceParams(), context)
    quote = engine.quote("Hello.", SpeechOptions())
    assert (quote.amount, quote.left) == (None, None)
    assert str(quote) == "ElevenLabs charges for 6 characters with eleven_multilingual_v2"
    assert said(engine)
    engine.close()
