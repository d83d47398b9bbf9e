"""Batches: they outlive a broken file, do only what is left, and never take another's result for their own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    AsrOptions,
    Audio,
    AudioError,
    ConfigError,
    EngineSpec,
    EngineUnavailable,
    Format,
    Kind,
    Lab,
    Params,
    PolicyDenied,
    Segment,
    hookimpl,
    media,
)
from speechlab.batch import Advanced, Batch, Failed, Finished, Report, Started, gather
from speechlab.errors import OutputError
from speechlab.policy import Policy
from speechlab.testing import silence, tone


class Listener:
    """A recognizer that counts its calls, and does what a test tells it to."""

    calls = 0
    unavailable = False
    raises: Exception | None = None

    def __init__(self, params: Params, context: Any) -> None:
        if Listener.unavailable:
            raise EngineUnavailable("the weights are not here", hint="fetch them")

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        Listener.calls += 1
        if Listener.raises is not None:
            raise Listener.raises
        yield Segment(audio.start, audio.end, text=f"{audio.duration:.1f} seconds", language=options.language or "en")


class Plugin:
    """The counting recognizer, one in the cloud, and two formats of one suffix."""

    @hookimpl
    def register_engines(self, register: Any) -> None:
        register(EngineSpec(id="listener", kind=Kind.ASR, load=Listener, options=AsrOptions))
        register(EngineSpec(id="cloud", kind=Kind.ASR, load=Listener, options=AsrOptions, local=False))

    @hookimpl
    def register_formats(self, register: Any) -> None:
        register(Format(id="other-txt", load=lambda recording, options: b"other", suffix="txt"))


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    Listener.calls, Listener.unavailable, Listener.raises = 0, False, None
    made = Lab(Plugin(), discover=False, home=home)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    return made


def record(path: Path, seconds: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    media.write(Audio.join([silence(0.6), tone(seconds), silence(0.6)]), path)
    return path


def long(path: Path) -> Path:
    """Five minutes with pauses: several pieces."""
    media.write(Audio.join([part for _ in range(20) for part in (tone(13.0), silence(2.0))]), path)
    return path


def batch(lab: Lab, *paths: Path, engine: str = "listener", language: str | None = None, **how: Any) -> Batch:
    stage = {"use": f"asr/{engine}"} | ({"language": language} if language else {})
    pipeline = lab.pipeline({"stage": [{"use": "vad/energy"}, stage]})
    return Batch(lab, pipeline, gather(paths).items, **{"formats": {"txt": {}}, **how})


def outcome(reports: Any) -> list[tuple[str, str]]:
    """What became of each file, in a word."""
    kept = [report for report in reports if not isinstance(report, Started | Advanced)]
    return [(report.item.path.name, type(report).__name__.lower()) for report in kept]


def checkpoints(lab: Lab) -> list[Path]:
    return sorted((lab.home / "checkpoints").rglob("*.jsonl"))


# -- which files, and what their results are called ----------------------------------------------------------------


def names(folder: Path, *paths: str) -> dict[str, str]:
    found = gather(folder / path for path in paths)
    return {item.path.relative_to(folder).as_posix(): item.name for item in found.items}


def touch(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def test_a_folder_stands_for_the_recordings_in_it(folder: Path) -> None:
    touch(folder, "b.wav", "a.MP3", "notes.txt", ".hidden.wav", ".git/x.wav", "sub/deep/c.m4a")
    assert names(folder, ".") == {"a.MP3": "a", "b.wav": "b", "sub/deep/c.m4a": "sub/deep/c"}


def test_a_file_is_taken_whatever_it_is_called_and_only_once(folder: Path) -> None:
    touch(folder, "speech.dat", "a.wav")
    (folder / "same.wav").symlink_to(folder / "a.wav")
    assert names(folder, "speech.dat", "a.wav", "speech.dat", "sub/../a.wav", "same.wav") == {
        "speech.dat": "speech",
        "a.wav": "a",
    }


def test_one_stem_twice_keeps_the_suffix(folder: Path) -> None:
    touch(folder, "a.wav", "a.mp3", "b.wav")
    assert names(folder, "a.wav", "a.mp3", "b.wav") == {"a.wav": "a.wav", "a.mp3": "a.mp3", "b.wav": "b"}
    assert [item.path.name for item in gather([folder]).renamed] == ["a.mp3", "a.wav"]


def test_one_name_twice_gets_its_folder(folder: Path) -> None:
    touch(folder, "monday/a.wav", "tuesday/a.wav")
    given = ("monday/a.wav", "tuesday/a.wav")
    assert names(folder, *given) == {path: path.removesuffix(".wav") for path in given}
    assert names(folder, "monday", "tuesday") == {path: path.removesuffix(".wav") for path in given}


def test_upper_and_lower_case_are_one_name(folder: Path) -> None:
    touch(folder, "x/Talk.wav", "y/talk.wav")
    assert names(folder, "x/Talk.wav", "y/talk.wav") == {"x/Talk.wav": "x/Talk", "y/talk.wav": "y/talk"}


PART = st.sampled_from(["a", "b", "a.b"])
PATH = st.builds(
    lambda folders, stem, suffix: "/".join([*folders, stem + suffix]),
    st.lists(PART, max_size=3),
    PART,
    st.sampled_from(["", ".wav", ".mp3"]),
)


@given(st.lists(PATH, max_size=12))
def test_no_two_recordings_ever_share_a_name(paths: list[str]) -> None:
    found = gather(f"/nowhere/{path}" for path in paths)
    assert len({item.path for item in found.items}) == len(found.items) == len(set(paths))
    assert len({item.name.casefold() for item in found.items}) == len(found.items)


def test_a_folder_without_recordings_is_told(folder: Path) -> None:
    touch(folder, "full/a.wav", "bare/notes.txt")
    found = gather([folder / "full", folder / "bare"])
    assert ([item.name for item in found.items], found.empty) == (["a"], (folder / "bare",))


# -- doing it ------------------------------------------------------------------------------------------------------


def test_each_recording_is_written_in_each_format(lab: Lab, folder: Path, tmp_path: Path) -> None:
    record(folder / "a.wav")
    record(folder / "sub/b.flac", 2.0)
    reports = list(batch(lab, folder, out=tmp_path / "out", formats={"txt": {}, "json": {}}))
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert written == ["a.json", "a.txt", "sub/b.json", "sub/b.txt"]
    assert "1.4 seconds" in (tmp_path / "out/a.txt").read_text()
    assert outcome(reports) == [("a.wav", "finished"), ("b.flac", "finished")]
    started = [report for report in reports if isinstance(report, Started)]
    assert [(report.number, report.seconds) for report in started] == [(1, pytest.approx(2.2)), (2, pytest.approx(3.2))]


def test_progress_begins_when_the_engines_are_loaded_and_ends_at_the_end(lab: Lab, folder: Path) -> None:
    reports = list(batch(lab, long(folder / "a.wav")))
    advanced = [report.progress for report in reports if isinstance(report, Advanced)]
    assert (advanced[0].stage, advanced[0].done) == ("start", 0.0)
    assert advanced[-1].done == pytest.approx(300.0)
    assert all(progress.total == pytest.approx(300.0) for progress in advanced)


def test_a_broken_file_does_not_stop_the_others(lab: Lab, folder: Path, tmp_path: Path) -> None:
    record(folder / "a.wav")
    (folder / "b.wav").write_text("this is no sound")
    (folder / "c.wav").touch()
    record(folder / "d.wav")
    reports = list(batch(lab, folder, folder / "gone.wav", out=tmp_path / "out"))
    assert outcome(reports) == [
        ("a.wav", "finished"),
        ("b.wav", "failed"),
        ("c.wav", "failed"),
        ("d.wav", "finished"),
        ("gone.wav", "failed"),
    ]
    errors = [report.error for report in reports if isinstance(report, Failed)]
    assert all(isinstance(error, AudioError) and error.hint for error in errors)


def test_an_engine_that_fails_on_one_file_is_told_with_its_cause(lab: Lab, folder: Path) -> None:
    Listener.raises = RuntimeError("out of ideas")
    [_, _, failed] = batch(lab, record(folder / "a.wav"))
    assert isinstance(failed, Failed)
    assert "asr/listener failed: RuntimeError: out of ideas" in str(failed.error)


def test_what_nobody_foresaw_is_one_sentence_and_the_rest_goes_on(
    lab: Lab, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(folder / "a.wav")
    record(folder / "b.wav")
    render, calls = lab.render, []

    def once_broken(*args: Any, **options: Any) -> bytes:
        calls.append(args)
        if len(calls) == 1:
            raise ZeroDivisionError("by zero")
        return render(*args, **options)

    monkeypatch.setattr(lab, "render", once_broken)
    reports = list(batch(lab, folder, out=tmp_path / "out"))
    assert outcome(reports) == [("a.wav", "failed"), ("b.wav", "finished")]
    [error] = [report.error for report in reports if isinstance(report, Failed)]
    assert "ZeroDivisionError: by zero" in str(error)
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_an_engine_that_cannot_be_had_stops_the_batch_at_once(lab: Lab, folder: Path) -> None:
    record(folder / "a.wav")
    record(folder / "b.wav")
    Listener.unavailable = True
    with pytest.raises(EngineUnavailable, match="the weights are not here"):
        list(batch(lab, folder))


def test_an_engine_that_worked_before_does_not_stop_it(lab: Lab, folder: Path) -> None:
    record(folder / "a.wav")
    record(folder / "b.wav")
    reports: list[Report] = []
    for report in batch(lab, folder):
        reports.append(report)
        if isinstance(report, Finished):
            Listener.unavailable = True
            lab.pool.unload()
    assert outcome(reports) == [("a.wav", "finished"), ("b.wav", "failed")]


def test_what_the_policy_forbids_is_refused_before_anything_is_read(home: Path, folder: Path) -> None:
    lab = Lab(Plugin(), discover=False, home=home, policy=Policy(local_only=True))
    with pytest.raises(PolicyDenied):
        list(batch(lab, folder / "nowhere.wav", engine="cloud"))


def test_unknown_formats_and_options_are_refused_before_anything_is_read(lab: Lab, tmp_path: Path) -> None:
    for formats in ({"vt": {}}, {"vtt": {"max_line_widht": 3}}, {"vtt": {"max_lines": 0}}):
        with pytest.raises(ConfigError):
            list(batch(lab, tmp_path / "nowhere.wav", out=tmp_path / "out", formats=formats))
    assert not (tmp_path / "out").exists()


def test_a_recording_is_never_overwritten(lab: Lab, folder: Path) -> None:
    path = record(folder / "a.txt.wav").rename(folder / "a.txt")
    with pytest.raises(ConfigError, match="would be overwritten"):
        list(batch(lab, path, out=folder))


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_read(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        list(batch(lab, tmp_path / "nowhere.wav", out=tmp_path / "file"))


def test_two_formats_of_one_suffix_get_files_of_their_own(lab: Lab, folder: Path, tmp_path: Path) -> None:
    record(folder / "a.wav")
    list(batch(lab, folder, out=tmp_path / "out", formats={"txt": {}, "other-txt": {}, "json": {}}))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.json", "a.other-txt.txt", "a.txt.txt"]


# -- doing only what is left ---------------------------------------------------------------------------------------


def again(lab: Lab, folder: Path, out: Path, **how: Any) -> list[tuple[str, str]]:
    return outcome(batch(lab, folder, out=out, resume=True, **how))


@pytest.fixture
def done(lab: Lab, folder: Path, tmp_path: Path) -> Path:
    """The folder of a finished batch of a.wav and b.wav."""
    record(folder / "a.wav")
    record(folder / "b.wav", 2.0)
    out = tmp_path / "out"
    assert outcome(batch(lab, folder, out=out)) == [("a.wav", "finished"), ("b.wav", "finished")]
    return out


ALL_DONE = [("a.wav", "skipped"), ("b.wav", "skipped")]
A_LEFT = [("a.wav", "finished"), ("b.wav", "skipped")]
ALL_LEFT = [("a.wav", "finished"), ("b.wav", "finished")]


def test_what_is_done_is_not_done_again(lab: Lab, folder: Path, done: Path) -> None:
    calls = Listener.calls
    assert again(lab, folder, done) == ALL_DONE
    assert Listener.calls == calls


def test_without_resume_all_is_done_again(lab: Lab, folder: Path, done: Path) -> None:
    assert outcome(batch(lab, folder, out=done)) == ALL_LEFT


def test_a_result_that_is_gone_is_made_again(lab: Lab, folder: Path, done: Path) -> None:
    (done / "a.txt").unlink()
    assert again(lab, folder, done) == A_LEFT
    assert (done / "a.txt").exists()


def test_a_result_that_somebody_edited_is_left_alone(lab: Lab, folder: Path, done: Path) -> None:
    (done / "a.txt").write_text("what was really said")
    assert again(lab, folder, done) == ALL_DONE
    assert (done / "a.txt").read_text() == "what was really said"


@pytest.mark.parametrize(
    "how",
    [
        {"language": "fr"},
        {"formats": {"txt": {"speakers": False}}},
        {"formats": {"txt": {}, "json": {}}},
        {"channel": 0},
    ],
    ids=["option", "format option", "one more format", "channel"],
)
def test_a_result_of_other_settings_is_made_again(lab: Lab, folder: Path, done: Path, how: dict[str, Any]) -> None:
    assert again(lab, folder, done, **how) == ALL_LEFT


def test_one_format_of_two_is_done(lab: Lab, folder: Path, tmp_path: Path) -> None:
    record(folder / "a.wav")
    list(batch(lab, folder, out=tmp_path, formats={"txt": {}, "json": {}}))
    assert again(lab, folder, tmp_path, formats={"json": {}}) == [("a.wav", "skipped")]


def test_a_result_of_another_engine_over_ours_is_not_ours(lab: Lab, folder: Path, done: Path) -> None:
    assert outcome(batch(lab, folder / "a.wav", out=done, engine="cloud")) == [("a.wav", "finished")]
    assert again(lab, folder, done) == A_LEFT


def test_a_result_without_a_receipt_is_not_ours(lab: Lab, folder: Path, done: Path) -> None:
    for receipt in (lab.home / "finished").iterdir():
        receipt.write_text("{")
    assert again(lab, folder, done) == ALL_LEFT


def test_a_recording_that_changed_is_done_again(lab: Lab, folder: Path, done: Path) -> None:
    record(folder / "a.wav", 1.5)
    assert again(lab, folder, done) == A_LEFT


def test_a_recording_of_the_same_length_that_changed_is_done_again(lab: Lab, folder: Path, done: Path) -> None:
    data = bytearray((folder / "a.wav").read_bytes())
    data[-1] ^= 1
    (folder / "a.wav").write_bytes(data)
    os.utime(folder / "a.wav", ns=(1, 1))
    assert again(lab, folder, done) == A_LEFT


def test_a_recording_that_was_only_touched_is_not(lab: Lab, folder: Path, done: Path) -> None:
    os.utime(folder / "a.wav", ns=(1, 1))
    assert again(lab, folder, done) == ALL_DONE


def test_a_kill_between_result_and_receipt_leaves_it_to_be_done(
    lab: Lab, folder: Path, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a file of other settings half replaced, neither the old nor the new settings may claim it."""

    class Killed(BaseException):
        pass

    write = media.atomic_write

    def killed(path: Path, data: bytes) -> None:
        if "finished" in str(path):
            raise Killed
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(media, "atomic_write", killed)
        with pytest.raises(Killed):
            list(batch(lab, folder / "a.wav", out=done, language="fr"))
    assert again(lab, folder, done) == A_LEFT


def test_a_home_without_room_for_receipts_costs_no_result(
    lab: Lab, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(folder / "a.wav")
    write = media.atomic_write

    def full(path: Path, data: bytes) -> None:
        if "finished" in str(path):
            raise OutputError("the disk is full")
        write(path, data)

    monkeypatch.setattr(media, "atomic_write", full)
    assert outcome(batch(lab, folder, out=tmp_path / "out")) == [("a.wav", "finished")]


def test_a_full_disk_at_the_output_loses_no_work(
    lab: Lab, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(folder / "a.wav")
    write = media.atomic_write

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".txt":
            raise OutputError(f"{path} could not be written: the disk is full", hint="free some space")
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(media, "atomic_write", full)
        reports = list(batch(lab, folder, out=tmp_path / "out"))
    assert [str(report.error) for report in reports if isinstance(report, Failed)] == [
        f"{tmp_path / 'out/a.txt'} could not be written: the disk is full"
    ]
    calls = Listener.calls
    assert again(lab, folder, tmp_path / "out") == [("a.wav", "finished")]
    assert Listener.calls == calls, "the recording was recognised again"
    assert "1.4 seconds" in (tmp_path / "out/a.txt").read_text()
    assert checkpoints(lab) == []


def test_a_cancelled_batch_goes_on_within_the_recording(lab: Lab, folder: Path, tmp_path: Path) -> None:
    path = long(folder / "a.wav")
    with closing(iter(batch(lab, path, out=tmp_path / "out"))) as reports:
        for report in reports:
            if isinstance(report, Advanced) and report.progress.stage == "piece":
                break
    kept, calls = len(checkpoints(lab)), Listener.calls
    assert kept == 1
    assert not (tmp_path / "out/a.txt").exists()
    [*_, finished] = batch(lab, path, out=tmp_path / "out", resume=True)
    assert isinstance(finished, Finished)
    assert finished.trace.resumed == 1
    resumed = (tmp_path / "out/a.txt").read_bytes()
    assert checkpoints(lab) == []

    Listener.calls = 0
    list(batch(lab, path, out=tmp_path / "unbroken"))
    assert (tmp_path / "unbroken/a.txt").read_bytes() == resumed
    assert Listener.calls > calls


def test_without_resume_a_cancelled_batch_begins_anew(lab: Lab, folder: Path) -> None:
    path = long(folder / "a.wav")
    with closing(iter(batch(lab, path))) as reports:
        for report in reports:
            if isinstance(report, Advanced) and report.progress.stage == "piece":
                break
    [*_, finished] = batch(lab, path)
    assert isinstance(finished, Finished)
    assert finished.trace.resumed == 0


def test_results_that_nobody_took_are_kept(lab: Lab, folder: Path) -> None:
    """Where the face writes the results itself, its failing to do so loses nothing."""
    path = record(folder / "a.wav")
    with closing(iter(batch(lab, path))) as reports:
        assert any(isinstance(report, Finished) for report in reports)
    assert checkpoints(lab)
    calls = Listener.calls
    assert outcome(batch(lab, path, resume=True)) == [("a.wav", "finished")]
    assert Listener.calls == calls
    assert checkpoints(lab) == []


def test_nothing_said_is_kept_once_a_batch_is_done(lab: Lab, done: Path) -> None:
    kept = [path for path in lab.home.rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} == {"finished"}
    assert {key for path in kept for key in json.loads(path.read_text())} == {"settings", "digest", "size", "mtime_ns"}


def test_a_policy_that_keeps_keeps(home: Path, folder: Path) -> None:
    lab = Lab(Plugin(), discover=False, home=home, policy=Policy(keep=True))
    list(batch(lab, record(folder / "a.wav")))
    assert checkpoints(lab)


def test_each_channel_is_heard_as_a_speaker_and_resumed(lab: Lab, folder: Path, tmp_path: Path) -> None:
    left, right = (
        Audio.join([silence(0.6), tone(1.0), silence(3.0)]),
        Audio.join([silence(2.6), tone(1.0), silence(1.0)]),
    )
    both = Audio(np.stack([left.mono, right.mono]), left.sample_rate)
    media.write(both, folder / "call.wav")
    reports = list(batch(lab, folder, out=tmp_path / "out", channel="each"))
    [started] = [report for report in reports if isinstance(report, Started)]
    assert started.passes == 2
    assert "Channel 1" in (tmp_path / "out/call.txt").read_text()
    assert "Channel 2" in (tmp_path / "out/call.txt").read_text()
    assert checkpoints(lab) == []
    assert again(lab, folder, tmp_path / "out", channel="each") == [("call.wav", "skipped")]
