"""What a lab says, in whose voice, what that costs, and how well it came out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

from ..contributions import loaded
from ..engines import Quote
from ..given import checked
from ..library import Library
from ..source import Sound
from ..types import Audio, Consent, Voice
from .base import Base


class Speaking(Base):
    """The part of :class:`speechlab.Lab` that speaks."""

    @checked
    def speaking(
        self,
        text: str,
        voice: str | None = None,
        engine: str | None = None,
        *,
        language: str | None = None,
        only: Collection[int] | None = None,
        resume: bool | None = None,
        **knobs: Any,
    ) -> Any:
        """A text as sound, sentence by sentence: a :class:`speechlab.speaking.Speaking`, to be iterated for each
        :class:`speechlab.speaking.Spoken` as soon as it is made, and closed to stop.

        Without a ``language``, the text tells its own where no ``voice`` is named. ``only``: the numbers, from 0, of
        the sentences that are wanted, such as those to be said anew. ``resume``: keep what is said on disk until it is
        told to forget it, and, where true, take up what an earlier, unfinished call kept; None keeps nothing.
        ``knobs`` are the engine's parameters and options, and those of :class:`speechlab.speaking.SpeakOptions`. What
        was told before an engine failed stays told. Raises ConfigError, EngineUnavailable or PolicyDenied at once.
        """
        how = {"language": language, "only": only, "resume": resume, **knobs}
        return loaded("speechlab.speaking:speaking")(self, text, voice, engine, **how)

    @checked
    def speak(self, text: str, voice: str | None = None, engine: str | None = None, **knobs: Any) -> Audio:
        """A text as sound, all of it; the rest as in :meth:`speaking`."""
        speech = self.speaking(text, voice, engine, **knobs)
        sentences = list(loaded("speechlab.speaking:joined")(speech))
        if not sentences:
            raise speech.mute
        return Audio.join(sentences)

    @checked
    def quote(self, text: str, voice: str | None = None, engine: str | None = None, **knobs: Any) -> Quote | None:
        """What :meth:`speaking` will cost with the same arguments, told without sending any of the text; None where the
        engine charges nothing, or does not tell. As a text, it is one sentence. A :class:`speechlab.speaking.Speaking`
        tells its own, without what is said already.

        Raises as :meth:`speaking`, and EngineFailed or EngineUnavailable where the service cannot be asked.
        """
        told: Quote | None = self.speaking(text, voice, engine, **knobs).quote()
        return told

    @checked
    def proof(
        self,
        text: str,
        audio: Sound,
        *,
        language: str | None = None,
        recognizer: str | None = None,
        reference: Sound | None = None,
    ) -> Any:
        """What a recogniser hears of a sentence that was spoken, beside what is written: a
        :class:`speechlab.proofing.Proof` with the word error rate, what came back otherwise, and whether somebody
        should listen to it. With a ``reference``, a clip of whoever should be heard, also how like it the voice is.
        Of many sentences, :class:`speechlab.proofing.Proofing` keeps what listens loaded. Raises ConfigError,
        EngineUnavailable and EngineFailed."""
        how = {"language": language, "recognizer": recognizer, "reference": reference}
        return loaded("speechlab.proofing:proof")(self, text, audio, **how)

    @checked
    def similarity(self, one: Sound, other: Sound, engine: str | None = None) -> Any:
        """How alike the voices of two recordings are, of one person each: a :class:`speechlab.proofing.Similarity`,
        which tells its scale. Less than two seconds of speech tell little. Raises AudioError where nobody speaks, and
        EngineUnavailable where no engine that tells is installed."""
        return loaded("speechlab.proofing:similarity")(self, one, other, engine)

    @checked
    def reference(self, sound: Sound, *, alone: bool = False) -> Any:
        """A clip of a voice, listened to before a voice is made of it: a :class:`speechlab.cloning.Reference` with
        advice in words on its length, clipping, noise and silence, and on how many people speak. ``alone``: one person
        does, whoever seems to be heard. Raises AudioError where it cannot be read."""
        return loaded("speechlab.cloning:referenced")(self, sound, alone=alone)

    @checked
    def clone(
        self,
        reference: Sound | Any,
        name: str,
        consent: str | Consent | None = None,
        engine: str | None = None,
        *,
        alone: bool = False,
        **knobs: Any,
    ) -> Voice:
        """A voice made from a clip of somebody, and kept in the :attr:`library` under its name, by which every engine
        and pipeline then finds it; who has the name already is made anew.

        ``consent`` is the ground on which the voice may be used, in words ("my own voice", "asked on 3 May"), or all of
        it where another than ``name`` gave it. Without an ``engine``, one that clones is taken, else one that matches
        voices; ``convert/ID`` has a converter learn it. ``knobs`` are its parameters and options; the options are kept
        with the voice. ``reference`` may be what :meth:`reference` told of a clip. Raises PolicyDenied without consent,
        AudioError where nobody is heard in the clip, too little, or several people, ConfigError and EngineUnavailable.
        """
        how = {"consent": consent, "engine": engine, "alone": alone, **knobs}
        voice: Voice = loaded("speechlab.cloning:clone")(self, reference, name, **how)
        return voice

    @checked
    def name_voice(self, name: str, voice: str, engine: str | None = None, **knobs: Any) -> Voice:
        """An engine's own ``voice``, or a blend that it understands, kept in the :attr:`library` under a name, with
        these options of the engine. Raises ConfigError where it has no such voice, or the name is taken."""
        kept: Voice = loaded("speechlab.cloning:named")(self, name, voice, engine, **knobs)
        return kept

    @checked
    def convert(
        self,
        sound: Sound,
        voice: str,
        engine: str | None = None,
        *,
        consent: str | Consent | None = None,
        **knobs: Any,
    ) -> Iterator[Audio]:
        """A recording in another voice, piece by piece as it is ready: the same words at the same times. Close it to
        stop.

        ``voice`` is one of the :attr:`library`, or one of the engine's own; for that, ``consent`` is the ground on
        which it may be used. ``knobs`` as in :meth:`transcribe`. Raises PolicyDenied without consent, and as
        :meth:`open`.
        """
        pieces: Iterator[Audio] = loaded("speechlab.cloning:converted")(
            self, sound, voice, engine, consent=consent, **knobs
        )
        return pieces

    @checked
    def dub(self, sound: Sound, to: str, source: str | None = None, engine: str | None = None, **how: Any) -> Any:
        """A recording spoken in another language, each segment in the time of its original: a
        :class:`speechlab.dubbing.Dub`, to be written, or iterated for its events, and asked for its ``report``.

        ``engine`` is what speaks: a synthesizer, or, as ``interpret/ID``, one that does all of it. ``how``: a
        ``recording`` that is known already, ``voice``, ``voices``, ``recognizer``, ``diarizer``, ``speakers``,
        ``translator``, ``glossary``, ``pipeline``, ``channel`` and ``resume``; options of
        :class:`speechlab.dubbing.DubOptions`, and parameters of what speaks.
        """
        return loaded("speechlab.dubbing:dubbed")(self, sound, to, source, engine, **how)

    @cached_property
    def library(self) -> Library:
        """The voices to speak with that are kept under names of their own."""
        return Library(self.home, lambda kept: loaded("speechlab.cloning:forgotten")(self, kept))
