"""Text to speech by MMS: a thousand languages, each with a voice that is loaded when it is first heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from textwrap import wrap

from speechlab import Audio, Context, EngineFailed, Voice, torch_device

from .options import MmsOptions, MmsParams
from .torchaudio_shim import make_importable
from .voices import Voices

make_importable()  # before anything of transformers

from .device import free  # noqa: E402
from .vits import Vits  # noqa: E402

KEPT = 3
"""Voices that stay loaded, 0.15 GB each; of more, the one not heard for longest makes room."""
LONGEST = 400
"""Characters that are spoken at once: what the work takes grows with their square."""


class Mms:
    """A synthesizer with a voice for each language."""

    def __init__(self, params: MmsParams, context: Context) -> None:
        self._device = torch_device(params.device)
        self._voices = Voices(params, context)
        self._loaded = lru_cache(KEPT)(lambda model: Vits(model, params, context))
        self._closed = False

    def voices(self) -> Sequence[Voice]:
        """Those that are here first, then those that can be downloaded."""
        return self._voices.all()

    def synthesize(self, text: str, voice: str | None, options: MmsOptions) -> Iterator[Audio]:
        """The text as sound, a few hundred characters at a time.

        Raises ConfigError for a voice or language that MMS does not have, and EngineUnavailable where its checkpoint
        cannot be had.
        """
        if self._closed:
            raise EngineFailed("the voices are closed", hint="load the engine again")
        model = self._voices.model(voice, options.language)
        for piece in wrap(text, LONGEST, break_on_hyphens=False):
            speaker = self._loaded(model)
            samples = speaker.say(piece, options)
            if len(samples):
                yield Audio(samples, speaker.rate, 0.0)

    def close(self) -> None:
        """Free the networks and the accelerator's memory."""
        self._closed = True
        self._loaded.cache_clear()
        free(self._device)
