"""A recording is cut in silence, loses nothing, and is never held whole."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, AudioChunk, Event, Span, SpeechEnded, SpeechStarted, union
from speechlab.pieces import Piece, cut

RATE = 100


def told(speech: list[Span], duration: float, chunk: float = 1.0, lag: float = 0.0) -> list[Event]:
    """A stream in which each start and end is told with the chunk that holds it, or so much later."""
    loud = np.zeros(round(duration * RATE), np.float32)
    for span in speech:
        loud[round(span.start * RATE) : round(span.end * RATE)] = 0.5
    news = sorted(
        [(s.start + lag, SpeechStarted(s.start)) for s in speech] + [(s.end + lag, SpeechEnded(s.end)) for s in speech],
        key=lambda pair: pair[0],
    )
    events: list[Event] = []
    for part in Audio(loud, RATE).chunks(chunk):
        events.append(AudioChunk(part))
        while news and news[0][0] <= part.end:
            events.append(news.pop(0)[1])
    return [*events, *(event for _, event in news)]


def spans(piece: Piece) -> list[Span]:
    starts = [event.at for event in piece.told if isinstance(event, SpeechStarted)]
    ends = [event.at for event in piece.told if isinstance(event, SpeechEnded)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


some_speech = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 80)), max_size=12).map(
    lambda pairs: union([Span(start / 4, (start + length) / 4) for start, length in pairs], gap=0.5)
)


@given(some_speech, st.sampled_from([0.25, 1.0, 7.0]), st.sampled_from([0.0, 0.5]))
def test_pieces_tell_all_the_sound_and_all_the_speech_once(speech: list[Span], chunk: float, lag: float) -> None:
    duration = 200.0
    speech = [span & Span(0, duration) for span in speech if span.start < duration]
    pieces = list(cut(told(speech, duration, chunk, lag), shortest=20, longest=40))
    assert [piece.index for piece in pieces] == list(range(len(pieces)))
    joined = Audio.join(piece.audio for piece in pieces)
    assert joined.frames == duration * RATE
    assert all(round(a.audio.end * RATE) == round(b.audio.start * RATE) for a, b in pairwise(pieces))
    assert all(20 - 0.03 <= piece.audio.duration <= 40.03 for piece in pieces[:-1])
    told_spans = union([span for piece in pieces for span in spans(piece)], gap=1e-6)
    assert [(round(s.start, 2), round(s.end, 2)) for s in told_spans] == [(s.start, s.end) for s in speech if s]


def test_the_cut_falls_into_the_longest_silence() -> None:
    speech = [Span(0, 24), Span(25, 30), Span(33, 38), Span(38.5, 60)]
    first, *_ = cut(told(speech, 60.0), shortest=20, longest=40)
    assert 30 < first.audio.end < 33
    assert spans(first) == [Span(0, 24), Span(25, 30)]


def test_speech_without_a_pause_is_parted_where_it_is_quietest() -> None:
    events = told([Span(0, 100)], 100.0)
    chunks = [event for event in events if isinstance(event, AudioChunk)]
    softened = [
        AudioChunk(Audio(c.audio.samples * (0.1 if c.audio.start == 33.0 else 1.0), RATE, c.audio.start))
        for c in chunks
    ]
    first, *_ = cut([SpeechStarted(0.0), *softened, SpeechEnded(100.0)], shortest=20, longest=40)
    assert 33.0 < first.audio.end < 34.0


def test_an_hour_of_silence_is_cut_too() -> None:
    pieces = list(cut(told([Span(0, 1)], 400.0), shortest=20, longest=40))
    assert len(pieces) >= 10
    assert sum(len(spans(piece)) for piece in pieces) == 1


def test_no_more_than_one_piece_is_held() -> None:
    alive: list[int] = []
    pulled = 0

    def source() -> object:
        nonlocal pulled
        for event in told([], 400.0):
            pulled += 1
            yield event

    for piece in cut(source(), shortest=20, longest=40):
        alive.append(pulled - round(piece.audio.end))
    assert max(alive) < 50
