"""Serving: the port, the address, and an orderly end; the application itself is tested elsewhere."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from websockets.sync.client import connect

from speechlab import ConfigError, Lab
from speechlab.cli import serve
from speechlab.cli.serve import bound, desktop
from speechlab.live.hub import cores
from speechlab.testing import tone


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on, with the next one free."""
    with bound("127.0.0.1", 0) as listening:
        yield listening.getsockname()[1]


def test_any_free_port() -> None:
    with bound("127.0.0.1", 0) as listening:
        assert listening.getsockname()[1] > 0


def test_the_next_port_where_the_usual_one_is_taken(taken: int) -> None:
    with bound("127.0.0.1", taken, others=20) as listening:
        assert taken < listening.getsockname()[1] <= taken + 20


def test_a_port_that_was_asked_for_and_is_taken(taken: int) -> None:
    with pytest.raises(ConfigError, match=f"port {taken} is taken"):
        bound("127.0.0.1", taken)


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ConfigError, match="cannot be listened on"):
        bound("192.0.2.1", 0)


def test_a_browser_is_opened_only_where_somebody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(serve.sys, "platform", "linux")
    for name in ("SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not desktop()
    monkeypatch.setenv("DISPLAY", ":0")
    assert desktop()
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1")
    assert not desktop()


SERVER = """
import sys
from fastapi import FastAPI
from speechlab.__main__ import main
from speechlab.cli import serve

def application(lab, *, ui, max_upload_mb, password):
    app = FastAPI()
    app.get("/")(lambda: {"ui": ui, "max_upload_mb": max_upload_mb, "password": password})
    return app

serve._app = application
sys.argv = ["speechlab", "serve", "--port", "0", "--no-open", "--max-upload", "7"]
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C as POSIX has it")
def test_it_tells_its_address_serves_and_stops() -> None:
    environment = {**os.environ, "SPEECHLAB_PASSWORD": "open sesame"}
    command = [sys.executable, "-u", "-c", SERVER]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            address = running.stdout.readline().split()[4]
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert answer.read() == b'{"ui":true,"max_upload_mb":7,"password":"open sesame"}'
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
        said = running.stderr.read()
    assert "Traceback" not in said
    assert "stopped" in said
    assert "sesame" not in said


def test_the_network_without_a_password_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from speechlab.cli.app import speechlab

    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(serve, "bound", lambda *args, **how: socket.socket())
    monkeypatch.setattr(serve, "_app", lambda lab, **how: how)
    monkeypatch.setattr(
        serve, "_run", lambda app, listening, address, **how: (listening.close(), calls.append((app, address)))
    )
    assert "whoever can reach this machine" in CliRunner().invoke(speechlab, ["serve", "--host", "0.0.0.0"]).stderr
    done = CliRunner().invoke(speechlab, ["serve", "--host", "0.0.0.0", "--password", "x"])
    assert "whoever can reach" not in done.stderr
    assert "whoever can reach" not in CliRunner().invoke(speechlab, ["serve"]).stderr
    assert [address for _, address in calls] == ["http://127.0.0.1:0"] * 3


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C as POSIX has it")
def test_who_is_heard_when_it_stops_is_heard_to_the_end_and_it_tells_where_the_text_is(home: Path) -> None:
    pcm = np.rint(tone(2.0).mono * 32767).astype("<i2").tobytes()
    command = [sys.executable, "-u", "-m", "speechlab", "serve", "--port", "0", "--no-open", "--no-ui"]
    command += ["--live-sessions", "1", "--live-workers", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            address = running.stdout.readline().split()[4].replace("http", "ws")
            with connect(f"{address}/v1/stream") as one:
                one.send(json.dumps({"pipeline": {"stage": [{"use": "vad/energy"}, {"use": "asr/toy"}]}}))
                one.send(pcm)
                assert json.loads(one.recv(60))["event"] == "Session"
                with connect(f"{address}/v1/stream/asr/toy") as other:
                    refused = json.loads(other.recv(60))
                assert (refused["event"], "one person live already" in refused["error"]) == ("Failed", True)
                while json.loads(one.recv(60))["event"] != "Status":
                    pass
                running.send_signal(signal.SIGINT)
                said = running.communicate(timeout=60)[1]
        finally:
            running.kill()
    assert running.returncode == 0
    [path] = (home / "live").glob("*.txt")
    assert path.read_text(encoding="utf-8").endswith("seconds of sound\n")
    assert f"warning: what was said live, and nobody took, is kept for a week in {path}" in said
    assert "Traceback" not in said


def test_how_many_are_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from speechlab.cli.app import speechlab

    labs: list[Lab] = []
    monkeypatch.setattr(serve, "bound", lambda *args, **how: socket.socket())
    monkeypatch.setattr(serve, "_app", lambda lab, **how: labs.append(lab))
    monkeypatch.setattr(serve, "_run", lambda app, listening, address, **how: listening.close())
    for args in ((), ("--live-sessions", "7", "--live-workers", "5")):
        assert CliRunner().invoke(speechlab, ["serve", *args]).exit_code == 0
    assert [(lab.live.most, lab.live.workers) for lab in labs] == [(None, cores()), (7, 5)]


def test_clients_are_trusted_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from speechlab.cli.app import speechlab

    labs: list[Lab] = []
    monkeypatch.setattr(serve, "bound", lambda *args, **how: socket.socket())
    monkeypatch.setattr(serve, "_app", lambda lab, **how: labs.append(lab))
    monkeypatch.setattr(serve, "_run", lambda app, listening, address, **how: listening.close())
    for args in ((), ("--trust-clients",)):
        assert CliRunner().invoke(speechlab, ["serve", *args]).exit_code == 0
    assert [lab.policy.trust_clients for lab in labs] == [False, True]
