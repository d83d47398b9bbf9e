"""Other languages to sounds by espeak-ng, a program that is asked over a pipe and shares no code with this one."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from speechlab import EngineFailed

from .liaison import unlinked
from .sounds import Reader

PAUSE = re.compile(
    r"\s*((?:[;:,!?…—\"“”()«»¿¡]|(?<!\b[A-Z])\.)+)(?=\s|$)"  # the full stop of an initial is no pause
    r"|([¿¡\"“”(«]+)"
)
"""What stands between the parts that are read alone, since espeak-ng drops it and Kokoro reads it."""
QUOTES = str.maketrans({"«": "“", "»": "”", "¿": "", "¡": ""})
ONE = {
    "a^ɪ": "I",  # noqa: RUF001
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",  # noqa: RUF001
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",  # noqa: RUF001
}
"""Sounds of two symbols that Kokoro has one for."""
SWITCH = re.compile(r"\([^)]*\)")
"""How espeak-ng marks a word that it takes for another language's."""
FRENCH = "fr-fr"
PATIENCE = 30.0
"""Seconds."""


def reader(voice: str) -> Reader:
    """A reader by one of espeak-ng's voices, which is asked once for all texts."""
    return partial(_read, voice)


def _read(voice: str, texts: Sequence[str]) -> list[str]:
    parts, marks = list[list[str]](), list[list[tuple[str, str]]]()
    for text in texts:
        text = "".join(one if _said(one) else " " for one in unicodedata.normalize("NFC", text))
        breaks = sorted(_breaks(voice, text))
        cuts = [0, *(at for start, end, *_ in breaks for at in (start, end)), len(text)]
        parts.append([text[start:end] for start, end in zip(cuts[::2], cuts[1::2], strict=True)])
        marks.append([(after, before) for *_, after, before in breaks])
    told = iter(_asked(voice, [part for some in parts for part in some]))
    return [_written(list(islice(told, len(some))), between) for some, between in zip(parts, marks, strict=True)]


def _breaks(voice: str, text: str) -> Iterator[tuple[int, int, str, str]]:
    """From where to where parts are apart that are read alone, with the marks after the one and before the other."""
    for pause in PAUSE.finditer(text):
        yield *pause.span(), pause[1] or "", pause[2] or ""
    if voice == FRENCH:
        for start, end in unlinked(text):
            yield start, end, "", ""


def _written(told: Sequence[str], marks: Sequence[tuple[str, str]]) -> str:
    """The sounds of the parts with what stands between them."""
    written = told[0]
    for (after, before), sounds in zip(marks, told[1:], strict=True):
        written += after.translate(QUOTES) + " " + before.translate(QUOTES) + sounds
    return " ".join(written.split()) if any(told) else ""


def _said(character: str) -> bool:
    """Whether it is part of what is said; espeak-ng would spell out the names of emoji."""
    return character.isprintable() and unicodedata.category(character) not in {"So", "Sk", "Cf"}


def _asked(voice: str, parts: Sequence[str]) -> list[str]:
    """The sounds of each part: all in one process, which answers by lines, or each in its own where it parts them."""
    spoken = [part.strip() for part in parts if any(map(str.isalnum, part))]
    answers = _lines(voice, "\n\n".join(spoken)) if spoken else []
    if len(answers) != len(spoken):
        answers = [" ".join(_lines(voice, part)) for part in spoken]
    rest = iter(answers)
    return [next(rest) if any(map(str.isalnum, part)) else "" for part in parts]


def _lines(voice: str, text: str) -> list[str]:
    command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", voice, "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineFailed(f"espeak-ng failed: {error}", hint="is it installed whole, with its data?") from error
    return [_one(line) for line in done.stdout.decode(errors="replace").splitlines() if line.strip()]


def _one(sounds: str) -> str:
    sounds = SWITCH.sub("", sounds)
    for two, one in ONE.items():
        sounds = sounds.replace(two, one)
    return sounds.replace("^", "").replace("-", "").strip()
