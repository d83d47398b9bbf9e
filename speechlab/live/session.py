"""One person heard live: sound in from any thread, messages out, and a recording in the end."""

from __future__ import annotations

import math
import secrets
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EngineFailed, SpeechLabError
from ..pipeline import SPEECH_KINDS, Pipeline
from ..types import Audio, Event, Recording, Samples, SegmentUpdate, SpeechEnded, SpeechStarted
from .board import Board, Reader
from .flow import Flow

RATE = 16_000
"""Hz; the sound of every session is mono."""
MOST_AHEAD = 30.0
"""Seconds of sound that may wait to be looked at; who sends more is to wait."""
KEEP_SECONDS = 60.0
"""Seconds that a session waits for a client that has gone; and how much sound a client keeps to send again."""
STEP = 1.0
"""Seconds of sound at most that stages hear at once: a detector tells of it behind it, and not too late."""
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
        self.received = 0
        """Samples taken so far."""
        self.over: Future[None] = Future()
        self.sound: Path | None = None
        """Where its sound is written to, if it is kept; complete once the session is over."""
        self.last_sound = 0.0
        """When sound or a sign of life came last, by the hub's clock."""
        self.left_at: float | None = None
        """When it was first seen without a reader, after it had one."""
        self.unclaimed = False
        """Whether it was ended because its client had gone."""
        self._make, self._wake_hub = make, wake
        self._lock = threading.Lock()
        self._inbox: deque[Samples] = deque()
        self._inbox_frames = 0
        self._flow: Flow | None = None
        self._next: Flow | None = None
        self._draining: list[threading.Thread] = []
        self._finishing = self._ending = False
        self._claimed = self._stays = False
        self._file: Any = None
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
    def seconds(self) -> float:
        """Length of the sound taken so far."""
        return self.received / RATE

    @property
    def ahead(self) -> float:
        """Seconds of sound that wait to be looked at."""
        return self._inbox_frames / RATE + self.flow.crew.behind

    def feed(self, sound: Audio | Samples) -> None:
        """The next sound, 16 kHz mono; returns at once. What comes after :meth:`finish` is not heard."""
        samples = sound.mono if isinstance(sound, Audio) else sound
        with self._lock:
            if self._finishing or not len(samples):
                return
            self._inbox.append(samples)
            self._inbox_frames += len(samples)
            self.received += len(samples)
        self.wake()

    def finish(self) -> None:
        """No more sound will come: what is open is settled, then it is over. Returns at once."""
        with self._lock:
            self._finishing = True
        self.wake()

    def stay(self) -> None:
        """Somebody is still here, though no sound comes."""
        self._stays = True

    def switch(self, pipeline: Pipeline) -> None:
        """Let what is said from now on go through another pipeline. Waits until its engines are loaded.

        Raises SpeechLabError, and then goes on as before.
        """
        flow = self._make(pipeline, self)
        try:
            flow.push(None)
        except BaseException:
            flow.close()
            raise
        with self._lock:
            unused, self._next = self._next, flow
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
        try:
            flow.push(None)
        except BaseException:
            flow.close()
            raise
        self._flow = flow
        self._introduce()

    def waiting(self) -> Audio | None:
        """The sound that is to be looked at next; None where none has come, or too much is still being worked on."""
        if self.flow.crew.behind > MOST_AHEAD:
            return None
        with self._lock:
            if not self._inbox:
                return None
            start, left = self.received - self._inbox_frames, round(STEP * RATE)
            parts = []
            while left and self._inbox:
                part = self._inbox.popleft()
                if len(part) > left:
                    self._inbox.appendleft(part[left:])
                    part = part[:left]
                parts.append(part)
                left -= len(part)
                self._inbox_frames -= len(part)
        if self._inbox_frames:
            self.wake()
        return Audio(parts[0] if len(parts) == 1 else np.concatenate(parts), RATE, start / RATE)

    @property
    def hurried(self) -> bool:
        """Whether more has come than stages hear at once."""
        return self._inbox_frames > STEP * RATE

    def advance(self, audio: Audio | None) -> None:
        """Let the pipeline hear the sound, and tell what is known now."""
        if self.over.done() or self._ending:
            return
        try:
            self._change()
            self._tell(self.flow.push(audio))
            if audio is not None:
                self._heard(audio)
        except Exception as error:
            self._end(_told(error))
            return
        if self._finishing and not self._inbox:
            self._ending = True
            threading.Thread(target=self._settle, name="live session ends", daemon=True).start()

    def mind(self, now: float) -> None:
        """Look whether its readers are still there."""
        if self._stays:
            self._stays, self.last_sound = False, now
        if self.board.followed or not self._claimed:
            self.left_at = None
        elif self.left_at is None:
            self.left_at = now

    def keep(self, path: Path) -> None:
        """Write all that is heard to a wav file."""
        import soundfile

        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = soundfile.SoundFile(path, "w", RATE, 1, "PCM_16")
        self.sound = path

    # -- inside ----------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        """Go over to the next pipeline; what the last one has still to tell comes when it is known."""
        with self._lock:
            flow, self._next = self._next, None
        if flow is not None:
            last, self._flow = self.flow, flow
            thread = threading.Thread(target=self._leave, args=(last,), name="live pipeline ends", daemon=True)
            self._draining.append(thread)
            thread.start()
            self._introduce()

    def _introduce(self) -> None:
        recognizer = next((step.spec.id for step in self.pipeline.steps if step.spec.kind in SPEECH_KINDS), "")
        self.board.say(
            "Session",
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
        if self._file is not None:
            self._file.write(audio.mono)
        if audio.end - self._told_at < STATUS:
            return
        self._told_at = audio.end
        power = float(np.square(audio.mono).mean())
        trace = self.flow.trace
        work = sum(stage.wall for stage in trace.stages.values())
        self.board.say(
            "Status",
            at=round(audio.end, 2),
            samples=self.received,
            lag=round(max(self.flow.crew.lag, self._inbox_frames / RATE), 2),
            speed=round(trace.audio_seconds / work, 1) if work else None,
            level=round(max(SILENT, 10 * math.log10(power)), 1) if power else SILENT,
            language=self._language,
            speaking=self._speaking,
        )

    def _settle(self) -> None:
        """Wait for all that is still to be told."""
        try:
            for thread in self._draining:
                thread.join()
            self._drain(self.flow)
        except Exception as error:
            self._end(_told(error))
        else:
            self._end(None)

    def _leave(self, flow: Flow) -> None:
        """What a pipeline that was left has still to tell."""
        try:
            self._drain(flow)
        except Exception as error:
            self.notice(f"the end of what {flow.pipeline.title or 'the last pipeline'} heard is lost: {_told(error)}")

    def _drain(self, flow: Flow) -> None:
        try:
            for event in flow.rest():
                self._tell([event])
        finally:
            flow.close()

    def _end(self, error: SpeechLabError | None) -> None:
        if self._file is not None:
            self._file.close()
        self.flow.close()
        if error is not None:
            self.board.say("Failed", error=str(error), hint=error.hint)
        self.board.say("Ended")
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)


def _told(error: Exception) -> SpeechLabError:
    if isinstance(error, SpeechLabError):
        return error
    return EngineFailed(f"the session broke off: {type(error).__name__}: {error}", hint="start it again")
