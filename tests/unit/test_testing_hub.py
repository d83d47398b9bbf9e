"""What a test puts into the hub's cache is found there by those who ask the hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError

from speechlab.testing import fetched


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own" / "sub").mkdir(parents=True)
    for name in ("config.json", "sub/weights.bin"):
        (tmp_path / "own" / name).write_text(name)
    return tmp_path / "own"


def test_a_repository_is_found_whole_without_a_network(folder: Path, tmp_path: Path) -> None:
    snapshot = fetched(tmp_path / "hub", "ada/tiny", folder)
    found = snapshot_download("ada/tiny", cache_dir=tmp_path / "hub", local_files_only=True)
    assert Path(found) == snapshot
    assert (snapshot / "sub" / "weights.bin").read_text() == "sub/weights.bin"
    assert (snapshot / "config.json").resolve().parent.name == "blobs"
    with pytest.raises(LocalEntryNotFoundError):
        snapshot_download("ada/other", cache_dir=tmp_path / "hub", local_files_only=True)


def test_only_the_files_that_are_named_are_there(folder: Path, tmp_path: Path) -> None:
    snapshot = fetched(tmp_path / "hub", "ada/tiny", folder, ["sub/weights.bin"])
    assert [file.name for file in snapshot.rglob("*.*")] == ["weights.bin"]
