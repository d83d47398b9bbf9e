"""``speechlab speak``: a text in, a labelled file out, whose sentences may be listed and taken up again."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner, Result

from speechlab import media
from speechlab.cli.app import speechlab
from speechlab.provenance import label_in

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = """
import signal
from pathlib import Path
import numpy as np
from speechlab import Audio, ConfigError, EngineSpec, Kind, TtsOptions, Voice, hookimpl

class Options(TtsOptions):
    roughness: float = 0.0
    \"\"\"How rough the voice is.\"\"\"

class Talker:
    def __init__(self, params, context):
        self.home = context.home
    def voices(self):
        return (Voice("ann"), Voice("bob"))
    def synthesize(self, text, voice, options):
        log = self.home / "log.txt"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as out:
            out.write(text + "|")
        if voice not in (None, "ann", "bob"):
            raise ConfigError(f"tts/talker has no voice {voice!r}", hint="it has: ann, bob")
        if "mute" in text:
            return
        if "Enough" in text:
            signal.raise_signal(signal.SIGINT)
        if "quota" in text and not (self.home / "paid").exists():
            raise RuntimeError("quota exceeded")
        seconds = 0.2 * len(text.split()) / options.speed
        yield Audio(0.1 * np.sin(np.arange(round(seconds * 24_000)) / 10), 24_000)

@hookimpl
def register_engines(register):
    register(EngineSpec(id="talker", kind=Kind.TTS, load=Talker, options=Options, languages=("en", "pt")))
"""
TEXT = "One two three. Four five six."


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "plugin_talker.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


def call(plugin: Path, *args: object, given: bytes | str | None = None) -> Result:
    command = ["--plugin", str(plugin), "speak", "--engine", "talker", *map(str, args)]
    return CliRunner().invoke(speechlab, command, input=given)


@pytest.mark.parametrize("format", list(media.WRITABLE))
def test_a_labelled_file_is_written(plugin: Path, tmp_path: Path, format: str) -> None:
    out = tmp_path / f"x.{format}"
    done = call(plugin, TEXT, "--voice", "bob", "--out", out)
    assert done.exit_code == 0, done.output
    probed = media.probe(out)
    assert probed.duration == pytest.approx(0.6 + 0.3 + 0.6, abs=0.1)
    label = label_in(probed.comment)
    assert label is not None
    assert (label.engine, label.voice) == ("tts/talker", "bob")
    assert str(out) in done.stderr
    assert done.stdout == ""


def test_text_comes_from_words_a_file_or_standard_input(plugin: Path, tmp_path: Path, home: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\N{ZERO WIDTH NO-BREAK SPACE}From a file.", encoding="utf-8")
    for args, given in ((["Two", "words."], None), ([file], None), ([], "From input."), (["-"], "With a dash.")):
        done = call(plugin, *args, "--out", tmp_path / "x.wav", given=given)
        assert done.exit_code == 0, done.output
    assert (home / "log.txt").read_text() == "Two words.|From a file.|From input.|With a dash.|"


def test_sentences_are_told_with_their_times(plugin: Path, tmp_path: Path) -> None:
    srt = tmp_path / "x.srt"
    done = call(plugin, TEXT, "--out", tmp_path / "x.wav", "--subtitles", srt, "--json")
    told = json.loads(done.stdout)
    assert [one["text"] for one in told] == ["One two three.", "Four five six."]
    assert told[1]["start"] == pytest.approx(told[0]["end"] + 0.3, abs=0.01)
    assert "Four five six." in srt.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_told_before_anything_is_said(plugin: Path, tmp_path: Path, home: Path) -> None:
    for more in (["--out", tmp_path / "no" / "x.wav"], ["--out", tmp_path / "x.wav", "--subtitles", "no/x.srt"]):
        done = call(plugin, TEXT, *more)
        assert done.exit_code == 1
        assert "there is no folder" in done.stderr
        assert not (home / "log.txt").exists()


def test_what_is_written_is_not_held(plugin: Path, tmp_path: Path) -> None:
    text = " ".join(f"This is sentence {number}." for number in range(120))  # 0.8 s of each, 9 MB in all
    assert call(plugin, TEXT, "--out", tmp_path / "x.wav").exit_code == 0
    tracemalloc.start()
    try:
        assert call(plugin, text, "--out", tmp_path / "x.wav").exit_code == 0
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


def test_sound_on_standard_output(plugin: Path) -> None:
    done = call(plugin, TEXT, "--out", "-", "--format", "flac")
    samples, rate = soundfile.read(io.BytesIO(done.stdout_bytes))
    assert (rate, len(samples) > rate) == (24_000, True)


def test_what_broke_off_goes_on_where_it_did(plugin: Path, tmp_path: Path, home: Path) -> None:
    out = tmp_path / "x.wav"
    text = "One two three. Here the quota ends. Four five."
    done = call(plugin, text, "--out", out)
    assert done.exit_code == 1
    assert "quota exceeded" in done.stderr
    assert "1 of 3 sentences are kept; --resume goes on from there" in done.stderr
    assert not out.exists()
    (home / "paid").touch()
    (home / "log.txt").unlink()
    done = call(plugin, text, "--out", out, "--resume", "--json")
    assert done.exit_code == 0, done.output
    assert (home / "log.txt").read_text() == "Here the quota ends.|Four five.|"
    assert len(json.loads(done.stdout)) == 3
    assert list((home / "checkpoints").iterdir()) == []


def test_what_the_engine_has_nothing_to_say_for_is_told_and_not_called_kept(plugin: Path, tmp_path: Path) -> None:
    done = call(plugin, "All of it is mute.", "--out", tmp_path / "x.wav")
    assert done.exit_code == 2
    assert "tts/talker had nothing to say for the text" in done.stderr
    assert "kept" not in done.stderr
    assert not (tmp_path / "x.wav").exists()


def test_what_cannot_be_kept_is_not_told_to_be(plugin: Path, tmp_path: Path, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "checkpoints").write_bytes(b"no folder")
    done = call(plugin, "One two three. Here the quota ends.", "--out", tmp_path / "x.wav")
    assert done.exit_code == 1
    assert "this text cannot be resumed" in done.stderr
    assert "are kept" not in done.stderr


def test_a_whole_book_can_be_stopped_and_goes_on(plugin: Path, tmp_path: Path, home: Path) -> None:
    book, sentence = tmp_path / "book.txt", "One more sentence of it."
    book.write_text(f"First one. Enough. Second one. Enough. {f'{sentence} ' * 4000}", encoding="utf-8")
    assert book.stat().st_size > 100_000
    done = call(plugin, book, "--out", tmp_path / "x.wav")
    assert done.exit_code == 130
    assert "stopped; the same call with --resume goes on from here" in done.stderr
    assert (home / "log.txt").read_text() == "First one.|Enough.|"
    assert call(plugin, book, "--out", tmp_path / "x.wav", "--resume").exit_code == 130
    assert (home / "log.txt").read_text() == "First one.|Enough.|Second one.|Enough.|"
    assert not (tmp_path / "x.wav").exists()


def test_a_word_without_an_end_is_said_in_parts(plugin: Path, tmp_path: Path, home: Path) -> None:
    done = call(plugin, "a" * 1000, "--out", tmp_path / "x.wav", "--json")
    assert [len(one["text"]) for one in json.loads(done.stdout)] == [400, 400, 200]


def test_another_text_takes_up_nothing(plugin: Path, tmp_path: Path, home: Path) -> None:
    call(plugin, "One two. Here the quota ends.", "--out", tmp_path / "x.wav")
    (home / "paid").touch()
    (home / "log.txt").unlink()
    call(plugin, "One two. Here the quota ends.", "--speed", 2, "--resume", "--out", tmp_path / "x.wav")
    assert (home / "log.txt").read_text() == "One two.|Here the quota ends.|"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((" ", "--out", "x.wav"), "there is nothing to say"),
        (("\N{GRINNING FACE}", "--out", "x.wav"), "there is nothing to say"),
        (("Hi.", "--out", "x.aac"), "sound cannot be written as x.aac"),
        (("gone.txt", "--out", "x.wav"), "there is no file gone.txt"),
        (("Hi.", "--out", "x.wav", "--subtitles", "x.foo"), "x.foo is no subtitle file"),
        (("Hi.", "--out", "-", "--json"), "both be on standard output"),
        (("Hallo.", "--language", "de", "--out", "x.wav"), "tts/talker does not speak 'de'"),
        (("Hi.", "--voice", "eve", "--out", "x.wav"), "tts/talker has no voice 'eve'"),
        (("<speak>Hi.", "--out", "x.wav"), "the SSML is no XML"),
        (("<speak><voice name='eve'>Hi.</voice></speak>", "--out", "x.wav"), "tts/talker has no voice 'eve'"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(plugin, *args)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x.")] == []


def test_bytes_that_are_no_text(plugin: Path, tmp_path: Path) -> None:
    done = call(plugin, "--out", tmp_path / "x.wav", given=b"caf\xe9")
    assert done.exit_code == 2
    assert "standard input is no text in UTF-8" in done.stderr


def test_help_shows_what_the_engine_has(plugin: Path) -> None:
    shown = call(plugin, "--help").stdout
    assert "--roughness" in shown
    assert "--paragraph-pause" in shown
    assert "--track" not in shown
