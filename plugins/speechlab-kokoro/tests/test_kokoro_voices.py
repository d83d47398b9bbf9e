"""Voices: which are here, where the others come from, how they are blended."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_kokoro import fetching
from speechlab_kokoro.fetching import HUB, NAMES, fetched
from speechlab_kokoro.voices import LANGUAGES, NAMED, Voices, blend, called, native

from speechlab import ConfigError, Context, EngineUnavailable

ALL = sorted(set(LANGUAGES.values()))


def test_without_others_a_japanese_voice_speaks_english(context: Context) -> None:
    voices = Voices(None, context).of(ALL)
    assert [voice.id for voice in voices][:2] == ["jm_kumo", "jf_alpha"]
    assert [voice.languages for voice in voices] == [("en-US", "ja"), *[("ja",)] * 4]
    [kumo] = Voices(None, context).of(["en-US", "es"])
    assert (kumo.id, kumo.languages, kumo.name) == ("jm_kumo", ("en-US",), "Kumo (man)")


def test_the_best_voice_of_each_language_comes_first(styles: Callable[..., Path], context: Context) -> None:
    folder = styles("em_alex", "ef_dora", "af_alloy", "af_heart", "bf_emma", "mine")
    voices = Voices(str(folder), context).of(["en-US", "en-GB", "es"])
    assert [voice.id for voice in voices] == ["af_heart", "af_alloy", "mine", "bf_emma", "ef_dora", "em_alex"]
    assert Voices(str(folder), context).of(["ja"])[0].id == "jf_alpha"


def test_a_file_that_is_no_voice_is_refused(styles: Callable[..., Path], context: Context) -> None:
    folder = styles("af_heart")
    for content in (b"", b"1234" * 100, np.full(510 * 256, np.nan, "<f4").tobytes()):
        (folder / "voices" / "af_heart.bin").write_bytes(content)
        with pytest.raises(EngineUnavailable, match=r"af_heart\.bin is no voice"):
            Voices(str(folder), context)


def test_all_names_tell_their_language() -> None:
    names = NAMES.split()
    assert len(names) == len(set(names)) == 54
    assert all(NAMED.fullmatch(name) for name in names)
    assert {native(name) for name in names} == set(ALL)
    assert called("af_heart") == "Heart (woman)"
    assert (native("mine"), called("mine")) == ("en-US", "mine")


# -- blends ------------------------------------------------------------------------------------------------------------


def test_a_blend_is_the_mean_of_its_voices(styles: Callable[..., Path], context: Context) -> None:
    voices = Voices(str(styles("af_heart", "bf_emma", "ef_dora")), context)
    style = voices.style("bf_emma:3 + ef_dora:1")
    assert (style.shape, style.dtype) == ((510, 1, 256), np.float32)
    assert style[0, 0, 0] == pytest.approx(1.25)
    assert native("bf_emma:3 + ef_dora:1") == "en-GB"


@given(st.dictionaries(st.sampled_from(NAMES.split()), st.floats(0.01, 100), min_size=1, max_size=5))
def test_shares_of_a_blend_are_one(weights: dict[str, float]) -> None:
    shares = blend("+".join(f"{name}:{weight:.4f}" for name, weight in weights.items()))
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.__getitem__) in {n for n, w in weights.items() if w >= max(weights.values()) - 1e-4}


@pytest.mark.parametrize(
    "recipe", ["", "+", "af_heart+", "af_heart:", ":1", "a:b:c", "af_heart:0", "af_heart:-1", "a:.."]
)
def test_what_is_no_recipe_is_refused(recipe: str) -> None:
    with pytest.raises(ConfigError, match="no voice and no blend"):
        blend(recipe)


# -- fetching ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """An npm that packs two voices, and what else should not come out; how it was called."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in (
            "package/voices/af_heart.bin",
            "package/voices/../../evil.bin",
            "package/dist/x.bin",
            "package/voices/a.js",
        ):
            content = np.ones((510, 1, 256), "<f4").tobytes()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    calls: list[list[str]] = []

    def run(command: list[str], cwd: str, **_: Any) -> None:
        calls.append(command)
        (Path(cwd) / "kokoro-js-1.2.1.tgz").write_bytes(packed.getvalue())

    monkeypatch.setattr(fetching.shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(fetching, "TARBALL", hashlib.sha256(packed.getvalue()).hexdigest())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return calls


def test_npm_gives_the_voices_once(npm: list[list[str]], tmp_path: Path) -> None:
    told: list[str] = []
    context = Context(tmp_path / "home", report=told.append)
    place = fetched(context)
    assert place == tmp_path / "home" / "kokoro" / "voices"
    assert [file.name for file in place.iterdir()] == ["af_heart.bin"]
    assert [file.name for file in place.parent.iterdir()] == ["voices"]
    assert fetched(context) == place
    assert fetched(Context(context.home, download=False)) == place
    [command] = npm
    assert "--ignore-scripts" in command
    assert told == ["downloading the voices of Kokoro, 27 MB"]


def test_nothing_is_fetched_where_that_is_not_allowed(npm: list[list[str]], tmp_path: Path) -> None:
    assert fetched(Context(tmp_path, download=False)) is None
    assert npm == []


def test_another_package_is_refused_and_five_voices_remain(
    npm: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TARBALL", "0" * 64)

    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    told: list[str] = []
    assert fetched(Context(tmp_path, report=told.append)) is None
    assert "not the published package" in told[1]
    assert "has five" in told[-1]
    assert list((tmp_path / "kokoro").iterdir()) == []


def test_the_hub_gives_them_where_there_is_no_npm(
    npm: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "hub" / f"models--{HUB.hub.replace('/', '--')}" / "snapshots" / "1"
    (snapshot / "voices").mkdir(parents=True)
    for name in HUB.files:
        (snapshot / name).touch()
    monkeypatch.setattr(fetching.shutil, "which", lambda name: None)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: str(snapshot))
    for download in (True, False):
        assert fetched(Context(tmp_path / "home", download=download)) == snapshot / "voices"
    assert npm == []
