"""Sounds in IPA as espeak-ng is told them: by its own names, of which the program says how each voice says them."""

# ruff: noqa: RUF001 - these are sounds, no letters

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from .program import run

VOWELS = (
    "a e i I o O u U A E V @ 3 0 y Y W a# A: a: E: e: i: I: O: o: u: U: y: Y: W: 3: aI aU eI OI oU @U ai au ei ou oi"
    " e@ i@ I@ U@ o@ A~ E~ O~ W~ &~ e~ i~ o~ u~"
)
CONSONANTS = (
    'tS; tS dZ ts dz p b t d k g q ? m n N n^ f v T D s z S Z C x X h j w l l^ L r r- R r" * B Q Q" J J^ c l# z. s. z;'
    " n. l. v# w#"
)
"""Those of espeak-ng's names that mean something in more than one voice."""
BEHIND, AROUND = "{}'a", "p'{}t"
"""Where a consonant, and where a vowel, sounds as it does in most words."""
PLAIN = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
OWN_R = "r"
"""The name of whatever r the voice's language has."""
STRESS = {"ˈ": "'", "ˌ": ","}
SILENT = frozenset(".|‿ːˑʰʲˠ\u0303\u0329\u032f\u035c\u0361")
"""What only shades a sound: where a voice has no name for the sound with it, it is said without."""
ALIKE = {
    "r": "ɹʁɾʀ",
    "ɹ": "rɾʁ",
    "ʁ": "ʀrɹ",
    "ʀ": "ʁrɹ",
    "ɾ": "rɹt",
    "g": "ɡ",
    "ɝ": ("ɜː", "ɚ", "ə"),
    "ɚ": ("ɜː", "ə"),
    "ɜ": ("ɜː", "ə"),
    "ɑ": ("ɑː", "a", "ɐ"),
    "ɒ": ("ɔ", "ɑː", "o"),
    "æ": ("a", "ɛ"),
    "a": ("ɑː", "æ", "ɐ"),
    "ʌ": ("ɐ", "a", "ə"),
    "ɐ": ("ʌ", "a", "ə"),
    "ɪ": ("i", "iː"),
    "i": ("iː", "ɪ"),
    "ʊ": ("u", "uː"),
    "u": ("uː", "ʊ"),
    "ɔ": ("ɔː", "o"),
    "o": ("oː", "ɔ"),
    "e": ("eː", "ɛ"),
    "ɛ": ("ɛː", "e"),
    "ø": ("øː", "œ"),
    "œ": ("ø", "øː", "œː"),
    "y": ("yː",),
    "ʏ": ("y", "yː"),
    "ɫ": "l",
    "x": "χh",
    "χ": "xh",
}
"""What is taken for a sound that a voice lacks, the nearest first."""


class Sounds:
    """The sounds of one voice."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """``names`` are espeak-ng's, by their IPA."""
        self._names = names
        self._longest = max(map(len, names), default=1)

    @classmethod
    def of(cls, voice: str, timeout: float) -> Sounds:
        """Asked of the program in one call. Raises EngineFailed or EngineUnavailable."""
        frames = [(name, AROUND) for name in VOWELS.split()] + [(name, BEHIND) for name in CONSONANTS.split()]
        asked = [BEHIND.format(""), *(frame.format(name) for name, frame in frames)]
        told = "\n\n".join(f"[[{one}]]" for one in asked)
        answers = run(["-q", "--ipa", "-v", voice, "-b", "1", "--stdin"], told, timeout=timeout).decode().split("\n")
        vowel, *rest = (unicodedata.normalize("NFC", answer.strip()) for answer in answers)
        names: dict[str, str] = {}
        for (name, frame), answer in zip(frames, rest, strict=False):
            around = re.compile(re.escape(vowel) + "$" if frame is BEHIND else "^pʰ?ˈ?|tʰ?$")
            sound = around.sub("", answer)
            if sound != answer and PLAIN.fullmatch(sound):
                names.setdefault(sound, name)
        if names.get("ɹ") == OWN_R:  # English has no other, and is often written so
            names["r"] = OWN_R
        return cls(names)

    def named(self, ipa: str) -> str:
        """Sounds in IPA, as espeak-ng reads them in a text; empty where the voice lacks one that nothing is like."""
        rest = unicodedata.normalize("NFC", ipa)
        words: list[list[str]] = [[]]
        while rest:
            if rest[0].isspace():
                words.append([])
                rest = rest[1:]
                continue
            size, name = self._next(rest)
            if not size:
                return ""
            words[-1] += [name] if name else []
            rest = rest[size:]
        return f"[[{'||'.join('|'.join(word) for word in words if word)}]]"

    def _next(self, ipa: str) -> tuple[int, str]:
        """How many characters the first sound has, and its name; 0 where it has none."""
        if ipa[0] in STRESS:
            return 1, STRESS[ipa[0]]
        for size in range(min(self._longest, len(ipa)), 0, -1):
            if ipa[:size] in self._names:
                return size, self._names[ipa[:size]]
        alike = next((self._names[one] for one in ALIKE.get(ipa[0], "") if one in self._names), "")
        return int(bool(alike) or ipa[0] in SILENT), alike
