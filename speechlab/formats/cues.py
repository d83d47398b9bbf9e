"""A transcript as subtitles: what stands on the screen at once, in which lines, and for how long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import is_

from ..types import Recording, Segment, Span
from .clock import milliseconds
from .options import SubtitleOptions
from .tokens import SENTENCE, Token, tokens, width, with_name
from .tracks import written

FRAME = 40
"""No cue is shorter than one frame of film, in milliseconds, while there is room."""
BREATH = 0.3
"""A sentence that goes on in the next segment within these seconds is one stretch of speech."""
_LINE_COST, _LINE_STOP = 1000.0, 0.4
_CUE_COST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Span):
    """One subtitle, spoken by one speaker; its times are whole milliseconds."""

    lines: tuple[tuple[Token, ...], ...]
    speaker: str | None = None
    segments: tuple[str, ...] = ()
    """Ids of the segments that its text is of."""

    @property
    def onsets(self) -> tuple[float, ...]:
        """When each token of the text begins to be spoken, in whole milliseconds within the cue."""
        told = (milliseconds(token.start) / 1000 for line in self.lines for token in line if not token.name)
        return tuple(accumulate((min(max(onset, self.start), self.end) for onset in told), max))

    def text(self, newline: str = "\n", mark: Callable[[str, int], str] = lambda text, index: text) -> str:
        """The lines; ``mark`` gets the text of each token with its index in the cue, and gives what is written.

        The index of a token of the speaker's name is -1.
        """
        index = 0
        lines = []
        for line in self.lines:
            laid = ""
            for token in line:
                laid += " " * (token.spaced and bool(laid)) + mark(token.text, -1 if token.name else index)
                index += not token.name
            lines.append(laid)
        return newline.join(lines)


@dataclass(frozen=True, slots=True)
class _Piece:
    """The tokens of a cue, before it has lines and a time."""

    tokens: tuple[Token, ...]

    @property
    def start(self) -> float:
        return self.tokens[0].start

    @property
    def speaker(self) -> str | None:
        return self.tokens[0].speaker

    @property
    def width(self) -> int:
        return sum(width(token.text) + (token.spaced and index > 0) for index, token in enumerate(self.tokens))


def cues(recording: Recording, options: SubtitleOptions, *, named: bool = False) -> list[Cue]:
    """The subtitles of a recording, in the order of time, none overlapping the next.

    Segments begin a new cue, unless a sentence goes on from one to the next.
    ``named``: where the speaker changes, the text begins with the name.
    """
    segments = written(recording, options).segments
    runs = _in_time(_runs(segments, options))
    runs = _named(runs) if named else runs
    pieces = _in_time(piece for run in runs for piece in _cut(run, options))
    pieces = _renamed(pieces, options) if named else pieces
    end = max((segment.end for segment in segments), default=0.0)
    bound = milliseconds(max(recording.duration, end)) if recording.duration else sys.maxsize
    return [
        Cue(
            start=start / 1000,
            end=end / 1000,
            lines=_lines(piece.tokens, options),
            speaker=piece.speaker,
            segments=tuple(dict.fromkeys(token.segment.id for token in piece.tokens)),
        )
        for piece, (start, end) in zip(pieces, _shown(pieces, options, bound), strict=True)
    ]


def _runs(segments: Iterable[Segment], options: SubtitleOptions) -> Iterator[_Piece]:
    """The stretches of speech that a cue may not reach beyond."""
    run: list[Token] = []
    for token in chain.from_iterable(map(tokens, segments)):
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
    alike = before.segment.suspect == after.segment.suspect
    return alike and before.stop != SENTENCE and before.start <= after.start and pause <= BREATH


def _cut(run: _Piece, options: SubtitleOptions) -> Iterator[_Piece]:
    """A run, cut into what fits on the screen: at the ends of sentences, else of clauses, else into equal parts."""
    words, widths, limit = run.tokens, [width(token.text) for token in run.tokens], options.max_line_width
    capacity = limit * options.max_lines

    def candidates(first: int) -> Iterator[tuple[int, float]]:
        lines, line, total = 1, 0, 0
        for last in range(first, len(words)):
            token = words[last]
            space = token.spaced and last > first
            line += space + widths[last]
            total += space + widths[last]
            if line > limit and last > first:
                lines, line = lines + 1, widths[last]
            spoken = token.end - words[first].start
            if last > first and (lines > options.max_lines or spoken > options.max_duration):
                return
            cost = _CUE_COST + (total / capacity) ** 2 + max(0.0, options.min_duration - spoken)
            if last + 1 < len(words):
                pause = words[last + 1].start - token.end
                cost += token.stop * max(0.0, 1 - pause)
            yield last + 1, cost

    for first, last in _cheapest(len(words), candidates):
        yield _Piece(words[first:last])


def _named(pieces: Iterable[_Piece]) -> list[_Piece]:
    """The pieces, with the name before the first word wherever the speaker changes and no name stands yet."""
    made: list[_Piece] = []
    before = None
    for piece in pieces:
        first, *rest = piece.tokens
        if piece.speaker and piece.speaker != before and not first.name:
            made.append(_Piece((*with_name(first), *rest)))
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


def _lines(words: Sequence[Token], options: SubtitleOptions) -> tuple[tuple[Token, ...], ...]:
    """Tokens laid out in as few lines as hold them, broken where it reads best."""
    widths, limit = [width(token.text) for token in words], options.max_line_width

    def candidates(first: int) -> Iterator[tuple[int, float]]:
        line = 0
        for last in range(first, len(words)):
            token = words[last]
            line += widths[last] + (token.spaced and last > first)
            if line > limit and last > first:
                return
            yield last + 1, _LINE_COST + (line / limit) ** 2 + _LINE_STOP * token.stop * (last + 1 < len(words))

    return tuple(tuple(words[first:last]) for first, last in _cheapest(len(words), candidates))


def _cheapest(count: int, candidates: Callable[[int], Iterable[tuple[int, float]]]) -> list[tuple[int, int]]:
    """The cheapest way to cut ``range(count)``; ``candidates(first)`` are the ends and costs of parts from there."""
    best = [0.0, *[float("inf")] * count]
    begin = [0] * (count + 1)
    for first in range(count):
        for last, cost in candidates(first):
            if best[first] + cost < best[last]:
                best[last], begin[last] = best[first] + cost, first
    borders = [count]
    while borders[-1]:
        borders.append(begin[borders[-1]])
    return list(pairwise(reversed(borders)))


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
        wanted = max(shortest, round(piece.width * 1000 / options.max_cps), ends[here] - starts[here])
        room = starts[here + 1] if here + 1 < count else bound
        ends[here] = min(starts[here] + min(wanted, longest), room)
    return list(zip(starts, ends, strict=True))


def _in_time(pieces: Iterable[_Piece]) -> list[_Piece]:
    return sorted(pieces, key=lambda piece: piece.start)
