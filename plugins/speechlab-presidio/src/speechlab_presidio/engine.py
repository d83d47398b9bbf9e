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
from .passages import Passage, passages

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
        self.nlp = dict(models)  # type: ignore[assignment]  # it says None, and means what load() puts there


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
        """``entities`` of each text, in their order; an empty list where nothing was found. A sentence that goes on
        from one text to the next is read as one; what reaches over both is told of each."""
        found: list[list[dict[str, Any]]] = [[] for _ in texts]
        for language, some in _by_language(passages(texts, (self._known(one, options) for one in languages))).items():
            read = self._spacy.process_batch([passage.text for passage in some], language)
            for passage, (text, artifacts) in zip(some, read, strict=True):  # type: ignore[misc]  # pairs, as asked
                results = self._analyzer.analyze(
                    text,
                    language,
                    score_threshold=options.threshold,
                    allow_list=list(options.allow) or None,
                    nlp_artifacts=artifacts,
                )
                for one in outermost(_wanted(results, options.kinds)):
                    for number, start, end in passage.parts(one.start, one.end):
                        found[number].append(_told(one, start, end, texts[number]))
        return [{"entities": told} for told in found]

    def _known(self, language: str | None, options: PresidioOptions) -> str:
        primary = (language or options.language or OTHER).lower().split("-")[0]
        return primary if primary in self._languages else OTHER


def _by_language(some: Iterable[Passage]) -> dict[str, list[Passage]]:
    groups: dict[str, list[Passage]] = {}
    for passage in some:
        groups.setdefault(passage.language, []).append(passage)
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


def _told(one: RecognizerResult, start: int, end: int, text: str) -> dict[str, Any]:
    return {
        "kind": one.entity_type,
        "start": start,
        "end": end,
        "text": text[start:end],
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
