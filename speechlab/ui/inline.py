"""The web lab inside a notebook: a server on this machine in a thread, and a frame that shows it."""

from __future__ import annotations

from typing import Any

from ..lab import Lab
from ..rest.app import create_app
from ..rest.serving import Server

ALLOWED = ("autoplay", "clipboard-write", "display-capture", "fullscreen", "microphone", "screen-wake-lock")
"""What the page may ask of the browser though it is in a frame."""


class Inline:
    """What ``lab.show()`` gives: the notebook shows it as a frame, anything else as the address."""

    def __init__(self, lab: Lab, height: int, port: int) -> None:
        self._server = Server(create_app(lab), port=port)
        self.height = height

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"{self._server.url}/"

    def close(self) -> None:
        """Stop the server, its jobs and uploads with it; the lab stays open."""
        self._server.stop()

    def __repr__(self) -> str:
        return f"<the web lab at {self.url}>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe src="{self.url}" width="100%" height="{self.height}" style="border: 0; border-radius: 14px" '
            f'allow="{"; ".join(ALLOWED)}" title="speechlab"></iframe>'
        )


def show(lab: Lab, *, height: int = 900, port: int = 0) -> Any:
    """Show the web lab below the cell, ``height`` pixels high; 0 takes a free port.

    The frame shows an address of the machine that the notebook runs on. Where the browser is on another machine,
    forward the port to it.
    """
    return Inline(lab, height, port)
