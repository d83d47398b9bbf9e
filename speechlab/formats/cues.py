"""A transcript as subtitles: what stands on the screen at once, in which lines, and for how long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from operator import is_

from ..types import Recording, Span
from . import layout
from .alongside import reach, shared
from .clock import milliseconds
from .direction import right_to_left
from .layout import Lines, cheapest, columns, line_width, reading_time
from .options import SubtitleOptions
from .tokens import SENTENCE, Token, tokens, width, with_name
from .tracks import second, written

FRAME = 40
"""No cue is shorter than one frame of film, in milliseconds, while there is room."""
BREATH = 0.3
"""A sentence that goes on in the next segment within these seconds is one stretch of speech."""
_CUE_COST = 1.0
_TIGHTER, _TIGHTEST = 1.25, 10.0
"""By how much more room a second text is given where its part of a cue does not fit, and how often at most in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Span):
    """One subtitle, spoken by one speaker; its times are whole milliseconds."""

    lines: Lines
    second: Lines = ()
    """The same in another language, to be shown beneath."""
    speaker: str | None = None
    segments: tuple[str, ...] = ()
    """Ids of the segments that its text is of."""

    @property
    def to_the_left(self) -> bool:
        """Whether the text is written from right to left."""
        return _to_the_left(self.lines)

    @property
    def onsets(self) -> tuple[float, ...]:
        """When each token of the text begins to be spoken, in whole milliseconds within the cue."""
        told = (milliseconds(token.start) / 1000 for line in self.lines for token in line if not token.name)
        return tuple(accumulate((min(max(onset, self.start), self.end) for onset in told), max))

    def text(
        self,
        newline: str = "\n",
        mark: Callable[[str, int], str] = lambda text, index: text,
        led: Callable[[str, bool], str] = lambda line, rtl: line,
    ) -> str:
        """The lines of the text; ``mark`` gets the text of each token with its index in the cue, and gives what is
        written. The index of a token of the speaker's name is -1. ``led`` gets each line with whether the text goes to
        the left, and gives it with the marks by which it is shown so."""
        return newline.join(led(line, self.to_the_left) for line in layout.text(self.lines, mark))

    def beneath(
        self,
        newline: str = "\n",
        mark: Callable[[str, int], str] = lambda text, index: text,
        led: Callable[[str, bool], str] = lambda line, rtl: line,
    ) -> str:
        """The lines of the second text, each after a new line; ``mark`` gets -1 for all tokens."""
        told = layout.text(self.second, lambda text, index: mark(text, -1))
        return "".join(newline + led(line, _to_the_left(self.second)) for line in told)


@dataclass(frozen=True, slots=True)
class _Piece:
    """The tokens of a cue, before it has lines and a time."""

    tokens: tuple[Token, ...]
    second: tuple[Token, ...] = ()

    @property
    def start(self) -> float:
        return self.tokens[0].start

    @property
    def speaker(self) -> str | None:
        return self.tokens[0].speaker

    @property
    def width(self) -> int:
        return columns(self.tokens)


def cues(recording: Recording, options: SubtitleOptions, *, named: bool = False) -> list[Cue]:
    """The subtitles of a recording, in the order of time, none overlapping the next.

    Segments begin a new cue, unless a sentence goes on from one to the next. A second text is cut where the first is.
    ``named``: where the speaker changes, the text begins with the name.
    """
    said, under = written(recording, options), second(recording, options)
    rhythm = {segment.id: segment.words for segment in recording.transcript if segment.id}
    told = [tokens(segment, said.language, rhythm.get(segment.id, ())) for segment in said]
    runs = _in_time(_runs(chain.from_iterable(told), options))
    runs = _with_second(runs, {id: tokens(segment, _language(recording, options)) for id, segment in under.items()})
    runs = _named(runs) if named else runs
    pieces = _in_time(piece for run in runs for piece in _cut(run, options))
    pieces = _renamed(pieces, options) if named else pieces
    end = max((segment.end for segment in said), default=0.0)
    bound = milliseconds(max(recording.duration, end)) if recording.duration else sys.maxsize
    return [
        Cue(
            start=start / 1000,
            end=end / 1000,
            lines=layout.lines(piece.tokens, options),
            second=layout.lines(piece.second, options),
            speaker=piece.speaker,
            segments=tuple(dict.fromkeys(token.segment.id for token in piece.tokens)),
        )
        for piece, (start, end) in zip(pieces, _shown(pieces, options, bound), strict=True)
    ]


def _runs(told: Iterable[Token], options: SubtitleOptions) -> Iterator[_Piece]:
    """The stretches of speech that a cue may not reach beyond."""
    run: list[Token] = []
    for token in told:
        if run and not _goes_on(run[-1], token, options):
            yield _Piece(tuple(run))
            run = []
        run.append(token)
    if run:
        yield _Piece(tuple(run))


def _goes_on(before: Token, after: Token, options: SubtitleOptions) -> bool:
    """Whether the same speaker goes on speaking, in the same sentence or at least in the same segment."""
    pause = after.start - before.end
    if before.speaker != after.speaker or pause > options.max_pause:
        return False
    if before.segment is after.segment:
        return True
    alike = before.segment.suspect == after.segment.suspect and before.language == after.language
    return alike and before.stop != SENTENCE and before.start <= after.start and pause <= BREATH


def _with_second(runs: list[_Piece], under: Mapping[str, list[Token]]) -> list[_Piece]:
    """The runs, each with what the second text says of it."""
    if not under:
        return runs
    parts = [_by_segment(run.tokens) for run in runs]
    held: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        for id in part:
            held.setdefault(id, []).append(number)
    seconds: list[list[Token]] = [[] for _ in runs]
    for id, numbers in held.items():
        other = under.get(id, [])
        places = reach([token for number in numbers for token in parts[number][id]], other)
        ends = list(accumulate(len(parts[number][id]) for number in numbers))[:-1]
        for number, share in zip(numbers, shared(other, [places[end - 1] for end in ends]), strict=True):
            seconds[number] += share
    return [replace(run, second=tuple(told)) for run, told in zip(runs, seconds, strict=True)]


def _by_segment(words: Iterable[Token]) -> dict[str, list[Token]]:
    told: dict[str, list[Token]] = {}
    for token in words:
        told.setdefault(token.segment.id, []).append(token)
    return told


def _cut(run: _Piece, options: SubtitleOptions) -> list[_Piece]:
    """A run, cut into what fits on the screen: at the ends of sentences, else of clauses, else into equal parts."""
    if not run.second:
        return [_Piece(run.tokens[first:last]) for first, last in _parts(run, options)]
    said = [token for token in run.tokens if not token.name]
    places = [0.0] * (len(run.tokens) - len(said)) + _reach(said, run.second)
    room = 1.0
    while True:
        parts = _parts(run, options, [place * room for place in places])
        seconds = shared(run.second, [places[last - 1] for _, last in parts[:-1]])
        cut = [_Piece(run.tokens[a:b], share) for (a, b), share in zip(parts, seconds, strict=True)]
        if room > _TIGHTEST or all(len(layout.lines(piece.second, options)) <= options.max_lines for piece in cut):
            return cut
        room *= _TIGHTER


def _reach(said: Sequence[Token], under: Sequence[Token]) -> list[float]:
    """How far the second text is after each token of the first, segment by segment."""
    theirs, before, told = _by_segment(under), 0.0, list[float]()
    for id, ours in _by_segment(said).items():
        told += [before + place for place in reach(ours, theirs.get(id, []))]
        before = told[-1]
    return told


def _parts(run: _Piece, options: SubtitleOptions, places: Sequence[float] = ()) -> list[tuple[int, int]]:
    """Where the tokens of a run are cut; ``places`` tell how many columns of the second text are said after each."""
    words, widths, limit = run.tokens, [width(token.text) for token in run.tokens], line_width(run.tokens, options)
    capacity = limit * options.max_lines
    beneath = line_width(run.second, options) * options.max_lines

    def candidates(first: int) -> Iterator[tuple[int, float]]:
        lines, line, total = 1, 0, 0
        for last in range(first, len(words)):
            token = words[last]
            space = token.spaced and last > first
            line += space + widths[last]
            total += space + widths[last]
            if last > first and (line > limit or token.begins):
                lines, line = lines + 1, widths[last]
            spoken = token.end - words[first].start
            under = places[last] - (places[first - 1] if first else 0) if places else 0
            full = lines > options.max_lines or under > beneath
            if last > first and (full or spoken > options.max_duration):
                return
            cost = _CUE_COST + (total / capacity) ** 2 + max(0.0, options.min_duration - spoken)
            if last + 1 < len(words):
                pause = words[last + 1].start - token.end
                cost += token.stop * max(0.0, 1 - pause)
            yield last + 1, cost

    return cheapest(len(words), candidates)


def _named(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The pieces, with the name before the first word wherever the speaker changes and no name stands yet."""
    made: list[_Piece] = []
    before = None
    for piece in pieces:
        first, *rest = piece.tokens
        if piece.speaker and piece.speaker != before and not first.name:
            made.append(replace(piece, tokens=(*with_name(first), *rest)))
        else:
            made.append(piece)
        before = piece.speaker
    return made


def _renamed(pieces: list[_Piece], options: SubtitleOptions) -> list[_Piece]:
    """The pieces, named also where somebody goes on after another broke in; who is named may need another piece."""
    while True:
        named = _named(pieces)
        if all(map(is_, named, pieces)):
            return pieces
        changes = zip(pieces, named, strict=True)
        pieces = _in_time(part for old, new in changes for part in ([old] if new is old else _cut(new, options)))


def _shown(pieces: Sequence[_Piece], options: SubtitleOptions, bound: int) -> list[tuple[int, int]]:
    """When each piece is on the screen, in milliseconds: while it is spoken, and as long as it takes to read."""
    count = len(pieces)
    frame = max(1, min(FRAME, bound // max(1, count)))
    shortest, longest = milliseconds(options.min_duration), milliseconds(options.max_duration)
    starts = [milliseconds(piece.start) for piece in pieces]
    ends = [milliseconds(piece.tokens[-1].end) for piece in pieces]
    for here in range(count):  # who speaks over another gives way once the first was seen
        starts[here] = max(starts[here], ends[here - 1]) if here else starts[here]
        ends[here] = max(ends[here], starts[here] + frame)
        after = here + 1
        if after < count and starts[after] < ends[here]:
            both = max(ends[here], ends[after]) - starts[here]
            share = both * pieces[here].width // max(1, pieces[here].width + pieces[after].width)
            seen = max(frame, min(ends[here] - starts[here], shortest, share))
            ends[here] = max(starts[after], starts[here] + seen)
    latest = bound
    for here in reversed(range(count)):
        ends[here] = min(ends[here], latest)
        starts[here] = latest = min(starts[here], ends[here] - frame)
    for here, piece in enumerate(pieces):
        reading = max(reading_time(piece.tokens, options), reading_time(piece.second, options))
        wanted = max(shortest, round(reading * 1000), ends[here] - starts[here])
        room = starts[here + 1] if here + 1 < count else bound
        ends[here] = min(starts[here] + min(wanted, longest), room)
    return list(zip(starts, ends, strict=True))


def _in_time(pieces: Iterable[_Piece]) -> list[_Piece]:
    return sorted(pieces, key=lambda piece: piece.start)


def _language(recording: Recording, options: SubtitleOptions) -> str | None:
    """The language of the second text, where its segments do not tell."""
    return recording.transcript.language if options.second == "source" else options.second


def _to_the_left(laid: Lines) -> bool:
    told = [token for line in laid for token in line if not token.name]
    return right_to_left(" ".join(token.text for token in told), told[0].language if told else None)
