"""The first panel of the tab Voices without a browser: voices to pick, readings, takes told sentence by sentence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
import soundfile
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import Field

from speechlab import (
    AsrOptions,
    Audio,
    ConfigError,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Policy,
    Quote,
    Segment,
    TtsOptions,
    Voice,
    hookimpl,
)
from speechlab.media import probe
from speechlab.provenance import label_in
from speechlab.rest import errors
from speechlab.ui import readings as readings_module
from speechlab.ui import speaking_plan
from speechlab.ui.readings import Readings, outline
from speechlab.ui.speaking_plan import Wish
from speechlab.ui.take_routes import take_routes

VISITOR = {"X-Visitor": "v" * 32}
RATE = 8000
TEXT = "Good morning. The sea was calm.\n\nNobody trusted it."
SENTENCES = ["Good morning.", "The sea was calm.", "Nobody trusted it."]
LOW, HIGH = ({"voice": voice, "engine": "hum", "number": 0} for voice in ("low", "high"))


class HumOptions(TtsOptions):
    """A hum's."""

    tone: Annotated[float, Field(ge=50, le=500)] = 200.0
    """Its pitch in Hz."""
    seed: Annotated[int, Field(ge=0, le=99)] | None = None
    """What it begins with."""


class Hum:
    """Hums a tenth of a second for each letter, by name; stumbles over a word."""

    said: list[tuple[str, str | None, HumOptions]] = []  # noqa: RUF012  # one for all, emptied by each test
    asked = 0

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> list[Voice]:
        Hum.asked += 1
        return [Voice("low", "Low", ("en",)), Voice("high", "High", ("en-GB",))]

    def synthesize(self, text: str, voice: str | None, options: HumOptions) -> Iterator[Audio]:
        self.said.append((text, voice, options))
        if "stumble" in text:
            raise ConfigError("it stumbled", hint="say it slowly")
        at = np.arange(len(text) * RATE // 10) / RATE
        yield Audio((0.1 * np.sin(2 * np.pi * getattr(options, "tone", 200.0) * at)).astype(np.float32), RATE)


class Dear(Hum):
    """One that costs something."""

    def quote(self, text: str, options: TtsOptions) -> Quote:
        return Quote("Dear", len(text), amount=len(text) * 2.0, left=50.0)


class Ear:
    """A recogniser that hears the same always."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        yield Segment(audio.start, audio.end, text="the sea was calm", language="en")


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, load: Any, **card: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load=load, license="MIT", summary="A test's.", **card))

        engine("hum", Kind.TTS, Hum, languages=("en", "pt"), options=HumOptions)
        engine("dear", Kind.TTS, Dear, languages=("en",), options=TtsOptions, local=False, features={"priced"})
        engine("gone", Kind.TTS, "no_such_module:Gone", requires=("no_such_module",), install="no-such-module")
        engine("ear", Kind.ASR, Ear, options=AsrOptions)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Hum.said.clear()
    Hum.asked = 0
    with Lab(Plugin(), discover=False, home=tmp_path, policy=Policy(watermark=False)) as lab:  # which takes its time
        yield lab


def client_of(lab: Lab) -> TestClient:
    app = FastAPI()
    errors.install(app)
    app.include_router(take_routes(lab))
    return TestClient(app)


@pytest.fixture
def client(lab: Lab) -> TestClient:
    return client_of(lab)


def opened(client: TestClient, text: str = TEXT, **asked: Any) -> dict[str, Any]:
    answer = client.post("/lab/takes", json={"text": text, "voices": [LOW], **asked}, headers=VISITOR)
    assert answer.status_code == 200, answer.text
    reading: dict[str, Any] = answer.json()
    return reading


def spoken(client: TestClient, id: str, *voices: dict[str, Any], path: str = "", **asked: Any) -> list[dict[str, Any]]:
    answer = client.post(f"/lab/takes/{id}{path}", json={"voices": voices or [LOW], **asked})
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def rows(lines: list[dict[str, Any]], who: dict[str, Any] = LOW) -> list[int]:
    return [line["sound"]["row"] for line in lines if line["who"] == who and "sound" in line]


def texts() -> list[str]:
    return [text for text, *_ in Hum.said]


def heard(client: TestClient, id: str, row: int, who: dict[str, Any] = LOW, **asked: Any) -> Any:
    return client.get(f"/lab/takes/{id}/rows/{row}", params={**who, **asked})


def test_voices_are_those_of_the_library_then_each_engines_when_they_are_asked_for(
    lab: Lab, client: TestClient
) -> None:
    lab.name_voice("Ada", "high", "hum")
    Hum.asked = 0
    told = client.get("/lab/takes/voices").json()
    assert [voice["name"] for voice in told["library"]] == ["Ada"]
    engines = {engine["id"]: engine for engine in told["engines"]}
    assert next(iter(engines)) == told["first"] == "hum"
    assert (engines["hum"]["voices"], engines["hum"]["here"], Hum.asked) == (None, True, 0), "nobody is loaded for it"
    assert (engines["dear"]["local"], engines["dear"]["priced"]) == (False, True)
    assert engines["gone"]["problem"] == "Not installed: pip install no-such-module"
    for _ in range(2):
        own = client.get("/lab/takes/voices/hum").json()["voices"]
    assert own[1] == {"voice": "high", "name": "High", "engine": "hum", "languages": ["en-GB"]}
    assert Hum.asked == 1
    assert client.get("/lab/takes/voices").json()["engines"][0]["voices"] == own
    assert client.get("/lab/takes/voices/gone").status_code == 503


def test_the_page_knows_what_each_parameter_is_called_and_what_is_usual(lab: Lab) -> None:
    named = speaking_plan.named(lab)
    assert named["hum"] == {"speed": ("Speed", 1.0), "tone": ("Tone", 200.0), "seed": ("Seed", None)}
    assert "loudness" in named[""]
    assert "pause" not in named[""], "it changes nothing of what is said"


def test_where_all_stays_here_the_others_tell_why_not(tmp_path: Path) -> None:
    with Lab(Plugin(), discover=False, home=tmp_path, policy=Policy(local_only=True)) as lab:
        engines = {engine["id"]: engine for engine in client_of(lab).get("/lab/takes/voices").json()["engines"]}
    assert "local only" in engines["dear"]["problem"]


def test_a_text_is_a_reading_of_sentences_with_silences_between_them(client: TestClient) -> None:
    reading = opened(client)
    assert [row["text"] for row in reading["rows"]] == SENTENCES
    assert [row["pause"] for row in reading["rows"]] == [0.0, 0.3, 0.7]
    assert opened(client, options={"pause": 1.5})["rows"][1]["pause"] == 1.5
    marked = opened(client, "<speak xml:lang='pt'>Bom dia.<break time='2s'/> Tudo bem?</speak>")
    assert [(row["text"], row["pause"], row["language"]) for row in marked["rows"]] == [
        ("Bom dia.", 0.0, "pt"), ("Tudo bem?", 2.0, "pt"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "  \n", "\U0001f600 !!", "<speak></speak>"])
def test_where_there_is_nothing_to_say_that_is_told(client: TestClient, text: str) -> None:
    answer = client.post("/lab/takes", json={"text": text, "voices": [LOW]}, headers=VISITOR)
    assert answer.status_code == 400
    assert "nothing to say" in answer.json()["error"]["message"]


def test_a_book_that_is_too_long_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab.ui.takes.LONGEST", 10)
    answer = client.post("/lab/takes", json={"text": TEXT, "voices": [LOW]}, headers=VISITOR)
    assert "longer than the 10" in answer.json()["error"]["message"]


def test_takes_are_told_sentence_by_sentence_each_with_its_sound(client: TestClient) -> None:
    id = opened(client)["id"]
    lines = spoken(client, id, LOW, HIGH)
    assert [line["state"] for line in lines if line["who"] == HIGH and "state" in line] == ["working", "done"]
    assert rows(lines) == rows(lines, HIGH) == [0, 1, 2]
    assert {voice for _, voice, _ in Hum.said} == {"low", "high"}
    sound = next(line["sound"] for line in lines if "sound" in line)
    assert sound["seconds"] == pytest.approx(1.3, abs=0.05)
    assert set(sound["outline"]) <= set(range(16))
    answer = heard(client, id, 0)
    assert answer.headers["content-type"] == "audio/flac"
    assert soundfile.info(io.BytesIO(answer.content)).duration == pytest.approx(sound["seconds"], abs=0.001)
    for after in (0.0, 0.5):
        label = label_in(probe(io.BytesIO(heard(client, id, 0, after=after).content)).comment)
        assert label is not None
        assert label.engine == "tts/hum"
    after, _ = soundfile.read(io.BytesIO(heard(client, id, 1, after=0.5).content))
    alone, _ = soundfile.read(io.BytesIO(heard(client, id, 1).content))
    assert len(after) - len(alone) == RATE // 2
    assert not after[: RATE // 2].any()
    kept = client.get(f"/lab/takes/{id}").json()["takes"]
    assert [(take["who"], [one["row"] for one in take["sounds"]]) for take in kept] == [
        (LOW, [0, 1, 2]),
        (HIGH, [0, 1, 2]),
    ]
    assert heard(client, id, 3).status_code == heard(client, id, 0, {"voice": "x", "engine": ""}).status_code == 404


def test_takes_of_a_voice_with_other_settings_stand_side_by_side(client: TestClient) -> None:
    id, second = opened(client)["id"], {**LOW, "number": 1}
    spoken(client, id, LOW, language="en")
    spoken(client, id, second, values={"hum": {"tone": 300.0}}, options={"pause": 1.0})
    assert [options.tone for *_, options in Hum.said] == [200.0] * 3 + [300.0] * 3
    assert heard(client, id, 0).content != heard(client, id, 0, second).content
    spoken(client, id, second, values={"hum": {"tone": 400.0}}, only=[1])
    takes = client.get(f"/lab/takes/{id}").json()["takes"]
    assert [(take["who"], take["settings"]) for take in takes] == [
        (LOW, {"language": "en", "options": {}, "values": {}}),
        (second, {"language": "", "options": {"pause": 1.0}, "values": {"hum": {"tone": 300.0}}}),
    ], "a sentence that is said anew changes nothing of how the take was meant"
    assert client.post(f"/lab/takes/{id}/dropped", json={"voices": [second, HIGH]}).status_code == 200
    assert [take["who"] for take in client.get(f"/lab/takes/{id}").json()["takes"]] == [LOW]
    assert (heard(client, id, 0).status_code, heard(client, id, 0, second).status_code) == (200, 404)
    assert client.post("/lab/takes/none/dropped", json={"voices": [LOW]}).status_code == 404
    assert client.post(f"/lab/takes/{id}", json={"voices": [{**LOW, "number": "1"}]}).status_code == 400


def test_without_a_voice_the_best_there_is_speaks(client: TestClient) -> None:
    best = {"voice": "", "engine": ""}
    lines = spoken(client, opened(client)["id"], best)
    assert next(line["speaker"] for line in lines if "speaker" in line) == "tts/hum"
    assert {sound["voice"] for line in lines if (sound := line.get("sound"))} == {"low"}


def test_a_voice_of_the_library_speaks_by_its_engine(lab: Lab, client: TestClient) -> None:
    lab.name_voice("Ada", "high", "hum", tone=300.0)
    spoken(client, opened(client)["id"], {"voice": "Ada", "engine": ""})
    assert {(voice, options.tone) for _, voice, options in Hum.said} == {("high", 300.0)}


def test_only_the_sentence_that_was_changed_is_said_again(client: TestClient) -> None:
    id = opened(client)["id"]
    spoken(client, id, LOW, HIGH)
    Hum.said.clear()
    assert (
        client.post(f"/lab/takes/{id}/rows/1", json={"text": "The sea  was rough."}).json()["text"]
        == "The sea was rough."
    )
    assert heard(client, id, 1).status_code == 404, "what was said of the old wording is no more"
    lines = spoken(client, id, LOW, only=[1])
    assert (rows(lines), texts()) == ([1], ["The sea was rough."])
    assert not any(line.get("anew") for line in lines)
    takes = {take["who"]["voice"]: take for take in client.get(f"/lab/takes/{id}").json()["takes"]}
    assert [one["row"] for one in takes["low"]["sounds"]] == [0, 1, 2]
    assert [one["row"] for one in takes["high"]["sounds"]] == [0, 2]
    assert client.post(f"/lab/takes/{id}/rows/1", json={"text": " ! "}).status_code == 400
    assert client.post(f"/lab/takes/{id}/rows/9", json={"text": "x"}).status_code == 404


def test_a_sentence_is_said_otherwise_by_another_seed(client: TestClient) -> None:
    id = opened(client)["id"]
    spoken(client, id)
    assert {options.seed for *_, options in Hum.said} == {None}
    Hum.said.clear()
    for _ in range(8):
        spoken(client, id, only=[0], otherwise=True)
    seeds = [options.seed for *_, options in Hum.said]
    assert len(set(seeds)) > 1
    assert all(seed is not None and 0 <= seed <= 99 for seed in seeds)
    spoken(
        client, id, {"voice": "low", "engine": "dear"}, only=[0], otherwise=True
    )  # it has no seed, and says it again


def test_parameters_are_each_engines_own_and_those_of_the_host_hold_for_all(client: TestClient) -> None:
    id = opened(client)["id"]
    how = {"values": {"hum": {"tone": 123.0}, "dear": {"speed": 2.0}}, "options": {"lexicon": {"sea": "see"}}}
    spoken(client, id, only=[1], **how)
    [(text, _, options)] = Hum.said
    assert (text, options.tone) == ("The see was calm.", 123.0)
    failed = spoken(client, id, values={"hum": {"tone": 9999}})[-1]
    assert (failed["state"], "tone" in failed["error"]) == ("failed", True)
    assert heard(client, id, 1).status_code == 200, "what was there stays where nothing new is said"


@pytest.mark.parametrize("values", [{"only": [0]}, {"text": "x"}, {"lab": "x"}, {"resume": True}])
def test_what_is_no_parameter_of_the_engine_is_refused(client: TestClient, values: dict[str, Any]) -> None:
    failed = spoken(client, opened(client)["id"], values={"hum": values})[-1]
    assert "has no parameter" in failed["error"]


def test_a_silence_is_changed_without_anything_being_said_again(client: TestClient) -> None:
    id = opened(client)["id"]
    spoken(client, id)
    Hum.said.clear()
    spoken(client, id, only=[], options={"pause": 2.0})
    told = client.get(f"/lab/takes/{id}").json()
    assert ([row["pause"] for row in told["rows"]], texts()) == ([0.0, 2.0, 0.7], [])


def test_a_take_that_fails_keeps_what_it_has_and_goes_on_from_there(client: TestClient) -> None:
    id = opened(client, "One thing. They stumble here. Another.")["id"]
    lines = spoken(client, id, LOW, HIGH)
    assert rows(lines) == rows(lines, HIGH) == [0]
    failed = next(line for line in lines if line.get("state") == "failed")
    assert (failed["error"], failed["hint"]) == ("it stumbled", "say it slowly")
    client.post(f"/lab/takes/{id}/rows/1", json={"text": "They walk here."})
    Hum.said.clear()
    assert rows(spoken(client, id, only=[1, 2])) == [1, 2]
    assert texts() == ["They walk here.", "Another."]


def test_what_marks_an_engine_cannot_do_is_told(client: TestClient) -> None:
    text = "<speak><prosody pitch='high'>Good morning.</prosody></speak>"
    lines = spoken(client, opened(client, text)["id"])
    assert "one pitch" in next(line["notes"] for line in lines if "notes" in line)[0]


def test_what_was_said_is_heard_again_and_compared(client: TestClient) -> None:
    id = opened(client, language="en")["id"]
    spoken(client, id, language="en")
    lines = spoken(client, id, path="/proofs")
    assert [line.get("state") for line in lines] == ["listening", None, None, None, "heard"]
    proofs = {line["proof"]["row"]: line["proof"] for line in lines if "proof" in line}
    assert (proofs[1]["wer"], proofs[1]["suspect"]) == (0.0, False)
    assert proofs[0]["suspect"]
    assert "was heard as" in proofs[0]["why"]
    assert len(spoken(client, id, path="/proofs")) == 2, "nobody listens twice"
    spoken(client, id, only=[1], language="en")
    assert [line["proof"]["row"] for line in spoken(client, id, path="/proofs") if "proof" in line] == [1]


def test_where_nothing_can_listen_that_is_told(tmp_path: Path) -> None:
    class Mute(Plugin):
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            super().register_engines(lambda spec: register(spec) if spec.kind is Kind.TTS else None)

    with Lab(Mute(), discover=False, home=tmp_path) as lab:
        client = client_of(lab)
        id = opened(client)["id"]
        spoken(client, id)
        last = spoken(client, id, path="/proofs")[-1]
    assert (last["state"], "installed" in last["error"]) == ("unheard", True)


def test_the_price_is_told_before(client: TestClient) -> None:
    dear = {"voice": "low", "engine": "dear", "number": 0}
    asked = {"text": TEXT, "voices": [dear, LOW]}
    [told] = client.post("/lab/takes/quote", json=asked).json()
    assert told["who"] == dear
    assert told["text"].startswith("Dear charges 96 credits for 48 characters")
    assert told["enough"] is False
    assert Hum.said == []


def fetched(lab: Lab, client: TestClient, id: str, format: str, *voices: dict[str, Any]) -> tuple[str, Path]:
    answer = client.post(f"/lab/takes/{id}/file", json={"voices": voices or [LOW], "format": format})
    assert answer.status_code == 200, answer.text
    upload = lab.jobs.uploads.find(answer.json()["address"].rpartition("/")[2])
    return upload.name, upload.path


@pytest.mark.parametrize("format", ["wav", "flac", "mp3", "ogg"])
def test_a_take_is_taken_home_with_its_label(lab: Lab, client: TestClient, format: str) -> None:
    id = opened(client)["id"]
    lines = spoken(client, id)
    name, path = fetched(lab, client, id, format)
    assert name == f"low.{format}"
    length = sum(line["sound"]["seconds"] for line in lines if "sound" in line) + 0.3 + 0.7
    info = probe(path)
    assert info.duration == pytest.approx(length, abs=0.1)
    label = label_in(info.comment)
    assert label is not None
    assert (label.engine, label.voice) == ("tts/hum", "low")


def test_subtitles_tell_what_is_said_when_also_after_a_change(lab: Lab, client: TestClient) -> None:
    id = opened(client)["id"]
    assert client.post(f"/lab/takes/{id}/file", json={"voices": [LOW], "format": "srt"}).status_code == 400
    spoken(client, id)
    client.post(f"/lab/takes/{id}/rows/0", json={"text": "Hi."})
    spoken(client, id, only=[0])
    name, path = fetched(lab, client, id, "srt")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert name == "low.srt"
    assert lines[2] == "Hi."
    begin = lines[5].partition(" --> ")[0]
    assert begin == "00:00:00,600", "after three letters and a silence"
    name, path = fetched(lab, client, id, "vtt")
    assert path.read_text(encoding="utf-8").startswith("WEBVTT")
    assert client.post(f"/lab/takes/{id}/file", json={"voices": [LOW], "format": "exe"}).status_code == 400


def test_several_takes_are_taken_home_together(lab: Lab, client: TestClient) -> None:
    id = opened(client)["id"]
    dear = {"voice": "low", "engine": "dear", "number": 0}
    spoken(client, id, LOW, HIGH, dear)
    name, path = fetched(lab, client, id, "wav", LOW, HIGH, dear)
    assert name == "takes-wav.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["low.wav", "high.wav", "low 2.wav"]


def test_a_text_is_brought_along_as_a_file(client: TestClient) -> None:
    def text(name: str, data: bytes) -> Any:
        return client.post(f"/lab/takes/text?name={name}", content=data)

    assert text("note.md", "Olá.\nTudo bem?".encode()).json()["text"] == "Olá.\nTudo bem?"
    srt = b"1\n00:00:01,000 --> 00:00:02,500\n<i>Good</i>\nmorning.\n\n2\n00:00:03,000 --> 00:00:04,000\nBye.\n"
    assert text("film.srt", srt).json()["text"] == "Good morning.\nBye."
    assert text("note.txt", b"\xff\x00\xd8binary").status_code == 400


def test_who_guesses_finds_nothing(client: TestClient) -> None:
    for method, path in [("get", ""), ("post", ""), ("post", "/proofs"), ("post", "/file"), ("post", "/rows/0")]:
        asked = {} if method == "get" else {"json": {"voices": [LOW], "text": "x"}}
        assert getattr(client, method)(f"/lab/takes/guessed{path}", **asked).status_code == 404
    assert heard(client, "guessed", 0).status_code == 404
    assert (
        client.post("/lab/takes", json={"text": TEXT, "voices": [LOW]}, headers={"X-Visitor": "me"}).status_code == 400
    )


@pytest.mark.parametrize(
    "asked", [{}, {"voices": []}, {"voices": "low"}, {"voices": [{"voice": 1}]}, {"voices": [LOW], "values": 1}]
)
def test_what_is_no_request_is_told_so(client: TestClient, asked: dict[str, Any]) -> None:
    assert client.post("/lab/takes", json={"text": TEXT, **asked}, headers=VISITOR).status_code == 400


def test_the_reading_that_was_not_used_for_longest_is_forgotten_with_its_sound(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings_module, "MOST", 1)
    client = client_of(lab)
    first = opened(client)["id"]
    spoken(client, first)
    [sound] = (lab.home / "uploads").rglob("000000.flac")
    second = opened(client)["id"]
    assert client.get(f"/lab/takes/{second}").status_code == 200
    assert client.get(f"/lab/takes/{first}").status_code == 404
    assert not sound.exists()
    with pytest.raises(LookupError):
        Readings().find(first)


def test_an_outline_has_as_many_bars_as_the_sound_is_long() -> None:
    rise = Audio(np.linspace(0, 0.5, RATE * 2, dtype=np.float32), RATE)
    bars = outline(rise)
    assert len(bars) == 16
    assert bars == tuple(sorted(bars))
    assert bars[-1] == 15
    assert outline(Audio(np.zeros(0, np.float32), RATE)) == ()
    assert set(outline(Audio(np.zeros(RATE, np.float32), RATE))) == {0}


def test_the_plan_tells_what_is_set_and_what_is_wrong_with_it(lab: Lab) -> None:
    plan = speaking_plan.plan(lab, Wish("en", {"pause": 1.0}, "sea = see", {"hum": {"tone": 100.0}, "dear": {}}, True))
    assert plan["options"] == {"pause": 1.0, "lexicon": {"sea": "see"}}
    assert (plan["values"], plan["check"], plan["problem"]) == ({"hum": {"tone": 100.0}}, True, "")
    assert "tone" in speaking_plan.plan(lab, Wish(values={"hum": {"tone": 1.0}}))["problem"]
    assert "empty term" in speaking_plan.plan(lab, Wish(lexicon="= see"))["problem"]
    assert speaking_plan.languages(lab) == ("en", "pt")
    assert speaking_plan.priced(lab) == ["dear"]
