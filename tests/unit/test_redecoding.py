"""Speech recognised while it is said by engines that cannot stream, with work that takes its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speechlab import (
    AsrOptions,
    Audio,
    AudioChunk,
    EngineSpec,
    Event,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Word,
    hookimpl,
)
from speechlab.engines import Context, Session
from speechlab.pool import Loaded
from speechlab.runner import compose
from speechlab.stages import Asked, Slot

RATE = 16_000
SCRIPT = [Word(1.0 + n * 0.5, 1.4 + n * 0.5, text=f"w{n}") for n in range(8)]
"""Eight words, from 1.0 s to 4.9 s."""


class ScriptOptions(AsrOptions):
    """What the scripted recogniser can be told."""

    multilingual: bool = False
    """Whether each stretch has a language of its own."""


class Script:
    """Hears the words of the script that lie in the sound; of one that is cut off it makes something else."""

    calls: list[tuple[float, float, str | None]]
    script: list[Word] = SCRIPT
    language = "en"

    def __init__(self, params: Params, context: Context) -> None:
        type(self).calls = []

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        self.calls.append((round(audio.start, 2), round(audio.end, 2), options.language))
        words = []
        for word in self.script:
            if word.start >= audio.start and word.end <= audio.end + 0.01:
                words.append(word)
            elif audio.start <= word.start < audio.end:
                words.append(Word(word.start, audio.end, text=f"{word.text}?"))
        if words:
            text = " ".join(word.text for word in words)
            yield Segment(words[0].start, words[-1].end, text=text, language=self.language, words=tuple(words))


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="script", kind=Kind.ASR, load=Script, options=ScriptOptions, pads=True))


class Later:
    """A scheduler whose work is done when the test says so; what is not final is replaced by what comes after it."""

    hurried = True

    def __init__(self) -> None:
        self.waiting: deque[Asked] = deque()
        self.done: deque[Asked] = deque()

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        self.loaded = loaded
        return self

    def detector(self, loaded: Loaded, options: Any) -> Session[Audio, Any]:
        session: Session[Audio, Any] = loaded.engine.open(options)
        return session

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        asked = Asked(self.loaded, work, final, about)
        self.waiting = deque(other for other in self.waiting if other.final or other.started)
        self.waiting.append(asked)
        return asked

    def start(self) -> Asked:
        """The next piece of work begins, and takes long."""
        asked = self.waiting[0]
        asked.started = True
        return asked

    def work(self) -> None:
        while self.waiting:
            asked = self.waiting.popleft()
            asked.run()
            self.done.append(asked)

    def answers(self) -> Iterator[Asked]:
        while self.done:
            yield self.done.popleft()

    def rest(self) -> Iterator[Asked]:
        self.work()
        yield from self.answers()


class Stream:
    """A recognizer alone, told by hand when somebody speaks."""

    def __init__(self, lab: Lab, **options: Any) -> None:
        self.later = Later()
        stage = {"use": "asr/script", **options}
        vad = {"use": "vad/energy"}
        steps = lab.pipeline({"stage": [vad, stage]})
        recognizer = type(steps)((steps.steps[1],))
        self._given: deque[Event] = deque()
        self._events = iter(compose(recognizer, self._source(), lab.pool, scheduler=self.later))
        self._over = False
        self.at = 0.0
        self.told: list[Event] = []

    def _source(self) -> Iterator[Event]:
        while self._given or not self._over:
            yield self._given.popleft()

    def give(self, *events: Event) -> list[SegmentUpdate]:
        tick = Tick(self.at)
        self._given.extend([*events, tick])
        news = []
        for event in self._events:
            if event is tick:
                break
            news.append(event)
        self.told += news
        return [event for event in news if isinstance(event, SegmentUpdate)]

    def hear(self, seconds: float, *, quiet: bool = False) -> list[SegmentUpdate]:
        """So much sound, in chunks of 0.1 s."""
        updates = []
        for _ in range(round(seconds * 10)):
            level = 0.0001 if quiet else 0.3
            samples = (level * np.sin(np.arange(1600) * 0.3)).astype(np.float32)
            audio = Audio(samples, RATE, self.at)
            self.at = round(self.at + 0.1, 6)
            updates += self.give(AudioChunk(audio))
        return updates

    def finish(self) -> list[SegmentUpdate]:
        self._over = True
        news = list(self._events)
        self.told += news
        return [event for event in news if isinstance(event, SegmentUpdate)]


@pytest.fixture
def lab(home: Path) -> Lab:
    return Lab(Plugin(), discover=False)


def test_words_are_shown_while_they_are_said_and_settled_in_the_end(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    shown = []
    for _ in range(4):
        stream.hear(1.0)
        stream.later.work()
        shown += stream.give()
    assert [update.final for update in shown] == [False] * 4
    assert len({update.segment.id for update in shown}) == 1
    assert [update.segment.text.split()[0] for update in shown] == ["w0"] * 4
    committed = [update.segment.text[: update.committed] for update in shown]
    assert committed[0] == ""
    assert committed[-1].startswith("w0 w1 w2")
    assert all(later.startswith(earlier) for earlier, later in pairwise(committed))
    stream.give(SpeechEnded(5.0))
    stream.later.work()
    [final] = stream.give()
    assert final.final
    assert final.segment.id == shown[0].segment.id
    assert final.segment.text == "w0 w1 w2 w3 w4 w5 w6 w7"


def test_a_look_that_saw_all_of_it_is_taken_for_good(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(4.0)
    stream.later.work()
    stream.hear(0.4, quiet=True)  # it seems to pause, and is looked at
    stream.later.work()
    assert not any(update.final for update in stream.give())
    calls = len(Script.calls)
    [final] = stream.give(SpeechEnded(5.1))
    assert final.final
    assert final.segment.text.endswith("w7")
    assert len(Script.calls) == calls


def test_a_look_that_is_under_way_is_waited_for(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(4.0)
    stream.later.work()
    stream.hear(0.4, quiet=True)
    look = stream.later.start()
    assert stream.give(SpeechEnded(5.1)) == []
    assert list(stream.later.waiting) == [look]
    stream.later.work()
    [final] = stream.give()
    assert final.final


def test_a_look_that_has_not_begun_is_replaced_by_the_last_one(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(4.0)
    stream.give(SpeechEnded(4.9))
    assert [asked.final for asked in stream.later.waiting] == [True]


def test_a_look_that_comes_too_late_changes_nothing(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(2.0)
    stream.later.start()
    stream.hear(2.0)
    stream.give(SpeechEnded(4.9))
    stream.later.work()
    updates = stream.give()
    assert [update.final for update in updates] == [True]


def test_what_was_shown_and_is_not_heard_in_the_end_is_withdrawn(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(lab, commit="final-at-silence")
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(1.0)
    stream.later.work()
    assert stream.give()
    monkeypatch.setattr(Script, "script", [])
    stream.hear(1.0)
    stream.give(SpeechEnded(3.0))
    stream.later.work()
    [final] = stream.give()
    assert final.final
    assert final.segment.suspect
    assert not Recording.of(stream.told).tentative


def test_what_was_committed_stays_whatever_is_heard_in_the_end(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    for _ in range(3):
        stream.hear(1.0)
        stream.later.work()
        stream.give()
    monkeypatch.setattr(Script, "script", [Word(w.start, w.end, text=w.text.replace("w1", "x")) for w in SCRIPT])
    stream.hear(1.0)
    stream.give(SpeechEnded(5.0))
    stream.later.work()
    [final] = stream.give()
    assert final.segment.text == "w0 w1 w2 w3 w4 w5 w6 w7"
    assert len(final.segment.words) == 8


def test_a_loop_is_not_shown(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Script, "script", [Word(1.0, 1.1, text="go")] * 30)
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(1.0)
    stream.later.work()
    assert stream.give() == []


def test_without_an_interval_only_what_is_over_is_heard(lab: Lab) -> None:
    stream = Stream(lab, interval=0)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    stream.hear(4.0)
    assert not stream.later.waiting
    stream.give(SpeechEnded(4.9))
    assert len(stream.later.waiting) == 1


def test_speech_without_a_pause_is_cut_before_it_gets_too_long(lab: Lab) -> None:
    stream = Stream(lab, longest=5)
    stream.hear(1.0, quiet=True)
    stream.give(SpeechStarted(0.9))
    for _ in range(20):
        stream.hear(1.0)
        stream.later.work()
    stream.finish()
    finals = [e for e in stream.told if isinstance(e, SegmentUpdate) and e.final]
    assert Recording.of(stream.told).transcript.text == "w0 w1 w2 w3 w4 w5 w6 w7"
    assert len({final.segment.id for final in finals}) == len(finals)
    assert max(end - start for start, end, _ in Script.calls) <= 6.1


def test_the_language_is_held_once_it_is_sure(lab: Lab) -> None:
    stream = Stream(lab)
    stream.hear(1.0, quiet=True)
    script = [Word(1.0 + n * 0.5, 1.5 + n * 0.5, text=f"w{n}") for n in range(40)]
    for start in (1.0, 8.0):
        Script.script, at = script, stream.at
        stream.give(SpeechStarted(at))
        stream.hear(6.0)
        stream.give(SpeechEnded(stream.at))
        stream.later.work()
        stream.give()
        assert start
    Script.script = SCRIPT
    assert Script.calls[0][2] is None
    assert Script.calls[-1][2] == "en"


@pytest.mark.parametrize("knobs", [{"hold_language": False}, {"multilingual": True}])
def test_the_language_is_found_anew_where_it_is_not_to_be_held(lab: Lab, knobs: dict[str, bool]) -> None:
    Script.script = [Word(1.0 + n * 0.5, 1.5 + n * 0.5, text=f"w{n}") for n in range(40)]
    stream = Stream(lab, **knobs)
    stream.hear(1.0, quiet=True)
    for _ in range(2):
        stream.give(SpeechStarted(stream.at))
        stream.hear(6.0)
        stream.give(SpeechEnded(stream.at))
        stream.later.work()
        stream.give()
    Script.script = SCRIPT
    assert {language for _, _, language in Script.calls} == {None}


class Talk:
    """Speech of two seconds, in one language and the other, with half a second of silence between."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: Params) -> Talk:
        self.at = 0.0
        return self

    def feed(self, audio: Audio) -> Iterator[Event]:
        for time in np.arange(self.at, audio.end, 0.5):
            if time % 2.5 in (0.0, 2.0):
                yield SpeechStarted(float(time)) if time % 2.5 == 0.0 else SpeechEnded(float(time))
        self.at = float(np.ceil(audio.end * 2) / 2)

    def flush(self) -> Iterator[Event]:
        yield from ()


class Polyglot(Script):
    """Hears the language of what begins first; says so."""

    def transcribe(self, audio: Audio, options: ScriptOptions) -> Iterator[Segment]:
        language = ("en", "pt")[int(audio.start // 2.5) % 2]
        yield Segment(audio.start, audio.end, text=f"{language} from {audio.start:.1f}", language=language)


class Renders:
    """A translator that tells what it was told."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def translate(self, texts: list[str], source: str | None, target: str, options: Params) -> list[str]:
        return [f"{source}>{target}" for _ in texts]


class Polyglots:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="talk", kind=Kind.VAD, load=Talk))
        register(EngineSpec(id="poly", kind=Kind.ASR, load=Polyglot, options=ScriptOptions, pads=True))
        register(EngineSpec(id="renders", kind=Kind.TRANSLATE, load=Renders, features=frozenset({"toy"})))


@pytest.mark.parametrize("live", [False, True])
def test_speakers_who_switch_languages_are_translated_from_each(live: bool, home: Path) -> None:
    sound = Audio(np.zeros(10 * RATE, np.float32), RATE)
    stages = [
        {"use": "vad/talk"},
        {"use": "asr/poly", "multilingual": True, "guard": False},
        {"use": "translate/renders", "to": ["en", "fr"]},
    ]
    with Lab(Polyglots(), discover=False, home=home) as lab:
        told = (
            Recording.of(lab.stream({"stage": stages}, sound.chunks(0.5)))
            if live
            else lab.run({"stage": stages}, sound)
        )
        assert [s.language for s in told.transcript] == ["en", "pt", "en", "pt"]
        assert [s.text for s in told.translations["fr"]] == ["en>fr", "pt>fr", "en>fr", "pt>fr"]
        english = [(s.text, len(s.extra["route"])) for s in told.translations["en"]]
        assert english == [("en from 0.0", 0), ("pt>en", 1), ("en from 5.0", 0), ("pt>en", 1)]
        if not live:
            one = [stages[0], {**stages[1], "multilingual": False}]
            assert {s.language for s in lab.run({"stage": one}, sound).transcript} == {"en"}, "all share a clip, else"
