"""Who speaks, and sound for the ear, on the page: switched on, heard, corrected, undone and taken home."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from speechlab import (
    AsrOptions,
    Audio,
    Diarization,
    DiarizeOptions,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Segment,
    Turn,
    Word,
    hookimpl,
)
from speechlab.media import read, write
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.browser.visits import Keep, Visitor, heeded

RATE = 8_000
LINES = ("good morning everybody", "is it raining", "only a little", "shall we begin", "let us begin", "and so we did")
SPEAKERS = ("Speaker 1", "Speaker 2", "Speaker 3", "Speaker 1", "Speaker 2", "Speaker 1")
EACH = 2.0
"""Seconds that each speaks."""

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


class Script:
    """A recognizer that knows the lines."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        for number, line in enumerate(LINES):
            start, texts = number * EACH, line.split()
            step = EACH / len(texts)
            times = [start + n * step for n in range(len(texts))]
            words = tuple(Word(at, at + step, text=text) for at, text in zip(times, texts, strict=True))
            yield Segment(start, start + EACH, text=line, language="en", words=words)


class Cast:
    """A diarizer that knows who says the lines; told how many speak, it knows no more of them."""

    def __init__(self, params: Params, context: object) -> None: ...

    def diarize(self, audio: Audio, options: DiarizeOptions) -> Diarization:
        names = [SPEAKERS[min(SPEAKERS.index(who), (options.speakers or 9) - 1)] for who in SPEAKERS]
        turns = [Turn(n * EACH, (n + 1) * EACH, speaker=who) for n, who in enumerate(names)]
        return Diarization((replace(turns[0], similarity=0.8125), *turns[1:]))


class Quiet:
    """A denoiser that leaves a tenth of everything."""

    def __init__(self, params: Params, context: object) -> None: ...

    def open(self, options: Params) -> Quiet:
        return self

    def feed(self, audio: Audio) -> Iterator[Audio]:
        yield Audio(audio.samples * np.float32(0.1), audio.sample_rate, audio.start)

    def flush(self) -> Iterator[Audio]:
        yield from ()


class Plugin:
    """A recognizer; with it, as far as wanted, what tells speakers apart and what cleans."""

    def __init__(self, *, complete: bool = True) -> None:
        self._complete = complete

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        def engine(id: str, kind: Kind, load: Any, **more: Any) -> None:
            register(EngineSpec(id=id, kind=kind, load=load, license="MIT", summary=f"For tests: {id}.", **more))

        engine("script", Kind.ASR, Script, options=AsrOptions, languages=("en",))
        if self._complete:
            engine("cast", Kind.DIARIZE, Cast, options=DiarizeOptions)
            engine("quiet", Kind.DENOISE, Quiet)
        engine("absent", Kind.DENOISE, "absent:Absent", requires=("absent_sdk",), install="speechlab-absent")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


Visit = Callable[..., Page]


@pytest.fixture
def visit(visitor: Visitor) -> Visit:
    """Opens the page."""

    def opened(url: str, width: int = 1280, **how: Any) -> Page:
        page = visitor(viewport={"width": width, "height": 1500}, **how).new_page()
        page.goto(url)
        expect(page.locator("#knob-channels")).to_be_attached()
        return page

    return opened


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str = "talk.wav", pitch: float = 440) -> Path:
        at = np.arange(round(len(LINES) * EACH * RATE)) / RATE
        tone = 0.5 * np.sin(2 * np.pi * pitch * at) * (at % EACH < EACH * 0.8)
        write(Audio(tone.astype(np.float32), RATE), tmp_path / name)
        return tmp_path / name

    return make


Make = Callable[..., Path]


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def transcribed(page: Page, *files: Path, who: bool = True, clean: bool = False) -> None:
    """Send files with these switches on, and wait until the last is done."""
    for name, on in (("Who speaks", who), ("Clean the sound", clean)):
        if on:
            switch(page, name).check()
    if who:
        expect(page.locator("#diarize-knob-speakers")).to_be_visible()
    page.set_input_files(".drop-files", files)
    row = page.locator(".queue .row", has=page.get_by_text(files[-1].name, exact=True))
    expect(row).to_have_attribute("data-state", "done")
    expect(page.locator("#player .sl-lane" if who else "#player .sl-row").first).to_be_visible()


def lanes(page: Page) -> list[str]:
    return page.locator("#player .sl-lane").evaluate_all("lanes => lanes.map(lane => lane.dataset.speaker)")  # type: ignore[no-any-return]


def lines(page: Page) -> list[str]:
    """Who says each line."""
    return page.locator("#player .sl-row").evaluate_all("rows => rows.map(row => row.dataset.speaker)")  # type: ignore[no-any-return]


def lane(page: Page, name: str) -> Locator:
    return page.locator(f'#player .sl-lane[data-speaker="{name}"]')


def correcting(page: Page, does: Callable[[], Any]) -> None:
    """Do what corrects the speakers, and wait until the page shows it."""
    with page.expect_response(re.compile("lab/speakers/")) as told:
        does()
    assert told.value.ok, told.value.text()
    expect(page.locator("#player .sl-player:not([aria-busy])")).to_be_attached()


def rename(page: Page, name: str, to: str) -> None:
    lane(page, name).get_by_role("button", name=f"Rename {name}").click()
    page.keyboard.type(to)
    page.keyboard.press("Enter")


def downloaded(page: Page) -> str:
    with page.expect_download() as got:
        page.get_by_role("button", name="Download", exact=True).click()
    return Path(got.value.path()).read_text(encoding="utf-8")


def test_speakers_are_told_apart_renamed_merged_and_split_with_undo(
    visit: Visit, url: str, recording: Make, keep: Keep
) -> None:
    page = visit(url)
    transcribed(page, recording())
    assert lanes(page) == ["Speaker 1", "Speaker 2", "Speaker 3"]
    assert lines(page) == list(SPEAKERS)
    expect(lane(page, "Speaker 1")).to_contain_text("0:06 \u00b7 50%")
    expect(lane(page, "Speaker 1")).to_contain_text("voice 0.81")
    undo, redo = page.locator(".sl-undo"), page.locator(".sl-redo")
    expect(undo).to_be_disabled()
    colour = lane(page, "Speaker 3").get_attribute("style")

    correcting(page, lambda: rename(page, "Speaker 1", "Ada Lovelace"))
    assert lanes(page) == ["Ada Lovelace", "Speaker 2", "Speaker 3"]
    assert lines(page)[0] == lines(page)[3] == "Ada Lovelace"
    expect(page.locator(".sl-news")).to_have_text("Speaker 1 is now called Ada Lovelace.")

    # Two who are one person; the third keeps their colour.
    page.get_by_role("button", name="More about Ada Lovelace").click()
    correcting(page, lambda: page.get_by_role("menuitem", name="Speaker 2").click())
    assert lanes(page) == ["Speaker 2", "Speaker 3"]
    assert lane(page, "Speaker 3").get_attribute("style") == colour
    correcting(page, undo.click)
    assert lanes(page) == ["Ada Lovelace", "Speaker 2", "Speaker 3"]

    # Lines that somebody else says, by mouse with a stretch, and by keyboard.
    page.get_by_role("button", name="Select lines").click()
    page.locator(".sl-row .sl-text").nth(3).click()
    page.locator(".sl-row .sl-text").nth(5).click(modifiers=["Shift"])
    expect(page.locator(".sl-chosen-count")).to_have_text("3 lines are said by")
    page.locator(".sl-box").nth(4).press("Space")
    expect(page.locator(".sl-chosen-count")).to_have_text("2 lines are said by")
    assert page.locator("#player audio").evaluate("audio => audio.paused")
    keep(page, "8-speakers")
    correcting(page, page.get_by_role("button", name="Another speaker").click)
    assert lines(page) == ["Ada Lovelace", "Speaker 2", "Speaker 3", "Speaker 4", "Speaker 2", "Speaker 4"]
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".sl-box")).to_have_count(0)

    # What is taken home says what is shown, and a change is undone and done again by keys too.
    assert "Ada Lovelace" in downloaded(page)
    page.locator(".sl-transcript").focus()
    correcting(page, lambda: page.keyboard.press("Control+z"))
    assert "Speaker 4" not in lanes(page)
    correcting(page, lambda: page.keyboard.press("Control+Shift+z"))
    assert "Speaker 4" in lanes(page)
    expect(redo).to_be_disabled()


def test_names_are_known_again_when_the_recording_is_transcribed_once_more(
    visit: Visit, url: str, recording: Make
) -> None:
    page = visit(url)
    transcribed(page, recording("again.wav", 330))
    correcting(page, lambda: rename(page, "Speaker 2", "Ben"))
    page.get_by_role("button", name="Transcribe again").click()
    rows = page.locator(".queue .row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_have_attribute("data-state", "done")
    rows.nth(1).locator(".row-name").click()
    expect(rows.nth(1)).to_have_class(re.compile("row-open"))
    expect(lane(page, "Ben")).to_be_visible()
    expect(page.locator(".sl-undo")).to_be_enabled()


def test_a_name_that_somebody_has_already_offers_to_merge(visit: Visit, url: str, recording: Make) -> None:
    page = visit(url)
    transcribed(page, recording("names.wav", 350))
    rename(page, "Speaker 3", "Speaker 1")
    expect(page.locator(".sl-news")).to_contain_text("Somebody else is called Speaker 1 already.")
    correcting(page, page.get_by_role("button", name="Merge the two").click)
    assert lanes(page) == ["Speaker 1", "Speaker 2"]
    lane(page, "Speaker 2").get_by_role("button", name="Rename Speaker 2").click()
    page.keyboard.type("Nobody")
    page.keyboard.press("Escape")
    assert lanes(page) == ["Speaker 1", "Speaker 2"]


def test_the_sound_goes_on_while_speakers_are_corrected(visit: Visit, url: str, recording: Make) -> None:
    page = visit(url)
    transcribed(page, recording("on.wav", 360))
    page.get_by_role("button", name="Hear Speaker 2").click()
    playing = "() => { const a = document.querySelector('#player audio'); return !a.paused && a.currentTime > 2; }"
    page.wait_for_function(playing)
    correcting(page, lambda: rename(page, "Speaker 2", "Ben"))
    assert page.evaluate(playing)
    expect(lane(page, "Ben")).to_have_class(re.compile("sl-speaking"))
    page.wait_for_function("document.querySelector('#player .sl-now')")


def test_how_many_speak_is_told_to_the_engine(visit: Visit, url: str, recording: Make) -> None:
    page = visit(url)
    switch(page, "Who speaks").check()
    field = page.locator("#diarize-knob-speakers").get_by_role("textbox")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("placeholder", "Automatic")
    with heeded(page):
        field.fill("2")
        field.blur()
    transcribed(page, recording("two.wav", 370))
    assert lanes(page) == ["Speaker 1", "Speaker 2"]


def test_the_cleaned_sound_is_compared_at_the_same_place(
    visit: Visit, url: str, recording: Make, tmp_path: Path
) -> None:
    page = visit(url)
    transcribed(page, recording("noisy.wav", 380), who=False, clean=True)
    sources = page.locator("#player audio").evaluate_all("all => all.map(audio => audio.src)")
    loudest = []
    for source in sources:
        path = tmp_path / "heard"
        path.write_bytes(httpx.get(source).content)
        loudest.append(max(float(np.abs(piece.samples).max()) for piece in read(path)))
    assert loudest == pytest.approx([0.5, 0.05], abs=0.01)
    page.get_by_text("raining", exact=True).click()
    page.wait_for_function("document.querySelectorAll('#player audio')[1].currentTime > 3")
    page.get_by_role("button", name="As recorded").click()
    page.wait_for_function("!document.querySelectorAll('#player audio')[0].paused")
    assert page.locator("#player audio").first.evaluate("audio => audio.currentTime") > 3
    assert httpx.get(f"{url}/lab/heard/{'x' * 22}").status_code == 404
    expect(page.locator("#cost")).to_contain_text("Denoising quiet")


def test_the_better_of_two_texts_is_told(visit: Visit, url: str, recording: Make) -> None:
    page = visit(url)
    switch(page, "Clean the sound").check()
    expect(page.locator("#denoise-how")).to_contain_text("Recognition gets worse on cleaned sound")
    page.get_by_label("Both, and keep the text that is surer").check()
    transcribed(page, recording("both.wav", 390), who=False)
    expect(page.locator("#cost")).to_contain_text(re.compile(r"Text from\s*\d segments? as recorded, \d cleaned"))


def test_each_channel_a_speaker_needs_nobody_to_tell_them_apart(visit: Visit, url: str, recording: Make) -> None:
    page = visit(url)
    switch(page, "Who speaks").check()
    page.locator("#knobs").get_by_text("More settings").click()
    page.locator("#knob-channels input").click()
    page.get_by_role("option", name="Each is a speaker").click()
    transcribed(page, recording("channels.wav", 400), who=False)
    expect(page.locator("#cost")).not_to_contain_text("Diarization")


def test_where_nothing_is_installed_the_switches_say_what_to_do_and_the_page_works(
    visit: Visit, home: Path, recording: Make
) -> None:
    with Lab(Plugin(complete=False), discover=False, home=home) as lab, serving(create_app(lab)) as url:
        page = visit(url)
        for name, package in (("Who speaks", "speechlab-diarize"), ("Clean the sound", "speechlab-deepfilternet")):
            expect(switch(page, name)).to_be_disabled()
            expect(page.locator(".switch", has_text=name)).to_contain_text(f"Not installed: pip install {package}")
        transcribed(page, recording(), who=False)
        assert page.locator(".sl-lane").count() == 0

        # Who says a line can be said by hand.
        page.get_by_role("button", name="Select lines").click()
        page.locator(".sl-row .sl-text").nth(1).click()
        correcting(page, page.get_by_role("button", name="Another speaker").click)
        assert lanes(page) == ["Speaker 1"]
        correcting(page, page.locator(".sl-undo").click)
        assert lanes(page) == []
        expect(page.locator(".sl-redo")).to_be_enabled()


def test_an_engine_that_is_not_there_says_how_to_get_it(visit: Visit, url: str) -> None:
    page = visit(url)
    switch(page, "Clean the sound").check()
    page.get_by_role("combobox", name="Cleaned by").click()
    page.get_by_role("option", name="absent (not installed)").click()
    expect(page.locator("#denoise-how")).to_contain_text("pip install speechlab-absent")


def test_speakers_fit_a_phone_in_the_dark(visit: Visit, url: str, recording: Make, keep: Keep) -> None:
    page = visit(url, 360, color_scheme="dark")
    transcribed(page, recording("phone.wav", 410), clean=True)
    page.get_by_role("button", name="Select lines").click()
    page.locator(".sl-row .sl-text").nth(1).click()
    page.locator(".sl-choosing").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.sl-player :is(button, select, input, p, canvas, svg)')].filter(e => {
            const box = e.getBoundingClientRect(), root = e.closest('.sl-player').getBoundingClientRect();
            return box.width && (box.left < root.left - 0.5 || box.right > root.right + 0.5);
        }).map(e => e.outerHTML)"""
    )
    assert outside == []
    keep(page, "9-speakers-phone")


def test_only_who_has_the_id_corrects_a_recording(url: str) -> None:
    answer = httpx.post(f"{url}/lab/speakers/{'x' * 22}", json={"do": "undo"})
    assert answer.status_code == 404
    assert httpx.post(f"{url}/lab/speakers/x", content="do=undo").status_code == 400
