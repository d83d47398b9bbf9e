"""``speechlab live``: what is written when, what is saved, and how it ends; driven as a person types it."""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, AudioError, ConfigError, Recording, Segment, SegmentUpdate, media
from speechlab.cli.app import speechlab
from speechlab.cli.captions import Line, Page, standing
from speechlab.cli.microphone import Microphone, listed
from speechlab.cli.sound import BLOCK, TRY, Hearing, Pipe, Replay, decoded, standard_input
from speechlab.live import MOST_AHEAD
from speechlab.live.hub import PATIENCE
from speechlab.plugins import Plugins
from speechlab.preferred import preferred
from speechlab.rest.pcm import Pcm
from speechlab.testing import silence, tone
from speechlab.types import codec

SPEECHLAB = (sys.executable, "-m", "speechlab")
TOY = ("--engine", "toy", "--vad", "energy", "--interval", "0")
"""It looks at what is over alone; how long it heard does then not depend on when it looked."""
LOOKING = TOY[:-2]
SOON = 60.0
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and terminals as POSIX has them")

TALK = Audio.join([silence(0.6), tone(1.0), silence(1.2), tone(1.5), silence(1.0)])
SAID = ["1.4 seconds of sound", "1.9 seconds of sound"]


def pcm(audio: Audio) -> bytes:
    return np.rint(audio.mono * 32767).astype("<i2").tobytes()


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    media.write(TALK, path)
    return path


def call(*args: object, sound: bytes | Audio = TALK) -> Result:
    data = sound if isinstance(sound, bytes) else pcm(sound)
    return CliRunner().invoke(speechlab, ["live", *map(str, args)], input=data)


def fails(code: int, *args: object, sound: bytes | Audio = TALK) -> str:
    """What is said on standard error by a call that fails in the proper way, before anything is loaded."""
    done = call(*args, sound=sound)
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "loading" not in done.stderr
    return done.stderr


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_pipe_gives_lines() -> None:
    done = call("-", *TOY)
    assert (done.exit_code, done.stdout.splitlines()) == (0, SAID), done.stderr
    assert done.stderr.splitlines() == ["loading vad/energy, asr/toy", "listening", "0:05 heard"]


def test_lines_with_times_and_translations() -> None:
    done = call("-", *TOY, "--times", "--to", "fr", "--to", "de", "--translator", "toy", "--translate-marks", "1")
    assert done.stdout.splitlines() == [
        f"[0:00] {SAID[0]}",
        f"  fr: [fr] {SAID[0]}!",
        f"  de: [de] {SAID[0]}!",
        f"[0:03] {SAID[1]}",
        f"  fr: [fr] {SAID[1]}!",
        f"  de: [de] {SAID[1]}!",
    ]


def test_events_are_a_log_that_tells_all(tmp_path: Path) -> None:
    saved = tmp_path / "talk.json"
    done = call("-", *TOY, "--events", "--output", saved)
    recording = Recording.of(codec.load(done.stdout.splitlines()))
    assert [segment.text for segment in recording.transcript] == SAID
    assert len(recording.speech) == 2
    assert [segment["text"].strip() for segment in json.loads(saved.read_text(encoding="utf-8"))["segments"]] == SAID


def test_a_file_is_replayed(wav: Path) -> None:
    done = call(wav, *TOY, "--at-once")
    assert (done.exit_code, done.stdout.splitlines()) == (0, SAID), done.stderr


def test_a_recording_is_heard_at_once(wav: Path) -> None:
    with Replay(wav, real_time=False, sleep=lambda seconds: pytest.fail("nobody waits")).open(print) as sound:
        assert sum(map(len, sound)) == TALK.frames


def test_samples_of_another_rate() -> None:
    done = call("-", *TOY, "--sample-rate", 44_100, sound=media.resample(TALK, 44_100))
    assert done.stdout.splitlines() == SAID


def test_parameters_of_every_step_are_flags() -> None:
    done = call("-", *TOY, "--vad-speech-pad-ms", 0, "--language", "fr", "--events")
    segments = [event.segment for event in codec.load(done.stdout.splitlines()) if isinstance(event, SegmentUpdate)]
    assert {segment.language for segment in segments} == {"fr"}
    assert segments[-1].text == "1.5 seconds of sound"


def test_a_pipeline_in_place_of_an_engine(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[stage]]\nuse = "vad/energy"\nspeech_pad_ms = 0\n[[stage]]\nuse = "asr/toy"\ninterval = 0\n'
        '[[stage]]\nuse = "text/toy"\n[[stage]]\nuse = "translate/toy"\nto = ["fr"]\n'
    )
    done = call("-", "--pipeline", path)
    assert done.stdout.splitlines()[:2] == ["1.0 SECONDS OF SOUND", "  fr: [fr] 1.0 SECONDS OF SOUND"]
    done = call("-", "--pipeline", path, "--to", "de", "--vad-speech-pad-ms", 200)
    assert done.stdout.splitlines()[:2] == ["1.4 SECONDS OF SOUND", "  de: [de] 1.4 SECONDS OF SOUND"]


def test_a_translation_alone_is_read_too() -> None:
    done = call(
        "-",
        "--pipeline",
        '[[stage]]\nuse = "vad/energy"\n[[stage]]\nuse = "speech-translate/toy"\nto = "fr"\ninterval = 0\n',
    )
    assert done.stdout.splitlines() == SAID


def test_the_help_tells_the_flags_of_what_is_asked_for() -> None:
    told = call(*TOY, "--to", "fr", "--translator", "toy", "--output", "talk.srt", "--help").stdout
    headings = [line for line in told.splitlines() if line and not line.startswith(" ")]
    assert headings[1:] == [
        "Options:",
        "Engine toy:",
        "Engine toy, rarely needed:",
        "Voice activity detection energy:",
        "Translation toy:",
        "Translation toy, rarely needed:",
        "Format srt:",
        "Format srt, rarely needed:",
    ]
    for flag in ("--guard / --no-guard", "--commit [", "--vad-threshold X", "--translate-marks N"):
        assert flag in told


def test_the_help_tells_what_holds_live(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin_patient.py"
    plugin.write_text(
        "from speechlab import AsrOptions, EngineSpec, Kind, hookimpl\n"
        "class Patient:\n"
        "    def __init__(self, params, context): ...\n"
        "    def transcribe(self, audio, options): return []\n"
        "@hookimpl\n"
        "def register_engines(register):\n"
        "    card = {'options': AsrOptions, 'live': {'interval': 2.5}}\n"
        "    register(EngineSpec(id='patient', kind=Kind.ASR, load=Patient, **card))\n"
    )
    told = call("--plugin", plugin, "--engine", "patient", "--help").stdout
    assert "default 2.5]" in " ".join(told.split())


def test_the_help_imports_nothing_heavy() -> None:
    heavy = ("torch", "onnxruntime", "ctranslate2", "gradio", "fastapi", "av", "soundfile", "rich", "sounddevice")
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr))\n"
        "sys.argv = ['speechlab', 'live', '--help']\n"
        "from speechlab.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


# -- what does not work is told before anybody speaks ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "told", "args"),
    [
        (2, "there is no asr engine 'nonsense'", ("-", "--engine", "nonsense")),
        (2, "a pipeline names its own engines, so --engine does not fit", ("-", "--engine", "toy", "--pipeline", "x")),
        (2, "there is no pipeline 'nonsense'", ("-", "--pipeline", "nonsense")),
        (2, "--format says how to save, but nothing says where", ("-", *TOY, "--format", "srt")),
        (2, "there is no format 'nonsense'", ("-", *TOY, "--output", "a.nonsense")),
        (1, "cannot be written", ("-", *TOY, "--output", "no/such/folder/a.txt")),
        (1, "cannot be written", ("-", *TOY, "--keep-sound", "no/such/folder/a.wav")),
        (2, "sound of 1 samples a second cannot be heard", ("-", *TOY, "--sample-rate", "1")),
        (1, "no/such/talk.wav", ("no/such/talk.wav", *TOY)),
        (2, "--beam-size does not fit here", ("-", *TOY, "--beam-size", "3")),
        (3, "no engine for translation is installed", ("-", *TOY, "--to", "fr")),
    ],
)
def test_wrong_arguments(code: int, told: str, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if code == 3:
        builtins = Plugins(discover=False)
        monkeypatch.setattr("speechlab.lab.base.preferred", lambda plugins, kind: preferred(builtins, kind))
    assert told in fails(code, *args)


def test_a_file_through_the_pipe_is_told(wav: Path) -> None:
    done = call("-", *TOY, sound=wav.read_bytes())
    assert done.exit_code == 1
    assert "what comes through the pipe is a file, not bare samples" in done.stderr
    assert TRY in done.stderr
    assert "heard" not in done.stderr.replace("nobody was heard", "")


def test_nothing_is_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    with pytest.raises(ConfigError, match="nothing is piped in"):
        standard_input()


# -- what is saved -----------------------------------------------------------------------------------------------------


def test_what_was_said_is_saved_in_any_format_with_the_sound(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("talk.srt", "talk.log", "talk.wav")]
    args = ("--output", files[0], "--output", files[1], "--format", "tsv", "--keep-sound", files[2])
    done = call("-", *TOY, *args)
    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines()[-1] == f"0:05 heard → {', '.join(map(str, files))}"
    assert files[0].read_text() == files[1].read_text()
    assert files[0].read_text().startswith("start\tend\ttext")
    kept, rate = soundfile.read(files[2], dtype="int16")
    assert (kept.tobytes(), rate) == (pcm(TALK), 16_000)


def test_options_of_the_format_are_flags(tmp_path: Path) -> None:
    saved = tmp_path / "talk.srt"
    done = call("-", *TOY, "--output", saved, "--max-line-width", 10)
    assert done.exit_code == 0, done.stderr
    assert "\n1.4\nseconds\n" in saved.read_text()


def test_who_said_nothing_is_told_so(tmp_path: Path) -> None:
    done = call("-", *TOY, "--output", tmp_path / "a.txt", sound=silence(2.0))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-1] == "nobody was heard to speak"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_what_cannot_be_saved_there_is_kept_elsewhere(home: Path) -> None:
    done = call("-", *TOY, "--output", "/dev/full", "--format", "txt")
    assert done.exit_code == 1
    assert "the disk is full" in done.stderr
    [path] = (home / "live").glob("*.txt")
    assert f"kept for a week in {path}" in done.stderr
    assert path.read_text().splitlines() == SAID


def test_nothing_is_left_behind(home: Path) -> None:
    assert call("-", *TOY).exit_code == 0
    assert not (home / "live").exists() or not list((home / "live").iterdir())


BOOM = '''
from speechlab import AsrOptions, EngineSpec, Kind, Segment, hookimpl

class Boom:
    """Fails for good once it is asked for what is said after two seconds."""
    failed = 0
    def __init__(self, params, context): ...
    def transcribe(self, audio, options):
        if audio.start > 2 or (once := not Boom.failed):
            Boom.failed += 1
            raise RuntimeError("boom")
        yield Segment(audio.start, audio.end, text=f"{audio.duration:.1f} seconds")

@hookimpl
def register_engines(register):
    register(EngineSpec(id="boom", kind=Kind.ASR, load=Boom, options=AsrOptions))
'''


def test_an_engine_that_fails_is_told_and_the_text_so_far_is_kept(tmp_path: Path) -> None:
    plugin, saved = tmp_path / "plugin_boom.py", tmp_path / "talk.txt"
    plugin.write_text(BOOM)
    done = call("--plugin", plugin, "-", "--engine", "boom", *TOY[2:], "--output", saved)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["1.4 seconds"]
    assert saved.read_text().splitlines() == ["1.4 seconds"]
    told = done.stderr.splitlines()
    assert told.count("asr/boom failed and was started again; nothing said is lost") == 1
    assert told[-2] == "error: asr/boom failed: RuntimeError: boom"
    assert told[-1].startswith("hint:")
    assert "Traceback" not in done.stderr


# -- as a process: pipes, signals, terminals ---------------------------------------------------------------------------


@contextmanager
def running(*args: object, env: dict[str, str] | None = None, **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The command, fed and read by the test."""
    command = [*SPEECHLAB, "live", *map(str, args)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    with subprocess.Popen(command, env={**os.environ, **(env or {})}, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def sends(process: subprocess.Popen[bytes], sound: Audio) -> None:
    assert process.stdin is not None
    process.stdin.write(pcm(sound))
    process.stdin.flush()


def ends(process: subprocess.Popen[bytes]) -> tuple[int, list[str], str]:
    out, err = process.communicate(timeout=SOON)
    return process.returncode, out.decode().splitlines(), err.decode()


def test_each_line_comes_as_soon_as_it_is_settled() -> None:
    with running("-", *TOY) as process:
        assert process.stdout is not None
        sends(process, TALK.crop(0.0, 2.8))
        assert process.stdout.readline().decode() == f"{SAID[0]}\n"
        sends(process, TALK.crop(2.8, TALK.end))
        assert process.stdout.readline().decode() == f"{SAID[1]}\n"
        assert ends(process)[:2] == (0, [])


@POSIX
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_settles_and_saves(tmp_path: Path, home: Path, how: signal.Signals) -> None:
    saved, sound = tmp_path / "talk.txt", tmp_path / "talk.wav"
    with running("-", *TOY, "--output", saved, "--keep-sound", sound) as process:
        assert process.stdout is not None
        sends(process, TALK.crop(0.0, 3.8))  # in the middle of the second utterance
        assert process.stdout.readline().decode() == f"{SAID[0]}\n"
        all_of_it = len(pcm(TALK.crop(0.0, 3.8)))
        until(lambda: any(path.stat().st_size > all_of_it for path in (home / "live").glob("*.wav")))
        process.send_signal(how)
        code, lines, told = ends(process)
    assert (code, lines) == (0, ["1.2 seconds of sound"]), told
    assert saved.read_text().splitlines() == [SAID[0], "1.2 seconds of sound"]
    assert soundfile.info(sound).duration == pytest.approx(3.8)
    assert "settling what was said last; Ctrl-C again leaves at once" in told
    assert f"0:04 heard → {saved}, {sound}" in told


HANGS = '''
import os, threading
from speechlab import AsrOptions, EngineSpec, Kind, Segment, hookimpl

class Hangs:
    """Never comes back once it is asked for what is said after two seconds."""
    def __init__(self, params, context): ...
    def transcribe(self, audio, options):
        if audio.start > 2:
            open(os.environ["HANGING"], "w").close()
            threading.Event().wait()
        yield Segment(audio.start, audio.end, text=f"{audio.duration:.1f} seconds")

@hookimpl
def register_engines(register):
    register(EngineSpec(id="hangs", kind=Kind.ASR, load=Hangs, options=AsrOptions))
'''


@POSIX
def test_ctrl_c_twice_leaves_at_once_with_what_is_known(tmp_path: Path) -> None:
    plugin, saved, hanging = tmp_path / "plugin_hangs.py", tmp_path / "talk.txt", tmp_path / "hanging"
    plugin.write_text(HANGS)
    args = ("--plugin", plugin, "-", "--engine", "hangs", *TOY[2:], "--output", saved)
    with running(*args, env={"HANGING": str(hanging)}) as process:
        assert process.stderr is not None
        sends(process, TALK)
        until(hanging.exists)
        assert process.stdout is not None
        assert process.stdout.readline() == b"1.4 seconds\n"
        process.send_signal(signal.SIGINT)
        told = b""
        while b"Ctrl-C again" not in told:
            told += process.stderr.readline()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code, lines, _ = ends(process)
    assert (code, lines) == (130, [])
    assert time.monotonic() - began < PATIENCE
    assert saved.read_text().splitlines() == ["1.4 seconds"]


@POSIX
def test_a_reader_that_goes_away_is_no_error_and_the_file_is_saved(tmp_path: Path) -> None:
    saved = tmp_path / "talk.txt"
    with running("-", *TOY, "--output", saved) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it may have left before it heard all
            os.write(process.stdin.fileno(), pcm(TALK))
        told = process.stderr.read().decode()
        assert process.wait(SOON) != 0
    assert saved.read_text().splitlines()[:1] == SAID[:1]
    assert "Traceback" not in told
    assert "error" not in told


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class Terminal:
    """What a person sees; ``theirs`` is the command's end of it."""

    def __init__(self) -> None:
        import pty

        self._ours, self.theirs = pty.openpty()
        self.shown = ""

    def read(self, until: str = "") -> None:
        """On to where this is shown; without it, until nobody writes any more."""
        with suppress(OSError):  # how a terminal tells that nobody writes to it
            while not until or not re.search(until, self.shown):
                assert select.select([self._ours], [], [], SOON)[0], self.shown
                if not (some := os.read(self._ours, 4096)):
                    break
                self.shown += some.decode(errors="replace")
        assert re.search(until, self.shown), self.shown

    def close(self) -> None:
        os.close(self._ours)


OPEN = "\x1b\\[2m\\d\\.\\d seconds of sound\x1b\\[0m"
"""Text that may change, as it is shown."""


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


@POSIX
def test_on_a_terminal_what_may_change_is_dim_and_what_is_settled_scrolls(terminal: Terminal) -> None:
    shows = {"stdout": terminal.theirs, "stderr": terminal.theirs}
    with running("-", *LOOKING, env={"TERM": "xterm"}, **shows) as process:
        os.close(terminal.theirs)
        sends(process, TALK.crop(0.0, 1.5))
        terminal.read(until=OPEN)
        sends(process, TALK.crop(1.5, TALK.end))
        process.stdin.close()  # type: ignore[union-attr]
        terminal.read()
        assert process.wait(SOON) == 0
    shown = terminal.shown
    assert re.search(r"lag \d+\.\d s", shown)
    assert "▮" in shown
    assert len(re.findall(r"(?:\x1b\[2K|\n)\d\.\d seconds of sound(?=\r\n)", shown)) == 2
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines()[-1]
    assert last.endswith("0:05 heard")
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is there again


@POSIX
def test_where_only_errors_are_on_a_terminal_the_lines_go_where_they_should(terminal: Terminal) -> None:
    with running("-", *LOOKING, env={"TERM": "xterm"}, stderr=terminal.theirs) as process:
        os.close(terminal.theirs)
        sends(process, TALK.crop(0.0, 1.5))
        terminal.read(until=OPEN)
        sends(process, TALK.crop(1.5, TALK.end))
        process.stdin.close()  # type: ignore[union-attr]
        terminal.read()
        assert process.stdout is not None
        lines = process.stdout.read().decode().splitlines()
        assert process.wait(SOON) == 0
    assert len(lines) == 2
    assert lines[1] in terminal.shown


# -- the page ----------------------------------------------------------------------------------------------------------


def update(text: str, id: str, *, final: bool = True, target: str | None = None, **extra: Any) -> dict[str, Any]:
    """A message about what was said at the ``id``-th second."""
    segment = Segment(ord(id), ord(id) + 1.0, text=text, id=id, extra=extra)
    return codec.to_json(SegmentUpdate(segment=segment, final=final, target=target))


def texts(lines: list[Line]) -> list[list[str]]:
    return [line.written(times=False) for line in lines]


def test_a_line_is_told_once() -> None:
    page = Page()
    assert page.hear(update("hel", "a", final=False)) == []
    assert [one.segment.text for one in page.open] == ["hel"]
    assert texts(page.hear(update("hello", "a"))) == [["hello"]]
    assert page.open == []
    assert page.hear(update("Hello.", "a")) == []
    assert page.hear(update("hello?", "a", final=False)) == []
    assert page.open == []
    assert page.rest() == []


def test_what_nobody_said_is_not_shown() -> None:
    page = Page(["fr"])
    page.hear(update("thanks for watching", "a", final=False))
    assert page.hear(update("thanks for watching", "a", suspect="no speech")) == []
    assert page.hear(update(" ", "b")) == []
    assert (page.open, page.waiting, page.rest()) == ([], [], [])


def test_lines_wait_for_their_translations_in_order() -> None:
    page = Page(["fr", "de"])
    assert page.hear(update("one", "a")) == []
    assert page.hear(update("two", "b")) == []
    assert page.hear(update("deux", "b", target="fr")) == []
    assert page.hear(update("zwei", "b", target="de")) == []
    assert page.hear(update("un", "a", target="fr", final=False)) == []
    assert page.hear(update("un", "a", target="fr")) == []
    assert [one.segment.text for one in page.waiting] == ["one", "two"]
    assert texts(page.hear(update("eins", "a", target="de"))) == [
        ["one", "  fr: un", "  de: eins"],
        ["two", "  fr: deux", "  de: zwei"],
    ]


def test_lines_are_told_in_the_order_in_which_they_were_said() -> None:
    page = Page(["fr"])
    for message in (update("two", "b"), update("One.", "a"), update("deux", "b", target="fr")):
        assert page.hear(message) == []
    assert texts(page.hear(update("un", "a", target="fr"))) == [["One.", "  fr: un"], ["two", "  fr: deux"]]


def test_what_was_never_translated_is_told_at_the_end() -> None:
    page = Page(["fr"])
    page.hear(update("one", "a"))
    page.hear(update("two", "b"))
    page.hear(update("deux", "b", target="fr"))
    assert texts(page.rest()) == [["one"], ["two", "  fr: deux"]]


def test_a_line_that_may_be_worded_anew_waits_a_moment() -> None:
    now = 10.0
    page = Page(rewords=True, clock=lambda: now)
    assert page.hear(update("one", "a")) == []
    now += 0.6
    assert page.hear(update("One.", "a")) == []
    assert page.hear(update("two", "b")) == []
    now += 0.6
    assert page.ready() == []
    now += 0.5
    assert texts(page.ready()) == [["One."], ["two"]]


def test_a_line_is_one_line_whatever_is_in_it() -> None:
    line = Line(Segment(75.0, 76.0, text=" one\n two\t", speaker="Ann"), {"fr": "un\ndeux"})
    assert line.written(times=True) == ["[1:15] Ann: one two", "  fr: un deux"]


def test_how_it_goes() -> None:
    status = {"at": 0.0, "lag": 0.0, "speed": None, "level": -100.0, "language": None}
    assert standing(status, marks="#-") == "0:00 · lag 0.0 s · ---------- -100 dB · Ctrl-C ends"
    assert "##########" in standing({**status, "level": 0.0}, marks="#-")


# -- where the sound comes from ----------------------------------------------------------------------------------------


@given(st.binary(max_size=400), st.lists(st.integers(0, 9), max_size=60))
def test_samples_are_the_same_however_they_are_cut(data: bytes, sizes: list[int]) -> None:
    blocks, at = [], 0
    for size in sizes:
        blocks.append(data[at : at + size])
        at += size
    blocks.append(data[at:])
    heard = np.concatenate(list(decoded(blocks, Pcm())))
    assert np.array_equal(heard, np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / 32768)


class Trickle(io.RawIOBase):
    """A pipe that gives a byte or two at a time."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int = -1) -> bytes:
        some, self.data = self.data[:3], self.data[3:]
        return some


@pytest.mark.parametrize("start", [b"RIFF\0\0\0\0WAVE", b"OggS\0\0", b"fLaC\0\0", b"ID3\4\0\0"])
def test_a_file_is_known_by_its_beginning(start: bytes) -> None:
    with Pipe(16_000, Trickle(start)).open(print) as sound, pytest.raises(AudioError, match="is a file"):  # type: ignore[arg-type]
        list(sound)


def test_a_pipe_of_hardly_anything() -> None:
    with Pipe(16_000, io.BytesIO(b"\1\0\2")).open(print) as sound:
        assert np.concatenate(list(sound)).tolist() == [1 / 32768]


def test_a_recording_is_heard_in_real_time(wav: Path) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    with Replay(wav, clock=lambda: now, sleep=sleep).open(print) as sound:
        heard = 0
        for samples in sound:
            heard += len(samples)
            assert now == pytest.approx(100.0 + heard / 16_000)
            now += 0.01  # what it takes to hear it
    assert heard == TALK.frames


class Slow:
    """A session that is far behind until the test lets it go on."""

    def __init__(self) -> None:
        self.fed: list[int] = []
        self.ahead = 0.0
        self.finished = threading.Event()
        self.over = SimpleNamespace(done=lambda: False)

    def feed(self, samples: Any) -> None:
        self.fed.append(len(samples))
        self.ahead = MOST_AHEAD + 1

    def finish(self) -> None:
        self.finished.set()


@pytest.mark.parametrize("how", ["it catches up", "somebody stops it"])
def test_a_pipe_waits_while_the_session_is_behind(how: str) -> None:
    session: Any = Slow()
    hearing = Hearing(session, iter([np.zeros(10, np.float32)] * 3), waits=True)
    hearing.start()
    until(lambda: session.fed)
    time.sleep(0.15)
    assert len(session.fed) == 1
    if how == "it catches up":
        for count in (2, 3):
            session.ahead = 0.0
            until(lambda: len(session.fed) == count)  # noqa: B023
        session.ahead = 0.0
    else:
        hearing.stop()
    hearing.join(SOON)
    assert session.finished.is_set()
    assert len(session.fed) == (3 if how == "it catches up" else 1)
    assert hearing.failure is None


def test_a_microphone_cannot_wait() -> None:
    session: Any = Slow()
    hearing = Hearing(session, iter([np.zeros(10, np.float32)] * 3), waits=False)
    hearing.run()
    assert len(session.fed) == 3


def test_sound_that_breaks_off_ends_the_session() -> None:
    def broken() -> Iterator[Any]:
        yield np.zeros(10, np.float32)
        raise AudioError("it broke")

    session: Any = Slow()
    hearing = Hearing(session, broken(), waits=False)
    hearing.run()
    assert session.finished.is_set()
    assert isinstance(hearing.failure, AudioError)


# -- the microphone ----------------------------------------------------------------------------------------------------


class PortAudioError(Exception):
    pass


class PortAudio:
    """PortAudio with two devices, one of which gives sound when the test says so."""

    PortAudioError = PortAudioError

    def __init__(self, *, rate: int = 44_100, takes: tuple[int, ...] = (16_000,), inputs: int = 1) -> None:
        self.default = SimpleNamespace(device=[1, 0])
        self.devices = [
            {"index": 0, "name": "Speaker", "max_input_channels": 0, "default_samplerate": 48_000.0},
            {"index": 1, "name": "Microphone", "max_input_channels": inputs, "default_samplerate": float(rate)},
        ]
        self.takes = takes
        self.asked: dict[str, Any] = {}
        self.closed = False

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        if kind is None:
            return self.devices
        if device == "gone":
            raise PortAudioError("Error querying device", -9996)
        if device not in (None, 1, "Micro"):
            raise ValueError(f"No input device matching {device!r}")
        return self.devices[1]

    def check_input_settings(self, device: Any, **settings: Any) -> None:
        if settings["samplerate"] not in self.takes:
            raise PortAudioError("Invalid sample rate")

    def RawInputStream(self, **asked: Any) -> Any:
        self.asked = asked
        return SimpleNamespace(start=lambda: None, close=self.close)

    def close(self) -> None:
        self.closed = True
        self.asked["finished_callback"]()

    def gives(self, data: bytes, *, overflow: bool = False) -> None:
        buffer = bytearray(data)
        self.asked["callback"](memoryview(buffer), len(data) // 2, None, SimpleNamespace(input_overflow=overflow))
        buffer[:] = bytes(len(data))  # it is used again


def test_the_microphone_is_heard_until_somebody_stops() -> None:
    portaudio = PortAudio()
    notes: list[str] = []
    with Microphone(None, portaudio).open(notes.append) as sound:
        portaudio.gives(b"\1\0\2\0")
        portaudio.gives(b"\3\0", overflow=True)
        portaudio.gives(b"\4\0", overflow=True)
        heard = [next(sound) for _ in range(3)]
    assert (np.concatenate(heard) * 32768).tolist() == [1, 2, 3, 4]
    assert [len(samples) for samples in sound] == [0]
    assert portaudio.closed
    assert portaudio.asked["samplerate"] == 16_000
    assert len(notes) == 1
    assert "some of it is lost" in notes[0]


def test_a_microphone_with_a_rate_of_its_own_is_resampled() -> None:
    portaudio = PortAudio(rate=48_000, takes=(48_000,))
    with Microphone("Micro", portaudio).open(print) as sound:
        portaudio.gives(pcm(tone(1.0, sample_rate=48_000)))
        first = next(sound)
    rest = list(sound)
    assert portaudio.asked["samplerate"] == 48_000
    assert len(np.concatenate([first, *rest])) == 16_000


def test_a_microphone_that_is_pulled_out_is_told() -> None:
    portaudio = PortAudio()
    with Microphone("1", portaudio).open(print) as sound:
        portaudio.gives(b"\1\0")
        portaudio.asked["finished_callback"]()
        assert len(next(sound)) == 1
        with pytest.raises(AudioError, match="Microphone gives no sound any more"):
            list(sound)


@pytest.mark.parametrize(
    ("device", "error", "told"),
    [
        ("nonsense", ConfigError, "No input device matching 'nonsense'"),
        ("0", ConfigError, "No input device matching 0"),
        ("gone", AudioError, "Error querying device"),
    ],
)
def test_a_microphone_that_is_not_there(device: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as raised:
        Microphone(device, PortAudio())
    assert "--list-devices" in raised.value.hint  # type: ignore[attr-defined]


def test_no_microphone_at_all() -> None:
    with pytest.raises(AudioError, match="there is no microphone"):
        Microphone(None, PortAudio(inputs=0))


def test_microphones_are_listed() -> None:
    assert listed(PortAudio()) == [("1*", "Microphone", "1", "44100 Hz")]


@pytest.mark.parametrize("args", [(), ("--list-devices",)])
def test_without_sounddevice(args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    told = fails(3, *TOY, *args)
    assert told.startswith("error: the microphone needs the package sounddevice\nhint:  pip install sounddevice")
    assert "speechlab live -" in told


def test_without_portaudio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    told = fails(3, *TOY)
    assert "the microphone needs PortAudio: PortAudio library not found" in told
    assert "apt install libportaudio2" in told


def test_from_the_microphone_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    portaudio: Any = PortAudio()
    module = ModuleType("sounddevice")
    vars(module).update({name: getattr(portaudio, name) for name in dir(portaudio) if not name.startswith("__")})
    monkeypatch.setitem(sys.modules, "sounddevice", module)

    def speaking() -> None:
        until(lambda: portaudio.asked)
        data = pcm(TALK)
        for first in range(0, len(data), BLOCK):
            portaudio.gives(data[first : first + BLOCK])
        portaudio.asked["finished_callback"]()  # pulled out

    speaker = threading.Thread(target=speaking)
    speaker.start()
    done = call(*TOY)
    speaker.join(SOON)
    assert (done.exit_code, done.stdout.splitlines()) == (1, SAID), done.stderr
    assert "error: Microphone gives no sound any more" in done.stderr
    assert portaudio.closed
