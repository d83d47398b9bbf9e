"""What a checkpoint was trained for, told from its configuration."""

from __future__ import annotations

from typing import Any, Literal

import transformers

from speechlab import EngineUnavailable

Family = Literal["whisper", "seq2seq", "ctc", "tokens", "translation", "voice"]

SOUND_ALONE = {
    "moonshine",
    "moonshine_streaming",
    "seamless_m4t",
    "seamless_m4t_v2",
    "speech-encoder-decoder",
    "speech_to_text",
    "speecht5",
    "whisper",
}
"""Encoder-decoders that need no prompt in the words of a chat template."""
MANY_TASKS = {"SeamlessM4TModel", "SeamlessM4Tv2Model"}
"""Architectures of which recognition is one part."""
TRANSLATORS = {"m2m_100", "marian", "nllb-moe"}


def recognises(config: Any, model: str) -> Family:
    """Which way of recognising the checkpoint was trained for. Raises EngineUnavailable where it is none."""
    speech: Any = transformers.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING
    ctc: Any = transformers.MODEL_FOR_CTC_MAPPING
    mapping = speech if type(config) in speech else ctc if type(config) in ctc else {}
    trained = set(config.architectures or ())
    if not mapping or (trained and not trained & {mapping[type(config)].__name__, *MANY_TASKS}):
        raise EngineUnavailable(
            f"{model} does not recognise speech: it is a {_trained(config)}",
            hint="choose a checkpoint that the hub lists under automatic speech recognition",
        )
    if mapping is ctc:
        return "ctc"
    if config.model_type not in SOUND_ALONE:
        raise EngineUnavailable(
            f"{model} is a {config.model_type}, which wants a prompt of its own beside the sound",
            hint="choose a Whisper, MMS, wav2vec 2.0, Moonshine, Speech2Text or SeamlessM4T checkpoint",
        )
    return "whisper" if config.model_type == "whisper" else "seq2seq"


def translates(config: Any, model: str) -> Family:
    """Raises EngineUnavailable for what was not trained to translate text."""
    if config.model_type not in TRANSLATORS:
        raise EngineUnavailable(
            f"{model} does not translate text here: it is a {_trained(config)}",
            hint="choose an NLLB-200, M2M-100 or Opus-MT (Marian) checkpoint",
        )
    return "translation"


def speaks(config: Any, model: str) -> Family:
    """Raises EngineUnavailable for what was not trained to speak with one voice."""
    if config.model_type != "vits" or config.num_speakers > 1:
        what = "one of several voices" if config.model_type == "vits" else f"a {_trained(config)}"
        raise EngineUnavailable(
            f"{model} is no MMS voice: it is {what}", hint="choose facebook/mms-tts-eng or its like"
        )
    return "voice"


def _trained(config: Any) -> str:
    return ", ".join(sorted(config.architectures or ())) or str(config.model_type)
