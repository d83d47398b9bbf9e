"""The voice library: what is kept of a voice, that nobody else reads it, and how it is found in a pipeline."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, AudioError, ConfigError, Consent, EngineFailed, Lab, OutputError, PolicyDenied, media
from speechlab.library import Kept, Library, agreed, called, cloned, in_own_words
from speechlab.library.kept import read
from speechlab.library.shelf import clip
from tests.unit.voice_doubles import Changer, Manner, Parrot, VoicePlugin, tone

MINE = Consent("Ada", "my own voice", "2026-05-03T10:00:00+00:00")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Parrot.taught.clear()
    Parrot.asked.clear()
    Changer.asked.clear()
    with Lab(VoicePlugin(), discover=False, home=tmp_path / "home") as made:
        yield made


@pytest.fixture
def library(lab: Lab) -> Library:
    return Library(lab.home)


def ada(**more: Any) -> Kept:
    return Kept(**{"name": "Ada", "engine": "tts/parrot", "own": "clone-1", "made": "cloned", "consent": MINE, **more})


# -- on disk -----------------------------------------------------------------------------------------------------------


def test_a_voice_is_found_by_its_name_and_its_id(library: Library) -> None:
    made = library.keep(ada(languages=("en",), options={"speed": 1.2}), tone(6))
    assert library.all() == (made,)
    assert library.find(" aDA ") == library.find(made.id) == library.get("Ada") == made
    assert library.find("Bob") is None
    assert (made.seconds, made.reference) == (6.0, library.reference("Ada").digest)
    assert made.voice.consent == MINE
    with pytest.raises(ConfigError, match="no voice of the library is called 'Adda'") as missed:
        library.get("Adda")
    assert missed.value.hint == "did you mean 'Ada'?"


def test_nobody_else_reads_it_and_it_goes_for_good(library: Library) -> None:
    library.keep(ada(), tone(6))
    [path] = library.folder.iterdir()
    assert library.folder.stat().st_mode & 0o077 == path.stat().st_mode & 0o077 == 0
    assert library.remove("ada").name == "Ada"
    assert not any(library.folder.iterdir())
    with pytest.raises(ConfigError, match="no voice of the library"):
        library.remove("Ada")


def test_a_voice_of_the_same_name_takes_its_place(library: Library) -> None:
    library.keep(ada(), tone(6))
    again = library.keep(ada(name="ADA", own="clone-2"), tone(7))
    assert library.all() == (again,)
    assert again.id == ada().id


def test_a_voice_that_is_called_otherwise_stays_the_same_and_takes_nobodys_place(library: Library) -> None:
    made = library.keep(ada(), tone(6))
    library.keep(Kept(name="Bob", engine="tts/parrot", own="bob"))
    renamed = library.rename("ada", " Ada  Lovelace")
    assert renamed == replace(made, name="Ada Lovelace")
    assert library.reference("Ada Lovelace").digest == made.reference
    assert library.rename("Ada Lovelace", "ADA LOVELACE").name == "ADA LOVELACE"
    assert [one.name for one in library.all()] == ["ADA LOVELACE", "Bob"]
    with pytest.raises(ConfigError, match="there is a voice 'ADA LOVELACE' already"):
        library.rename("Bob", "Ada Lovelace")
    with pytest.raises(ConfigError, match="needs a name"):
        library.rename("Bob", "...")
    assert [one.name for one in library.all()] == ["ADA LOVELACE", "Bob"]


def test_the_clip_is_the_same_whenever_it_is_read(library: Library) -> None:
    heard = clip(tone(6, rate=44_100))
    assert clip(heard).digest == heard.digest
    library.keep(ada(), heard)
    assert library.reference("Ada").digest == heard.digest
    library.keep(Kept("fast", "tts/parrot", "ann", options={"speed": 2.0}))
    with pytest.raises(ConfigError, match="no clip is kept of the voice 'fast'"):
        library.reference("fast")


def test_one_file_takes_a_voice_to_another_lab(library: Library, tmp_path: Path) -> None:
    made = library.keep(ada(languages=("en",), options={"warmth": 0.5}), tone(6))
    out = library.export("Ada", tmp_path)
    assert (out.name, out.stat().st_mode & 0o077) == ("Ada.voice", 0)
    other = Library(tmp_path / "other")
    assert other.load(out) == made
    assert other.reference("Ada").digest == library.reference("Ada").digest
    assert other.load(out, "Ada at work").consent == MINE
    with pytest.raises(ConfigError, match="there is a voice 'Ada' already"):
        other.load(out)
    with pytest.raises(OutputError):
        library.export("Ada", tmp_path / "missing" / "x.voice")
    for none in ("a\0b", "\ud800", "n" * 5000):
        with pytest.raises(OutputError):
            library.export("Ada", none)


def tampered(path: Path, record: dict[str, Any] | str, sound: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("voice.json", record if isinstance(record, str) else json.dumps(record))
        if sound is not None:
            file.writestr("reference.flac", sound)
    return path


def odd(path: Path) -> dict[str, bytes]:
    """Files that a reader of archives, of JSON or of numbers stumbles over, each in its own way."""
    told = {"layout": 1, **ada().as_json()}
    record = json.dumps(told)
    made = {}
    for name, way in (("deflated", zipfile.ZIP_DEFLATED), ("by lzma", zipfile.ZIP_LZMA)):
        with zipfile.ZipFile(path, "w", way) as file:
            file.writestr("voice.json", record)
        data = bytearray(path.read_bytes())
        data[52:72] = b"\xff" * 20
        made[name] = bytes(data)
    data = bytearray(tampered(path, record).read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    made["encrypted"] = bytes(data)
    texts = {
        "deep": "[" * 100_000,
        "vast": record.replace('"seconds": 0.0', f'"seconds": {10**400}'),
        "not a number": record.replace('"options": {}', '"options": {"speed": NaN}'),
        "half a letter": record.replace('"own": "clone-1"', '"own": "\\ud800"'),
    }
    return made | {name: tampered(path, text).read_bytes() for name, text in texts.items()}


def test_a_small_file_cannot_fill_the_memory(library: Library, tmp_path: Path) -> None:
    hours = media.encode(Audio(np.zeros(8_000 * 601, np.float32), 8_000), "flac")  # of silence, which takes no room
    path = tampered(tmp_path / "x.voice", {"layout": 1, **ada(reference="0").as_json()}, hours)
    with pytest.raises(AudioError, match="longer than 10 minutes"):
        library.load(path)


def test_consent_is_said_in_a_sentence(library: Library) -> None:
    """It stands in the label of every file, and over REST in a header, which holds some thousand characters."""
    for consent in ("x" * 401, Consent("Ada" * 30, "mine", "")):
        with pytest.raises(ConfigError, match=r"\d+ characters is too long"):
            agreed(consent, "Ada")
    made = library.keep(
        ada(
            consent=Consent(
                "\N{MATHEMATICAL SCRIPT CAPITAL A}" * 80, "\N{MATHEMATICAL SCRIPT CAPITAL A}" * 400, MINE.at
            )
        ),
        tone(6),
    )
    assert len(library.label("tts/parrot", made.name).text()) < 8000


def test_no_damage_to_a_file_is_more_than_a_file_that_is_no_voice(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "x.voice"
    library.keep(ada(name="Bea"), tone(6))
    for name, data in odd(tmp_path / "odd.voice").items():
        path.write_bytes(data)
        with pytest.raises(ConfigError, match=r"x\.voice is no voice that a library wrote"):
            library.load(path)
        (library.folder / "odd.voice").write_bytes(data)
        assert [kept.name for kept in library.all()] == ["Bea"], name


def test_a_file_that_is_no_voice_is_refused_and_nothing_kept(library: Library, tmp_path: Path) -> None:
    path, told = tmp_path / "x.voice", {"layout": 1, **ada().as_json()}
    for record in ("", "[]", "{}", {**told, "layout": 9}, {**told, "made": "dreamt"}, {**told, "own": None}):
        with pytest.raises(ConfigError, match=r"x\.voice is no voice that a library wrote"):
            library.load(tampered(path, record))
    path.write_bytes(b"PK no zip")
    with pytest.raises(ConfigError, match="no voice that a library wrote"):
        library.load(path)
    with pytest.raises(ConfigError, match="there is no file"):
        library.load(tmp_path / "none.voice")
    with pytest.raises(ConfigError, match="is a folder, not a voice"):
        library.load(tmp_path)
    with pytest.raises(AudioError):
        library.load(tampered(path, told, b"no sound"))
    library.keep(ada(name="Bob"), tone(6))
    with zipfile.ZipFile(library.export("Bob", tmp_path / "bob.voice")) as file:
        sound = file.read("reference.flac")
    with pytest.raises(AudioError, match="not the one that the voice was made from"):
        library.load(tampered(path, told, sound))
    for consent in (None, {**told["consent"], "ground": " "}):
        with pytest.raises(PolicyDenied, match="only with consent"):
            library.load(tampered(path, {**told, "consent": consent}))
    assert [kept.name for kept in library.all()] == ["Bob"]


@pytest.mark.parametrize("text", ["", "[]", '{"layout": 9}'])
def test_a_damaged_voice_is_as_none(library: Library, text: str) -> None:
    library.keep(ada())
    tampered(library.folder / "x.voice", text)
    (library.folder / "y.voice").write_text(text)
    assert [kept.name for kept in library.all()] == ["Ada"]


# -- names and consent -------------------------------------------------------------------------------------------------


@given(st.text())
def test_a_name_is_one_line_that_can_be_looked_up_or_is_refused(name: str) -> None:
    with suppress(ConfigError):
        bare = called(name)
        assert called(bare) == bare
        assert bare.isprintable()
        assert "=" not in bare
        assert bare


@pytest.mark.parametrize("name", ["", " ", "--", "a" * 81, "Ada = me", "\n"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        called(name)
    assert refused.value.hint


@pytest.mark.parametrize(
    "consent", [None, "", "  ", "\u200b", " -.", Consent("Ada", " ", ""), Consent("", "asked", "")]
)
def test_nobodys_voice_is_taken_without_consent(consent: str | Consent | None) -> None:
    with pytest.raises(PolicyDenied, match="only with consent") as denied:
        agreed(consent, "Ada" if isinstance(consent, str) else "")
    assert "--consent" in denied.value.hint


def test_a_copied_voice_cannot_be_kept_without_consent_and_one_that_an_engine_brings_can() -> None:
    for made in ("cloned", "matched"):
        with pytest.raises(PolicyDenied):
            ada(made=made, consent=None)
    assert ada(made="blended", consent=None).consent is None


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 9) | st.text() | st.booleans()), st.lists(st.text()))
def test_what_is_written_is_read(options: dict[str, Any], languages: list[str]) -> None:
    kept = ada(options=options, languages=tuple(languages), seconds=3.5, at="2026-05-03")
    assert read(kept.text()) == kept


def test_the_ground_alone_is_dated() -> None:
    given = agreed(" asked on 3 May ", "Ada")
    assert (given.person, given.ground) == ("Ada", "asked on 3 May")
    assert given.at.startswith("20")


# -- in a pipeline -----------------------------------------------------------------------------------------------------


def test_a_voice_of_the_library_brings_its_engine_and_its_options(lab: Lab, library: Library) -> None:
    library.keep(Kept("fast", "tts/parrot", "bob", options={"speed": 2.0, "warmth": 0.5, "gone": 1, "language": "pt"}))
    [step] = lab.pipeline({"stage": [{"use": "tts", "voice": "fast", "warmth": 0.7}]}).steps
    assert step.spec.name == "tts/parrot"
    assert (step.options.speed, step.options.warmth) == (2.0, 0.7)  # type: ignore[attr-defined]
    assert step.options.language is None, "what it says is in a language of its own"  # type: ignore[attr-defined]
    lab.speak("Hello.", voice="Fast", engine="parrot")
    assert [(voice, options.speed) for _, voice, options in Parrot.asked] == [("bob", 2.0)]


def test_an_engine_that_has_forgotten_a_voice_learns_it_again_once(lab: Lab, library: Library) -> None:
    made = library.keep(ada(options={"warmth": 0.5}), tone(6))
    for _ in range(2):
        lab.speak("Hello.", voice="Ada", engine="parrot")
    assert [(round(seconds), consent, options.warmth) for seconds, consent, options in Parrot.taught] == [
        (6, MINE, 0.5)
    ]
    own = f"clone-{made.reference[:8]}"
    assert {voice for _, voice, _ in Parrot.asked} == {own}
    assert library.get("Ada").own == own


def test_an_engine_learns_a_voice_once_however_many_ask_for_it_at_once(
    lab: Lab, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service would keep, and count, one voice for each."""
    library.keep(ada(), tone(6))
    learn, both = Parrot.clone, threading.Barrier(2)

    def slowly(self: Parrot, *how: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.3)
        return learn(self, *how)

    monkeypatch.setattr(Parrot, "clone", slowly)
    monkeypatch.setattr(Parrot, "voices", lambda self: [])  # as a service that lists it late
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(voices_of, lab) for _ in range(2)]:
            done.result()
    assert len(Parrot.taught) == 1


def voices_of(lab: Lab) -> None:
    """What a run does before its first sentence."""
    step = lab.pipeline({"stage": [{"use": "tts/parrot", "voice": "Ada"}]}).steps[0]
    with lab.pool.lease(step.spec, step.params) as loaded:
        in_own_words(loaded, step.lift_options)


def test_each_speaker_may_have_a_voice_of_the_library(lab: Lab, library: Library) -> None:
    library.keep(ada(), tone(6))
    [step] = lab.pipeline({"stage": [{"use": "tts", "voices": {"A": "ann", "B": "ada"}}]}).steps
    assert step.spec.name == "tts/parrot"
    lab.speak("Hello.", voices=["B = Ada", "Ada"], engine="parrot")
    assert [voice for _, voice, _ in Parrot.asked] == [f"clone-{library.get('Ada').reference[:8]}"]


def test_another_engine_on_this_machine_learns_the_voice_too(lab: Lab, library: Library) -> None:
    library.keep(ada(own="x"), tone(6))
    lab.speak("Hello.", voice="Ada", engine="twin")
    assert len(Parrot.taught) == 1
    assert library.get("Ada").own == "x", "it stays the voice of its own engine"


@pytest.mark.parametrize("engine", ["mute", "far"])
def test_a_voice_is_not_taught_to_who_cannot_learn_nor_sent_away(lab: Lab, library: Library, engine: str) -> None:
    library.keep(ada(), tone(6))
    with pytest.raises(ConfigError, match=f"'Ada' of the library is one of tts/parrot, not of tts/{engine}") as refused:
        lab.speak("Hello.", voice="Ada", engine=engine)
    assert f"clone it for tts/{engine}" in refused.value.hint
    assert Parrot.taught == []


def test_an_engines_own_voice_may_have_the_name_of_one_that_it_cannot_learn(lab: Lab, library: Library) -> None:
    library.keep(ada(name="me"), tone(6))
    lab.speak("Hello.", voice="me", engine="mute")
    assert [voice for _, voice, _ in Parrot.asked] == ["me"]


def test_what_an_engine_raises_when_it_learns_is_told_as_its_failure(lab: Lab) -> None:
    spec = lab.engine(lab.engines()[0].kind.TTS, "flaky")
    with lab.pool.lease(spec, spec.params()) as loaded:
        with pytest.raises(EngineFailed, match="tts/flaky failed: RuntimeError: out of memory"):
            cloned(loaded, tone(6), MINE, Manner(), "Ada")
        with pytest.raises(PolicyDenied):
            cloned(loaded, tone(6), None, Manner(), "Ada")


def test_results_in_a_voice_that_was_made_anew_are_not_taken_for_those_of_the_old(lab: Lab, library: Library) -> None:
    stages = {"stage": [{"use": "tts/parrot", "voice": "Ada"}]}

    def key() -> Any:
        return lab.pipeline(stages).steps[0].key

    without = key()
    library.keep(ada(), tone(6))
    first = key()
    library.keep(replace(ada(), own="renamed"), tone(6))
    assert first == key() != without
    library.keep(ada(), tone(7))
    assert key() != first


# -- conversion --------------------------------------------------------------------------------------------------------


def test_nothing_is_converted_without_consent(lab: Lab, library: Library) -> None:
    for stage in ({}, {"voice": "Bob"}, {"voice": "Bob", "consent": " "}):
        pipeline = {"stage": [{"use": "convert/changer", **stage}]}
        with pytest.raises(PolicyDenied, match="only with consent"):
            lab.run(pipeline, tone(2))
        assert any("only with consent" in problem for problem in lab.pipeline(pipeline).check(lab.policy))
    library.keep(Kept("Bob", "convert/changer", "7"))
    with pytest.raises(PolicyDenied, match="Bob"):
        lab.run({"stage": [{"use": "convert/changer", "voice": "bob"}]}, tone(2))
    assert Changer.asked == []
    lab.run({"stage": [{"use": "convert/changer", "voice": "bob", "consent": "he asked for it"}]}, tone(2))
    assert [voice for _, voice in Changer.asked] == ["7"]


def test_a_converter_learns_the_voice_and_its_work_is_marked_as_one(lab: Lab, library: Library) -> None:
    made = library.keep(ada(), tone(6))
    said = lab.run({"stage": [{"use": "convert/changer", "voice": "Ada"}]}, tone(2))
    assert [voice for _, voice in Changer.asked] == [f"target-{made.reference[:8]}"]
    assert len(said.synthesis) == len(Changer.asked), "one piece for each call, however small those of the engine are"


# -- the label of a file -----------------------------------------------------------------------------------------------


def test_a_label_tells_on_whose_consent(library: Library) -> None:
    library.keep(ada(), tone(6))
    bob = Consent("Bob", "asked", "2026-06-01")
    library.keep(ada(name="Bob", consent=bob, own="b"), tone(7))
    assert library.label("tts/parrot").consent is None
    assert library.label("tts/parrot", "ann").voice == "ann"
    for name in ("ada", ada().id, "clone-1"):
        label = library.label("tts/parrot", name)
        assert (label.voice, label.consent) == ("Ada", MINE)
    assert library.label("tts/other", "clone-1").consent is None
    both = library.label("tts/parrot", ["Bob", "Ada", "b"])
    assert (both.voice, both.consent) == (
        "Bob, Ada",
        Consent("Ada; Bob", "my own voice; asked", "2026-06-01"),
    )
