"""``speechlab serve``: the web lab and its REST interface, on this machine unless told otherwise."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import webbrowser
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ..contributions import loaded
from ..errors import ConfigError
from ..lab import Lab
from .app import lab_of
from .messages import Warnings, logged, say

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NEXT = 20
"""How many further ports are tried where the usual one is taken."""
GRACE = 3
"""Seconds that open connections are given once the server is stopped."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every network.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7860, show_default=True, help="Port; 0 takes any free one."
)
@click.option(
    "--password", envvar="SPEECHLAB_PASSWORD", show_envvar=True, help="Ask for this password. Better set the variable."
)
@click.option(
    "--max-upload", type=click.IntRange(1), default=2048, show_default=True, metavar="MB", help="Largest upload."
)
@click.option(
    "--open/--no-open", "open_", default=None, help="Open the page in a browser.  [default: where there is a desktop]"
)
@click.option(
    "--trust-clients",
    is_flag=True,
    help="Let clients name files and folders of this machine, and run code that comes with weights, as you may.",
)
@click.option("--ui/--no-ui", default=True, show_default=True, help="The page beside the REST interface.")
@click.option(
    "--live-sessions",
    type=click.IntRange(1),
    metavar="N",
    help="Most people heard live at once.  [default: as many as can be heard without falling behind]",
)
@click.option(
    "--live-workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Engine calls at once for who is heard live.  [default: one for each processor core]",
)
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    password: str | None,
    max_upload: int,
    open_: bool | None,
    trust_clients: bool,
    ui: bool,
    live_sessions: int | None,
    live_workers: int | None,
) -> None:
    """Start the web lab and print its address."""
    lab = lab_of(ctx)
    lab.policy = replace(lab.policy, trust_clients=trust_clients)
    lab.live.most = live_sessions
    lab.live.workers = live_workers or lab.live.workers
    chosen = ctx.get_parameter_source("port") is click.core.ParameterSource.COMMANDLINE
    listening = bound(host, port, others=0 if chosen else NEXT)
    address = _address(host, listening.getsockname()[1])
    if host not in LOOPBACK and not password:
        say("warning: whoever can reach this machine can use the lab; --password asks for one")
    say("starting the web lab ...")
    app = _app(lab, ui=ui, max_upload_mb=max_upload, password=password)
    verbose = ctx.find_root().params["verbose"]
    with logged(logging.NullHandler() if verbose else Warnings()):  # who asked for more is told by the log itself
        _run(app, listening, address, open_=desktop() if open_ is None else open_, verbose=verbose)


def bound(host: str, port: int, *, others: int = 0) -> socket.socket:
    """A socket on this port, or on one of the ``others`` after it where it is taken. Raises ConfigError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + others, 65535) + 1):
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere this would let two servers share one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen()
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise ConfigError(
                    f"{host}:{number} cannot be listened on: {error.strerror or error}",
                    hint="choose another --host or --port",
                ) from error
        else:
            return listening
    raise ConfigError(f"port {port} is taken", hint="choose another with --port; --port 0 takes any that is free")


def desktop() -> bool:
    """Whether opening a browser here shows a page to whoever started the server."""
    if "SSH_CONNECTION" in os.environ or not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _app(lab: Lab, *, ui: bool, max_upload_mb: int, password: str | None) -> FastAPI:
    app: FastAPI = loaded("speechlab.rest.app:create_app")(lab, ui=ui, max_upload_mb=max_upload_mb, password=password)
    return app


def _run(app: FastAPI, listening: socket.socket, address: str, *, open_: bool, verbose: bool) -> None:
    import uvicorn

    from ..rest.serving import config as served

    class Server(uvicorn.Server):
        """Tells the address once it answers there."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                click.echo(f"The lab is at {address} (Ctrl-C stops it)")
                if open_:
                    webbrowser.open(address)

    level = "info" if verbose else "warning"
    config = served(app, log_level=level, timeout_graceful_shutdown=GRACE)
    try:
        Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    say("stopped")


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
