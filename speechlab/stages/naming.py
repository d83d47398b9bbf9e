"""Speakers named by their voices: what a diarizer tells, with the names of the voice profiles that its speakers fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..engines import Session, SpeakerEmbedder, VoicedSession
from ..profiles import Profiles, known
from ..types import Audio, Diarization, Samples, Span, Turn, TurnUpdate, union
from .base import Making
from .hearing import opened

ENOUGH = 30.0
"""Seconds of a speaker that are listened to: more tell no more."""
SHORTEST = 0.5
"""Seconds of a stretch in which somebody speaks alone, to be listened to at all."""

Known = Mapping[str, tuple[str, float]]
"""Who each speaker is, and how alike the voice is to that one's profile."""


def profiles_for(making: Making) -> dict[str, Samples]:
    """The profiles to name speakers by: none where they are not wanted, or the engine knows no voices."""
    if not making.lift.known_voices or not isinstance(making.loaded.engine, SpeakerEmbedder):
        return {}
    return Profiles.of(making.loaded.context.home).understood(making.loaded.spec)


def opened_with_names(making: Making) -> Session[Audio, Any]:
    """A session of the engine whose speakers have their names, where profiles and the engine allow it."""
    session = opened(making)
    profiles = profiles_for(making)
    if profiles and isinstance(session, VoicedSession):
        return NamingSession(session, profiles, making.lift.voice_threshold)
    return session


def recognised(making: Making, audio: Audio, diarization: Diarization) -> Diarization:
    """A diarization with the names that the profiles tell; the sound is heard again for each speaker."""
    if not (profiles := profiles_for(making)) or not len(diarization):
        return diarization
    voices = {}
    for speaker in diarization.speakers:
        if sound := alone(audio, diarization, speaker):
            voices[speaker] = making.loaded.engine.embed(sound, making.options)
    who = known(voices, profiles, making.lift.voice_threshold)
    return Diarization(tuple(called(turn, who) for turn in diarization))


def called(turn: Turn, who: Known) -> Turn:
    """The turn under its speaker's name."""
    if turn.speaker not in who:
        return turn
    name, similarity = who[turn.speaker]
    return replace(turn, speaker=name, similarity=similarity)


def alone(audio: Audio, turns: Iterable[Turn], speaker: str) -> Audio | None:
    """What is heard where only this speaker speaks, the longest stretches of it; None where they never do."""
    turns = list(turns)
    others = union(turn for turn in turns if turn.speaker != speaker)
    stretches = [
        part for own in union(turn for turn in turns if turn.speaker == speaker) for part in _outside(own, others)
    ]
    picked, seconds = [], 0.0
    for part in sorted(stretches, key=lambda part: -part.duration):
        if part.duration < SHORTEST or seconds >= ENOUGH:
            break
        picked.append(Span(part.start, min(part.end, part.start + ENOUGH - seconds)))
        seconds += picked[-1].duration
    if not picked:
        return None
    sound = [audio.crop(part.start, part.end).samples for part in sorted(picked)]
    return Audio(np.concatenate(sound, axis=1), audio.sample_rate)


def _outside(span: Span, others: Iterable[Span]) -> Iterator[Span]:
    at = span.start
    for other in others:
        if other.end > at and other.start < span.end:
            if other.start > at:
                yield Span(at, other.start)
            at = other.end
    if at < span.end:
        yield Span(at, span.end)


class NamingSession:
    """A diarizer's session whose turns bear names. Where it turns out who somebody is, or is not, the turns told before
    are told anew."""

    def __init__(self, session: Any, profiles: Mapping[str, Samples], threshold: float) -> None:
        self._session, self._profiles, self._threshold = session, profiles, threshold
        self._who: Known = {}
        self._told: dict[str, TurnUpdate] = {}
        """The last update of each turn, as the session gave it."""

    def feed(self, audio: Audio) -> Iterable[TurnUpdate]:
        """Hear the next chunk."""
        return self._named(self._session.feed(audio))

    def flush(self) -> Iterable[TurnUpdate]:
        """The stream is over."""
        return self._named(self._session.flush())

    def _named(self, answers: Iterable[TurnUpdate]) -> list[TurnUpdate]:
        updates = {update.turn.id: update for update in answers}
        if not updates:
            return []
        before, self._who = self._who, known(self._session.voices(), self._profiles, self._threshold)
        again = {
            id: update
            for id, update in self._told.items()
            if id not in updates and update.turn and called(update.turn, before) != called(update.turn, self._who)
        }
        self._told |= updates
        return [replace(one, turn=called(one.turn, self._who)) for one in (*again.values(), *updates.values())]
