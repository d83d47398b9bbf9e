"""Speech into another language over REST: by the best engines there are, which the answer names."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from speechlab import AsrOptions, EngineSpec, Kind, Lab, Segment, Ways, Weights, hookimpl
from speechlab.choosing import best
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving

RATE = 16_000
HEAVY = Weights(id="heavy", files=("heavy.bin",))


class Listener:
    """A recognizer of Spanish."""

    def __init__(self, params: Any, context: Any) -> None: ...

    def transcribe(self, audio: Any, options: AsrOptions) -> Iterator[Segment]:
        yield Segment(audio.start, audio.end, text="Buenos días.", language=options.language or "es")


class Direct(Listener):
    """A speech translator."""

    def translate_speech(self, audio: Any, target: str, options: AsrOptions) -> Iterator[Segment]:
        yield Segment(audio.start, audio.end, text=f"heard in {target}")


class Marker:
    """A translator that marks each text with its target."""

    def __init__(self, params: Any, context: Any) -> None: ...

    def translate(self, texts: list[str], source: str | None, target: str, options: Any) -> list[str]:
        return [f"[{target}] {text}" for text in texts]


def spec(id: str, kind: Kind, load: Any, *ways: Ways, **more: Any) -> EngineSpec:
    options = {} if kind is Kind.TRANSLATE else {"options": AsrOptions}
    told = (lambda params, context: ways) if ways else ""
    return EngineSpec(id=id, kind=kind, load=load, ways=told, summary="For a test.", **options, **more)


LISTENER = spec("listener", Kind.ASR, Listener, languages=("es", "en", "de"))
BOTH = spec("both", Kind.ASR, Listener), spec("both", Kind.SPEECH_TRANSLATE, Direct, Ways(("es",), ("en",)))
ABROAD = spec("abroad", Kind.TRANSLATE, Marker, Ways(("es",), ("pt",)))
HOME = spec("home", Kind.TRANSLATE, Marker, Ways(("pt",), ("en",)))


def lab_of(home: Path, *specs: EngineSpec) -> Lab:
    class Plugin:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            for one in specs:
                register(one)

    return Lab(Plugin(), discover=False, home=home)


def ask(lab: Lab, **fields: str) -> httpx.Response:
    sound = io.BytesIO()
    soundfile.write(sound, np.full(RATE, 0.2, np.float32), RATE, format="WAV")
    with serving(create_app(lab, ui=False)) as url, httpx.Client(timeout=20) as client:
        return client.post(
            f"{url}/v1/audio/translations",
            files={"file": ("a.wav", sound.getvalue())},
            data={"guard": "false", **fields},
        )


def test_in_one_step_where_an_engine_leads_there(home: Path) -> None:
    with lab_of(home, *BOTH, ABROAD, HOME) as lab:
        told = ask(lab)
    assert (told.status_code, told.json()["text"]) == (200, "heard in en")
    assert told.headers["x-speechlab-engine"] == "speech-translate/both"
    assert "x-speechlab-route" not in told.headers


def test_else_in_two_by_the_way_that_the_answer_tells(home: Path) -> None:
    with lab_of(home, LISTENER, ABROAD, HOME) as lab:
        told = ask(lab, model="whisper-1", to="eng")
    assert (told.status_code, told.json()["text"]) == (200, "[en] [pt] Buenos días.")
    assert told.headers["x-speechlab-engine"] == "asr/listener, translate/route"
    assert told.headers["x-speechlab-route"] == "es>pt translate/abroad, pt>en translate/home"


def test_what_the_translator_is_told_beside(home: Path) -> None:
    terms = "días = dias\nAda ="
    with lab_of(home, LISTENER, ABROAD) as lab:
        told = ask(lab, to="pt", glossary=terms)
        assert (told.status_code, told.json()["text"]) == (200, "[pt] Buenos dias.")
        told = ask(lab, to="pt", glossary="/etc/terms.csv")
        assert (told.status_code, "a client may not" in told.text) == (403, True)
        told = ask(lab, to="pt", glosary=terms)
        assert (told.status_code, "has no parameter 'glosary'" in told.text) == (400, True)
    with lab_of(home, *BOTH) as lab:
        told = ask(lab, glossary=terms)
        assert (told.status_code, "has no parameter 'glossary'" in told.text) == (400, True)


def test_an_engine_that_is_named_is_taken_for_what_it_can(home: Path) -> None:
    with lab_of(home, *BOTH, ABROAD) as lab:
        assert ask(lab, model="both").headers["x-speechlab-engine"] == "speech-translate/both"
        told = ask(lab, model="both", to="pt")
        assert told.headers["x-speechlab-engine"] == "asr/both, translate/route"
        assert told.json()["text"] == "[pt] Buenos días."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"to": "klingon"}, "'klingon' is no language code"),
        ({"to": "ja"}, "nothing that is installed translates into ja; it knows en, pt"),
        ({"to": "pt", "language": "de"}, "nothing that is installed translates from 'de'; it knows es, pt"),
        ({"to": "en", "language": "ja", "model": "listener"}, "ja"),
        ({"to": "en", "language": "?"}, "'?' is no language code"),
    ],
)
def test_a_language_that_nobody_knows_is_refused(home: Path, fields: dict[str, str], message: str) -> None:
    with lab_of(home, LISTENER, ABROAD, HOME) as lab:
        told = ask(lab, **fields)
    assert told.status_code == 400
    assert told.json()["error"]["type"] == "invalid_request_error"
    assert message in told.json()["error"]["message"]


def test_weights_that_are_not_here_are_no_reason_to_wait(home: Path) -> None:
    far = spec("far", Kind.SPEECH_TRANSLATE, Direct, Ways(("es",), ("en",), here=False), weights=(HEAVY,))
    with lab_of(home, LISTENER, far, ABROAD, HOME) as lab:
        assert best(lab, "en").name == "asr/listener"
    with lab_of(home, LISTENER, far) as lab:
        assert best(lab, "en").name == "speech-translate/far"
    same = spec("same", Kind.ASR, Listener, weights=(HEAVY,))
    with lab_of(home, same, far, ABROAD, HOME) as lab:
        assert best(lab, "en").name == "speech-translate/far"


def test_one_that_does_not_tell_leads_into_english(home: Path) -> None:
    silent = spec("silent", Kind.SPEECH_TRANSLATE, Direct, languages=("es", "en", "pt"))
    with lab_of(home, LISTENER, silent, ABROAD, HOME) as lab:
        assert best(lab, "en-GB").name == "speech-translate/silent"
        assert best(lab, "pt").name == "asr/listener"


def test_without_any_engine_it_says_what_to_install(home: Path) -> None:
    with lab_of(home, ABROAD, HOME) as lab:
        told = ask(lab)
    assert told.status_code == 503
    assert "pip install" in told.json()["error"]["message"]
