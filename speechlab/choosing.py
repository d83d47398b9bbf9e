"""Who puts speech or text into another language best, by what each engine tells of where it leads."""

from __future__ import annotations

from .engines import EngineSpec, Kind, Ways
from .errors import ConfigError, SpeechLabError
from .lab import Lab
from .languages import Languages, same
from .preferred import PREFERRED, ROUTES, TOY


def best(lab: Lab, target: str, source: str | None = None) -> EngineSpec:
    """Who hears: a speech translator that leads from a language, or from any, into another; or a recogniser, for
    :func:`translator` to go on from.

    A speech translator is better: its errors do not add up. But one whose weights would have to be fetched first is
    so only where the recogniser has the same. Raises ConfigError where no way leads there, and EngineUnavailable where
    there is no engine for it.
    """
    at_once = [spec for spec in _speech_translators(lab) if leads(lab, spec, target, source)]
    try:
        translator(lab, target, source)
        recognizer = lab.engine(Kind.ASR)
    except SpeechLabError:
        if at_once:
            return at_once[0]
        raise
    ready = (spec for spec in at_once if _here(lab, spec, target) or spec.weights == recognizer.weights != ())
    return next(ready, recognizer)


def translator(lab: Lab, target: str, source: str | None = None, engine: str | None = None) -> EngineSpec:
    """Who translates text from a language, or from any, into another: the best way, or the engine that is named.

    Raises ConfigError with the nearest languages, EngineNotFound or EngineUnavailable.
    """
    spec = lab.engine(Kind.TRANSLATE, engine)
    known = Languages(lab.targets(source, spec.id))
    if len(known) and target not in known and not (source and same(source, target)):
        whole = ROUTES in spec.features
        who = "nothing that is installed translates" if whole else f"{spec.name} does not translate"
        raise ConfigError(f"{who} {f'from {source} ' if source else ''}into {target}", hint=known.nearest(target))
    return spec


def leads(lab: Lab, spec: EngineSpec, target: str, source: str | None = None) -> bool:
    """Whether a speech translator leads there. One that does not tell leads into English, as nearly all do."""
    if not spec.ways:
        return same(target, "en")
    return any(source is None or source in Languages(way.sources) for way in _ways(lab, spec, target))


def _here(lab: Lab, spec: EngineSpec, target: str) -> bool:
    return not spec.ways or any(way.here for way in _ways(lab, spec, target))


def _ways(lab: Lab, spec: EngineSpec, target: str) -> list[Ways]:
    try:
        ways = spec.leads(spec.params(), lab.pool.context)
    except SpeechLabError:  # a broken one is for `speechlab doctor` to tell of
        return []
    return [way for way in ways if target in Languages(way.targets)]


def _speech_translators(lab: Lab) -> list[EngineSpec]:
    """Those that are installed and keep sound on this machine, the best first."""
    order = PREFERRED[Kind.SPEECH_TRANSLATE]
    there = [spec for spec in lab.engines(Kind.SPEECH_TRANSLATE) if spec.local and not spec.missing()]
    there = [spec for spec in there if TOY not in spec.features]
    return sorted(there, key=lambda spec: (order.index(spec.id) if spec.id in order else len(order), spec.id))
