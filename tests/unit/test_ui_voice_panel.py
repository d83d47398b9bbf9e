"""The panels of voices and of conversions without a browser: whose they are, what is asked, and what comes of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from speechlab import Audio, Consent, Lab
from speechlab.library import Kept
from speechlab.media import decode, encode, probe
from speechlab.provenance import label_in
from speechlab.rest import errors
from speechlab.ui import converting, voice_making
from speechlab.ui.conversion_routes import conversion_routes
from speechlab.ui.routes import routes
from speechlab.ui.voice_clips import Clips
from speechlab.ui.voice_routes import voice_routes
from tests.unit.people_doubles import Ears, PeoplePlugin, Service
from tests.unit.voice_doubles import Parrot, VoicePlugin, speech, tone

VISITOR = {"X-Visitor": "v" * 32}
HERE = {"base_url": "http://127.0.0.1:7860", "client": ("127.0.0.1", 50_000), "headers": VISITOR}
MINE = Consent("Ada", "my own voice", "2026-05-03T10:00:00+00:00")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(VoicePlugin(), PeoplePlugin(), discover=False, home=tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def app(lab: Lab) -> FastAPI:
    made = FastAPI()
    errors.install(made)
    for part in (routes, voice_routes, conversion_routes):
        made.include_router(part(lab))
    return made


@pytest.fixture
def page(app: FastAPI, lab: Lab) -> Iterator[TestClient]:
    """Whoever runs the lab, before an empty library."""
    Ears.speakers = 1
    Parrot.taught.clear()
    Service.deleted.clear()
    yield TestClient(app, **HERE)
    for kept in lab.library.all():
        lab.library.remove(kept.name)


def sent(page: TestClient, sound: Audio | bytes, name: str = "clip.wav") -> str:
    data = sound if isinstance(sound, bytes) else encode(sound)
    upload: str = page.post("/lab/uploads", params={"name": name}, content=data).json()["upload"]
    return upload


def heard(page: TestClient, sound: Audio, **more: Any) -> dict[str, Any]:
    answer = page.post("/lab/voices/clips", json={"upload": sent(page, sound), **more})
    assert answer.status_code == 200, answer.text
    clip: dict[str, Any] = answer.json()
    return clip


def made(page: TestClient, **asked: Any) -> list[dict[str, Any]]:
    asked = {"person": "Ada", "ground": "my own voice", "engine": "parrot", **asked}
    asked = {"clip": asked.get("clip") or heard(page, speech(12))["id"], **asked}
    return [json.loads(line) for line in page.post("/lab/voices", json=asked).text.splitlines()]


def refusal(answer: Any) -> str:
    sentence: str = answer.json()["error"]["message"]
    return sentence


# -- a clip ------------------------------------------------------------------------------------------------------------


def test_a_clip_is_told_in_words_and_drawn(page: TestClient) -> None:
    hush = Audio(np.zeros(48_000, np.float32), 24_000)
    clip = heard(page, Audio.join([hush, speech(12), hush]))
    assert clip["usable"]
    assert {item["topic"] for item in clip["advice"]} >= {"length", "clipping", "noise", "speakers"}
    begin, end = clip["used"]
    assert 1.0 < begin < 2.1
    assert clip["duration"] - end > 1.0
    assert len(clip["low"]) == len(clip["high"]) <= 1200
    assert probe(io.BytesIO(page.get(clip["sound"]).content)).duration == pytest.approx(16, abs=0.1)


def test_a_clip_with_several_people_is_used_once_somebody_says_that_it_is_one(page: TestClient) -> None:
    Ears.speakers = 2
    clip = heard(page, speech(12))
    assert (clip["usable"], clip["crowded"]) == (False, True)
    assert "--alone" not in json.dumps(clip)
    assert "2 people" in made(page, clip=clip["id"])[-1]["error"]
    again = page.post("/lab/voices/clips", json={"upload": clip["upload"], "alone": True}).json()
    assert (again["usable"], again["crowded"]) == (True, False)


def test_what_is_no_clip_or_is_gone_is_told_in_a_sentence(page: TestClient, lab: Lab) -> None:
    clip = heard(page, speech(1))
    assert not clip["usable"]
    assert "too little" in clip["advice"][0]["text"]
    answer = page.post("/lab/voices/clips", json={"upload": sent(page, b"no sound", "notes.wav")})
    assert answer.status_code == 400
    assert "notes.wav" in refusal(answer)
    assert "no longer here" in refusal(page.post("/lab/voices/clips", json={"upload": "guessed"}))
    assert "no longer here" in refusal(page.post("/lab/voices", json={"clip": "guessed"}))


# -- a voice -----------------------------------------------------------------------------------------------------------


def test_a_voice_is_made_with_consent_and_told_as_what_it_is(page: TestClient, lab: Lab) -> None:
    lines = made(page, name="My voice", values={"warmth": 0.5})
    assert [line.get("state") for line in lines] == ["learning", "learnt", "kept"]
    voice = lines[-1]["voice"]
    assert (voice["name"], voice["made"], voice["by"], voice["speaks"]) == ("My voice", "cloned", "parrot", True)
    kept = lab.library.get("My voice")
    assert kept.consent is not None
    assert (kept.consent.person, kept.consent.ground, kept.options["warmth"]) == ("Ada", "my own voice", 0.5)
    assert made(page, engine="twin", name="Other")[-1]["voice"]["made"] == "matched"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"person": " "}, "nobody is named"),
        ({"ground": ""}, "only with consent"),
        ({"engine": "mute"}, "does not learn voices"),
        ({"engine": "flaky"}, "out of memory"),
        ({"values": {"warmht": 1}}, "warmht"),
        ({"name": "a=b"}, "cannot be called"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_and_nothing_is_kept(
    page: TestClient, lab: Lab, asked: dict[str, Any], sentence: str
) -> None:
    assert sentence in made(page, **asked)[-1]["error"]
    assert lab.library.all() == ()


def test_nobodys_place_is_taken_unasked(page: TestClient, lab: Lab) -> None:
    made(page)
    assert made(page, engine="twin", name="ADA") == [{"state": "taken", "name": "Ada"}]
    assert lab.library.get("Ada").made == "cloned"
    assert made(page, engine="twin", replace=True)[-1]["state"] == "kept"
    assert lab.library.get("Ada").made == "matched"


def test_who_leaves_while_a_voice_is_learnt_gets_none_and_a_service_deletes_it(page: TestClient, lab: Lab) -> None:
    clip = Clips(lab).take("visitor " + "v" * 32, sent(page, speech(12)))
    work = voice_making.work(lab, clip, voice_making.Asked("Ada", "my own voice", "Ada", "service"))
    assert [next(work)["state"], next(work)["state"]] == ["learning", "learnt"]
    work.close()
    assert lab.library.all() == ()
    assert [voice.startswith("clone-") for voice in Service.deleted] == [True]


def test_the_plan_says_what_stands_in_the_way(lab: Lab) -> None:
    assert voice_making.plan(lab, "", "", {})["problem"] == ""
    assert voice_making.plan(lab, "parrot", "en", {})["values"] == {"language": "en"}
    assert "warmth" in voice_making.plan(lab, "parrot", "", {"warmth": "hot"})["problem"]
    assert "mute" in voice_making.plan(lab, "mutt", "", {})["hint"]
    labels = [label for label, _ in voice_making.choices(lab)]
    assert labels[0] == "The best there is"
    assert "twin \u00b7 voice matching" in labels
    assert labels[-1] == "service \u00b7 cloning, in the cloud"
    assert "not cloning" in voice_making.about(lab, "twin")
    assert "not cloning" not in voice_making.about(lab, "parrot")


# -- the library -------------------------------------------------------------------------------------------------------


def test_voices_are_heard_and_compared_with_their_clips(page: TestClient, lab: Lab) -> None:
    made_of = made(page)[-1]["voice"]
    id = made_of["id"]
    Parrot.asked.clear()
    first = page.get(f"/lab/voices/{id}/sample")
    assert first.headers["content-type"] == "audio/wav"
    label = label_in(probe(io.BytesIO(first.content)).comment)
    assert label is not None
    assert (label.voice, label.consent and label.consent.ground) == ("Ada", "my own voice")
    like = page.get(f"/lab/voices/{id}/likeness").json()
    assert (like["value"], like["same"], like["different"]) == (1.0, 0.87, 0.55)
    said = [text for text, *_ in Parrot.asked]
    assert " ".join(said) == made_of["says"], "it is said once, for both"
    page.get(f"/lab/voices/{id}/sample", params={"text": "Other words."})
    assert Parrot.asked[-1][0] == "Other words."
    assert decode(io.BytesIO(page.get(f"/lab/voices/{id}/clip").content)).duration > 10


def test_a_voice_is_renamed_taken_removed_and_brought_back(page: TestClient, lab: Lab) -> None:
    id = made(page)[-1]["voice"]["id"]
    voice = page.post(f"/lab/voices/{id}/name", json={"name": "Ada Lovelace"}).json()
    assert voice["name"] == "Ada Lovelace"
    taken = page.post(f"/lab/voices/{voice['id']}/file").json()["address"]
    answer = page.get(taken)
    assert "Ada%20Lovelace.voice" in answer.headers["content-disposition"]
    assert page.post("/lab/voices/files", json={"upload": sent(page, answer.content, "a.voice")}).status_code == 400
    assert page.delete(f"/lab/voices/{voice['id']}").status_code == 200
    assert lab.library.all() == ()
    back = page.post("/lab/voices/files", json={"upload": sent(page, answer.content, "a.voice"), "name": "Ada"}).json()
    assert (back["name"], back["consent"]["ground"]) == ("Ada", "my own voice")
    assert "no longer in the library" in refusal(page.delete(f"/lab/voices/{voice['id']}"))


def test_who_removes_a_voice_is_told_where_a_service_still_has_it(page: TestClient, lab: Lab) -> None:
    for engine, note in (("service", ""), ("far", "tts/far still has the voice 'Ada'"), ("parrot", "")):
        id = made(page, engine=engine)[-1]["voice"]["id"]
        told = page.delete(f"/lab/voices/{id}").json()["note"]
        assert told.startswith(note)
        assert bool(told) == bool(note)


def test_a_blend_is_heard_and_kept(page: TestClient, lab: Lab) -> None:
    there = page.get("/lab/voices/blends").json()
    assert [(one["id"], one["language"], one["engine"]) for one in there][:2] == [
        ("ann", "en", "service"),
        ("bob", "en", "service"),
    ]
    heard = page.get("/lab/voices/blends/sample", params={"engine": "service", "voice": "ann"})
    assert heard.headers["content-type"] == "audio/wav", heard.text
    kept = page.post("/lab/voices/blends", json={"name": "Mine", "engine": "service", "voice": "bob"}).json()
    assert (kept["name"], kept["made"]) == ("Mine", "preset")


# -- whose it is -------------------------------------------------------------------------------------------------------

ELSEWHERE: list[dict[str, Any]] = [
    {"client": ("192.168.1.5", 50_000)},
    {"headers": {**VISITOR, "X-Forwarded-For": "203.0.113.7"}},
    {"headers": {**VISITOR, "Origin": "https://lab.example.org"}},
    {"base_url": "http://lab.example.org"},
]


@pytest.mark.parametrize("how", ELSEWHERE)
def test_a_visitor_speaks_with_the_voices_and_makes_changes_and_takes_none(
    page: TestClient, app: FastAPI, lab: Lab, how: dict[str, Any]
) -> None:
    kept = lab.library.keep(Kept("Ada", "tts/parrot", "ann", "cloned", consent=MINE), tone(6))
    visitor = TestClient(app, **{**HERE, **how})
    told = visitor.get("/lab/voices").json()
    assert (told["own"], [one["name"] for one in told["voices"]]) == (False, ["Ada"])
    assert "my own voice" not in json.dumps(told)
    assert visitor.get(f"/lab/voices/{kept.id}/sample").status_code == 200
    upload = sent(visitor, speech(12))
    for method, path, said in (
        ("POST", "clips", {"upload": upload}),
        ("POST", "", {"clip": "any"}),
        ("POST", "blends", {"name": "Mine", "engine": "service", "voice": "ann"}),
        ("POST", "files", {"upload": upload}),
        ("POST", f"{kept.id}/name", {"name": "Eve"}),
        ("POST", f"{kept.id}/file", {}),
        ("GET", f"{kept.id}/clip", None),
        ("DELETE", kept.id, None),
    ):
        answer = visitor.request(method, f"/lab/voices/{path}".rstrip("/"), json=said)
        assert (answer.status_code, "only whoever runs this lab" in answer.text) == (403, True), path
    assert [one.name for one in lab.library.all()] == ["Ada"]


def test_the_policy_may_let_visitors_do_as_the_owner(page: TestClient, app: FastAPI, lab: Lab) -> None:
    before = lab.policy
    lab.policy = replace(before, trust_clients=True)
    try:
        visitor = TestClient(app, **{**HERE, "client": ("192.168.1.5", 50_000)})
        assert visitor.get("/lab/voices").json()["own"] is True
        assert made(visitor)[-1]["state"] == "kept"
    finally:
        lab.policy = before


# -- conversions -------------------------------------------------------------------------------------------------------


def converted(page: TestClient, **asked: Any) -> list[dict[str, Any]]:
    asked = {"upload": asked.get("upload") or sent(page, tone(3), "talk.wav"), "engine": "changer", **asked}
    return [json.loads(line) for line in page.post("/lab/conversions", json=asked).text.splitlines()]


def test_a_recording_is_heard_in_a_voice_of_the_library_and_taken_home(page: TestClient, lab: Lab) -> None:
    made(page)
    lines = converted(page, voice="Ada")
    assert lines[0] == {"state": "working"}
    assert lines[-3]["total"] == pytest.approx(3)
    done, like = lines[-2]["made"], lines[-1]["likeness"]
    assert like["value"] == 1.0
    assert any("my own voice" in line for line in done["label"])
    assert probe(io.BytesIO(page.get(done["before"]).content)).duration == pytest.approx(3, abs=0.05)
    assert probe(io.BytesIO(page.get(done["after"]).content)).duration == pytest.approx(3, abs=0.05)
    for format in ("wav", "mp3"):
        address = page.post(f"/lab/conversions/{done['id']}/files", json={"format": format}).json()["address"]
        label = label_in(probe(io.BytesIO(page.get(address).content)).comment)
        assert label is not None
        assert (label.engine, label.voice) == ("convert/changer", "Ada")


def test_a_voice_of_the_engines_own_needs_words_of_consent(page: TestClient, lab: Lab) -> None:
    made(page)
    told = page.post("/lab/conversions/voices", json={"engine": "alto", "own": True}).json()
    assert ([one["name"] for one in told["library"]], told["own"]) == (
        ["Ada"],
        [{"id": "vera", "name": "Vera", "language": ""}],
    )
    assert page.post("/lab/conversions/voices", json={"engine": "alto"}).json()["own"] == []
    assert "only with consent" in converted(page, engine="alto", voice="vera")[-1]["error"]
    assert "made" in converted(page, engine="alto", voice="vera", ground="asked on 3 May")[-1]


def test_what_cannot_be_converted_is_told_in_a_sentence(page: TestClient, lab: Lab) -> None:
    assert "no voice is named" in refusal(page.post("/lab/conversions", json={"upload": "any"}))
    assert "no longer here" in converted(page, upload="guessed", voice="Ada")[-1]["error"]
    assert "loudness" in converted(page, voice="Ada", ground="mine", values={"loudness": 3})[-1]["error"]
    assert page.get("/lab/conversions/guessed/after").status_code == 404
    assert "vocoder" in converting.plan(lab, "changer", {"vocoder": 1})["values"]
    assert "converter" in converting.plan(lab, "converter", {})["problem"]


def test_who_leaves_while_it_is_converted_leaves_nothing(page: TestClient, lab: Lab) -> None:
    made(page)
    conversions = converting.Conversions(lab)
    work = conversions.work("visitor " + "v" * 32, converting.Asked(sent(page, tone(3)), "Ada", engine="changer"))
    next(work)
    before = {upload.name for upload in lab.jobs.uploads._there.values() if upload.users}
    work.close()
    assert len({upload.name for upload in lab.jobs.uploads._there.values() if upload.users}) < len(before)
