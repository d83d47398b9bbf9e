"""What outlives the process that made a voice: what its engine learnt of it, how that was loaded, and its removal."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from speechlab import Audio, Consent, Context, EngineSpec, Kind, Lab, Params, Policy, TtsOptions, Voice, hookimpl
from speechlab.cloning import Reference, referenced
from speechlab.errors import EngineUnavailable
from speechlab.library import Kept
from tests.unit.voice_doubles import speech, tone

MINE = Consent("Ada", "my own voice", "2026-05-03T10:00:00+00:00")


class Size(Params):
    """How the scholar is loaded."""

    size: str = "small"
    """How large."""
    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Where it lies."""


class Scholar:
    """Learns slowly, and can be told what it has learnt; forgets all of it with its process."""

    deeds: ClassVar[list[str]] = []
    known = "1"
    """By which version it writes down what it has learnt."""

    def __init__(self, params: Size, context: Context) -> None:
        Scholar.deeds.append(f"loaded {params.size} {params.folder}")
        self._learnt: dict[str, Voice] = {}

    def voices(self) -> list[Voice]:
        return [Voice("ann", languages=("en",)), *self._learnt.values()]

    def clone(self, reference: Audio, consent: Consent, options: TtsOptions) -> Voice:
        Scholar.deeds.append("learnt")
        return self._known(reference, consent)

    def learnt(self, voice: str) -> bytes:
        return f"{self.known}:{voice}".encode()

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, options: TtsOptions) -> Voice:
        version, _, voice = learnt.decode().partition(":")
        if version != self.known or voice != f"clone-{reference.digest[:8]}":
            raise ValueError("another version")
        Scholar.deeds.append("recalled")
        return self._known(reference, consent)

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        Scholar.deeds.append(f"{voice} said {text}")
        yield tone(0.5)

    def _known(self, reference: Audio, consent: Consent) -> Voice:
        voice = Voice(f"clone-{reference.digest[:8]}", consent.person, ("en",), consent=consent)
        self._learnt[voice.id] = voice
        return voice


class Cloud:
    """A service that keeps what it cloned until it is told to delete it."""

    kept: ClassVar[list[str]] = []
    down = False

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice("stock"), *map(Voice, Cloud.kept)]

    def clone(self, reference: Audio, consent: Consent, options: Params) -> Voice:
        Cloud.kept.append(f"v{len(Cloud.kept)}")
        return Voice(Cloud.kept[-1], consent=consent)

    def delete(self, voice: str) -> None:
        if Cloud.down:
            raise EngineUnavailable("the service cannot be reached", hint="check the network")
        Cloud.kept.remove(voice)

    def synthesize(self, text: str, voice: str | None, options: Params) -> Iterator[Audio]:
        yield tone(0.5)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        features = frozenset({"cloning"})
        card: dict[str, Any] = {"kind": Kind.TTS, "features": features, "options": TtsOptions}
        register(EngineSpec(id="scholar", load=Scholar, params=Size, **card))
        register(EngineSpec(id="cloud", load=Cloud, local=False, **card))


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scholar, "deeds", [])
    monkeypatch.setattr(Cloud, "kept", [])


@cache
def clip(seed: int = 0) -> Reference:
    """Listened to once for all tests."""
    with Lab(discover=False) as lab:
        return referenced(lab, speech(9, seed=seed), alone=True)


def process(home: Path, told: list[str] | None = None) -> Lab:
    """As another process has it: nothing is loaded."""
    how = {"report": told.append} if told is not None else {}
    return Lab(Plugin(), discover=False, home=home, policy=Policy(watermark=False), **how)  # type: ignore[arg-type]


def learnt_files(lab: Lab) -> list[Path]:
    return sorted(lab.library.folder.glob("*.learnt"))


def cloned(home: Path, **knobs: Any) -> Kept:
    with process(home) as lab:
        lab.clone(clip(), "Ada", MINE, "scholar", **knobs)
        return lab.library.get("Ada")


def said_later(home: Path) -> list[str]:
    """What the engine did when the voice was used in a process that had not made it."""
    Scholar.deeds.clear()
    with process(home) as lab:
        lab.speak("Hello.", voice="Ada")
    return [deed for deed in Scholar.deeds if not deed.startswith("loaded")]


def test_what_was_learnt_is_known_to_the_next_process(tmp_path: Path) -> None:
    kept = cloned(tmp_path)
    for _ in range(2):
        assert said_later(tmp_path) == ["recalled", f"{kept.own} said Hello."]


def test_a_voice_that_came_without_is_learnt_once_and_then_known(tmp_path: Path) -> None:
    kept = cloned(tmp_path)
    with process(tmp_path) as lab:
        for path in learnt_files(lab):
            path.unlink()
    assert said_later(tmp_path) == ["learnt", f"{kept.own} said Hello."]
    assert said_later(tmp_path)[0] == "recalled"


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"0:clone-1"])
def test_what_can_no_more_be_used_is_learnt_anew(tmp_path: Path, damage: bytes) -> None:
    cloned(tmp_path)
    with process(tmp_path) as lab:
        [path] = learnt_files(lab)
        path.write_bytes(damage)
    assert said_later(tmp_path)[0] == "learnt"
    assert said_later(tmp_path)[0] == "recalled"


def test_each_way_to_load_an_engine_has_its_own_and_nobody_else_reads_it(tmp_path: Path) -> None:
    cloned(tmp_path)
    Scholar.deeds.clear()
    with process(tmp_path) as lab:
        lab.speak("Hello.", voice="Ada", size="large")
        assert "learnt" in Scholar.deeds
        assert len(learnt_files(lab)) == 2
        assert {path.stat().st_mode & 0o777 for path in learnt_files(lab)} == {0o600}


def test_it_goes_with_the_voice(tmp_path: Path) -> None:
    cloned(tmp_path)
    with process(tmp_path) as lab:
        lab.library.rename("Ada", "Countess")
        assert len(learnt_files(lab)) == 1
        lab.library.rename("Countess", "Ada")
    assert said_later(tmp_path)[0] == "recalled", "another name is no reason to learn it again"
    with process(tmp_path) as lab:
        lab.library.remove("Ada")
        assert list(lab.library.folder.iterdir()) == []


def test_a_voice_made_anew_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    cloned(tmp_path)
    with process(tmp_path) as lab:
        [old] = learnt_files(lab)
        lab.clone(clip(1), "Ada", MINE, "scholar")
        [new] = learnt_files(lab)
        assert new != old


def test_a_voice_is_spoken_with_as_its_engine_was_loaded_to_make_it(tmp_path: Path) -> None:
    kept = cloned(tmp_path, size="large", folder="/models")
    assert kept.params == {"size": "large", "folder": "/models"}
    said_later(tmp_path)
    assert [deed for deed in Scholar.deeds if deed.startswith("loaded")] == ["loaded large /models"]
    with process(tmp_path) as lab:
        [step] = lab.pipeline({"stage": [{"use": "tts", "voice": "Ada", "size": "small"}]}).steps
        assert step.params.model_dump() == {"size": "small", "folder": "/models"}


def test_folders_and_what_was_learnt_go_to_no_other_lab(tmp_path: Path) -> None:
    kept = cloned(tmp_path, folder="/models")
    with process(tmp_path) as lab:
        file = lab.library.export("Ada", tmp_path / "ada.voice")
    with zipfile.ZipFile(file) as packed:
        assert sorted(packed.namelist()) == ["reference.flac", "voice.json"]
        record = json.loads(packed.read("voice.json"))
        assert record["params"] == {}
        with zipfile.ZipFile(tmp_path / "evil.voice", "w") as other:
            other.writestr("voice.json", json.dumps({**record, "params": {"folder": "/theirs"}}))
            other.writestr("reference.flac", packed.read("reference.flac"))
    with process(tmp_path / "elsewhere") as lab:
        taken = lab.library.load(tmp_path / "evil.voice")
        assert (taken.params, taken.reference) == ({}, kept.reference)


def test_a_voice_of_an_older_lab_is_read(tmp_path: Path) -> None:
    record = json.loads(Kept("Ann", "tts/scholar", "ann").text())
    del record["params"]
    with process(tmp_path) as lab:
        with zipfile.ZipFile(tmp_path / "ann.voice", "w") as file:
            file.writestr("voice.json", json.dumps(record))
        assert lab.library.load(tmp_path / "ann.voice") == Kept("Ann", "tts/scholar", "ann")


def test_a_full_disk_is_told_and_the_voice_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes, **how: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("speechlab.library.memory.atomic_write", full)
    told: list[str] = []
    with process(tmp_path, told) as lab:
        assert lab.clone(clip(), "Ada", MINE, "scholar").name == "Ada"
    assert told[-1] == "what tts/scholar has learnt of 'Ada' is not kept: no space left"


# -- removal -----------------------------------------------------------------------------------------------------------


def test_a_service_deletes_what_it_cloned(tmp_path: Path) -> None:
    with process(tmp_path) as lab:
        lab.clone(clip(), "Ada", MINE, "cloud")
        assert Cloud.kept == ["v0"]
        lab.library.remove("Ada")
        assert (Cloud.kept, lab.library.all()) == ([], ())


def test_a_voice_that_the_service_has_of_its_own_stays(tmp_path: Path) -> None:
    Cloud.kept.append("mine")
    with process(tmp_path) as lab:
        lab.name_voice("Mine", "mine", "cloud")
        lab.library.remove("Mine")
    assert Cloud.kept == ["mine"]


def test_a_voice_that_another_name_speaks_with_stays(tmp_path: Path) -> None:
    with process(tmp_path) as lab:
        lab.clone(clip(), "Ada", MINE, "cloud")
        lab.library.load(lab.library.export("Ada", tmp_path / "ada.voice"), "Countess")
        lab.library.remove("Ada")
        assert Cloud.kept == ["v0"]
        lab.library.remove("Countess")
        assert Cloud.kept == []


def test_what_cannot_be_deleted_there_is_told_and_goes_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    with process(tmp_path, told) as lab:
        lab.clone(clip(), "Ada", MINE, "cloud")
        monkeypatch.setattr(Cloud, "down", True)
        lab.library.remove("Ada")
        assert told[-1] == "tts/cloud still has the voice 'Ada' (the service cannot be reached): delete it there"
        lab.library.keep(Kept("Bob", "tts/gone", "7", made="cloned", consent=MINE))
        lab.library.remove("Bob")
        assert told[-1] == "tts/gone is not installed: if it is a service, delete the voice 'Bob' there"
        assert lab.library.all() == ()
    with Lab(Plugin(), discover=False, home=tmp_path, policy=Policy(local_only=True), report=told.append) as lab:
        lab.library.keep(Kept("Cid", "tts/cloud", "v0", made="cloned", consent=MINE))
        lab.library.remove("Cid")
    assert "tts/cloud still has the voice 'Cid'" in told[-1]
    assert "local only" in told[-1]
