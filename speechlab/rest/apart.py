"""A server in a process of its own, which tells what it costs: for measuring, beside those who load it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..errors import SpeechLabError
from ..lab import Lab
from ..policy import Policy

GRACE = 10.0
"""Seconds that it is given to stop."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process has taken until now."""

    cpu: float
    """Seconds of processor time."""
    peak: int | None
    """Bytes of memory at most; None where the system does not tell."""


class Apart:
    """The other process, as seen from here."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.url = str(self._ask(None)["url"])

    def cost(self) -> Cost:
        """What it has taken until now."""
        return Cost(**self._ask("cost"))

    def _ask(self, what: str | None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if what is not None:
            self._process.stdin.write(f"{what}\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SpeechLabError("the server did not start, or is gone", hint="what it said is above")
        told: dict[str, Any] = json.loads(answer)
        return told


@contextmanager
def apart(how: Mapping[str, Any]) -> Iterator[Apart]:
    """A server that runs as long as the block; ``how`` is its lab's plugin files, home and policy, as JSON values.

    Raises SpeechLabError where it does not start.
    """
    command = [sys.executable, "-m", __name__, json.dumps(how)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            yield Apart(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()  # by which it knows that it is to stop
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()


def serve(how: Mapping[str, Any]) -> None:
    """Serve until standard input ends, and answer each line that comes there."""
    from .app import create_app
    from .serving import Server

    policy = Policy(local_only=bool(how.get("local_only")))
    with Lab(*how.get("plugins", ()), policy=policy, home=how.get("home")) as lab:
        server = Server(create_app(lab, ui=False))
        _tell({"url": server.url})
        for _ in sys.stdin:
            _tell({"cpu": time.process_time(), "peak": peak()})
        server.stop()


def peak() -> int | None:
    """Bytes of memory that this process has taken at most."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _tell(what: Mapping[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
