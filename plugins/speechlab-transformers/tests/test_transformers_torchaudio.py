"""A torchaudio that does not fit the installed torch does not keep transformers from being imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PYTHON_HALF = {
    "__init__.py": "from . import _extension\nfrom . import functional\n",
    "functional.py": (
        "from torchaudio._extension import _IS_TORCHAUDIO_EXT_AVAILABLE, fail_if_no_align\n"
        "def resample(sound): return sound\n"
        "@fail_if_no_align\ndef forced_align(sound): return sound\n"
    ),
}
MISFIT = "raise OSError('libtorch_cuda.so: cannot open shared object file')\n"
FITS = "_IS_TORCHAUDIO_EXT_AVAILABLE = True\ndef fail_if_no_align(function): return function\n"


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, since what is imported stays."""
    paths = [str(folder), *(path for path in sys.path if path)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def torchaudio(tmp_path: Path) -> Path:
    """A folder with a torchaudio whose compiled half cannot be loaded."""
    package = tmp_path / "torchaudio"
    package.mkdir()
    for name, source in {**PYTHON_HALF, "_extension.py": MISFIT}.items():
        (package / name).write_text(source)
    return tmp_path


MAKE = "from speechlab_transformers.torchaudio_shim import make_importable; make_importable()\n"


def test_without_the_stand_in_it_cannot_be_imported(torchaudio: Path) -> None:
    assert "OSError" in run(torchaudio, "import torchaudio").stderr


def test_the_half_in_python_can_be_imported(torchaudio: Path) -> None:
    done = run(torchaudio, MAKE + "import torchaudio; print(torchaudio.functional.resample('sound'))")
    assert (done.stdout, done.returncode) == ("sound\n", 0), done.stderr


def test_what_needs_the_other_half_says_so(torchaudio: Path) -> None:
    done = run(torchaudio, MAKE + "import torchaudio; torchaudio.functional.forced_align('sound')")
    assert "forced_align needs a torchaudio that fits the installed torch" in done.stderr


def test_one_that_fits_is_left_alone(torchaudio: Path) -> None:
    (torchaudio / "torchaudio" / "_extension.py").write_text(FITS)
    done = run(torchaudio, MAKE + "import torchaudio; print(torchaudio.functional.forced_align('sound'))")
    assert (done.stdout, done.returncode) == ("sound\n", 0), done.stderr


def test_without_torchaudio_nothing_happens(tmp_path: Path) -> None:
    done = run(tmp_path, "import sys\n" + MAKE + "print('torchaudio' in sys.modules)")
    assert done.stdout == "False\n", done.stderr
