"""The voice converter, loaded: what is said and how high is heard, and a trained voice says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

import numpy as np
import soxr
from scipy.signal import butter, filtfilt
from speechlab_transformers.torchaudio_shim import make_importable

from speechlab import Audio, ConfigError, Context, EngineFailed, EngineUnavailable, Samples, Voice, torch_device

from . import CONTENTVEC, RvcOptions, RvcParams
from .loudness import followed
from .neighbours import Neighbours
from .shelf import Place, shelf

make_importable()  # before anything of transformers

import torch  # noqa: E402
from speechlab_transformers.device import enough, free, seeded  # noqa: E402
from torch import Tensor  # noqa: E402

from . import rvc, sovits  # noqa: E402
from .content import Content  # noqa: E402
from .network import Synthesizer  # noqa: E402
from .pitch import RATE, Pitch  # noqa: E402

KEPT = 3
"""Voices that stay loaded, 0.11 GB each and their index; of more, the one not heard for longest makes room."""
AROUND = 1.0
"""Seconds before and behind the sound that it is told, so that nothing begins or ends at once: the sound mirrored."""
LEAST = 0.1
"""Seconds that a mirror needs; what is shorter is followed by silence, which is cut off again."""
RUMBLE = butter(5, 48, "highpass", fs=RATE)
"""What lies below all voices."""
OFF = 0.5
"""The protection that protects nothing."""


class Rvc:
    """The encoder, the voices' places, and the last voices that were used."""

    def __init__(self, params: RvcParams, context: Context) -> None:
        self._device = torch_device(params.device)
        self._shelf = shelf(params.voices, context)
        self._content = Content(params.encoder, context, self._device)
        self._pitch = Pitch()
        self._usual = params.encoder == CONTENTVEC
        self._loaded = lru_cache(KEPT)(self._load)
        self._closed = False

    def voices(self) -> list[Voice]:
        """Those of the folder, or of the hub's repository."""
        return [Voice(name, name) for name in self._shelf]

    def convert(self, audio: Audio, voice: str, options: RvcOptions) -> Sequence[Audio]:
        """The same words at the same times in another voice.

        Raises ConfigError for a voice or speaker that it does not have, EngineUnavailable for one that cannot be read.
        """
        if self._closed:
            raise EngineFailed("the voices are closed", hint="load the engine again")
        place = self._place(voice)
        network, index = self._loaded(replace(place, speaker=None))
        shape = network.shape
        speaker = options.speaker if place.speaker is None else place.speaker
        if not 0 <= speaker < shape.speakers:
            raise ConfigError(f"{voice} has no speaker {speaker}", hint=f"it has those from 0 to {shape.speakers - 1}")
        frames = round(audio.duration * shape.rate)
        if not audio.frames:
            return []
        said = _prepared(audio)
        with enough(self._device, "so much sound at once", "set device to cpu"), seeded(options.seed, self._device):
            samples = self._said(said, network, index, options, speaker)
        first = round(AROUND * shape.rate)
        samples = samples[first : first + frames]
        heard = said[round(AROUND * RATE) :][: round(audio.duration * RATE)]
        samples = followed(samples, shape.rate, heard, RATE, options.rms_mix_rate)
        return [Audio(samples / max(1.0, float(np.abs(samples).max(initial=0))), shape.rate, audio.start)]

    def close(self) -> None:
        """Free the networks and the accelerator's memory."""
        self._closed = True
        self._loaded.cache_clear()
        del self._content
        free(self._device)

    def _said(
        self, said: Samples, network: Synthesizer, index: Neighbours | None, options: RvcOptions, speaker: int
    ) -> Samples:
        """What the voice makes of it, samples at its own rate."""
        shape = network.shape
        heard = self._content.of(torch.from_numpy(said), shape.features)
        told = self._led(heard, index, options.index_rate)
        moments = network.moments(len(heard), len(said) / RATE)
        at = torch.arange(moments, device=self._device) * len(heard) // moments
        heard, told, hertz = heard[at], told[at], None
        if shape.tones:
            found = self._pitch.of(said, options.f0_method, shape.hop / shape.rate, moments)
            raised = (found * 2 ** (options.transpose / 12)).astype(np.float32)
            hertz = torch.from_numpy(raised).to(self._device)
            if options.protect < OFF:
                share = torch.where(hertz > 0, 1.0, options.protect)[:, None]
                told = share * told + (1 - share) * heard
        samples: Samples = network(told, hertz, speaker).cpu().numpy()
        return samples

    def _led(self, heard: Tensor, index: Neighbours | None, rate: float) -> Tensor:
        """What is said, some of the way to what the voice was trained on."""
        if index is None or not rate:
            return heard
        nearest = torch.from_numpy(index.nearest(heard.cpu().numpy())).to(self._device)
        return rate * nearest + (1 - rate) * heard

    def _place(self, voice: str) -> Place:
        if voice in self._shelf:
            return self._shelf[voice]
        near = get_close_matches(voice, self._shelf, n=1, cutoff=0.6)
        names = list(self._shelf)
        has = f"it has {', '.join(names[:9])}{', ...' * (len(names) > 9)}" if names else ""
        raise ConfigError(
            f"rvc has no voice {voice!r}",
            hint=f"did you mean {near[0]}?" if near else has or "give a folder with voices (.pth) as `voices`",
        )

    def _load(self, place: Place) -> tuple[Synthesizer, Neighbours | None]:
        """The voice, on the device, and its index. Raises EngineUnavailable."""
        network: Synthesizer
        if place.config:
            network = sovits.load(place.file, place.config)
        else:
            network = rvc.load(place.file, usual_encoder=self._usual)
        index = Neighbours.load(place.index) if place.index else None
        if index and index.features != network.shape.features:
            raise EngineUnavailable(
                f"the index {place.index} is not that of {place.file.name}",
                hint="give each voice a folder of its own with its index, or take the index away",
            )
        return network.to(self._device), index


def _prepared(audio: Audio) -> Samples:
    """The sound at 16 kHz without its rumble, with its mirror image around it."""
    mono = audio.mono
    if audio.sample_rate != RATE:
        mono = np.asarray(soxr.resample(mono, audio.sample_rate, RATE), np.float32)
    mono = np.pad(mono, (0, max(0, round(LEAST * RATE) - len(mono))))
    return np.pad(filtfilt(*RUMBLE, mono).astype(np.float32), round(AROUND * RATE), mode="reflect")
