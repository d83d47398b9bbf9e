"""Translation by NLLB-200, M2M-100 and Opus-MT: what the host needs to know before CTranslate2 is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, hookimpl

from .sources import checkpoint

Advanced = Field(json_schema_extra={"advanced": True})
Owner = Field(json_schema_extra={"owner": True})
"""A mark: it may name a folder of this machine, or let code run, which a client of a server may not."""

DEFAULT = "facebook/nllb-200-distilled-600M"


class CTranslate2Params(Params):
    """What is needed to load a model."""

    model: Annotated[
        Literal[
            "facebook/nllb-200-distilled-600M",
            "facebook/nllb-200-distilled-1.3B",
            "facebook/nllb-200-3.3B",
            "facebook/m2m100_418M",
            "facebook/m2m100_1.2B",
            "Helsinki-NLP/opus-mt-en-ROMANCE",
            "Helsinki-NLP/opus-mt-ROMANCE-en",
            "Helsinki-NLP/opus-mt-mul-en",
        ]
        | str,
        Owner,
    ] = DEFAULT
    """Hub id or local folder of an NLLB-200, M2M-100 or Opus-MT checkpoint, which is converted once, or of a model that
    was converted for CTranslate2 already. NLLB knows 200 languages and may not be used commercially (CC-BY-NC); M2M-100
    (MIT) knows 100, Opus-MT (CC-BY) one pair or one family of languages."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes an NVIDIA GPU where there is one that works, else the processor."""
    compute_type: Literal[
        "auto", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32"
    ] = "auto"
    """Precision, of the converted weights and of the arithmetic; auto is int8, a quarter as large as the checkpoint and
    several times as fast."""
    device_index: Annotated[int, Field(ge=0, le=63), Advanced] = 0
    """Which GPU, where there are several."""
    cpu_threads: Annotated[int, Field(ge=0, le=256), Advanced] = 0
    """Threads that compute together on a processor; 0 for CTranslate2's own choice, at most 4."""
    workers: Annotated[int, Field(ge=1, le=64), Advanced] = 1
    """How many batches are computed at once on a processor, each by so many threads."""
    revision: Annotated[str | None, Advanced] = None
    """Branch, tag or commit on the hub; empty for the newest."""


class CTranslate2Options(Params):
    """What may change at each call."""

    beam_size: Annotated[int, Field(ge=1, le=20)] = 2
    """How many wordings are followed at once; 1 is fastest, more than 4 seldom tells."""
    batch_tokens: Annotated[int, Field(ge=64, le=65536), Advanced] = 1024
    """How many tokens (about as many syllables) of all sentences together are computed in one go."""
    length_penalty: Annotated[float, Field(ge=0, le=10), Advanced] = 1.0
    """With a beam: above 1 prefers longer wordings, below 1 shorter ones."""
    repetition_penalty: Annotated[float, Field(ge=1, le=5), Advanced] = 1.0
    """Above 1 makes words that were already written less likely."""
    no_repeat_ngram_size: Annotated[int, Field(ge=0, le=20), Advanced] = 0
    """Never write so many tokens twice in the same order; 0 allows it."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The translator."""
    register(
        EngineSpec(
            id="ctranslate2",
            kind=Kind.TRANSLATE,
            load="speechlab_ctranslate2.engine:CTranslate2",
            params=CTranslate2Params,
            options=CTranslate2Options,
            ways="speechlab_ctranslate2.reach:ways",
            concurrent=True,
            requires=("ctranslate2", "huggingface_hub", "sentencepiece", "tokenizers", "yaml"),
            install="speechlab-ctranslate2[convert]",
            weights=(checkpoint(DEFAULT, "pytorch_model.bin"),),
            license="MIT",
            weights_license="CC-BY-NC-4.0",
            homepage="https://github.com/OpenNMT/CTranslate2",
            summary="NLLB-200, M2M-100 and Opus-MT in int8: 200 languages into each other on a CPU (NLLB's weights are"
            " not for commercial use; M2M-100's, Opus-MT's are).",
        )
    )
