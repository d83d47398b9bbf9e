"""The tab Translate, used as a person uses it: texts and recordings in several languages side by side."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from speechlab import AsrOptions, Audio, EngineSpec, Kind, Lab, Params, Segment, TtsOptions, Voice, hookimpl
from speechlab.media import write
from tests.browser.visits import SOON, Keep, Visitor, heeded

RATE = 8_000
LINES = ("Good morning everybody.", "Is it raining?", "Only a little.", "Shall we begin?")
EACH = 2.0
"""Seconds that each is said."""
TEXT = "Good morning, everybody.\nIs it raining?\nOnly a little."
WORDS = {"pt": "olá", "fr": "salut", "he": "שלום", "en": "hello"}

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


class Script:
    """A recognizer that knows the lines."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        for number, line in enumerate(LINES):
            yield Segment(number * EACH, (number + 1) * EACH, text=line, language="en")


class Greeter:
    """A translator that puts a greeting before the text; it waits where it is asked to, and stumbles over a word."""

    calls: list[tuple[str, str]] = []  # noqa: RUF012  # every text, and the language it was asked for
    let = threading.Semaphore(0)

    def __init__(self, params: Params, context: object) -> None: ...

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        self.calls.extend((text, target) for text in texts)
        if any("wait" in text for text in texts):
            assert Greeter.let.acquire(timeout=SOON / 1000)
        if any("stumble" in text for text in texts):
            raise RuntimeError("it stumbled")
        return [f"{WORDS[target]} {text}" for text in texts]


class Hum:
    """A voice that hums."""

    said: list[str] = []  # noqa: RUF012  # every text

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice(id="hum", languages=("pt",))]

    def synthesize(self, text: str, voice: object, options: TtsOptions) -> Iterator[Audio]:
        self.said.append(text)
        yield Audio(np.full((1, RATE // 2), 0.01, np.float32), RATE)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, load: Any, **more: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load=load, license="MIT", summary=f"For tests: {id}.", **more))

        engine("script", Kind.ASR, Script, options=AsrOptions, languages=("en",), window=600.0)
        engine("greeter", Kind.TRANSLATE, Greeter, languages=tuple(WORDS))
        engine("hum", Kind.TTS, Hum, languages=("pt",), options=TtsOptions)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


class Visit:
    """One person on the tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def rows(self) -> Locator:
        return self.page.locator(".sheet-row")

    @property
    def text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Text to translate")

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def pick(self, label: str, *names: str) -> None:
        picker = self.page.locator(f"#translate-{label.lower()}")
        for name in names:
            picker.get_by_role("combobox").click()
            picker.get_by_role("combobox").fill(name)
            picker.get_by_role("option").filter(has_text=name).click()
            if label == "Into":
                expect(picker.locator(".token", has_text=name)).to_be_visible()
        self.page.locator(".top h1").click()
        expect(picker.get_by_role("option")).to_have_count(0)

    def drop(self, name: str) -> None:
        self.page.locator("#translate-into .token", has_text=name).get_by_role("button").click()
        expect(self.page.locator("#translate-into .token", has_text=name)).to_have_count(0)

    def translate(self, text: str = TEXT) -> None:
        self.text.fill(text)
        self.page.get_by_role("button", name="Translate", exact=True).click()

    def column(self, code: str) -> Locator:
        return self.page.locator(f'.sheet-into[data-code="{code}"] .sheet-text')

    def head(self, code: str) -> Locator:
        return self.page.locator(f'.sheet-col[data-code="{code}"]')

    def source(self, number: int) -> Locator:
        return self.rows.nth(number).locator(".sheet-source .sheet-text")


Open = Callable[..., Visit]


@pytest.fixture
def visit(visitor: Visitor, url: str) -> Iterator[Open]:
    """Opens the tab, with From and Into picked."""
    Greeter.let = threading.Semaphore(0)
    Greeter.calls.clear()
    Hum.said.clear()

    def open_(*into: str, source: str = "English", **how: Any) -> Visit:
        how = {"viewport": {"width": 1280, "height": 1100}, "locale": "en-GB", **how}
        page = visitor(permissions=["clipboard-read", "clipboard-write"], **how).new_page()
        page.goto(url)
        expect(page.locator("#knob-channels")).to_be_attached()
        one = Visit(page)
        one.tab("Translate")
        expect(page.locator("#translate-into .token")).to_have_text(re.compile("English"))
        if source:
            one.drop("English")
            one.pick("From", source)
        if into:
            one.pick("Into", *into)
        return one

    yield open_
    for _ in range(20):
        Greeter.let.release()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "interview.wav"
    at = np.arange(round(len(LINES) * EACH * RATE)) / RATE
    write(Audio((0.2 * np.sin(2 * np.pi * 220 * at)).astype(np.float32)[None], RATE), path)
    return path


def test_a_text_stands_in_several_languages_side_by_side(visit: Open, keep: Keep) -> None:
    one = visit("Portuguese", "French")
    one.translate()
    expect(one.column("pt")).to_have_text([f"olá {line}" for line in TEXT.splitlines()])
    expect(one.column("fr")).to_have_text([f"salut {line}" for line in TEXT.splitlines()])
    expect(one.column("pt").first).to_have_attribute("lang", "pt")
    expect(one.head("pt")).to_contain_text("Portuguese português")
    expect(one.head("pt").locator(".sheet-how")).to_have_text(re.compile(r"^greeter · \d+(\.\d)? m?s$"))
    boxes = [one.rows.nth(1).locator(".sheet-text").nth(n).bounding_box() for n in range(3)]
    assert all(boxes)
    assert len({round(box["y"]) for box in boxes if box}) == 1
    keep(one.page, "translate-text", whole=True)

    one.head("fr").get_by_role("button", name="Copy").click()
    assert one.page.evaluate("navigator.clipboard.readText()") == "\n".join(f"salut {x}" for x in TEXT.splitlines())
    with one.page.expect_download() as got:
        one.head("pt").get_by_role("button", name="Download").click()
    assert got.value.suggested_filename == "translation.pt.txt"
    with one.page.expect_download() as got:
        one.page.get_by_role("button", name="Download all").click()
    with zipfile.ZipFile(got.value.path()) as archive:
        assert archive.namelist() == ["translation.txt", "translation.pt.txt", "translation.fr.txt"]


def test_what_is_copied_keeps_its_paragraphs(visit: Open) -> None:
    one = visit("Portuguese")
    sentence = "The keeper climbed the stairs and lit the lamp every single evening."
    one.translate(f"Title\n\n{' '.join([sentence] * 4)}")
    expect(one.column("pt")).to_have_count(5)
    expect(one.column("pt").nth(4)).to_have_text(f"ol\u00e1 {sentence}")
    one.head("pt").get_by_role("button", name="Copy").click()
    expect(one.page.locator(".sheet-copied")).to_have_count(1)
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == ["ol\u00e1 Title", "", " ".join([f"ol\u00e1 {sentence}"] * 4)]


def test_only_the_segment_that_was_corrected_is_translated_again(visit: Open) -> None:
    one = visit("Portuguese", "French")
    one.translate()
    expect(one.column("fr")).to_have_count(3)
    expect(one.column("fr").nth(2)).to_have_text("salut Only a little.")
    Greeter.calls.clear()
    one.source(1).click()
    one.page.keyboard.press("Control+A")
    one.page.keyboard.type("Is it snowing?")
    one.page.keyboard.press("Enter")
    expect(one.column("pt").nth(1)).to_have_text("olá Is it snowing?")
    expect(one.column("fr").nth(1)).to_have_text("salut Is it snowing?")
    assert Greeter.calls == [("Is it snowing?", "pt"), ("Is it snowing?", "fr")]

    one.source(0).click()
    one.page.keyboard.type("never mind")
    one.page.keyboard.press("Escape")
    expect(one.source(0)).to_have_text("Good morning, everybody.")
    assert len(Greeter.calls) == 2


def test_columns_come_and_go_with_what_is_picked(visit: Open) -> None:
    one = visit("Portuguese")
    one.translate()
    expect(one.column("pt")).to_have_count(3)
    expect(one.head("pt")).to_have_attribute("data-state", "done")
    Greeter.calls.clear()
    one.pick("Into", "French")
    expect(one.column("fr").nth(2)).to_have_text("salut Only a little.")
    assert {target for _, target in Greeter.calls} == {"fr"}
    one.drop("Portuguese")
    expect(one.column("pt")).to_have_count(0)
    expect(one.column("fr")).to_have_count(3)
    one.pick("Into", "português")  # found by its own name as well
    expect(one.column("pt").first).to_have_text("olá Good morning, everybody.")
    assert {target for _, target in Greeter.calls} == {"fr"}


def test_a_recording_goes_through_the_queue_and_is_heard_from_any_segment(
    visit: Open, recording: Path, keep: Keep
) -> None:
    one = visit("Portuguese")
    one.page.set_input_files(".desk-files", recording)
    expect(one.column("pt")).to_have_text([f"olá {line}" for line in LINES])
    expect(one.page.locator(".desk-open h2")).to_have_text("interview.wav")
    audio = one.page.locator(".sheet-sound audio")
    one.rows.nth(2).get_by_role("button", name="Play from 0:04").click()
    one.page.wait_for_function("(audio) => audio.currentTime > 4.05", arg=audio.element_handle())
    expect(one.rows.nth(2)).to_have_class(re.compile("sheet-now"))
    one.page.get_by_role("button", name="Pause").click()
    assert audio.evaluate("(audio) => audio.paused")
    one.column("pt").nth(1).click()
    one.page.wait_for_function("(audio) => !audio.paused && audio.currentTime < 4", arg=audio.element_handle())
    one.page.get_by_role("button", name="Pause").click()
    keep(one.page, "translate-recording", whole=True)

    one.page.get_by_role("combobox", name="Format").select_option("srt")
    one.page.get_by_role("checkbox", name="With the original").check()
    with one.page.expect_download() as got:
        one.head("pt").get_by_role("button", name="Download").click()
    assert got.value.suggested_filename == "interview.pt.srt"
    lines = Path(got.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["1", "00:00:00,000 --> 00:00:02,000", f"olá {LINES[0]}", LINES[0]]

    one.page.get_by_role("button", name="Another text").click()
    expect(one.page.locator(".sheet")).to_be_hidden()
    expect(one.text).to_be_focused()


def test_a_transcript_is_brought_from_the_tab_transcribe(visit: Open, recording: Path) -> None:
    one = visit("Portuguese")
    one.tab("Transcribe")
    one.page.set_input_files(".drop-files", recording)
    expect(one.page.locator("#player .sl-title")).to_have_text("interview.wav")
    one.page.locator("#to-translate").click()
    expect(one.page.get_by_role("tab", name="Translate", exact=True)).to_have_attribute("aria-selected", "true")
    expect(one.column("pt")).to_have_text([f"olá {line}" for line in LINES])
    expect(one.page.get_by_role("list", name="Your recordings")).to_contain_text("interview.wav")


def test_the_first_language_and_the_other_change_places(visit: Open) -> None:
    one = visit("Portuguese", "French")
    one.translate("Good morning.")
    expect(one.column("pt")).to_have_text("olá Good morning.")
    one.page.get_by_role("button", name="Swap").click()
    expect(one.page.locator("#translate-from").get_by_role("combobox")).to_have_value("Portuguese · português")
    expect(one.text).to_have_value("olá Good morning.")
    expect(one.column("en")).to_have_text("hello olá Good morning.")
    expect(one.column("fr")).to_have_text("salut olá Good morning.")


def test_a_glossary_holds_and_a_wrong_one_is_told(visit: Open) -> None:
    one = visit("Portuguese")
    box = one.page.get_by_role("textbox", name="Glossary")
    with heeded(one.page):
        box.fill("= chuva")
        box.blur()
    one.translate()
    expect(one.page.locator(".desk-problem")).to_contain_text("empty term")
    with heeded(one.page):
        box.fill("raining = chovendo")
        box.blur()
    one.page.get_by_role("button", name="Translate", exact=True).click()
    expect(one.column("pt").nth(1)).to_have_text("olá Is it chovendo?")
    expect(one.page.locator(".desk-problem")).to_be_hidden()


def test_what_cannot_be_done_is_told_in_a_sentence_and_what_is_done_stays(visit: Open, keep: Keep) -> None:
    one = visit()
    one.translate()
    expect(one.page.locator(".desk-problem")).to_have_text("Choose a language to translate into.")
    one.pick("Into", "Portuguese")
    one.translate("Good morning.")
    expect(one.column("pt")).to_have_text("olá Good morning.")
    one.source(0).click()
    one.page.keyboard.type("They stumble. ")
    one.page.keyboard.press("Enter")
    expect(one.head("pt").get_by_role("alert")).to_contain_text("it stumbled")
    expect(one.column("pt")).to_have_text("\u2013")
    keep(one.page, "translate-failed", whole=True)


def test_work_can_be_stopped(visit: Open) -> None:
    one = visit("Portuguese")
    one.translate("Do wait here.")
    expect(one.head("pt")).to_have_attribute("data-state", "working")
    one.page.get_by_role("button", name="Stop", exact=True).click()
    expect(one.head("pt")).to_have_attribute("data-state", "stopped")
    expect(one.page.get_by_role("button", name="Translate", exact=True)).to_be_enabled()
    Greeter.let.release()


def test_translations_are_spoken_one_or_all(visit: Open) -> None:
    one = visit("Portuguese", "French")
    one.translate()
    expect(one.column("fr").nth(2)).to_have_text("salut Only a little.")
    one.rows.nth(1).hover()
    one.rows.nth(1).get_by_role("button", name="Hear it in Portuguese").click()
    expect(one.rows.nth(1).locator(".sheet-saying")).to_have_count(1)
    expect(one.page.locator(".sheet-saying")).to_have_count(0)
    assert Hum.said == ["olá Is it raining?"]
    one.head("pt").get_by_role("button", name="Hear it").click()
    expect(one.rows.nth(2).locator(".sheet-saying")).to_have_count(1)
    expect(one.page.locator(".sheet-saying")).to_have_count(0)
    assert Hum.said[1:] == [f"olá {line}" for line in TEXT.splitlines()]
    expect(one.head("fr").get_by_role("button", name="Hear it")).to_be_hidden()


def test_a_recording_is_dubbed_and_heard_at_the_same_times(visit: Open, recording: Path, keep: Keep) -> None:
    one = visit("Portuguese", "French")
    one.page.set_input_files(".desk-files", recording)
    expect(one.head("pt")).to_have_attribute("data-state", "done")
    one.head("pt").get_by_role("button", name="Speak it at the times of the recording").click()
    tracks = one.page.get_by_role("combobox", name="What is heard")
    expect(tracks.locator("option")).to_have_text(["As recorded", "Portuguese"])
    assert Hum.said == [f"ol\u00e1 {line}" for line in LINES]
    audio = one.page.locator(".sheet-sound audio")
    one.page.wait_for_function("(audio) => !audio.paused && audio.currentTime > 0.2", arg=audio.element_handle())
    assert audio.evaluate("(audio) => Math.round(audio.duration)") == round(EACH * len(LINES))
    with one.page.expect_download() as got:
        one.page.get_by_role("link", name="Download what is heard").click()
    assert got.value.suggested_filename == "interview.pt.flac"
    keep(one.page, "translate-dubbed", whole=True)
    tracks.select_option("As recorded")
    one.page.wait_for_function("(audio) => audio.src.includes('lab/sound')", arg=audio.element_handle())
    expect(one.head("fr").get_by_role("button", name="Speak it")).to_be_hidden()


def test_a_language_that_is_written_to_the_left(visit: Open, keep: Keep) -> None:
    one = visit("Hebrew", "French", color_scheme="dark")
    one.translate()
    expect(one.column("he").first).to_have_attribute("dir", "rtl")
    expect(one.head("he")).to_have_attribute("dir", "rtl")
    assert one.column("he").first.evaluate("(node) => getComputedStyle(node).direction") == "rtl"
    keep(one.page, "translate-rtl-dark", whole=True)


def test_the_keyboard_goes_through_the_rows(visit: Open, recording: Path) -> None:
    one = visit("Portuguese")
    one.page.set_input_files(".desk-files", recording)
    expect(one.column("pt")).to_have_count(len(LINES))
    one.rows.nth(0).focus()
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("ArrowDown")
    expect(one.rows.nth(2)).to_be_focused()
    assert one.page.locator('.sheet-rows [tabindex="0"].sheet-row').count() == 1
    one.page.keyboard.press("Space")
    audio = one.page.locator(".sheet-sound audio")
    one.page.wait_for_function("(audio) => !audio.paused && audio.currentTime >= 4", arg=audio.element_handle())
    one.page.keyboard.press("Space")
    one.page.wait_for_function("(audio) => audio.paused", arg=audio.element_handle())
    one.page.keyboard.press("Enter")
    one.page.keyboard.type("just a little")
    one.page.keyboard.press("Enter")
    expect(one.column("pt").nth(2)).to_have_text("olá just a little")
    expect(one.rows.nth(2)).to_be_focused()


def test_a_page_that_is_loaded_anew_comes_back_to_its_sheet(visit: Open) -> None:
    one = visit("Portuguese")
    one.translate()
    expect(one.column("pt").nth(2)).to_have_text("olá Only a little.")
    Greeter.calls.clear()
    one.page.reload()
    one.tab("Translate")
    expect(one.column("pt")).to_have_text([f"olá {line}" for line in TEXT.splitlines()])
    expect(one.text).to_have_value(TEXT)
    assert Greeter.calls == []


def test_a_phone(visit: Open, recording: Path, keep: Keep) -> None:
    one = visit("Portuguese", "Hebrew", viewport={"width": 360, "height": 780}, has_touch=True)
    keep(one.page, "translate-phone-idle")
    one.page.set_input_files(".desk-files", recording)
    expect(one.column("he")).to_have_count(len(LINES))
    expect(one.column("he").nth(3)).to_have_text(f"שלום {LINES[3]}")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(one.rows.nth(0).locator(".sheet-label").first).to_have_text("Portuguese")
    keep(one.page, "translate-phone-heads")
    one.rows.nth(3).scroll_into_view_if_needed()
    keep(one.page, "translate-phone-rows")


def test_every_button_has_a_name(visit: Open, recording: Path) -> None:
    one = visit("Portuguese")
    one.page.set_input_files(".desk-files", recording)
    expect(one.column("pt")).to_have_count(len(LINES))
    nameless = one.page.locator(".sheet :is(button, select, input), .desk :is(button, textarea)").evaluate_all(
        "nodes => nodes.filter((n) => !(n.getAttribute('aria-label') || n.title || n.textContent.trim()"
        " || n.labels?.[0]?.textContent.trim() || n.getAttribute('aria-hidden'))).length"
    )
    assert nameless == 0
