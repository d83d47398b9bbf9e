"""A file that is no voice, or no voice that can be used, is refused in a sentence, and runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from speechlab_rvc import sovits
from speechlab_rvc.rvc import load

from speechlab import EngineUnavailable


class Code:
    """Reading it creates a file, where code is run."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.file,)


def refused(told: Any, folder: Path, **how: bool) -> EngineUnavailable:
    torch.save(told, folder / "ada.pth")
    with pytest.raises(EngineUnavailable) as raised:
        load(folder / "ada.pth", **{"usual_encoder": True, **how})
    assert raised.value.hint
    assert "\n" not in str(raised.value)
    return raised.value


def test_code_is_not_run(stored: Any, tmp_path: Path) -> None:
    told = {**stored(1), "info": Code(tmp_path / "ran")}
    assert "more than numbers" in str(refused(told, tmp_path))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"junk\n", b"PK\x03\x04 cut off", b"\x80\x02}q"])
def test_a_damaged_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "ada.pth").write_bytes(content)
    with pytest.raises(EngineUnavailable, match=r"ada\.pth is damaged"):
        load(tmp_path / "ada.pth", usual_encoder=True)


def test_a_file_to_go_on_training_from(stored: Any, tmp_path: Path) -> None:
    told = {"model": stored(1)["weight"], "optimizer": {}, "iteration": 3}
    assert "not one that training goes on from" in refused(told, tmp_path).hint


def test_a_weight_that_is_missing_or_of_another_shape(stored: Any, tmp_path: Path) -> None:
    told = stored(1)
    del told["weight"]["enc_p.proj.bias"]
    assert "is no voice of RVC's" in str(refused(told, tmp_path))
    told = stored(1)
    told["weight"]["enc_p.proj.bias"] = torch.zeros(3)
    assert "is no voice of RVC's" in str(refused(told, tmp_path))
    told = stored(1)
    told["config"] = told["config"][:9]
    assert "is no voice of RVC's" in str(refused(told, tmp_path))


def test_another_vocoder(stored: Any, tmp_path: Path) -> None:
    assert "trained with RefineGAN" in str(refused({**stored(1), "vocoder": "RefineGAN"}, tmp_path))


def test_another_encoder_only_where_it_is_given(stored: Any, tmp_path: Path) -> None:
    told = {**stored(1), "embedder_model": "japanese-hubert-base"}
    assert "what japanese-hubert-base hears" in str(refused(told, tmp_path))
    assert load(tmp_path / "ada.pth", usual_encoder=False).shape.tones == 1
    torch.save({**stored(1), "embedder_model": "contentvec"}, tmp_path / "bob.pth")
    assert load(tmp_path / "bob.pth", usual_encoder=True).shape.tones == 1


def test_other_moments(stored: Any, tmp_path: Path) -> None:
    told = stored(1)
    told["config"][-1] = "32k"
    assert "other than 10 ms" in str(refused(told, tmp_path))


def test_another_kind_of_blocks(stored: Any, tmp_path: Path) -> None:
    told = stored(1)
    told["config"][9] = "2"
    assert "blocks are of another kind" in str(refused(told, tmp_path))


# -- of So-VITS-SVC ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("vol_embedding", True), ("vocoder_name", "nsf-snake-hifigan"), ("speech_encoder", "whisper-ppg")],
)
def test_another_kind_of_network(name: str, value: Any, stored_sovits: Any, keep: Any, tmp_path: Path) -> None:
    weights, told = stored_sovits(4)
    told["model"][name] = value
    keep(tmp_path / "two", (weights, told))
    with pytest.raises(EngineUnavailable, match=f"was trained with {name} {value}") as raised:
        sovits.load(tmp_path / "two" / "G_900.pth", tmp_path / "two" / "config.json")
    assert raised.value.hint


def test_a_configuration_of_others(stored_sovits: Any, keep: Any, tmp_path: Path) -> None:
    weights, told = stored_sovits(4)
    told["model"]["n_layers"] = 3
    keep(tmp_path / "two", (weights, told))
    with pytest.raises(EngineUnavailable, match=r"is no voice of So-VITS-SVC's") as raised:
        sovits.load(tmp_path / "two" / "G_900.pth", tmp_path / "two" / "config.json")
    assert "its own config.json" in raised.value.hint
