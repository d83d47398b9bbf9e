"""Which languages a translation checkpoint knows, and the tokens that stand for them: read from its small files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from speechlab import EngineUnavailable, Languages

from .files import CONFIG, read
from .listed import M2M_100, NLLB_200

Style = Literal["nllb", "m2m100", "marian"]

FLORES_CODE = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
M2M_TOKEN = re.compile(r"__([a-z]{2,3})__")
MARIAN_TOKEN = re.compile(r">>(\w+)<<")
OPUS_NAME = re.compile(r"opus-mt-(?:tc-|bible-|base-|big-)*(\w+)-(\w+)")
OPUS_CODES = {"pob": "pt_BR"}
"""What Opus-MT calls otherwise than anybody else does."""
FAMILIES = ("languages", "pidgins")
"""How the names of groups of languages end; Opus-MT has codes of such groups in the place of a language's."""


@dataclass(frozen=True)
class Tongues:
    """The languages of one checkpoint, by its own codes."""

    style: Style
    sources: Languages | None
    """None where it reads a family of languages that it does not list: whatever is told is believed."""
    targets: Languages
    tokens: Mapping[str, str]
    """What it is told of the target, by the target's code; empty where there is but one."""

    @classmethod
    def read(cls, folder: Path) -> Tongues:
        """Those of the checkpoint that is stored in ``folder``. Raises EngineUnavailable where it lists none."""
        told = read(folder / "tokenizer_config.json")
        if read(folder / CONFIG).get("model_type") == "marian":
            tongues = _marian(told.get("source_lang"), told.get("target_lang"), read(folder / "vocab.json"))
        elif (folder / "vocab.json").exists():
            codes = [code for token in _special(folder, told) for code in M2M_TOKEN.findall(token)]
            tongues = m2m100(codes or M2M_100.split())
        else:
            tongues = nllb([token for token in _special(folder, told) if FLORES_CODE.fullmatch(token)])
        if not len(tongues.targets):
            raise EngineUnavailable(
                f"{folder} does not tell which languages it translates into",
                hint="fetch tokenizer.json, tokenizer_config.json and vocab.json along with the weights",
            )
        return tongues

    @classmethod
    def expected(cls, model: str) -> Tongues | None:
        """Those that a checkpoint on the hub will have by its name; None where that does not tell."""
        name = model.rpartition("/")[2]
        if "nllb" in name.lower():
            return nllb(NLLB_200.split())
        if "m2m100" in name.lower():
            return m2m100(M2M_100.split())
        if opus := OPUS_NAME.fullmatch(name):
            return _marian(opus[1], opus[2], {})
        return None


def nllb(codes: Iterable[str]) -> Tongues:
    """NLLB's way: a token is a FLORES code."""
    languages = Languages(codes := list(codes))
    return Tongues("nllb", languages, languages, {code: code for code in codes})


def m2m100(codes: Iterable[str]) -> Tongues:
    """M2M-100's way: ``__pt__``."""
    languages = Languages(codes := list(codes))
    return Tongues("m2m100", languages, languages, {code: f"__{code}__" for code in codes})


def _marian(source: Any, target: Any, vocabulary: Mapping[str, Any]) -> Tongues:
    """Opus-MT's way: one pair, or a token such as ``>>por<<`` for each language that a family is written in."""
    tokens = {OPUS_CODES.get(code, code): f">>{code}<<" for token in vocabulary for code in MARIAN_TOKEN.findall(token)}
    targets = Languages(tokens or ([target] if _is_one(target) else []))
    return Tongues("marian", Languages([source]) if _is_one(source) else None, targets, tokens)


def _is_one(code: Any) -> bool:
    """Whether it is the code of one language, not of a family of them."""
    from langcodes import Language, tag_is_valid

    if not isinstance(code, str) or not tag_is_valid(code) or code in ("mul", "und"):
        return False
    return not Language.get(code).display_name().endswith(FAMILIES)


def _special(folder: Path, told: Mapping[str, Any]) -> list[str]:
    """A tokenizer's special tokens, wherever this version of transformers, or one before it, wrote them down."""
    for where in (told, read(folder / "special_tokens_map.json")):
        for key in ("additional_special_tokens", "extra_special_tokens"):
            if listed := list(_contents(where.get(key) or ())):
                return listed
    return list(_contents(read(folder / "tokenizer.json").get("added_tokens") or ()))


def _contents(tokens: Any) -> Iterator[str]:
    """Tokens as text; they may be stored with what else is known of them."""
    for token in tokens.values() if isinstance(tokens, Mapping) else tokens:
        yield str(token["content"] if isinstance(token, Mapping) else token)
