"""Whatever is handed in: what can be heard is heard, and the rest is one clear sentence with a hint."""

from __future__ import annotations

import errno
import io
import os
import shutil
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechlab import Audio, AudioError, media

Record = Callable[..., Path]
Make = Callable[[Path], object]


def refused(source: media.Source) -> AudioError:
    """The error that reading gives; probing and hashing may give it too, but nothing else."""
    with pytest.raises(AudioError) as caught:
        media.decode(source)
    error = caught.value
    assert error.hint
    assert str(error)[-1] not in ".!"
    assert "\n" not in str(error)
    return error


def test_no_such_file(tmp_path: Path) -> None:
    assert str(refused(tmp_path / "gone.wav")) == f"there is no file {tmp_path / 'gone.wav'}"
    (tmp_path / "file").write_bytes(b"abc")
    assert "there is no file" in str(refused(tmp_path / "file" / "talk.wav"))
    assert "there cannot be a file" in str(refused("a\0b.wav"))
    assert "cannot be opened: File name too long" in str(refused(tmp_path / ("n" * 300)))
    for ask in (media.probe, media.digest):
        with pytest.raises(AudioError, match="there is no file"):
            ask(tmp_path / "gone.wav")


def test_an_address_is_never_opened() -> None:
    error = refused("http://127.0.0.1:9/talk.wav")
    assert "is an address, not a file" in str(error)
    assert "is an address, not a file" in str(refused(Path("http://127.0.0.1:9/talk.wav")))
    assert "download it first" in error.hint


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder, not a recording" in str(refused(tmp_path))


@pytest.mark.parametrize("source", ["file", "bytes"])
def test_an_empty_file(tmp_path: Path, source: str) -> None:
    (tmp_path / "talk.wav").write_bytes(b"")
    error = refused(tmp_path / "talk.wav" if source == "file" else io.BytesIO())
    assert "is empty: it has 0 bytes" in str(error)
    assert str(error).startswith("talk.wav" if source == "file" else "the file")


def test_a_file_of_somebody_else(record: Record) -> None:
    path = record("talk.wav", "pcm_s16le")
    media.decode(path)  # so that all is imported while we still may read
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        assert str(refused(path)) == "talk.wav may not be read"
    finally:
        os.seteuid(user)


PAGE = "<!doctype html><html><body>" + "<p>Not found</p>" * 500
NOT_SOUND: dict[str, Make] = {
    "text": lambda path: path.write_text("This is a text, not a sound.\n" * 50),
    "three bytes": lambda path: path.write_bytes(b"abc"),
    "a web page": lambda path: path.write_text(PAGE),
    "subtitles": lambda path: path.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n\n" * 5),
    "a zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "zeros": lambda path: path.write_bytes(bytes(100_000)),
    "the head of a wav": lambda path: path.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt "),
    "a playlist of files": lambda path: path.write_text(f"#EXTM3U\n#EXTINF:9,\n{path.with_name('real.wav')}\n"),
    "a stream to play": lambda path: path.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    ),
    "files to join": lambda path: path.write_text(f"ffconcat version 1.0\nfile {path.with_name('real.wav')}\n"),
    "a call to join": lambda path: path.write_text(
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
    ),
}


@pytest.mark.parametrize("kind", list(NOT_SOUND))
@pytest.mark.parametrize("suffix", ["wav", "mp3", "m3u8"])
def test_what_is_no_recording_whatever_its_name(
    record: Record, tmp_path: Path, kind: str, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.move(record("other.wav", "pcm_s16le"), tmp_path / "real.wav")
    path = tmp_path / f"talk.{suffix}"
    NOT_SOUND[kind](path)
    error = refused(path)
    assert str(error) == f"talk.{suffix} is not a recording that can be decoded"
    assert "wav, flac, ogg" in error.hint
    with pytest.raises(AudioError, match="is not a recording"):
        media.probe(path)
    assert capfd.readouterr() == ("", "")


def test_a_film_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as container:
        track = container.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        for _ in range(10):
            container.mux(track.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(track.encode(None))
    error = refused(path)
    assert (str(error), error.hint) == ("mute.mp4 has no audio track", "give a recording with sound")
    with pytest.raises(AudioError, match="no audio track"):
        media.probe(path)


def test_a_track_of_no_length(tmp_path: Path) -> None:
    path = tmp_path / "nothing.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
    assert str(refused(path)) == "nothing.wav holds no sound"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp3", "libmp3lame"),
        ("a.wav", "pcm_s16le"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.webm", "libopus"),
        ("a.aac", "aac"),
    ],
)
def test_a_recording_that_was_cut_off_is_read_up_to_there(
    record: Record, name: str, codec: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = record(name, codec, seconds=8.0)
    whole, size = media.decode(path), path.stat().st_size
    os.truncate(path, size // 2)
    half = media.decode(path)
    assert half.duration == pytest.approx(4.0, abs=1.0)
    common = half.frames - 4_800
    assert np.allclose(half.samples[:, :common], whole.samples[:, :common], atol=1e-3)
    assert capfd.readouterr() == ("", "")


def test_a_film_whose_index_is_missing_is_told_to_be_incomplete(record: Record) -> None:
    path = record("a.m4a", "aac", seconds=5.0)
    os.truncate(path, path.stat().st_size // 2)
    assert "check that it is complete" in refused(path).hint


def damaged(path: Path) -> Path:
    """A third into the file, 9000 bytes are noise."""
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 9_000] = np.random.default_rng(0).bytes(9_000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("name", "codec"), [("a.flac", "flac"), ("a.ogg", "libopus")])
def test_what_follows_damage_is_where_it_was(record: Record, name: str, codec: str) -> None:
    path = record(name, codec, seconds=20.0)
    whole = media.decode(path)
    holed = media.decode(damaged(path))
    assert holed.frames == whole.frames
    assert not np.allclose(holed.samples, whole.samples, atol=0.1)
    assert np.allclose(holed.crop(12, 20).samples, whole.crop(12, 20).samples, atol=0.01)


def test_what_follows_damage_in_a_film_is_where_it_was(record: Record) -> None:
    holed = media.decode(damaged(record("a.mkv", "aac", seconds=20.0, silent=[(15.0, 17.0)])))
    assert holed.duration == pytest.approx(20.0, abs=0.1)
    assert np.abs(holed.crop(15.1, 16.9).samples).max() < 0.01
    assert np.abs(holed.crop(17.1, 17.2).samples).max() > 0.4


def test_damage_in_an_mp3_costs_only_itself(record: Record) -> None:
    data = bytearray(record("a.mp3", "libmp3lame", seconds=8.0).read_bytes())
    data[30_000:33_000] = np.random.default_rng(0).bytes(3_000)
    assert media.decode(io.BytesIO(bytes(data))).duration == pytest.approx(8.0, abs=0.6)


def test_a_file_removed_while_it_is_read_is_read_to_its_end(record: Record) -> None:
    path = record("a.wav", "pcm_s16le", seconds=5.0)
    pieces = media.read(path, seconds=1.0)
    first = next(pieces)
    path.unlink()
    assert Audio.join([first, *pieces]).duration == 5.0


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.mov", "pcm_s16le"), ("a.flac", "flac")])
def test_a_file_that_becomes_shorter_while_it_is_read(record: Record, name: str, codec: str) -> None:
    path = record(name, codec, seconds=20.0)
    pieces = media.read(path, seconds=1.0)
    heard = [next(pieces)]
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(AudioError, match=f"{name} became shorter while it was being read") as caught:
        heard.extend(pieces)
    assert "what was read until then is right" in caught.value.hint
    assert 8.0 < Audio.join(heard).duration < 12.0


class Unplugged(io.BytesIO):
    """A drive that is pulled out once half of the file was read."""

    name = "/media/stick/talk.wav"

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > len(self.getbuffer()) // 2:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def test_a_drive_that_is_pulled_out(record: Record, capfd: pytest.CaptureFixture[str]) -> None:
    drive = Unplugged(record("a.wav", "pcm_s16le", seconds=60.0).read_bytes())
    heard: list[Audio] = []
    with pytest.raises(AudioError, match=r"talk\.wav was lost while it was being read") as caught:
        heard.extend(media.read(drive, sample_rate=16_000, seconds=7.0))
    assert caught.value.hint
    assert 29.0 < Audio.join(heard).duration < 35.0
    with pytest.raises(AudioError, match="was lost"):
        media.digest(drive)
    drive.close()
    with pytest.raises(AudioError, match="was lost while it was being read: I/O operation on closed file"):
        media.decode(drive)
    assert capfd.readouterr() == ("", "")


def test_a_codec_that_is_not_known(record: Record) -> None:
    data = bytearray(record("a.wav", "pcm_s16le").read_bytes())
    data[20:22] = b"\x34\x12"
    assert "cannot be decoded" in str(refused(io.BytesIO(bytes(data))))


@pytest.mark.parametrize("rate", [0, 3, 2_000_000_000])
def test_a_rate_that_cannot_be(record: Record, rate: int) -> None:
    data = bytearray(record("a.wav", "pcm_s16le").read_bytes())
    data[24:28] = rate.to_bytes(4, "little")
    assert "decoded" in str(refused(io.BytesIO(bytes(data))))


def test_a_track_that_begins_later_is_passed_by(record: Record) -> None:
    data = bytearray(record("a.ts", "aac", seconds=3.0).read_bytes())
    starts = [at for at in range(0, len(data), 188) if data[at + 1 : at + 3] == b"\x41\x00"]
    data[starts[len(starts) // 2] + 2] = 0x42  # one packet now belongs to a track that nothing announced
    assert media.decode(io.BytesIO(bytes(data))).duration == pytest.approx(3.0, abs=0.5)


@pytest.fixture(
    params=[
        ("a.wav", "pcm_s16le"),
        ("a.mp3", "libmp3lame"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.webm", "libopus"),
        ("a.m4a", "aac"),
    ],
    ids=lambda param: param[0],
)
def intact(record: Record, request: pytest.FixtureRequest) -> bytes:
    return record(*request.param, seconds=0.5).read_bytes()


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_gives_sound_or_one_clear_error(intact: bytes, data: st.DataObject) -> None:
    spoilt = bytearray(intact)
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=8)):
        spoilt[at] = data.draw(st.integers(0, 255))
    del spoilt[data.draw(st.integers(1, len(spoilt))) :]
    try:
        audio = media.decode(io.BytesIO(bytes(spoilt)), sample_rate=16_000, mono=True)
    except AudioError:
        return
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max(initial=0.0) <= 1.0
