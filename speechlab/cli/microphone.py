"""The microphone, by way of sounddevice and PortAudio, which are looked for only when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from ..errors import AudioError, ConfigError, EngineUnavailable
from ..live import RATE
from ..rest.pcm import Pcm
from ..types import Samples
from .sound import decoded

PIPE = "or pipe sound in, such as: arecord -t raw -f S16_LE -r 16000 -c 1 | speechlab live -"


def sounddevice() -> Any:
    """The module. Raises EngineUnavailable where it or PortAudio is missing."""
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise EngineUnavailable(
            "the microphone needs the package sounddevice", hint=f"pip install sounddevice; {PIPE}"
        ) from error
    except OSError as error:  # its own words for a missing library
        raise EngineUnavailable(
            f"the microphone needs PortAudio: {error}",
            hint=f"install it, such as: apt install libportaudio2; {PIPE}",
        ) from error
    return sounddevice


def listed(portaudio: Any) -> list[tuple[str, str, str, str]]:
    """Number, name, channels and usual rate of each input; the one that is meant where none is named has a star."""
    usual = portaudio.default.device[0]
    return [
        (
            f"{device['index']}{'*' if device['index'] == usual else ''}",
            device["name"],
            str(device["max_input_channels"]),
            f"{device['default_samplerate']:g} Hz",
        )
        for device in portaudio.query_devices()
        if device["max_input_channels"]
    ]


class Microphone:
    """One input device: its number or a part of its name, or None for the system's own choice."""

    waits = False

    def __init__(self, device: str | None, portaudio: Any = None) -> None:
        """Raises EngineUnavailable, ConfigError where there is no such device, or AudioError where it gives nothing."""
        self._portaudio = portaudio or sounddevice()
        self._device = int(device) if device and device.isdecimal() else device
        if not listed(self._portaudio):
            raise AudioError("there is no microphone", hint=f"plug one in, {PIPE}")
        with self._telling():
            about = self._portaudio.query_devices(self._device, "input")
        self.name = str(about["name"])
        self._rate = RATE if self._takes(RATE) else round(about["default_samplerate"])

    @contextmanager
    def open(self, note: Callable[[str], None]) -> Iterator[Iterator[Samples]]:
        """Listen; ``note`` is told once where some sound could not be taken in time. Raises AudioError."""
        blocks: SimpleQueue[bytes] = SimpleQueue()
        complained = closing = False

        def hear(data: Any, frames: int, time: Any, status: Any) -> None:
            nonlocal complained
            if status.input_overflow and not complained:
                complained = True
                note("the sound card gave more than could be taken; some of it is lost")
            blocks.put(bytes(data))

        def taken() -> Iterator[bytes]:
            yield from iter(blocks.get, b"")
            if not closing:
                raise AudioError(f"{self.name} gives no sound any more", hint="see whether it is still plugged in")

        with self._telling():
            stream = self._portaudio.RawInputStream(
                samplerate=self._rate,
                device=self._device,
                channels=1,
                dtype="int16",
                callback=hear,
                finished_callback=lambda: blocks.put(b""),
            )
            stream.start()
        try:
            yield decoded(taken(), Pcm(sample_rate=self._rate))
        finally:
            closing = True
            stream.close()

    def _takes(self, rate: int) -> bool:
        try:
            self._portaudio.check_input_settings(self._device, channels=1, dtype="int16", samplerate=rate)
        except self._portaudio.PortAudioError:
            return False
        return True

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What PortAudio says as what the user can do about it."""
        try:
            yield
        except ValueError as error:
            raise ConfigError(f"no microphone is meant by {self._device!r}: {error}", hint=LIST) from error
        except self._portaudio.PortAudioError as error:
            told = error.args[0] if error.args else error
            raise AudioError(f"the microphone cannot be listened to: {told}", hint=LIST) from error


LIST = "`speechlab live --list-devices` tells which there are; --device takes one of them"
