"""A pipeline: steps in order, and which sound and which language each of them is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from ..engines import Kind
from ..errors import ConfigError
from ..policy import Policy
from ..stages import Flow, Scope
from ..stages.interpret import InterpretStage
from ..stages.speech_translate import SpeechTranslateStage
from ..stages.translate import TranslateStage
from ..stages.tts import TtsStage
from .checking import admitted, problems
from .steps import SPEECH_KINDS, Step, heard_after, hearing

Channels = Literal["mix", "each", "auto"]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps in order, under a title."""

    steps: tuple[Step, ...]
    title: str = ""
    description: str = ""
    channels: Channels = "mix"
    """What to do with several channels, where nobody says otherwise: mix them; hear each as a speaker of its own; or
    hear each where two people speak on two channels, as on a telephone line (auto)."""

    @property
    def sample_rate(self) -> int:
        """The rate in Hz that serves every step: the highest that one asks for."""
        heard = [step.spec.sample_rate for step in self.steps if Flow.AUDIO in step.lift.needs]
        return max(heard, default=16_000)

    def rate_for(self, own: int) -> int:
        """The rate in Hz at which a recording with a rate of its ``own`` is read.

        No higher than that for a denoiser's sake: what is recognised would go through the denoiser's rate and back, and
        would not be the sound as it was.
        """
        recognising = [
            step.spec.sample_rate
            for step in self.steps
            if Flow.AUDIO in step.lift.needs and Flow.AUDIO not in step.lift.gives
        ]
        return min(self.sample_rate, max([own, *recognising]))

    def for_live(self) -> Pipeline:
        """The same steps, each with what its card says of live use, and the raw sound recognised where the better of
        two texts was asked for: nothing is recognised twice while it is said. Raises ConfigError."""
        steps = (step.for_live() for step in self.steps)
        return replace(
            self, steps=tuple(hearing(step, "raw") if heard_after(step) == "better" else step for step in steps)
        )

    def for_listening(self) -> Pipeline:
        """The steps where the sound itself is wanted: what a denoiser makes of it is worked on by all after it."""
        return replace(self, steps=tuple(hearing(step, "clean") for step in self.steps))

    def for_recognition(self) -> Pipeline:
        """The steps where nobody will listen: without those that work for the ear alone. Itself where nothing else
        would be left."""
        steps = tuple(step for step in self.steps if not self.for_ear(step))
        return replace(self, steps=steps) if steps else self

    def by_channel(self) -> Pipeline:
        """The steps for a recording whose channels are its speakers: what is recognised is theirs, and nobody need tell
        them apart."""
        if not any(step.spec.kind in SPEECH_KINDS for step in self.steps):
            return self
        return replace(self, steps=tuple(step for step in self.steps if step.spec.kind is not Kind.DIARIZE))

    def of(self, *scopes: Scope) -> tuple[Step, ...]:
        """The steps of these scopes. What works on texts after the speakers are told waits until all of them are known:
        a segment of two people is parted before it is translated, and each speaks in a voice of their own."""
        return tuple(step for step in self.steps if self._scope(step) in scopes)

    def _scope(self, step: Step) -> Scope:
        late = Flow.AUDIO not in step.lift.needs and any(one.lift.scope is Scope.WHOLE for one in self.before(step))
        return Scope.WHOLE if late and step.lift.scope is Scope.PIECE else step.lift.scope

    def parted_before(self, step: Step) -> Step | None:
        """The step before this one after which there are two tracks: what is recognised, and what is for the ear."""
        return next((other for other in self.before(step) if other.parts), None)

    def better_before(self, step: Step) -> bool:
        """Whether both tracks are to be recognised by this step, and the better text kept."""
        return heard_after(self.parted_before(step)) == "better"

    def for_ear(self, step: Step) -> bool:
        """Whether nothing that the step makes is recognised: it works for the ear alone."""
        if Flow.AUDIO not in step.lift.gives or heard_after(step) == "better":
            return False
        parted = self.parted_before(step)
        return step.parts if parted is None else heard_after(parted) != "better"

    @property
    def cleans(self) -> bool:
        """Whether the sound that is recognised is a cleaned one, which is then all the sound that its events tell."""
        return any(heard_after(step) == "clean" for step in self.steps) and not any(step.parts for step in self.steps)

    def detected_before(self, step: Step) -> bool:
        """Whether a detector tells of speech before this step."""
        return any(other.spec.kind == Kind.VAD for other in self.before(step))

    def track_of(self, step: Step) -> str | None:
        """Which translation is spoken: the one that was told, else the only one that there is."""
        if isinstance(step.lift_options, InterpretStage):
            return step.lift_options.to
        if not isinstance(step.lift_options, TtsStage):
            return None
        made = self.translations_before(step)
        return step.lift_options.track or (made[0] if len(made) == 1 else None)

    def translations_before(self, step: Step) -> tuple[str, ...]:
        """The languages that there are translations into by then."""
        lifts = (one.lift_options for one in self.before(step))
        told = (lift.to for lift in lifts if isinstance(lift, TranslateStage | SpeechTranslateStage | InterpretStage))
        return tuple(dict.fromkeys(to for some in told for to in ([some] if isinstance(some, str) else some)))

    def before(self, step: Step) -> tuple[Step, ...]:
        """The steps before this very one: another may be equal to it."""
        return tuple(takewhile(lambda other: other is not step, self.steps))

    def check(self, policy: Policy | None = None, given: Flow = Flow.AUDIO) -> list[str]:
        """What would not work where the first stage is given this, one sentence each; empty where all is well."""
        return problems(self, policy, given)

    def ready(self, policy: Policy, given: Flow = Flow.AUDIO) -> Pipeline:
        """Itself, if it can run on what it is given.

        Raises ConfigError, EngineUnavailable or PolicyDenied with the first reason.
        """
        for step in self.steps:
            admitted(step, policy)
        if told := self.check(policy, given):
            raise ConfigError(told[0], hint="`speechlab pipelines check` tells all that is wrong")
        return self
