"""Which languages a model leads from and into, and how it is told them: by tokens before the text, or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from speechlab import ConfigError, EngineUnavailable, Languages

from .sources import read

TOLD = "languages.json"
"""What was found out of a model's languages when it was converted."""
HINT = "; "
"""Between what is wrong and what to do about it, where a conversion says both in one line."""
TAGGED = {
    "nllb": re.compile(r"[a-z]{3}_[A-Z][a-z]{3}"),
    "m2m100": re.compile(r"__([a-z]{2,3})__"),
    "opus-mt": re.compile(r">>(.+)<<"),
}
"""How each family writes a language as a token."""
PAIR = re.compile(r"opus-mt-(?:tc-[a-z]+-)?(?P<source>[A-Za-z_]+)-(?P<target>[A-Za-z_]+)")
"""The name of an Opus-MT checkpoint."""
LANGUAGE = re.compile(r"[a-z]{2}")
"""A code in such a name that is a language for sure; a longer one may be a whole family of them."""
MISNAMED = {"jap": "ja"}
"""Codes in such names that are none."""
FAMILIES = (
    "aav afa alv art bat bnt cau cel cpf cpp cus dra fiu gem gmq gmw grk iir inc ine itc map mkh mul nic phi poz "
    "roa sal sem sit sla trk urj zle zls zlw"
)
"""What stands among the languages of a checkpoint without being one."""


@dataclass(frozen=True)
class Tongues:
    """The languages of one model, by the codes that it uses itself."""

    family: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    tagged: bool = True
    """Whether the target is named by a token; a model for one pair needs none."""

    def pair(self, source: str | None, target: str) -> tuple[str, str]:
        """The codes for two BCP-47 tags. Raises ConfigError for what the model does not know, or has no need to do."""
        if source is None and len(self.sources) > 1:
            raise ConfigError(
                "it has to be told which language the text is in",
                hint='say it: source = "en" in a pipeline, source="en" from Python, --from en',
            )
        first = Languages(self.sources).code(source or self.sources[0])
        last = Languages(self.targets).code(target)
        if first == last:
            raise ConfigError(f"the text is in {target} already", hint="choose another language to translate into")
        return first, last

    def before(self, source: str, target: str) -> list[str]:
        """The tokens that the text begins with."""
        if self.family == "opus-mt":
            return [f">>{target}<<"] if self.tagged else []
        return [self._token(source)]

    def first(self, target: str) -> list[str] | None:
        """The tokens that the translation begins with."""
        return None if self.family == "opus-mt" else [self._token(target)]

    def _token(self, code: str) -> str:
        return f"__{code}__" if self.family == "m2m100" else code

    def write(self, folder: Path, **more: Any) -> None:
        """Keep them beside a converted model."""
        (folder / TOLD).write_text(json.dumps(asdict(self) | more, indent=1), encoding="utf-8")


def kept(folder: Path) -> Tongues | None:
    """What :meth:`Tongues.write` kept, if it did."""
    told = read(folder / TOLD)
    if not told:
        return None
    return Tongues(told["family"], tuple(told["sources"]), tuple(told["targets"]), told["tagged"])


def converted(folder: Path, name: str) -> Tongues:
    """The languages of a converted model, from its vocabulary. Raises EngineUnavailable where they are not told."""
    return kept(folder) or told(folder, name, vocabulary(folder))


def told(folder: Path, name: str, tokens: Iterable[str]) -> Tongues:
    """The languages of the model whose small files are in a folder, and whose vocabulary has these tokens.

    Raises EngineUnavailable where they are not told.
    """
    tokens = list(tokens)
    codes = {family: _codes(family, tokens) for family in TAGGED}
    family = max(TAGGED, key=lambda one: len(codes[one]))
    if codes[family] and family != "opus-mt":
        return Tongues(family, codes[family], codes[family])
    source, target = _named(folder, name)
    sources = (source,) if LANGUAGE.fullmatch(source) else _members(_listed(folder), source, target)
    if targets := codes["opus-mt"]:
        return Tongues("opus-mt", sources, targets)
    return Tongues("opus-mt", sources, (target,), tagged=False)


def vocabulary(folder: Path) -> list[str]:
    """The tokens of a converted model; of two vocabularies, the one that texts to be translated are written in.

    Raises EngineUnavailable where there is none.
    """
    for name in ("shared_vocabulary", "source_vocabulary"):
        if (file := folder / f"{name}.json").exists():
            return [str(token) for token in json.loads(file.read_text(encoding="utf-8"))]
        if (file := folder / f"{name}.txt").exists():
            return file.read_text(encoding="utf-8").split("\n")
    raise EngineUnavailable(
        f"{folder} holds no vocabulary", hint="is it a translation model that was converted for CTranslate2?"
    )


def special(folder: Path) -> list[str]:
    """The tokens among which a checkpoint's own small files have its languages."""
    own = [token for token in read(folder / "vocab.json") if TAGGED["opus-mt"].fullmatch(token)]
    return own + [
        token
        for name in ("special_tokens_map.json", "tokenizer_config.json")
        for key, value in read(folder / name).items()
        if key.endswith("special_tokens") and isinstance(value, list)
        for token in (one["content"] if isinstance(one, dict) else str(one) for one in value)
    ]


def _codes(family: str, tokens: Iterable[str]) -> tuple[str, ...]:
    found = (TAGGED[family].fullmatch(token) for token in tokens)
    return tuple(dict.fromkeys(match[match.lastindex or 0] for match in found if match))


def _named(folder: Path, name: str) -> tuple[str, str]:
    """What an Opus-MT checkpoint says of itself, or is called."""
    config, match = read(folder / "tokenizer_config.json"), PAIR.search(name)
    codes = [str(config.get(key) or "") for key in ("source_lang", "target_lang")]
    if not all(codes) and match:
        codes = [match["source"], match["target"]]
    if all(codes):
        source, target = (MISNAMED.get(code, code) for code in codes)
        return source, target
    raise EngineUnavailable(
        f"{name} does not tell which languages it translates",
        hint="call its folder opus-mt-en-de, say, or write source_lang and target_lang into its tokenizer_config.json",
    )


def _members(listed: Sequence[str], source: str, target: str) -> tuple[str, ...]:
    """The languages that a code stands for which may be that of a family, such as ``roa`` or ``ROMANCE``."""
    others = tuple(one for one in listed if one not in {source, target, *FAMILIES.split()})
    return others if len(others) > 1 else (source,)


def _listed(folder: Path) -> list[str]:
    """The languages at the head of a checkpoint's README, as the hub reads them."""
    file = folder / "README.md"
    if not file.exists():
        return []
    _, _, rest = file.read_text(encoding="utf-8").partition("---\n")
    try:
        head = yaml.safe_load(rest.partition("\n---")[0])
    except yaml.YAMLError:
        return []
    listed = head.get("language") if isinstance(head, dict) else None
    return [str(one) for one in _flat(listed)]


def _flat(value: Any) -> Iterator[Any]:
    # Norwegian's code, unquoted, is what YAML calls false.
    for one in value if isinstance(value, list) else [value]:
        if one is not None:
            yield "no" if one is False else one
