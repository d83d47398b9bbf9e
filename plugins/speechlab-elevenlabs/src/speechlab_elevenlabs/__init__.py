"""ElevenLabs, a service in the cloud that speaks, clones, converts and recognises: what the host must know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from speechlab import AsrOptions, EngineSpec, Kind, Params, PronouncingOptions, hookimpl

Advanced = Field(json_schema_extra={"advanced": True})
Share = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, le=4_294_967_295)]

Voicing = Literal["eleven_multilingual_v2", "eleven_v3", "eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_flash_v2"]

KEY = "ELEVENLABS_API_KEY"
"""The environment variable that holds the key; it is kept nowhere else."""
Format = Literal[
    "pcm_16000",
    "pcm_22050",
    "pcm_24000",
    "pcm_44100",
    "pcm_48000",
    "mp3_22050_32",
    "mp3_44100_32",
    "mp3_44100_64",
    "mp3_44100_96",
    "mp3_44100_128",
    "mp3_44100_192",
]


class ServiceParams(Params):
    """How the service is reached."""

    base_url: Annotated[str, Field(json_schema_extra={"advanced": True, "owner": True})] = ""
    """Address of the service, such as https://api.eu.residency.elevenlabs.io where the account's data stays in the
    European Union; empty for the usual one."""
    timeout: Annotated[float, Field(ge=1, le=600), Advanced] = 60.0
    """Seconds to wait for an answer."""
    enable_logging: Annotated[bool, Advanced] = True
    """Whether the service keeps a history of what it was sent; without it (zero retention) it serves only enterprise
    accounts."""


class SpeechOptions(PronouncingOptions):
    """How it speaks. What is empty is as the voice was set in the account."""

    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """Pace of the speech; 1 is the voice's own. The service goes from 0.7 to 1.2: what lies beyond becomes the nearest,
    which is told."""
    stability: Share | None = None
    """How even the speech is: the lower, the broader its emotions; the higher, the more monotonous."""
    similarity_boost: Share | None = None
    """How closely it keeps to the voice, with the noise of its recordings too."""
    style: Share | None = None
    """How far the manner of the voice is exaggerated; above 0 it takes longer."""
    use_speaker_boost: bool | None = None
    """More like the speaker, and a little slower."""
    model: Voicing | str = "eleven_multilingual_v2"
    """Model that speaks. Flash is the fastest and costs half, v3 the most expressive and not for realtime; each has its
    own languages."""
    delivery: Literal["stream", "realtime", "whole"] = "stream"
    """How the sound comes: while it is made (stream), the same over a WebSocket that is sent sentence by sentence
    (realtime), or once all of it is made (whole), which some models do best."""
    output_format: Annotated[Format, Advanced] = "pcm_24000"
    """How the sound travels: codec, Hz, and kbit/s of mp3. Only larger accounts are given pcm from 44,100 Hz, and mp3
    at 192 kbit/s."""
    seed: Annotated[Seed | None, Advanced] = None
    """With the same number, the same text is likely to sound the same."""
    apply_text_normalization: Annotated[Literal["auto", "on", "off"], Advanced] = "auto"
    """Whether the service writes out numbers, dates and the like before it speaks."""
    optimize_streaming_latency: Annotated[Annotated[int, Field(ge=0, le=4)] | None, Advanced] = None
    """The higher, the sooner the first sound, at some cost of quality; 4 leaves numbers and dates as they are."""
    clone_strength: Annotated[Share | None, Advanced] = None
    """How closely a professional clone is kept to, by the models that were tuned for it."""
    remove_background_noise: Annotated[bool, Advanced] = False
    """Clean a recording before a voice is cloned from it; a clean one gets worse by it."""


class ConversionOptions(Params):
    """How it converts. What is empty is as the voice was set in the account."""

    stability: Share | None = None
    """How even the speech is: the lower, the broader its emotions."""
    similarity_boost: Share | None = None
    """How closely it keeps to the voice."""
    style: Share | None = None
    """How far the manner of the voice is exaggerated."""
    use_speaker_boost: bool | None = None
    """More like the speaker, and a little slower."""
    model: Literal["eleven_multilingual_sts_v2", "eleven_english_sts_v2"] | str = "eleven_multilingual_sts_v2"
    """Model that converts."""
    remove_background_noise: bool = False
    """Clean the recording first."""
    output_format: Annotated[Format, Advanced] = "pcm_24000"
    """How the sound travels: codec, Hz, and kbit/s of mp3. Only larger accounts are given pcm from 44,100 Hz, and mp3
    at 192 kbit/s."""
    seed: Annotated[Seed | None, Advanced] = None
    """With the same number, the same recording is likely to sound the same."""


class ScribeOptions(AsrOptions):
    """How a recording is recognised."""

    model: Literal["scribe_v2", "scribe_v1"] | str = "scribe_v2"
    """Model that recognises."""
    keyterms: tuple[str, ...] = ()
    """Words and names that may be said, at most 50 characters each; with them, the service charges more."""
    no_verbatim: bool = False
    """Leave out filler words and false starts."""
    temperature: Annotated[Annotated[float, Field(ge=0, le=2)] | None, Advanced] = None
    """How freely it guesses; empty for the model's own."""
    seed: Annotated[Annotated[int, Field(ge=0, le=2_147_483_647)] | None, Advanced] = None
    """With the same number, the same recording is likely to be written the same."""


class RealtimeOptions(AsrOptions):
    """How speech is recognised while it is spoken."""

    model: Literal["scribe_v2_realtime"] | str = "scribe_v2_realtime"
    """Model that recognises."""
    keyterms: tuple[str, ...] = ()
    """Words and names that may be said, at most 50 of 20 characters; with them, the service charges more."""
    no_verbatim: bool = False
    """Leave out filler words and false starts."""
    vad_silence_threshold_secs: Annotated[float, Field(ge=0.3, le=3)] = 1.5
    """Seconds of silence after which a segment is settled."""
    vad_threshold: Annotated[float, Field(ge=0.1, le=0.9), Advanced] = 0.4
    """Probability above which sound counts as speech."""


SHARED: dict[str, Any] = {
    "params": ServiceParams,
    "requires": ("av", "elevenlabs", "httpx", "soundfile", "websockets"),
    "env": (KEY,),
    "install": "speechlab-elevenlabs",
    "local": False,
    "concurrent": True,
    "license": "Apache-2.0 AND MIT",
    "homepage": "https://elevenlabs.io/docs",
}
"""What the cards have in common. The licence is the plugin's and the client's; the service has terms of its own."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer, which also clones; the voice converter; two recognizers."""
    register(
        EngineSpec(
            id="elevenlabs",
            kind=Kind.TTS,
            load="speechlab_elevenlabs.speaking:Speaker",
            options=SpeechOptions,
            features=frozenset({"word_times", "cloning", "priced"}),
            longest=2000,
            summary="In the cloud, at a price: very natural voices in dozens of languages, and instant cloning.",
            **SHARED,
        )
    )
    register(
        EngineSpec(
            id="elevenlabs",
            kind=Kind.CONVERT,
            load="speechlab_elevenlabs.converting:Converter",
            options=ConversionOptions,
            sample_rate=44_100,
            window=60.0,
            summary="In the cloud, at a price: the same words with the same feeling in another voice of the account.",
            **SHARED,
        )
    )
    register(
        EngineSpec(
            id="elevenlabs",
            kind=Kind.ASR,
            load="speechlab_elevenlabs.scribe:Scribe",
            options=ScribeOptions,
            features=frozenset({"word_times", "language_id"}),
            window=300.0,
            pads=True,  # one request for many stretches: each would wait for the service anew
            summary="In the cloud, at a price: Scribe recognises recordings in about 90 languages, with word times.",
            **SHARED,
        )
    )
    register(
        EngineSpec(
            id="elevenlabs-realtime",
            kind=Kind.ASR,
            load="speechlab_elevenlabs.realtime:RealtimeScribe",
            options=RealtimeOptions,
            features=frozenset({"word_times"}),
            summary="In the cloud, at a price: Scribe recognises speech while it is spoken, over a WebSocket.",
            **SHARED,
        )
    )
