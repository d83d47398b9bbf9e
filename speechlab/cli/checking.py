"""Sentences that were spoken, listened to while the next is made, and told of: each with its word error rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import SpeechLabError
from ..lab import Lab
from ..proofing import Proof, Proofing
from ..speaking import Speaking, Spoken
from .messages import say
from .progress import clock_time


class Checking:
    """The listening to one text. It never ends the speaking: where it fails, that is told, and the rest is not heard.

    Nothing is loaded before the first sentence.
    """

    def __init__(self, lab: Lab, speech: Speaking, recognizer: str | None = None) -> None:
        """Raises ConfigError, EngineUnavailable or PolicyDenied where nobody can listen."""
        self._lab, self._speech, self._recognizer = lab, speech, recognizer
        self._by_voice: dict[str, Proofing] = {}
        self._broken = False
        self._found: dict[int, tuple[Spoken, Proof]] = {}
        self._listener = Proofing(lab, language=speech.language, recognizer=recognizer).recognizer()

    def hear(self, spoken: Spoken) -> None:
        """Listen to a sentence, and tell how much of it came back otherwise."""
        if self._broken or not spoken.audio.frames:
            return
        try:
            found = self._proofing(spoken.voice).proof(spoken.text, spoken.audio, spoken.language)
        except SpeechLabError as error:
            self._broken = True
            say(f"from sentence {spoken.index + 1} on, nothing is checked: {error}")
            return
        self._found[spoken.index] = spoken.hushed(), found
        say(f"{found.wer:6.0%}  {spoken.text}")

    def as_json(self, spoken: Spoken) -> dict[str, Any] | None:
        """What was found of a sentence; None where it was not heard."""
        if spoken.index not in self._found:
            return None
        told = self._found[spoken.index][1].as_json()
        return {name: value for name, value in told.items() if name != "text"}

    def close(self) -> None:
        """Let go of what listened, and tell what was found in all: those that somebody should listen to, in full."""
        for proofing in self._by_voice.values():
            proofing.close()
        self._by_voice = {}
        for line in self._account():
            say(line)

    def _proofing(self, voice: str) -> Proofing:
        """What listens for a voice, and knows it by the clip that it was made from, where it was made from one."""
        if voice not in self._by_voice:
            speech, id = self._speech, self._recognizer
            made = Proofing.of_voice(self._lab, voice, speech.engine, language=speech.language, recognizer=id)
            self._by_voice[voice] = made
        return self._by_voice[voice]

    def _account(self) -> Iterator[str]:
        proofs = [proof for _, proof in self._found.values()]
        if not proofs:
            return
        words = sum(proof.words for proof in proofs)
        wrong = sum(slip.words for proof in proofs for slip in proof.errors)
        suspects = [(spoken, proof) for spoken, proof in self._found.values() if proof.suspect]
        yield (
            f"{self._listener} heard {wrong} of {words} words otherwise than they are written"
            f" ({wrong / max(1, words):.1%}); {_counted(len(suspects))} to listen to"
        )
        alike = [(proof.similarity, proof.scale) for proof in proofs if proof.similarity is not None]
        if alike and (scale := alike[0][1]):
            mean = sum(value for value, _ in alike) / len(alike)
            yield f"how like its clip the voice is: {scale.words(mean)}"
        for spoken, proof in suspects:
            yield f"{clock_time(spoken.start):>6}  {spoken.text}"
            yield f"        heard: {proof.heard or 'nothing'}"
            yield f"        {proof.why}"


def _counted(count: int) -> str:
    return f"{count or 'no'} sentence{'s' * (count != 1)}"
