"""What a checkpoint reads, writes and speaks, and who speaks it, as its own configuration tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speechlab import ConfigError, EngineUnavailable, Languages, Voice

from . import published

NATIVE = "native"
"""The voice of somebody who speaks the language that is asked for."""


@dataclass(frozen=True)
class Tongue:
    """A language that is written, and maybe spoken."""

    tag: str
    """BCP-47."""
    token: int
    """What stands for it in a text."""
    number: int | None
    """What stands for it in the vocoder; None where it is only written."""
    speakers: tuple[int, ...]
    """Whose own language it is; empty where nobody knows."""


class Tongues:
    """The languages of a checkpoint, found by BCP-47 tag, and its voices."""

    def __init__(self, model: str, tongues: Mapping[str, Tongue], room: int) -> None:
        """``tongues`` by the checkpoint's own codes; the vocoder has ``room`` for so many speakers."""
        self._model, self._tongues, self._room = model, tongues, room
        self.written = Languages(tongues)
        self.spoken = Languages(code for code, tongue in tongues.items() if tongue.number is not None)
        self._natives = {speaker: tongue for tongue in tongues.values() for speaker in tongue.speakers}

    @classmethod
    def of(cls, model: str, generation: Any, config: Any, tokenizer: Any) -> Tongues:
        """Raises EngineUnavailable where the configuration tells no languages, or the tokenizer means others."""
        written: Mapping[str, int] = getattr(generation, "text_decoder_lang_to_code_id", None) or {}
        spoken: Mapping[str, int] = getattr(generation, "vocoder_lang_code_to_id", None) or {}
        room = config.vocoder_num_spkrs
        known = room == published.ROOM and spoken.keys() <= published.SPEAKERS.keys()
        speakers = {code: published.SPEAKERS[code] for code in spoken} if known else {}
        tags = Languages(written)
        tongues = {
            code: Tongue(tags.tag(code), token, spoken.get(code), speakers.get(code, ()))
            for code, token in written.items()
            if tokenizer.convert_tokens_to_ids(f"__{code}__") == token  # else it would be an unknown word
        }
        if not tongues:
            raise EngineUnavailable(
                f"{model} does not tell which languages it knows",
                hint="its generation_config.json and its tokenizer belong together: fetch them again",
            )
        return cls(model, tongues, room)

    def writes(self, tag: str) -> Tongue:
        """A language that it reads and writes. Raises ConfigError with the nearest."""
        return self._tongues[self.written.code(tag)]

    def speaks(self, tag: str) -> Tongue:
        """A language that it speaks. Raises ConfigError with the nearest."""
        if tag not in self.spoken and tag in self.written:
            raise ConfigError(f"{self._model} writes {tag} but does not speak it", hint=self.spoken.nearest(tag))
        return self._tongues[self.spoken.code(tag)]

    def voices(self) -> tuple[Voice, ...]:
        """The native voice first, then each speaker with the languages that are their own."""
        every = tuple(self.spoken)
        if not every:
            return ()
        numbers = sorted(self._natives) or range(self._room)
        return (
            *((Voice(NATIVE, "A speaker of the language", every, engine="seamless"),) if self._natives else ()),
            *(
                Voice(
                    str(number),
                    f"Speaker {number}",
                    (self._natives[number].tag,) if self._natives else every,
                    engine="seamless",
                )
                for number in numbers
            ),
        )

    def own(self, speaker: int) -> Tongue | None:
        """The language that is a speaker's own, where that is known."""
        return self._natives.get(speaker)

    def speaker(self, tongue: Tongue, chosen: int | None) -> int:
        """The one that was chosen, else one whose own language it is. Raises ConfigError where there is no such one."""
        if chosen is None:
            return tongue.speakers[0] if tongue.speakers else 0
        if chosen >= self._room:
            raise ConfigError(f"there is no speaker {chosen}", hint=f"they are numbered from 0 to {self._room - 1}")
        return chosen
