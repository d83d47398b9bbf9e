"""The tab Voices, used as a person uses it: a text in several voices side by side, heard, changed, compared, kept."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
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
from tests.browser.visits import SOON, Keep, Visitor, heeded

RATE = 8_000
TEXT = "The lamp is lit. Nobody trusted it.\n\nThe boats know."
LINES = ["The lamp is lit.", "Nobody trusted it.", "The boats know."]

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


class HumOptions(TtsOptions):
    """A hum's."""

    tone: Annotated[float, Field(ge=50, le=500)] = 200.0
    """Its pitch in Hz."""
    seed: Annotated[int, Field(ge=0, le=999_999)] | None = None
    """What it begins with."""


class Hum:
    """A voice that hums; it waits where it is asked to, and stumbles over a word."""

    said: list[tuple[str, str | None, HumOptions]] = []  # noqa: RUF012  # all of it
    let = threading.Semaphore(0)

    def __init__(self, params: Params, context: object) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice("ada", "Ada", ("en-GB",)), Voice("bob", "Bob", ("en-US",)), Voice("rui", "Rui", ("pt",))]

    def synthesize(self, text: str, voice: str | None, options: HumOptions) -> Iterator[Audio]:
        self.said.append((text, voice, options))
        if "wait" in text:
            assert Hum.let.acquire(timeout=SOON / 1000)
        if "stumble" in text:
            raise ConfigError("it stumbled", hint="say it slowly")
        at = np.arange(RATE // 2) / RATE
        yield Audio((0.1 * np.sin(2 * np.pi * 200 * at) * (1 - at)).astype(np.float32), RATE)


class Dear(Hum):
    """One that costs something."""

    def quote(self, text: str, options: TtsOptions) -> Quote:
        return Quote("Dear", len(text), amount=float(len(text)), left=10.0)


class Ear:
    """A recogniser that always hears the same."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        yield Segment(audio.start, audio.end, text="the lamp is lit", language="en")


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, load: Any, **more: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load=load, license="MIT", summary=f"For tests: {id}.", **more))

        engine("hum", Kind.TTS, Hum, languages=("en-GB", "en-US", "pt"), options=HumOptions)
        engine("dear", Kind.TTS, Dear, languages=("en",), options=TtsOptions, local=False, features={"priced"})
        engine("ear", Kind.ASR, Ear, options=AsrOptions)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    policy = Policy(watermark=False)
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab"), policy=policy) as lab:
        lab.name_voice("Grandmother", "ada", "hum", tone=111.0)
        yield lab


class Visit:
    """One person on the tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Text to speak")

    @property
    def find(self) -> Locator:
        return self.page.get_by_role("combobox", name="Find a voice")

    @property
    def picked(self) -> Locator:
        return self.page.locator(".vp-chip .vp-name")

    @property
    def rows(self) -> Locator:
        return self.page.locator(".takes .sheet-row")

    def pick(self, *names: str) -> None:
        """By the keyboard alone."""
        for name in names:
            self.find.fill(name)
            expect(self.page.locator(".vp-active .vp-name")).to_have_text(name)
            self.page.keyboard.press("Enter")
            expect(self.picked.filter(has_text=name)).to_have_count(1)
        self.page.keyboard.press("Escape")
        expect(self.find).to_have_value("")

    def speak(self, text: str = TEXT) -> None:
        self.text.fill(text)
        self.page.get_by_role("button", name="Speak", exact=True).click()

    def head(self, number: int) -> Locator:
        return self.page.locator(".takes-col").nth(number)

    def cell(self, row: int, column: int = 0) -> Locator:
        return self.rows.nth(row).locator(".takes-cell").nth(column)

    def said(self, column: int = 0) -> Locator:
        return self.page.locator(f'.takes-cell:nth-child({column + 3})[data-state="said"]')

    def silent(self) -> None:
        """Nothing is heard any more."""
        expect(self.page.locator(".takes-heard")).to_have_count(0)


Open = Callable[..., Visit]


@pytest.fixture
def visit(visitor: Visitor, url: str) -> Iterator[Open]:
    """Opens the tab."""
    Hum.let = threading.Semaphore(0)
    Hum.said.clear()

    def open_(*voices: str, **how: Any) -> Visit:
        how = {"viewport": {"width": 1280, "height": 1000}, "locale": "en-GB", **how}
        page = visitor(**how).new_page()
        page.goto(url)
        page.get_by_role("tab", name="Voices", exact=True).click()
        one = Visit(page)
        expect(page.locator("#speak-hum-tone")).to_be_visible()
        if voices:
            one.find.click()
            expect(page.locator(".vp-option", has_text="Rui")).to_be_attached()
            one.pick(*voices)
        return one

    yield open_
    for _ in range(20):
        Hum.let.release()


def test_a_text_is_heard_while_it_is_made_in_several_voices_side_by_side(visit: Open, keep: Keep) -> None:
    one = visit()
    one.page.get_by_role("button", name="a sentence").click()
    expect(one.text).to_have_value(re.compile("^Good evening"))
    expect(one.picked).to_have_text(["The best there is"])
    one.find.click()
    expect(one.page.get_by_role("group", name="Your library").get_by_role("option")).to_have_text(
        re.compile("^Grandmother")
    )
    expect(one.page.get_by_role("group", name="dear")).to_contain_text("asks the service")
    keep(one.page, "voices-picker", whole=True)
    one.pick("Ada", "Grandmother")
    expect(one.picked).to_have_text(["Ada", "Grandmother"])
    one.speak(f"{TEXT} Please wait.")
    expect(one.page.locator(".takes-heard")).to_have_count(1)
    expect(one.said(0)).to_have_count(3)
    expect(one.head(0)).to_have_attribute("data-state", "working")
    expect(one.head(0)).to_contain_text("3 of 4")
    expect(one.head(1)).to_contain_text("waiting")
    keep(one.page, "voices-speaking", whole=True)
    for _ in range(2):
        Hum.let.release()
    expect(one.said(1)).to_have_count(4)
    assert {options.tone for _, _, options in Hum.said} == {200.0, 111.0}
    expect(one.page.get_by_role("button", name="Speak again")).to_be_enabled()

    one.silent()
    one.page.get_by_role("button", name="Sentence 2: hear it in every voice").click()
    expect(one.cell(1, 0)).to_have_class(re.compile("takes-heard"))
    expect(one.cell(1, 1)).to_have_class(re.compile("takes-heard"))
    one.silent()
    with one.page.expect_download() as got:
        one.page.get_by_role("button", name="Download all").click()
    with zipfile.ZipFile(got.value.path()) as archive:
        assert archive.namelist() == ["ada.wav", "Grandmother.wav"]
    one.page.get_by_role("combobox", name="Format").select_option("srt")
    with one.page.expect_download() as got:
        one.page.get_by_role("button", name="Download: Grandmother").click()
    assert got.value.suggested_filename == "Grandmother.srt"
    keep(one.page, "voices-done", whole=True)

    one.page.get_by_role("button", name="Remove Ada").click()
    expect(one.page.locator(".takes-col")).to_have_count(1)
    one.page.reload()  # what was said is still there
    one.page.get_by_role("tab", name="Voices", exact=True).click()
    expect(one.picked).to_have_text(["Grandmother"])
    expect(one.said(0)).to_have_count(4)
    expect(one.head(0)).to_contain_text("Grandmother")


def test_a_sentence_is_changed_said_otherwise_and_checked(visit: Open, keep: Keep) -> None:
    one = visit("Bob")
    tone = one.page.locator("#speak-hum-tone").get_by_role("spinbutton")
    with heeded(one.page):
        tone.fill("333")
        tone.press("Tab")
    one.speak()
    expect(one.said()).to_have_count(3)
    expect(one.cell(0).locator(".takes-play")).to_have_attribute("tabindex", "0")  # the Tab key comes by the first row
    expect(one.cell(1).locator(".takes-play")).to_have_attribute("tabindex", "-1")
    one.page.locator("#speak-check").get_by_role("checkbox").check()
    expect(one.cell(0).locator(".takes-mark")).to_have_text("\u2713")
    expect(one.cell(1).locator(".takes-mark")).to_have_text(re.compile("^WER"))
    expect(one.cell(1).locator(".takes-why")).to_contain_text("was heard as")
    expect(one.head(0)).to_contain_text("2 to listen to")
    assert {options.tone for *_, options in Hum.said} == {333.0}
    keep(one.page, "voices-checked", whole=True)

    Hum.said.clear()
    one.rows.nth(1).locator(".sheet-text").click()
    one.page.keyboard.press("Control+A")
    one.page.keyboard.type("Everybody trusted it.")
    one.page.keyboard.press("Enter")
    expect(one.cell(1)).to_have_attribute("data-turn", "1.4")
    expect(one.cell(1).locator(".takes-mark")).to_be_visible()
    assert [text for text, *_ in Hum.said] == ["Everybody trusted it."]
    expect(one.rows.nth(1)).to_be_focused()
    one.page.keyboard.press("ArrowDown")
    one.silent()
    one.page.keyboard.press("Space")
    expect(one.cell(2)).to_have_class(re.compile("takes-heard"))
    one.silent()

    Hum.said.clear()
    one.cell(2).hover()
    one.page.get_by_role("button", name="Say it again, sentence 3: Bob").click()
    expect(one.cell(2)).to_have_attribute("data-turn", "2.5")
    [(text, _, options)] = Hum.said
    assert (text, options.seed is None) == (LINES[2], False)


def test_a_voice_is_compared_with_itself_as_it_was_set_otherwise(visit: Open, keep: Keep) -> None:
    one = visit("Ada")
    one.speak()
    expect(one.said()).to_have_count(3)
    beside = one.page.get_by_role("button", name="Speak beside")
    expect(beside).to_be_hidden()
    tone = one.page.locator("#speak-hum-tone").get_by_role("spinbutton")
    tone.fill("333")
    tone.press("Tab")
    beside.click()
    expect(one.said(1)).to_have_count(3)
    expect(one.head(0)).to_contain_text("tone 200")
    expect(one.head(1)).to_contain_text("tone 333")
    expect(beside).to_be_hidden()
    keep(one.page, "voices-beside", whole=True)
    Hum.said.clear()
    one.cell(1).hover()
    one.page.get_by_role("button", name="Say it again, sentence 2: Ada, tone 200").click()
    expect(one.cell(1)).to_have_attribute("data-turn", "1.4")
    assert [(text, options.tone) for text, _, options in Hum.said] == [(LINES[1], 200.0)], "as it was meant"
    one.page.reload()
    one.page.get_by_role("tab", name="Voices", exact=True).click()
    expect(one.said(1)).to_have_count(3)
    expect(one.head(1)).to_contain_text("tone 333")
    one.page.get_by_role("button", name="Remove: Ada, tone 200").click()
    expect(one.page.locator(".takes-col .takes-with")).to_have_text([""])


def test_what_goes_wrong_is_told_and_goes_on_from_there(visit: Open, keep: Keep) -> None:
    one = visit("Ada")
    one.speak("One thing. They stumble here. Another.")
    expect(one.head(0).get_by_role("alert")).to_have_text("It stumbled. Say it slowly.")
    expect(one.said()).to_have_count(1)
    keep(one.page, "voices-failed", whole=True)
    one.rows.nth(1).locator(".sheet-text").click()
    one.page.keyboard.press("Control+A")
    one.page.keyboard.type("They walk here.")
    one.page.keyboard.press("Enter")
    expect(one.said()).to_have_count(2)
    Hum.said.clear()
    one.head(0).get_by_role("button", name="Go on").click()
    expect(one.said()).to_have_count(3)
    assert [text for text, *_ in Hum.said] == ["Another."]

    one.speak("!")
    expect(one.page.locator("#speak-desk, .takes").get_by_role("alert").first).to_contain_text("nothing to say")
    one.text.fill("It is.")
    expect(one.page.get_by_text("nothing to say")).to_have_count(0)  # another text is no longer wrong
    one.speak(f"{'Do wait here. ' * 20}Never said.")
    expect(one.head(0)).to_have_attribute("data-state", "working")
    one.page.get_by_role("button", name="Stop", exact=True).click()
    expect(one.head(0)).to_have_attribute("data-state", "stopped")
    begun = 0
    while begun < len(Hum.said):  # until the lab knows, too
        begun = len(Hum.said)
        Hum.let.release()
        one.page.wait_for_timeout(250)
    assert "Never said." not in [text for text, *_ in Hum.said]
    one.speak("<speak>Good <prosody pitch='high'>morning</prosody>.</speak>")
    expect(one.page.get_by_role("list", name="What the engines cannot do")).to_contain_text("one pitch")

    gone = {"error": {"message": "it is gone; speak it again"}}  # the lab was started anew
    one.page.route(re.compile("/lab/takes/[^/]+$"), lambda route: route.fulfill(status=404, json=gone), times=1)
    one.speak("Good evening.")
    expect(one.head(0).get_by_role("alert")).to_have_text("It is gone. Speak it again.")
    one.head(0).get_by_role("button", name="Try again").click()
    expect(one.said()).to_have_count(1)


def test_the_list_follows_the_language_and_the_price_is_told(visit: Open, tmp_path: Path) -> None:
    one = visit()
    one.find.click()
    expect(one.page.locator(".vp-option", has_text="Rui")).to_be_attached()
    one.page.keyboard.press("Escape")
    language = one.page.locator("#speak-language").get_by_role("combobox")
    language.click()
    language.fill("Portuguese")
    with heeded(one.page):
        one.page.locator("#speak-language").get_by_role("option").filter(has_text="Portuguese").click()
    one.find.click()
    expect(one.page.get_by_role("group", name="hum").get_by_role("option")).to_have_text(
        [re.compile("hum"), re.compile("Rui")]
    )
    expect(one.page.get_by_role("group", name="dear")).to_have_count(0)
    one.page.keyboard.press("Escape")
    language.click()
    with heeded(one.page):
        one.page.locator("#speak-language").get_by_role("option", name="As it reads").click()
    one.pick("dear")
    path = tmp_path / "letter.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nGood morning.\n", encoding="utf-8")
    one.page.set_input_files("#speak-desk .desk-files", path)
    expect(one.text).to_have_value("Good morning.")
    expect(one.page.locator(".speak-price")).to_contain_text(
        "Dear charges 13 credits for 13 characters; 10 credits are left"
    )
    expect(one.page.locator(".speak-dear")).to_have_count(1)


def test_on_a_phone_nothing_is_cut_off(visit: Open, keep: Keep) -> None:
    one = visit("Ada", "Bob", viewport={"width": 390, "height": 844})
    one.speak()
    expect(one.said(1)).to_have_count(3)
    assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    keep(one.page, "voices-phone-desk")
    one.cell(1, 1).scroll_into_view_if_needed()
    keep(one.page, "voices-phone-takes")
