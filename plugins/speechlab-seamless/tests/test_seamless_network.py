"""What is computed in steps is what transformers computes in one, and what it fails at has an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from speechlab_seamless.network import Understood
from transformers import SeamlessM4TProcessor, SeamlessM4Tv2Model

from speechlab import Audio

TEXTS = ["the quick fox", "good morning everybody", "olá mundo"]
BOUND = 220


@pytest.fixture(scope="module")
def theirs(build: Callable[[str], Path]) -> tuple[Any, Any]:
    """Transformers' own model and processor, on the same checkpoint."""
    folder = build("seamless")
    return SeamlessM4Tv2Model.from_pretrained(folder).eval(), SeamlessM4TProcessor.from_pretrained(folder)


@pytest.fixture(scope="module")
def ours(load: Callable[..., Any]) -> Any:
    return load()._checkpoint


def written(ours: Any, understood: Understood, tag: str, beams: int) -> list[list[int]]:
    with torch.inference_mode():
        return list(
            ours.network.write(understood, ours.tongues.writes(tag).token, beams, [BOUND] * len(understood.mask))
        )


def read(ours: Any, texts: list[str], tag: str) -> Understood:
    with torch.inference_mode():
        understood: Understood = ours.network.read(
            [ours.tokens(text) for text in texts], ours.tongues.writes(tag).token
        )
        return understood


def heard(ours: Any, sound: Audio) -> Understood:
    with torch.inference_mode():
        understood: Understood = ours.hear(sound.mono)
        return understood


def said(ours: Any, understood: Understood, tag: str, tokens: list[int], **how: Any) -> torch.Tensor:
    tongue = ours.tongues.speaks(tag)
    with torch.inference_mode():
        sound: torch.Tensor = ours.network.speak(
            understood, tongue.token, tokens, tongue=tongue.number, **{"speaker": 7, **how}
        )
        return sound


def even(sound: Audio) -> Audio:
    """So long that its frames come in pairs: else transformers hears what fills the last pair up."""
    return sound.crop(sound.start, sound.start + 1.995)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("text", TEXTS)
def test_text_to_text(ours: Any, theirs: tuple[Any, Any], text: str, beams: int) -> None:
    model, processor = theirs
    inputs = processor(text=text, src_lang="eng", return_tensors="pt")
    told = model.generate(**inputs, tgt_lang="por", generate_speech=False, num_beams=beams, max_new_tokens=BOUND)
    [row] = written(ours, read(ours, [text], "en"), "pt", beams)
    assert row == told.sequences[0, 2:-1].tolist()
    assert len(row) > 5


@pytest.mark.parametrize("beams", [1, 3])
def test_speech_to_text(ours: Any, theirs: tuple[Any, Any], sounds: list[Audio], beams: int) -> None:
    model, processor = theirs
    sound = even(sounds[0])
    inputs = processor(audio=sound.mono, sampling_rate=16_000, return_tensors="pt")
    assert inputs["attention_mask"].all()
    told = model.generate(**inputs, tgt_lang="fra", generate_speech=False, num_beams=beams, max_new_tokens=BOUND)
    [row] = written(ours, heard(ours, sound), "fr", beams)
    assert row == told.sequences[0, 2:-1].tolist()
    assert len(row) > 5


def test_text_to_speech(ours: Any, theirs: tuple[Any, Any]) -> None:
    model, processor = theirs
    inputs = processor(text=TEXTS[0], src_lang="eng", return_tensors="pt")
    told = model.generate(**inputs, tgt_lang="spa", speaker_id=7, return_intermediate_token_ids=True)
    sound = said(ours, read(ours, TEXTS[:1], "en"), "es", told.sequences[0, 2:-1].tolist())
    assert torch.allclose(sound, told.waveform.reshape(-1), atol=1e-5)
    assert len(sound) > 16_000


def test_speech_to_speech(ours: Any, theirs: tuple[Any, Any], sounds: list[Audio]) -> None:
    model, processor = theirs
    sound = even(sounds[0])
    inputs = processor(audio=sound.mono, sampling_rate=16_000, return_tensors="pt")
    told = model.generate(**inputs, tgt_lang="fra", speaker_id=7, return_intermediate_token_ids=True)
    spoken = said(ours, heard(ours, sound), "fr", told.sequences[0, 2:-1].tolist())
    assert torch.allclose(spoken, told.waveform.reshape(-1), atol=1e-5)


def test_several_are_understood_as_each_alone(ours: Any, sounds: list[Audio]) -> None:
    alone = [heard(ours, sound) for sound in sounds]
    assert len({one.states.shape[1] for one in alone}) == 3
    together = written(ours, Understood.join(alone), "en", 3)
    assert together == [written(ours, one, "en", 3)[0] for one in alone]
    texts = read(ours, TEXTS, "en")
    assert written(ours, texts, "es", 3) == [written(ours, read(ours, [text], "en"), "es", 3)[0] for text in TEXTS]


def test_transformers_fails_where_there_is_nothing_to_say_and_here_is_no_sound(
    ours: Any, theirs: tuple[Any, Any]
) -> None:
    model, processor = theirs
    inputs = processor(text=TEXTS[0], src_lang="eng", return_tensors="pt")
    ended = model.config.eos_token_id
    with pytest.raises(RuntimeError):
        model.generate(**inputs, tgt_lang="spa", text_prefix_allowed_tokens_fn=lambda batch, row: [ended])
    assert not len(said(ours, read(ours, TEXTS[:1], "en"), "es", []))


def test_how_sure_it_is_of_a_text(ours: Any) -> None:
    understood, token = read(ours, TEXTS[:1], "en"), ours.tongues.writes("pt").token
    [row] = written(ours, understood, "pt", 1)
    with torch.inference_mode():
        sure = ours.network.sure(understood, token, row[:3])
        changed = ours.network.sure(understood, token, [row[0], 5, row[2]])
        logits = ours.network(
            encoder_outputs=(understood.states,),
            attention_mask=understood.mask,
            decoder_input_ids=torch.tensor([[3, token, *row[:3]]]),
        ).logits
    expected = logits[0, 1:].log_softmax(-1)[range(4), [*row[:3], 3]].mean()
    assert sure == pytest.approx(float(expected), rel=1e-4)
    assert changed < sure < 0


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_speed_changes_how_long_each_character_lasts(ours: Any, speed: float) -> None:
    understood, tokens = read(ours, TEXTS[1:2], "en"), ours.tokens(TEXTS[1])
    usual, other = said(ours, understood, "en", tokens), said(ours, understood, "en", tokens, speed=speed)
    assert len(other) == pytest.approx(len(usual) / speed, rel=0.1)
    assert len(said(ours, understood, "en", tokens)) == len(usual), "the next call is as before"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_vocoder_computes_in_float32(load: Callable[..., Any], dtype: str) -> None:
    network = load(dtype=dtype)._checkpoint.network
    assert {weight.dtype for weight in network.vocoder.parameters()} == {torch.float32}
    assert {weight.dtype for weight in network.text_decoder.parameters()} == {getattr(torch, dtype)}
