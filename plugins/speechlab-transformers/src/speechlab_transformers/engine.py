"""The engine: stretches of sound go through a checkpoint window by window, several of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from speechlab import Audio, Context, EngineFailed, Segment

from .options import SpeechTranslateOptions, TransformersOptions, TransformersParams
from .torchaudio_shim import make_importable

make_importable()  # before anything of transformers

from .checkpoint import Checkpoint  # noqa: E402
from .ctc import Ctc  # noqa: E402
from .device import enough, free  # noqa: E402
from .hearing import Heard, Reader, Task  # noqa: E402
from .seq2seq import Seq2Seq  # noqa: E402
from .whisper import Whisper  # noqa: E402

READERS: dict[str, Callable[[Checkpoint], Reader]] = {"whisper": Whisper, "seq2seq": Seq2Seq, "ctc": Ctc}
SHORTEST = 0.05
"""Seconds of sound below which there is nothing to hear, and CTC networks fail."""
CURE = "lower batch_size or beam_size, set dtype to float16, or take a smaller checkpoint"
"""What to do where memory does not suffice."""


class Transformers:
    """Recognizer, batch recognizer and speech translator, by whatever checkpoint it is given."""

    def __init__(self, params: TransformersParams, context: Context) -> None:
        checkpoint = Checkpoint.find(params, context)
        self._device = checkpoint.device
        self._reader: Reader | None = READERS[checkpoint.family](checkpoint)

    def transcribe(self, audio: Audio, options: TransformersOptions) -> Iterator[Segment]:
        """Segments of speech, each window's as soon as it is heard."""
        for _, segments in self._hear([_Stretch(audio)], Task(options, _target(options))):
            yield from segments

    def transcribe_batch(self, audios: Sequence[Audio], options: TransformersOptions) -> Iterator[list[Segment]]:
        """The segments of each stretch, in the order given; ``batch_size`` stretches are heard together.

        A language that is not given is detected in the first of them, or with ``multilingual`` in each.
        """
        task = Task(options, _target(options))
        size = options.batch_size or (1 if self._device.type == "cpu" else 8)
        for first in range(0, len(audios), size):
            group = [_Stretch(audio) for audio in audios[first : first + size]]
            for stretch, segments in self._hear(group, task):
                stretch.told += segments
            yield from (stretch.told for stretch in group)

    def translate_speech(self, audio: Audio, target: str, options: SpeechTranslateOptions) -> Iterator[Segment]:
        """Segments of speech as text in the language ``target``, a BCP-47 code."""
        for _, segments in self._hear([_Stretch(audio)], Task(options, target)):
            yield from segments

    def close(self) -> None:
        """Free the network and the accelerator's memory."""
        self._reader = None
        free(self._device)

    def _hear(self, stretches: Sequence[_Stretch], task: Task) -> Iterator[tuple[_Stretch, list[Segment]]]:
        """Windows of all stretches side by side until all are heard; each gives segments of its stretch."""
        if self._reader is None:
            raise EngineFailed("the checkpoint is closed", hint="load the engine again")
        while pending := [stretch for stretch in stretches if stretch.left >= SHORTEST]:
            clips = [stretch.clip(self._reader.window) for stretch in pending]
            with enough(self._device, f"{len(clips)} stretches at once", CURE):
                answers = self._reader.hear([clip.mono for clip in clips], task)
            task.found(answers[0].language)
            for stretch, clip, heard in zip(pending, clips, answers, strict=True):
                yield stretch, stretch.settle(clip, heard)


class _Stretch:
    """A stretch of sound on its way through the network."""

    def __init__(self, audio: Audio) -> None:
        self.told: list[Segment] = []
        self._audio = audio
        self._at = audio.start

    @property
    def left(self) -> float:
        """Seconds not heard yet."""
        return self._audio.end - self._at

    def clip(self, window: float) -> Audio:
        """What to hear next. It begins exactly where the last one was settled, so that times never step back."""
        cut = self._audio.crop(self._at, self._at + window)
        return Audio(cut.samples, cut.sample_rate, self._at)

    def settle(self, clip: Audio, heard: Heard) -> list[Segment]:
        """Go on behind what was heard; its segments on the stretch's own timeline."""
        self._at = clip.start + heard.seconds
        return [segment.moved(clip.start) for segment in heard.segments]


def _target(options: TransformersOptions) -> str | None:
    return "en" if options.task == "translate" else None
