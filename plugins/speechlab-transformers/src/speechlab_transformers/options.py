"""The parameters of the engines: what is needed to load one, and what may change at each call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from speechlab import AsrOptions, Params, TtsOptions

Advanced = Field(json_schema_extra={"advanced": True})
Owner = Field(json_schema_extra={"owner": True})
"""A mark: it may name a folder of this machine, or let code run, which a client of a server may not."""


class TransformersParams(Params):
    """What is needed to load a checkpoint."""

    model: Annotated[
        Literal[
            "openai/whisper-large-v3-turbo",
            "openai/whisper-large-v3",
            "openai/whisper-small",
            "facebook/mms-1b-all",
            "facebook/wav2vec2-base-960h",
        ]
        | str,
        Owner,
    ] = "openai/whisper-large-v3-turbo"
    """Hub id or local folder of a checkpoint: Whisper, another speech-to-text model, or a CTC model."""
    device: Literal["auto", "cpu", "cuda", "mps"] | str = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""
    dtype: Annotated[Literal["auto", "float32", "float16", "bfloat16"], Advanced] = "auto"
    """Precision of the weights; auto is float16 on an accelerator and float32 on the CPU."""
    attention: Annotated[Literal["auto", "sdpa", "eager", "flash_attention_2"], Advanced] = "auto"
    """How attention is computed; auto is flash attention where the GPU and the flash-attn package allow, else sdpa."""
    revision: Annotated[str | None, Advanced] = None
    """Branch, tag or commit on the hub; empty for the newest."""


class SpeechTranslateParams(TransformersParams):
    """What is needed to load a checkpoint that translates; the turbo model was not trained to."""

    model: Annotated[
        Literal["openai/whisper-large-v3", "openai/whisper-medium", "openai/whisper-small"] | str, Owner
    ] = "openai/whisper-large-v3"
    """Hub id or local folder of a checkpoint that translates: Whisper (not turbo) into English, or SeamlessM4T."""


class PunctuateParams(TransformersParams):
    """What is needed to load a checkpoint that punctuates."""

    model: Annotated[
        Literal[
            "oliverguhr/fullstop-punctuation-multilang-large",
            "oliverguhr/fullstop-punctuation-multilingual-base",
            "kredor/punctuate-all",
        ]
        | str,
        Owner,
    ] = "oliverguhr/fullstop-punctuation-multilang-large"
    """Hub id or local folder of a token classifier whose labels are punctuation marks, with or without case."""


class PunctuateOptions(Params):
    """What may change at each call."""

    anew: bool = False
    """Also texts that have punctuation already: it is taken away first; else such texts stay as they are."""
    batch_size: Annotated[int | None, Field(ge=1, le=64), Advanced] = None
    """Stretches of text that go through the network together; empty for 8 on an accelerator and 1 on the CPU."""


class SpeechTranslateOptions(AsrOptions):
    """What may change at each call."""

    word_timestamps: bool = True
    """Tell when each word is spoken; Whisper and CTC checkpoints can."""
    beam_size: Annotated[int, Field(ge=1, le=16)] = 1
    """Hypotheses followed at once; 1 takes the likeliest token each time. CTC checkpoints do not need it."""
    prompt: str = ""
    """Whisper: text that might stand before, to steer names, spelling and style."""
    multilingual: bool = False
    """Whisper: detect the language of each clip by itself, for recordings in several; else one holds for all."""
    fallback: Annotated[Literal["temperature", "off"], Advanced] = "temperature"
    """Whisper: where the text loops or the model is unsure, decode again, more and more at random; a clip of the same
    sound still gives the same text each time."""
    batch_size: Annotated[int | None, Field(ge=1, le=64), Advanced] = None
    """Stretches of sound that go through the network together; empty for 8 on an accelerator and 1 on the CPU."""


class TransformersOptions(SpeechTranslateOptions):
    """What may change at each call."""

    task: Literal["transcribe", "translate"] = "transcribe"
    """Write what is said, or its English translation (multilingual Whisper only)."""


class TranslateParams(TransformersParams):
    """What is needed to load a checkpoint that translates text."""

    model: Annotated[
        Literal[
            "facebook/nllb-200-distilled-600M",
            "facebook/nllb-200-distilled-1.3B",
            "facebook/nllb-200-3.3B",
            "facebook/nllb-moe-54b",
            "facebook/m2m100_418M",
            "facebook/m2m100_1.2B",
            "Helsinki-NLP/opus-mt-en-fr",
            "Helsinki-NLP/opus-mt-en-ROMANCE",
        ]
        | str,
        Owner,
    ] = "facebook/nllb-200-distilled-600M"
    """Hub id or local folder of an NLLB-200, M2M-100 or Opus-MT checkpoint. NLLB knows 200 languages, but may not be
    used commercially (CC-BY-NC); M2M-100 (MIT) knows 100, Opus-MT (CC-BY) one pair or one family of languages."""


class TranslateOptions(Params):
    """What may change at each call."""

    beam_size: Annotated[int, Field(ge=1, le=16)] = 2
    """Wordings followed at once: 1 is fastest, 4 is what these models were judged with."""
    no_repeat_ngram_size: Annotated[int, Field(ge=0, le=20), Advanced] = 0
    """Never write so many tokens twice in the same order, which ends loops; 0 allows it."""
    batch_size: Annotated[int, Field(ge=1, le=1024), Advanced] = 32
    """Sentences that go through the network together; fewer take less memory."""


LANGUAGE = "{language}"
"""Where the language's code stands in the name of a voice's checkpoint."""


class MmsParams(Params):
    """What is needed to load the voices of MMS."""

    model: Annotated[Literal["facebook/mms-tts-{language}", "facebook/mms-tts-eng"] | str, Owner] = (
        f"facebook/mms-tts-{LANGUAGE}"
    )
    """Hub id or local folder of the voices, with {language} where a language's code stands (ISO 639-3, such as por);
    without it, of one voice."""
    device: Literal["auto", "cpu", "cuda", "mps"] | str = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""
    revision: Annotated[str | None, Advanced] = None
    """Branch, tag or commit on the hub; empty for the newest."""


class MmsOptions(TtsOptions):
    """What may change at each call."""

    noise_scale: Annotated[float, Field(ge=0, le=2)] | None = None
    """How lively the voice is; 0 is flat. Empty for the checkpoint's own, 0.667."""
    noise_scale_duration: Annotated[float, Field(ge=0, le=2)] | None = None
    """How lively its rhythm is; 0 is even. Empty for the checkpoint's own, 0.8."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1), Advanced] | None = 0
    """Which of the ways to say it: the same number, the same sound. Empty for another each time."""
