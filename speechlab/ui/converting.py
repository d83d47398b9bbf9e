"""Recordings in another voice: into which voices a converter leads, the work told step by step, and what came of it."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from inspect import signature
from itertools import takewhile
from pathlib import Path
from typing import Any

from ..clients import admit
from ..closing import closes
from ..engines import EngineSpec, Kind, present
from ..errors import ConfigError, SpeechLabError
from ..jobs import Jobs, Upload
from ..lab import Lab
from ..library import conversion_consent
from ..media import probe, read, writing
from ..params import Knob, check
from ..provenance import Label
from ..types import Audio
from .checking import checked, usable
from .switches import engines
from .voice_samples import likeness

Line = dict[str, Any]
CALL = frozenset((*signature(Lab.convert).parameters, "consent"))
"""What is no parameter of an engine, whatever a script that is not the page's says."""
MOST = 16
"""Conversions that are kept, of everybody together."""
COMPARED = 60.0
"""Seconds that are compared with the clip of the voice."""


def spec(lab: Lab, id: str | None) -> EngineSpec | None:
    """The converter of this id, or the one that is meant without one."""
    if id:
        return lab.plugins.engines.get((Kind.CONVERT, id))
    there = engines(lab, Kind.CONVERT)
    return there[0] if there else None


def parameters(spec: EngineSpec) -> list[Knob]:
    """What may be set."""
    return list(spec.knobs)


def plan(lab: Lab, id: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's script needs to convert, or why it cannot."""
    made: dict[str, Any] = {"engine": id or "", "values": dict(values), "problem": "", "hint": ""}
    try:
        chosen = lab.engine(Kind.CONVERT, id or None)
        checked(lab, chosen, values)
        usable(lab, chosen)
    except SpeechLabError as error:
        made |= {"problem": str(error), "hint": error.hint}
    return made


def voices(lab: Lab, id: str | None, values: Mapping[str, Any], *, own: bool = True) -> dict[str, Any]:
    """Into which voices a converter leads: those of the library, and with ``own`` its own, for which it is loaded, as
    far as they can be told without a download."""
    chosen = spec(lab, id)
    if chosen is None:
        return {"engine": "", "library": [], "own": [], "note": ""}
    library = [
        {"id": kept.id, "name": kept.name}
        for kept in lab.library.all()
        if kept.engine.partition("/")[2] == chosen.id or (kept.reference and chosen.local)
    ]
    theirs: list[dict[str, str]] = []
    note = ""
    if own and not chosen.missing() and all(present(one, lab.home) for one in chosen.weights):
        try:
            theirs = _own(lab, chosen, values)
        except SpeechLabError as error:
            note = f"{error}; {error.hint}" if error.hint else str(error)
    return {"engine": chosen.id, "library": library, "own": theirs, "note": note}


def _own(lab: Lab, chosen: EngineSpec, values: Mapping[str, Any]) -> list[dict[str, str]]:
    admit(lab, values)
    lab.policy.admit(chosen)
    given = {name: value for name, value in values.items() if name in chosen.params.model_fields}
    with lab.pool.lease(chosen, check(chosen.params, given, chosen.name)) as loaded, loaded.exclusive():
        found = loaded.engine.voices() if hasattr(loaded.engine, "voices") else ()
        return [{"id": one.id, "name": one.name or one.id, "language": (*one.languages, "")[0]} for one in found]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants converted."""

    upload: str
    voice: str
    ground: str = ""
    """On what ground a voice may be used that is none of the library."""
    engine: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Asked:
        """From what the page says. Raises ConfigError where it is none of that."""
        values = said.get("values") or {}
        if not isinstance(values, Mapping) or values.keys() & CALL:
            raise ConfigError("that is nothing that can be converted with", hint="load the page again")
        upload, voice, ground, engine = (
            str(said.get(part) or "").strip() for part in ("upload", "voice", "ground", "engine")
        )
        if not voice:
            raise ConfigError("no voice is named to convert into", hint="choose one")
        return cls(upload, voice, ground, engine, values)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A recording, and what was made of it."""

    before: Upload
    after: Upload
    label: Label
    releases: tuple[Callable[[], None], ...]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def told(self) -> Line:
        """As the page shows it."""
        given = self.label.consent
        return {
            "id": self.id,
            "name": Path(self.before.name).stem,
            "before": f"lab/conversions/{self.id}/before",
            "after": f"lab/conversions/{self.id}/after",
            "label": [
                f"by {self.label.engine.partition('/')[2]}",
                *([f"{given.person}: {given.ground}"] if given else []),
            ],
        }


class Conversions:
    """The conversions of everybody."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._lock = threading.Lock()
        self._there: OrderedDict[str, Conversion] = OrderedDict()

    def find(self, id: str) -> Conversion:
        """A conversion, for whoever knows its id, which cannot be guessed. Raises LookupError."""
        with self._lock:
            self._there.move_to_end(id)
            return self._there[id]

    def work(self, owner: str, asked: Asked) -> Generator[Line, None, None]:
        """Convert; close it to stop. What is wrong is told last."""
        try:
            yield from self._work(owner, asked)
        except SpeechLabError as error:
            yield {"error": str(error), "hint": error.hint}

    def _work(self, owner: str, asked: Asked) -> Generator[Line, None, None]:
        lab, uploads = self._lab, self._jobs.uploads
        try:
            before = uploads.get(owner, asked.upload)
        except LookupError:
            raise ConfigError("that recording is no longer here", hint="give it once more") from None
        admit(lab, asked.values)
        chosen = lab.engine(Kind.CONVERT, asked.engine or None)
        consent = conversion_consent(lab.pool.context, asked.voice, asked.ground)
        label = lab.library.label(chosen.name, asked.voice, consent)
        release = uploads.hold(before)
        after = uploads.new(owner, f"{Path(before.name).stem}.flac")
        letting_go = uploads.hold(after)
        done = False
        try:
            yield {"state": "working"}
            total = probe(before.path).duration
            sound = lab.convert(before.path, asked.voice, chosen.id, consent=asked.ground or None, **asked.values)
            with closes(pieces := writing(sound, after.path, comment=label.text())):
                for piece in pieces:
                    yield {"done": round(piece.end, 1), "total": total}
            done = True
        finally:
            if not done:
                release()
                letting_go()
        made = Conversion(before, after, label, (release, letting_go))
        self._keep(made)
        yield {"made": made.told()}
        kept = lab.library.find(asked.voice)
        if kept is not None and kept.reference:
            heard = takewhile(lambda piece: piece.start < COMPARED, read(after.path))
            yield {"likeness": likeness(lab, kept, Audio.join(heard))}

    def file(self, conversion: Conversion, format: str) -> Upload:
        """What was made, in a format, with its label inside. Raises ConfigError."""
        name = f"{Path(conversion.before.name).stem} in another voice.{format}"
        made = self._jobs.uploads.new(conversion.after.owner, name)
        try:
            for _ in writing(read(conversion.after.path), made.path, format, comment=conversion.label.text()):
                pass
        except BaseException:
            self._jobs.uploads.drop(made)
            raise
        return made

    def _keep(self, made: Conversion) -> None:
        with self._lock:
            self._there[made.id] = made
            gone = [self._there.popitem(last=False)[1] for _ in range(len(self._there) - MOST)]
        for one in gone:
            for release in one.releases:
                release()

    @property
    def _jobs(self) -> Jobs:
        jobs: Jobs = self._lab.jobs
        return jobs
