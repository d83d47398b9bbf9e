"""The player in a real browser: what a person clicks, hears, reads, searches and copies."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, expect

from speechlab import Audio, Recording, Segment, Span, Transcript, Word
from speechlab.player import Clean, Peaks, Waveform, gradio_script, player_html, standalone
from tests.browser.visits import Visitor

RATE = 8000
TALK = [
    ("Anna", "en", "Good morning, everybody. Thank you for coming in on a rainy Monday; the trains were late again."),
    ("Anna", "en", "We have three things to decide before lunch: the budget, the office, and who speaks in June."),
    ("Ben", "en", "Could we take the conference first? I have to leave at eleven."),
    ("Chen", "zh", "\u6211\u5efa\u8bae\u6211\u4eec\u5148\u4ecb\u7ecd\u65b0\u7684\u7cfb\u7edf\u3002"),
    ("\u062f\u064a\u0646\u0627", "ar", "\u0634\u0643\u0631\u0627 \u062c\u0632\u064a\u0644\u0627 \u0644\u0643\u0645"),
    ("Ben", "en", "That sounds right to me. How long would the demonstration take?"),
    ("Chen", "en", "About twelve minutes, if the caf\u00e9 has a network. Fourteen if it does not."),
]


@dataclass(frozen=True)
class Talk:
    """A recording with the sound and the waveform that belong to it."""

    recording: Recording
    src: str
    peaks: Waveform

    def html(self, **more: object) -> str:
        return player_html(self.recording, audio_src=self.src, peaks=self.peaks, **more)  # type: ignore[arg-type]


def talk(times: int = 1, *, words: bool = True, title: str = "") -> Talk:
    """Speakers who take turns, in several scripts, and one segment that nobody said."""
    segments: list[Segment] = []
    at = 0.5
    for number, (speaker, language, text) in enumerate(TALK * times):
        timed, start = [], at
        for token in list(text) if language == "zh" else [f" {part}" for part in text.split()]:
            timed.append(Word(at, at + 0.3, text=token, confidence=0.3 if token == " budget," else 0.9))
            at += 0.32
        segments.append(
            Segment(
                start, at, text=text, id=f"{number}", language=language, speaker=speaker,
                words=tuple(timed) if words else (),
            )
        )  # fmt: skip
        at += 0.6
    segments.insert(
        3,
        Segment(
            segments[2].end + 0.1, segments[2].end + 0.5, text="Thanks for watching!", id="made-up",
            speaker="Ben", extra={"suspect": "no speech"},
        ),
    )  # fmt: skip
    voice = np.random.default_rng(0).uniform(-0.4, 0.4, round((at + 0.5) * RATE)).astype(np.float32)
    spoken = np.zeros_like(voice)
    for segment in segments:
        within = slice(round(segment.start * RATE), round(segment.end * RATE))
        spoken[within] = voice[within] * np.sin(np.linspace(0, np.pi, len(voice[within])))
    file = io.BytesIO()
    soundfile.write(file, spoken, RATE, format="WAV", subtype="PCM_16")
    peaks = Peaks()
    peaks.feed(Audio(spoken, RATE))
    speech = tuple(Span(s.start, s.end) for s in segments if not s.suspect)
    return Talk(
        Recording(transcript=Transcript(tuple(segments), "en"), speech=speech, duration=at + 0.5),
        "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode("ascii"),
        peaks.waveform(),
    )


Open = Callable[..., Page]


@pytest.fixture
def visit(visitor: Visitor, tmp_path: Path) -> Iterator[Open]:
    """Opens a page with some HTML in it; at the end of the test no page has logged an error or asked for anything."""
    problems: list[str] = []
    pages: list[Page] = []

    def opened(*bodies: str, width: int = 900, dark: bool = False, **options: object) -> Page:
        file = tmp_path / f"page{len(pages)}.html"
        file.write_text(
            '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<body style="margin:16px;background:{"#0b0c0e" if dark else "#fafafa"}">{"<br>".join(bodies)}',
            encoding="utf-8",
        )
        how = {"viewport": {"width": width, "height": 900}, "color_scheme": "dark" if dark else "light", **options}
        page = visitor(**how).new_page()
        pages.append(page)
        page.on("request", lambda sent: sent.url.startswith(("file:", "data:")) or problems.append(sent.url))
        page.goto(file.as_uri())
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert problems == []


def time(page: Page, nth: int = 0) -> float:
    return float(page.locator("audio").nth(nth).evaluate("audio => audio.currentTime"))


def paused(page: Page, nth: int = 0) -> bool:
    return bool(page.locator("audio").nth(nth).evaluate("audio => audio.paused"))


def slowly(page: Page) -> None:
    """Play so slowly that what is looked at next is still there."""
    page.locator("audio").evaluate_all("all => all.forEach((audio) => { audio.playbackRate = 0.1; })")


def spoken(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".sl-now").all_text_contents()]


def word_at(seconds: float) -> str:
    """What is said at a time, or was said last."""
    return [w.text.strip() for s in talk().recording.transcript for w in s.words if w.start <= seconds][-1]


def test_a_click_on_a_word_plays_it_and_the_mark_follows(visit: Open) -> None:
    page = visit(standalone(talk().html(title="Team meeting")))
    page.evaluate(
        """() => { window.marks = [];
            new MutationObserver(() => {
                const word = document.querySelector('.sl-now')?.textContent;
                if (word && marks.at(-1) !== word) marks.push(word);
            }).observe(document.querySelector('.sl-transcript'), { subtree: true, attributeFilter: ['class'] }); }"""
    )
    page.get_by_text("conference", exact=True).click()
    page.wait_for_function("marks.length >= 4 && document.querySelector('.sl-now')")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function("document.querySelector('audio').paused && !document.querySelector('.sl-playing')")
    assert page.evaluate("marks")[0] == "conference"
    assert spoken(page) == [word_at(time(page))]
    assert time(page) > next(w.start for s in talk().recording.transcript for w in s.words if "conference" in w.text)
    assert page.locator(".sl-at").text_content() == f"0:{int(time(page)):02}"
    page.get_by_text("morning,", exact=True).click()
    page.wait_for_function("document.querySelector('audio').currentTime < 3")
    assert not paused(page)


def test_a_segment_without_words_is_marked_and_played_as_a_whole(visit: Open) -> None:
    page = visit(standalone(talk(words=False).html()))
    third = talk(words=False).recording.transcript.segments[2]
    slowly(page)
    page.get_by_text("Could we take").click()
    page.wait_for_selector(".sl-on")
    assert "Could we take" in (page.locator(".sl-on").text_content() or "")
    assert third.start - 0.05 <= time(page) < third.start + 1
    assert spoken(page) == []


def test_the_waveform_seeks_by_click_drag_and_keys(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    length = talk().recording.duration
    wave = page.get_by_role("slider")
    box = wave.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
    assert time(page) == pytest.approx(length / 2, abs=0.1)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    page.mouse.down()
    for step in range(50, 76):
        page.mouse.move(box["x"] + box["width"] * step / 100, box["y"] + 200)
    page.mouse.up()
    page.wait_for_function(f"Math.abs(document.querySelector('audio').currentTime - {length * 0.75}) < 0.1")
    expect(wave).to_have_attribute("aria-valuetext", f"0:{int(length * 0.75):02} of 0:{int(length):02}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"Math.abs(document.querySelector('audio').currentTime - {length * 0.75 - 5}) < 0.1")
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('audio').currentTime === 0")


def test_the_waveform_is_drawn_in_the_colours_of_the_page(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    drawn = """() => { const canvas = document.querySelector('.sl-shape'), pen = canvas.getContext('2d');
        const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = pixels.filter((value, i) => i % 4 === 3 && value > 200).length;
        const first = pixels.findIndex((value, i) => i % 4 === 3 && value === 255);
        return [seen / (canvas.width * canvas.height), pixels[first - 1]]; }"""
    share, light = page.evaluate(drawn)
    assert 0.05 < share < 0.6
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"({drawn})()[1] < {light} - 50")


def test_keys_work_inside_the_player_and_nowhere_else(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    page.keyboard.press("Space")
    assert paused(page)
    page.locator(".sl-transcript").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("Math.abs(document.querySelector('audio').currentTime - 5) < 0.1")
    page.keyboard.press("Space")
    page.wait_for_function("!document.querySelector('audio').paused")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('audio').paused")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("a b")
    assert page.get_by_role("searchbox").input_value() == "a b"
    assert paused(page)


def test_time_stamps_are_one_stop_and_the_arrows_go_along_them(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    assert page.locator(".sl-time[tabindex='0']").count() == 1
    page.locator(".sl-time").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelectorAll('.sl-time')[2]")
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('audio').paused")
    assert time(page) >= talk().recording.transcript.segments[2].start
    assert page.locator(".sl-time[tabindex='0']").count() == 1


def test_speed_and_skips(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    page.get_by_label("Speed").select_option("1.5")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5
    page.get_by_role("button", name="On 5 seconds").click()
    page.get_by_role("button", name="On 5 seconds").click()
    page.wait_for_function("Math.abs(document.querySelector('audio').currentTime - 10) < 0.1")
    page.get_by_role("button", name="Back 5 seconds").click()
    page.wait_for_function("Math.abs(document.querySelector('audio').currentTime - 5) < 0.1")


def test_the_transcript_follows_until_the_reader_scrolls_away(visit: Open) -> None:
    page = visit(standalone(talk(12).html()))
    inside = """() => { const word = document.querySelector('.sl-now')?.getBoundingClientRect(),
        box = document.querySelector('.sl-transcript').getBoundingClientRect();
        return word && word.top >= box.top && word.bottom <= box.bottom; }"""
    scroll = "document.querySelector('.sl-transcript').scrollTop"
    box = page.get_by_role("slider").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 20)
    page.wait_for_function(inside)
    assert page.evaluate("scrollY") == 0
    page.locator(".sl-transcript").hover()
    page.mouse.wheel(0, -2000)
    back = page.get_by_role("button", name="Back to the spoken word")
    back.wait_for()
    where = page.evaluate(scroll)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(900)
    assert page.evaluate(scroll) == where
    back.click()
    page.wait_for_function(inside)
    expect(back).to_be_hidden()


def test_search_paints_what_it_finds_and_walks_through_it(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    painted = "CSS.highlights.get('speechlab-found').size"
    found, field = page.locator(".sl-found"), page.get_by_role("searchbox")
    field.fill("THE")
    page.wait_for_function("document.querySelector('.sl-found').textContent")
    count = sum(segment.text.lower().count("the") for segment in talk().recording.transcript)
    assert found.text_content() == f"1 of {count}"
    assert page.evaluate(painted) == count
    field.press("Enter")
    assert found.text_content() == f"2 of {count}"
    page.get_by_role("button", name="Previous match").click()
    page.get_by_role("button", name="Previous match").click()
    assert found.text_content() == f"{count} of {count}"
    field.fill("cafe has")  # across words, whatever the accents
    page.wait_for_function("document.querySelector('.sl-found').textContent === '1 of 1'")
    field.fill("\u65b0\u7684")
    page.wait_for_function("document.querySelector('.sl-found').textContent === '1 of 1'")
    field.fill("xyzzy")
    page.wait_for_function("document.querySelector('.sl-found').textContent === 'none'")
    field.press("Escape")
    assert found.text_content() == ""
    assert page.evaluate(painted) == 0


def test_copied_text_leaves_out_what_nobody_said(visit: Open) -> None:
    page = visit(standalone(talk().html()), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy text").click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n").split("\n")
    assert copied == [
        f"Anna: {TALK[0][2]} {TALK[1][2]}",
        *(f"{speaker}: {text}" for speaker, _, text in TALK[2:]),
    ]
    assert page.get_by_text("Probably not said").is_visible()


def test_starting_one_player_pauses_the_others(visit: Open) -> None:
    page = visit(standalone(talk().html(title="One")), standalone(talk().html(title="Two")))
    play = page.locator(".sl-play")
    play.nth(0).click()
    page.wait_for_function("document.querySelectorAll('audio')[0].currentTime > 0.1")
    play.nth(1).click()
    page.wait_for_function("document.querySelectorAll('audio')[1].currentTime > 0.1")
    assert paused(page, 0)
    assert not paused(page, 1)


def test_sound_that_cannot_be_played_is_told_and_the_text_stays(visit: Open) -> None:
    broken = player_html(talk().recording, audio_src="data:audio/wav;base64,AAAA")
    page = visit(standalone(broken))
    page.get_by_role("alert").filter(has_text="cannot be played").wait_for()
    assert page.get_by_text("Could we take").is_visible()


def test_a_word_outside_of_the_sound_plays_nothing(visit: Open) -> None:
    transcript = Transcript((*talk().recording.transcript, Segment(900, 901, text="Much later.", id="late")), "en")
    page = visit(standalone(player_html(Recording(transcript=transcript), audio_src=talk().src, start=5.0)))
    slowly(page)
    for outside, heard in (("Much later", talk().recording.duration), ("Good", 0.0)):
        page.get_by_text(outside).click()
        page.wait_for_function(f"Math.abs(document.querySelector('audio').currentTime - {heard}) < 0.1")
        page.wait_for_timeout(200)
        assert paused(page)
    page.get_by_text("conference", exact=True).click()
    page.wait_for_function("!document.querySelector('audio').paused")
    assert word_at(time(page) + 5.05) in ("conference", "first?", "I")


def test_a_transcript_alone_can_be_read_searched_and_copied(visit: Open) -> None:
    page = visit(standalone(player_html(talk().recording)))
    page.get_by_text("conference", exact=True).click()
    page.get_by_role("searchbox").fill("lunch")
    page.wait_for_function("document.querySelector('.sl-found').textContent === '1 of 1'")
    assert page.locator("audio, .sl-bar").count() == 0


def test_without_scripts_the_words_and_the_browsers_own_controls_are_there(visit: Open) -> None:
    page = visit(standalone(talk().html()), java_script_enabled=False)
    assert page.get_by_text("Could we take").is_visible()
    assert page.locator("audio").is_visible()
    assert page.locator(".sl-bar").is_hidden()


def test_a_component_that_redraws_its_value_gets_a_live_player_each_time(visit: Open) -> None:
    """The contract of Gradio's HTML component: the script runs once with element, props and watch."""
    page = visit('<div id="component"></div>')
    page.evaluate(
        """([script, value]) => {
            const component = document.getElementById('component');
            window.props = { value }; window.watched = [];
            new Function('element', 'props', 'watch', script)(component, props, (name, told) => watched.push(told));
        }""",
        [gradio_script(), talk().html(title="First")],
    )
    page.get_by_text("conference", exact=True).click()
    page.wait_for_function("document.querySelector('.sl-now')")
    for value, title in ((talk().html(title="Second"), "Second"), (None, None)):
        page.evaluate("value => { props.value = value; watched.forEach(told => told()); }", value)
        assert page.locator(".sl-title").all_text_contents() == ([title] if title else [])
    page.evaluate("value => { props.value = value; watched.forEach(told => told()); }", talk().html(title="Third"))
    page.get_by_text("conference", exact=True).click()
    page.wait_for_selector(".sl-now")
    assert page.locator("#speechlab-player-style").count() == 1


def test_three_hours_of_words_do_not_freeze_the_page(visit: Open) -> None:
    words = [Word(n * 0.36, n * 0.36 + 0.3, text=f" word{n % 700}") for n in range(30_000)]
    segments = [
        Segment(part[0].start, part[-1].end, text="".join(w.text for w in part).strip(), words=tuple(part))
        for part in (words[n : n + 12] for n in range(0, 30_000, 12))
    ]
    whole = Recording(transcript=Transcript(tuple(segments), "en"), duration=10_800)
    page = visit(standalone(player_html(whole, audio_src=talk().src, peaks=talk().peaks)))
    moved = page.evaluate(
        """() => { const took = []; let marked = 0;
            const audio = document.querySelector('audio'), wave = document.querySelector('.sl-wave');
            const box = wave.getBoundingClientRect();
            for (let i = 1; i < 40; i++) {
                const at = { clientX: box.left + box.width * i / 40, clientY: box.top, pointerId: 1, bubbles: true };
                wave.setPointerCapture = () => {};
                const began = performance.now();
                wave.dispatchEvent(new PointerEvent('pointerdown', at));
                took.push(performance.now() - began);
                marked += document.querySelectorAll('.sl-now').length;
            }
            return [marked, took.sort((a, b) => a - b)[19]]; }"""
    )
    assert moved[0] >= 30
    assert moved[1] < 100, "milliseconds for one seek among 30,000 words, as most of them are"


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("light", 900, False), ("dark", 900, True), ("narrow", 360, False)]
)
def test_it_fits_and_is_kept_as_a_picture(visit: Open, tmp_path: Path, name: str, width: int, dark: bool) -> None:
    page = visit(standalone(talk().html(title="Team meeting, Monday.m4a")), width=width, dark=dark)
    page.get_by_text("conference", exact=True).click()
    page.locator(".sl-play").click()
    page.wait_for_selector(".sl-now")
    page.get_by_role("searchbox").fill("the")
    page.wait_for_function("document.querySelector('.sl-found').textContent")
    folder = Path(os.environ.get("SPEECHLAB_SCREENSHOTS") or tmp_path)
    page.screenshot(path=folder / f"player-{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.sl-player :is(button, select, input, p, canvas)')].filter(e => {
            const box = e.getBoundingClientRect(), root = e.closest('.sl-player').getBoundingClientRect();
            return box.width && (box.left < root.left - 0.5 || box.right > root.right + 0.5);
        }).map(e => e.outerHTML)"""
    )
    assert outside == []
    assert page.evaluate("getComputedStyle(document.querySelector('.sl-player')).backgroundColor") == (
        "rgb(23, 24, 28)" if dark else "rgb(255, 255, 255)"
    )


def test_lanes_play_each_speaker(visit: Open) -> None:
    page = visit(standalone(talk().html()))
    slowly(page)
    lane = page.locator('.sl-lane[data-speaker="Ben"]')
    turns = [s for s in talk().recording.transcript if s.speaker == "Ben" and not s.suspect]
    lane.get_by_role("button", name="Hear Ben").click()
    page.wait_for_function("!document.querySelector('audio').paused")
    assert turns[0].start - 0.05 <= time(page) < turns[0].start + 1
    page.wait_for_selector('.sl-lane[data-speaker="Ben"].sl-speaking')
    assert page.locator(".sl-speaking").count() == 1
    lane.get_by_role("button", name="Hear Ben").click()
    page.wait_for_function(f"document.querySelector('audio').currentTime >= {turns[1].start - 0.05}")
    box = lane.locator(".sl-lane-bars").bounding_box()
    assert box
    middle = turns[0].start + 1.0
    page.mouse.click(box["x"] + box["width"] * middle / talk().recording.duration, box["y"] + 4)
    page.wait_for_function(f"Math.abs(document.querySelector('audio').currentTime - {middle}) < 0.5")
    page.mouse.click(box["x"] + 1, box["y"] + 4)  # nobody speaks there: the nearest turn
    page.wait_for_function(f"Math.abs(document.querySelector('audio').currentTime - {turns[0].start}) < 0.5")
    assert page.locator("button.sl-name, .sl-more, .sl-undo, .sl-lines").count() == 0


def test_the_other_sound_goes_on_at_the_same_place(visit: Open) -> None:
    quiet = Waveform(tuple([-9] * 60), tuple([9] * 60), 0.05, 0.0, talk().recording.duration, 0.5)
    page = visit(standalone(talk().html(title="Talk", clean=Clean(talk().src, quiet))))
    recorded, cleaned = page.get_by_role("button", name="As recorded"), page.get_by_role("button", name="Cleaned")
    assert cleaned.get_attribute("aria-pressed") == "true"
    ink = """() => { const canvas = document.querySelector('.sl-shape');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter(x => x).length; }"""
    before = page.evaluate(ink)
    page.get_by_text("conference", exact=True).click()
    page.wait_for_function("document.querySelectorAll('audio')[1].currentTime > 5")
    assert paused(page, 0)
    slowly(page)
    at = time(page, 1)
    recorded.click()
    page.wait_for_function("!document.querySelectorAll('audio')[0].paused")
    page.wait_for_selector(".sl-playing")
    assert paused(page, 1)
    assert at <= time(page, 0) < at + 2
    assert recorded.get_attribute("aria-pressed") == "true"
    assert page.evaluate(ink) > before * 1.2
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Speed").select_option("2")
    cleaned.click()
    assert paused(page, 0)
    assert paused(page, 1)
    assert page.evaluate("document.querySelectorAll('audio')[1].playbackRate") == 2
    assert time(page, 1) == pytest.approx(time(page, 0), abs=0.1)


def test_a_cleaned_sound_that_begins_later_lies_on_the_same_timeline(visit: Open) -> None:
    page = visit(standalone(talk().html(clean=Clean(talk().src, start=3.0))))
    slowly(page)
    segment = next(s for s in talk().recording.transcript if "conference" in s.text)
    spoken_at = next(w.start for w in segment.words if "conference" in w.text)
    page.get_by_text("conference", exact=True).click()
    page.wait_for_function("!document.querySelectorAll('audio')[1].paused")
    assert time(page, 1) == pytest.approx(spoken_at - 3, abs=1)
    page.get_by_role("button", name="As recorded").click()
    page.wait_for_function("!document.querySelectorAll('audio')[0].paused")
    assert time(page, 0) == pytest.approx(spoken_at, abs=2)


def test_pictures_are_fetched_once_they_are_looked_at_and_are_clicked_to_hear(visit: Open) -> None:
    dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    page = visit(
        standalone(talk().html(clean=Clean(talk().src, spectrogram="data:image/png;base64,AAAA"), spectrogram=dot))
    )
    page.get_by_text("Spectrogram").click()
    page.wait_for_selector(".sl-there img[alt='Spectrogram, as recorded']")
    page.wait_for_selector(".sl-missing img[alt='Spectrogram, cleaned']", state="attached")
    box = page.locator(".sl-picture").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 50)
    half = talk().recording.duration / 2
    page.wait_for_function(f"Math.abs(document.querySelectorAll('audio')[1].currentTime - {half}) < 1")
