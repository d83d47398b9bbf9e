"""The panels Your voices and Convert, used as a person uses them: a voice is made, heard, kept, and converted into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from speechlab import Lab
from speechlab.media import write
from tests.browser.visits import AUTOPLAY, MICROPHONE, Keep, Visitor
from tests.unit.people_doubles import Ears, PeoplePlugin
from tests.unit.voice_doubles import Parrot, VoicePlugin, speech, tone

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas
DRAWN = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((x) => x > 0)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    Ears.speakers = 1
    with Lab(VoicePlugin(), PeoplePlugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def flags() -> Sequence[str]:
    return AUTOPLAY + MICROPHONE


@pytest.fixture
def page(visitor: Visitor, url: str, lab: Lab) -> Iterator[Page]:
    """The panel Your voices."""
    context = visitor(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#knob-channels")).to_be_attached()
    page.get_by_role("tab", name="Voices", exact=True).click()
    panel(page, "Your voices")
    yield page
    context.close()
    for kept in lab.library.all():
        lab.library.remove(kept.name)
    Ears.speakers = 1


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    write(speech(12), tmp_path / "clip.wav")
    return tmp_path / "clip.wav"


def panel(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def desk(page: Page) -> Locator:
    return page.get_by_role("region", name="A new voice")


def shelf(page: Page) -> Locator:
    return page.locator(".vc-voice")


def give(page: Page, file: Path) -> Locator:
    desk(page).locator("input[type=file]").set_input_files(file)
    expect(desk(page).locator(".vc-clip")).to_be_visible()
    return desk(page)


def make(page: Page, clip: Path, person: str = "Ada", ground: str = "my own voice") -> None:
    one = give(page, clip)
    one.get_by_label("Whose voice is it?").fill(person)
    one.get_by_label("Why may it be used?").fill(ground)
    one.get_by_role("button", name="Make the voice").click()
    expect(one.get_by_role("heading", name=f"{person} is in the library")).to_be_focused()


def test_a_clip_becomes_a_voice_that_is_heard_and_compared(page: Page, clip: Path, lab: Lab, keep: Keep) -> None:
    expect(page.locator(".vc-none")).to_have_text(re.compile("^No voice yet. Make one of a clip below, or a blend"))
    one = give(page, clip)
    expect(one.get_by_label("Whose voice is it?")).to_be_focused()
    expect(one.locator(".vc-advice")).to_contain_text("One person speaks.")
    assert one.locator("canvas").evaluate(DRAWN)
    one.get_by_role("button", name="Make the voice").click()
    expect(one.get_by_role("alert")).to_have_text("Write whose voice it is.")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    expect(one.get_by_role("alert")).to_have_text(re.compile("Write why it may be used"))
    expect(one.get_by_label("Why may it be used?")).to_be_focused()
    assert lab.library.all() == ()
    page.keyboard.type("asked in person on 3 May")
    keep(page, "people-clip", whole=True)
    page.keyboard.press("Enter")

    expect(one.get_by_role("heading", name="Ada is in the library")).to_be_focused()
    expect(one).to_contain_text("Cloned by")
    one.get_by_label("It says").fill("Good night.")
    one.get_by_role("button", name="Hear it").click()
    expect(one.locator(".like")).to_have_text(re.compile(r"Alike 1\.00.*One person is about 0\.87"))
    assert Parrot.asked[-1][0] == "Good night."
    keep(page, "people-made", whole=True)
    expect(shelf(page)).to_have_text(re.compile(r"Ada\s*cloned by \w+ · English · from 12 s\s*Ada: asked in person"))

    shelf(page).get_by_role("button", name="Use Ada").click()
    expect(page.get_by_role("tab", name="Speak", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#voices-speak")).to_contain_text("Ada")


def test_voices_are_renamed_taken_removed_and_brought_back(page: Page, clip: Path, lab: Lab, tmp_path: Path) -> None:
    make(page, clip)
    one = shelf(page)
    one.get_by_role("button", name="Rename Ada").click()
    one.get_by_label("New name").fill("Eve")
    page.keyboard.press("Escape")
    expect(one.locator(".vc-name")).to_have_text("Ada")
    one.get_by_role("button", name="Rename Ada").click()
    one.get_by_label("New name").fill("Lovelace")
    page.keyboard.press("Enter")
    expect(one.locator(".vc-name")).to_have_text("Lovelace")
    with page.expect_download() as got:
        one.get_by_role("button", name="Export Lovelace").click()
    assert got.value.suggested_filename == "Lovelace.voice"
    taken = tmp_path / "Lovelace.voice"
    got.value.save_as(taken)

    bring = page.get_by_role("region", name="The library")
    bring.locator("input[type=file]").set_input_files(taken)
    bring.get_by_label("Import it as").fill("Twin")
    page.keyboard.press("Enter")
    expect(page.locator(".vc-name")).to_have_text(["Lovelace", "Twin"])
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("tab", name="Voices", exact=True).click()
    panel(other, "Your voices")
    expect(other.locator(".vc-name")).to_have_text(["Lovelace", "Twin"])
    page.bring_to_front()
    one.first.get_by_role("button", name="Remove Lovelace").click()
    expect(one.first.get_by_role("button", name="Keep")).to_be_focused()
    one.first.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".vc-name")).to_have_text(["Twin"])
    expect(other.locator(".vc-name")).to_have_text(["Twin"])  # without loading it again
    assert [kept.name for kept in lab.library.all()] == ["Twin"]

    page.get_by_role("button", name="Blend").click()
    blend = page.get_by_role("form", name="A blend of two voices")
    expect(blend.get_by_label("One voice")).to_have_value("ann")
    expect(blend.get_by_label("Another")).to_have_value("bob")
    blend.get_by_role("button", name="Keep it").click()
    expect(bring.get_by_role("alert")).to_have_text("Write what the blend is to be called.")


def test_a_clip_of_several_and_a_name_that_is_taken_are_asked_about(page: Page, clip: Path, lab: Lab) -> None:
    make(page, clip)
    desk(page).get_by_role("button", name="Make another voice").click()
    Ears.speakers = 2
    one = give(page, clip)
    expect(one.locator(".vc-advice")).to_contain_text("2 people are heard")
    expect(one.get_by_role("button", name="Make the voice")).to_be_hidden()
    one.get_by_label("It is one person all the same").click()
    expect(one.get_by_label("Whose voice is it?")).to_be_focused()
    one.get_by_label("Whose voice is it?").fill("ada")
    one.get_by_label("Why may it be used?").fill("mine")
    expect(one).to_contain_text("There is a voice Ada already.")
    one.get_by_role("button", name="Replace Ada").click()
    expect(one.get_by_role("heading", name="ada is in the library")).to_be_visible()
    assert [kept.name for kept in lab.library.all()] == ["ada"]

    one.get_by_role("button", name="Make another voice").click()
    one.get_by_role("button", name="Record").click()
    expect(one.get_by_role("timer").first).to_have_text("0:01")
    one.get_by_role("button", name="Done").click()
    expect(one.get_by_role("heading", name=re.compile("^Recording 20"))).to_be_visible()


def test_a_recording_is_converted_and_heard_before_and_after(
    page: Page, clip: Path, tmp_path: Path, keep: Keep
) -> None:
    make(page, clip)
    panel(page, "Convert")
    one = page.get_by_role("region", name="A recording in another voice")
    write(tone(4), tmp_path / "talk.wav")
    one.locator("input[type=file]").set_input_files(tmp_path / "talk.wav")
    expect(one.get_by_role("heading", name="talk.wav")).to_be_visible()
    expect(one.get_by_label("Into the voice")).to_have_text(re.compile("Ada"))
    expect(page.locator("#conversion-knob-smooth")).to_be_attached()
    one.get_by_role("button", name="Convert", exact=True).click()
    after, before = (one.get_by_role("button", name=name, exact=True) for name in ("After", "Before"))
    expect(after).to_have_attribute("aria-pressed", "true")
    expect(one).to_contain_text("Synthetic, and marked as such · by alto · Ada: my own voice")
    expect(one.locator(".like")).to_contain_text("Alike 1.00")
    keep(page, "people-converted", whole=True)
    sound = one.locator("audio")
    assert "/after" in sound.evaluate("(audio) => audio.src")
    before.click()
    expect(before).to_have_attribute("aria-pressed", "true")
    assert "/before" in sound.evaluate("(audio) => audio.src")
    one.get_by_label("Format").select_option("mp3")
    with page.expect_download() as got:
        one.get_by_role("button", name="Download").click()
    assert got.value.suggested_filename == "talk in another voice.mp3"

    expect(one.get_by_label("Into the voice").locator("option", has_text="Vera")).to_be_attached()
    one.get_by_label("Into the voice").select_option("Vera")
    one.get_by_role("button", name="Convert again").click()
    expect(one.get_by_role("alert")).to_have_text(re.compile("Write why this voice may be used"))
    expect(one.get_by_label("Why may it be used?")).to_be_focused()


def test_a_visitor_is_offered_what_is_theirs_to_do(visitor: Visitor, url: str) -> None:
    page = visitor(locale="en-GB", extra_http_headers={"X-Forwarded-For": "203.0.113.7"}).new_page()
    page.goto(url)
    expect(page.locator("#knob-channels")).to_be_attached()
    page.get_by_role("tab", name="Voices", exact=True).click()
    panel(page, "Your voices")
    expect(page.locator(".vc-none")).to_have_text("There are none yet; whoever runs this lab makes them.")
    expect(desk(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Import")).to_be_hidden()
