"""Text to sounds by Piper's own readers, and which of the sounds are which word's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from piper import PhonemeType, PiperVoice

from speechlab import EngineUnavailable, placed, pronounced

MOST = 400
"""Sounds that are said at once: about half a minute."""
MARKS = (frozenset(".?!"), frozenset(",;:"), frozenset(" "))
"""Behind which the sounds of a long sentence are parted, the best first."""
LED = re.compile(r"[\W_]*")
"""What stands before the first letter."""


def read(voice: PiperVoice, sentence: str, pronunciations: Sequence[str] = ()) -> list[str]:
    """The sounds of a sentence that the voice knows. Raises EngineUnavailable where a package is missing for it."""
    if not any(map(str.isalnum, sentence)):
        return []
    parts = pronounced(sentence.strip(), pronunciations) if _reads_ipa(voice) else [(sentence.strip(), "")]
    if len(parts) == 1 and not parts[0][1]:
        sounds = _phonemes(voice, parts[0][0])
    else:
        sounds = [one for text, given in parts for one in (_given(voice, given) if given else _between(voice, text))]
    if voice.config.phoneme_type is PhonemeType.PINYIN:
        return sounds
    return [sound for sound in sounds if sound in voice.config.phoneme_id_map]


def words(
    voice: PiperVoice, sentence: str, sounds: Sequence[str], pronunciations: Sequence[str]
) -> list[tuple[str, range]]:
    """The words of a sentence, each with where its sounds are among those of the sentence; none where the voice reads
    otherwise than by espeak-ng, whose languages write spaces between words."""
    if voice.config.phoneme_type is not PhonemeType.ESPEAK:
        return []
    found = [word for word in sentence.split() if any(map(str.isalnum, word))]
    alone = [[sound for sound in read(voice, word, pronunciations) if sound.isalpha()] for word in found]
    return list(zip(found, placed(alone, sounds), strict=True))


def parted(sounds: Sequence[str]) -> Iterator[list[str]]:
    """The sounds of a sentence, in parts where they are too many to be said at once; none where there is none."""
    left = list(sounds)
    while len(left) > MOST:
        ends = ([n for n in range(MOST // 4, MOST) if left[n] in marks] for marks in MARKS)
        cut = next((some[-1] for some in ends if some), MOST - 1) + 1
        yield left[:cut]
        left = left[cut:]
    if left:
        yield left


def _phonemes(voice: PiperVoice, text: str) -> list[str]:
    """What Piper takes for several sentences (Dr. Smith) is one."""
    try:
        groups = voice.phonemize(text)
    except ImportError as error:  # some languages are read by packages that Piper does not ask for
        raise EngineUnavailable(
            f"Piper needs {error.name} to read {voice.config.espeak_voice}", hint=f"pip install {error.name}"
        ) from error
    sounds: list[str] = []
    for group in groups:
        if sounds:
            sounds = [*(sounds[:-1] if sounds[-1] == "." else sounds), " "]
        sounds += group
    return sounds


def _between(voice: PiperVoice, text: str) -> list[str]:
    """The sounds of what stands beside a word whose sounds are given. Of marks at its ends espeak-ng makes nothing, or
    words."""
    led = LED.match(text)
    assert led is not None
    sounds = [*led[0], *(_phonemes(voice, text[led.end() :]) if led.end() < len(text) else [])]
    return [*sounds, " "] if text[-1].isspace() and sounds[-1:] != [" "] else sounds


def _given(voice: PiperVoice, sounds: str) -> list[str]:
    """Sounds that somebody wrote, in espeak-ng's letters: English has no r but one."""
    english = str(voice.config.espeak_voice).startswith("en")
    told = unicodedata.normalize("NFD", sounds).replace("g", "\u0261")
    return list(told.replace("r", "\u0279") if english else told)


def _reads_ipa(voice: PiperVoice) -> bool:
    return voice.config.phoneme_type is PhonemeType.ESPEAK
