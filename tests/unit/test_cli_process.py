"""The command line as a process of its own: exit codes, what is imported, pipes, and a kill in the middle."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from speechlab import Audio, media
from speechlab.testing import silence, tone

SPEECHLAB = (sys.executable, "-m", "speechlab")
HEAVY = ("torch", "onnxruntime", "ctranslate2", "gradio", "fastapi", "transformers", "av", "soundfile", "rich", "docx")
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and pipes as POSIX has them")


def call(*args: object, **how: object) -> subprocess.CompletedProcess[str]:
    command = [*SPEECHLAB, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    media.write(Audio.join([silence(0.6), tone(1.0), silence(0.6)]), path)
    return path


SLOW = '''
"""A recognizer that notes each stretch that it hears, and waits in the end while there is a file that says so."""
import os, time
from speechlab import AsrOptions, EngineSpec, Kind, Segment, hookimpl

class Slow:
    def __init__(self, params, context): ...
    def transcribe(self, audio, options):
        with open(os.environ["HEARD"], "a") as heard:
            print(round(audio.start, 3), file=heard)
        while audio.start > 400 and os.path.exists(os.environ.get("WAITS", "")):
            time.sleep(0.02)
        yield Segment(audio.start, audio.end, text=f"{audio.digest[:8]} at {audio.start:.2f}", language="en")

@hookimpl
def register_engines(register):
    register(EngineSpec(id="slow", kind=Kind.ASR, load=Slow, options=AsrOptions))
'''


@POSIX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_run_that_is_stopped_goes_on_and_gives_the_same_bytes(
    tmp_path: Path, home: Path, how: signal.Signals
) -> None:
    plugin, recording = tmp_path / "slow_plugin.py", tmp_path / "talk.wav"
    plugin.write_text(SLOW)
    media.write(Audio.join([part for n in range(40) for part in (tone(13.0, hertz=200 + n), silence(2.0))]), recording)
    command = ["--plugin", plugin, "transcribe", recording, "--engine", "slow", "--vad", "energy"]
    command += ["--format", "json", "--format", "vtt", "--out"]

    def environment(heard: str) -> dict[str, str]:
        return {**os.environ, "HEARD": str(tmp_path / heard), "WAITS": str(waits)}

    waits = tmp_path / "waits"
    unbroken = call(*command, tmp_path / "whole", env=environment("all.txt"))
    assert unbroken.returncode == 0, unbroken.stderr
    assert list((home / "checkpoints").rglob("*.jsonl")) == []

    waits.touch()
    args = [*SPEECHLAB, *map(str, command), str(tmp_path / "broken")]
    running = subprocess.Popen(args, env=environment("first.txt"), stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not list((home / "checkpoints").rglob("*.jsonl")):
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    running.send_signal(how)
    waits.unlink()
    _, said = running.communicate(timeout=60)
    assert running.returncode == (-signal.SIGKILL if how is signal.SIGKILL else 130), said
    assert how is signal.SIGKILL or (
        "stopping after the current stretch" in said and "the same call with --resume goes on from here" in said
    )
    assert not list((tmp_path / "broken").glob("talk.*"))

    resumed = call(*command, tmp_path / "broken", "--resume", env=environment("second.txt"))
    assert resumed.returncode == 0, resumed.stderr
    for name in ("talk.json", "talk.vtt"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    heard = {name: (tmp_path / f"{name}.txt").read_text().split() for name in ("all", "first", "second")}
    assert set(heard["first"]) | set(heard["second"]) == set(heard["all"])
    assert 0 < len(heard["second"]) < len(heard["all"]), "nothing was taken from the checkpoints, or nothing was left"
    assert list((home / "checkpoints").rglob("*.jsonl")) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("transcribe", "WAV", "--engine", "toy", "--vad", "energy"), 0),
        (("transcribe", "gone.wav", "--engine", "toy", "--vad", "energy"), 1),
        (("transcribe", "WAV", "--engine", "nonsense"), 2),
        (("--plugin", "PLUGIN", "transcribe", "WAV", "--engine", "lacking"), 3),
    ],
)
def test_exit_codes(wav: Path, tmp_path: Path, args: tuple[str, ...], code: int) -> None:
    plugin = tmp_path / "lacking_plugin.py"
    plugin.write_text(SLOW.replace('id="slow"', 'id="lacking", requires=("no_such_module",)'))
    done = call(*({"WAV": str(wav), "PLUGIN": str(plugin)}.get(arg, arg) for arg in args))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (code == 0)


@pytest.mark.parametrize(
    "args",
    [("--help",), ("engines", "--json"), ("plugins", "--json"), ("pipelines", "list", "--json"), ("formats", "--json")],
)
def test_listings_import_nothing_heavy(args: tuple[str, ...]) -> None:
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['speechlab', *{args!r}]\n"
        "from speechlab.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


@POSIX
def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m speechlab engines --json | head -c 1",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_standard_output(wav: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [*SPEECHLAB, "transcribe", str(wav), "--engine", "toy", "--vad", "energy"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "error: the output: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@POSIX
def test_on_a_terminal_bars_and_results_do_not_mix(wav: Path) -> None:
    import pty

    command = [*SPEECHLAB, "transcribe", str(wav), "--engine", "toy", "--vad", "energy"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as running:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal tells that nobody writes to it any more
            while some := os.read(ours, 4096):
                shown += some
    os.close(ours)
    assert running.returncode == 0
    text = shown.decode()
    assert "a.wav" in text.partition("loading")[0]
    for line in ("1.4 seconds of sound", "a.wav: 0:02 in"):
        before = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text[: text.index(line)])
        assert before.endswith(("\n", "\r")), before


def test_results_are_utf8_whatever_the_terminal(wav: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "accents_plugin.py"
    plugin.write_text(SLOW.replace('f"{audio.digest[:8]} at {audio.start:.2f}"', '"¿Qué? 你好"'), encoding="utf-8")
    environment = {**os.environ, "HEARD": os.devnull, "PYTHONIOENCODING": "ascii"}
    command = [*SPEECHLAB, "--plugin", str(plugin), "transcribe", str(wav), "--engine", "slow", "--vad", "energy"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "¿Qué? 你好\n")


def test_listings_are_json() -> None:
    listed = json.loads(call("engines", "--json").stdout)
    assert {"kind", "id", "local", "installed", "license", "install"} <= set(listed[0])
