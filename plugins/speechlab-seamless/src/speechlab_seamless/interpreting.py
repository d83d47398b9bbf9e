"""A session of the interpreter: each utterance, once it is over, is written and spoken in the other language."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from speechlab import Audio, SegmentUpdate, SynthesisChunk

from .utterances import Utterances

Said = SegmentUpdate | SynthesisChunk


class Interpreting:
    """Hears one stream. ``interpret`` tells what there is to say of an utterance."""

    def __init__(self, utterances: Utterances, interpret: Callable[[Audio], Iterator[Said]]) -> None:
        self._utterances, self._interpret = utterances, interpret

    def feed(self, audio: Audio) -> Iterator[Said]:
        """Hear the next chunk."""
        for utterance in self._utterances.feed(audio):
            yield from self._interpret(utterance)

    def flush(self) -> Iterator[Said]:
        """The stream is over."""
        for utterance in self._utterances.flush():
            yield from self._interpret(utterance)
