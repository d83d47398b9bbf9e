"""What the host lends an engine while it loads: a folder, the rules, and the one way to weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .weights import Report, Weights, locate


def _silent(message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every engine with its parameters: ``Engine(params, context)``."""

    home: Path
    """The lab's own folder; an engine may keep what it made in a subfolder named after itself."""
    download: bool = True
    """Whether the policy lets an engine fetch from a hub."""
    report: Report = _silent
    """Tell the user what takes time, such as a download."""

    def weights(self, weights: Weights, *, folder: str | None = None) -> Path:
        """The folder that holds the weights: the user's own ``folder``, else packages, the hub's cache, the hub.

        Raises EngineUnavailable, naming each way to get them.
        """
        return locate(weights, self.home, download=self.download, folder=folder, report=self.report)
