"""The one door: command line, REST, web page and notebook all come in here."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..contributions import loaded
from .base import PipelineLike, told
from .listening import Listening
from .results import Results
from .speaking import Speaking
from .translating import Translating

__all__ = ["Lab", "PipelineLike", "told"]


class Lab(Listening, Translating, Speaking, Results):
    """Finds plugins, and loads nothing heavy until it is used.

    >>> lab = Lab(discover=False)
    >>> lab.translate(["Good morning"], to="fr", engine="toy")
    ['[fr] Good morning']
    """

    def show(self, **how: Any) -> Any:
        """The web lab inside a notebook."""
        return loaded("speechlab.ui.inline:show")(self, **how)

    @cached_property
    def jobs(self) -> Any:
        """The queue of long work that all faces share: a :class:`speechlab.jobs.Jobs`, made on first use."""
        return loaded("speechlab.jobs:Jobs")(self)

    @cached_property
    def live(self) -> Any:
        """The live sessions that all faces share: a :class:`speechlab.live.Live`, made on first use."""
        return loaded("speechlab.live:Live")(self)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Settle every live session, stop every job and unload every engine."""
        if "live" in vars(self):
            self.live.close()
        if "jobs" in vars(self):
            self.jobs.close()
        self.pool.unload()

    def report(self, message: str) -> None:
        """Tell whoever listens what takes time, or went another way than was asked."""
        super().report(message)
        if "jobs" in vars(self):
            self.jobs.note(message)
