"""What a voice of the library is like: in words, in a sentence that it says, and beside the clip it was made of."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import asdict
from typing import Any

from ..engines import Kind
from ..errors import SpeechLabError
from ..lab import Lab
from ..languages import Languages
from ..library import Kept
from ..types import Audio
from .assets import asset

SENTENCES: dict[str, str] = json.loads(asset("sentences.json"))
"""What a voice is heard with, by the language it speaks."""
KEPT = 16
"""Samples that are kept in memory."""
LONGEST = 400
"""Characters that a sample may have."""


def sentence(languages: tuple[str, ...]) -> str:
    """What a voice of these languages says first.

    >>> sentence(("fr-CA",))
    'Bonsoir. La lampe est allumée, et les bateaux rentrent au port.'
    """
    known = Languages(SENTENCES)
    spoken = next((known.code(one) for one in languages if one in known), "en")
    return SENTENCES[spoken]


def told(lab: Lab, kept: Kept, *, own: bool) -> dict[str, Any]:
    """A voice as the page shows it; who consented to it is the affair of whoever runs the lab."""
    kind, _, id = kept.engine.partition("/")
    spec = next((one for one in lab.engines() if one.name == kept.engine), None)
    return {
        "id": kept.id,
        "name": kept.name,
        "engine": kept.engine,
        "by": id,
        "made": kept.made,
        "languages": list(kept.languages),
        "seconds": kept.seconds,
        "speaks": kind == Kind.TTS,
        "missing": spec is None or bool(spec.missing()),
        "cure": spec.cure if spec and spec.missing() else "",
        "copied": bool(kept.reference),
        "says": sentence(kept.languages),
        **({"at": kept.at, "consent": asdict(kept.consent) if kept.consent else None} if own else {}),
    }


class Samples:
    """Sentences said by voices, each made once."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._lock, self._making = threading.Lock(), threading.Lock()
        self._made: OrderedDict[tuple[str, str, str, str], Audio] = OrderedDict()

    def said(self, kept: Kept, text: str = "") -> Audio:
        """A sentence in a voice; where none is given, one of its language. Raises as :meth:`speechlab.Lab.speak`."""
        return self.spoken(text or sentence(kept.languages), kept.name, None, kept.mark)

    def spoken(self, text: str, voice: str, engine: str | None = None, mark: str = "") -> Audio:
        """A sentence in any voice of an engine."""
        key = (text[:LONGEST], voice, engine or "", mark)
        with self._making:  # a player asks several times at once
            with self._lock:
                made = self._made.get(key)
            if made is None:
                made = self._lab.speak(key[0], voice, engine)
                with self._lock:
                    self._made[key] = made
                    while len(self._made) > KEPT:
                        self._made.popitem(last=False)
        return made

    def likeness(self, kept: Kept, text: str = "") -> dict[str, Any] | None:
        """How alike a sentence in the voice is to the clip; None for a voice that has none, or where nobody can tell.

        Raises as :meth:`said`.
        """
        return likeness(self._lab, kept, self.said(kept, text)) if kept.reference else None


def likeness(lab: Lab, kept: Kept, sound: Audio) -> dict[str, Any] | None:
    """How alike somebody in a sound is to the clip of a voice, on its scale; None where nobody can tell."""
    try:
        found = lab.similarity(sound, lab.library.reference(kept))
    except SpeechLabError:
        return None
    return {
        "value": round(found.value, 3),
        "same": found.same,
        "different": found.different,
        "words": found.scale.words(found.value),
    }
