"""Translation as a stage: what is told of each segment, in batch and live, and what becomes of all that goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pytest

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineFailed,
    EngineSpec,
    Event,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    Tick,
    Transcript,
    hookimpl,
)
from speechlab.engines import Session
from speechlab.pool import Loaded
from speechlab.runner import compose
from speechlab.stages import Flow
from speechlab.stages.scheduling import Asked, Slot
from speechlab.translation import as_recording


class Words:
    """A translator into French and Hebrew, which notes what it was given; of some texts it dies."""

    given: ClassVar[list[tuple[list[str], str | None, str]]] = []
    known: ClassVar[set[str | None]] = {"en", "pt", None}

    def __init__(self, params: Params, context: Context) -> None: ...

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        self.given.append((list(texts), source, target))
        if source not in self.known:
            raise ConfigError(f"it does not know {source}", hint="it knows en, pt")
        if any("crash" in text for text in texts):
            raise OSError("the engine died")
        return [f"{target}:{text}" for text in texts][: 0 if any("swallow" in text for text in texts) else None]


class Reader:
    """Tells the language of a text by its first word."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def annotate(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[dict[str, Any]]:
        codes = {"the": "en", "o": "pt", "der": "de"}
        return [
            {"language": {"code": codes[word], "confidence": 0.95}} if (word := text.split()[0]) in codes else {}
            for text in texts
        ]


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="words", kind=Kind.TRANSLATE, load=Words, longest=40))
        register(EngineSpec(id="reader", kind=Kind.TEXT, load=Reader, features=frozenset({"language_id"})))
        register(EngineSpec(id="abroad", kind=Kind.SPEECH_TRANSLATE, load="no:No", ways=lambda *_: []))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Words.given.clear()
    with Lab(Plugin(), discover=False, home=tmp_path) as lab:
        yield lab


def said(*texts: str | tuple[str, str]) -> Recording:
    pairs = [(text, None) if isinstance(text, str) else text for text in texts]
    segments = [Segment(n, n + 1, text=text, id=f"s{n}", language=code) for n, (text, code) in enumerate(pairs)]
    return Recording(transcript=Transcript(tuple(segments)))


def translated(lab: Lab, recording: Recording, to: Any = "fr", **how: Any) -> list[str]:
    return [s.text for s in lab.translated(recording, to, engine="words", **how).translations[to]]


def by(segment: Segment) -> Any:
    return [(hop["engine"], hop["source"], hop["target"]) for hop in segment.extra["route"]]


# -- what is told ------------------------------------------------------------------------------------------------------


def test_ids_and_times_are_kept_and_the_route_is_told(lab: Lab) -> None:
    told = lab.translated(said(("Hello.", "en"), ("Olá.", "pt")), ["fr", "he"], engine="words")
    assert [(s.id, s.start, s.language, s.text) for s in told.translations["fr"]] == [
        ("s0", 0, "fr", "fr:Hello."),
        ("s1", 1, "fr", "fr:Olá."),
    ]
    assert [by(s) for s in told.translations["he"]] == [
        [("translate/words", "en", "he")],
        [("translate/words", "pt", "he")],
    ]
    assert told.transcript.segments == said(("Hello.", "en"), ("Olá.", "pt")).transcript.segments


def test_what_is_in_the_target_language_is_left_alone(lab: Lab) -> None:
    told = lab.translated(said(("Salut.", "fr-CA"), ("Hi.", "en")), "fr", engine="words").translations["fr"]
    assert [(s.text, by(s)) for s in told] == [("Salut.", []), ("fr:Hi.", [("translate/words", "en", "fr")])]
    assert lab.translate(["Hi."], "en-GB", "en", engine="words") == ["Hi."]
    assert lab.translate((text for text in ["Hi."]), "en-GB", "en", engine="words") == ["Hi."]  # type: ignore[arg-type]
    for texts, to in ((["Hi."], ["fr", "pt"]), (["Hi.", None], "fr")):
        with pytest.raises(ConfigError, match=r"one language|other than text"):
            lab.translate(texts, to, "en", engine="words")  # type: ignore[arg-type]
    assert [source for _, source, _ in Words.given] == ["en"]


def test_languages_are_named_by_their_standard_codes(lab: Lab) -> None:
    assert list(lab.translated(said("Hi."), ["por_Latn", "pt"], engine="words").translations) == ["pt"]
    assert lab.translate("Hi.", "fra", "eng", engine="words") == ["fr:Hi."]
    assert Words.given[-1][1:] == ("en", "fr")


def test_the_language_is_read_where_nobody_told_it(lab: Lab) -> None:
    mixed = said("the cat sat down", "o gato fugiu logo", "OK", ("oui oui oui", "en"))
    told = lab.translated(mixed, "fr", engine="words").translations["fr"]
    assert [by(s)[0][1] for s in told] == ["en", "pt", "en", "en"]
    never = lab.translated(mixed, "fr", engine="words", identify="never").translations["fr"]
    assert [by(s)[0][1] for s in never] == [None, None, None, "en"]


def test_speakers_who_switch_languages_are_followed(lab: Lab) -> None:
    switching = said(("the cat sat down", "pt"), ("o gato fugiu logo", "pt"), ("OK", "pt"))
    told = lab.translated(switching, "fr", engine="words", identify="always").translations["fr"]
    assert [by(s)[0][1] for s in told] == ["en", "pt", "pt"]


def test_a_row_that_was_edited_is_in_the_language_of_the_rest(lab: Lab) -> None:
    whole = lab.translated(said("the cat sat down", "OK"), "fr", engine="words")
    edited = lab.translating(whole, "fr", engine="words", only={"s1"})
    [update] = edited
    assert isinstance(update, SegmentUpdate)
    assert (update.segment.id, by(update.segment)) == ("s1", [("translate/words", "en", "fr")])


def test_what_the_guard_suspects_is_not_translated(lab: Lab) -> None:
    made_up = Segment(0, 1, text="Thanks for watching", id="s0").noting(suspect="no speech")
    told = lab.translated(Recording(transcript=Transcript((made_up,))), "fr", engine="words")
    assert told.translations == {}
    assert Words.given == []


def test_a_glossary_goes_around_any_engine(lab: Lab) -> None:
    told = lab.translate(
        ["Ask Ada of the cat."], "fr", "en", engine="words", glossary={"Ada": "", "cat": {"fr": "chat"}}
    )
    assert told == ["fr:Ask Ada of the chat."]


# -- batches -----------------------------------------------------------------------------------------------------------


def test_each_batch_is_told_as_it_is_done_and_closing_stops(lab: Lab) -> None:
    long = said(*((f"word number {n} of many words", "en") for n in range(40)))
    events = lab.translating(long, "fr", engine="words", batch=100)
    first = next(events)
    assert isinstance(first, SegmentUpdate)
    assert first.segment.id == "s0"
    assert len(Words.given) == 1
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(Words.given) == 1


def test_ten_thousand_characters_in_sentences(lab: Lab) -> None:
    text = "This is one more sentence of many. " * 300
    [told] = lab.translate(text, "fr", "en", engine="words")
    assert told == text.replace("This", "fr:This")
    assert max(len(piece) for texts, _, _ in Words.given for piece in texts) <= 40


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂🙂", "1234", "\0\x07\x1b", "—", "\ud800"])
def test_what_holds_no_language_comes_back_as_it_was(lab: Lab, text: str) -> None:
    [told] = lab.translated(said((text, "en")), "fr", engine="words").translations["fr"]
    assert (told.text, by(told)) == (text, [])
    assert Words.given == []


def test_100000_characters_without_a_full_stop(lab: Lab) -> None:
    [told] = lab.translate("word " * 20_000, "fr", "en", engine="words")
    assert told.count("word") == 20_000
    assert told.endswith("word ")


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_what_was_told_before_an_engine_died_stays_told(lab: Lab) -> None:
    recording = said(*((f"word number {n} of many words", "en") for n in range(20)), ("now crash", "en"))
    told = Recording()
    events = iter(lab.translating(recording, "fr", engine="words", batch=100))
    for event in islice(events, 18):
        told = told.apply(event)
    with pytest.raises(EngineFailed, match="translate/words failed: OSError: the engine died"):
        next(events)
    assert len(told.translations["fr"]) == 18, "all but the batch in which it died"


def test_an_engine_that_swallows_a_text_is_told(lab: Lab) -> None:
    with pytest.raises(EngineFailed, match="gave 0 translations of 1 text"):
        lab.translate(["please swallow"], "fr", "en", engine="words")


def test_one_segment_in_a_language_beyond_the_engine_stops_nothing(lab: Lab) -> None:
    mixed = said(("Hello.", "en"), ("Hallo.", "de"), ("Bye.", "en"))
    told = lab.translated(mixed, "fr", engine="words").translations["fr"]
    assert [s.text for s in told] == ["fr:Hello.", "Hallo.", "fr:Bye."]
    left = told.segments[1]
    assert (left.language, by(left), left.extra["untranslated"]) == ("de", [], "it does not know de")


def test_a_recording_that_is_beyond_the_engine_is_refused(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="it does not know de"):
        lab.translated(said(("Hallo.", "de"), ("Tschüs.", "de")), "fr", engine="words")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"to": "klingon!"}, "'klingon!' is no language code"),
        ({"to": []}, "name at least one language"),
        ({"to": "fr", "source": "??"}, "is no language code"),
        ({"to": "fr", "glossary": 7}, "a glossary is a table of terms"),
        ({"to": "fr", "engine": "nobody"}, "no translate engine 'nobody'"),
        ({"to": "fr", "beam": 4}, "has no parameter 'beam'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(lab: Lab, how: dict[str, Any], said: str) -> None:
    with pytest.raises(Exception, match=said) as refused:
        lab.translate(["Hi."], **{"engine": "words", **how})
    assert getattr(refused.value, "hint", "")
    assert Words.given == []


# -- live --------------------------------------------------------------------------------------------------------------


class ByHand:
    """A scheduler whose work is done when the test says so, tentative work last and only the newest."""

    hurried = False

    def __init__(self) -> None:
        self.waiting: list[Asked] = []
        self.done: list[Asked] = []
        self.loaded: Loaded | None = None

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        self.loaded = loaded
        return self

    def detector(self, loaded: Loaded, options: Any) -> Session[Audio, Any]:
        raise AssertionError("nobody listens")

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        assert self.loaded is not None
        asked = Asked(self.loaded, work, final, about)
        if not final:
            self.waiting = [one for one in self.waiting if one.final]
        self.waiting.append(asked)
        return asked

    def work(self, count: int | None = None) -> None:
        self.waiting.sort(key=lambda one: not one.final)
        for asked in self.waiting[:count]:
            asked.run()
            self.done.append(asked)
        del self.waiting[:count]

    def answers(self) -> Iterator[Asked]:
        while self.done:
            yield self.done.pop(0)

    def rest(self) -> Iterator[Asked]:
        self.work()
        yield from self.answers()


def tentative(text: str, id: str = "s0") -> SegmentUpdate:
    return SegmentUpdate(segment=Segment(0, 1, text=text, id=id, language="en"), final=False)


def final(text: str, id: str = "s0", **extra: Any) -> SegmentUpdate:
    return SegmentUpdate(segment=Segment(0, 1, text=text, id=id, language="en").noting(**extra))


WORK = object()
"""In a script: the time for one piece of work."""


def live(lab: Lab, script: Sequence[Any], **knobs: Any) -> list[tuple[str, str, bool]]:
    """What is told of translations while the script is played: id, text, and whether it is final."""
    scheduler = ByHand()
    ready = lab.pipeline({"stage": [{"use": "translate/words", "to": "fr", **knobs}]}).ready(lab.policy, Flow.SEGMENTS)

    def events() -> Iterator[Event]:
        for item in script:
            if item is WORK:
                scheduler.work(1)
                yield Tick(0.0)
            else:
                yield item

    told = compose(ready, events(), lab.pool, scheduler=scheduler)
    return [(e.segment.id, e.segment.text, e.final) for e in told if isinstance(e, SegmentUpdate) and e.target == "fr"]


def test_live_what_is_tentative_is_translated_only_where_somebody_wants_it(lab: Lab) -> None:
    script = [tentative("I"), WORK, tentative("I am"), WORK, final("I am here."), WORK]
    assert live(lab, script) == [("s0", "fr:I am here.", True)]
    assert live(lab, script, tentative=True) == [
        ("s0", "fr:I", False),
        ("s0", "fr:I am", False),
        ("s0", "fr:I am here.", True),
    ]


def test_live_finals_go_first_and_only_the_newest_tentative_text_waits(lab: Lab) -> None:
    script = [tentative("I"), tentative("I am"), final("Yes.", "s1"), tentative("I am here"), WORK, WORK, final("Bye.")]
    assert live(lab, script, tentative=True) == [
        ("s1", "fr:Yes.", True),
        ("s0", "fr:I am here", False),
        ("s0", "fr:Bye.", True),
    ]


def test_live_a_tentative_translation_that_comes_late_is_not_told(lab: Lab) -> None:
    assert live(lab, [tentative("I"), final("I am."), WORK, WORK], tentative=True) == [("s0", "fr:I am.", True)]


def test_live_what_was_translated_already_is_not_translated_again(lab: Lab) -> None:
    live(lab, [tentative("One. Two"), WORK, tentative("One. Two"), WORK, final("One. Two"), WORK], tentative=True)
    live(lab, [tentative("One. Two"), WORK, final("One. Three."), WORK], tentative=True)
    assert [texts for texts, _, _ in Words.given] == [["Two", "One."], ["Two", "One."], ["Three."]]


def test_live_what_was_made_up_after_all_is_withdrawn(lab: Lab) -> None:
    script = [tentative("Thanks"), WORK, final("Thanks", suspect="no speech"), WORK]
    assert live(lab, script, tentative=True) == [("s0", "fr:Thanks", False), ("s0", "fr:Thanks", True)]


def test_live_a_tentative_text_that_fails_harms_nothing(lab: Lab) -> None:
    assert live(lab, [tentative("crash"), WORK, final("It is well."), WORK], tentative=True) == [
        ("s0", "fr:It is well.", True)
    ]


def test_live_a_language_beyond_the_engine_ends_no_stream(lab: Lab) -> None:
    german = SegmentUpdate(segment=Segment(0, 1, text="Hallo.", id="s0", language="de"))
    assert live(lab, [german, WORK, final("Hi.", "s1"), WORK]) == [("s0", "Hallo.", True), ("s1", "fr:Hi.", True)]


def test_live_what_a_pair_needs_is_loaded_before_anybody_speaks(lab: Lab) -> None:
    live(lab, [], source="en")
    assert Words.given == [([], "en", "fr")]


def test_live_what_a_language_needs_is_loaded_as_soon_as_it_is_heard(lab: Lab) -> None:
    live(lab, [tentative("I"), WORK, tentative("I am"), WORK, final("I am."), WORK])
    assert Words.given == [([], "en", "fr"), (["I am."], "en", "fr")]
    unknown = SegmentUpdate(segment=Segment(0, 1, text="Hal", id="s0", language="de"), final=False)
    assert live(lab, [unknown, WORK, final("Hi."), WORK]) == [("s0", "fr:Hi.", True)], "it ends no stream"


def test_many_threads_may_translate_at_once(lab: Lab) -> None:
    told: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda n=n: told.append(lab.translate([f"word {n}"] * 5, "fr", "en", engine="words")))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == sorted([f"fr:word {n}"] * 5 for n in range(8))


def test_a_text_is_a_recording_too(lab: Lab) -> None:
    assert translated(lab, as_recording("One.\nTwo.", "en")) == ["fr:One.", "fr:Two."]
