"""A checkpoint converted for CTranslate2, in a process of its own: what torch needs for it is given back."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from ctranslate2.converters import TransformersConverter

from speechlab import SpeechLabError

from .tongues import HINT, told, vocabulary

KEPT = (
    "tokenizer.json",
    "sentencepiece.bpe.model",
    "source.spm",
    "target.spm",
    "tokenizer_config.json",
    "README.md",
)
"""What is needed to read and write text, and what tells the languages."""


class _Telling(TransformersConverter):
    """Says what it is at."""

    def load_model(self, *args: Any, **kwargs: Any) -> Any:
        print("reading the weights", flush=True)
        return super().load_model(*args, **kwargs)

    def load_tokenizer(self, *args: Any, **kwargs: Any) -> Any:
        found = super().load_tokenizer(*args, **kwargs)
        print("quantizing and writing", flush=True)
        return found


def convert(checkpoint: Path, folder: Path, quantization: str, name: str, **of: Any) -> None:
    """Write the model into a new folder, with its tokenizer and its languages; ``of`` is kept with these.

    Raises ValueError for a checkpoint of another kind, and EngineUnavailable for one that tells no languages.
    """
    _Telling(str(checkpoint)).convert(str(folder), quantization=quantization)
    for file in KEPT:
        if (checkpoint / file).exists():
            shutil.copy(checkpoint / file, folder)
    told(folder, name, vocabulary(folder)).write(folder, **of)


if __name__ == "__main__":
    checkpoint, folder, quantization, name, of = sys.argv[1:]
    try:
        convert(Path(checkpoint), Path(folder), quantization, name, of=of)
    except SpeechLabError as error:
        sys.exit(f"{error}{HINT}{error.hint}")
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
