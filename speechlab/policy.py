"""What the lab may do with sound and text: a frozen value, decided when the lab is built."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .engines import EngineSpec
from .errors import PolicyDenied


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Privacy by default: nothing is kept once a run has succeeded."""

    local_only: bool = False
    """Refuse every engine that sends sound or text elsewhere, before it is loaded."""
    download: bool = True
    """Whether weights may be fetched from a hub."""
    keep: bool = False
    """Keep the event logs of finished runs, so that a changed pipeline computes only what changed."""
    trust_clients: bool = False
    """Whether clients of a server may have it read files and folders that they name, and run code that comes with
    weights, as its owner may."""
    watermark: bool = True
    """Mark all sound that an engine made, so that anybody can tell. Nothing else switches it off, and that it is off
    is logged."""

    def admit(self, spec: EngineSpec) -> None:
        """Raises PolicyDenied where the engine may not be used."""
        if self.local_only and not spec.local:
            raise PolicyDenied(
                f"{spec.name} sends sound or text to another machine, and this lab is local only",
                hint="choose an engine that runs on this machine, or start without --local-only",
            )


def quiet_telemetry() -> None:
    """Switch off the telemetry of third-party libraries; call before they are imported."""
    for name, value in {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "PYANNOTE_METRICS_ENABLED": "0",
        "DISABLE_TELEMETRY": "1",
    }.items():
        os.environ.setdefault(name, value)


def default_home() -> Path:
    """The one folder for all that the lab keeps: ``SPEECHLAB_HOME``, else the platform's place for user data."""
    from platformdirs import user_data_path

    chosen = os.environ.get("SPEECHLAB_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("speechlab", appauthor=False)
