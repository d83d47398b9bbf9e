"""A chain of engines from one language to another: the one that loses least, of no more than so many steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..engines import Hop, Ways
from ..languages import Languages, same

CHAIN = 3
"""Ways of one engine that may follow each other."""


@dataclass(frozen=True)
class Way:
    """The ways of one engine, as they stand in the search."""

    engine: str
    """``kind/id``."""
    ways: Ways
    rank: int = 0
    """Of two chains that lose alike, the one whose engines rank lower is taken."""

    @property
    def sources(self) -> Languages:
        """The languages that it leads from."""
        return _languages(self.ways.sources)

    @property
    def targets(self) -> Languages:
        """The languages that it leads into."""
        return _languages(self.ways.targets)


@dataclass(frozen=True, order=True)
class Chain:
    """Steps that follow each other; of two, the lesser is better."""

    cost: float = 0.0
    length: int = 0
    ranks: tuple[int, ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()
    hops: tuple[Hop, ...] = field(default=(), compare=False)

    def then(self, way: Way, source: str, target: str) -> Chain:
        """With one step more."""
        return Chain(
            self.cost + way.ways.cost,
            self.length + 1,
            (*self.ranks, way.rank),
            (*self.names, (way.engine, source, target)),
            (*self.hops, Hop(way.engine, source, target)),
        )


def route(ways: Sequence[Way], source: str, target: str, hops: int) -> tuple[Hop, ...]:
    """The chain of at most ``hops`` steps that loses least; empty where there is none.

    Of those that lose alike it is the shortest, and then the one of the better engines. A step takes over from another
    where both mean the same language, whatever each calls it.

    >>> some = [Way("translate/a", Ways(("es",), ("pt",))), Way("translate/b", Ways(("pt",), ("en",)))]
    >>> [(hop.engine, hop.target) for hop in route(some, "es", "en", 3)]
    [('translate/a', 'pt'), ('translate/b', 'en')]
    """
    best = _explored(ways, source, hops, target)
    return best.hops if best else ()


def reached(ways: Sequence[Way], source: str, hops: int) -> Mapping[str, tuple[Hop, ...]]:
    """Every language that can be reached from one, with the best chain into it."""
    found = {source: Chain()}
    for _ in range(hops):
        found = _further(ways, found)
    return {language: chain.hops for language, chain in found.items() if chain.hops}


def _explored(ways: Sequence[Way], source: str, hops: int, target: str) -> Chain | None:
    found = {source: Chain()}
    cheapest = min((way.ways.cost for way in ways), default=0.0)
    last = [way for way in ways if target in way.targets]
    best: Chain | None = None
    for length in range(1, hops + 1):
        into = filter(None, (_entered(way, found) for way in last))
        chains = [chain.then(way, came, way.targets.code(target)) for way, chain, came in into]
        best = min(filter(None, [best, *chains]), default=None)
        if length == hops or (best and best.cost <= (length + 1) * cheapest):  # what is longer is no better
            break
        found = _further(ways, found)
    return best


def _further(ways: Iterable[Way], found: Mapping[str, Chain]) -> dict[str, Chain]:
    """What is reached with one step more. Bellman and Ford's way of looking, since it counts steps beside costs."""
    further = dict(found)
    for entered in (_entered(way, found) for way in ways):
        if entered is None:
            continue
        way, chain, came = entered
        for target in way.ways.targets:
            if target == came:
                continue
            reached = chain.then(way, came, target)
            if target not in further or reached < further[target]:
                further[target] = reached
    return further


def _entered(way: Way, found: Mapping[str, Chain]) -> tuple[Way, Chain, str] | None:
    """The best chain up to the way, and the language from which it is entered, as the way calls it."""
    into = [(chain, way.sources.code(language)) for language, chain in found.items() if language in way.sources]
    if not into:
        return None
    chain, came = min(into)
    return way, chain, came


def targets(ways: Iterable[Ways], source: str | None = None) -> tuple[str, ...]:
    """The languages into which one of the ways leads, from a language or from any."""
    taken = [one for one in ways if source is None or source in _languages(one.sources)]
    return tuple(sorted({tag for one in taken for tag in one.targets if source is None or not same(tag, source)}))


def refused(ways: Sequence[Ways], source: str | None, target: str) -> str:
    """Why no way leads there, with the nearest that do; empty where one may. Where only a chain of these ways would,
    nobody but the engine knows whether it can follow one way after another.

    >>> refused([Ways(("en",), ("pt", "fr"))], "en", "de")
    "does not translate into 'de'; it knows fr, pt"
    """
    if source is not None and same(source, target):
        return ""
    into, out = _languages(targets(ways)), _languages(tuple(sorted({tag for one in ways for tag in one.sources})))
    if target not in into:
        return f"does not translate into {target!r}; {into.nearest(target)}"
    if source is None:
        return ""
    if source not in out:
        return f"does not translate from {source!r}; {out.nearest(source)}"
    if route([Way("", one) for one in ways], source, target, CHAIN):
        return ""
    return f"does not translate from {source!r} into {target!r}; {_languages(targets(ways, source)).nearest(target)}"


@lru_cache(maxsize=1024)
def _languages(tags: tuple[str, ...]) -> Languages:
    return Languages(tags)
