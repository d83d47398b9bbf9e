"""One recording whose speakers a person corrects: edits with undo, kept so that the next run knows the names again."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from ..errors import ConfigError
from ..params import nearest
from ..types import Recording
from .edits import Assign, Edit, Edits, Merge, Rename
from .keeping import Kept, Shelf
from .names import speakers_of
from .rerun import fresh, known_again, times

LONGEST = 100
"""Characters of a name."""


class Editing:
    """The speakers of one recording as a person corrects them. Any thread may use it.

    With a shelf, edits are kept there when they are made, and done again at the start, though another run tells the
    speakers by other labels: they are known again by when they speak.
    """

    def __init__(self, recording: Recording, shelf: Shelf | None = None) -> None:
        kept = shelf.load() if shelf else Kept()
        self._shelf = shelf
        self._lock = threading.RLock()
        base = known_again(recording, kept.times) if len(kept.edits) else recording
        self._times = {**kept.times, **times(base)}
        self._views = [base]
        """The recording, and what it is after each edit."""
        self._edits = Edits()
        self._redo: list[Edit] = []
        for edit in kept.edits:
            self._edits = self._edits.and_then(edit)
            self._views.append(edit.apply(self._views[-1]))

    @property
    def recording(self) -> Recording:
        """The recording with every edit done."""
        return self._views[-1]

    @property
    def original(self) -> Recording:
        """The recording without any edit."""
        return self._views[0]

    @property
    def edits(self) -> Edits:
        """What was said so far."""
        return self._edits

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks, in the order of first speech."""
        return speakers_of(self.recording)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(len(self._edits))

    @property
    def can_redo(self) -> bool:
        """Whether something was undone that can be done again."""
        return bool(self._redo)

    def rename(self, speaker: str, name: str) -> Recording:
        """Call a speaker otherwise. Raises ConfigError where nobody is called that, or somebody else has the name."""
        with self._lock:
            self._known(speaker)
            name = named(name)
            if name == speaker:
                return self.recording
            if name in self.speakers:
                raise ConfigError(
                    f"somebody else is called {name} already", hint="merge the two if they are one person"
                )
            return self._do(Rename(speaker, name))

    def merge(self, speakers: Iterable[str], into: str) -> Recording:
        """Make several speakers one, who is called ``into``: one of them, or a new name. Raises ConfigError."""
        with self._lock:
            into = named(into)
            those = tuple(dict.fromkeys(speakers))
            for speaker in those:
                self._known(speaker)
            if len({*those, *({into} & {*self.speakers})}) < 2:
                raise ConfigError("one speaker alone cannot be merged", hint="name two or more")
            return self._do(Merge(tuple(who for who in those if who != into), into))

    def assign(self, segments: Iterable[str], speaker: str | None = None) -> Recording:
        """Say that segments, by id, are another speaker's: one who speaks already, or a new one; None makes one up.

        Raises ConfigError where a segment is not there.
        """
        with self._lock:
            wanted = list(dict.fromkeys(segments))
            there = {segment.id for segment in self.recording.transcript}
            if missing := [id for id in wanted if id not in there]:
                raise ConfigError(f"the transcript has no segment {missing[0]!r}", hint="show the transcript again")
            if not wanted:
                raise ConfigError("no segment was named", hint="select what another speaker says")
            name = named(speaker) if speaker is not None else fresh({*self.speakers, *self._times})
            edit = Assign.of(self.recording, wanted, name)
            return self.recording if edit.apply(self.recording) is self.recording else self._do(edit)

    def undo(self) -> Recording:
        """Take the last edit back. Raises ConfigError where there is none."""
        with self._lock:
            if not self.can_undo:
                raise ConfigError("there is nothing to undo", hint="the speakers are as they were found")
            last, fewer = self._edits.edits[-1], self._edits.undone()
            self._keep(fewer)
            self._redo.append(last)
            self._edits = fewer
            self._views.pop()
            return self.recording

    def redo(self) -> Recording:
        """Do the edit again that was undone last. Raises ConfigError where there is none."""
        with self._lock:
            if not self._redo:
                raise ConfigError("there is nothing to do again", hint="nothing was undone since the last change")
            again = list(self._redo)
            edit = again.pop()
            self._do(edit)
            self._redo = again
            return self.recording

    def _do(self, edit: Edit) -> Recording:
        edits, view = self._edits.and_then(edit), edit.apply(self.recording)
        self._keep(edits)
        self._edits, self._redo = edits, []
        self._views.append(view)
        return view

    def _keep(self, edits: Edits) -> None:
        if self._shelf is not None:
            self._shelf.keep(Kept(edits, self._times))

    def _known(self, speaker: str) -> None:
        if speaker not in self.speakers:
            raise ConfigError(f"nobody is called {speaker!r}", hint=nearest(speaker, self.speakers, "there are"))


def named(name: str) -> str:
    """A name fit to stand in a transcript: on one line, of bounded length. Raises ConfigError where nothing is left."""
    bare = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not bare:
        raise ConfigError("a speaker needs a name", hint="give one with letters in it")
    if len(bare) > LONGEST:
        raise ConfigError(f"a name of {len(bare)} characters is too long", hint=f"use at most {LONGEST}")
    return bare
