"""The tab Translate without a browser: sheets, columns told line by line, what may be picked, files to take home."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi import FastAPI
from fastapi.testclient import TestClient

from speechlab import Audio, EngineSpec, Kind, Lab, Params, Recording, Segment, Transcript, TtsOptions, hookimpl
from speechlab.rest import errors
from speechlab.ui import sheets as sheets_module
from speechlab.ui import translating
from speechlab.ui.languages import direction
from speechlab.ui.sheet_routes import sheet_routes
from speechlab.ui.sheets import Sheet, Sheets
from speechlab.ui.translating import Wish

VISITOR = {"X-Visitor": "v" * 32}
SAID = "Good morning, everybody.\nThe sea was calm.\nNobody trusted it."


class Quote:
    """Puts a text between the names of both languages; stumbles over one word."""

    calls: list[tuple[list[str], str | None, str]] = []  # noqa: RUF012  # one for all, emptied by each test

    def __init__(self, params: Params, context: object) -> None: ...

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        self.calls.append((list(texts), source, target))
        if any("stumble" in text for text in texts):
            raise RuntimeError("it stumbled")
        return [f"<{target}> {text}" for text in texts]


class Hum:
    """Hums for as many seconds as the text has words."""

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> list[Any]:
        return []

    def synthesize(self, text: str, voice: object, options: TtsOptions) -> Iterator[Audio]:
        yield Audio(np.full((1, 8000 * len(text.split())), 0.1, np.float32), 8000)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, load: Any, **card: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load=load, license="MIT", summary="A test's.", **card))

        engine("quote", Kind.TRANSLATE, Quote, languages=("ar", "en", "fr", "pt"))
        engine("far", Kind.TRANSLATE, Quote, languages=("en", "ja"), requires=("no_such_module",))
        engine("hum", Kind.TTS, Hum, languages=("pt",), options=TtsOptions)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Quote.calls.clear()
    with Lab(Plugin(), discover=False, home=tmp_path) as lab:
        yield lab


@pytest.fixture
def client(lab: Lab) -> TestClient:
    app = FastAPI()
    errors.install(app)
    app.include_router(sheet_routes(lab))
    return TestClient(app)


def opened(client: TestClient, text: str = SAID) -> dict[str, Any]:
    answer = client.post("/lab/sheets", json={"text": text}, headers=VISITOR)
    assert answer.status_code == 200, answer.text
    sheet: dict[str, Any] = answer.json()
    return sheet


def translated(client: TestClient, sheet: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    asked = {"source": "en", "engine": "quote", **asked}
    answer = client.post(f"/lab/sheets/{sheet['id']}/columns", json=asked)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def texts(lines: list[dict[str, Any]], column: str) -> list[str]:
    return [line["row"]["text"] for line in lines if line["column"] == column and "row" in line]


def test_a_text_is_a_sheet_of_segments_without_times(client: TestClient) -> None:
    sheet = opened(client)
    assert [row["text"] for row in sheet["rows"]] == SAID.splitlines()
    assert (sheet["timed"], sheet["sound"], sheet["columns"]) == (False, None, {})


def test_sentences_of_a_long_line_tell_that_they_stand_on_one(client: TestClient) -> None:
    long = " ".join(["The keeper climbed the stairs and lit the lamp every evening."] * 4)
    rows = opened(client, f"Title\n\n{long}")["rows"]
    assert [row["line"] for row in rows] == [0, 2, 2, 2, 2]


def test_columns_are_told_line_by_line_and_kept(client: TestClient) -> None:
    sheet = opened(client)
    lines = translated(client, sheet, to=["pt", "ar"])
    assert texts(lines, "pt") == [f"<pt> {line}" for line in SAID.splitlines()]
    assert [line["state"] for line in lines if line["column"] == "ar" and "state" in line] == ["working", "done"]
    assert lines[0] == {"column": "pt", "state": "working", "dir": "ltr"}
    assert next(line["dir"] for line in lines if line["column"] == "ar") == "rtl"
    route = next(line["row"]["route"] for line in lines if "row" in line)
    assert route == [{"engine": "translate/quote", "source": "en", "target": "pt"}]
    kept = client.get(f"/lab/sheets/{sheet['id']}").json()["columns"]
    assert [row["text"] for row in kept["pt"]["rows"]] == texts(lines, "pt")
    assert kept["ar"]["seconds"] >= 0


def test_only_the_segment_that_was_corrected_is_translated_again(client: TestClient) -> None:
    sheet = opened(client)
    translated(client, sheet, to=["pt"])
    Quote.calls.clear()
    row = sheet["rows"][1]["id"]
    new = client.post(f"/lab/sheets/{sheet['id']}/rows/{row}", json={"text": "The sea  was rough."}).json()
    assert new["text"] == "The sea was rough."
    column = client.get(f"/lab/sheets/{sheet['id']}").json()["columns"]["pt"]
    assert len(column["rows"]) == 2, "what the old wording became is no more"
    lines = translated(client, sheet, to=["pt"], only=[row])
    assert texts(lines, "pt") == ["<pt> The sea was rough."]
    assert [said for call in Quote.calls for said in call[0]] == ["The sea was rough."]
    column = client.get(f"/lab/sheets/{sheet['id']}").json()["columns"]["pt"]
    assert len(column["rows"]) == 3


def test_an_engine_that_dies_takes_neither_the_finished_part_nor_the_other_column_down(client: TestClient) -> None:
    sheet = opened(client, f"{SAID}\nThen they stumble.")
    lines = translated(client, sheet, to=["pt", "fr"])
    failed = [line for line in lines if line.get("state") == "failed"]
    assert [line["column"] for line in failed] == ["pt", "fr"]
    assert "it stumbled" in failed[0]["error"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"text": "  \n "}, "there is nothing to translate"),
        ({"text": "x" * (sheets_module.LONGEST + 1)}, "longer than"),
        ({"nonsense": 1}, "nothing that can be translated"),
    ],
)
def test_what_cannot_be_translated_is_refused_in_a_sentence(
    client: TestClient, said: dict[str, Any], sentence: str
) -> None:
    answer = client.post("/lab/sheets", json=said, headers=VISITOR)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]["message"]


def test_a_language_that_cannot_be_reached_is_told_in_its_column(client: TestClient) -> None:
    lines = translated(client, opened(client), to=["ja"])
    assert [line["state"] for line in lines] == ["working", "failed"]
    assert "ja" in lines[-1]["error"]
    assert client.post(f"/lab/sheets/{opened(client)['id']}/columns", json={"to": []}).status_code == 400


@pytest.mark.parametrize("name", ["engine", "recording", "only", "self", "nothing"])
def test_what_is_no_parameter_is_told_in_its_column(client: TestClient, name: str) -> None:
    lines = translated(client, opened(client), to=["pt", "pt"], values={name: "x"})
    assert [line["state"] for line in lines] == ["working", "failed"]
    assert name in lines[-1]["error"]


def test_who_guesses_finds_nothing(client: TestClient) -> None:
    assert client.get("/lab/sheets/guessed").status_code == 404
    assert client.post("/lab/sheets/guessed/columns", json={"to": ["pt"]}).status_code == 404
    assert client.post("/lab/sheets", json={"job": "guessed"}, headers=VISITOR).status_code == 404
    sheet = opened(client)
    assert client.post(f"/lab/sheets/{sheet['id']}/rows/none", json={"text": "x"}).status_code == 404
    assert client.get(f"/lab/sheets/{sheet['id']}/speech/none").status_code == 404


def test_options_of_the_host_that_the_page_asks_for_itself_cannot_come_in_beside(client: TestClient) -> None:
    lines = translated(client, opened(client), to=["pt"], values={"to": ["fr"], "glossary": "/etc/hostname"})
    assert {line["column"] for line in lines} == {"pt"}
    assert lines[-1]["state"] == "done"


def test_a_segment_is_spoken_by_whoever_speaks_its_language(client: TestClient) -> None:
    sheet = opened(client, "One two three.")
    translated(client, sheet, to=["pt", "fr"])
    row = sheet["rows"][0]["id"]
    answer = client.get(f"/lab/sheets/{sheet['id']}/speech/{row}", params={"to": "pt"})
    assert answer.headers["content-type"] == "audio/wav"
    assert soundfile.info(io.BytesIO(answer.content)).frames == 4 * 8000
    silent = client.get(f"/lab/sheets/{sheet['id']}/speech/{row}", params={"to": "fr"})
    assert silent.status_code == 503
    assert "knows 'fr'" in silent.json()["error"]["message"]


def fetched(lab: Lab, client: TestClient, sheet: dict[str, Any], **asked: Any) -> tuple[str, bytes]:
    answer = client.post(f"/lab/sheets/{sheet['id']}/files", json=asked)
    assert answer.status_code == 200, answer.text
    upload = lab.jobs.uploads.find(answer.json()["address"].rpartition("/")[2])
    return upload.name, upload.path.read_bytes()


def test_a_column_or_all_of_them_can_be_taken_home(lab: Lab, client: TestClient) -> None:
    sheet = opened(client)
    translated(client, sheet, to=["pt", "fr"])
    name, data = fetched(lab, client, sheet, format="txt", tracks=["pt"])
    assert name == "translation.pt.txt"
    assert data.decode().splitlines() == [f"<pt> {line}" for line in SAID.splitlines()]
    name, data = fetched(lab, client, sheet, format="txt", tracks=["", "pt", "fr"])
    assert name == "translation-txt.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["translation.txt", "translation.pt.txt", "translation.fr.txt"]
        assert archive.read("translation.txt").decode().splitlines() == SAID.splitlines()
    name, data = fetched(lab, client, sheet, format="json", tracks=["", "pt"])
    assert name == "translation.json"
    assert json.loads(data)["text"].startswith("Good morning")
    assert client.post(f"/lab/sheets/{sheet['id']}/files", json={"format": "txt", "tracks": []}).status_code == 400


def test_subtitles_are_taken_home_with_the_original_under_them(lab: Lab) -> None:
    from speechlab.ui import sheet_files

    recording = Recording(
        transcript=Transcript((Segment(0.0, 2.0, text="Good morning.", id="a", language="en"),), "en"),
        translations={"pt": Transcript((Segment(0.0, 2.0, text="Bom dia.", id="a", language="pt"),), "pt")},
    )
    sheet = Sheet("visitor x", "talk.wav", recording)
    upload = sheet_files.made(lab, sheet, {"format": "srt", "tracks": ["pt"], "both": True})
    assert upload.name == "talk.pt.srt"
    assert upload.path.read_text(encoding="utf-8").splitlines()[2:4] == ["Bom dia.", "Good morning."]
    upload = sheet_files.made(lab, sheet, {"format": "srt", "tracks": ["pt"]})
    assert "Good morning" not in upload.path.read_text(encoding="utf-8")


def test_a_text_file_is_a_sheet_and_other_files_are_refused(client: TestClient) -> None:
    answer = client.post("/lab/sheets/file?name=note.txt", content="Olá.\nTudo bem?".encode(), headers=VISITOR)
    assert [row["text"] for row in answer.json()["rows"]] == ["Olá.", "Tudo bem?"]
    assert answer.json()["name"] == "note.txt"
    answer = client.post("/lab/sheets/file?name=note.txt", content=b"\xff\x00\xd8binary", headers=VISITOR)
    assert answer.status_code == 400


def test_subtitles_are_a_sheet_at_their_times(client: TestClient) -> None:
    content = "1\n00:00:01,000 --> 00:00:02,500\n<i>Good</i>\nmorning.\n\n2\n00:00:03,000 --> 00:00:04,000\nBye.\n"
    told = client.post("/lab/sheets/file?name=film.en.srt", content=content.encode(), headers=VISITOR).json()
    assert [(row["start"], row["end"], row["text"]) for row in told["rows"]] == [
        (1.0, 2.5, "Good morning."), (3.0, 4.0, "Bye."),
    ]  # fmt: skip
    answer = client.post("/lab/sheets/file?name=film.srt", content=b"no subtitles", headers=VISITOR)
    assert (answer.status_code, "no subtitles in" in answer.text) == (400, True)


def test_the_sheet_that_was_not_used_for_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets_module, "MOST", 2)
    sheets = Sheets(lambda job: None)
    said = Recording(transcript=Transcript((Segment(0.0, 0.0, text="x", id="a"),)))
    first, second = sheets.put("me", "", said), sheets.put("me", "", said)
    other = sheets.put("you", "", said)
    sheets.find(first.id)
    third = sheets.put("me", "", said)
    assert [sheets.find(one.id) for one in (first, third, other)] == [first, third, other]
    with pytest.raises(LookupError):
        sheets.find(second.id)


def test_languages_are_those_that_are_led_to(lab: Lab) -> None:
    assert translating.choices(lab) == [("The best there is", ""), ("quote", "quote")]
    assert translating.sources(lab, None) == ("ar", "en", "fr", "pt")
    assert set(translating.targets(lab, "en", None)) == {"ar", "fr", "pt"}
    assert translating.targets(Lab(discover=False), None, None) == ()


def test_the_plan_tells_how_columns_are_written_and_who_speaks(lab: Lab) -> None:
    plan = translating.plan(lab, Wish("en", ["pt", "ar"], "", "Ada =\nsea = mar"))
    assert plan["targets"] == [
        {"code": "pt", "dir": "ltr", "speaks": True},
        {"code": "ar", "dir": "rtl", "speaks": False},
    ]
    assert plan["glossary"] == {"Ada": "", "sea": "mar"}
    assert plan["problem"] == ""
    assert "empty term" in translating.plan(lab, Wish(glossary="= mar"))["problem"]
    nothing = translating.plan(Lab(discover=False), Wish("en", ["pt"]))
    assert "no engine for translation is installed" in nothing["problem"]
    assert nothing["hint"].startswith("pip install")


@pytest.mark.parametrize(("tag", "dir"), [("he", "rtl"), ("fa", "rtl"), ("ja", "ltr"), ("pt-BR", "ltr"), ("?", "auto")])
def test_direction(tag: str, dir: str) -> None:
    assert direction(tag) == dir
