"""Files of faiss's read without it, and the same nearest sounds found in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_rvc.faiss_file import read
from speechlab_rvc.neighbours import Neighbours

from speechlab import EngineUnavailable

DATA = Path(__file__).parent / "data"
INDEX, SPARSE = DATA / "added_IVF5_Flat_nprobe_2_ada_v2.index", DATA / "added_sparse.index"
"""Written by faiss 1.15.1: sixty vectors in five groups, of which a search looks through two, and two in nine."""
RANDOM = np.random.default_rng(5)
VECTORS = RANDOM.normal(size=(60, 8)).astype(np.float32)
SAID = RANDOM.normal(size=(3, 8)).astype(np.float32)
FOUND = [[0.2728, -0.8368, -0.4347, -0.0886], [0.8117, -0.7777, -0.5756, 0.5469], [-0.2618, 0.5414, 0.743, -0.6671]]
"""What a search by faiss makes of them: of the first features of the eight nearest, weighed as RVC does."""


def test_all_vectors_are_read() -> None:
    centres, groups, looked_through = read(INDEX)
    assert (centres.shape, len(groups), looked_through) == ((5, 8), 5, 2)
    assert sorted(map(tuple, np.concatenate(groups))) == sorted(map(tuple, VECTORS))
    for number, group in enumerate(groups):
        nearest = np.square(group[:, None] - centres).sum(axis=2).argmin(axis=1)
        assert (nearest == number).all()


def test_what_is_nearest_is_what_faiss_finds() -> None:
    assert Neighbours.load(INDEX).nearest(SAID)[:, :4] == pytest.approx(np.array(FOUND), abs=1e-4)


def test_few_sounds_in_many_groups() -> None:
    _, groups, _ = read(SPARSE)
    assert sorted(len(group) for group in groups)[-3:] in ([0, 1, 1], [0, 0, 2])
    found = Neighbours.load(SPARSE).nearest(SAID)
    assert np.isfinite(found).all()


def test_where_a_group_is_empty_it_stays() -> None:
    here, empty = np.ones((4, 8), np.float32), np.zeros((0, 8), np.float32)
    index = Neighbours(np.stack([np.ones(8), -np.ones(8)]).astype(np.float32), (here, empty))
    said = np.stack([np.full(8, 0.9), np.full(8, -0.9)]).astype(np.float32)
    assert index.nearest(said) == pytest.approx(np.stack([np.ones(8), said[1]]))


def test_an_array_is_looked_through_whole(tmp_path: Path) -> None:
    np.save(tmp_path / "total_fea.npy", VECTORS)
    index = Neighbours.load(tmp_path / "total_fea.npy")
    assert index.features == 8
    assert index.nearest(VECTORS[:5]) == pytest.approx(VECTORS[:5], abs=1e-4)


@given(seed=st.integers(0, 1000), sounds=st.integers(1, 30))
def test_what_is_found_lies_among_the_sounds(seed: int, sounds: int) -> None:
    random = np.random.default_rng(seed)
    some, said = (random.normal(size=(count, 4)).astype(np.float32) for count in (sounds, 7))
    found = Neighbours(some.mean(axis=0, keepdims=True), (some,)).nearest(said)
    assert (found >= some.min(axis=0) - 1e-4).all()
    assert (found <= some.max(axis=0) + 1e-4).all()


@pytest.mark.parametrize("size", [0, 3, 20, 60, 200, 400, 900, 2000, 2738])
def test_a_file_that_was_cut_off_is_told(size: int, tmp_path: Path) -> None:
    (tmp_path / "a.index").write_bytes(INDEX.read_bytes()[:size])
    with pytest.raises(EngineUnavailable, match=r"the index a\.index cannot be read"):
        Neighbours.load(tmp_path / "a.index")


@given(at=st.integers(0, 400), value=st.integers(0, 255))
def test_a_damaged_head_is_told_or_does_no_harm(at: int, value: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    content = bytearray(INDEX.read_bytes())
    content[at] = value
    file = tmp_path_factory.getbasetemp() / "damaged.index"
    file.write_bytes(content)
    try:
        centres, groups, _ = read(file)
    except ValueError:
        return
    assert len(groups) == len(centres)


def test_another_kind_of_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.index").write_bytes(b"IwPQ" + INDEX.read_bytes()[4:])
    with pytest.raises(EngineUnavailable, match="of the kind that RVC writes"):
        Neighbours.load(tmp_path / "a.index")
    np.save(tmp_path / "a.npy", np.array([object()]), allow_pickle=True)
    with pytest.raises(EngineUnavailable, match=r"a\.npy cannot be read"):
        Neighbours.load(tmp_path / "a.npy")
