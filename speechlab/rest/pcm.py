"""Samples as they come over a socket, in whatever coding and at whatever rate, as the lab hears them: 16 kHz, float."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from ..errors import AudioError, ConfigError
from ..media import Resampler
from ..types import Audio, Samples

RATE = 16_000
"""Samples a second at which every session hears."""
LOWEST, HIGHEST = 4_000, 192_000


class Coding(StrEnum):
    """How one sample is written."""

    PCM16 = "pcm16"
    """Signed, 16 bits, the low byte first."""
    ULAW = "g711_ulaw"
    ALAW = "g711_alaw"


class Pcm:
    """One stream of mono sound: bytes in, samples out.

    What comes out is as long as what went in, once :meth:`flush` has given what the resampler held back.
    """

    def __init__(self, coding: Coding = Coding.PCM16, sample_rate: int = RATE) -> None:
        """Raises ConfigError for a rate that no sound has."""
        if not LOWEST <= sample_rate <= HIGHEST:
            raise ConfigError(
                f"sound of {sample_rate} samples a second cannot be heard",
                hint=f"send between {LOWEST} and {HIGHEST}; {RATE} costs the least",
            )
        self.coding, self.sample_rate = coding, sample_rate
        self._resampler = Resampler(RATE) if sample_rate != RATE else None
        self._taken = 0

    def feed(self, data: bytes) -> Samples:
        """The next bytes; gives what is ready, which may be nothing. Raises AudioError for half a sample."""
        samples = self._samples(data)
        if self._resampler is None:
            return samples
        audio = Audio(samples, self.sample_rate, self._taken / self.sample_rate)
        self._taken += len(samples)
        return _joined(self._resampler.feed(audio))

    def flush(self) -> Samples:
        """What was held back; it can be fed again afterwards."""
        return _joined(self._resampler.flush() if self._resampler is not None else [])

    def _samples(self, data: bytes) -> Samples:
        if self.coding is not Coding.PCM16:
            return _G711[self.coding][np.frombuffer(data, np.uint8)]
        if len(data) % 2:
            raise AudioError(
                f"{len(data)} bytes are no whole number of samples", hint="send PCM16: two bytes for each sample"
            )
        samples = np.frombuffer(data, "<i2").astype(np.float32)
        samples *= _SCALE
        return samples


def _joined(parts: list[Audio]) -> Samples:
    if len(parts) == 1:
        return parts[0].mono
    return np.concatenate([part.mono for part in parts]) if parts else np.zeros(0, np.float32)


def _ulaw() -> Samples:
    """The value of each byte of G.711's mu-law (ITU-T G.711, table 2a)."""
    code = ~np.arange(256, dtype=np.uint8)
    step, chord = (code & 0x0F).astype(np.int32), ((code & 0x70) >> 4).astype(np.int32)
    size = (((step << 3) + 0x84) << chord) - 0x84
    return (np.where(code & 0x80, -size, size) / 32768).astype(np.float32)


def _alaw() -> Samples:
    """The value of each byte of G.711's A-law (ITU-T G.711, table 1a)."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    step, chord = (code & 0x0F).astype(np.int32), ((code & 0x70) >> 4).astype(np.int32)
    size = np.where(chord == 0, (step << 4) + 8, ((step << 4) + 0x108) << np.maximum(chord - 1, 0))
    return (np.where(code & 0x80, size, -size) / 32768).astype(np.float32)


_SCALE = np.float32(1 / 32768)
_G711 = {Coding.ULAW: _ulaw(), Coding.ALAW: _alaw()}
