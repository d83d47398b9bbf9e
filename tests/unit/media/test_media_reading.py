"""Every format that a browser can upload is decoded: as long, as loud, as high, at the same time as it was."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tempfile
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speechlab import Audio, AudioError, Samples, media
from speechlab.media import frames

LOSSLESS = [
    ("a.wav", "pcm_s16le"),
    ("a.wav", "pcm_s24le"),
    ("a.wav", "pcm_f32le"),
    ("a.wav", "pcm_f64le"),
    ("a.w64", "pcm_s16le"),
    ("a.aiff", "pcm_s16be"),
    ("a.au", "pcm_s16be"),
    ("a.flac", "flac"),
    ("a.oga", "flac"),
    ("a.m4a", "alac"),
    ("a.mov", "pcm_s16le"),
    ("a.mkv", "flac"),
]
LOSSY = [
    ("a.wav", "pcm_u8"),
    ("a.wav", "pcm_mulaw"),
    ("a.wav", "pcm_alaw"),
    ("a.mp3", "libmp3lame"),
    ("a.ogg", "libopus"),
    ("a.opus", "libopus"),
    ("a.aac", "aac"),
    ("a.m4a", "aac"),
    ("a.mp4", "aac"),
    ("a.mp4", "libopus"),
    ("a.mov", "aac"),
    ("a.3gp", "aac"),
    ("a.mkv", "aac"),
    ("a.mkv", "libopus"),
    ("a.webm", "libopus"),
    ("a.wma", "wmav2"),
    ("a.ac3", "ac3"),
    ("a.avi", "libmp3lame"),
    ("a.ts", "aac"),
    ("a.flv", "aac"),
]
Record = Callable[..., Path]


def loudest(samples: Samples, rate: int) -> tuple[float, float]:
    """The frequency in Hz and the amplitude of the strongest tone, in the middle second."""
    middle = samples.shape[-1] // 2
    second = samples[middle - rate // 2 : middle + rate // 2] * np.hanning(rate)
    spectrum = np.abs(np.fft.rfft(second)) / (rate / 4)
    return float(spectrum.argmax()), float(spectrum.max())


@pytest.mark.parametrize(("name", "codec"), LOSSLESS)
def test_what_is_kept_exactly_is_decoded_exactly(record: Record, name: str, codec: str) -> None:
    path = record(name, codec, rate=44_100)
    audio = media.decode(path)
    assert (audio.start, audio.sample_rate, audio.channels, audio.frames) == (0.0, 44_100, 2, 88_200)
    time = np.arange(88_200) / 44_100
    wanted = 0.5 * np.sin(2 * np.pi * np.array([[400.0], [600.0]]) * time)
    assert np.abs(audio.samples - wanted).max() < 1e-4
    info = media.probe(path)
    assert info.duration == pytest.approx(2.0, abs=1e-3)
    assert (info.sample_rate, info.channels, info.codec) == (44_100, 2, codec)


@pytest.mark.parametrize(("name", "codec"), LOSSY)
def test_what_is_coded_with_loss_sounds_the_same(record: Record, name: str, codec: str) -> None:
    path = record(name, codec)
    audio = media.decode(path)
    assert (audio.start, audio.sample_rate, audio.channels) == (0.0, 48_000, 2)
    assert audio.duration == pytest.approx(2.0, abs=0.05)
    for channel, pitch in enumerate((400, 600)):
        assert loudest(audio.samples[channel], 48_000) == (pytest.approx(pitch, abs=1), pytest.approx(0.5, rel=0.15))
    info = media.probe(path)
    assert info.duration == pytest.approx(2.0, abs=0.06)
    assert (info.sample_rate, info.channels) == (48_000, 2)


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.webm", "libopus")])
def test_reading_at_a_rate_is_decoding_and_then_resampling(record: Record, name: str, codec: str) -> None:
    path = record(name, codec, seconds=2.5)
    whole = media.decode(path)
    at_rate = media.decode(path, sample_rate=16_000)
    assert at_rate.frames == round(whole.frames / 3)
    assert np.array_equal(at_rate.samples, media.resample(whole, 16_000).samples)
    mono = media.decode(path, sample_rate=16_000, mono=True)
    assert np.allclose(mono.samples[0], at_rate.mono, atol=1e-6)


@pytest.mark.parametrize("sample_rate", [None, 16_000, 22_050])
def test_pieces_follow_each_other_without_drift(record: Record, sample_rate: int | None) -> None:
    path = record("a.flac", "flac", seconds=7.3, rate=44_100)
    position, pieces = 0, list(media.read(path, sample_rate=sample_rate, seconds=0.37))
    for piece in pieces:
        assert piece.start == position / piece.sample_rate
        assert piece.samples.dtype == np.float32
        assert not piece.samples.flags.writeable
        position += piece.frames
    assert position == round(7.3 * (sample_rate or 44_100))
    assert len(pieces) in (20, 21)
    whole = media.decode(path, sample_rate=sample_rate)
    assert Audio.join(pieces).digest == whole.digest


def test_nothing_is_decoded_ahead(record: Record) -> None:
    class Counted(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            block = super().read(size)
            self.taken += len(block)
            return block

    data = record("a.wav", "pcm_s16le", seconds=30, layout="mono").read_bytes()
    file = Counted(data)
    pieces = media.read(file, seconds=1.0)
    next(pieces)
    assert file.taken < len(data) / 2


@given(frames=st.integers(1, 3000), rate=st.sampled_from([8_000, 11_025, 44_100]), seconds=st.floats(0.001, 0.2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_length_is_read_to_its_last_sample(tmp_path: Path, frames: int, rate: int, seconds: float) -> None:
    path = tmp_path / "any.wav"
    samples = np.linspace(-1, 1, frames, dtype=np.float32)
    soundfile.write(path, samples, rate, subtype="FLOAT")
    pieces = list(media.read(path, seconds=seconds))
    assert np.array_equal(np.concatenate([piece.samples[0] for piece in pieces]), samples)
    assert max(piece.frames for piece in pieces) <= max(1, round(seconds * rate))


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8_000, 1, "PCM_U8"), (96_000, 1, "PCM_24"), (48_000, 6, "PCM_16"), (16_000, 8, "FLOAT"), (8_000, 1, "ULAW")],
)
def test_odd_wav_files(tmp_path: Path, rate: int, channels: int, subtype: str) -> None:
    path = tmp_path / "odd.wav"
    samples = np.zeros((rate * 2, channels))
    samples[:, -1] = 0.6 * np.sin(2 * np.pi * 440 * np.arange(rate * 2) / rate)  # speech in the last channel only
    soundfile.write(path, samples, rate, subtype=subtype)
    mono = media.decode(path, sample_rate=16_000, mono=True)
    assert (mono.channels, mono.frames) == (1, 32_000)
    assert loudest(mono.samples[0], 16_000) == (440, pytest.approx(0.6 / channels, rel=0.03))
    alone = media.decode(path, channel=channels - 1)
    assert (alone.channels, alone.frames) == (1, rate * 2)
    assert loudest(alone.samples[0], rate) == (440, pytest.approx(0.6, rel=0.03))


@pytest.mark.parametrize("channels", [2, 6, 8])
def test_mixing_full_scale_never_clips(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "loud.wav"
    tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    soundfile.write(path, np.tile(tone, (channels, 1)).T, 16_000, subtype="FLOAT")
    mono = media.decode(path, mono=True)
    assert np.allclose(mono.samples[0], tone, atol=1e-6)


def test_the_same_clip_again_with_each_channel(record: Record) -> None:
    path = record("a.m4a", "aac")
    both = media.decode(path)
    for channel in (0, 1):
        assert np.array_equal(media.decode(path, channel=channel).samples[0], both.samples[channel])
    with pytest.raises(AudioError, match="2 channels, so there is no channel 2"):
        media.decode(path, channel=2)


def test_samples_that_are_not_numbers_become_silence_and_loud_ones_are_held(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    samples = np.full((16_000, 2), 0.25, np.float32)
    samples[100:103, 0] = [np.nan, np.inf, -np.inf]
    samples[200:202, 1] = [3.0, -3.0]
    soundfile.write(path, samples, 16_000, subtype="FLOAT")
    audio = media.decode(path)
    assert audio.samples[0, 99:104].tolist() == [0.25, 0.0, 0.0, 0.0, 0.25]
    assert audio.samples[1, 199:203].tolist() == [0.25, 1.0, -1.0, 0.25]
    assert np.abs(media.decode(path, sample_rate=8_000, mono=True).samples).max() < 1.0


def sounding(audio: Audio) -> list[tuple[float, float]]:
    """Where there is sound, to 10 ms."""
    step = audio.sample_rate // 100
    frames = audio.frames // step * step
    loud = np.abs(audio.mono[:frames]).reshape(-1, step).max(axis=1) > 0.1
    edges = np.flatnonzero(np.diff(loud.astype(int), prepend=0, append=0)) / 100
    return [(float(start), float(end)) for start, end in edges.reshape(-1, 2)]


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "libopus"), ("a.mp4", "aac"), ("a.mov", "aac")])
def test_time_without_packets_is_silence(record: Record, name: str, codec: str) -> None:
    path = record(name, codec, seconds=5.0, video=True, silent=[(0.0, 1.0), (2.0, 3.5)], layout="mono")
    wanted = [(pytest.approx(1.0, abs=0.03), pytest.approx(2.0, abs=0.03)), (pytest.approx(3.5, abs=0.03), ANY_END)]
    native = media.decode(path)
    assert sounding(native) == wanted
    assert native.duration == pytest.approx(5.0, abs=0.05)
    pieces = list(media.read(path, sample_rate=16_000, mono=True, seconds=0.4))
    assert sounding(Audio.join(pieces)) == wanted
    assert max(piece.duration for piece in pieces) < 0.5


ANY_END = pytest.approx(5.0, abs=0.05)


def test_a_broken_clock_is_not_believed(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record("a.mkv", "flac", seconds=5.0, silent=[(0.5, 4.5)], layout="mono")
    assert media.decode(path).duration == pytest.approx(5.0, abs=0.1)
    monkeypatch.setattr(frames, "LONGEST_HOLE", 3.0)
    assert media.decode(path).duration == pytest.approx(1.0, abs=0.2)


def test_a_recording_that_changes_its_shape_keeps_that_of_its_beginning(record: Record) -> None:
    stereo = record("b.mp3", "libmp3lame", rate=44_100).read_bytes()
    mono = record("c.mp3", "libmp3lame", rate=22_050, layout="mono").read_bytes()
    audio = media.decode(io.BytesIO(stereo + mono))
    assert (audio.sample_rate, audio.channels) == (44_100, 2)
    assert audio.duration == pytest.approx(4.0, abs=0.2)
    assert loudest(audio.samples[1, 100_000:], 44_100) == (400, pytest.approx(0.5, rel=0.1))


def test_a_wav_that_was_streamed_has_no_length_in_its_head(record: Record) -> None:
    data = bytearray(record("a.wav", "pcm_s16le").read_bytes())
    at = data.index(b"data") + 4
    data[4:8] = data[at : at + 4] = b"\xff" * 4
    assert media.decode(io.BytesIO(bytes(data))).frames == 96_000


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.webm", "libopus")])
def test_a_clip_of_a_tenth_of_a_second(record: Record, name: str, codec: str) -> None:
    clip = media.decode(record(name, codec, seconds=0.1), sample_rate=16_000)
    assert clip.duration == pytest.approx(0.1, abs=0.03)


def test_the_pictures_of_a_film_are_passed_by(record: Record) -> None:
    path = record("film.mp4", "aac", video=True)
    assert media.probe(path).codec == "aac"
    assert media.decode(path).duration == pytest.approx(2.0, abs=0.05)


def test_channels_in_an_order_of_their_own(tmp_path: Path) -> None:
    """In a process of its own, since PyAV would end it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack(">q", len(body)) + body

    right_then_left = struct.pack(">III", 0, 0, 2) + b"".join(struct.pack(">IIfff", n, 0, 0, 0, 0) for n in (2, 1))
    path = tmp_path / "swapped.caf"
    path.write_bytes(
        b"caff\x00\x01\x00\x00"
        + chunk(b"desc", struct.pack(">d4sIIIII", 16_000.0, b"lpcm", 2, 4, 1, 2, 16))
        + chunk(b"chan", right_then_left)
        + chunk(b"data", bytes(4) + struct.pack("<hh", 8192, -16384) * 16_000)
    )
    code = (
        "import sys; from speechlab import media; info = media.probe(sys.argv[1]); audio = media.decode(sys.argv[1])\n"
        "print(info.channels, audio.frames, *audio.samples[:, 0])"
    )
    told = subprocess.check_output([sys.executable, "-c", code, str(path)], text=True)
    assert told.split() == ["2", "16000", "0.25", "-0.5"]


def test_a_browser_recording_has_no_duration_and_is_read_whole(record: Record) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    out = Pipe()
    with av.open(str(record("a.webm", "libopus"))) as source, av.open(out, "w", format="webm") as live:
        track = live.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                live.mux(packet)
    data = out.getvalue()
    assert media.probe(io.BytesIO(data)).duration is None
    assert media.decode(io.BytesIO(data)).duration == pytest.approx(2.0, abs=0.02)


def test_all_kinds_of_source_give_the_same(record: Record, tmp_path: Path) -> None:
    path = record("a.ogg", "libopus")
    wanted = media.decode(path).digest
    assert media.decode(str(path)).digest == wanted
    with path.open("rb") as file:
        file.seek(100)
        assert media.probe(file) == media.probe(path)
        assert media.digest(file) == media.digest(path)
        assert media.decode(file).digest == wanted
        assert not file.closed
    with tempfile.SpooledTemporaryFile() as upload:
        upload.write(path.read_bytes())
        assert media.digest(upload) == media.digest(path)
        assert media.decode(upload).digest == wanted
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        feeding = threading.Thread(target=lambda: _feed(writing, path))
        feeding.start()
        assert media.decode(pipe).digest == wanted
        feeding.join()


def _feed(descriptor: int, path: Path) -> None:
    with os.fdopen(descriptor, "wb") as out:
        out.write(path.read_bytes())


def test_closing_the_iterator_closes_the_file(record: Record) -> None:
    path = record("a.wav", "pcm_s16le", seconds=5.0)

    def is_open() -> bool:
        return any(os.path.realpath(link) == str(path) for link in _descriptors())

    pieces = media.read(path, sample_rate=16_000, seconds=1.0)
    assert not is_open()
    next(pieces)
    assert is_open()
    assert isinstance(pieces, Iterator)
    pieces.close()  # type: ignore[attr-defined]
    assert not is_open()


def _descriptors() -> list[str]:
    return [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert media.digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_nothing_heavy_is_imported_before_use() -> None:
    code = "import sys, speechlab.media; print([m for m in ('av', 'soundfile', 'soxr') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_memory_is_flat_however_long_the_recording(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from speechlab import media\n"
        "for audio in media.read(sys.argv[1], sample_rate=16_000, mono=True): pass\n"
        "print(audio.end, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for minutes in (1, 20):
        path = tmp_path / f"{minutes}.wav"
        with wave.open(str(path), "wb") as out:
            out.setparams((2, 2, 44_100, 0, "NONE", ""))
            minute = (np.sin(np.arange(2 * 44_100 * 60) / 30) * 9_000).astype("<i2").tobytes()
            for _ in range(minutes):
                out.writeframes(minute)
        end, peak = subprocess.check_output([sys.executable, "-c", code, str(path)], text=True).split()
        path.unlink()
        assert float(end) == pytest.approx(minutes * 60)
        peaks.append(int(peak))
    assert peaks[1] < 1.1 * peaks[0], peaks
