"""Texts through a translator: protected, cut, sent in batches, joined again; each as soon as it is whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .cutting import Cut, cut
from .glossary import Terms
from .protection import Protected, protected

Ask = Callable[[Sequence[str]], Sequence[str]]
"""Translates texts that are short enough, one for one."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How texts are brought before a translator."""

    longest: int = 400
    """Characters that it wants at once."""
    together: bool = False
    """Whether it makes use of several sentences at once."""
    batch: int = 2000
    """Characters that are sent at once."""
    language: str | None = None
    """The language of the texts, whose rules tell sentences apart."""
    terms: Terms = field(default_factory=lambda: Terms({}, ""))


@dataclass(slots=True)
class _Text:
    """A text on its way."""

    held: Protected
    cut: Cut
    done: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return len(self.done) == len(self.cut.pieces)


def translated(texts: Iterable[str], ask: Ask, manner: Manner) -> Iterator[str]:
    """Each text in the other language, in their order, as soon as the batch with its last sentence is done.

    What has no letter is never sent. A piece for which nothing comes back stays as it was: nothing is lost.
    """
    waiting: deque[_Text] = deque()
    pieces: list[tuple[_Text, str]] = []
    size = 0
    for text in texts:
        held = protected(text, manner.terms)
        one = _Text(held, cut(held.text, manner.longest, manner.language, together=manner.together))
        waiting.append(one)
        for piece in one.cut.pieces:
            if pieces and size + len(piece) > manner.batch:
                _send(pieces, ask)
                yield from _whole(waiting)
                pieces, size = [], 0
            pieces.append((one, piece))
            size += len(piece)
    _send(pieces, ask)
    yield from _whole(waiting)


def _whole(waiting: deque[_Text]) -> Iterator[str]:
    while waiting and waiting[0].whole:
        one = waiting.popleft()
        yield one.cut.joined(one.done)


def _send(pieces: Sequence[tuple[_Text, str]], ask: Ask) -> None:
    """One batch. Pieces are sent by their length, so that an engine that pads them pads little; equal ones once."""
    found = _asked((piece for one, piece in pieces if not one.held.only_terms(piece)), ask)
    spoiled = []
    for one, piece in pieces:
        restored = one.held.restored(piece, found[piece]) if piece in found else None
        if restored is None:
            spoiled.append((one, len(one.done), piece))
        one.done.append(restored or "")
    if spoiled:
        _around(spoiled, ask)


def _around(spoiled: Sequence[tuple[_Text, int, str]], ask: Ask) -> None:
    """Terms that did not come through: what stands around them is translated by itself."""
    cuts = [one.held.around(piece) for one, _, piece in spoiled]
    parts = (list(zip(around.pieces, terms, strict=True)) for around, terms in cuts)
    found = _asked((part for some in parts for part, term in some if not term), ask)
    for (one, number, _), (around, terms) in zip(spoiled, cuts, strict=True):
        one.done[number] = around.joined(
            [part if term else found[part] for part, term in zip(around.pieces, terms, strict=True)]
        )


def _asked(pieces: Iterable[str], ask: Ask) -> dict[str, str]:
    """What comes back for each piece; nothing is lost where nothing does."""
    sent = sorted(set(pieces), key=lambda piece: (len(piece), piece))
    return {piece: told.strip() or piece for piece, told in zip(sent, ask(sent), strict=True)} if sent else {}
