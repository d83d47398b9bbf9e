"""SeamlessM4T v2, one model for five kinds of engine: what the host needs to know before torch is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from speechlab import AsrOptions, EngineSpec, Kind, Params, TtsOptions, Weights, hookimpl

from . import published

CARD = ("*.json", "*.model")
"""The small files of a checkpoint: configuration, tokenizer, feature extractor."""

Advanced = Field(json_schema_extra={"advanced": True})
Owner = Field(json_schema_extra={"owner": True})
"""A mark: it may name a folder of this machine, or let code run, which a client of a server may not."""
BeamSize = Annotated[int, Field(ge=1, le=16)]
BatchSize = Annotated[int | None, Field(ge=1, le=64), Advanced]


class SeamlessParams(Params):
    """What is needed to load the model; engines with the same share it."""

    model: Annotated[Literal["facebook/seamless-m4t-v2-large"] | str, Owner] = published.MODEL
    """Hub id or local folder of a SeamlessM4T v2 checkpoint."""
    device: Literal["auto", "cpu", "cuda", "mps"] | str = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""
    dtype: Annotated[Literal["auto", "float32", "float16", "bfloat16"], Advanced] = "auto"
    """Precision of the weights; auto is float16 on an accelerator and float32 on the CPU, where bfloat16 takes half the
    memory. The vocoder always computes in float32."""
    revision: Annotated[str | None, Advanced] = None
    """Branch, tag or commit on the hub; empty for the newest."""


class RecognitionOptions(AsrOptions):
    """What may change at each call of the recognizer."""

    language: str | None = None
    """Language of the speech as a BCP-47 code; the model cannot find it out."""
    beam_size: BeamSize = 5
    """Hypotheses followed at once; 1 takes the likeliest token each time."""
    batch_size: BatchSize = None
    """Stretches of sound that go through the network together; empty for 8 on an accelerator and 1 on the CPU."""


class SpeechTranslationOptions(Params):
    """What may change at each call of the speech translator, which understands what is spoken without being told."""

    beam_size: BeamSize = 5
    """Hypotheses followed at once; 1 takes the likeliest token each time."""


class TranslationOptions(Params):
    """What may change at each call of the translator."""

    beam_size: BeamSize = 5
    """Hypotheses followed at once; 1 takes the likeliest token each time."""
    batch_size: BatchSize = None
    """Texts that go through the network together; empty for 16 on an accelerator and 4 on the CPU."""


class SynthesisOptions(TtsOptions):
    """What may change at each call of the synthesizer."""

    language: str | None = None
    """Language of the text as a BCP-47 code; empty for the chosen speaker's own."""


class InterpretingOptions(Params):
    """What may change at each call of the interpreter."""

    language: str | None = None
    """Language of the speech as a BCP-47 code: with it, what was heard is written down too. To translate, the model
    need not be told."""
    speaker: Annotated[int | None, Field(ge=0)] = None
    """Number of the speaker to speak with; empty for one whose own language it is."""
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """Pace of the speech; 1 is the model's own."""
    beam_size: BeamSize = 5
    """Hypotheses followed at once; 1 takes the likeliest token each time."""
    pause: Annotated[float, Field(ge=0.1, le=3)] = 0.6
    """Seconds of silence after which an utterance is over, and is translated."""
    longest_utterance: Annotated[float, Field(ge=2, le=30), Advanced] = 15.0
    """Seconds after which speech without a pause is cut where it is quietest."""
    loudness_margin: Annotated[float, Field(ge=3, le=40), Advanced] = 9.0
    """Decibels above the noise around it from which a sound counts as speech."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """Five kinds of engine, by one and the same class."""
    common: dict[str, Any] = {
        "id": "seamless",
        "load": "speechlab_seamless.engine:Seamless",
        "params": SeamlessParams,
        "requires": ("torch", "transformers", "sentencepiece", "langcodes"),
        "install": "speechlab-seamless",
        "weights": (Weights(id=published.MODEL, files=published.FILES, optional=CARD, hub=published.MODEL),),
        "license": "Apache-2.0",
        "weights_license": "CC-BY-NC-4.0",
        "homepage": "https://github.com/facebookresearch/seamless_communication",
    }
    register(
        EngineSpec(
            kind=Kind.ASR,
            options=RecognitionOptions,
            window=20.0,
            languages=published.WRITTEN,
            live={"beam_size": 1},
            summary="Recognition of speech in about a hundred languages by SeamlessM4T v2, which is told the language.",
            **common,
        )
    )
    register(
        EngineSpec(
            kind=Kind.SPEECH_TRANSLATE,
            options=SpeechTranslationOptions,
            window=20.0,
            ways="speechlab_seamless.ways:ways",
            languages=published.WRITTEN,
            live={"beam_size": 1},
            summary="Speech in about a hundred languages, even several in one sentence, to text in any of them, by"
            " SeamlessM4T v2.",
            **common,
        )
    )
    register(
        EngineSpec(
            kind=Kind.TRANSLATE,
            options=TranslationOptions,
            ways="speechlab_seamless.ways:ways",
            longest=250,
            languages=published.WRITTEN,
            summary="Text in about a hundred languages into any of them, by SeamlessM4T v2.",
            **common,
        )
    )
    register(
        EngineSpec(
            kind=Kind.TTS,
            options=SynthesisOptions,
            languages=published.SPOKEN,
            summary="Speech in three dozen languages by the voices of SeamlessM4T v2.",
            **common,
        )
    )
    register(
        EngineSpec(
            kind=Kind.INTERPRET,
            options=InterpretingOptions,
            ways="speechlab_seamless.ways:aloud",
            languages=published.WRITTEN,
            live={"beam_size": 1},
            summary="Speech in about a hundred languages to speech in three dozen, utterance by utterance, in one step,"
            " by SeamlessM4T v2.",
            **common,
        )
    )
