"""The engine: one loaded model that recognises, translates, speaks and interprets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice

import numpy as np
import torch

from speechlab import Audio, ConfigError, Context, EngineFailed, Segment, SegmentUpdate, SynthesisChunk, Voice

from . import (
    InterpretingOptions,
    RecognitionOptions,
    SeamlessParams,
    SpeechTranslationOptions,
    SynthesisOptions,
    TranslationOptions,
)
from .checkpoint import RATE, Checkpoint
from .interpreting import Interpreting, Said
from .network import Understood
from .quiet import quiet
from .sentences import pieces
from .tongues import NATIVE, Tongue
from .utterances import Utterances

WINDOW = 20.0
"""The longest stretch of sound that it hears at once, in seconds."""
SHORTEST = 0.1
"""Seconds of sound below which there is nothing to hear."""
SPARE = 200
"""So many more tokens may be written than there are positions to write about, as its authors have it: the bound on a
decoder that does not stop by itself."""


class Seamless:
    """Recognizer, speech translator, translator, synthesizer and interpreter.

    All raise ConfigError for a language that the model does not know, with the nearest that it does, and EngineFailed
    where there is too little memory.
    """

    def __init__(self, params: SeamlessParams, context: Context) -> None:
        self._loaded: Checkpoint | None = Checkpoint.load(params, context)
        self._model = params.model

    def close(self) -> None:
        """Free the network and the accelerator's memory."""
        if self._loaded is None:
            return
        device, self._loaded = self._loaded.device, None
        if device.type in ("cuda", "mps", "xpu"):
            getattr(torch, device.type).empty_cache()

    # -- speech to text ------------------------------------------------------------------------------------------------

    def transcribe(self, audio: Audio, options: RecognitionOptions) -> Iterator[Segment]:
        """What is said, one segment for each window."""
        spoken = self._told(options.language, "language", "is spoken")
        for clip in _clips(audio):
            yield from filter(None, self._written([clip], spoken, options.beam_size))

    def transcribe_batch(self, audios: Sequence[Audio], options: RecognitionOptions) -> Iterator[list[Segment]]:
        """The segments of each stretch, in the order given; ``batch_size`` of them are heard together."""
        spoken = self._told(options.language, "language", "is spoken")
        size = options.batch_size or (1 if self._checkpoint.device.type == "cpu" else 8)
        for first in range(0, len(audios), size):
            stretches = [_clips(audio) for audio in audios[first : first + size]]
            told = iter(self._written([clip for clips in stretches for clip in clips], spoken, options.beam_size))
            yield from ([one for one in islice(told, len(clips)) if one] for clips in stretches)

    def translate_speech(self, audio: Audio, target: str, options: SpeechTranslationOptions) -> Iterator[Segment]:
        """What is said, in whatever language, as text in the language ``target``."""
        tongue = self._checkpoint.tongues.writes(target)
        for clip in _clips(audio):
            yield from filter(None, self._written([clip], tongue, options.beam_size))

    def _written(self, clips: Sequence[Audio], tongue: Tongue, beams: int) -> list[Segment | None]:
        """A segment for each clip, or None where nothing is said."""
        checkpoint = self._checkpoint
        if not clips:
            return []
        with self._working(f"{len(clips)} stretches of sound"):
            heard = [checkpoint.hear(clip.mono) for clip in clips]
            together = Understood.join(heard)
            rows = checkpoint.network.write(together, tongue.token, beams, _bounds(together))
            sure = [checkpoint.network.sure(one, tongue.token, row) for one, row in zip(heard, rows, strict=True)]
        return [
            Segment(clip.start, clip.end, text=text, language=tongue.tag, extra={"avg_logprob": logprob})
            if (text := checkpoint.text(row))
            else None
            for clip, row, logprob in zip(clips, rows, sure, strict=True)
        ]

    # -- text to text --------------------------------------------------------------------------------------------------

    def translate(
        self, texts: Sequence[str], source: str | None, target: str, options: TranslationOptions
    ) -> list[str]:
        """The texts in the language ``target``; what has neither letter nor digit stays as it is.

        Raises ConfigError for a text that is longer than the model can hold: nothing is cut off.
        """
        checkpoint = self._checkpoint
        begin, end = self._told(source, "source", "the text is in"), checkpoint.tongues.writes(target)
        told = list(texts)
        if begin == end:
            return told
        tokens = {index: checkpoint.tokens(text) for index, text in enumerate(told) if _speakable(text)}
        room = checkpoint.network.config.max_position_embeddings - 2
        if longest := max((len(row) for row in tokens.values() if len(row) > room), default=0):
            raise ConfigError(
                f"a text has {longest} tokens, and {self._model} reads {room}", hint="cut it into sentences"
            )
        size = options.batch_size or (4 if checkpoint.device.type == "cpu" else 16)
        order = sorted(tokens, key=lambda index: len(tokens[index]))  # alike in length, little is filled up
        for group in (order[first : first + size] for first in range(0, len(order), size)):
            with self._working(f"{len(group)} texts"):
                read = checkpoint.network.read([tokens[index] for index in group], begin.token)
                rows = checkpoint.network.write(read, end.token, options.beam_size, _bounds(read))
            for index, row in zip(group, rows, strict=True):
                told[index] = checkpoint.text(row)
        return told

    # -- text to speech ------------------------------------------------------------------------------------------------

    def voices(self) -> Sequence[Voice]:
        """Speakers by their numbers; where it is known what is whose own language, first whoever fits it."""
        return self._checkpoint.tongues.voices()

    def synthesize(self, text: str, voice: str | None, options: SynthesisOptions) -> Iterator[Audio]:
        """The very text as sound, a few sentences at a time."""
        checkpoint = self._checkpoint
        if voice is not None and voice not in {one.id for one in self.voices()}:
            raise ConfigError(f"tts/seamless has no voice {voice!r}", hint="its voices are native, 0, 1, 2, ...")
        chosen = None if voice in (None, NATIVE) else int(voice)
        own = checkpoint.tongues.own(chosen) if chosen is not None else None
        if own and not options.language:
            tongue = own
        else:
            tongue = self._told(options.language, "language", "to speak", aloud=True)
        speaker = checkpoint.tongues.speaker(tongue, chosen)
        return self._pieces(text, tongue, speaker, options.speed)

    def _pieces(self, text: str, tongue: Tongue, speaker: int, speed: float) -> Iterator[Audio]:
        for piece in filter(_speakable, pieces(text)):
            with self._working("a few sentences"):
                tokens = self._checkpoint.tokens(piece)
                read = self._checkpoint.network.read([tokens], tongue.token)
                sound = self._spoken(read, tongue, tokens, speaker, speed)
            if sound.frames:
                yield sound

    def _spoken(
        self, understood: Understood, tongue: Tongue, tokens: list[int], speaker: int, speed: float, start: float = 0.0
    ) -> Audio:
        assert tongue.number is not None
        waveform = self._checkpoint.network.speak(
            understood, tongue.token, tokens, tongue=tongue.number, speaker=speaker, speed=speed
        )
        return Audio(np.clip(waveform.numpy(), -1, 1), RATE, start)

    # -- speech to speech ----------------------------------------------------------------------------------------------

    def interpret(self, target: str, options: InterpretingOptions) -> Interpreting:
        """A session that hears a stream, and writes and speaks it in the language ``target``."""
        tongues = self._checkpoint.tongues
        tongue = tongues.speaks(target)
        speaker = tongues.speaker(tongue, options.speaker)
        heard = tongues.writes(options.language) if options.language else None
        utterances = Utterances(
            RATE, pause=options.pause, longest=options.longest_utterance, margin=options.loudness_margin
        )
        return Interpreting(utterances, partial(self._interpreted, target, tongue, speaker, heard, options))

    def _interpreted(
        self,
        target: str,
        tongue: Tongue,
        speaker: int,
        heard: Tongue | None,
        options: InterpretingOptions,
        utterance: Audio,
    ) -> Iterator[Said]:
        checkpoint, network = self._checkpoint, self._checkpoint.network
        id = f"u{round(1000 * utterance.start):08d}"

        def update(row: list[int], language: Tongue, track: str | None) -> Iterator[Said]:
            if text := checkpoint.text(row):
                segment = Segment(utterance.start, utterance.end, text=text, id=id, language=language.tag)
                yield SegmentUpdate(segment=segment, target=track)

        with self._working("an utterance"):
            understood = checkpoint.hear(utterance.mono)
            bounds = _bounds(understood)
            said = network.write(understood, heard.token, options.beam_size, bounds) if heard else []
            [row] = network.write(understood, tongue.token, options.beam_size, bounds)
            sound = self._spoken(understood, tongue, row, speaker, options.speed, utterance.start)
        if heard:
            yield from update(said[0], heard, None)
        yield from update(row, tongue, target)
        if sound.frames:
            yield SynthesisChunk(audio=sound, segment_id=id, voice=str(speaker))

    # -- what all of them stand on -------------------------------------------------------------------------------------

    @property
    def _checkpoint(self) -> Checkpoint:
        if self._loaded is None:
            raise EngineFailed("the checkpoint is closed", hint="load the engine again")
        return self._loaded

    def _told(self, language: str | None, name: str, what: str, *, aloud: bool = False) -> Tongue:
        """The language that the user told as ``name``. Raises ConfigError for none: the model cannot find it out."""
        if not language:
            raise ConfigError(
                f"{self._model} must be told which language {what}", hint=f"set {name}, to en or pt-BR for instance"
            )
        tongues = self._checkpoint.tongues
        return tongues.speaks(language) if aloud else tongues.writes(language)

    @contextmanager
    def _working(self, load: str) -> Iterator[None]:
        try:
            with quiet(), torch.inference_mode():
                yield
        except torch.OutOfMemoryError as error:
            raise EngineFailed(
                f"{self._checkpoint.device} has too little memory for {load} at once",
                hint="lower batch_size or beam_size, or set dtype to float16 or bfloat16",
            ) from error


def _clips(audio: Audio) -> list[Audio]:
    """The sound in windows; the host gives no longer one than that."""
    return [clip for clip in audio.chunks(WINDOW) if clip.duration >= SHORTEST]


def _bounds(understood: Understood) -> list[int]:
    """The most tokens to write about each."""
    return [int(length) + SPARE for length in understood.mask.sum(1)]


def _speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)
