"""The host's own engines keep the promises that it asks of everybody's, and the kit finds those who do not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from speechlab import AsrOptions, EngineSpec, Kind, Segment, VadOptions
from speechlab.testing import SocketOpened, Subject, conformance, no_sockets
from speechlab.testing import checks as promises


@conformance()
def test_own_engines_conform(check: Callable[[], None]) -> None:
    check()


class Careless:
    """A recognizer that can be made to break any promise."""

    def __init__(self, params: Any, context: Any) -> None: ...

    def transcribe(self, audio: Any, options: Any) -> Any:
        yield Segment(audio.start, audio.end, text="hello", language="en")


class AtZero(Careless):
    def transcribe(self, audio: Any, options: Any) -> Any:
        yield Segment(0.0, audio.duration, text="hello")


class Forgetful(Careless):
    calls = 0

    def transcribe(self, audio: Any, options: Any) -> Any:
        Forgetful.calls += 1
        yield Segment(audio.start, audio.end, text=f"hello {Forgetful.calls}")


class Talkative(Careless):
    def transcribe(self, audio: Any, options: Any) -> Any:
        socket.getaddrinfo("example.org", 80)
        yield Segment(audio.start, audio.end, text="hello")


class Fragile(Careless):
    def transcribe(self, audio: Any, options: Any) -> Any:
        assert audio.duration > 1.0
        yield Segment(audio.start, audio.end, text="hello")


class Wordless(Careless):
    pass


class Hoarder(Careless):
    kept: ClassVar[list[Any]] = []

    def __init__(self, params: Any, context: Any) -> None:
        Hoarder.kept.append(self)


class Everywhere:
    """A detector that hears speech in silence."""

    def __init__(self, params: Any, context: Any) -> None: ...

    def open(self, options: Any) -> Any:
        from speechlab import SpeechEnded, SpeechStarted

        class Session:
            def feed(self, audio: Any) -> Any:
                yield SpeechStarted(audio.start)
                yield SpeechEnded(audio.end)

            def flush(self) -> Any:
                return ()

        return Session()


CARD = EngineSpec(id="x", kind=Kind.ASR, load=Careless, options=AsrOptions, license="MIT", summary="Some.")


@pytest.mark.parametrize(
    ("spec", "check"),
    [
        (replace(CARD, load=AtZero), promises.check_segments_lie_in_the_sound),
        (replace(CARD, load=Forgetful), promises.check_same_sound_same_answer),
        (replace(CARD, load=Talkative), promises.check_opens_no_socket),
        (replace(CARD, load=Fragile), promises.check_survives_odd_sounds),
        (replace(CARD, load=Hoarder), promises.check_gives_itself_back),
        (replace(CARD, features=frozenset({"word_times"})), promises.check_words_lie_in_their_segment),
        (replace(CARD, license=""), promises.check_card_is_complete),
        (replace(CARD, load="speechlab.testing.conformance:conformance"), promises.check_speaks_the_protocol),
        (replace(CARD, kind=Kind.VAD, load=Everywhere, options=VadOptions), promises.check_hears_nothing_in_silence),
        (replace(CARD, kind=Kind.VAD, load=Everywhere, options=VadOptions), promises.check_chunks_make_no_difference),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_promise_is_found(spec: EngineSpec, check: Callable[[Subject], None]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  # whichever way it fails, it must
        check(Subject(spec))


def swallowing(error: type[BaseException]) -> None:
    """What an engine does that tries to hide."""
    with suppress(error):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_this_machine_and_nothing_else_is() -> None:
    with no_sockets(), socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with pytest.raises(SocketOpened, match=r"192\.0\.2\.1"), no_sockets():
        socket.create_connection(("192.0.2.1", 9), timeout=0.1)
    with pytest.raises(SocketOpened, match=r"example\.org"), no_sockets():
        swallowing(AssertionError)
