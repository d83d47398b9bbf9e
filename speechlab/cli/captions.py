"""What is said, to be read while it is said: on a terminal in place, elsewhere line by line once it is settled."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from ..types import Segment, SegmentUpdate
from ..types.codec import EVENTS, from_json, line
from .messages import say
from .progress import clock_time

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.text import Text

Message = Mapping[str, Any]
QUIETEST = -60.0
"""Level in dBFS below which the meter shows nothing."""
MOMENT = 1.0
"""Seconds that a line waits for another wording, where one may come."""
METER = 10
"""Marks of the meter."""


@dataclass(frozen=True)
class Line:
    """What was said at once, and what it means in other languages."""

    segment: Segment
    translations: Mapping[str, str] = field(default_factory=dict)

    def written(self, *, times: bool) -> list[str]:
        """The text, and under it each translation; each is one line, whatever is in it."""
        at = f"[{clock_time(self.segment.start)}] " if times else ""
        who = f"{self.segment.speaker}: " if self.segment.speaker else ""
        under = [f"  {language}: {_flat(text)}" for language, text in self.translations.items()]
        return [f"{at}{who}{_flat(self.segment.text)}", *under]


class Page:
    """The messages of a session as lines, each told once: when it is settled, and translated into ``targets``."""

    def __init__(
        self, targets: Iterable[str] = (), *, rewords: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``rewords``: whether a stage may word again what was settled, so that each line waits a moment for it."""
        self._targets = frozenset(targets)
        self._moment, self._clock = MOMENT if rewords else 0.0, clock
        self._changed: dict[str, float] = {}
        self._waiting: dict[str, Line] = {}
        self._open: dict[str, SegmentUpdate] = {}
        self._told: set[str] = set()

    @property
    def waiting(self) -> Sequence[Line]:
        """What is settled and not yet told."""
        return [line for _, line in self._in_time()]

    @property
    def open(self) -> Sequence[SegmentUpdate]:
        """What may still change, in the order of time."""
        return sorted(self._open.values(), key=lambda update: update.segment.start)

    def hear(self, message: Message) -> list[Line]:
        """One message more; gives the lines that are to be told now."""
        if message["event"] != "SegmentUpdate":
            return []
        update = from_json(message)
        assert isinstance(update, SegmentUpdate)
        segment, target = update.segment, update.target
        if target in self._targets:
            self._translated(segment, str(target), final=update.final)
        else:  # said in this language, by a person or by an engine that hears speech in another
            name = segment.id if target is None else f"{segment.id} {target}"
            self._said(name, update)
        return self.ready()

    def ready(self) -> list[Line]:
        """The lines that are to be told now, though nothing came."""
        lines = []
        for name, there in self._in_time():
            if not there.translations.keys() >= self._targets or self._clock() - self._changed[name] < self._moment:
                break
            lines.append(self._waiting.pop(name))
            self._told.add(name)
        return lines

    def rest(self) -> list[Line]:
        """The session is over: what no translation came for."""
        lines = [line for _, line in self._in_time()]
        self._waiting.clear()
        return lines

    def _in_time(self) -> list[tuple[str, Line]]:
        """What waits, in the order in which it was said: what was worded anew is heard of last."""
        return sorted(self._waiting.items(), key=lambda item: item[1].segment.start)

    def _said(self, name: str, update: SegmentUpdate) -> None:
        self._open.pop(name, None)
        nothing = update.segment.suspect is not None or not update.segment.text.strip()
        if name in self._told:
            return
        if nothing:
            self._waiting.pop(name, None)
        elif not update.final:
            self._open[name] = update
        else:
            there = self._waiting.get(name, Line(update.segment))
            self._waiting[name] = replace(there, segment=update.segment)
            self._changed[name] = self._clock()

    def _translated(self, segment: Segment, target: str, *, final: bool) -> None:
        if final and (there := self._waiting.get(segment.id)) is not None:
            self._waiting[segment.id] = replace(there, translations={**there.translations, target: segment.text})


class Lines(AbstractContextManager["Lines"]):
    """Settled lines on standard output, each as soon as it is one; or every event of the session, as JSON."""

    def __init__(self, page: Page, *, times: bool = False, events: bool = False) -> None:
        self._page, self._times, self._events = page, times, events

    def __exit__(self, *_: object) -> None:
        """Nothing is left behind."""

    def hear(self, messages: Iterable[Message]) -> None:
        """Messages of the session, in their order."""
        for message in messages:
            if message["event"] == "Notice":
                say(message["text"])
            if self._events and message["event"] in EVENTS:
                click.echo(line(message).encode())
            self.tell(self._page.hear(message))
        self.tell(self._page.ready())

    def over(self) -> None:
        """Nothing more will come."""
        self.tell(self._page.rest())

    def tell(self, lines: Iterable[Line]) -> None:
        """Lines that will not change any more."""
        for one in [] if self._events else lines:
            click.echo("".join(f"{text}\n" for text in one.written(times=self._times)).encode(), nl=False)


class Screen(Lines):
    """A terminal: what is settled scrolls up, below it what may still change, and how it goes.

    Where standard output is no terminal but standard error is, the first gets the lines all the same.
    """

    def __init__(self, page: Page, console: Console, *, times: bool = False, events: bool = False) -> None:
        super().__init__(page, times=times, events=events)
        from rich.live import Live

        self._console = console
        self._status: Message = {}
        self._settled: list[Line] = []
        ours = sys.stdout.isatty() and not events
        self._elsewhere = not ours
        self._live: Live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=ours,
            redirect_stderr=sys.stderr.isatty(),
        )

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def hear(self, messages: Iterable[Message]) -> None:
        messages = list(messages)
        self._status = next((one for one in reversed(messages) if one["event"] == "Status"), self._status)
        super().hear(messages)
        if messages or self._settled:
            self._draw(self._below())

    def over(self) -> None:
        super().over()
        self._draw("")

    def tell(self, lines: Iterable[Line]) -> None:
        lines = list(lines)
        if self._elsewhere:
            super().tell(lines)
        self._settled += lines

    def _draw(self, below: RenderableType) -> None:
        """Let what is settled scroll up, and show the rest below it."""
        with self._console:  # all is written at its end, so that nothing flickers
            self._live.update(below, refresh=True)
            if self._settled:
                self._console.print(*map(self._shown, self._settled), sep="\n")
                self._settled.clear()

    def _shown(self, line: Line) -> Text:
        from rich.text import Text

        said, *under = line.written(times=self._times)
        return Text("\n").join([Text(said), *(Text(text, style="cyan") for text in under)])

    def _below(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        lines = [self._shown(one) for one in self._page.waiting]
        lines += [tentative(update) for update in self._page.open]
        width, height = self._console.size
        rows = [row for text in lines for row in text.wrap(self._console, width)]
        how = Text(standing(self._status, marks=self._marks), style="dim", no_wrap=True, overflow="ellipsis")
        return Group(*rows[-max(1, height - 2) :], how)

    @property
    def _marks(self) -> str:
        return "▮▯" if self._console.encoding.startswith("utf") else "#-"


def display(page: Page, *, times: bool, events: bool) -> Lines:
    """What suits standard output, and standard error where somebody looks at that."""
    if (sys.stdout.isatty() and not events) or sys.stderr.isatty():
        from rich.console import Console

        on_output = sys.stdout.isatty() and not events
        console = Console(stderr=not on_output, highlight=False)
        if console.is_terminal and not console.is_dumb_terminal:
            return Screen(page, console, times=times, events=events)
    return Lines(page, times=times, events=events)


def tentative(update: SegmentUpdate) -> Text:
    """What may still change: dim, but for the part that is committed."""
    from rich.text import Text

    shown = Text(update.segment.text)
    shown.stylize("dim", update.committed)
    return Text(" ").join(shown.split())


def standing(status: Message, *, marks: str = "▮▯") -> str:
    """How it goes, in one line: language, time, lag, speed and level.

    >>> standing({"at": 75.2, "lag": 0.31, "speed": 12.4, "level": -24.0, "language": "en"}, marks="#-")
    'en · 1:15 · lag 0.3 s · 12.4 x real time · ######---- -24 dB · Ctrl-C ends'
    >>> standing({})
    'nothing heard yet · Ctrl-C ends'
    """
    if not status:
        return "nothing heard yet · Ctrl-C ends"
    full = round(METER * min(1.0, max(0.0, 1 - status["level"] / QUIETEST)))
    parts = [
        status["language"] or "",
        clock_time(status["at"]),
        f"lag {status['lag']:.1f} s",
        f"{status['speed']:.1f} x real time" if status["speed"] else "",
        f"{marks[0] * full}{marks[1] * (METER - full)} {status['level']:.0f} dB",
        "Ctrl-C ends",
    ]
    return " · ".join(part for part in parts if part)


def _flat(text: str) -> str:
    return " ".join(text.split())
