"""The voice converter, loaded: what is said in one clip, in the voice of another."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import soxr
from voiceclonnx import VoiceCloner

from speechlab import Audio, AudioError, ConfigError, Consent, Context, EngineUnavailable, Params, Samples, Voice

from . import HUBS, ConversionParams, weights
from .lent import lent

CLIPS = (".wav", ".flac", ".ogg", ".mp3")
LEAST = 1.0
"""Seconds that the networks are given at least; what is shorter is followed by silence, which is cut off again."""
SHORTEST, LONGEST = 3.0, 30.0
"""Seconds of a clip that tells a voice; what is longer is cut."""


class Conversion:
    """One loaded model, and the voices that it was shown: those last as long as it is loaded."""

    def __init__(self, params: ConversionParams, context: Context) -> None:
        self._clips = _clips(params.clips)
        self._shown: dict[str, Audio] = {}
        wanted = weights(params.model, int8=params.precision == "int8")
        folder = context.weights(wanted, folder=params.folder)
        self._package = VoiceCloner(engine=params.model, quantized=params.precision == "int8")
        self._rate = self._package.sample_rate
        still = np.zeros(self._rate, np.float32)
        try:
            with lent(HUBS[params.model][0], folder):
                self._converted(still, still)  # the package loads a network when it first needs it
        except Exception as error:  # onnxruntime's errors have no common class
            told = str(error).strip().partition("\n")[0]
            raise EngineUnavailable(
                f"the networks in {folder} cannot be read as {params.model}: {told}", hint="fetch them again"
            ) from error

    def voices(self) -> list[Voice]:
        """Those of the user's folder, then those that it was shown."""
        return [Voice(name, name) for name in (*self._clips, *self._shown)]

    def clone(self, reference: Audio, consent: Consent, _: Params) -> Voice:
        """A voice to convert into, from a clip of one person who speaks; of more than half a minute the first is heard.

        Raises AudioError for too short a clip.
        """
        if reference.duration < SHORTEST:
            raise AudioError(
                f"{reference.duration:.1f} s of sound do not tell a voice",
                hint="ten seconds of clean speech of one person do well",
            )
        clip = reference.crop(reference.start, reference.start + LONGEST)
        name = f"clip-{clip.digest[:12]}"
        self._shown[name] = clip
        return Voice(name, name, reference=reference.digest, consent=consent)

    def convert(self, audio: Audio, voice: str, _: Params) -> Sequence[Audio]:
        """The same words at the same times in another voice. Raises ConfigError for a voice that it does not have."""
        clip = self._clip(voice)
        frames = round(audio.duration * self._rate)
        said = _resampled(audio, self._rate)
        said = np.pad(said, (0, max(0, round(LEAST * self._rate) - len(said))))
        samples = self._converted(said, _resampled(clip, self._rate))[:frames]
        return [Audio(np.pad(samples, (0, frames - len(samples))), self._rate, audio.start)]

    def _converted(self, said: Samples, clip: Samples) -> Samples:
        """By the package, which takes and gives files."""
        with TemporaryDirectory(prefix="voiceclonnx-") as folder:
            files = [str(Path(folder) / f"{name}.wav") for name in ("said", "clip", "out")]
            for file, samples in zip(files, (said, clip), strict=False):
                soundfile.write(file, samples, self._rate, subtype="FLOAT")
            samples, _ = soundfile.read(self._package.clone_voice(*files), dtype="float32")
        return np.asarray(samples, np.float32)

    def _clip(self, voice: str) -> Audio:
        if voice in self._shown:
            return self._shown[voice]
        if voice not in self._clips:
            names = [one.id for one in self.voices()]
            near = get_close_matches(voice, names, n=1, cutoff=0.6)
            has = f"it has {', '.join(names[:9])}{', ...' * (len(names) > 9)}" if names else ""
            raise ConfigError(
                f"voiceclonnx has no voice {voice!r}",
                hint=f"did you mean {near[0]}?"
                if near
                else has or "name a voice of the library that has a clip, or give a folder with `clips`",
            )
        file = self._clips[voice]
        try:
            samples, rate = soundfile.read(file, frames=-1, dtype="float32", always_2d=True)
        except (OSError, soundfile.LibsndfileError) as error:
            raise ConfigError(f"{file} cannot be read as sound", hint="give a wav or a flac file") from error
        clip = Audio(samples.T, rate).crop(0, LONGEST)
        if clip.duration < SHORTEST:
            raise ConfigError(
                f"{file} has {clip.duration:.1f} s of sound, which do not tell a voice",
                hint="ten seconds of clean speech of one person do well",
            )
        return clip


def _clips(folder: str | None) -> dict[str, Path]:
    """Raises ConfigError where there is no such folder."""
    if not folder:
        return {}
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise ConfigError(f"there is no folder {place}", hint="give one that holds clips of voices")
    return {file.stem: file for file in sorted(place.iterdir()) if file.suffix.lower() in CLIPS}


def _resampled(audio: Audio, rate: int) -> Samples:
    mono = audio.mono
    return mono if audio.sample_rate == rate else np.asarray(soxr.resample(mono, audio.sample_rate, rate), np.float32)
