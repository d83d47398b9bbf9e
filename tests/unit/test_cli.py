"""The command line on recordings, driven as a person types it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, Command, Lab, media
from speechlab.cli.app import speechlab
from speechlab.cli.commands import COMMANDS
from speechlab.contributions import loaded
from speechlab.testing import silence, tone

TOY = ("--engine", "toy", "--vad", "energy")


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """One-file plugins are modules; each test forgets its own."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("plugin_"):
            del sys.modules[name]


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    media.write(Audio.join([silence(0.6), tone(1.0), silence(0.6)]), path)
    return path


@pytest.fixture
def video(tmp_path: Path, wav: Path) -> Path:
    """Another recording of the same stem."""
    path = tmp_path / "a.flac"
    media.write(tone(2.0), path)
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def fails(code: int, *args: object) -> str:
    """What is said on standard error by a call that fails in the proper way."""
    done = call(*args)
    assert done.exit_code == code, done.output
    assert done.stderr.startswith("error: ") or "\nerror: " in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""
    return done.stderr


def write_plugin(folder: Path, name: str, text: str) -> Path:
    path = folder / f"plugin_{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


GUESSER = '''
from typing import Annotated, Literal
import click
from pydantic import Field
from speechlab import AsrOptions, Command, EngineSpec, Kind, Lab, Params, Segment, hookimpl

class GuesserParams(Params):
    model: Literal["small", "large"] = "small"
    """Which model."""
    format: str = "plain"
    """A name that the command has a flag for already."""

class GuesserOptions(AsrOptions):
    guesses: Annotated[int, Field(ge=1, le=20)] = 5
    """How many guesses are followed."""
    bits: Literal[8, 16] = 16
    """A choice that is no text."""
    shout: bool = False
    """Write in capitals."""
    terms: tuple[str, ...] = ()
    """Words to expect."""
    patience: Annotated[float, Field(ge=0, json_schema_extra={"advanced": True})] | None = None
    """Rarely needed."""

class Guesser:
    def __init__(self, params, context):
        self.params = params
    def transcribe(self, audio, options):
        yield Segment(audio.start, audio.end, text=f"{self.params!r} {options!r}")

class Liar(Guesser):
    def transcribe(self, audio, options):
        middle = (audio.start + audio.end) / 2
        yield Segment(audio.start, middle, text="somebody said this")
        yield Segment(middle, audio.end, text=" ".join(["and so on"] * 20))

@click.command()
@click.pass_obj
def hello(lab):
    """Says hello."""
    assert isinstance(lab, Lab)
    click.echo("hello")

@hookimpl
def register_engines(register):
    register(EngineSpec(id="guesser", kind=Kind.ASR, load=Guesser, params=GuesserParams, options=GuesserOptions))
    register(EngineSpec(id="liar", kind=Kind.ASR, load=Liar, options=AsrOptions))
    register(EngineSpec(id="cloud", kind=Kind.ASR, load=Guesser, options=AsrOptions, local=False))
    register(EngineSpec(id="lacking", kind=Kind.ASR, load=Guesser, options=AsrOptions, requires=("no_such_module",),
                        install="no-such-package"))

@hookimpl
def register_commands(register):
    register(Command(id="hello", load=hello, summary="Says hello."))
    register(Command(id="broken", load="no_such_module:command", summary="Cannot be loaded."))
    register(Command(id="wrong", load="json:dumps", summary="Is no command."))
'''


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return write_plugin(tmp_path, "guesser", GUESSER)


# -- results ---------------------------------------------------------------------------------------------------------


def test_one_result_is_printed_and_nothing_else_is(wav: Path) -> None:
    done = call("transcribe", wav, *TOY)
    assert (done.exit_code, done.stdout) == (0, "1.4 seconds of sound\n")
    assert done.stderr.startswith("a.wav: 0:02 in ")


@pytest.mark.parametrize("format", ["vtt", "json"])
def test_the_format_is_chosen(wav: Path, format: str) -> None:
    out = call("transcribe", wav, *TOY, "--format", format).stdout
    assert out.startswith("WEBVTT") if format == "vtt" else json.loads(out)["text"] == "1.4 seconds of sound"


def test_out_gets_a_file_for_each_format(wav: Path, tmp_path: Path) -> None:
    done = call("transcribe", wav, *TOY, "--format", "json", "--format", "vtt", "--out", tmp_path / "d")
    assert (done.exit_code, done.stdout) == (0, "")
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["a.json", "a.vtt"]
    assert f"→ {tmp_path / 'd/a.json'}, {tmp_path / 'd/a.vtt'}" in done.stderr


def test_recordings_of_one_stem_do_not_overwrite_each_other(wav: Path, video: Path, tmp_path: Path) -> None:
    done = call("transcribe", wav, video, *TOY, "--out", tmp_path / "d")
    assert {path.name: path.read_text() for path in (tmp_path / "d").iterdir()} == {
        "a.wav.txt": "1.4 seconds of sound\n",
        "a.flac.txt": "2.0 seconds of sound\n",
    }
    assert f"{wav}: the results are called a.wav, since another recording has the same name" in done.stderr


def test_several_results_are_not_printed(wav: Path, video: Path) -> None:
    for args in ((wav, video), (wav, "--format", "txt", "--format", "json")):
        assert "--out DIR" in fails(2, "transcribe", *args, *TOY)


def test_a_folder_of_recordings(wav: Path, tmp_path: Path) -> None:
    (tmp_path / "rec/sub").mkdir(parents=True)
    wav.rename(tmp_path / "rec/sub/a.wav")
    assert call("transcribe", tmp_path / "rec", *TOY).stdout == "1.4 seconds of sound\n"
    call("transcribe", tmp_path / "rec", *TOY, "--out", tmp_path / "d")
    assert (tmp_path / "d/sub/a.txt").exists()


def test_a_folder_without_recordings(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    assert "there are no recordings in" in fails(2, "transcribe", tmp_path / "bare", *TOY)


def test_a_missing_file() -> None:
    assert "there is no file gone.wav" in fails(1, "transcribe", "gone.wav", *TOY)


def test_a_broken_file_among_others_is_told_at_the_end(wav: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_text("not a sound")
    done = call("transcribe", broken, wav, "gone.wav", *TOY, "--out", tmp_path / "d")
    assert done.exit_code == 1
    assert (tmp_path / "d/a.txt").exists()
    account, *reasons = done.stderr[done.stderr.index("3 recordings") :].splitlines()
    assert account == "3 recordings: 1 done, 2 failed"
    assert reasons[0].startswith(f"error: {broken} is not a recording")
    assert reasons[1].startswith("hint: ")
    assert reasons[2].startswith("error: there is no file gone.wav")


def test_resume_does_only_what_is_left(wav: Path, video: Path, tmp_path: Path) -> None:
    args = ("transcribe", wav, video, *TOY, "--out", tmp_path / "d")
    call(*args)
    (tmp_path / "d/a.flac.txt").unlink()
    done = call(*args, "--resume")
    assert done.exit_code == 0
    assert "a.wav: done before" in done.stderr
    assert "2 recordings: 1 done, 1 done before" in done.stderr
    assert (tmp_path / "d/a.flac.txt").exists()


def test_suspected_segments_are_told(wav: Path, plugin: Path, tmp_path: Path) -> None:
    args = ("--plugin", plugin, "transcribe", wav, "--engine", "liar", "--vad", "energy")
    note = (
        "1 segment that nobody seems to have said is left out (--keep-suspect writes them, and so does the json format)"
    )
    done = call(*args)
    assert done.stdout == "somebody said this\n"
    assert note in done.stderr
    assert note not in call(*args, "--keep-suspect").stderr
    assert note not in call(*args, "--format", "json").stderr
    assert "left out" not in call(*args, "--no-guard").stderr


def test_silence_is_told(tmp_path: Path) -> None:
    media.write(silence(2.0), tmp_path / "a.wav")
    done = call("transcribe", tmp_path / "a.wav", *TOY)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "a.wav: nobody was heard to speak" in done.stderr


def test_each_channel(tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "call.wav"
    media.write(Audio(np.stack([tone(2.0).mono, tone(2.0).mono]), 16_000), path)
    assert "Channel 2" in call("transcribe", path, *TOY, "--channel", "each").stdout
    assert "Channel" not in call("transcribe", path, *TOY, "--channel", "1").stdout
    assert "there is no channel 2" in fails(1, "transcribe", path, *TOY, "--channel", "2")
    assert "neither 'each' nor the number" in fails(2, "transcribe", path, *TOY, "--channel", "left")


def test_a_pipeline_runs(wav: Path, tmp_path: Path) -> None:
    assert call("run", "toy-captions", wav, "--track", "fr").stdout == "[fr] 1.4 seconds of sound\n"
    file = tmp_path / "mine.toml"
    file.write_text('[[stage]]\nuse = "vad/energy"\n[[stage]]\nuse = "asr/toy"\n')
    assert call("run", file, wav).stdout == "1.4 seconds of sound\n"


def test_an_unfit_pipeline_does_not(wav: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[stage]]\nuse = "asr/toy"\nbeem = 3\n')
    assert "has no parameter 'beem'" in fails(2, "run", file, wav)
    assert "did you mean 'toy-captions'?" in fails(2, "run", "toy-caption", wav)
    assert "cannot be read" in fails(2, "run", "gone.toml", wav)


def test_verbose_tells_the_times_of_the_stages(wav: Path) -> None:
    told = call("--verbose", "transcribe", wav, *TOY).stderr
    assert "  asr/toy: " in told
    assert "  all: " in told


# -- flags -----------------------------------------------------------------------------------------------------------


def test_every_parameter_of_the_engine_is_a_flag(wav: Path, plugin: Path) -> None:
    flags = (
        "--model large --asr-format rich --guesses 9 --bits 8 --shout --terms a --terms b --patience 1.5 --language fr"
    )
    done = call("--plugin", plugin, "transcribe", wav, "--engine", "guesser", "--vad", "energy", *flags.split())
    assert done.stdout.strip() == (
        "GuesserParams(model='large', format='rich') "
        "GuesserOptions(language='fr', guesses=9, bits=8, shout=True, terms=('a', 'b'), patience=1.5)"
    )


def test_what_is_not_given_stays_the_engines_own(wav: Path, plugin: Path) -> None:
    done = call("--plugin", plugin, "transcribe", wav, "--engine", "asr/guesser", "--vad", "vad/energy", "--no-shout")
    assert "guesses=5, bits=16, shout=False, terms=(), patience=None" in done.stdout


def test_the_help_shows_the_flags_of_what_is_chosen(plugin: Path) -> None:
    told = call(
        "--plugin", plugin, "transcribe", "--engine", "guesser", "--vad", "energy", "--format", "vtt", "--help"
    ).stdout
    headings = [
        "Options:",
        "Engine guesser:",
        "Engine guesser, rarely needed:",
        "Speech detection energy:",
        "Format vtt:",
    ]
    assert [line for line in told.splitlines() if line in headings] == headings
    words = " ".join(told.split())
    assert "--guesses N How many guesses are followed. [1 to 20; default 5]" in words
    assert "--shout / --no-shout Write in capitals. [default off]" in words
    assert "--model [small|large] Which model. [default small]" in words
    assert "--asr-format TEXT" in words
    assert "--vad-threshold X" in words
    assert "--max-line-width N" in words
    assert words.count("--language") == 1


def test_a_parameter_out_of_bounds(wav: Path, plugin: Path) -> None:
    told = fails(2, "--plugin", plugin, "transcribe", wav, "--engine", "guesser", "--guesses", "99")
    assert "'--guesses': 99 is not in the range 1<=x<=20" in told


def test_the_options_of_the_formats_are_flags(wav: Path, tmp_path: Path) -> None:
    call(
        "transcribe", wav, *TOY, "--format", "vtt", "--format", "srt", "--max-line-width", "9", "--out", tmp_path / "d"
    )
    for name in ("a.vtt", "a.srt"):
        lines = (tmp_path / "d" / name).read_text().splitlines()
        assert max(len(line) for line in lines if line and "-->" not in line) <= 9


def test_the_options_of_the_detector_are_flags(wav: Path) -> None:
    assert call("transcribe", wav, *TOY, "--vad-threshold", "1").stdout == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--engine", "toyy"), "did you mean 'toy'?"),
        (("--format", "vt"), "did you mean 'vtt'?"),
        (("--vad", "enrgy"), "did you mean 'energy'?"),
        (("--fromat", "vtt"), "--format"),
        (("--max-line-width", "9"), "--max-line-width does not fit here: it belongs to --format srt or vtt"),
        (("--guesses", "9", "--format", "json"), "--guesses does not fit here: it belongs to --engine guesser"),
        (("--nonsense",), "No such option"),
        (("--engine",), "requires an argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_misspelt_gets_the_nearest(wav: Path, plugin: Path, args: tuple[str, ...], said: str) -> None:
    assert said in fails(2, "--plugin", plugin, "transcribe", wav, *TOY, *args)


def test_a_misspelt_command_gets_the_nearest() -> None:
    assert "did you mean 'transcribe'?" in fails(2, "transcribee", "a.wav")


def test_nothing_to_transcribe() -> None:
    assert "Missing argument" in fails(2, "transcribe", *TOY)


# -- engines that cannot be had --------------------------------------------------------------------------------------


def test_an_engine_that_lacks_a_package(wav: Path, plugin: Path) -> None:
    told = fails(3, "--plugin", plugin, "transcribe", wav, "--engine", "lacking")
    assert "asr/lacking needs no_such_module" in told
    assert "pip install no-such-package" in told


def test_an_engine_in_the_cloud_is_refused_where_only_local_ones_may_work(wav: Path, plugin: Path) -> None:
    assert "local only" in fails(2, "--plugin", plugin, "--local-only", "transcribe", wav, "--engine", "cloud")
    assert call("--plugin", plugin, "transcribe", wav, "--engine", "cloud").exit_code == 0


def test_no_engine_at_all(wav: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "__init__", _alone(Lab.__init__))
    assert "pip install speechlab-whisper" in fails(3, "transcribe", wav)
    assert call("transcribe", "--help").exit_code == 0


def _alone(init: object) -> object:
    """A lab that finds no installed plugin."""
    return lambda self, *plugins, **how: init(self, *plugins, discover=False, **how)  # type: ignore[operator]


# -- plugins ---------------------------------------------------------------------------------------------------------


def test_global_options_may_stand_anywhere(wav: Path, plugin: Path, tmp_path: Path) -> None:
    done = call(
        "transcribe", wav, "--engine", "guesser", "--plugin", plugin, f"--home={tmp_path / 'other'}", "--local-only"
    )
    assert done.exit_code == 0
    assert "there is no asr engine 'guesser'" in fails(2, "transcribe", wav, "--engine", "guesser")


def test_a_plugin_brings_commands(plugin: Path) -> None:
    assert call("--plugin", plugin, "hello").stdout == "hello\n"
    assert "Says hello." in call("--plugin", plugin, "--help").stdout
    assert "there is no command 'hello'" in fails(2, "hello")


def test_a_command_that_cannot_be_loaded_takes_no_other_down(plugin: Path) -> None:
    assert "ModuleNotFoundError" in fails(2, "--plugin", plugin, "broken")
    assert "'wrong' is a function, not a click.Command" in fails(2, "--plugin", plugin, "wrong")
    assert call("--plugin", plugin, "--help").exit_code == 0


def test_a_broken_plugin_is_told_and_takes_nothing_down(wav: Path, tmp_path: Path) -> None:
    broken = write_plugin(tmp_path, "broken", "raise RuntimeError('no luck today')")
    done = call("--plugin", broken, "transcribe", wav, *TOY)
    assert (done.exit_code, done.stdout) == (0, "1.4 seconds of sound\n")
    assert "warning: plugin 'plugin_broken' was left out: RuntimeError: no luck today" in done.stderr
    told = fails(2, "--plugin", broken, "transcribe", wav, "--engine", "mine")
    assert "a plugin was left out, and `speechlab plugins` tells why" in told


def test_a_plugin_that_is_not_there() -> None:
    assert "does not exist" in fails(2, "--plugin", "gone.py", "engines")


# -- errors ----------------------------------------------------------------------------------------------------------

BUG = """
import click
from speechlab import Command, hookimpl

@click.command()
def bug():
    raise ZeroDivisionError("by zero")

@click.command()
def stop():
    raise KeyboardInterrupt

@click.command()
def full():
    raise OSError(28, "No space left on device")

@hookimpl
def register_commands(register):
    for command in (bug, stop, full):
        register(Command(id=command.name, load=command))
"""


def test_a_bug_is_one_sentence(tmp_path: Path) -> None:
    plugin = write_plugin(tmp_path, "bug", BUG)
    told = fails(1, "--plugin", plugin, "bug")
    assert "ZeroDivisionError: by zero" in told
    assert "this is a bug; --verbose shows where" in told
    assert "Traceback" in call("--plugin", plugin, "--verbose", "bug").stderr


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    assert "No space left on device" in fails(1, "--plugin", write_plugin(tmp_path, "bug", BUG), "full")


def test_stopping_is_no_error(tmp_path: Path) -> None:
    done = call("--plugin", write_plugin(tmp_path, "bug", BUG), "stop")
    assert (done.exit_code, done.stderr.strip()) == (130, "stopped")


def test_stopping_a_batch_says_how_to_go_on(
    wav: Path, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from speechlab.builtin import toys

    counted = toys.counted

    def interrupted(audio: Audio, language: str) -> object:
        if audio.duration > 1.9:
            raise KeyboardInterrupt
        return counted(audio, language)

    args = ("transcribe", wav, video, *TOY, "--out", tmp_path / "d")
    with monkeypatch.context() as patch:
        patch.setattr(toys, "counted", interrupted)
        done = call(*args)
    assert done.exit_code == 130
    assert "2 recordings: 1 done" in done.stderr
    assert "stopped; the same call with --resume goes on from here" in done.stderr
    assert call(*args, "--resume").exit_code == 0
    assert len(list((tmp_path / "d").iterdir())) == 2


# -- the whole -------------------------------------------------------------------------------------------------------


def test_no_arguments_are_a_call_for_help() -> None:
    assert call().stdout == call("--help").stdout
    assert call("pipelines").stdout == call("pipelines", "--help").stdout


def test_the_version() -> None:
    assert call("--version").stdout.startswith("speechlab 0.")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_each_command_loads_and_has_help(command: Command) -> None:
    made = loaded(command.load)
    assert isinstance(made, click.Command)
    done = call(command.id, "--help")
    assert done.exit_code == 0
    assert f"speechlab {command.id}" in done.stdout
