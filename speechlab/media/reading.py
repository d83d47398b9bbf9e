"""Decode any recording piece by piece, in memory that does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import AudioError
from ..types import Audio, Samples
from .frames import samples
from .resampling import resampled
from .source import Opened, Source, opened

if TYPE_CHECKING:
    from av import AudioStream
    from av.container import InputContainer

CONTAINERS = {
    "wav": "wav",
    "flac": "flac",
    "ogg": "ogg oga ogv opus spx",
    "mp3": "mp3 mp2",
    "aiff": "aiff aif aifc",
    "mov": "m4a mp4 mov m4b m4v 3gp",
    "aac": "aac",
    "matroska": "mkv webm mka",
    "asf": "wma wmv asf",
    "ac3": "ac3",
    "amr": "amr",
    "au": "au",
    "avi": "avi",
    "caf": "caf",
    "flv": "flv",
    "mpeg": "mpg mpeg",
    "mpegts": "ts",
    "w64": "w64",
}
"""FFmpeg's demuxers that may be tried, and what their files are called. Others take any text for sound, or, being
playlists, open what a file names."""
SUFFIXES = tuple(f".{suffix}" for suffixes in CONTAINERS.values() for suffix in suffixes.split())
"""How the names of recordings end, for whoever looks for some in a folder; the contents decide, never the name."""
FORMATS = "wav, flac, ogg, opus, mp3, aiff, m4a, aac, mp4, mov, mkv, webm, wma"
LOWEST, HIGHEST = 1_000, 800_000
"""Hz: a rate beyond them is damage."""
BUFFER = 1 << 18
"""Bytes read from the file at once."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file says about itself; its true length is known once it is decoded."""

    duration: float | None
    """Seconds; None where the file does not tell, as the webm that a browser records does not."""
    sample_rate: int
    """Hz."""
    channels: int
    codec: str
    """FFmpeg's name for how the sound is coded: ``aac``, ``opus``, ``pcm_s16le``, ..."""
    format: str
    """FFmpeg's name for the container: ``wav``, ``matroska,webm``, ..."""
    comment: str = ""
    """What whoever wrote the file says of it."""


def probe(source: Source) -> MediaInfo:
    """What the file says about itself, found without decoding it. Raises AudioError."""
    with opened(source) as recording, _container(recording) as container:
        track = _track(container, recording)
        codec = track.codec_context
        return MediaInfo(
            duration=_duration(container, track),
            sample_rate=codec.sample_rate,
            channels=codec.layout.nb_channels,
            codec=codec.codec.canonical_name,
            format=container.format.name,
            comment=_comment({**container.metadata, **track.metadata}),
        )


def _comment(tags: Mapping[str, str]) -> str:
    return next((text for name, text in tags.items() if name.lower() == "comment"), "")


def read(
    source: Source,
    *,
    sample_rate: int | None = None,
    mono: bool = False,
    channel: int | None = None,
    seconds: float = 10.0,
    repaired: bool = True,
) -> Iterator[Audio]:
    """The recording in pieces of about ``seconds``, each where the last one ends, the first at 0.0 s.

    It keeps its own rate unless ``sample_rate`` (Hz) asks for another, and all its channels unless ``channel`` picks
    one (counted from 0) or ``mono`` mixes them down. The mix is their plain mean, which cannot clip and gives each
    channel the same weight; FFmpeg's own mix raises the level of stereo and drops channels of surround sound.
    Samples that are not finite become 0, and those beyond full scale are cut off, unless it is not to be ``repaired``.
    Where the file's clock jumps ahead, silence fills the time, so that a word is found where a player plays it.

    The file stays open until the iterator ends or is closed. Damaged packets are passed over, and a recording that
    is cut off ends where it is cut off. Raises AudioError where there is nothing to hear; and for a file that is
    lost or becomes shorter meanwhile, after all that could be read of it.
    """
    with opened(source) as recording, _container(recording) as container:
        track = _track(container, recording)
        rate = track.codec_context.sample_rate
        sound = samples(container, track, mono=mono, channel=channel, seconds=seconds, repaired=repaired)
        pieces = _placed(sound, rate)
        heard = False
        for audio in pieces if sample_rate is None else resampled(pieces, sample_rate):
            heard = True
            yield audio
        recording.check_whole()
        if not heard:
            raise AudioError(f"{recording.name} holds no sound", hint="check that it plays, then try again")


def decode(
    source: Source,
    *,
    sample_rate: int | None = None,
    mono: bool = False,
    channel: int | None = None,
) -> Audio:
    """The whole recording at once, as :func:`read` gives it; an hour at 16 kHz takes 230 MB. Raises AudioError."""
    return Audio.join(read(source, sample_rate=sample_rate, mono=mono, channel=channel))


@contextmanager
def _container(recording: Opened) -> Iterator[InputContainer]:
    import av

    try:
        container = av.open(
            recording,
            "r",
            metadata_errors="ignore",
            buffer_size=BUFFER,
            container_options={"format_whitelist": ",".join(CONTAINERS), "protocol_whitelist": "none"},
        )
    except av.FFmpegError as error:
        recording.check_whole()
        raise _no_recording(recording) from error
    with container:
        yield container


def _no_recording(recording: Opened) -> AudioError:
    return AudioError(
        f"{recording.name} is not a recording that can be decoded",
        hint=f"check that it is complete, and in a format such as {FORMATS}",
    )


def _track(container: InputContainer, recording: Opened) -> AudioStream:
    """The track that a player plays; all others are not even read."""
    from av import AudioStream
    from av.stream import Discard

    track = container.streams.best("audio")
    if not isinstance(track, AudioStream):
        if not container.streams.video:
            raise _no_recording(recording)
        raise AudioError(f"{recording.name} has no audio track", hint="give a recording with sound")
    if track.codec_context is None or not LOWEST <= track.codec_context.sample_rate <= HIGHEST:
        raise AudioError(
            f"the sound of {recording.name} is coded in a way that cannot be decoded",
            hint=f"convert it to a format such as {FORMATS}",
        )
    for other in container.streams:
        if other is not track:
            other.discard = Discard.all
    _disown_layout(track)
    return track


def _disown_layout(track: AudioStream) -> None:
    """Let only one owner free a layout of the file's own making: PyAV frees it twice, which ends the process."""
    layout = track.codec_context.layout
    if "channels (" in layout.name:  # such as "2 channels (FR+FL)"
        track.codec_context.layout = f"{layout.nb_channels} channels"


def _duration(container: InputContainer, track: AudioStream) -> float | None:
    if track.duration is not None and track.time_base is not None:
        late = (track.start_time or 0) * track.time_base - (container.start_time or 0) / 1_000_000
        return float(track.duration * track.time_base) + max(0.0, float(late))
    return None if container.duration is None else container.duration / 1_000_000


def _placed(pieces: Iterable[Samples], rate: int) -> Iterator[Audio]:
    """Each piece where the last one ends: counted in samples, so that no rounding adds up."""
    position = 0
    for piece in pieces:
        audio = Audio(piece, rate, position / rate)
        position += audio.frames
        yield audio
