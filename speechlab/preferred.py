"""Which engine is meant where only its kind is named."""

from __future__ import annotations

from collections.abc import Mapping

from .engines import EngineSpec, Kind
from .errors import ConfigError, EngineUnavailable
from .languages import Languages
from .params import nearest
from .plugins import Plugins

PREFERRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.VAD: ("silero", "energy"),
    Kind.DENOISE: ("deepfilternet", "gtcrn", "webrtc", "rnnoise", "nsnet2", "noisereduce"),
    Kind.ASR: ("whisper", "moonshine", "transformers"),
    Kind.SPEECH_TRANSLATE: ("whisper", "transformers"),
    Kind.TRANSLATE: ("route", "fxtranslate", "ctranslate2", "transformers", "seamless", "apertium"),
    Kind.TTS: ("kokoro", "piper"),
    Kind.DIARIZE: ("diarize", "pyannote"),
    Kind.CONVERT: ("voiceclonnx", "voicematch"),
}
"""The first of these that is installed is meant; then any other."""
INSTALL = {Kind.TRANSLATE: "fxtranslate", Kind.CONVERT: "voicematch"}
"""What to install first, where that is not the one that is preferred."""
NO_RIVALS = frozenset({Kind.PREPARE, Kind.TEXT})
"""Kinds whose engines do different things, so that none is better than another."""
ROUTES = "routes"
"""The feature of an engine that goes by way of others, and is nothing without them."""
TELLS_LANGUAGE = "language_id"
"""The feature of a text engine that tells which language a text is in."""
SPOKEN_FORM = "spoken_form"
"""The feature of a text engine that writes numbers, dates and the like as they are said."""
WORDS_ONLY = "words_only"
"""The feature of a synthesizer that cannot say all that is written in digits or short: it is given words, where an
engine for that is there."""
TOY = "toy"
"""The feature of engines that only show how things fit together; never chosen unless named."""
LAST_RESORT = "last_resort"
"""The feature of engines that do poorly what others cannot do at all; never chosen unless named."""


def preferred(plugins: Plugins, kind: Kind, language: str | None = None) -> EngineSpec:
    """The best engine of a kind that is installed and keeps sound and text on this machine; of a ``language``, the best
    whose card does not leave it out.

    Raises EngineUnavailable where there is none, ConfigError where those of the kind do different things.
    """
    there = [
        spec
        for spec in plugins.engines.values()
        if spec.kind is kind and not spec.missing() and TOY not in spec.features
    ]
    spare = [spec.id for spec in there if _spared(spec, language)]
    there = [spec for spec in there if LAST_RESORT not in spec.features]
    if kind in NO_RIVALS:
        hint = nearest("", [spec.id for spec in there], "there are")
        raise ConfigError(f"each engine for {kind.label.lower()} does something else", hint=hint)
    if not any(spec.local and ROUTES not in spec.features for spec in there):
        there = [spec for spec in there if ROUTES not in spec.features]
    order = PREFERRED.get(kind, ())
    here = [spec for spec in there if spec.local]
    if knowing := [one for one in here if not (language and one.languages) or language in Languages(one.languages)]:
        return min(knowing, key=lambda spec: (order.index(spec.id) if spec.id in order else len(order), spec.id))
    if here and language:
        known = Languages(dict.fromkeys(one for spec in here for one in spec.languages))
        raise EngineUnavailable(
            f"no engine for {kind.label.lower()} that is installed knows {language!r}",
            hint=f"{', '.join(spec.name for spec in here)}: {known.nearest(language)}; or install another"
            f"{_poorly(spare)}",
        )
    if there:  # sound leaves this machine only where somebody says so
        raise EngineUnavailable(
            f"no engine for {kind.label.lower()} runs on this machine", hint=f"name one: {there[0].id}"
        )
    raise EngineUnavailable(
        f"no engine for {kind.label.lower()} is installed",
        hint=(f"pip install speechlab-{INSTALL.get(kind, order[0])}" if order else "install a plugin that gives one")
        + _poorly(spare),
    )


def _spared(spec: EngineSpec, language: str | None) -> bool:
    """Whether it is a last resort that may know the language."""
    knows = not (language and spec.languages) or language in Languages(spec.languages)
    return LAST_RESORT in spec.features and spec.local and knows


def _poorly(spare: list[str]) -> str:
    """What a hint adds where there is a last resort."""
    return f"; or name {spare[0]}, which does it poorly" if spare else ""


def normalising(plugins: Plugins) -> tuple[EngineSpec, ...]:
    """The text engines that write numbers and the like as they are said, each for the languages on its card."""
    of_text = (spec for spec in plugins.engines.values() if spec.kind is Kind.TEXT and SPOKEN_FORM in spec.features)
    return tuple(spec for spec in of_text if spec.local and not spec.missing())


def identifying(plugins: Plugins) -> EngineSpec | None:
    """The text engine that tells which language a text is in; None where none is installed."""
    of_text = (spec for spec in plugins.engines.values() if spec.kind is Kind.TEXT and TELLS_LANGUAGE in spec.features)
    return next((spec for spec in of_text if spec.local and not spec.missing()), None)
