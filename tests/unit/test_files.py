"""A file is what it was, or all that was to be written: never a half."""

from __future__ import annotations

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from speechlab.errors import OutputError, SpeechLabError
from speechlab.files import atomic_write, replacing, writable


def test_it_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    atomic_write(path, b"first")
    atomic_write(str(path), b"second")
    assert path.read_bytes() == b"second"
    assert os.listdir(tmp_path) == ["a.json"]


def test_it_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    atomic_write(tmp_path / "a.json", b"data")
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_what_is_private_is_its_owners_alone_even_where_others_may_look(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"")
    path.chmod(0o644)
    atomic_write(path, b"data", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_as_long_as_a_name_may_be(tmp_path: Path) -> None:
    atomic_write(tmp_path / ("n" * 255), b"data")
    assert os.listdir(tmp_path) == ["n" * 255]


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b", "n" * 5000])
def test_a_name_that_no_file_can_have_is_told_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError) as caught:
        atomic_write(tmp_path / name, b"data")
    assert caught.value.hint
    assert len(str(caught.value)) < 700
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "no" / "a.wav", tmp_path / ("n" * 5000), tmp_path / "a\0b"):
        with pytest.raises(OutputError) as caught:
            writable(path)
        assert caught.value.hint
    writable(tmp_path / "a.wav")
    writable("/dev/null")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # whoever runs this may be allowed everything
    with pytest.raises(OutputError, match=r"a\.wav may not be written"):
        writable(tmp_path / "a.wav")
    assert os.listdir(tmp_path) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far" / "real")
    atomic_write(tmp_path / "link", b"data")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "real").read_bytes() == b"data"


def test_nothing_is_seen_until_all_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with replacing(path) as out:
        out.write(b"new")
        out.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_what_stops_the_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def interrupted() -> None:
        with replacing(path) as out:
            out.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "may not be written"),
        (errno.EIO, "could not be written: Input/output error"),
    ],
)
def test_each_failure_is_one_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fails(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OutputError, match=told) as caught:
        atomic_write(path, b"new")
    assert isinstance(caught.value, SpeechLabError)
    assert isinstance(caught.value, OSError)
    assert caught.value.hint
    assert isinstance(caught.value.__cause__, OSError)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_write_that_stops_half_way(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OutputError, match="could not be written: File too large"):
            atomic_write(tmp_path / "a.txt", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not os.listdir(tmp_path)


def test_a_folder_that_is_not_there_or_is_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"there is no folder .*gone") as caught:
        atomic_write(tmp_path / "gone" / "a.txt", b"")
    assert caught.value.hint == "make it, or choose another one"
    with pytest.raises(OutputError, match="is a folder, not a file"):
        atomic_write(tmp_path, b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="there is no folder"):
        atomic_write(tmp_path / "file" / "a.txt", b"")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs Linux")
def test_a_device_is_written_straight_and_stays_a_device() -> None:
    atomic_write("/dev/null", b"data")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OutputError, match="/dev/full could not be written: the disk is full"):
        atomic_write("/dev/full", b"data")
    assert Path("/dev/full").is_char_device()
