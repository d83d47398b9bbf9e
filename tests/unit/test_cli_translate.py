"""``speechlab translate``: texts, lines of standard input, subtitle files and recordings; and what goes wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, media
from speechlab.cli.app import speechlab
from speechlab.cli.lines import MOST, batches

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = '''
from typing import Annotated
from pydantic import Field
from speechlab import AsrOptions, EngineSpec, Kind, Params, Segment, Ways, hookimpl

class Options(Params):
    shout: bool = False
    """Write capitals."""

class Marker:
    """Marks each text with its target."""
    def __init__(self, params, context): ...
    def translate(self, texts, source, target, options):
        if any("explode" in text for text in texts):
            raise RuntimeError("out\\nof memory")
        return [f"[{target}] {text.upper() if options.shout else text}" for text in texts]

class Listener:
    def __init__(self, params, context): ...
    def transcribe(self, audio, options):
        yield Segment(audio.start, audio.end, text="Good morning.", language=options.language or "en")

class Direct:
    def __init__(self, params, context): ...
    def translate_speech(self, audio, target, options):
        yield Segment(audio.start, audio.end, text=f"heard in {target}")

def among(params, context):
    return (Ways(("en", "de"), ("en", "pt", "fr")),)

@hookimpl
def register_engines(register):
    register(EngineSpec(id="marker", kind=Kind.TRANSLATE, load=Marker, options=Options, ways=among))
    register(EngineSpec(id="listener", kind=Kind.ASR, load=Listener, options=AsrOptions))
    register(EngineSpec(id="direct", kind=Kind.SPEECH_TRANSLATE, load=Direct, options=AsrOptions))
'''
SRT = """1
00:00:01,000 --> 00:00:03,500
<i>I went to the</i>

2
00:00:03,600 --> 00:00:05,250
market yesterday.
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "plugin_marker.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.fixture
def films(tmp_path: Path) -> Path:
    path = tmp_path / "films" / "film.en.srt"
    path.parent.mkdir()
    path.write_text(SRT, encoding="utf-8")
    return path


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    media.write(Audio(0.4 * np.sin(np.arange(2 * 16_000) / 20), 16_000), path)
    return path


def call(plugin: Path, *args: object, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(speechlab, ["--plugin", str(plugin), "translate", *map(str, args)], input=input)


def test_a_text(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "pt", "Good morning.\nAda!")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "[pt] Good morning.\n[pt] Ada!\n", "")


def test_several_languages_are_columns(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "pt", "--to", "fra", "Good morning.", "Bye.")
    assert done.stdout == "[pt] Good morning.\t[fr] Good morning.\n[pt] Bye.\t[fr] Bye.\n"


def test_a_line_out_for_each_line_in(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "pt", input="One.\n\n  \r\nTwo. Three.\nlast")
    assert done.stdout == "[pt] One.\n\n\n[pt] Two. [pt] Three.\n[pt] last\n"
    assert call(plugin, "--from", "en", "--to", "pt", "-", input="One.\n").stdout == "[pt] One.\n"


def test_lines_are_translated_as_they_come(plugin: Path) -> None:
    """A reader at the other end of the pipe gets each line before the next is written."""
    command = [sys.executable, "-m", "speechlab", "--plugin", str(plugin), "translate", "--from", "en", "--to", "pt"]
    with subprocess.Popen(
        [*command, "--engine", "marker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in ("One.", "Two."):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"[pt] {line}\n"
        process.stdin.close()
        assert process.wait(60) == 0


def test_what_is_there_is_handed_over_together_but_not_too_much() -> None:
    lines = [f"line {number}" for number in range(1000)]
    made = list(batches(io.BytesIO("\n".join(lines).encode())))
    assert [line for batch in made for line in batch] == lines
    assert all(sum(map(len, batch)) <= MOST for batch in made)
    assert len(made) < 10
    assert list(batches(io.BytesIO(b"x" * 3 * MOST + b"\ny"))) == [["x" * 3 * MOST], ["y"]]


def test_knobs_glossary_and_route(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "pt", "--engine", "translate/marker", "--shout", "hello")
    assert done.stdout == "[pt] HELLO\n"
    done = call(plugin, "--from", "en", "--to", "pt", "--shout", "hello")
    assert (done.exit_code, "it belongs to --engine marker" in done.stderr) == (2, True)
    kept = call(
        plugin, "--from", "en", "--to", "pt", "--engine", "marker", "--shout", "--glossary", "Ada=", "hello Ada Byron"
    )
    assert "Ada" in kept.stdout
    assert "BYRON" in kept.stdout
    way = call(plugin, "--from", "en", "--to", "pt", "--show-route", "hello")
    assert way.stderr == "en → pt by translate/marker\n"


def test_what_is_in_the_language_already_is_left_alone(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "en-GB", "--show-route", "hello")
    assert (done.stdout, done.stderr) == ("hello\n", "left alone, since it is in en-GB\n")


def test_subtitles_are_printed(plugin: Path, films: Path) -> None:
    done = call(plugin, "--to", "pt", films)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == SRT.replace("I went to the", "[pt] I went to").replace("market", "the market")


def test_subtitles_keep_their_times_and_format(plugin: Path, films: Path, tmp_path: Path) -> None:
    done = call(plugin, "--to", "pt", "--to", "fr", "--second", "source", "--out", tmp_path / "out", films)
    assert done.exit_code == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["film.fr.srt", "film.pt.srt"]
    told = (tmp_path / "out" / "film.pt.srt").read_text(encoding="utf-8")
    assert [line for line in told.splitlines() if "-->" in line or line in "12"] == [
        line for line in SRT.splitlines() if "-->" in line or line in "12"
    ]
    assert "the market yesterday.\nmarket yesterday.\n" in told


def test_subtitles_in_other_formats(plugin: Path, films: Path, tmp_path: Path) -> None:
    how = ("--to", "pt", "--to", "fr", "--format", "vtt", "--format", "json", "--out", tmp_path / "out")
    assert call(plugin, *how, "--second", "source", films).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["film.fr.vtt", "film.json", "film.pt.vtt"]
    told = json.loads((tmp_path / "out" / "film.json").read_text(encoding="utf-8"))
    assert set(told["translations"]) == {"pt", "fr"}
    assert [one["start"] for one in told["translations"]["fr"]["segments"]] == [1.0, 3.6]
    assert "I went to the" in (tmp_path / "out" / "film.fr.vtt").read_text(encoding="utf-8")


def test_names_of_results_stay_apart(plugin: Path, films: Path, tmp_path: Path) -> None:
    other = films.with_name("film.de.srt")
    other.write_text(SRT, encoding="utf-8")
    assert call(plugin, "--to", "pt", "--out", tmp_path / "out", films, other).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["film.de.pt.srt", "film.en.pt.srt"]
    done = call(plugin, "--to", "en", "--from", "de", "--out", films.parent, films)
    assert (done.exit_code, "would be overwritten" in done.stderr) == (2, True)


def test_recordings(plugin: Path, talk: Path, tmp_path: Path) -> None:
    done = call(plugin, "--to", "pt", "--recognizer", "listener", "--no-asr-guard", "--show-route", talk)
    assert (done.exit_code, done.stdout) == (0, "[pt] Good morning.\n")
    assert "talk.wav: en → pt by translate/marker" in done.stderr
    how = ("--recognizer", "listener", "--no-asr-guard", "--to", "pt", "--to", "fr", "--out", tmp_path / "out")
    assert call(plugin, *how, "--format", "srt", "--format", "docx", talk).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["talk.docx", "talk.fr.srt", "talk.pt.srt"]
    assert "done before" in call(plugin, *how, "--format", "srt", "--format", "docx", "--resume", talk).stderr


def test_speech_translated_in_one_step(plugin: Path, talk: Path) -> None:
    done = call(plugin, "--to", "fr", "--engine", "speech-translate/direct", "--no-guard", talk)
    assert (done.exit_code, done.stdout) == (0, "heard in fr\n")
    for more in (["--to", "pt"], ["--recognizer", "listener"], ["--glossary", "a=b"]):
        done = call(plugin, "--to", "fr", "--engine", "speech-translate/direct", *more, talk)
        assert (done.exit_code, "in one step, into one language" in done.stderr) == (2, True)
    done = call(plugin, "--to", "fr", "--engine", "speech-translate/direct", "hello")
    assert (done.exit_code, "reads no text" in done.stderr) == (2, True)


def test_what_an_engine_says_as_it_dies_is_one_line(plugin: Path) -> None:
    [error, hint] = call(plugin, "--from", "en", "--to", "pt", "explode").stderr.splitlines()
    assert (error.startswith("error: "), "out of memory" in error, hint.startswith("hint: ")) == (True, True, True)


def test_an_engine_that_dies_keeps_what_was_done(plugin: Path, films: Path, tmp_path: Path) -> None:
    long = "word " * (MOST // 5)
    done = call(plugin, "--from", "en", "--to", "pt", input=f"{long}\nexplode\n")
    assert done.exit_code == 1
    assert done.stdout.replace("[pt] ", "") == f"{long.strip()}\n"
    assert "out of memory" in done.stderr
    assert "Traceback" not in done.stderr
    lines = [
        f"{name} is a line of some length, so that a few fill a batch." for name in ("One", "Two", "explode", "no")
    ]
    for more in ([], ["--to", "fr"]):  # which is done only after all of the first
        done = call(plugin, "--from", "en", "--to", "pt", *more, "--batch", "100", input="\n".join(lines))
        assert (done.exit_code, "out of memory" in done.stderr) == (1, True)
        assert done.stdout == ("" if more else f"[pt] {lines[0]}\n[pt] {lines[1]}\n")
    films.with_name("other.srt").write_text(SRT.replace("market", "explode"), encoding="utf-8")
    both = (films.with_name("other.srt"), films)
    done = call(plugin, "--from", "en", "--to", "pt", "--out", tmp_path / "out", *both)
    assert done.exit_code == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["film.pt.srt"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["hello"], "Missing option '--to'"),
        (["--to", "klingon", "hello"], "'klingon' is no language code"),
        (["--to", "ja", "--from", "en", "hello"], "nothing that is installed translates from en into ja"),
        (["--to", "ja", "hello"], "nothing that is installed translates into ja"),
        (["--to", "ja", "--from", "en", "--engine", "marker", "hello"], "translate/marker does not translate from en"),
        (["--to", "pt", "--engine", "nope", "hello"], "no translate engine 'nope'"),
        (["--to", "pt", "gone.srt"], "there is no file gone.srt"),
        (["--to", "pt", "NOTES"], "is neither a recording nor subtitles"),
        (["--to", "pt", "gone.mp3"], "there is no file gone.mp3"),
        (["--to", "pt", "FILM", "hello"], "is a file and 'hello' is none"),
        (["--to", "pt", "FILM", "TALK"], "are subtitles and"),
        (["--to", "pt", "--to", "fr", "FILM"], "1 file in 2 languages are too much to print"),
        (["--to", "pt", "--to", "fr", "--recognizer", "listener", "TALK"], "1 recording in 1 format and 2 languages"),
        (["--to", "pt", "--second", "fr", "FILM"], "cannot stand beneath a translation in the file's own format"),
        (["--to", "pt", "--encoding", "ascii99", "FILM"], "there is no encoding 'ascii99'"),
        (["--to", "pt", "--glossary", "gone.csv", "hello"], "the glossary gone.csv cannot be read"),
        (["--to", "pt", "--from", "en", "--out", ".", "hello"], "a text is printed"),
        (["--to", "pt", "--glossary", "=x", "hello"], "empty term"),
    ],
)
def test_wrong_use_is_one_sentence(plugin: Path, films: Path, talk: Path, args: list[str], message: str) -> None:
    notes = films.with_name("notes.txt")
    notes.write_text("hello\n", encoding="utf-8")
    paths = {"FILM": str(films), "TALK": str(talk), "NOTES": str(notes)}
    done = call(plugin, *(paths.get(arg, arg) for arg in args))
    assert done.exit_code in (1, 2)
    assert message in done.stderr
    assert "hint:" in done.stderr
    assert done.stdout == ""


def test_input_that_is_no_text(plugin: Path) -> None:
    done = call(plugin, "--from", "en", "--to", "pt", input=b"caf\xe9\n")
    assert (done.exit_code, "not in UTF-8" in done.stderr) == (2, True)


def test_help_tells_of_all_parameters(plugin: Path) -> None:
    told = call(plugin, "--engine", "marker", "--recognizer", "listener", "--help").stdout
    for flag in ("--shout", "--identify", "--asr-guard", "--second", "--glossary", "--show-route"):
        assert flag in told
    assert "--track" not in told
