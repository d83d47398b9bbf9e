"""Chains of translators: which one is found, and what is said where there is none."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import Hop, Ways
from speechlab.translation import Way, reached, refused, route, targets

APERTIUM = [
    Way("translate/apertium", Ways((a,), (b,), 4.0 if "en" in (a, b) else 1.0), 2)
    for pair in ("es-pt", "pt-es", "es-en", "en-es", "fr-ca", "ca-fr", "fr-es", "es-fr", "ca-pt", "pt-ca", "es-it")
    for a, b in [pair.split("-")]
]
NEURAL = [Way("translate/fx", Ways(("en",), ("pt",))), Way("translate/fx", Ways(("pt",), ("en",)))]
LANGUAGES = ("en", "pt", "es", "fr", "de", "it")


def by(ways: list[Way], source: str, target: str, hops: int = 3) -> str:
    found = route(ways, source, target, hops)
    assert all(one.target == other.source for one, other in pairwise(found))
    return " ".join([source, *(f"-{hop.engine[10:12]}- {hop.target}" for hop in found)]) if found else ""


def test_the_way_that_loses_least_not_the_shortest() -> None:
    every = APERTIUM + NEURAL
    assert by(every, "es", "en") == "es -ap- pt -fx- en"
    assert by(every, "es", "en", hops=1) == "es -ap- en"
    assert by(every, "en", "fr") in ("en -fx- pt -ap- ca -ap- fr", "en -fx- pt -ap- es -ap- fr")
    assert by(every, "en", "it", hops=2) == "en -ap- es -ap- it", "no longer than is allowed, whatever it loses"
    assert by(every, "it", "en") == ""


def test_of_equal_ways_the_shorter_then_the_better_engine() -> None:
    some = [
        Way("translate/worse", Ways.among(["en", "de"]), 2),
        Way("translate/better", Ways.among(["en", "de"]), 1),
        Way("translate/half", Ways(("en",), ("pt",), 0.5), 0),
        Way("translate/half", Ways(("pt",), ("de",), 0.5), 0),
    ]
    assert {by(list(order), "en", "de") for order in permutations(some)} == {"en -be- de"}


def test_languages_meet_whatever_each_engine_calls_them() -> None:
    some = [Way("translate/a", Ways(("es",), ("pt-BR",))), Way("translate/b", Ways(("pt",), ("zh", "zh-Hant")))]
    assert route(some, "es-MX", "zh-TW", 2) == (Hop("translate/a", "es", "pt-BR"), Hop("translate/b", "pt", "zh-Hant"))
    assert route(some, "es", "yue", 3) == (), "no near language is taken for another"


ways = st.builds(
    lambda sources, targets, cost, engine: Way(f"translate/{engine}", Ways(tuple(sources), tuple(targets), cost)),
    st.sets(st.sampled_from(LANGUAGES), min_size=1, max_size=3),
    st.sets(st.sampled_from(LANGUAGES), min_size=1, max_size=3),
    st.sampled_from([0.5, 1.0, 2.0, 4.0]),
    st.sampled_from("abc"),
)


def takes(way: Way, hop: Hop) -> bool:
    return way.engine == hop.engine and hop.source in way.ways.sources and hop.target in way.ways.targets


@settings(deadline=None, max_examples=200)
@given(st.lists(ways, max_size=8), st.integers(1, 4))
def test_no_chain_is_better(some: list[Way], hops: int) -> None:
    """As told by trying all chains there are."""

    def chains(language: str, left: int, seen: tuple[str, ...]) -> list[tuple[float, int, str]]:
        found = [(0.0, 0, language)]
        for way in some if left else ():
            for target in way.ways.targets:
                if language in way.ways.sources and target not in seen:
                    for cost, length, end in chains(target, left - 1, (*seen, target)):
                        found.append((cost + way.ways.cost, length + 1, end))
        return found

    every = chains("en", hops, ("en",))
    for target in LANGUAGES[1:]:
        best = min(((cost, length) for cost, length, end in every if end == target), default=None)
        found = route(some, "en", target, hops)
        assert bool(found) == (best is not None) == (target in reached(some, "en", hops))
        if best is not None:
            costs = [min(way.ways.cost for way in some if takes(way, hop)) for hop in found]
            assert (sum(costs), len(found)) == best


def test_targets_are_told() -> None:
    some = [Ways(("en",), ("pt", "fr")), Ways(("pt",), ("en",))]
    assert targets(some) == ("en", "fr", "pt")
    assert targets(some, "en-GB") == ("fr", "pt")
    assert targets(some, "de") == ()


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("en", "fr", ""),
        (None, "fr", ""),
        ("pt", "pt-BR", ""),
        ("pt", "fr", ""),
        ("en", "de", "does not translate into 'de'; it knows en, fr, pt"),
        ("de", "fr", "does not translate from 'de'; it knows en, pt"),
        ("fr-CA", "en", "does not translate from 'fr-CA'; it knows en, pt"),
    ],
)
def test_why_nothing_leads_there(source: str | None, target: str, said: str) -> None:
    assert refused([Ways(("en",), ("pt", "fr")), Ways(("pt",), ("en",))], source, target) == said
    assert refused([Ways(("en",), ("pt",)), Ways(("de",), ("fr",))], "en", "fr").startswith(
        "does not translate from 'en' into 'fr'; it knows pt"
    )
