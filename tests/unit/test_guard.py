"""What nobody said is flagged, what people say is not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    AsrOptions,
    Audio,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    Span,
    hookimpl,
)
from speechlab.stages.guard import Guard, compression_ratio, loops
from tests.doubles import talk

PROSE = (
    "He hoped there would be stew for dinner, turnips and carrots and bruised potatoes and fat mutton pieces to be "
    "ladled out in thick, peppered, flour-fattened sauce.",
    "Very, very, very good, no no, I mean it.",
    "One two three four five six seven eight nine ten.",
    "あなたは今日の午後、駅まで迎えに来てくれますか。",
    "",
)


def looked(text: str, speech: list[Span] | None = None, **extra: float) -> str | None:
    return Guard().look(Segment(0.0, 10.0, text=text, extra=extra), speech).suspect


@pytest.mark.parametrize("text", PROSE)
def test_what_people_say_passes(text: str) -> None:
    assert looked(text, [Span(0, 10)]) is None


@pytest.mark.parametrize(
    "text", ["Thank you. " * 8, "so we go and " * 6, "la " * 40, "ご視聴ありがとうございました" * 12, "ha" * 60]
)
def test_a_loop_is_flagged(text: str) -> None:
    assert looked(text) == "repetition"


def test_text_over_silence_is_flagged() -> None:
    assert looked("Thanks for watching!", []) == "no speech"
    assert looked("Thanks for watching!", [Span(20, 30)]) == "no speech"
    assert looked("Thanks for watching!", [Span(0, 3)]) is None
    assert looked("Thanks for watching!", None) is None


def test_whispers_own_rule_for_silence_needs_both_signs() -> None:
    assert looked("Hm.", avg_logprob=-1.2, no_speech_prob=0.8) == "no speech"
    assert looked("Hm.", avg_logprob=-1.2, no_speech_prob=0.2) is None
    assert looked("Hm.", avg_logprob=-0.2, no_speech_prob=0.8) is None


def test_the_third_equal_segment_in_a_row_is_stuck() -> None:
    guard = Guard()
    segment = Segment(0, 1, text="Thank you for watching.")
    assert [guard.look(segment, None).suspect for _ in range(4)] == [None, None, "repetition", "repetition"]
    guard = Guard()
    assert [guard.look(Segment(0, 1, text="Yes."), None).suspect for _ in range(4)] == [None] * 4


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8), st.integers(5, 9))
def test_any_phrase_five_times_is_a_loop(phrase: list[str], times: int) -> None:
    assert loops(["before", *phrase * times, "after"])


@given(st.lists(st.integers(), unique=True, max_size=60))
def test_words_that_all_differ_are_no_loop(words: list[int]) -> None:
    assert not loops([str(word) for word in words])


@given(st.text())
def test_a_compression_ratio_is_never_negative(text: str) -> None:
    assert compression_ratio(text) >= 0.0


class Prompt:
    """Settles a segment for each second as soon as it has heard it."""

    def __init__(self, params: Params, context: Any) -> None: ...

    def open(self, options: AsrOptions) -> "Prompt":
        return self

    def feed(self, audio: Audio) -> Iterator[SegmentUpdate]:
        for second in audio.chunks(1.0):
            text = f"second {second.start:.0f}"
            yield SegmentUpdate(segment=Segment(second.start, second.end, text=text, id=text))

    def flush(self) -> Iterator[SegmentUpdate]:
        yield from ()


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="prompt", kind=Kind.ASR, load=Prompt, options=AsrOptions))


@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_settled_at_once_is_held_against_all_speech_told_of_the_same_sound(home: Path, streamed: bool) -> None:
    pipeline = {"stage": [{"use": "vad/energy"}, {"use": "asr/prompt"}]}
    with Lab(Plugin(), discover=False, home=home) as lab:
        sound = talk(4.0, pause=2.0)
        events = lab.stream(pipeline, [sound]) if streamed else lab.open(pipeline, sound)
        transcript = Recording.of(events).transcript
    assert [segment.text for segment in transcript if segment.suspect] == ["second 0", "second 7"]
