"""One person heard live: sound in from any thread, messages out, and a recording in the end."""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np

from ..errors import AudioError, EngineFailed, SpeechLabError
from ..media import mended
from ..pipeline import SPEECH_KINDS, Pipeline
from ..types import Audio, Event, Recording, Samples, SegmentUpdate, SpeechEnded, SpeechStarted
from .board import WHO, Board, Reader
from .flow import Flow
from .inbox import MOST_AT_ONCE, RATE, Inbox

MOST_AHEAD = 30.0
"""Seconds of sound that may wait to be looked at; who sends more is to wait."""
KEEP_SECONDS = 60.0
"""Seconds that a session waits for a client that has gone; and how much sound a client keeps to send again."""
NEWEST = 0.2
"""Seconds over which the level is measured."""
STATUS = 0.5
"""Seconds of sound between two messages about how it goes."""
SILENT = -100.0
"""The level of no sound at all, in dBFS."""


class LiveSession:
    """Anybody may feed and follow it; one thread, the hub's, moves it on (:meth:`waiting`, :meth:`advance`)."""

    sample_rate = RATE

    def __init__(self, make: Callable[[Pipeline, LiveSession], Flow], wake: Callable[[LiveSession], None]) -> None:
        self.id = secrets.token_urlsafe(18)
        self.board = Board()
        self.over: Future[None] = Future()
        self.over.set_running_or_notify_cancel()  # who waits for it may stop waiting, but not call it off
        self.sound: Path | None = None
        """Where its sound is written to, if it is kept; complete once the session is over."""
        self.saved: Path | None = None
        """Where its text was saved to, as nobody took it."""
        self.last_sound = 0.0
        """When sound or a sign of life came last, by the hub's clock."""
        self.left_at: float | None = None
        """When it was first seen without a reader, after it had one."""
        self.unclaimed = False
        """Whether it was ended because its client had gone."""
        self.taken = False
        """Whether somebody sees to its text, so that it need not be saved here."""
        self._make, self._wake_hub = make, wake
        self._lock = threading.Lock()
        self._inbox = Inbox(self.notice)
        self._flow: Flow | None = None
        self._next: Flow | None = None
        self._draining: list[threading.Thread] = []
        self._flows = 1
        self._moving = self._ending = self._ended = False
        self._moves = 0
        self._claimed = self._stays = False
        self._speaking = False
        self._language: str | None = None
        self._told_at = -STATUS

    # -- for everybody ---------------------------------------------------------------------------------------------

    @property
    def pipeline(self) -> Pipeline:
        """What its sound goes through."""
        return self.flow.pipeline

    @property
    def flow(self) -> Flow:
        """The pipeline at work."""
        assert self._flow is not None
        return self._flow

    @property
    def started(self) -> bool:
        """Whether its engines are loaded."""
        return self._flow is not None

    @property
    def received(self) -> int:
        """Samples taken so far."""
        return self._inbox.received

    @property
    def seconds(self) -> float:
        """Length of the sound taken so far."""
        return self.received / RATE

    @property
    def ahead(self) -> float:
        """Seconds of sound that wait to be looked at."""
        return len(self._inbox) / RATE + self.flow.crew.behind

    @property
    def owing(self) -> bool:
        """Whether something may still be told of the sound taken so far: it waits, it is being worked on, or what came
        of it is about to be told."""
        if self._inbox.closed or self._ending:
            return not self.over.done()
        moves = self._moves
        if len(self._inbox) or self._moving or self.flow.crew.owing or any(one.is_alive() for one in self._draining):
            return True
        return (
            self._moving or moves != self._moves
        )  # a move may have brought what was looked for where it no longer was

    def feed(self, sound: Audio | Samples) -> None:
        """The next sound, 16 kHz mono; returns at once. What comes after :meth:`finish` is not heard.

        Raises AudioError for sound of another rate or shape.
        """
        if isinstance(sound, Audio) and sound.sample_rate != RATE:
            raise AudioError(f"a session hears {RATE} samples a second, not {sound.sample_rate}", hint="resample it")
        samples = mended(np.array(sound.mono if isinstance(sound, Audio) else sound, np.float32))
        if samples.ndim != 1:
            raise AudioError(f"a session hears one channel, not sound shaped {samples.shape}", hint="mix it down")
        if self._inbox.put(samples):
            self.wake()

    def finish(self) -> None:
        """No more sound will come: what is open is settled, then it is over. Returns at once."""
        self._inbox.close()
        self.wake()

    def stay(self) -> None:
        """Somebody is still here, though no sound comes."""
        self._stays = True

    def abandon(self) -> None:
        """Let go of what is still open: it is over now, with what is known."""
        hint = "what was heard until then is kept; it takes a faster engine, or more time"
        self._end(SpeechLabError("what was said last could not be settled in time", hint=hint))

    def switch(self, pipeline: Pipeline) -> None:
        """Let what is said from now on go through another pipeline. Waits until its engines are loaded.

        Raises SpeechLabError, and then goes on as before. Once the session is finishing, nothing is changed.
        """
        flow = self._make(pipeline, self)
        flow.load()
        with self._lock:
            unused, self._next = (flow, self._next) if self._inbox.closed else (self._next, flow)
        if unused is not None:
            unused.close()
        self.wake()

    def follow(self, wake: Callable[[], None]) -> Reader:
        """A reader of its messages; ``wake`` is called in any thread when there is something to take.

        The first of them tells how much sound was taken until now: a client that comes back goes on from there.
        """
        self.left_at, self._claimed = None, True
        self._introduce()
        return self.board.follow(wake)

    def recording(self) -> Recording:
        """What is known now."""
        return self.board.recording()

    def notice(self, text: str) -> None:
        """Tell the readers something that happened."""
        self.board.say("Notice", passing=True, text=text)

    def wake(self) -> None:
        """There is something to do for the hub."""
        self._wake_hub(self)

    # -- for the hub -----------------------------------------------------------------------------------------------

    def start(self, pipeline: Pipeline) -> None:
        """Load the engines. Raises SpeechLabError."""
        flow = self._make(pipeline, self)
        flow.load()
        self._flow = flow
        self._introduce()

    def waiting(self) -> Audio | None:
        """The sound that is to be looked at next; None where none has come, or too much is still being worked on.
        What is given is to be brought on by :meth:`advance`."""
        self._moving = True
        self._change()
        if self.flow.crew.behind > MOST_AHEAD:
            return None
        audio = self._inbox.take()
        if self._inbox:
            self.wake()
        return audio

    @property
    def hurried(self) -> bool:
        """Whether more has come than stages hear at once."""
        return len(self._inbox) > MOST_AT_ONCE

    def advance(self, audio: Audio | None) -> None:
        """Let the pipeline hear the sound, and tell what is known now."""
        self._moving = True
        try:
            self._advance(audio)
        finally:
            self._moves += 1
            self._moving = False

    def mind(self, now: float) -> None:
        """Look whether its readers are still there."""
        if self._stays:
            self._stays, self.last_sound = False, now
        if self.board.followed or not self._claimed:
            self.left_at = None
        elif self.left_at is None:
            self.left_at = now

    def keep(self, path: Path) -> None:
        """Write all that is heard to a wav file. Raises OutputError."""
        self._inbox.keep(path)
        self.sound = path

    # -- inside ----------------------------------------------------------------------------------------------------

    def _advance(self, audio: Audio | None) -> None:
        if self._ending or self._ended:
            return
        failure = None
        try:
            self._push(audio)
            if audio is not None:
                self._heard(audio)
        except BaseException as error:  # whatever an engine may raise; the other sessions go on
            failure = _told(error)
        if self._ended:
            self.flow.close()
        elif failure is not None or (self._inbox.closed and not self._inbox):
            self._ending = True
            settling = threading.Thread(target=self._settle, args=(failure,), name="live session ends", daemon=True)
            settling.start()

    def _change(self) -> None:
        """Go over to the next pipeline; what the last one has still to tell comes when it is known."""
        with self._lock:
            flow, self._next = self._next, None
        at = self._inbox.at
        if flow is not None:
            last, self._flow = self.flow, flow
            self._flows += 1
            flow.prefix = f"{self._flows}-"
            if self._speaking:  # one who goes on speaking is heard by the next detector as one who begins
                self._tell([SpeechEnded(at)])
            thread = threading.Thread(target=self._leave, args=(last,), name="live pipeline ends", daemon=True)
            self._draining.append(thread)
            thread.start()
            self._introduce()

    def _push(self, audio: Audio | None) -> None:
        """Tell what this sound brings; also what comes before an engine fails."""
        told: list[Event] = []
        try:
            for event in self.flow.push(audio):
                told.append(event)
        finally:
            self._tell(told)

    def _introduce(self) -> None:
        recognizer = next((step.spec.id for step in self.pipeline.steps if step.spec.kind in SPEECH_KINDS), "")
        self.board.say(
            WHO,
            id=self.id,
            samples=self.received,
            sample_rate=RATE,
            engine=recognizer,
            title=self.pipeline.title,
            keep_seconds=KEEP_SECONDS,
        )

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case SpeechStarted():
                    self._speaking = True
                case SpeechEnded():
                    self._speaking = False
                case SegmentUpdate(segment=segment, target=None) if segment.language:
                    self._language = segment.language
                case _:
                    pass
        self.board.tell(*events)

    def _heard(self, audio: Audio) -> None:
        if audio.end - self._told_at < STATUS:
            return
        self._told_at = audio.end
        newest = audio.mono[-round(NEWEST * RATE) :]
        power = float(np.dot(newest, newest)) / len(newest)
        speed = self.flow.speed
        self.board.say(
            "Status",
            at=round(audio.end, 2),
            samples=self.received,
            lag=round(max(self.flow.crew.lag, len(self._inbox) / RATE), 2),
            speed=None if speed is None else round(speed, 1),
            level=round(max(SILENT, 10 * math.log10(power)), 1) if power else SILENT,
            language=self._language,
            speaking=self._speaking,
        )

    def _settle(self, failure: SpeechLabError | None) -> None:
        """Wait for all that is still to be told; after a failure, by the pipelines before the one that failed."""
        try:
            for thread in self._draining:
                thread.join()
            if failure is None:
                self._drain(self.flow)
        except BaseException as error:
            failure = _told(error)
        self._end(failure)

    def _leave(self, flow: Flow) -> None:
        """What a pipeline that was left has still to tell."""
        try:
            self._drain(flow, speech=False)
        except BaseException as error:
            self.notice(f"the end of what {flow.pipeline.title or 'the last pipeline'} heard is lost: {_told(error)}")

    def _drain(self, flow: Flow, *, speech: bool = True) -> None:
        """Tell the rest; without the times of speech, where another detector has taken over."""
        try:
            for event in flow.rest():
                if speech or not isinstance(event, SpeechStarted | SpeechEnded):
                    self._tell([event])
        finally:
            flow.close()

    def _end(self, error: SpeechLabError | None) -> None:
        """It is over; whoever says so first is believed."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._inbox.close()
            unused, self._next = self._next, None
        self._inbox.empty()
        for flow in (self.flow, unused):
            if flow is not None:
                flow.close()
        self.board.end(error)
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)


def _told(error: BaseException) -> SpeechLabError:
    if isinstance(error, SpeechLabError):
        return error
    return EngineFailed(f"the session broke off: {type(error).__name__}: {error}", hint="start it again")
