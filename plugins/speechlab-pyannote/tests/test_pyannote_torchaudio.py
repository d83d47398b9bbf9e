"""A torchaudio for CUDA beside a torch without it can be imported; every other one is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TORCHAUDIO = {
    "__init__.py": "from . import _extension, functional\n",
    "functional.py": (
        "from torchaudio._extension import _IS_TORCHAUDIO_EXT_AVAILABLE, fail_if_no_align\n"
        "def resample(sound): return sound\n"
        "@fail_if_no_align\ndef forced_align(sound): return sound\n"
    ),
}
MISFIT = "raise OSError('libtorch_cuda.so: cannot open shared object file')\n"
FITS = "_IS_TORCHAUDIO_EXT_AVAILABLE = True\ndef fail_if_no_align(function): return function\n"
MAKE = "from speechlab_pyannote.torchaudio_cpu import make_importable; make_importable()\n"
TRY = MAKE + "import torchaudio; print(torchaudio.functional.resample('sound'))"


class Machine:
    """A folder of packages: a torch with a version, and a torchaudio, as stand-ins."""

    def __init__(self, folder: Path, cuda: str | None, extension: str) -> None:
        self._folder = folder
        for package, files in {
            "torch": {"__init__.py": f"class version: cuda = {cuda!r}\n"},
            "torchaudio": {**TORCHAUDIO, "_extension.py": extension},
        }.items():
            (folder / package).mkdir()
            for name, source in files.items():
                (folder / package / name).write_text(source, encoding="utf-8")

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """In a process of its own, since what is imported stays."""
        paths = [str(self._folder), *(path for path in sys.path if path)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)


def test_its_half_in_python_can_be_imported(tmp_path: Path) -> None:
    machine = Machine(tmp_path, None, MISFIT)
    assert "OSError" in machine.run("import torchaudio").stderr
    done = machine.run(TRY)
    assert (done.stdout, done.returncode) == ("sound\n", 0), done.stderr


def test_what_is_compiled_says_that_it_is_not_there(tmp_path: Path) -> None:
    done = Machine(tmp_path, None, MISFIT).run(MAKE + "import torchaudio; torchaudio.functional.forced_align('sound')")
    assert "forced_align needs a torchaudio that is built for the installed torch" in done.stderr


def test_one_that_fits_is_left_alone(tmp_path: Path) -> None:
    done = Machine(tmp_path, None, FITS).run(MAKE + "import torchaudio; print(torchaudio.functional.forced_align(1))")
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_beside_a_torch_with_cuda_its_failure_is_told(tmp_path: Path) -> None:
    done = Machine(tmp_path, "13.0", MISFIT).run(TRY)
    assert "libtorch_cuda.so" in done.stderr


@pytest.mark.parametrize("cuda", [None, "13.0"])
def test_one_that_was_imported_before_is_left_alone(tmp_path: Path, cuda: str | None) -> None:
    done = Machine(tmp_path, cuda, FITS).run(
        f"import torchaudio; before = vars(torchaudio).copy(); {MAKE}print(vars(torchaudio) == before)"
    )
    assert done.stdout == "True\n", done.stderr
