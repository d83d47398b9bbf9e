"""Where the networks and the voices lie: the package tells which files of the hub they are, the host gets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from speechlab import Context, EngineUnavailable, Weights, present

from . import PocketParams
from .quiet import undisturbed

with undisturbed():
    import pocket_tts
    from pocket_tts.utils.utils import get_predefined_voice

CONFIGS = Path(pocket_tts.__file__).parent / "config"
NAMES = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "pt": "portuguese",
    "it": "italian",
    "es": "spanish",
    "nl": "dutch",
}
LARGE = {"en": "english_2026-09_24l"} | {code: f"{name}_24l" for code, name in NAMES.items() if code != "en"}
"""What the package calls the networks of each language."""
PLACE = re.compile(r"hf://(?P<hub>[^/]+/[^/]+)/(?P<file>[^@]+)@(?P<revision>\w+)")
MODEL, TOKENIZER = "model.safetensors", "tokenizer.json"
TERMS = "https://huggingface.co/kyutai/pocket-tts"


@dataclass(frozen=True)
class Checkpoint:
    """One network, here."""

    config: Mapping[str, Any]
    """As the package reads it, with the files named where they lie."""
    cloning: bool
    """Whether it is the one that was published to learn voices."""


class Checkpoints:
    """The networks of all languages, in one size."""

    def __init__(self, params: PocketParams, context: Context) -> None:
        """Raises EngineUnavailable where there is no network of any language, and none may be fetched."""
        self._names = LARGE if params.size == "large" else NAMES
        self._folder, self._context = params.folder, context
        if not context.download and not any(map(self.here, self._names)):
            self.find("en")  # tells how to get it

    def here(self, language: str) -> bool:
        """Whether a language needs no download."""
        if self._folder is not None:
            return (self._own(language) / MODEL).exists()
        config = self._config(language)
        networks = (self._network(language, config, gated) for gated in (True, False))
        return any(present(one, self._context.home) for one in networks)

    def find(self, language: str, *, cloning: bool = False) -> Checkpoint:
        """The network of a language, fetched where it must be; where ``cloning`` is asked for, no other than the one
        that learns voices. Raises EngineUnavailable.

        The hub gives that one only to who has accepted its terms, so that the other is taken where it is here already.
        """
        config = self._config(language)
        if self._folder is not None:
            return self._in_folder(language, config)
        gated, plain = (self._network(language, config, able) for able in (True, False))
        if not cloning and not present(gated, self._context.home) and present(plain, self._context.home):
            return self._at(language, config, plain, cloning=False)
        try:
            return self._at(language, config, gated, cloning=True)
        except EngineUnavailable as error:
            if cloning:
                raise EngineUnavailable(
                    f"Pocket TTS cannot learn a voice without its cloning weights: {error}",
                    hint=f"accept the terms at {TERMS} and log in with `hf auth login`, then try again",
                ) from error
            found = self._at(language, config, plain, cloning=False)
            self._context.report(f"Pocket TTS speaks with its own voices, but cannot learn others: {error}")
            return found

    def voice(self, language: str, name: str) -> Path:
        """The file of a voice, as the network of a language knows it. Raises EngineUnavailable."""
        wanted = self._voice(language, name)
        return self._context.weights(wanted, folder=self._folder) / wanted.files[0]

    def voice_here(self, language: str, name: str) -> bool:
        """Whether that file can be had."""
        if self._folder is not None:
            return (self._own(language) / "embeddings" / f"{name}.safetensors").exists()
        return self._context.download or present(self._voice(language, name), self._context.home)

    def own_voices(self) -> dict[str, str]:
        """The names of the voices in the user's folder, each with a language whose network knows it."""
        found: dict[str, str] = {}
        for language in self._names if self._folder is not None else ():
            for file in sorted((self._own(language) / "embeddings").glob("*.safetensors")):
                found.setdefault(file.stem, language)
        return found

    def _voice(self, language: str, name: str) -> Weights:
        place = get_predefined_voice(self._names[language], name)
        return _weights(f"pocket-tts-{self._names[language]}-{name}", place)

    def _network(self, language: str, config: Mapping[str, Any], gated: bool) -> Weights:
        name = f"pocket-tts-{self._names[language]}{'-cloning' * gated}"
        return _weights(name, config["weights_path" if gated else "weights_path_without_voice_cloning"])

    def _at(self, language: str, config: Mapping[str, Any], network: Weights, *, cloning: bool) -> Checkpoint:
        place = config["flow_lm"]["lookup_table"]["tokenizer_path"]
        tokenizer = _weights(f"pocket-tts-{self._names[language]}-tokenizer", place)
        model = self._context.weights(network) / network.files[0]
        return Checkpoint(_naming(config, model, self._context.weights(tokenizer) / tokenizer.files[0]), cloning)

    def _in_folder(self, language: str, config: Mapping[str, Any]) -> Checkpoint:
        place = f"languages/{self._names[language]}"
        wanted = Weights(id=f"pocket-tts-{place}", files=(f"{place}/{MODEL}", f"{place}/{TOKENIZER}"))
        root = self._context.weights(wanted, folder=self._folder)
        return Checkpoint(_naming(config, root / wanted.files[0], root / wanted.files[1]), cloning=True)

    def _config(self, language: str) -> dict[str, Any]:
        """The published configuration, else the one in the user's folder. Raises EngineUnavailable."""
        own = self._own(language) / "config.yaml" if self._folder is not None else None
        file = own if own is not None and own.exists() else CONFIGS / f"{self._names[language]}.yaml"
        try:
            config = yaml.safe_load(file.read_text(encoding="utf-8"))
            config["flow_lm"]["lookup_table"]["tokenizer_path"]
        except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, LookupError) as error:
            raise EngineUnavailable(
                f"{file} is no configuration of Pocket TTS: {' '.join(str(error).split())}", hint="fetch it again"
            ) from error
        return dict(config)

    def _own(self, language: str) -> Path:
        return Path(self._folder or "").expanduser() / "languages" / self._names[language]


def _naming(config: Mapping[str, Any], model: Path, tokenizer: Path) -> dict[str, Any]:
    """The configuration with files that are here, and none else."""
    flow, mimi = dict(config["flow_lm"]), dict(config["mimi"])
    flow["lookup_table"] = {**flow["lookup_table"], "tokenizer_path": str(tokenizer.resolve())}
    for part in (flow, mimi):
        part.pop("weights_path", None)
    told = {name: value for name, value in config.items() if name != "weights_path_without_voice_cloning"}
    return {**told, "weights_path": str(model.resolve()), "flow_lm": flow, "mimi": mimi}


def _weights(name: str, place: str) -> Weights:
    """What the package writes as ``hf://owner/repository/file@revision``."""
    told = PLACE.fullmatch(place)
    assert told is not None, place
    return Weights(id=name, files=(told["file"],), hub=told["hub"], revision=told["revision"])
