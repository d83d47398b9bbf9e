"""Converted models in the lab's folder: each is made once, and appears there whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from speechlab import Context, EngineUnavailable

from . import CTranslate2Params
from .sources import CONVERTED, Source, is_converted, read
from .tongues import HINT, TOLD

CONVERTS = ("torch", "transformers")
"""What a conversion needs, and nothing else does."""
GIB = 1 << 30
KILLED = -9
"""How a process ends that the system makes room by."""


def quantization(params: CTranslate2Params) -> str:
    """How the weights of a converted checkpoint are kept."""
    return "int8" if params.compute_type == "auto" else params.compute_type


def ready(source: Source, quantization: str, context: Context) -> Path | None:
    """The folder of a model that was converted before; None too where the user's own checkpoint has changed since."""
    folder = _place(source, quantization, context)
    if not (folder / CONVERTED).exists():
        return None
    if source.folder is None:
        return folder
    try:
        checkpoint, files = source.checkpoint(context)
    except EngineUnavailable:  # the converted model outlives it
        return folder
    of = read(folder / TOLD).get("of")
    return folder if of == _print_of(checkpoint, files) else None


def fetched(source: Source, quantization: str, context: Context) -> Path:
    """The folder of the model, converted now if it was not. Raises EngineUnavailable."""
    if found := ready(source, quantization, context):
        return found
    if is_converted(source.card(context)):
        return source.converted(context)
    checkpoint, files = source.checkpoint(context)
    if not can_convert():
        raise EngineUnavailable(
            f"{source.model} has to be converted once, and that needs {' and '.join(CONVERTS)}",
            hint='pip install "speechlab-ctranslate2[convert]"; or give a model that was converted for CTranslate2',
        )
    place = _place(source, quantization, context)
    place.parent.mkdir(parents=True, exist_ok=True)
    size = sum((checkpoint / file).stat().st_size for file in files)
    context.report(f"converting {source.model} to {quantization}, once; it has {size / GIB:.1f} GiB")
    with TemporaryDirectory(prefix=".converting-", dir=place.parent) as folder:
        made = Path(folder) / "model"
        of = _print_of(checkpoint, files)
        _run([str(checkpoint), str(made), quantization, source.model, of], Path(folder) / "errors", source, context)
        if place.exists() and not ready(source, quantization, context):
            shutil.rmtree(place)
        try:
            made.rename(place)
        except OSError:  # somebody else was faster
            if not ready(source, quantization, context):
                raise
    return place


def can_convert() -> bool:
    """Whether what a conversion needs is installed; it is not imported."""
    return all(find_spec(name) is not None for name in CONVERTS)


def _place(source: Source, quantization: str, context: Context) -> Path:
    return context.home / "ctranslate2" / f"{source.slug}-{quantization}"


def _run(arguments: list[str], errors: Path, source: Source, context: Context) -> None:
    """The conversion as a process that reaches no network."""
    command = [sys.executable, "-m", f"{__package__}.conversion", *arguments]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    with (
        errors.open("w+", encoding="utf-8") as said,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True, env=environment
        ) as child,
    ):
        try:
            assert child.stdout is not None
            for line in child.stdout:
                context.report(f"converting {source.model}: {line.strip()}")
        except BaseException:
            child.kill()
            raise
        code = child.wait()
        said.seek(0)
        *_, last = ["", *filter(None, map(str.strip, said))]
    if code == KILLED:
        raise EngineUnavailable(
            f"the conversion of {source.model} was stopped by the system, which happens where memory runs out",
            hint="free some memory, choose a smaller model, or one that was converted for CTranslate2",
        )
    if code:
        reason, _, hint = last.partition(HINT)
        raise EngineUnavailable(
            f"{source.model} could not be converted: {reason or f'the process ended with {code}'}",
            hint=hint or "choose an NLLB-200 (not its mixture of experts), M2M-100 or Opus-MT checkpoint",
        )


def _print_of(folder: Path, files: Iterable[str]) -> str:
    """What changes when one of the files does, told without reading them."""
    found = {file: (folder / file).stat() for file in files}
    return " ".join(f"{file}:{stat.st_size}:{stat.st_mtime_ns}" for file, stat in found.items())
