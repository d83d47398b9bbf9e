"""Trained voices of RVC and So-VITS-SVC: what the host needs to know of the converter before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field
from speechlab_transformers.files import PICKLED, hub_weights

from speechlab import EngineSpec, Kind, Params, hookimpl

Advanced = Field(json_schema_extra={"advanced": True})
Owner = Field(json_schema_extra={"owner": True})
"""A mark: it may name a folder of this machine, which a client of a server may not."""
CONTENTVEC = "lengyue233/content-vec-best"


class RvcParams(Params):
    """What is needed to load it."""

    voices: Annotated[str | None, Owner] = None
    """Folder with voices: of RVC (.pth, each with its .index or .npy beside it where it has one), or of So-VITS-SVC
    (G_... .pth with its config.json). Or the hub's: owner/name for a repository with all its voices,
    owner/name/path/voice.pth for one."""
    encoder: Annotated[str, Owner, Advanced] = CONTENTVEC
    """Hub id or local folder of the network that hears what is said: a HuBERT in the shape of transformers. Voices were
    trained with one, mostly this."""
    device: Literal["auto", "cpu", "cuda", "mps"] | str = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""


class RvcOptions(Params):
    """What may change at each call."""

    transpose: Annotated[float, Field(ge=-24, le=24)] = 0.0
    """Semitones by which the pitch is raised; 12 from a low voice into a high one, -12 back."""
    f0_method: Literal["swift", "harvest", "dio"] = "swift"
    """What finds the pitch: swift is a small network that bears noise, harvest and dio are WORLD's; harvest is slow."""
    index_rate: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much of the way each sound goes to those that the voice was trained on, where it has an index; more is more
    alike and less clear."""
    protect: Annotated[float, Field(ge=0, le=0.5)] = 0.33
    """How much of the index reaches sounds without a pitch, such as s and breath; less keeps them clean, 0.5 treats
    them as the others."""
    rms_mix_rate: Annotated[float, Field(ge=0, le=1), Advanced] = 0.25
    """Whose loudness: 0 follows what was said, 1 is the voice's own."""
    speaker: Annotated[int, Field(ge=0, le=10_000), Advanced] = 0
    """Which of its speakers, where a file of RVC's has several; those of So-VITS-SVC have names."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1), Advanced] | None = 0
    """Of the noise that breath is made of: the same gives the same sound; empty for another each time."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The voice converter."""
    register(
        EngineSpec(
            id="rvc",
            kind=Kind.CONVERT,
            load="speechlab_rvc.engine:Rvc",
            params=RvcParams,
            options=RvcOptions,
            sample_rate=16_000,
            window=30.0,
            requires=("torch", "transformers", "pyworld", "swift_f0", "scipy", "soxr"),
            install="speechlab-rvc",
            weights=(hub_weights(CONTENTVEC, PICKLED),),
            license="Apache-2.0",
            weights_license="MIT",
            homepage="https://github.com/RVC-Project/Retrieval-based-Voice-Conversion-WebUI",
            summary="The same words and the same melody in a trained voice of RVC (v1 or v2) or So-VITS-SVC 4, of your"
            " own folder or of the hub; at its best on a GPU.",
        )
    )
