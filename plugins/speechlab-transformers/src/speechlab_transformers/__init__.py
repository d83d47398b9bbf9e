"""Checkpoints of the hub that recognise, translate, speak or punctuate: what the host needs to know before loading."""

from __future__ import annotations

from collections.abc import Callable

from speechlab import EngineSpec, Kind, hookimpl

from .files import PICKLED, hub_weights
from .options import (
    MmsOptions,
    MmsParams,
    PunctuateOptions,
    PunctuateParams,
    SpeechTranslateOptions,
    SpeechTranslateParams,
    TransformersOptions,
    TransformersParams,
    TranslateOptions,
    TranslateParams,
)
from .voices import listed

__all__ = [
    "MmsOptions",
    "MmsParams",
    "PunctuateOptions",
    "PunctuateParams",
    "SpeechTranslateOptions",
    "SpeechTranslateParams",
    "TransformersOptions",
    "TransformersParams",
    "TranslateOptions",
    "TranslateParams",
    "hub_weights",
    "register_engines",
]


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """Recognition and speech translation, by one and the same class; translation; punctuation."""
    register(
        EngineSpec(
            id="transformers",
            kind=Kind.ASR,
            load="speechlab_transformers.engine:Transformers",
            pads=True,
            params=TransformersParams,
            options=TransformersOptions,
            features=frozenset({"word_times", "language_id"}),
            requires=("torch", "transformers", "langcodes"),
            install="speechlab-transformers",
            weights=(hub_weights("openai/whisper-large-v3-turbo"),),
            license="Apache-2.0",
            weights_license="MIT",
            homepage="https://github.com/huggingface/transformers",
            summary="Whisper v3, MMS in a thousand languages, and every other checkpoint of the hub that writes down"
            " speech; at its best on a GPU.",
        )
    )
    register(
        EngineSpec(
            id="transformers",
            kind=Kind.SPEECH_TRANSLATE,
            load="speechlab_transformers.engine:Transformers",
            pads=True,
            params=SpeechTranslateParams,
            options=SpeechTranslateOptions,
            features=frozenset({"word_times", "language_id"}),
            requires=("torch", "transformers", "langcodes"),
            install="speechlab-transformers",
            weights=(hub_weights("openai/whisper-large-v3"),),
            license="Apache-2.0",
            weights_license="Apache-2.0",
            homepage="https://github.com/huggingface/transformers",
            summary="Speech in some hundred languages to English text, by Whisper; at its best on a GPU.",
        )
    )
    register(
        EngineSpec(
            id="transformers",
            kind=Kind.TRANSLATE,
            load="speechlab_transformers.translation:Translate",
            params=TranslateParams,
            options=TranslateOptions,
            ways="speechlab_transformers.ways:leads",
            live={"beam_size": 1},
            requires=("torch", "transformers", "langcodes", "sentencepiece", "sacremoses"),
            install="speechlab-transformers",
            weights=(hub_weights("facebook/nllb-200-distilled-600M", PICKLED),),
            license="Apache-2.0",
            weights_license="CC-BY-NC-4.0",
            homepage="https://github.com/huggingface/transformers",
            summary="NLLB-200, its mixture of experts, M2M-100 and Opus-MT: 200 languages into each other, at its best"
            " on a GPU (NLLB's weights are not for commercial use; M2M-100's and Opus-MT's are).",
        )
    )
    register(
        EngineSpec(
            id="mms",
            kind=Kind.TTS,
            load="speechlab_transformers.speaking:Mms",
            params=MmsParams,
            options=MmsOptions,
            features=frozenset({"words_only"}),
            languages=tuple(listed()),
            requires=("torch", "transformers", "langcodes"),
            install="speechlab-transformers",
            weights=(hub_weights("facebook/mms-tts-eng"),),
            license="Apache-2.0",
            weights_license="CC-BY-NC-4.0",
            homepage="https://huggingface.co/facebook/mms-tts",
            summary="A voice for each of more than a thousand languages, Achagua to Zulgo (not for commercial use).",
        )
    )
    register(
        EngineSpec(
            id="punctuate",
            kind=Kind.TEXT,
            load="speechlab_transformers.punctuation:Punctuate",
            params=PunctuateParams,
            options=PunctuateOptions,
            requires=("torch", "transformers"),
            install="speechlab-transformers",
            weights=(hub_weights("oliverguhr/fullstop-punctuation-multilang-large"),),
            license="Apache-2.0",
            weights_license="MIT",
            homepage="https://huggingface.co/oliverguhr/fullstop-punctuation-multilang-large",
            summary="Puts full stops, commas and question marks into text that has none (English, German, French and"
            " Italian; other checkpoints know more).",
        )
    )
