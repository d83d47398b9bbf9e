"""Whisper on CTranslate2: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from speechlab import AsrOptions, EngineSpec, Kind, Params, PipelineFile, hookimpl

from .languages import LANGUAGES
from .models import BASE, Size

ADVANCED: Any = {"advanced": True}


class WhisperParams(Params):
    """What is needed to load a model."""

    model: Annotated[Size | str, Field(json_schema_extra={"owner": True})] = "base"
    """Size of Whisper; or the id of a CTranslate2 conversion on the hub, as owner/name; or a folder that holds one."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes an NVIDIA GPU where there is one that works, else the processor."""
    compute_type: Literal[
        "auto",
        "int8",
        "int8_float32",
        "int8_float16",
        "int8_bfloat16",
        "int16",
        "float16",
        "bfloat16",
        "float32",
    ] = "auto"
    """Precision of the arithmetic; auto takes int8 on a processor and float16 on a GPU."""
    device_index: Annotated[int, Field(ge=0, le=63, json_schema_extra=ADVANCED)] = 0
    """Which GPU, where there are several."""
    cpu_threads: Annotated[int, Field(ge=0, le=256, json_schema_extra=ADVANCED)] = 0
    """Threads that compute together on a processor; 0 for CTranslate2's own choice, at most 4."""
    workers: Annotated[int, Field(ge=0, le=64, json_schema_extra=ADVANCED)] = 1
    """How many callers are served at once on a processor, each by so many threads; the others wait their turn. 0 serves
    as many as there are processor cores."""


class DecodingOptions(AsrOptions):
    """How speech becomes text, in its own language or in English."""

    beam_size: Annotated[int, Field(ge=1, le=20)] = 1
    """How many wordings are followed at once; 5 takes about a third more time and seldom tells."""
    prompt: str = ""
    """Text that could stand before the speech: its names, spelling and style are taken up."""
    hotwords: str = ""
    """Names and terms that are likely to be said, separated by spaces or commas."""
    multilingual: bool = False
    """Detect the language of each clip by itself, for recordings in several languages; else one holds for all."""
    batch_size: Annotated[int, Field(ge=1, le=64, json_schema_extra=ADVANCED)] = 4
    """How many clips of up to 30 s are decoded together; each takes about 50 MB more with base, 300 MB with large."""
    context: Literal["padded", "short"] = "padded"
    """How much of a clip Whisper hears: padded, all of the 30 seconds that it learnt with, silence where the clip is
    shorter; short, the clip and a little silence, several times less work for what is said in one breath. A clip that
    fails when it is short is decoded again padded."""
    context_margin: Annotated[float, Field(ge=0, le=30, json_schema_extra=ADVANCED)] = 2.0
    """With a short context: seconds of silence after the clip, at least."""
    context_floor: Annotated[float, Field(ge=1, le=30, json_schema_extra=ADVANCED)] = 10.0
    """With a short context: seconds that are heard of the shortest clip; with less, Whisper runs in loops."""
    fallback: Annotated[Literal["penalty", "temperature", "off"], Field(json_schema_extra=ADVANCED)] = "penalty"
    """How a clip is decoded again: penalty, where the text loops without end, makes repeated words less likely, and
    gives the same each time; temperature, Whisper's own way, samples where it loops or is unlikely, costs far more, and
    never gives the same twice; off, not even a short context is padded."""
    compression_ratio_threshold: Annotated[float, Field(ge=1, json_schema_extra=ADVANCED)] = 2.4
    """Text that zlib shrinks more than this is a loop."""
    log_prob_threshold: Annotated[float, Field(le=0, json_schema_extra=ADVANCED)] = -1.0
    """Text whose words are on average less likely than this (natural logarithm) is sampled by fallback temperature."""
    patience: Annotated[float, Field(ge=0.1, le=10, json_schema_extra=ADVANCED)] = 1.0
    """With a beam: end the search once beam_size times this many wordings are complete."""
    length_penalty: Annotated[float, Field(ge=0, le=10, json_schema_extra=ADVANCED)] = 1.0
    """With a beam: above 1 prefers longer wordings, below 1 shorter ones."""
    repetition_penalty: Annotated[float, Field(ge=1, le=5, json_schema_extra=ADVANCED)] = 1.0
    """Above 1 makes words that were already said less likely."""
    no_repeat_ngram_size: Annotated[int, Field(ge=0, le=20, json_schema_extra=ADVANCED)] = 0
    """Never say so many tokens twice in the same order; 0 allows it."""


class WhisperOptions(DecodingOptions):
    """What may change from one recording to the next."""

    task: Literal["transcribe", "translate"] = "transcribe"
    """Write the speech in its own language, or translate it into English."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The recognizer and the translator, which share what they load."""
    card: dict[str, Any] = {
        "id": "whisper",
        "load": "speechlab_whisper.engine:Whisper",
        "params": WhisperParams,
        "features": frozenset({"word_times", "language_id"}),
        "languages": LANGUAGES,
        "sample_rate": 16_000,
        "window": 30.0,
        "pads": True,
        "concurrent": True,
        # What Whisper base is sure of after two seconds it hears otherwise after six: words committed early cost one to
        # two points of word errors. They are shown as early, and may change until the utterance is over.
        "live": {"context": "short", "cpu_threads": 1, "workers": 0, "commit": "final-at-silence"},
        "requires": ("faster_whisper", "ctranslate2", "threadpoolctl"),
        "install": "speechlab-whisper",
        "weights": (BASE,),
        "license": "MIT",
        "weights_license": "MIT",
        "homepage": "https://github.com/SYSTRAN/faster-whisper",
    }
    register(
        EngineSpec(
            kind=Kind.ASR,
            options=WhisperOptions,
            summary="OpenAI's Whisper in all its sizes, on CTranslate2: 100 languages, detected, with word times.",
            **card,
        )
    )
    register(
        EngineSpec(
            kind=Kind.SPEECH_TRANSLATE,
            options=DecodingOptions,
            ways="speechlab_whisper.ways:ways",
            summary="Speech in any of Whisper's 100 languages to English text, in one step.",
            **card,
        )
    )


@hookimpl
def register_pipelines(register: Callable[[PipelineFile], None]) -> None:
    """The pipelines that need no other plugin."""
    for path in sorted((Path(__file__).parent / "pipelines").glob("*.toml")):
        register(PipelineFile(id=path.stem, path=path))
