"""The algebra of time intervals."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Span, union

times = st.floats(0, 1000, allow_nan=False)
spans = st.tuples(times, times).map(lambda pair: Span(min(pair), max(pair)))


@given(spans, spans)
def test_what_both_share_is_in_each(a: Span, b: Span) -> None:
    shared = a & b
    assert shared.duration == pytest.approx(a.overlap(b))
    if shared:
        assert a.start <= shared.start <= shared.end <= a.end
        assert b.start <= shared.start <= shared.end <= b.end


@given(spans, spans)
def test_the_hull_holds_both_and_nothing_else(a: Span, b: Span) -> None:
    hull = a | b
    assert (hull.start, hull.end) == (min(a.start, b.start), max(a.end, b.end))


@given(st.lists(spans))
def test_a_union_tells_the_same_time_once(some: list[Span]) -> None:
    told = union(some)
    assert all(a.end < b.start for a, b in pairwise(told))
    for span in some:
        if span:
            assert any(one.start <= span.start and span.end <= one.end for one in told)
    assert union(told) == told


@pytest.mark.parametrize(("start", "end"), [(2.0, 1.0), (0.0, float("nan"))])
def test_a_span_cannot_end_before_it_starts(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Span(start, end)
