"""``speechlab clone``, ``convert`` and ``voices``: what is asked, written and listed, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speechlab import Consent, Lab, media
from speechlab.cli.app import speechlab
from speechlab.library import Kept, Library
from speechlab.profiles import Profile, Profiles
from tests.unit.test_cloning import speech
from tests.unit.voice_doubles import Changer, Parrot, tone

PLUGIN = """
from speechlab import hookimpl
from tests.unit.voice_doubles import VoicePlugin

@hookimpl
def register_engines(register):
    VoicePlugin().register_engines(register)
"""
MINE = Consent("Ada", "my own voice", "2026-05-03T10:00:00+00:00")


@pytest.fixture(autouse=True)
def anew(alone: None) -> None:
    """What the engines were asked in another test is forgotten."""
    Parrot.taught.clear()
    Changer.asked.clear()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "ref.wav"
    media.write(speech(12), path)
    return path


def call(tmp_path: Path, *args: object) -> Result:
    plugin = tmp_path / "plugin_voices.py"
    plugin.write_text(PLUGIN, encoding="utf-8")
    start = ["--plugin", str(plugin), "--home", str(tmp_path / "home")]
    return CliRunner().invoke(speechlab, [*start, *map(str, args)])


def test_a_voice_is_made_listed_carried_over_and_forgotten(tmp_path: Path, clip: Path) -> None:
    done = call(tmp_path, "clone", clip, "--name", "Ada", "--consent", "my own voice", "--warmth", "0.5")
    assert done.exit_code == 0, done.output
    assert "Ada is cloned by tts/parrot from 12 s of sound" in done.stdout
    assert "note: Whether one person speaks alone was not checked" in done.stderr
    assert 'use it: speechlab speak "..." --voice Ada --out x.wav' in done.stderr
    listed = call(tmp_path, "voices", "--engine", "tts/mute")
    assert [line.split()[:2] for line in listed.stdout.splitlines() if "tts/" in line] == [
        ["Ada", "tts/parrot"],
        ["ann", "tts/mute"],
        ["me", "tts/mute"],
    ]
    assert "Ada: my own voice (20" in listed.stdout
    told, *others = json.loads(call(tmp_path, "voices", "--json").stdout)["voices"]
    assert (told["name"], told["made"], told["options"], told["library"]) == ("Ada", "cloned", {"warmth": 0.5}, True)
    assert told["consent"]["ground"] == "my own voice"
    assert {(one["engine"], one["library"], one["made"]) for one in others} == {("tts/flaky", False, "preset")}
    assert "is written, with the clip" in call(tmp_path, "voices", "export", "ada", tmp_path).stdout
    assert call(tmp_path, "voices", "import", tmp_path / "Ada.voice", "--name", "Ada 2").stdout == (
        "Ada 2 is in the library, cloned by tts/parrot\n"
    )
    assert call(tmp_path, "voices", "remove", "Ada").stdout == "Ada is forgotten\n"
    assert [kept.name for kept in Library(tmp_path / "home").all()] == ["Ada 2"]
    again = call(tmp_path, "voices", "remove", "Ada")
    assert again.exit_code == 2
    assert "no voice is called 'Ada'" in again.stderr
    assert "did you mean 'Ada 2'?" in again.stderr


def test_a_converter_learns_a_voice(tmp_path: Path, clip: Path) -> None:
    way = ("--name", "Ada at work", "--consent", "my own voice", "--engine", "convert/changer")
    done = call(tmp_path, "clone", clip, *way)
    assert done.exit_code == 0, done.output
    assert 'speechlab convert FILE --voice "Ada at work" --out FOLDER' in done.stderr


def test_without_consent_no_voice_is_made(tmp_path: Path, clip: Path) -> None:
    for consent in ([], ["--consent", " "]):
        done = call(tmp_path, "clone", clip, "--name", "Ada", *consent)
        assert done.exit_code == 2
        assert "the voice of Ada may be used only with consent" in done.stderr
        assert "--consent" in done.stderr
    assert Parrot.taught == []


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "a voice needs a name"), ("\N{GRINNING FACE}", "a voice needs a name"), ("a=b", "a=b")]
)
def test_a_voice_without_a_name_is_told_so_before_the_clip_is_listened_to(
    tmp_path: Path, name: str, sentence: str
) -> None:
    done = call(tmp_path, "clone", tmp_path / "none.wav", "--name", name, "--consent", "my own voice")
    assert done.exit_code == 2
    assert sentence in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("clone", "", "--name", "Ada", "--consent", "my own voice"),
        ("convert", "", "--voice", "ann", "--out", "o"),
        ("convert", "a.wav", "--voice", "ann", "--out", ""),
        ("provenance", ""),
        ("voices", "import", ""),
        ("voices", "export", "Ada", " "),
        ("voices", "enrol", "Ada", "", "--consent", "asked"),
        ("speak", "Hello.", "--out", ""),
    ],
)
def test_what_a_variable_leaves_that_is_not_set_is_no_folder(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = call(tmp_path, *args)
    assert done.exit_code == 2
    assert "an empty name is no file or folder" in done.stderr


def test_into_no_voice_nothing_is_converted(tmp_path: Path, clip: Path) -> None:
    done = call(tmp_path, "convert", clip, "--voice", " ", "--consent", "asked", "--out", tmp_path)
    assert done.exit_code == 2
    assert "no voice is named to convert into" in done.stderr


def test_each_recording_that_fails_is_named_once(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"")
    files = [tmp_path / "a.wav", tmp_path / "b.wav", tmp_path / "c.wav"]
    done = call(tmp_path, "convert", *files, "--voice", "v", "--consent", "asked", "--out", tmp_path / "o")
    told = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert [line.count(file.name) for line, file in zip(told, files, strict=True)] == [1, 1, 1]
    assert all(str(file) in line for line, file in zip(told, files, strict=True))


def test_matching_is_never_called_cloning_and_json_tells_all(tmp_path: Path, clip: Path) -> None:
    way = ("--name", "Ada", "--consent", "signed form", "--person", "Ada's mother", "--engine", "twin")
    done = call(tmp_path, "clone", clip, *way)
    assert "Ada is matched by tts/twin from 12 s of sound" in done.stdout
    assert "voice matching, no cloning" in done.stdout
    told = json.loads(call(tmp_path, "clone", clip, *way, "--json").stdout)
    assert (told["made"], told["consent"]["person"]) == ("matched", "Ada's mother")
    assert told["reference_check"]["usable"] is True


def test_a_clip_that_will_not_do_is_told_in_a_sentence(tmp_path: Path) -> None:
    short = tmp_path / "short.wav"
    media.write(tone(0.5), short)
    done = call(tmp_path, "clone", short, "--name", "Ada", "--consent", "my own voice")
    assert done.exit_code == 1
    assert "too little to make a voice of" in done.stderr
    assert "10 to 30 are good" in done.stderr


def test_recordings_are_converted_and_say_so(tmp_path: Path) -> None:
    Library(tmp_path / "home").keep(Kept("Ada", "tts/parrot", "clone-1", made="cloned", consent=MINE), speech(12))
    talk, out = tmp_path / "talk.wav", tmp_path / "d"
    media.write(tone(3), talk)
    done = call(tmp_path, "convert", talk, "--voice", "ada", "--engine", "changer", "--format", "flac", "--out", out)
    assert done.exit_code == 0, done.output
    assert media.decode(out / "talk.flac").duration == pytest.approx(3, abs=0.05)
    with Lab(home=tmp_path / "home") as lab:
        origin = lab.provenance(out / "talk.flac")
    assert origin.label is not None
    assert (origin.label.engine, origin.label.voice, origin.label.consent) == ("convert/changer", "Ada", MINE)


def test_a_voice_of_an_engine_needs_consent_to_convert_into_it(tmp_path: Path) -> None:
    talk, out = tmp_path / "talk.wav", tmp_path / "d"
    media.write(tone(2), talk)
    denied = call(tmp_path, "convert", talk, "--voice", "Bob", "--out", out)
    assert denied.exit_code == 2
    assert "the voice of Bob may be used only with consent" in denied.stderr
    assert not out.exists()
    done = call(tmp_path, "convert", talk, "--voice", "Bob", "--consent", "he asked for it", "--out", out)
    assert done.exit_code == 0, done.output
    assert [voice for _, voice in Changer.asked] == ["Bob"]
    with Lab(home=tmp_path / "home") as lab:
        label = lab.provenance(out / "talk.wav").label
    assert label is not None
    assert label.consent is not None
    assert (label.consent.person, label.consent.ground) == ("Bob", "he asked for it")


def test_people_known_to_diarization_are_listed_beside(tmp_path: Path) -> None:
    Profiles.of(tmp_path / "home").keep(Profile("Cid", "diarize/gone", "1", ("w",), (1.0,), 12.0, MINE))
    listed = call(tmp_path, "voices")
    assert "People known to diarization:" in listed.stdout
    assert "Cid" in listed.stdout
    told = json.loads(call(tmp_path, "voices", "--json").stdout)
    assert [one["name"] for one in told["people"]] == ["Cid"]
    Library(tmp_path / "home").keep(Kept("Cid", "tts/far", "7", made="cloned", consent=MINE))
    gone = call(tmp_path, "voices", "remove", "Cid")
    assert "tts/far still has the voice 'Cid' (it cannot be asked to delete it): delete it there" in gone.stderr
    assert json.loads(call(tmp_path, "voices", "--json").stdout)["people"] == []


def test_a_voice_of_an_engine_gets_a_name_and_options(tmp_path: Path) -> None:
    done = call(tmp_path, "voices", "keep", "Anna", "ann", "--engine", "parrot", "--speed", "1.5")
    assert done.stdout == "Anna is in the library: ann of tts/parrot\n"
    [kept] = Library(tmp_path / "home").all()
    assert (kept.made, kept.options, kept.languages, kept.consent) == ("preset", {"speed": 1.5}, ("en",), None)
    again = call(tmp_path, "voices", "keep", "anna", "bob", "--engine", "parrot")
    assert "there is a voice 'anna' already" in again.stderr
    unknown = call(tmp_path, "voices", "keep", "Zoe", "zed", "--engine", "parrot")
    assert "there is no voice 'zed'" in unknown.stderr
    assert call(tmp_path, "voices", "keep", "Both", "ann+bob", "--engine", "mute").exit_code == 0
    assert [one.made for one in Library(tmp_path / "home").all()] == ["preset", "blended"]
