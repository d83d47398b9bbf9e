"""The engine: texts through spaCy and Presidio, language by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from speechlab import Context, EngineUnavailable

from . import PresidioOptions, PresidioParams
from .finders import finders

OTHER = "xx"
"""Stands, as in spaCy, for any language."""
NO_PERSONAL_DATA = frozenset(
    "CARDINAL EVENT FAC LANGUAGE LAW MISC MONEY ORDINAL PERCENT PRODUCT QUANTITY WORK_OF_ART".split()  # noqa: SIM905
)
"""What spaCy's models name beside people, groups, places, organisations and dates."""


class Loaded(SpacyNlpEngine):
    """Models that are loaded already, so that Presidio downloads none."""

    def __init__(self, models: Mapping[str, Any]) -> None:
        super().__init__(
            models=[{"lang_code": language, "model_name": nlp.meta["name"]} for language, nlp in models.items()],
            ner_model_configuration=NerModelConfiguration(labels_to_ignore=sorted(NO_PERSONAL_DATA)),
        )
        self.nlp = dict(models)


class Presidio:
    """Finds entities, of which the host makes a redacted view where somebody asks for it."""

    def __init__(self, params: PresidioParams, context: Context) -> None:
        models = dict(_named(model) for model in params.models)
        loaded = {language: _model(name) for language, name in models.items()}
        loaded.setdefault(OTHER, spacy.blank(OTHER))
        self._spacy = Loaded(loaded)
        self._languages = list(loaded)
        names = [SpacyRecognizer(supported_language=language) for language in models]
        registry = RecognizerRegistry(
            recognizers=[*names, *(finder for language in loaded for finder in finders(language))],
            supported_languages=self._languages,
        )
        self._analyzer = AnalyzerEngine(registry=registry, nlp_engine=self._spacy, supported_languages=self._languages)

    def annotate(
        self, texts: Sequence[str], languages: Sequence[str | None], options: PresidioOptions
    ) -> list[dict[str, Any]]:
        """``entities`` of each text, in their order; an empty list where nothing was found."""
        found: list[list[RecognizerResult]] = [[] for _ in texts]
        for language, numbers in self._by_language(languages, options.language).items():
            some = [texts[number] for number in numbers]
            for number, (text, artifacts) in zip(numbers, self._spacy.process_batch(some, language), strict=True):
                found[number] = self._analyzer.analyze(
                    text,
                    language,
                    score_threshold=options.threshold,
                    allow_list=list(options.allow) or None,
                    nlp_artifacts=artifacts,
                )
        return [
            {"entities": [_told(one, text) for one in outermost(_wanted(results, options.kinds))]}
            for text, results in zip(texts, found, strict=True)
        ]

    def _by_language(self, languages: Sequence[str | None], otherwise: str | None) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for number, language in enumerate(languages):
            primary = (language or otherwise or OTHER).lower().split("-")[0]
            groups.setdefault(primary if primary in self._languages else OTHER, []).append(number)
        return groups


def outermost(results: Iterable[RecognizerResult]) -> list[RecognizerResult]:
    """What was found, in the order of the text, without what lies inside of something as sure."""
    kept: list[RecognizerResult] = []
    for one in sorted(results, key=lambda result: (-result.score, result.start - result.end, result.entity_type)):
        if not any(other.start <= one.start and one.end <= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda result: (result.start, result.end))


def _wanted(results: Iterable[RecognizerResult], kinds: Sequence[str]) -> Iterable[RecognizerResult]:
    return [one for one in results if not kinds or one.entity_type in kinds]


def _told(one: RecognizerResult, text: str) -> dict[str, Any]:
    return {
        "kind": one.entity_type,
        "start": one.start,
        "end": one.end,
        "text": text[one.start : one.end],
        "score": round(float(one.score), 4),
    }


def _named(model: str) -> tuple[str, str]:
    language, _, name = model.partition("=")
    return language.strip().lower(), name.strip()


def _model(name: str) -> Any:
    """A spaCy model that is installed. Raises EngineUnavailable where it is not."""
    folder = Path(name).expanduser()
    if not folder.is_dir() and not (name.isidentifier() and find_spec(name)):
        raise EngineUnavailable(
            f"the spaCy model {name} is not here", hint='pip install it, or give its folder: models = ["en=..."]'
        )
    return spacy.load(folder if folder.is_dir() else name, exclude=["parser"])
