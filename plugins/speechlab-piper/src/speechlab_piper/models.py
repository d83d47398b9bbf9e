"""The models that hold the voices: in a folder of the user's own, in a package, on the hub; what their names tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from speechlab import ConfigError, Context, EngineUnavailable, Languages, Voice, Weights, present

from . import BEST, JOE, PiperParams

HUB = "rhasspy/piper-voices"
NAMED = re.compile(r"(?P<code>(?P<family>[a-z]{2,3})_[A-Z]{2})-(?P<name>\w+)-(?P<quality>x_low|low|medium|high)")
"""How the hub calls its models; the name is also where they lie."""
CONFIG = ".json"
"""What is added to the name of a network for that of its configuration."""


@dataclass(frozen=True)
class Model:
    """One network with a voice, or with many."""

    name: str
    language: str
    """BCP-47; empty where nobody tells."""
    network: Path | None = None
    """Where it is; None for one that the hub has, until it is asked for."""
    speakers: tuple[str, ...] = ()
    """Their names, where there are several and the model is here."""

    @property
    def voices(self) -> Iterator[Voice]:
        """The model's own voice, then each of its speakers."""
        languages = (self.language,) if self.language else ()
        named = NAMED.fullmatch(self.name)
        title = f"{named['name'].replace('_', ' ').capitalize()} ({named['quality']})" if named else self.name
        yield Voice(self.name, title, languages)
        for speaker in self.speakers:
            yield Voice(f"{self.name}:{speaker}", f"{title}, {speaker}", languages)


class Models:
    """Those that can be had: the user's own first, then those asked for, the packaged one, and for other languages the
    best of the hub's."""

    def __init__(self, params: PiperParams, context: Context) -> None:
        """Fetches the models asked for. Raises EngineUnavailable where one cannot be had, or none is left, and
        ConfigError for a name that is none of the hub's."""
        self._context = context
        self._models: dict[str, Model] = {}
        if params.folder:
            self._models |= _own(Path(params.folder).expanduser())
        for name in params.models:
            if not NAMED.fullmatch(name):
                raise ConfigError(f"{name!r} is no voice of Piper's on the hub", hint="such as de_DE-thorsten-medium")
            self._models.setdefault(name, self._fetched(name))
        for name in BEST.values():
            if self._packaged(name) or present(weights(name), context.home):
                self._models.setdefault(name, self._told(name))
        here = Languages(model.language for model in self)
        for language, name in BEST.items() if context.download else ():
            if language not in here:  # so that nobody waits for a network who has a voice
                self._models.setdefault(name, self._told(name))
        if not self._models:
            context.weights(JOE)  # tells how to get it

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def find(self, voice: str | None, language: str | None) -> tuple[Model, str]:
        """The model of a voice, fetched where it was not yet, and the name of a speaker in it or nothing.

        Without a voice, one that speaks the language. Raises ConfigError for a voice or a language that is not there,
        and for a voice of another language; EngineUnavailable where it cannot be fetched.
        """
        if voice is None:
            model, speaker = self._speaking(language), ""
        else:
            name, _, speaker = voice.partition(":")
            model = self._models.get(name) or self._told(self._on_the_hub(name))
            if language and model.language and language not in Languages([model.language]):
                raise ConfigError(
                    f"the voice {voice} speaks {model.language}, not {language!r}",
                    hint="name a voice of that language, or none, and one that speaks it is taken",
                )
        if model.network is None:
            model = self._models[model.name] = self._fetched(model.name)
        if speaker and speaker not in model.speakers:
            near = get_close_matches(speaker, model.speakers, n=1)
            has = f"it has {', '.join(model.speakers[:9])}{', ...' * (len(model.speakers) > 9)}"
            raise ConfigError(
                f"{model.name} has no speaker {speaker!r}",
                hint=f"did you mean {near[0]}?" if near else has if model.speakers else f"write {model.name} alone",
            )
        return model, speaker

    def _speaking(self, language: str | None) -> Model:
        """The first model of a language, of the very region before others; where none is asked for, of all."""
        models = list(self)
        if language is None:
            return models[0]
        exact = (model for model in models if model.language == language)
        near = (model for model in models if model.language and language in Languages([model.language]))
        if found := next(exact, None) or next(near, None):
            return found
        known = Languages(BEST)
        if language in known:  # the hub's, which may not be fetched
            return self._fetched(BEST[known.code(language)])
        raise ConfigError(f"Piper has no voice for {language!r}", hint=f"{known.nearest(language)}; or give a `folder`")

    def _on_the_hub(self, name: str) -> str:
        if NAMED.fullmatch(name):
            return name
        near = get_close_matches(name, self._models, n=1, cutoff=0.6)
        raise ConfigError(
            f"Piper has no voice {name!r} here",
            hint=f"did you mean {near[0]}?" if near else "name one of the hub's, such as de_DE-thorsten-medium",
        )

    def _told(self, name: str) -> Model:
        """What the name tells; of a packaged one, all."""
        return self._fetched(name) if self._packaged(name) else Model(name, _tag(_named(name)["code"]))

    def _fetched(self, name: str) -> Model:
        wanted = JOE if self._packaged(name) else weights(name)
        return read(self._context.weights(wanted) / wanted.files[0])

    def _packaged(self, name: str) -> bool:
        return JOE.files[0] == f"{name}.onnx" and present(JOE, self._context.home)


def weights(name: str) -> Weights:
    """Where a model lies, by the name that the hub gives it."""
    named = _named(name)
    network = f"{named['family']}/{named['code']}/{named['name']}/{named['quality']}/{name}.onnx"
    return Weights(id=f"piper-{name}", files=(network, network + CONFIG), hub=HUB)


def read(network: Path) -> Model:
    """A model by the configuration beside it. Raises EngineUnavailable for what is none."""
    config = configuration(network)
    code = config.get("language", {}).get("code") or config["espeak"]["voice"]
    speakers = config["speaker_id_map"] if config["num_speakers"] > 1 else {}
    return Model(network.name.removesuffix(".onnx"), _tag(str(code)), network, tuple(speakers))


def configuration(network: Path) -> dict[str, Any]:
    """What stands beside a network. Raises EngineUnavailable where that is no configuration of a Piper voice."""
    beside = network.with_name(network.name + CONFIG)
    try:
        config = json.loads(beside.read_text(encoding="utf-8"))
        config.setdefault("speaker_id_map", {})
        if not (config["espeak"]["voice"] and config["audio"]["sample_rate"] and config["num_speakers"]):
            raise ValueError("it is empty")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise EngineUnavailable(
            f"{beside} is no configuration of a Piper voice: {error}", hint="fetch it again, beside its .onnx file"
        ) from error
    return dict(config)


def _own(folder: Path) -> dict[str, Model]:
    networks = (one for one in sorted(folder.glob("*.onnx")) if one.with_name(one.name + CONFIG).exists())
    models = {model.name: model for model in map(read, networks)}
    if not models:
        raise EngineUnavailable(
            f"there is no Piper voice in {folder}", hint="put a .onnx file and its .onnx.json file there"
        )
    return models


def _named(name: str) -> re.Match[str]:
    named = NAMED.fullmatch(name)
    assert named is not None, name
    return named


def _tag(code: str) -> str:
    return next(iter(Languages([code])), "")
