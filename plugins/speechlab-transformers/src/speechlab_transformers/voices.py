"""Which voices MMS has: one for each language, a checkpoint of its own; told without loading any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from speechlab import ConfigError, Context, Languages, Voice

from .files import HUB_ID, here, own_folder, read
from .listed import MMS_VOICES
from .options import LANGUAGE, MmsParams


def listed() -> dict[str, str]:
    """All languages that Meta published a voice for: BCP-47 tags, with the codes that the checkpoints are named by."""
    pairs = (entry.partition("=") for entry in MMS_VOICES.split())
    return {tag or code: code for code, _, tag in pairs}


@dataclass(frozen=True)
class Stored:
    """One voice's checkpoint, as :func:`~speechlab_transformers.files.ask` wants it named."""

    model: str
    revision: str | None


class Voices:
    """The voices that there are, each under the tag of its language."""

    def __init__(self, params: MmsParams, context: Context) -> None:
        self._params = params
        self._codes = self._named()
        near = [tag for tag, code in self._codes.items() if here(Stored(self._model(code), params.revision), context)]
        far = self._codes if context.download and not self._local() else ()
        self._ready = tuple(dict.fromkeys((*near, *far)))

    def all(self) -> tuple[Voice, ...]:
        """First those that are here, then those that may be downloaded. Their ids are the languages' tags."""
        return tuple(Voice(tag, _name(tag), (tag,), "mms") for tag in self._ready)

    def model(self, voice: str | None, language: str | None) -> str:
        """The checkpoint of a voice, else of a language's voice, else of the first there is, whether it is here or not.

        Raises ConfigError for a voice or a language that there is not.
        """
        tags = Languages(self._codes)
        if voice is not None and voice not in self._codes:
            raise ConfigError(f"MMS has no voice {voice!r}", hint=self._others(voice, tags))
        if voice is None and language is not None:
            if language not in tags:
                raise ConfigError(f"no voice of MMS speaks {language!r}", hint=self._others(language, tags))
            voice = tags.code(language)
        return self._model(self._codes[voice or next(iter((*self._ready, *self._codes)))])

    def _others(self, tag: str, tags: Languages) -> str:
        try:
            return tags.nearest(tag)
        except ValueError:  # no tag at all
            return "its voices are called as the languages that they speak: en, pt, sw"

    def _named(self) -> dict[str, str]:
        """The checkpoints' codes by tag, whether here or not; there is one at least."""
        if LANGUAGE not in self._params.model:
            codes = [self._only()]
        elif self._local():
            codes = list(self._found()) or ["eng"]  # which is then told to be missing
        else:
            return listed()
        tags = Languages(codes)
        named: dict[str, str] = {}
        for code in codes:
            named.setdefault(tags.tag(code), code)
        return named

    def _only(self) -> str:
        """Of a checkpoint that is named by itself: its tokenizer tells the language, else its name."""
        folder = own_folder(self._params.model)
        told = read(folder / "tokenizer_config.json").get("language") if folder else None
        return str(told or self._params.model.rstrip("/").rpartition("mms-tts-")[2].rpartition("/")[2])

    def _local(self) -> bool:
        """Whether they are folders of the user's own."""
        one = self._model("eng")
        return own_folder(one) is not None or Path(one).expanduser().parent.is_dir() or not HUB_ID.fullmatch(one)

    def _found(self) -> Iterator[str]:
        """The codes of the user's own folders."""
        pattern = Path(self._params.model).expanduser()
        before, _, after = pattern.name.partition(LANGUAGE)
        for folder in sorted(pattern.parent.glob(f"{before}*{after}")):
            yield folder.name.removeprefix(before).removesuffix(after)

    def _model(self, code: str) -> str:
        return self._params.model.replace(LANGUAGE, code)


def _name(tag: str) -> str:
    from langcodes import Language

    return Language.get(tag).display_name()
