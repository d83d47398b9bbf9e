"""Where French is read without a liaison: espeak-ng links any two words that could be linked in verse."""

from __future__ import annotations

import re
from collections.abc import Iterator

LINKED = re.compile(
    r"aux|certaine?s|cents?|[cdlmst]es|[nv]os|quel(?:le|que)?s|leurs|plusieurs|tous|tout(?:es)?|un|deux|trois|six|dix|vingts?"
    r"|ils|elles|nous|vous"
    r"|après|chez|dans|depuis|dès|en|pendant|sans|sous"
    r"|assez|bien|beaucoup|comment|dont|jamais|mais|mieux|moins|pas|plus|puis|quand|toujours|trop|très"
    r"|ancien(?:ne)?s|autres|beaux|belles|bon(?:ne)?s|derni[eè]re?s|différente?s|divers(?:es)?|grand|grande?s|gros(?:ses)?|hautes?"
    r"|hauts|jeunes|long(?:ue)?s|mauvaise?s?|meilleure?s|mêmes|nombreux|nombreuses|nouveaux|nouvelles|petit|petite?s"
    r"|premi[eè]re?s|second|vieux|vieilles"
    r"|est|suis|sommes|êtes|sont|était|étaient|ont|avons|avez",
    re.IGNORECASE,
)
"""Words that are linked to a vowel behind them: what determines a noun, pronouns, short words that belong to the next,
adjectives that stand before a noun, being and having."""
SPACE = re.compile(r"\b(\w*[dpstxz])(\s+)(?=[aeiouyhàâæéèêëîïôœùûü])(?!y\b)", re.IGNORECASE)
"""Behind a word whose last letter is mute until it is linked."""
FIXED = re.compile(r"\btemps\s+(?:en\s+temps|à\s+autre)\b", re.IGNORECASE)
"""Linked though it is a noun."""


def unlinked(text: str) -> Iterator[tuple[int, int]]:
    """The spaces of a text over which nothing is linked.

    >>> text = "Les enfants ont du lait et du pain."
    >>> [text[:start].split()[-1] for start, _ in unlinked(text)]
    ['enfants', 'lait']
    """
    fixed = {match.start() for match in FIXED.finditer(text)}
    for found in SPACE.finditer(text):
        if not LINKED.fullmatch(found[1]) and found.start() not in fixed:
            yield found.span(2)
