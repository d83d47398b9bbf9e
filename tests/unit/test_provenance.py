"""Sound that an engine made is marked, and told from other sound whatever became of it since."""

from __future__ import annotations

import gc
import io
import json
import logging
import pickle
import weakref
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
import soxr
from click.testing import CliRunner

from speechlab import Audio, Consent, Lab, Policy
from speechlab.cli.app import speechlab as main
from speechlab.media import decode, write
from speechlab.provenance import Label, Origin, label_in, watermark
from speechlab.provenance.tensors import tensors
from speechlab.testing import speech

RATE = 24_000


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(discover=False, home=tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def voice() -> Audio:
    """Somebody's speech, which no engine made."""
    said = speech("en").audio
    return Audio(soxr.resample(said.mono, said.sample_rate, RATE), RATE)


@pytest.fixture(scope="module")
def spoken(lab: Lab, voice: Audio) -> Audio:
    """The same, marked."""
    return watermark(lab.pool.context).marked(voice)


def told(lab: Lab, audio: Audio, folder: Path, format: str = "flac", **how: str) -> Origin:
    path = folder / f"sound.{format}"
    write(audio, path, **how)
    return lab.provenance(path)


def test_sound_that_nobody_marked_is_not_called_synthetic(lab: Lab, voice: Audio, tmp_path: Path) -> None:
    assert told(lab, voice, tmp_path).synthetic is False


def test_a_mark_changes_neither_length_nor_rate_nor_what_is_above_two_kilohertz(voice: Audio, spoken: Audio) -> None:
    assert (spoken.sample_rate, spoken.samples.shape, spoken.start) == (RATE, voice.samples.shape, voice.start)
    change = np.abs(np.fft.rfft(spoken.mono - voice.mono)) ** 2
    assert change[round(2_100 / RATE * len(voice.mono)) :].sum() < 1e-4 * change.sum()


def test_a_mark_is_found_where_it_is(lab: Lab, spoken: Audio, tmp_path: Path) -> None:
    origin = told(lab, spoken, tmp_path)
    assert origin.synthetic
    assert origin.label is None
    assert sum(span.duration for span in origin.marked) == pytest.approx(spoken.duration, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_a_mark_stays_when_sound_is_resampled(lab: Lab, spoken: Audio, tmp_path: Path, rate: int) -> None:
    assert told(lab, Audio(soxr.resample(spoken.mono, RATE, rate), rate), tmp_path).synthetic


def test_a_mark_stays_through_mp3_at_64_kbit(lab: Lab, spoken: Audio) -> None:
    assert watermark(lab.pool.context).confidence(through_mp3(spoken, 64_000)) > 0.9


def test_sound_with_two_channels_is_marked_in_both(lab: Lab, voice: Audio) -> None:
    marking = watermark(lab.pool.context)
    both = marking.marked(Audio(np.stack([voice.mono, voice.mono / 2]), RATE))
    for channel in both.samples:
        assert marking.confidence(Audio(channel, RATE)) > 0.9


@pytest.mark.parametrize("frames", [0, 1, 100, 1_024, 2_049])
def test_sound_too_short_to_carry_a_mark_stays_sound(lab: Lab, voice: Audio, frames: int) -> None:
    marking = watermark(lab.pool.context)
    short = Audio(voice.mono[RATE : RATE + frames], RATE)
    assert marking.marked(short).frames == frames
    assert 0.0 <= marking.confidence(short) <= 1.0


def test_a_long_sound_is_marked_without_a_seam(lab: Lab, voice: Audio) -> None:
    long = Audio(np.tile(voice.mono, 4)[: 25 * RATE], RATE)
    change = watermark(lab.pool.context).marked(long).mono - long.mono
    around = change[10 * RATE - 500 : 10 * RATE + 3_000]  # where one block ends
    assert np.abs(np.diff(around)).max() < 3 * np.abs(np.diff(change)).max() / 2
    assert np.abs(change[10 * RATE : 11 * RATE]).mean() > 0.1 * np.abs(change).mean()


def test_silence_stays_silence(lab: Lab) -> None:
    hush = Audio(np.zeros(RATE), RATE)
    marking = watermark(lab.pool.context)
    assert np.abs(marking.marked(hush).samples).max() < 1e-6
    assert marking.confidence(hush) < 0.7


@pytest.mark.parametrize("format", ["wav", "flac", "ogg", "mp3"])
def test_a_label_is_read_as_it_was_written(lab: Lab, voice: Audio, tmp_path: Path, format: str) -> None:
    label = Label.now("tts/piper", "Zoë", Consent("Zoë Ågren", "my own voice", "2026-01-02T03:04:05Z"))
    origin = told(lab, voice, tmp_path, format, comment=label.text())
    assert origin.label == label
    assert origin.synthetic
    assert not origin.marked


@pytest.mark.parametrize("comment", ["", "made with love", "{", "[1]", '{"synthetic": "yes"}', '{"synthetic": false}'])
def test_other_comments_are_no_labels(comment: str) -> None:
    assert label_in(comment) is None


def test_a_label_that_somebody_broke_is_still_one() -> None:
    assert label_in('{"synthetic": true, "engine": 3, "consent": {"person": "A"}}') == Label(
        "", consent=Consent("A", "", "")
    )


def test_all_that_an_engine_speaks_is_marked(lab: Lab) -> None:
    marking = watermark(lab.pool.context)
    assert marking.confidence(lab.speak("what a toy says " * 8, engine="toy")) > 0.7


def test_a_lab_that_spoke_is_let_go(tmp_path: Path) -> None:
    lab = Lab(discover=False, home=tmp_path)
    lab.speak("good bye", engine="toy")
    gone = weakref.ref(lab)
    del lab
    gc.collect()
    assert gone() is None


def test_only_the_policy_switches_the_mark_off_and_that_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        plain = Lab(discover=False, home=tmp_path, policy=Policy(watermark=False))
    assert "watermark is off" in caplog.text
    said = plain.speak("what a toy says " * 8, engine="toy")
    assert watermark(plain.pool.context).confidence(said) < 0.7


def test_a_checkpoint_that_holds_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(print))
    with pytest.raises(pickle.UnpicklingError, match="more than tensors"):
        tensors(path)


def test_the_command_tells_of_each_file_and_goes_on_after_a_bad_one(
    lab: Lab, voice: Audio, spoken: Audio, tmp_path: Path
) -> None:
    write(voice, tmp_path / "a.wav")
    write(spoken, tmp_path / "b.wav", comment=Label.now("tts/toy", "one").text())
    (tmp_path / "c.wav").write_bytes(b"no sound")
    done = CliRunner().invoke(main, ["provenance", "--json", str(tmp_path)])
    first, second, third = json.loads(done.stdout)
    assert (first["synthetic"], second["synthetic"]) == (False, True)
    assert second["label"]["engine"] == "tts/toy"
    assert "not a recording" in third["error"]
    assert done.exit_code == 1
    shown = CliRunner().invoke(main, ["provenance", str(tmp_path / "b.wav")])
    assert "synthetic: marked as such in its sound, and by its label" in shown.stdout
    assert "by tts/toy in the voice one" in shown.stdout


def through_mp3(audio: Audio, rate: int) -> Audio:
    """What comes back from an mp3 of so many bits a second."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=audio.sample_rate, layout="mono")
        stream.bit_rate = rate
        frame = av.AudioFrame.from_ndarray(np.array(audio.mono[None]), format="fltp", layout="mono")
        frame.sample_rate = audio.sample_rate
        cut = av.AudioResampler("fltp", "mono", audio.sample_rate, frame_size=1152)
        for part in [*cut.resample(frame), *cut.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    file.seek(0)
    return decode(file, mono=True)
