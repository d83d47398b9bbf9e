"""Values that show themselves: by IPython's own formatters, and in a notebook that is really run."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import speechlab
from speechlab import Audio, EngineUnavailable, Recording, Segment, Transcript, notebook, player


@pytest.fixture
def shown() -> DisplayFormatter:
    formatter = DisplayFormatter()
    notebook.register(SimpleNamespace(display_formatter=formatter))
    return formatter


def recording(*texts: str, **more: object) -> Recording:
    segments = [Segment(n, n + 1, text=text, speaker="Anna" if n else None) for n, text in enumerate(texts)]
    made_up = Segment(90, 91, text="Thanks for watching!", extra={"suspect": "no speech"})
    return Recording(transcript=Transcript((*segments, made_up), "en"), **more)  # type: ignore[arg-type]


def test_a_recording_shows_its_transcript(shown: DisplayFormatter) -> None:
    bundle, _ = shown.format(recording("Good morning.", "It *rains*."))
    assert "Good morning." in bundle["text/html"]
    assert "<audio" not in bundle["text/html"]
    assert bundle["text/plain"] == ("Recording (1:31; 2 segments; en)\n0:00  Good morning.\n0:01  Anna: It *rains*.")
    assert bundle["text/markdown"] == "`0:00` Good morning.\n\n`0:01` Anna: It \\*rains\\*."


def test_a_transcript_shows_itself(shown: DisplayFormatter) -> None:
    bundle, _ = shown.format(recording(*(f"Number {n}." for n in range(15))).transcript)
    assert "Number 14." in bundle["text/html"]
    lines = bundle["text/plain"].splitlines()
    assert lines[0] == "Transcript (15 segments)"
    assert lines[-2:] == ["0:11  Anna: Number 11.", "... and 3 more"]


def test_sound_plays_itself(shown: DisplayFormatter) -> None:
    sound = Audio(np.sin(np.arange(8000, dtype=np.float32)), 16000)
    bundle, _ = shown.format(sound)
    assert '<audio class="sl-audio" controls preload="metadata" src="data:audio/wav;base64,UklGR' in bundle["text/html"]
    assert "16 kHz" in bundle["text/html"]
    assert bundle["text/plain"] == repr(sound)


def test_sound_that_is_empty_says_so(shown: DisplayFormatter) -> None:
    bundle, _ = shown.format(Audio(np.empty(0), 16000))
    assert bundle["text/html"] == "<p>Audio(0.00 s from 0.00 s, 16000 Hz, 1 channel)</p>"


def test_a_recording_and_its_sound_are_shown_together(tmp_path: Path) -> None:
    file = tmp_path / "<monday>.wav"
    file.write_bytes(speechlab.media.encode(Audio(np.zeros(16000 * 100), 16000)))
    whole = notebook.recording_html(recording("Good morning."), file)
    assert "&lt;monday&gt;.wav" in whole
    assert "data:audio/wav;base64," in whole
    assert "can be heard" not in whole
    part = notebook.recording_html(recording("Hi."), Audio(np.zeros(16000 * 100), 16000), title="A", minutes=0.5)
    assert "only the first 0:30 can be heard" in part


def test_show_without_ipython_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(EngineUnavailable) as caught:
        notebook.show(recording("Hi."))
    assert caught.value.hint == "pip install ipython"


def test_a_notebook_that_is_run_shows_words_and_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter_core warns of its own old folders
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    import nbclient
    import nbformat

    cells = [
        "import numpy as np\nfrom speechlab import Audio, Recording, Segment, Transcript, Word",
        "words = (Word(0.0, 0.4, text=' Good'), Word(0.5, 1.0, text=' morning.'))\n"
        "said = Segment(0.0, 1.0, text='Good morning.', words=words)\n"
        "recording = Recording(transcript=Transcript((said,), 'en'), duration=1.0)\n"
        "recording",
        "audio = Audio(np.sin(np.arange(16000) / 9), 16000)\naudio",
        "from speechlab.notebook import show\nshow(recording, audio, title='Both')",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
    transcript, sound, both = (cell.outputs[0]["data"]["text/html"] for cell in book.cells[1:])
    assert "<span>Good</span> <span>morning.</span>" in transcript
    assert "<audio" not in transcript
    assert "<audio" in sound
    assert "<span>Good</span>" in both
    assert "<audio" in both
    assert "Both" in both
    assert all("speechlabPlayer" in html for html in (transcript, sound, both))


def test_the_same_recording_gives_the_same_output() -> None:
    assert notebook.recording_html(recording("Hi.")) == notebook.recording_html(recording("Hi."))
    assert player.stamp(3599.9) == "59:59"
