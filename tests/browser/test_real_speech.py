"""The default lab with its default engine on real speech: the page and the API, each doing its whole job once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import openai
import pytest
from openai.types.audio import TranscriptionVerbose
from playwright.sync_api import Page, expect

from speechlab import Kind, Lab, present
from speechlab.media import read, write
from speechlab.testing.speech import speech, words
from tests.browser.visits import Keep, Visitor, hearing

SOON = 90_000
"""Milliseconds; the first use loads the weights."""
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # Gradio's use of pandas


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(home=tmp_path_factory.mktemp("lab"))
    spec = lab.plugins.engines.get((Kind.ASR, "whisper"))
    if spec is None or spec.missing() or not all(present(weights, lab.home) for weights in spec.weights):
        pytest.skip("speechlab-whisper and its packaged weights are not installed")
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    microphone = tmp_path_factory.mktemp("microphone") / "speech.wav"
    write(read(speech().path, sample_rate=48_000), microphone)
    return hearing(microphone)


@pytest.fixture
def page(visitor: Visitor, url: str) -> Page:
    page = visitor(viewport={"width": 1280, "height": 1200}, permissions=["microphone"]).new_page()
    page.set_default_timeout(SOON)
    page.goto(url)
    return page


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=SOON / 1000) as client:
        yield client


def test_a_person_drops_a_recording_and_reads_and_hears_it(page: Page, keep: Keep) -> None:
    expect(page.locator("#knob-channels")).to_be_attached()
    expect(page.get_by_role("combobox", name="Engine")).to_have_value("whisper")
    page.set_input_files(".drop-files", speech().path)
    row = page.locator(".queue .row", has_text="speech-en.ogg")
    expect(row).to_have_attribute("data-state", "done", timeout=SOON)
    expect(row).to_contain_text("English")
    page.locator("#player .sl-text").first.wait_for()
    said = words(" ".join(page.locator("#player .sl-text").all_text_contents()))
    assert said == words(speech().text)

    # "keeper" is said in the second sentence: the sound goes there.
    page.locator("#player .sl-text > span", has_text="keeper").click()
    audio = page.locator("#player audio")
    page.wait_for_function("element => element.currentTime > 4.6", arg=audio.element_handle())
    assert audio.evaluate("element => { element.pause(); return element.currentTime; }") < 7.7
    expect(page.locator("#cost")).to_contain_text("whisper")
    keep(page, "0-real-speech")


def test_a_person_reads_what_is_said_while_it_is_said(page: Page, keep: Keep) -> None:
    page.get_by_role("tab", name="Live").click()
    page.get_by_role("button", name="Start", exact=True).click()
    # The second sentence is read while the microphone goes on.
    line = page.locator(".live-line", has_text=re.compile("keeper", re.IGNORECASE))
    expect(line.first).to_be_visible(timeout=SOON)
    expect(page.locator(".live-language")).to_have_text("English")
    keep(page, "live-real-speech")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".live-word")).to_have_text("Finished", timeout=SOON)
    said = words(" ".join(page.locator(".live-said").all_inner_texts()))
    first = words(speech().transcript.segments[0].text)
    assert len(set(first) & set(said)) > 0.7 * len(set(first))
    assert page.locator(".live-open:not(:empty)").count() == 0


def test_a_program_asks_in_openais_words(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(
        file=speech().path, model="whisper-1", response_format="verbose_json", timestamp_granularities=["word"]
    )
    assert isinstance(told, TranscriptionVerbose)
    assert words(told.text) == words(speech().text)
    assert told.language == "en"
    assert told.words is not None
    [keeper] = [word for word in told.words if "keeper" in word.word]
    assert 4.6 < keeper.start < keeper.end < 7.7


def test_a_program_follows_the_text_as_it_is_recognised(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(file=speech("es").path, model="whisper", stream=True)
    deltas, whole = [], ""
    for event in stream:
        if event.type == "transcript.text.delta":
            deltas.append(event.delta)
        elif event.type == "transcript.text.done":
            whole = event.text
    assert "".join(deltas) == whole
    assert len(set(words(whole)) & set(words(speech("es").text))) >= 15


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the client says so of its own translations
def test_a_program_has_speech_translated(client: openai.OpenAI) -> None:
    told = client.audio.translations.create(file=speech("es").path, model="whisper-1")
    assert {"sister", "bread", "beach"} & set(words(told.text))
