"""Takes at work: a text is spoken in each voice that was picked, sentence by sentence, and listened to."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..clients import admit
from ..closing import closes
from ..engines import EngineSpec
from ..errors import ConfigError, SpeechLabError
from ..jobs import Jobs
from ..lab import Lab, told
from ..params import Knob, check, knobs
from ..proofing import Proofing
from ..speaking import Speaking, SpeakOptions, synthesizer
from ..speaking.script import looked, script
from ..speaking.ssml import is_ssml, marked
from .readings import LONGEST, Reading, Take, Who, heard

Line = dict[str, Any]
SEED = "seed"
"""The parameter of engines that say the same thing otherwise each time."""
OWN = frozenset({"language", "voice", "voices", "track", *SpeakOptions.model_fields})
"""Parameters that the page asks for in its own way, or that mean nothing where one text is spoken."""
HOST = frozenset({"lexicon", *SpeakOptions.model_fields})
"""Those of the host that it sends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a text is to be spoken."""

    voices: tuple[Who, ...]
    language: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """The host's own, and the lexicon."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters of each engine, by its id."""
    only: frozenset[int] | None = None
    """Numbers of sentences; None for all of them."""
    otherwise: bool = False
    """Whether they are to be said otherwise than before, where the engine can."""

    @classmethod
    def read(cls, said: Any) -> Asked:
        """From what the page says. Raises ConfigError where it is none of that."""
        match said:
            case {"voices": [_, *_] as voices, **rest}:
                pass
            case _:
                raise ConfigError("no voice is named to speak with", hint="choose one")
        options, values, only = rest.get("options") or {}, rest.get("values") or {}, rest.get("only")
        if not isinstance(options, Mapping) or not isinstance(values, Mapping):
            raise ConfigError("that is nothing that can be said", hint="load the page again")
        return cls(
            tuple(dict.fromkeys(map(Who.read, voices))),
            str(rest.get("language") or "") or None,
            {name: value for name, value in options.items() if name in HOST},
            {id: _others(one) for id, one in values.items() if isinstance(one, Mapping)},
            frozenset(n for n in only if isinstance(n, int)) if isinstance(only, list) else None,
            rest.get("otherwise") is True,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What was set, as the page says it."""
        return {
            "language": self.language or "",
            "options": dict(self.options),
            "values": {id: dict(values) for id, values in self.values.items()},
        }

    @property
    def joining(self) -> SpeakOptions:
        """How sentences are put together. Raises ConfigError."""
        own = {name: value for name, value in self.options.items() if name in SpeakOptions.model_fields}
        return check(SpeakOptions, own, "speaking")


def _others(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in OWN}


def parameters(spec: EngineSpec) -> list[Knob]:
    """What may be set of an engine besides the voice, the language and what the host does around it; what needs more
    than a hand on a slider is told last."""
    last = {knob.name for knob in spec.knobs if knob.owner or knob.type == "list"}
    return [replace(knob, advanced=knob.advanced or knob.name in last) for knob in spec.knobs if knob.name not in OWN]


def joining() -> list[Knob]:
    """What may be set of how sentences are put together."""
    return list(knobs(SpeakOptions))


def reading(lab: Lab, owner: str, text: str, asked: Asked) -> Reading:
    """A text to be spoken. Raises ConfigError, EngineUnavailable and EngineNotFound."""
    if len(text) > LONGEST:
        raise ConfigError(
            f"a text of {len(text):,} characters is longer than the {LONGEST:,} that the page takes",
            hint="say it in parts, or give it to `speechlab speak`",
        )
    marks = marked(text) if is_ssml(text) else None
    language = asked.language or (marks.language if marks else None) or looked(lab, marks.text if marks else text)
    jobs: Jobs = lab.jobs
    longest = min(_spec(lab, who, language).longest for who in asked.voices)
    return Reading(owner, text, longest, language, asked.joining, jobs.uploads)


def quotes(lab: Lab, text: str, asked: Asked) -> list[Line]:
    """What speaking a text will cost, by each voice that costs something. Raises as :meth:`speechlab.Lab.quote`."""
    reading_ = reading(lab, "", text, asked)
    found = []
    for who in asked.voices:
        quote = _speech(lab, reading_, who, asked).quote()
        if quote is not None:
            found.append({"who": asdict(who), "text": str(quote), "enough": quote.enough})
    return found


def work(lab: Lab, reading: Reading, asked: Asked) -> Generator[Line, None, None]:
    """Speak the takes one after the other; one that fails takes no other down, and keeps what it has."""
    reading.pause(asked.joining)
    for who in asked.voices:
        take, name, began = reading.take(who), {"who": asdict(who)}, time.perf_counter()
        yield {**name, "state": "working"}
        try:
            yield from ({**name, **line} for line in _said(lab, reading, take, asked))
        except SpeechLabError as error:
            yield {**name, "state": "failed", "error": str(error), "hint": error.hint}
            continue
        take.seconds = time.perf_counter() - began + (0.0 if asked.only is None else take.seconds)
        yield {**name, "state": "done", "seconds": round(take.seconds, 3)}


def proofs(lab: Lab, reading: Reading, takes: Sequence[Take]) -> Generator[Line, None, None]:
    """Listen to the sentences of takes to which nobody has listened yet."""
    for take in takes:
        name = {"who": asdict(take.who)}
        yield {**name, "state": "listening"}
        try:
            yield from ({**name, "proof": proof} for proof in _proofs(lab, reading, take))
        except SpeechLabError as error:
            yield {**name, "state": "unheard", "error": str(error), "hint": error.hint}
            continue
        yield {**name, "state": "heard"}


def _proofs(lab: Lab, reading: Reading, take: Take) -> Generator[Line, None, None]:
    left = [(number, one) for number, one in sorted(take.sounds.items()) if one.seconds and number not in take.proofs]
    if not left:
        return
    with Proofing.of_voice(lab, take.who.voice, take.speaker, language=reading.language) as listening:
        for number, sound in left:
            found = listening.proof(reading.rows[number].text, sound.audio, sound.language).as_json()
            if take.sounds.get(number) is sound:  # else it was said anew meanwhile
                take.proofs[number] = found
                yield {"row": number, **found}


def _said(lab: Lab, reading: Reading, take: Take, asked: Asked) -> Generator[Line, None, None]:
    speech = _speech(lab, reading, take.who, asked)
    take.speaker, take.notes = speech.engine, speech.notes
    if asked.only is None:
        take.sounds.clear()
        take.proofs.clear()
    if not take.sounds:
        take.settings = asked.settings
    yield {"speaker": take.speaker, "notes": take.notes, "anew": asked.only is None}
    began, label = time.perf_counter(), ""
    with closes(speech):
        for spoken in speech:
            label = label or speech.label(spoken).text()
            sound = reading.hear(take, spoken, label)
            took = round(time.perf_counter() - began, 3)
            yield {"sound": heard(spoken.index, sound), "seconds": took}


def _speech(lab: Lab, reading: Reading, who: Who, asked: Asked) -> Speaking:
    """What says the rows in a voice. Raises ConfigError, EngineUnavailable and PolicyDenied."""
    language = asked.language or (None if who.voice else reading.language)
    spec = _spec(lab, who, language)
    values = {**asked.options, **asked.values.get(spec.id, {})}
    if asked.otherwise:
        values |= _otherwise(spec)
    if strange := sorted(values.keys() - HOST - {knob.name for knob in spec.knobs}):
        raise ConfigError(f"{spec.name} has no parameter {strange[0]!r}", hint="load the page again")
    admit(lab, values)
    said = script(lab, reading.text, who.voice or None, spec.id, language, told(values), reading.rows)
    return Speaking(lab, said, asked.only, None)


def _spec(lab: Lab, who: Who, language: str | None) -> EngineSpec:
    return synthesizer(lab, who.engine or None, who.voice or None, language)


def _otherwise(spec: EngineSpec) -> dict[str, Any]:
    """Another seed, where the engine has one."""
    found = next((knob for knob in spec.knobs if knob.name == SEED), None)
    if found is None:
        return {}
    return {SEED: secrets.randbelow(int(min(found.maximum or 2**31 - 1, 2**31 - 1)) + 1)}
