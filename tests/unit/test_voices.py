"""Voice profiles: who may be enrolled from what, and how speakers get their names by their voices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    Diarization,
    DiarizeOptions,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Recording,
    Turn,
    TurnUpdate,
    hookimpl,
)
from speechlab.cli.app import speechlab
from speechlab.profiles import Profile, Profiles, known
from speechlab.stages.naming import NamingSession, alone

RATE = 16_000
SINES = {"high": 3000, "low": 400, "middle": 1200}


def voice(which: str, seconds: float, start: float = 0.0) -> Audio:
    """Somebody speaking: a tone that comes and goes, in a hiss that does too, as high as speech reaches."""
    rng = np.random.default_rng(0)
    at = np.arange(round(seconds * RATE)) / RATE
    swell = 0.5 * (1 + np.sin(2 * np.pi * 3 * at))
    sound = swell * (0.3 * np.sin(2 * np.pi * SINES[which] * at) + 0.02 * rng.standard_normal(len(at)))
    return Audio(sound.astype(np.float32), RATE, start)


def silence(seconds: float) -> Audio:
    return Audio(np.zeros((1, round(seconds * RATE)), np.float32), RATE)


def spectrum(audio: Audio) -> Any:
    """How much there is around each of the tones: a voice, to this engine."""
    power = np.abs(np.fft.rfft(audio.mono)) ** 2
    hertz = np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate)
    bands = np.array([power[np.abs(hertz - tone) < 50].sum() for tone in SINES.values()], np.float32)
    return bands / np.linalg.norm(bands) if bands.any() else bands


class Tones:
    """A diarizer of the whole recording, to whom each tone is a person; a second long each turn."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def diarize(self, audio: Audio, options: DiarizeOptions) -> Diarization:
        turns, numbers = [], {}
        for second in audio.chunks(1.0):
            if np.abs(second.samples).max() > 0.01:
                tone = 0 if options.speakers == 1 else int(spectrum(second).argmax())
                label = f"Speaker {numbers.setdefault(tone, len(numbers) + 1)}"
                turns.append(Turn(second.start, second.end, speaker=label, id=f"t{len(turns)}"))
        return Diarization(tuple(turns))

    def embed(self, audio: Audio, options: DiarizeOptions) -> Any:
        return spectrum(audio)


class Streams(Tones):
    """The same as a stream, which tells each turn when its second is over, and all again at the end."""

    diarize = None  # type: ignore[assignment]

    def open(self, options: DiarizeOptions) -> StreamsSession:
        return StreamsSession(options)


class StreamsSession:
    def __init__(self, options: DiarizeOptions) -> None:
        self._options = options
        self._heard: list[Audio] = []
        self._turns: tuple[Turn, ...] = ()

    def feed(self, audio: Audio) -> list[TurnUpdate]:
        self._heard.append(audio)
        return []

    def flush(self) -> list[TurnUpdate]:
        self._turns = Tones.diarize(None, Audio.join(self._heard), self._options).turns  # type: ignore[arg-type]
        return [TurnUpdate(turn=turn) for turn in self._turns]

    def voices(self) -> dict[str, Any]:
        whole, told = Audio.join(self._heard), Diarization(self._turns)
        return {label: spectrum(alone(whole, told, label) or whole) for label in told.speakers}


class Plugin:
    ENGINES: ClassVar = {"tones": Tones, "streams": Streams}

    @hookimpl
    def register_engines(self, register: Any) -> None:
        for id, engine in self.ENGINES.items():
            register(
                EngineSpec(
                    id=id,
                    kind=Kind.DIARIZE,
                    load=engine,
                    options=DiarizeOptions,
                    features=frozenset({"voices"}),
                    license="Apache-2.0",
                    summary=".",
                )
            )
        register(
            EngineSpec(id="deaf", kind=Kind.DIARIZE, load=Tones, options=DiarizeOptions, license="MIT", summary=".")
        )


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path) as made:
        yield made


TALK = Audio.join([voice("high", 3), silence(1), voice("low", 3), silence(1), voice("middle", 2)])


@pytest.mark.parametrize("engine", ["tones", "streams"])
def test_who_is_enrolled_is_named_in_a_later_recording(lab: Lab, engine: str) -> None:
    made = lab.voices.enrol("Ada", voice("low", 6), consent="asked on 3 May", engine=engine)
    assert (made.name, made.seconds, made.engine) == ("Ada", 6.0, f"diarize/{engine}")
    turns = lab.diarize(TALK, engine).turns
    assert [turn.speaker for turn in turns] == ["Speaker 1"] * 3 + ["Ada"] * 3 + ["Speaker 3"] * 2
    assert [turn.similarity is not None for turn in turns] == [False] * 3 + [True] * 3 + [False] * 2
    assert turns[3].similarity == pytest.approx(1, abs=0.01)


def test_only_the_engine_that_made_a_profile_understands_it(lab: Lab) -> None:
    lab.voices.enrol("Ada", voice("low", 6), consent="asked", engine="tones")
    assert "Ada" not in lab.diarize(TALK, "streams").speakers
    [profile] = lab.voices.all()
    Profiles.of(lab.home).keep(replace(profile, weights=("others",)))
    assert "Ada" not in lab.diarize(TALK, "tones").speakers


def test_nobody_is_named_where_it_is_not_wanted_or_not_alike_enough(lab: Lab) -> None:
    lab.voices.enrol("Ada", voice("low", 6), consent="asked", engine="tones")
    assert "Ada" not in lab.diarize(TALK, "tones", known_voices=False).speakers
    both = Audio.join([Audio(voice("low", 3).samples + voice("high", 3).samples, RATE)])
    assert "Ada" in lab.diarize(both, "tones", voice_threshold=0.5).speakers
    assert "Ada" not in lab.diarize(both, "tones", voice_threshold=0.9).speakers


def test_a_profile_holds_numbers_and_the_consent_and_goes_for_good(lab: Lab) -> None:
    given = Consent("Ada's mother", "signed form", "2026-05-03T10:00:00+00:00")
    made = lab.voices.enrol("Ada", voice("low", 6), consent=given, engine="tones")
    assert lab.voices.all() == (made,)
    assert made.consent == given
    [path] = (lab.home / "voices").iterdir()
    assert path.stat().st_size < 10_000, "no sound is kept"
    assert (lab.home / "voices").stat().st_mode & 0o077 == path.stat().st_mode & 0o077 == 0
    lab.voices.remove("Ada")
    assert lab.voices.all() == ()
    assert not any((lab.home / "voices").iterdir())


def test_who_is_enrolled_again_is_enrolled_anew(lab: Lab) -> None:
    lab.voices.enrol("Ada", voice("low", 6), consent="asked", engine="tones")
    lab.voices.enrol("Ada", voice("high", 7), consent="asked again", engine="tones")
    [made] = lab.voices.all()
    assert (made.seconds, made.consent.ground) == (7.0, "asked again")


@pytest.mark.parametrize(
    ("sound", "sentence", "hint"),
    [
        (voice("low", 3), "speaks for 3.0 s", "at least 5"),
        (Audio.join([voice("low", 6), voice("high", 4)]), "2 people are heard", "cut out"),
        (silence(6), "nobody is heard", "person speaks"),
        (silence(0), "no sound", "another file"),
        (silence(601), "longer than 10 minutes", "half a minute"),
        (Audio(voice("low", 6).samples[:, ::2], 8000), "telephone", "microphone"),
    ],
)
def test_a_clip_from_which_no_voice_can_be_learnt(lab: Lab, sound: Audio, sentence: str, hint: str) -> None:
    with pytest.raises(AudioError, match=sentence) as caught:
        lab.voices.enrol("Ada", sound, consent="asked", engine="tones")
    assert hint in caught.value.hint
    assert lab.voices.all() == ()


def test_a_mistake_at_the_edge_is_no_second_person(lab: Lab) -> None:
    clip = Audio.join([voice("low", 12), voice("high", 1)])
    assert lab.voices.enrol("Ada", clip, consent="asked", engine="tones").seconds == 12


def test_one_person_may_be_said_to_be_one(lab: Lab) -> None:
    clip = Audio.join([voice("low", 6), voice("high", 4)])
    assert lab.voices.enrol("Ada", clip, consent="asked", engine="tones", speakers=1).seconds == 10


@pytest.mark.parametrize(
    ("name", "consent", "engine", "sentence"),
    [
        (" ", "asked", "tones", "needs a name"),
        ("Speaker 2", "asked", "tones", "without a name"),
        ("Ada", "  ", "tones", "only with consent"),
        ("Ada", "asked", "deaf", "does not know voices"),
    ],
)
def test_what_cannot_be_meant_is_said(lab: Lab, name: str, consent: str, engine: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        lab.voices.enrol(name, voice("low", 6), consent=consent, engine=engine)


@pytest.mark.parametrize("text", ["", "[]", '{"layout": 9}', '{"layout": 1, "name": "x"}'])
def test_a_damaged_profile_is_as_none(lab: Lab, text: str) -> None:
    (lab.home / "voices").mkdir(parents=True)
    (lab.home / "voices" / "x.json").write_text(text)
    assert lab.voices.all() == ()


# -- matching ----------------------------------------------------------------------------------------------------------

VECTORS = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=3, max_size=3).map(
    lambda some: np.array(some, np.float32) / max(1e-3, float(np.linalg.norm(some)))
)


@given(
    st.dictionaries(st.sampled_from("abcd"), VECTORS), st.dictionaries(st.sampled_from("XYZ"), VECTORS), st.floats(0, 1)
)
def test_each_person_is_one_speaker_at_most_and_the_most_alike_of_those_left(
    voices: dict[str, Any], profiles: dict[str, Any], threshold: float
) -> None:
    found = known(voices, profiles, threshold)
    assert len({name for name, _ in found.values()}) == len(found)
    for label, (name, similarity) in found.items():
        assert similarity == pytest.approx(float(voices[label] @ profiles[name]), abs=1e-3)
        assert similarity >= threshold - 1e-3
    free, unnamed = set(profiles) - {name for name, _ in found.values()}, set(voices) - set(found)
    assert all(voices[label] @ profiles[name] < threshold for label in unnamed for name in free)


def test_voices_of_another_length_are_nobodys() -> None:
    assert known({"a": np.ones(3, np.float32)}, {"X": np.ones(4, np.float32)}, 0.0) == {}


# -- a session ---------------------------------------------------------------------------------------------------------


class Learns:
    """Tells one turn of A, then finds with the next that A sounds like somebody known."""

    def __init__(self, *sounding: dict[str, Any]) -> None:
        self._sounding = iter(sounding)
        self._now: dict[str, Any] = {}
        self._count = 0

    def feed(self, audio: Audio) -> list[TurnUpdate]:
        self._now = next(self._sounding)
        self._count += 1
        return [TurnUpdate(turn=Turn(self._count, self._count + 1, speaker="A", id=f"t{self._count}"), final=False)]

    def flush(self) -> list[TurnUpdate]:
        return []

    def voices(self) -> dict[str, Any]:
        return self._now


def test_turns_are_told_anew_once_it_is_known_who_speaks() -> None:
    nobody, ada = np.array([0, 1], np.float32), np.array([1, 0], np.float32)
    session = NamingSession(Learns({"A": nobody}, {"A": ada}, {"A": ada}, {"A": nobody}), {"Ada": ada}, 0.5)
    told = [[(one.turn.id, one.turn.speaker) for one in session.feed(silence(1))] for _ in range(4)]
    assert told == [
        [("t1", "A")],
        [("t1", "Ada"), ("t2", "Ada")],
        [("t3", "Ada")],
        [("t1", "A"), ("t2", "A"), ("t3", "A"), ("t4", "A")],
    ]
    assert list(session.flush()) == []


def test_only_where_somebody_speaks_alone_is_heard() -> None:
    turns = (Turn(0, 4, speaker="A"), Turn(3, 6, speaker="B"), Turn(5, 5.2, speaker="A"))
    sound = alone(voice("low", 6), turns, "A")
    assert sound is not None
    assert sound.duration == 3.0
    assert alone(voice("low", 6), (Turn(0, 2, speaker="A"), Turn(0, 2, speaker="B")), "A") is None
    long = alone(voice("low", 50), (Turn(0, 50, speaker="A"),), "A")
    assert long is not None
    assert long.duration == 30.0


# -- the command line --------------------------------------------------------------------------------------------------


def test_voices_are_enrolled_listed_and_removed(tmp_path: Path) -> None:
    profile = Profile("Ada", "diarize/gone", "1", ("w",), (1.0,), 12.0, Consent("Ada", "asked", "2026-05-03T10:00:00"))
    Profiles.of(tmp_path).keep(profile)
    run = CliRunner().invoke
    home = ["--home", str(tmp_path)]
    listed = run(speechlab, [*home, "voices", "list"])
    assert "Ada: asked (2026-05-03)" in listed.output
    assert "enrol anew" in listed.output
    [told] = json.loads(run(speechlab, [*home, "voices", "list", "--json"]).output)
    assert told["consent"] == {"person": "Ada", "ground": "asked", "at": "2026-05-03T10:00:00"}
    assert run(speechlab, [*home, "voices", "remove", "Ada"]).output == "Ada is forgotten\n"
    assert "nobody is enrolled" in run(speechlab, [*home, "voices", "list"]).output


def test_similarity_is_in_the_json(lab: Lab) -> None:
    turn = Turn(0, 1, speaker="Ada", similarity=0.87)
    told = json.loads(lab.render(Recording(diarization=Diarization((turn,))), "json"))
    assert told["turns"] == [{"start": 0.0, "end": 1.0, "speaker": "Ada", "similarity": 0.87}]
