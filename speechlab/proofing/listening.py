"""Sentences through a recogniser that stays loaded, and each beside what was written."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

from ..closing import closes
from ..engines import Kind
from ..errors import AudioError, EngineUnavailable
from ..lab import Lab
from ..pipeline import Pipeline, Step, step
from ..preferred import normalising, preferred
from ..runner import compose
from ..source import Sound
from ..stages.spelling import speller
from ..trace import Trace
from ..types import Audio, AudioChunk, Samples, Segment, SegmentUpdate
from ..types.scripts import joined
from .comparing import compared
from .likeness import Likeness, embedding
from .proof import Proof
from .reference import clip_of
from .whole import whole

RATE = 16_000
"""Hz at which a file is read: what recognisers hear."""
MARGIN = 0.3
"""Seconds of silence put around a sentence: a recogniser drops words that begin or end with the sound."""
SILENT = 1e-4
"""Peak, of full scale 1, below which nothing can be heard."""
ENOUGH = 2.0
"""Seconds of a sentence without which nothing is told of its voice."""


class Proofing:
    """Listens to one sentence after the other; :meth:`close` it, or use it in a ``with``, to let go of the engines.

    Nothing is loaded before the first sentence.
    """

    def __init__(
        self,
        lab: Lab,
        *,
        language: str | None = None,
        recognizer: str | None = None,
        reference: Sound | None = None,
        embedder: str | None = None,
    ) -> None:
        """``language`` is that of the sentences that do not tell their own. ``recognizer`` is an engine's id; without
        it, the best that is installed for the language is taken. ``reference`` is a clip of whoever should be heard.

        Raises ConfigError, EngineUnavailable or PolicyDenied.
        """
        self._lab, self._language = lab, language
        self._recognizer = recognizer.removeprefix(f"{Kind.ASR}/") if recognizer else None
        self._reference = reference
        self._embedding = embedding(lab, embedder) if reference is not None else None
        self._likeness: tuple[Likeness, Samples] | None = None
        self._ears: dict[str | None, Pipeline] = {}
        self._held: set[str] = set()
        self._leases = ExitStack()
        normal = [step(lab.plugins, spec.kind, spec.id, {}) for spec in normalising(lab.plugins)]
        self._spelled = speller(lab.pool, [(one.spec, one.params, one.options) for one in normal])
        self._ear(language)

    @classmethod
    def of_voice(
        cls,
        lab: Lab,
        voice: str | None,
        engine: str = "",
        *,
        language: str | None = None,
        recognizer: str | None = None,
    ) -> Proofing:
        """What listens for a voice, by its name in the library or by what ``engine`` calls it: where it was made from a
        clip, also for how like that it is. Where nobody can tell that, the lab reports it, and the words alone are
        heard. Raises as :class:`Proofing`."""
        how: dict[str, Any] = {"language": language, "recognizer": recognizer}
        try:
            return cls(lab, reference=clip_of(lab, voice, engine), **how)
        except (EngineUnavailable, AudioError) as error:
            made = cls(lab, **how)
            lab.report(f"how like the voice is to its clip is not told: {error}")
            return made

    def __enter__(self) -> Proofing:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engines."""
        self._likeness = None
        self._held.clear()
        self._leases.close()

    def recognizer(self, language: str | None = None) -> str:
        """Who listens to a sentence of this language, as ``kind/id``. Raises EngineUnavailable."""
        return self._ear(language or self._language).steps[0].spec.name

    def proof(self, text: str, audio: Sound, language: str | None = None) -> Proof:
        """What comes back of a sentence. Raises EngineFailed, EngineUnavailable where nobody knows the language, and
        AudioError where a file cannot be read."""
        language = language or self._language
        sound = audio if isinstance(audio, Audio) else whole(audio, RATE)
        heard, told = self._heard(sound, language)
        language = language or told
        found = compared((text, self._spelled(text, language)), (heard, self._spelled(heard, language)))
        similarity = self._alike(sound)
        scale = self._embedding.likeness if self._embedding and similarity is not None else None
        return Proof(text, heard, found.rate, found.slips, similarity, scale, found.words, found.letters)

    def _heard(self, audio: Audio, language: str | None) -> tuple[str, str | None]:
        """The text, and its language where that is told. Silence is not asked about: some write text for it."""
        if np.abs(audio.samples).max(initial=0.0) < SILENT:
            return "", None
        ear = self._ear(language)
        self._hold(ear.steps[0])
        silence = np.zeros(round(MARGIN * audio.sample_rate), np.float32)
        padded = Audio(np.concatenate([silence, audio.mono, silence]), audio.sample_rate)
        heard: dict[str, Segment] = {}
        # A trace of its own: what speaks has the lab's last one.
        events = compose(ear, [AudioChunk(padded)], self._lab.pool, trace=Trace())
        with closes(events):
            for event in events:
                if isinstance(event, SegmentUpdate):
                    heard[event.segment.id] = event.segment
        known = next((segment.language for segment in heard.values() if segment.language), None)
        return joined(segment.text for segment in heard.values()), known

    def _hold(self, step: Step) -> None:
        """Keep a recogniser loaded from one sentence to the next, whatever else is loaded between them."""
        if step.spec.name not in self._held:
            self._leases.enter_context(self._lab.pool.lease(step.spec, step.params))
            self._held.add(step.spec.name)

    def _ear(self, language: str | None) -> Pipeline:
        """What listens to a language. Without speech detection: all of it is speech."""
        if language not in self._ears:
            lab = self._lab
            id = self._recognizer
            spec = lab.engine(Kind.ASR, id) if id else preferred(lab.plugins, Kind.ASR, language)
            # A sentence is heard as speech is that comes live, as far as that is a matter of the call.
            knobs = {name: value for name, value in spec.live.items() if name in spec.options.model_fields}
            knobs["guard"] = False
            if language and "language" in spec.options.model_fields:
                knobs["language"] = language
            ear = Pipeline((step(lab.plugins, spec.kind, spec.id, knobs),), "Listen").ready(lab.policy)
            self._ears[language] = ear
        return self._ears[language]

    def _alike(self, audio: Audio) -> float | None:
        if self._embedding is None or self._reference is None or audio.duration < ENOUGH:
            return None
        if self._likeness is None:
            likeness = self._leases.enter_context(Likeness(self._lab, self._embedding))
            self._likeness = likeness, likeness.voice(self._reference)
        likeness, wanted = self._likeness
        try:
            return likeness.between(wanted, likeness.voice(audio)).value
        except AudioError:  # nobody speaks in it, as the words tell too
            return None


def proof(
    lab: Lab,
    text: str,
    audio: Sound,
    *,
    language: str | None = None,
    recognizer: str | None = None,
    reference: Sound | None = None,
) -> Proof:
    """One sentence, as :meth:`speechlab.Lab.proof` tells."""
    with Proofing(lab, language=language, recognizer=recognizer, reference=reference) as listening:
        return listening.proof(text, audio)
