"""Denoisers that work frame by frame: chunks of any length go in, and what comes out lies where it lay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from ..types import Audio, Samples

Spectra = npt.NDArray[np.complexfloating[Any, Any]]
"""The spectra of some frames, shaped (frames, bins)."""


class FrameSession(ABC):
    """One stream of a denoiser that wants ``hop`` samples at a time and gives them back ``delay`` samples late.

    A subclass does the work in :meth:`process`. What else a denoiser promises is kept here: chunks may be of any
    length, the delay is taken out, and in all as much comes out as went in. Its card's ``lag`` is
    ``(hop + delay) / sample_rate``.
    """

    def __init__(self, hop: int, delay: int = 0) -> None:
        self.hop, self.delay = hop, delay
        self._held: Samples = np.zeros(0, np.float32)
        self._late = delay
        """Samples that are still to be left out, since they lie before the first one that was fed."""
        self._fed = self._given = 0
        self._start, self._rate = 0.0, 0

    @abstractmethod
    def process(self, samples: Samples) -> Samples:
        """The next samples, as many as fill some hops: as many cleaned ones, late by the delay."""

    def feed(self, audio: Audio) -> list[Audio]:
        """The next chunk, mixed down; gives what it completes."""
        if not self._rate:
            self._start, self._rate = audio.start, audio.sample_rate
        self._fed += audio.frames
        return self._through(audio.mono)

    def flush(self) -> list[Audio]:
        """The stream is over; gives what was held back."""
        left = self._fed - self._given
        if not left:
            return []
        hops = -(-(len(self._held) + self.delay) // self.hop)
        [rest] = self._through(np.zeros(hops * self.hop - len(self._held), np.float32))
        return [Audio(rest.samples[:, :left], rest.sample_rate, rest.start)]

    def _through(self, samples: Samples) -> list[Audio]:
        held = np.concatenate([self._held, samples])
        whole = len(held) // self.hop * self.hop
        self._held = held[whole:]
        if not whole:
            return []
        cleaned = self.process(held[:whole])
        early = min(self._late, len(cleaned))
        self._late -= early
        if early == len(cleaned):
            return []
        audio = Audio(cleaned[early:], self._rate, self._start + self._given / self._rate)
        self._given += audio.frames
        return [audio]


class SpectralSession(FrameSession):
    """One stream of a denoiser that works on the spectra of overlapping frames.

    A subclass changes them in :meth:`clean`. Unchanged, they give the very sound that went in, whatever the window: the
    frames are added up under its dual. ``window`` is as long as a frame, which at most two hops are; ``fft`` is the
    length of the transform where that is longer.
    """

    def __init__(self, window: Samples, hop: int, fft: int | None = None) -> None:
        super().__init__(hop, len(window) - hop)
        self._window: Samples = np.asarray(window, np.float32)
        power = np.square(self._window)
        overlap = power[: self.delay] + power[hop:]
        power[: self.delay] = power[hop:] = overlap
        self._dual: Samples = (self._window / power).astype(np.float32)
        self._fft = fft or len(window)
        self._past: Samples = np.zeros(self.delay, np.float32)
        self._tail: Samples = np.zeros(self.delay, np.float32)

    @abstractmethod
    def clean(self, spectra: Spectra) -> Spectra:
        """The spectra of the next frames, cleaned."""

    def process(self, samples: Samples) -> Samples:
        sound = np.concatenate([self._past, samples])
        self._past = sound[len(samples) :]
        frames = np.lib.stride_tricks.sliding_window_view(sound, len(self._window))[:: self.hop]
        spectra = self.clean(np.fft.rfft(frames * self._window, self._fft))
        cleaned: Samples = np.fft.irfft(spectra, self._fft)[:, : len(self._window)].astype(np.float32) * self._dual
        summed: Samples = cleaned[:, : self.hop].copy()
        summed[0, : self.delay] += self._tail
        summed[1:, : self.delay] += cleaned[:-1, self.hop :]
        self._tail = cleaned[-1, self.hop :]
        return summed.reshape(-1)
