"""Where voices are found, and which index is whose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from speechlab_rvc.shelf import Place, shelf

from speechlab import ConfigError, Context, EngineUnavailable


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def found(folder: Path) -> dict[str, tuple[str, str | None]]:
    """By name: the voice's file, and its index's."""
    voices = shelf(str(folder), Context(folder, download=False))
    return {
        name: (place.file.relative_to(folder).as_posix(), place.index and place.index.name)
        for name, place in voices.items()
    }


def test_an_index_belongs_to_the_voice_that_it_names(tmp_path: Path) -> None:
    added = [f"added_IVF9_Flat_nprobe_1_{name}_v2.index" for name in ("ada", "ada2")]
    files(tmp_path, "ada.pth", "Ada2.pth", "bob.pth", *added, "notes.txt", "trained_IVF9_Flat_bob_v2.index")
    assert found(tmp_path) == {
        "Ada2": ("Ada2.pth", added[1]),
        "ada": ("ada.pth", added[0]),
        "bob": ("bob.pth", None),
    }


def test_a_folder_for_each_voice(tmp_path: Path) -> None:
    files(tmp_path, "ada/voice.pth", "ada/any.index", "bob/voice.pth", "bob/one.npy", "bob/two.npy", "cyd/cyd.pth")
    assert found(tmp_path) == {
        "ada/voice": ("ada/voice.pth", "any.index"),
        "bob/voice": ("bob/voice.pth", None),
        "cyd": ("cyd/cyd.pth", None),
    }


def test_the_speakers_of_one_network(tmp_path: Path, keep: Any, stored_sovits: Any) -> None:
    keep(tmp_path / "two", stored_sovits(4))
    files(tmp_path, "two/G_80.pth", "two/D_900.pth", "two/G_1000.pth", "eve.pth")
    (tmp_path / "config.json").write_text("{}")
    voices = shelf(str(tmp_path), Context(tmp_path, download=False))
    longest = Place(tmp_path / "two" / "G_1000.pth", config=tmp_path / "two" / "config.json")
    assert voices == {
        "dot": replace(longest, speaker=0),
        "eve": Place(tmp_path / "eve.pth"),
        "two/eve": replace(longest, speaker=2),
    }


def test_no_folder(context: Context) -> None:
    assert shelf(None, context) == {}
    for told in ("/no/such/folder", "./none"):
        with pytest.raises(ConfigError, match="there is no folder"):
            shelf(told, context)


@pytest.mark.usefixtures("hub")
def test_of_the_hub_all_or_one(context: Context) -> None:
    assert list(shelf("some/voices", context)) == ["ada", "bob", "cyd", "dot", "eve"]
    [(name, place)] = shelf("some/voices/cyd/cyd.pth", context).items()
    assert name == "cyd"
    assert place == Place(place.file, place.file.parent / "total_fea.npy")
    with pytest.raises(EngineUnavailable, match=r"are not here"):
        shelf("some/voices/eve.pth", context)
    with pytest.raises(EngineUnavailable, match=r"are not here"):
        shelf("some/others", context)


def test_a_repository_without_voices(hub: Path, context: Context) -> None:
    for voice in hub.glob("models--some--voices/snapshots/*/**/*.pth"):
        voice.unlink()
    with pytest.raises(EngineUnavailable, match=r"no voice \(\.pth\) of some/voices") as refused:
        shelf("some/voices", context)
    assert "some/voices/path/voice.pth" in refused.value.hint
