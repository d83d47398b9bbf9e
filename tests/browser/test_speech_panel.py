"""Detected speech on the page: a slider changes the picture at once, and what was found goes into the next order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from speechlab import Audio, Kind, Lab
from speechlab.media import write
from tests.browser.visits import Visitor, heeded

RATE = 16_000
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide", "narrow and dark"])
def page(request: pytest.FixtureRequest, visitor: Visitor, url: str) -> Iterator[Page]:
    width, scheme = request.param
    page = visitor(viewport={"width": width, "height": 1000}, color_scheme=scheme).new_page()
    page.goto(f"{url}?__theme={scheme}")
    expect(page.locator("#knob-channels")).to_be_attached()
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def opened(page: Page, folder: Path, name: str) -> Locator:
    """The panel of a recording in which a loud tone lasts a second, and then a soft one."""
    at = np.arange(8 * RATE)
    loudness = 0.4 * ((at >= RATE) & (at < 2 * RATE)) + 0.1 * ((at >= 5 * RATE) & (at < 6 * RATE))
    write([Audio(loudness * np.sin(at / 6), RATE)], folder / name)
    page.set_input_files(".drop-files", folder / name)
    page.get_by_role("button", name=name).click()
    panel = page.locator("#speech")
    panel.get_by_text("Speech detection", exact=True).click()
    return panel


def slide(panel: Locator, label: str, value: float) -> None:
    panel.get_by_label(re.compile(label)).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def test_a_threshold_is_tried_and_used(page: Page, lab: Lab, tmp_path: Path) -> None:
    panel = opened(page, tmp_path, "tones.wav")
    said = panel.locator(".speech-said")
    expect(said).to_have_text(re.compile("2 stretches"))
    before = panel.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    slide(panel, "Threshold", 0.15)
    expect(said).to_have_text(re.compile("1 stretch$"))
    assert panel.locator("canvas").evaluate("canvas => canvas.toDataURL()") != before
    slide(panel, "Threshold", 0.9)
    expect(said).to_have_text(re.compile("Speech in 0 %"))

    slide(panel, "Threshold", 0.15)
    with heeded(page):
        panel.get_by_role("button", name="Use these").click()
    expect(panel.locator(".speech-used")).to_have_text("In use.")
    opened(page, tmp_path, "again.wav")
    job = next(job for job in lab.jobs.of(owner(page)) if job.order.name == "again.wav")
    assert job.pipeline is not None
    detector = job.pipeline.steps[0]
    assert (detector.spec.kind, detector.spec.id, detector.options.threshold) == (Kind.VAD, "energy", 0.15)
    assert len(job.recording.speech) == 1


def test_a_part_is_looked_at_more_closely(page: Page, tmp_path: Path) -> None:
    panel = opened(page, tmp_path, "long.wav")
    picture, at = panel.locator("canvas"), panel.get_by_label("Part of the recording")
    expect(picture).to_have_attribute("aria-label", re.compile("from 0:00 to 0:08"))
    expect(at).to_be_hidden()
    panel.get_by_role("button", name="Show less time").click()
    expect(picture).to_have_attribute("aria-label", re.compile("from 0:02 to 0:06"))
    expect(at).to_be_visible()
    panel.locator(".speech-frame").press("ArrowRight")
    expect(picture).to_have_attribute("aria-label", re.compile("from 0:03 to 0:07"))
    panel.get_by_role("button", name="Show more time").click()
    expect(at).to_be_hidden()


def owner(page: Page) -> str:
    from speechlab.ui.visitors import owner

    return owner(page.evaluate("localStorage.getItem('speechlab-visitor')"))
