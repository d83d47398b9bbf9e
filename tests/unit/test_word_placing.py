"""Which sounds of a sentence are which of its words, and the networks that tell how long each takes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from speechlab import also_giving, made_by, placed

SOUNDS = st.text(alphabet="abcdefghʃθ", min_size=1, max_size=6)


@given(st.lists(SOUNDS, max_size=8))
def test_words_that_sound_as_they_do_alone_lie_where_they_are(words: list[str]) -> None:
    whole = ", ".join(words)
    assert [whole[where.start : where.stop] for where in placed(words, whole)] == words


@given(st.lists(SOUNDS, max_size=6), st.text(alphabet="abcʃ ,", max_size=30))
def test_words_follow_each_other_whatever_is_heard(words: list[str], whole: str) -> None:
    found = placed(words, whole)
    assert len(found) == len(words)
    assert all(0 <= where.start <= where.stop <= len(whole) for where in found)
    assert all(one.stop <= other.start or not other for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("words", "whole", "found"),
    [
        (["hæz", "bɪn"], "həzbɪn", ["həz", "bɪn"]),  # noqa: RUF001
        (["el"], "", [""]),
        ([], "el", []),
    ],
)
def test_words_that_run_together(words: list[str], whole: str, found: list[str]) -> None:
    assert [whole[where.start : where.stop] for where in placed(words, whole)] == found


def test_a_network_also_gives_what_it_computes_on_its_way() -> None:
    nodes = [helper.make_node("Ceil", ["x"], ["up" * 100]), helper.make_node("Neg", ["up" * 100], ["y"])]
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy"]
    weights = [helper.make_tensor("w", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0])]
    model = helper.make_model(helper.make_graph(nodes, "g", value[:1], value[1:], weights), ir_version=8)
    model.opset_import[0].version = 17
    data = model.SerializeToString()
    assert (made_by(data, "Ceil"), made_by(data, "Round")) == (["up" * 100], [])
    more = also_giving(data, "up" * 100)
    session = onnxruntime.InferenceSession(more, providers=["CPUExecutionProvider"])
    y, up = session.run(None, {"x": np.array([0.5, 1.5], np.float32)})
    assert (y.tolist(), up.tolist()) == ([-1.0, -2.0], [1.0, 2.0])
