"""The page, used as a person uses it: in a real browser, on a real server, with engines that need no weights."""

from __future__ import annotations

import io
import re
import threading
import wave
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import httpx
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, expect
from pydantic import Field

from speechlab import AsrOptions, Audio, EngineSpec, Kind, Lab, Params, Segment, Tab, Word, hookimpl
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.browser.visits import SOON, Keep, Visitor, hearing

RATE = 16_000
DRAWN = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((x) => x > 0)"
SENTENCE = "every evening the keeper climbed the stairs and lit the lamp"

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


class ParrotParams(Params):
    """What the parrot needs to know before it is loaded."""

    model: str = "grey"
    """Which parrot."""


class ParrotOptions(AsrOptions):
    """What one may tell a parrot."""

    loud: bool = False
    """Say it in capitals."""
    times: Annotated[int, Field(ge=1, le=5)] = 1
    """How often to say it."""
    patience: Annotated[float, Field(ge=0, le=10, json_schema_extra={"advanced": True})] = 1.0
    """Seconds to wait for an answer."""


class Parrot:
    """A recognizer that says the same sentence in each stretch."""

    def __init__(self, params: ParrotParams, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: ParrotOptions) -> Iterator[Segment]:
        text = " ".join([SENTENCE] * options.times)
        yield spoken(text.upper() if options.loud else text, audio, options.language or "en")


class Slow:
    """A recognizer that goes on when it is let."""

    let = threading.Semaphore(0)

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        assert Slow.let.acquire(timeout=SOON / 1000)
        yield spoken(SENTENCE, audio, "en")


def spoken(text: str, audio: Audio, language: str) -> Segment:
    """A segment whose words share its time evenly."""
    texts = text.split()
    step = audio.duration / len(texts)
    words = [Word(audio.start + i * step, audio.start + (i + 1) * step, text=word) for i, word in enumerate(texts)]
    return Segment(audio.start, audio.end, text=text, language=language, words=tuple(words))


class Plugin:
    """Engines and a tab for these tests."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(
            EngineSpec(
                id="parrot",
                kind=Kind.ASR,
                load=Parrot,
                params=ParrotParams,
                options=ParrotOptions,
                languages=("de", "en", "pt"),
                license="MIT",
                summary="Says one sentence.",
            )
        )
        register(
            EngineSpec(
                id="slow",
                kind=Kind.ASR,
                load=Slow,
                options=AsrOptions,
                license="MIT",
                summary="Goes on when it is let.",
            )
        )
        register(
            EngineSpec(
                id="cloudy",
                kind=Kind.ASR,
                load="cloudy:Cloudy",
                options=AsrOptions,
                local=False,
                requires=("cloudy_sdk",),
                install="speechlab-cloudy",
                license="MIT",
                summary="A service.",
            )
        )

    @hookimpl
    def register_tabs(self, register: Callable[[Tab], None]) -> None:
        register(Tab(id="broken", title="Broken", load=lambda lab: 1 / 0, order=50))


class BadPlugin:
    """A plugin that fails while it registers."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        raise RuntimeError("its licence has run out")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(Plugin(), BadPlugin(), discover=False, home=tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, max_upload_mb=2)) as url:
        yield url


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    microphone = tmp_path_factory.mktemp("microphone") / "speech.wav"
    microphone.write_bytes(wav(3, rate=48_000))
    return hearing(microphone)


class Visit:
    """One person's browser on the page, and what it asked for."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.requests: list[str] = []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.context.new_page()
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.goto(url)
        expect(self.page.locator("#knob-channels")).to_be_attached()

    def give(self, *files: Path) -> None:
        self.page.set_input_files(".drop-files", files)

    def row(self, name: str) -> Locator:
        return self.page.locator(".queue .row", has=self.page.get_by_text(name, exact=True))

    def pick(self, label: str, choice: str) -> None:
        box = self.page.get_by_role("combobox", name=label)
        box.click()
        self.page.get_by_role("option", name=choice, exact=True).click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()


@pytest.fixture
def visit(visitor: Visitor, url: str) -> Iterator[Visit]:
    Slow.let = threading.Semaphore(0)
    yield Visit(visitor(permissions=["microphone"], viewport={"width": 1280, "height": 1300}), url)
    for _ in range(20):
        Slow.let.release()


def wav(seconds: float, rate: int = RATE) -> bytes:
    """Tones that last 2 s, with pauses of 1 s."""
    at = np.arange(round(seconds * rate)) / rate
    samples = 0.3 * np.sin(2 * np.pi * 440 * at) * (at % 3 < 2)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, seconds: float = 6.0) -> Path:
        path = tmp_path / name
        path.write_bytes(wav(seconds))
        return path

    return make


Make = Callable[..., Path]


def test_the_whole_way_from_dropping_a_file_to_taking_the_text_home(visit: Visit, recording: Make, keep: Keep) -> None:
    page = visit.page
    keep(page, "1-empty")
    visit.give(recording("interview.wav", 12))
    expect(visit.row("interview.wav")).to_have_attribute("data-state", "done")
    expect(visit.row("interview.wav")).to_contain_text("English")
    expect(visit.row("interview.wav")).to_contain_text("real time")

    # The first that is done opens by itself; another opens on a click.
    title = page.locator("#player .sl-title")
    expect(title).to_have_text("interview.wav")
    visit.give(recording("memo.wav"))
    expect(visit.row("memo.wav")).to_have_attribute("data-state", "done")
    expect(title).to_have_text("interview.wav")
    visit.row("memo.wav").click()
    expect(title).to_have_text("memo.wav")
    expect(page.locator("#player .sl-text").first).to_contain_text("the keeper climbed")
    expect(page.locator("#cost")).to_contain_text("real time")
    expect(page.locator("#cost")).to_contain_text("Speech recognition parrot")

    # Clicking a word moves the sound there, and marks the word while it is spoken.
    word = page.locator("#player .sl-text > span", has_text="climbed").first
    word.click()
    audio = page.locator("#player audio")
    page.wait_for_function("element => element.currentTime > 1", arg=audio.element_handle())
    expect(page.locator("#player .sl-now").first).to_be_visible()
    audio.evaluate("element => element.pause()")
    keep(page, "2-transcript")

    # The waveform was drawn from the sound.
    assert page.locator("#player canvas").first.evaluate(DRAWN)

    with page.expect_download() as got:
        page.get_by_role("button", name="Download", exact=True).click()
    assert got.value.suggested_filename == "memo.srt"
    subtitles = Path(got.value.path()).read_text(encoding="utf-8")
    assert subtitles.startswith("1\n00:00:00,")
    assert "the keeper climbed" in subtitles.replace("\n", " ")

    with page.expect_download() as got:
        page.get_by_role("button", name="All as zip").click()
    with zipfile.ZipFile(got.value.path()) as archive:
        assert archive.namelist() == ["interview.srt", "memo.srt"]


def test_files_are_dropped_anywhere_on_the_page(visit: Visit) -> None:
    carried = visit.page.evaluate_handle(
        """(bytes) => {
          const carried = new DataTransfer();
          for (const name of ["one.wav", "two.wav"]) carried.items.add(new File([new Uint8Array(bytes)], name));
          return carried;
        }""",
        list(wav(3)),
    )
    header = visit.page.locator(".top")
    header.dispatch_event("dragenter", {"dataTransfer": carried})
    expect(visit.page.locator(".drop")).to_have_class(re.compile("drop-over"))
    header.dispatch_event("drop", {"dataTransfer": carried})
    expect(visit.page.locator(".drop")).not_to_have_class(re.compile("drop-over"))
    for name in ("one.wav", "two.wav"):
        expect(visit.row(name)).to_have_attribute("data-state", "done")
    assert visit.page.locator(".row-name").all_inner_texts() == ["one.wav", "two.wav"]


def test_a_format_has_its_own_layout(visit: Visit, recording: Make) -> None:
    page = visit.page
    visit.give(recording("talk.wav"))
    expect(page.locator("#player .sl-title")).to_have_text("talk.wav")
    visit.pick("Download as", "vtt")
    expect(page.locator("#download")).to_contain_text("WebVTT")
    page.locator("#download").get_by_text("More settings").click()
    page.get_by_role("textbox", name=re.compile("Max line width")).fill("20")
    with page.expect_download() as got:
        page.get_by_role("button", name="Download", exact=True).click()
    assert got.value.suggested_filename == "talk.vtt"
    lines = Path(got.value.path()).read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line and "-->" not in line and line != "WEBVTT"]
    assert said
    assert max(map(len, said)) <= 20


def test_the_page_asks_nobody_else_for_anything(visit: Visit, recording: Make, url: str) -> None:
    visit.give(recording("talk.wav"))
    expect(visit.page.locator("#player .sl-title")).to_have_text("talk.wav")
    visit.tab("Engines")
    expect(visit.page.locator("#engines")).to_be_visible()
    here = url.removeprefix("http")
    foreign = [asked for asked in visit.requests if not re.match(rf"(http|ws){re.escape(here)}/|data:|blob:", asked)]
    assert foreign == []
    assert any(asked.startswith("ws") for asked in visit.requests)


def test_nothing_is_lost_when_the_page_is_closed_and_nobody_else_sees_it(
    visit: Visit, recording: Make, visitor: Visitor, url: str
) -> None:
    visit.pick("Engine", "slow")
    expect(visit.page.locator("#settings")).to_contain_text("Goes on when it is let.")
    visit.give(recording("secret.wav"))
    expect(visit.row("secret.wav")).to_have_attribute("data-state", "running")
    visit.page.close()
    Slow.let.release()

    other = Visit(visitor(), url)
    expect(other.page.locator(".queue")).to_be_hidden()

    again = visit.context.new_page()
    again.goto(url)
    row = again.locator(".queue .row", has_text="secret.wav")
    expect(row).to_have_attribute("data-state", "done")
    row.click()
    expect(again.locator("#player .sl-text").first).to_contain_text("the keeper climbed")
    sound = again.locator("#player audio").get_attribute("src")
    assert sound

    # Who guesses sees nothing, and who has only an id cannot open it on the page.
    assert httpx.get(f"{url}/lab/sound/{'x' * 22}").status_code == 404
    stolen = sound.rpartition("/")[2]
    other.page.evaluate("id => localStorage.setItem('speechlab-open', id)", stolen)
    other.page.reload()
    expect(other.page.locator("#knob-channels")).to_be_attached()
    expect(other.page.locator("#player .sl-text")).to_have_count(0)


def test_a_running_job_is_cancelled_and_goes_on_when_it_is_tried_again(
    visit: Visit, recording: Make, keep: Keep
) -> None:
    visit.pick("Engine", "slow")
    expect(visit.page.locator("#settings")).to_contain_text("Goes on when it is let.")
    visit.give(recording("long.wav", 59), recording("waiting.wav"))
    row = visit.row("long.wav")
    expect(row).to_have_attribute("data-state", "running")
    expect(visit.row("waiting.wav")).to_contain_text("Waiting for its turn")
    Slow.let.release()
    expect(row).to_contain_text("of 0:59")
    expect(row).to_contain_text("left")
    keep(visit.page, "3-running")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_contain_text("Stopping after the current stretch")
    Slow.let.release()
    expect(row).to_have_attribute("data-state", "cancelled")
    expect(visit.row("waiting.wav")).to_have_attribute("data-state", "running")
    visit.row("waiting.wav").get_by_role("button", name="Cancel").click()
    Slow.let.release()
    expect(visit.row("waiting.wav")).to_have_attribute("data-state", "cancelled")

    row.get_by_role("button", name="Transcribe again").click()
    for _ in range(9):
        Slow.let.release()
    expect(row).to_have_attribute("data-state", "done")
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_everything_is_cancelled_and_cleared_at_once(visit: Visit, recording: Make) -> None:
    visit.pick("Engine", "slow")
    expect(visit.page.locator("#settings")).to_contain_text("Goes on when it is let.")
    visit.give(*(recording(f"{n}.wav") for n in range(3)))
    expect(visit.row("2.wav")).to_have_attribute("data-state", "waiting")
    visit.page.get_by_role("button", name="Cancel all").click()
    Slow.let.release()
    expect(visit.page.locator('.row[data-state="cancelled"]')).to_have_count(3)
    visit.page.get_by_role("button", name="Clear finished").click()
    expect(visit.page.locator(".queue")).to_be_hidden()


def test_a_file_that_fails_says_why_and_the_others_go_on(
    visit: Visit, recording: Make, tmp_path: Path, keep: Keep
) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("These are only notes.")
    visit.give(text, recording("talk.wav"))
    row = visit.row("notes.wav")
    expect(row).to_have_attribute("data-state", "failed")
    expect(row).to_contain_text("notes.wav is not a recording")
    expect(row.locator(".row-hint")).to_contain_text("wav, flac")
    expect(visit.row("talk.wav")).to_have_attribute("data-state", "done")
    keep(visit.page, "4-failed")


def test_an_engine_that_is_not_there_says_how_to_get_it(visit: Visit, recording: Make) -> None:
    visit.pick("Engine", "cloudy (not installed)")
    expect(visit.page.locator("#settings")).to_contain_text("pip install speechlab-cloudy")
    expect(visit.page.locator("#settings")).to_contain_text("Sends the recording to a service")
    visit.give(recording("talk.wav"))
    row = visit.row("talk.wav")
    expect(row).to_contain_text("asr/cloudy needs cloudy_sdk")
    expect(row).to_contain_text("pip install speechlab-cloudy")

    # Another engine is picked, and the same row is tried again with it.
    visit.pick("Engine", "parrot")
    expect(visit.page.locator("#knob-model")).to_be_visible()
    row.get_by_role("button", name="Transcribe again").click()
    expect(row).to_have_attribute("data-state", "done")


def test_controls_are_made_of_the_engines_parameters(visit: Visit, recording: Make) -> None:
    page, settings = visit.page, visit.page.locator("#settings")
    expect(page.get_by_role("textbox", name="Model")).to_have_value("grey")
    expect(page.get_by_role("checkbox", name="Loud")).to_be_hidden()
    settings.get_by_text("More settings").click()
    page.get_by_role("checkbox", name="Loud").check()
    page.locator("#knob-times input[type=number]").fill("2")
    expect(page.locator("#knob-patience")).to_be_hidden()
    settings.get_by_text("Advanced").click()
    expect(page.locator("#knob-patience")).to_contain_text("Seconds to wait for an answer.")
    page.get_by_role("combobox", name="Language spoken").click()
    page.keyboard.type("portu")
    page.keyboard.press("Enter")
    visit.give(recording("talk.wav"))
    expect(visit.row("talk.wav")).to_contain_text("Portuguese")
    expect(page.locator("#player .sl-text").first).to_have_text(f"{SENTENCE} {SENTENCE}".upper())


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(visit: Visit, recording: Make) -> None:
    visit.give(recording("huge.wav", 90))
    expect(visit.row("huge.wav")).to_contain_text("larger than the 2 MB that this lab takes")
    assert not any("lab/uploads" in asked for asked in visit.requests)


def test_what_is_recorded_is_transcribed_and_can_be_heard(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("timer")).to_have_text("0:02")
    page.get_by_role("button", name="Stop and transcribe").click()
    row = page.locator(".queue .row", has_text="Recording 20")
    expect(row).to_have_attribute("data-state", "done")
    audio = page.locator("#player audio")
    page.wait_for_function(
        "element => Number.isFinite(element.duration) && element.duration > 1", arg=audio.element_handle()
    )


def test_engines_are_listed_and_unloaded(visit: Visit, recording: Make, lab: Lab, keep: Keep) -> None:
    page = visit.page
    visit.give(recording("talk.wav"))
    expect(visit.row("talk.wav")).to_have_attribute("data-state", "done")
    visit.tab("Engines")
    cards = page.locator("#engines .engine")
    expect(cards).to_have_count(len(lab.engines()))
    cloudy = page.locator('[data-engine="asr/cloudy"]')
    for told in ("Not installed", "Cloud", "pip install speechlab-cloudy", "MIT"):
        expect(cloudy).to_contain_text(told)
    parrot = page.locator('[data-engine="asr/parrot"]')
    for told in ("Ready", "On this machine", "de, en, pt"):
        expect(parrot).to_contain_text(told)
    expect(page.locator(".broken")).to_contain_text("its licence has run out")
    expect(page.locator("#memory")).to_contain_text("asr/parrot")
    keep(page, "5-engines")
    page.get_by_role("button", name="Unload").click()
    expect(page.locator("#memory")).to_contain_text("No engine is loaded.")
    assert lab.pool.resident() == ()


def test_a_tab_that_cannot_be_built_shows_why(visit: Visit) -> None:
    visit.tab("Broken")
    expect(visit.page.get_by_role("alert").filter(has_text="Broken could not be shown")).to_contain_text(
        "ZeroDivisionError: division by zero"
    )


def test_the_page_is_dark_where_the_system_is_and_fits_a_phone(
    visitor: Visitor, url: str, recording: Make, keep: Keep
) -> None:
    phone = Visit(visitor(viewport={"width": 390, "height": 844}, color_scheme="dark"), url)
    phone.give(recording("talk.wav"))
    expect(phone.page.locator("#player .sl-title")).to_have_text("talk.wav")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    background = phone.page.evaluate("getComputedStyle(document.querySelector('gradio-app')).backgroundColor")
    assert all(int(part) < 40 for part in re.findall(r"\d+", background)[:3])
    phone.page.set_viewport_size({"width": 390, "height": 2000})
    keep(phone.page, "6-phone-dark")


def test_the_page_says_when_the_lab_is_gone(visitor: Visitor, home: Path) -> None:
    lab = Lab(discover=False, home=home)
    with serving(create_app(lab)) as url:
        visit = Visit(visitor(), url)
        expect(visit.page.locator(".queue-lost")).to_be_hidden()
    visit.page.evaluate("document.querySelector('.queue').hidden = false")
    expect(visit.page.locator(".queue-lost")).to_be_visible()


def test_a_password_is_asked_for_once(visitor: Visitor, home: Path, recording: Make, keep: Keep) -> None:
    lab = Lab(Plugin(), discover=False, home=home)
    with serving(create_app(lab, password="lantern")) as url:
        context = visitor(viewport={"width": 800, "height": 600})
        page = context.new_page()
        page.goto(url)
        keep(page, "7-password")
        page.get_by_label("Password").fill("guess")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        page.get_by_label("Password").fill("lantern")
        page.get_by_role("button", name="Open").click()
        expect(page.locator("#knob-channels")).to_be_attached()
        page.set_input_files(".drop-files", recording("talk.wav"))
        expect(page.locator(".queue .row")).to_have_attribute("data-state", "done")
        expect(page.locator("#player .sl-text").first).to_contain_text("the keeper climbed")
        context.close()
