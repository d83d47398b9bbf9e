"""What a client of the server may not say: the name of a file of this machine, in whatever parameter."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import pytest
import soundfile
from pydantic import Field
from websockets.sync.client import connect

from speechlab import AsrOptions, EngineSpec, Kind, Lab, Params, PipelineFile, Policy, PolicyDenied, Segment, hookimpl
from speechlab.clients import admit
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from speechlab.ui.columns import Asked, work
from speechlab.ui.sheets import Sheets

SECRET = "the colour of the vault is green"
OWNER = Field(json_schema_extra={"owner": True})


class HearerParams(Params):
    model: Annotated[str, OWNER] = "base"
    """A model, or a folder with one."""
    pickles: Annotated[bool, OWNER] = False
    """Run what is in it."""
    folder: str = ""
    """Where else to look: its author forgot the mark."""
    base_url: str = ""
    """Which service to ask."""


class Hearer:
    """Tells which model it is."""

    def __init__(self, params: HearerParams, context: Any) -> None:
        self.model = params.model

    def transcribe(self, audio: Any, options: AsrOptions) -> Iterator[Segment]:
        yield Segment(audio.start, audio.end, text=self.model)


class Plugin:
    def __init__(self, folder: Path) -> None:
        self.pipeline = folder / "named.toml"
        self.rules = folder / "rules.txt"
        self.rules.write_text("a = b\n")
        steps = (
            f'[[stage]]\nuse = "asr/hearer"\n[[stage]]\nuse = "text/replace"\nfile = {json.dumps(str(self.rules))}\n'
        )
        self.pipeline.write_text(steps)

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="hearer", kind=Kind.ASR, load=Hearer, params=HearerParams, options=AsrOptions))

    @hookimpl
    def register_pipelines(self, register: Callable[[PipelineFile], None]) -> None:
        register(PipelineFile(id="named", path=self.pipeline))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"{SECRET}\n")
    return path


@pytest.fixture
def lab(home: Path, tmp_path: Path) -> Iterator[Lab]:
    with Lab(Plugin(tmp_path), discover=False, home=home) as lab:
        yield lab


def wav() -> bytes:
    sound = io.BytesIO()
    soundfile.write(sound, np.full(16_000, 0.2, np.float32), 16_000, format="WAV")
    return sound.getvalue()


def test_names_of_files_are_refused_and_all_else_is_not(lab: Lab, secret: Path) -> None:
    for value in (str(secret), "~/x", "../x", "./x", "C:\\x", f"en={secret}", [str(secret)], "/no/such", "~root"):
        with pytest.raises(PolicyDenied, match="machine's own"):
            admit(lab, {"model": value})
    with pytest.raises(PolicyDenied, match="folder"):
        admit(lab, {"folder": str(secret.parent)})
    for value in (True, 1, "true"):
        with pytest.raises(PolicyDenied, match="pickles"):
            admit(lab, {"pickles": value})
    for value in ("base", "owner/name", "Ada = ada", "and/or = e/ou", "\0", "x" * 5000, None, 3, {"/a": "/b"}):
        admit(lab, {"model": value, "glossary": value})
    admit(lab, {"pickles": False, "prompt": str(secret)}, None, "text")


@pytest.mark.parametrize("address", ["https://elsewhere.example", " ht\ntps://x", "\x01https://x", ["https://x"], "x"])
def test_no_client_says_where_the_owners_key_is_sent(lab: Lab, address: Any) -> None:
    with pytest.raises(PolicyDenied, match="base_url") as refused:
        admit(lab, {"base_url": address})
    assert "key" in str(refused.value)
    admit(lab, {"base_url": ""}, {"base_url": None})


def test_a_relative_name_is_refused_where_it_is_there(
    lab: Lab, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyDenied, match=r"secret\.csv"):
        admit(lab, {"glossary": secret.name})


def test_what_a_pipeline_of_the_lab_names_may_be_said(lab: Lab, tmp_path: Path) -> None:
    admit(lab, {"file": str(tmp_path / "rules.txt")})


def test_an_owner_may_trust_the_clients(lab: Lab, secret: Path) -> None:
    lab.policy = replace(lab.policy, trust_clients=True)
    admit(lab, {"file": str(secret)})
    assert not Policy().trust_clients


@pytest.mark.parametrize("fields", [{"model": "hearer:{secret}"}, {"model": "hearer", "pickles": "true"}])
@pytest.mark.parametrize("way", ["transcriptions", "translations"])
def test_a_request_reads_no_file(lab: Lab, secret: Path, fields: dict[str, str], way: str) -> None:
    sent = {name: value.format(secret=secret) for name, value in fields.items()}
    with serving(create_app(lab, ui=False)) as url:
        told = httpx.post(f"{url}/v1/audio/{way}", files={"file": ("a.wav", wav())}, data={**sent, "to": "en"})
    assert told.status_code in ((403,) if way == "transcriptions" else (400, 403, 503))  # nothing here translates
    assert SECRET not in told.text


@pytest.mark.parametrize(
    "stage",
    [
        {"use": "text/replace", "file": "{secret}"},
        {"use": "translate/toy", "glossary": "{secret}"},
        {"use": "translate", "glossary": "{secret}"},
        {"use": "asr/hearer", "model": "{secret}"},
    ],
)
def test_a_live_session_reads_no_file(lab: Lab, secret: Path, stage: dict[str, str]) -> None:
    sent = {name: value.format(secret=secret) for name, value in stage.items()}
    pipeline = {"stage": [{"use": "asr/hearer"}, sent]}
    with serving(create_app(lab, ui=False)) as url, connect(f"ws{url[4:]}/v1/stream") as socket:
        socket.send(json.dumps({"pipeline": pipeline}))
        told = socket.recv()
    assert "machine's own" in told
    assert SECRET not in told


def test_a_live_session_reads_no_file_by_its_address(lab: Lab, secret: Path) -> None:
    with serving(create_app(lab, ui=False)) as url:
        with connect(f"ws{url[4:]}/v1/stream/asr/hearer?model={secret}") as socket:
            assert "machine's own" in socket.recv()
        with connect(f"ws{url[4:]}/v1/stream/named") as socket:  # what the owner wrote is read
            assert json.loads(socket.recv())["event"] == "Session"


def test_the_page_reads_no_file(lab: Lab, secret: Path) -> None:
    sheet = Sheets(lambda job: None).put("v", "", lab_recording())  # type: ignore[arg-type, return-value]
    asked = Asked.read({"to": ["en"], "engine": "toy", "values": {"model": str(secret)}})
    [_, failed] = work(lab, sheet, asked)
    assert "machine's own" in failed["error"]


def lab_recording() -> Any:
    from speechlab.translation import as_recording

    return as_recording("Hello there.")
