"""The engine: finds the mode that leads from one language into another, and keeps those running that are used."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from speechlab import ConfigError, Context, EngineFailed

from . import ApertiumOptions, ApertiumParams, stream
from .modes import Mode, Modes
from .pipeline import Pipeline


class Apertium:
    """Translator between the languages of each installed mode. Raises EngineUnavailable where there is none."""

    def __init__(self, params: ApertiumParams, context: Context) -> None:
        self._params = params
        self._modes = Modes(params.folder)
        self._pipelines: dict[tuple[str, bool], Pipeline] = {}
        """The one that was used last is the last."""
        self._changing = threading.Lock()

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: ApertiumOptions) -> list[str]:
        """The texts in the language ``target``. Raises ConfigError, EngineUnavailable and EngineFailed."""
        if source is None:
            raise ConfigError(
                "Apertium has to be told which language the text is in",
                hint='say it: source = "es" in a pipeline, source="es" from Python',
            )
        mode = self._modes.find(source, target, options.variety)
        parts = [list(stream.lines(text)) for text in texts]
        asked = [line for text in parts for line, translatable in text if translatable]
        told = iter(self._told(mode, asked, options.mark_unknown))
        return ["".join(next(told) if translatable else part for part, translatable in text) for text in parts]

    def close(self) -> None:
        """End all programs."""
        with self._changing:
            gone = list(self._pipelines.values())
            self._pipelines.clear()
        for pipeline in gone:
            pipeline.close()

    def _told(self, mode: Mode, lines: Sequence[str], mark_unknown: bool) -> list[str]:
        """The lines in the other language; asked for none, the programs are started nevertheless. A line out of English
        that has compounds is asked in two ways."""
        plain = [stream.written(line) for line in lines]
        twice = [n for n, line in enumerate(lines) if mode.source == "en" and stream.loosened(line) != plain[n]]
        answers = self._pipeline(mode, mark_unknown).ask([*plain, *(stream.loosened(lines[n]) for n in twice)])
        try:
            told = [stream.read(answer, line) for answer, line in zip(answers, lines, strict=False)]
            for n, answer in zip(twice, answers[len(lines) :], strict=True):
                told[n] = stream.better(told[n], stream.read(answer, lines[n]))
        except ValueError as error:
            raise EngineFailed(f"Apertium's {mode.name}: {error}", hint="name another engine") from None
        return told

    def _pipeline(self, mode: Mode, mark_unknown: bool) -> Pipeline:
        key = mode.name, mark_unknown
        with self._changing:
            pipeline = self._pipelines.pop(key, None) or Pipeline(
                mode.name, mode.commands(mark_unknown), self._params.timeout
            )
            self._pipelines[key] = pipeline
            gone = [self._pipelines.pop(name) for name in list(self._pipelines)[: -self._params.keep]]
        for longest_unused in gone:
            longest_unused.close()
        return pipeline
