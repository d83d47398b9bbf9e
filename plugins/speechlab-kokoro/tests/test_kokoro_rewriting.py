"""The network as it is rewritten: the same numbers, no slow convolution left, and kept for the next time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from speechlab_kokoro import rewriting
from speechlab_kokoro.engine import Kokoro
from speechlab_kokoro.network import Network
from speechlab_kokoro.rewriting import rewritten

from speechlab import Context, EngineUnavailable, Samples, made_by

CHANNELS = 8


def convolution(number: int, steps: int, dilation: int = 1, stride: int = 1, *, biased: bool = True) -> onnx.NodeProto:
    """Reads ``x<number>``, makes ``y<number>``."""
    inputs = [f"x{number}", f"w{number}", *([f"b{number}"] if biased else [])]
    pads = [dilation * (steps - 1) // 2] * 2
    shape = {"kernel_shape": [steps], "dilations": [dilation], "strides": [stride], "pads": pads}
    return helper.make_node("Conv", inputs, [f"y{number}"], name=f"c{number}", group=1, **shape)


def quantised(graph: onnx.GraphProto) -> None:
    """The convolutions as Kokoro's are: each sound in whole numbers, biases rounded down to such."""
    weights = {one.name: one for one in graph.initializer}
    found = [node for node in graph.node if node.op_type == "Conv"]
    nodes = [node for node in graph.node if node.op_type != "Conv"]
    made = {"channels first": np.array([1, -1, 1])}
    for conv in found:
        sound, weight, *biases = conv.input
        whole, scale, zero, product, floats, scales = (f"{conv.name}/{part}" for part in range(6))
        numbers = numpy_helper.to_array(weights[weight])
        step = np.float32((numbers.max() - numbers.min()) / 127)
        least = np.uint8(np.round(-numbers.min() / step))
        made[f"{weight}/scale"], made[f"{weight}/zero"] = np.array(step), np.array(least)
        made[f"{weight}/whole"] = np.clip(np.round(numbers / step) + least, 0, 127).astype(np.uint8)
        shape = {one.name: helper.get_attribute_value(one) for one in conv.attribute}
        inputs = [whole, f"{weight}/whole", zero, f"{weight}/zero"]
        nodes += [
            helper.make_node("DynamicQuantizeLinear", [sound], [whole, scale, zero]),
            helper.make_node("ConvInteger", inputs, [product], name=conv.name, **shape),
            helper.make_node("Mul", [scale, f"{weight}/scale"], [scales]),
        ]
        for bias in biases:
            divided, low, cast, shaped, added = (f"{conv.name}/{bias}/{part}" for part in range(5))
            nodes += [
                helper.make_node("Div", [bias, scales], [divided]),
                helper.make_node("Floor", [divided], [low]),
                helper.make_node("Cast", [low], [cast], to=TensorProto.INT32),
                helper.make_node("Reshape", [cast, "channels first"], [shaped]),
                helper.make_node("Add", [product, shaped], [added]),
            ]
            product = added
        nodes.append(helper.make_node("Cast", [product], [floats], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [floats, scales], [conv.output[0]]))
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in made.items())
    graph.ClearField("node")
    there = {*weights, *made, *(one.name for one in graph.input)}
    while nodes:  # in an order in which they can be done
        node = next(one for one in nodes if there.issuperset(one.input))
        nodes.remove(node)
        graph.node.append(node)
        there.update(node.output)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small, but with all that Kokoro's has around its convolutions; quantised as Kokoro's is."""
    node, rng = helper.make_node, np.random.default_rng(0)
    nodes = [
        node("Cast", ["tokens"], ["counted"], to=TensorProto.FLOAT),
        node("Mul", ["counted", "speed"], ["long"]),
        node("Round", ["long"], ["frames"]),
        node("Unsqueeze", ["frames", "last"], ["column"]),
        node("MatMul", ["column", "spread"], ["spoken"]),
        node("Transpose", ["spoken"], ["sound"], perm=[0, 2, 1]),
        node("Unsqueeze", ["style", "last"], ["styled"]),
        node("Split", ["styled"], ["gain", "shift"], axis=1, num_outputs=2),
        node("Sin", ["sound"], ["x0"]),
        convolution(0, 3),
        node("ReduceMean", ["y0", "last"], ["mean"]),
        node("Sub", ["y0", "mean"], ["centred"]),
        node("Mul", ["centred", "centred"], ["squared"]),
        node("ReduceMean", ["squared", "last"], ["variance"]),
        node("Sqrt", ["variance"], ["deviation"]),
        node("Div", ["centred", "deviation"], ["normal"]),
        node("Mul", ["gain", "normal"], ["louder"]),
        node("Add", ["louder", "shift"], ["x1"]),
        convolution(1, 5, dilation=3, biased=False),
        node("Add", ["y1", "sound"], ["residual"]),
        node("LeakyRelu", ["residual"], ["x2"], alpha=0.2),
        convolution(2, 1),
        node("Pad", ["y2", "around"], ["x3"], mode="reflect"),
        convolution(3, 4, stride=2),
        node("ReduceMean", ["y3", "channels"], ["audio"], keepdims=0),
    ]
    made = {
        "last": np.array([-1]),
        "channels": np.array([1]),
        "around": np.array([0, 0, 2, 0, 0, 0]),
        "spread": rng.standard_normal((1, CHANNELS)).astype(np.float32),
        **{f"b{number}": rng.standard_normal(CHANNELS).astype(np.float32) for number in (0, 2, 3)},
        **{
            f"w{number}": rng.standard_normal((CHANNELS, CHANNELS, steps)).astype(np.float32)
            for number, steps in enumerate((3, 5, 1, 4))
        },
    }
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 2 * CHANNELS]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    output = helper.make_tensor_value_info("audio", TensorProto.FLOAT, None)
    weights = [numpy_helper.from_array(value, name) for name, value in made.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "small", inputs, [output], weights),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
    )
    model = onnx.shape_inference.infer_shapes(model)
    folder = tmp_path_factory.mktemp("network")
    onnx.save(model, folder / "floats.onnx")
    quantised(model.graph)
    onnx.save(model, folder / "small.onnx")
    return folder / "small.onnx"


def run(network: bytes, count: int) -> Samples:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(count)
    style, speed = rng.standard_normal((1, 2 * CHANNELS)).astype(np.float32), np.ones(1, np.float32)
    [audio] = session.run(None, {"tokens": rng.integers(0, 9, (1, count)), "style": style, "speed": speed})
    return np.asarray(audio)


def test_it_says_the_same(network: Path) -> None:
    before = network.read_bytes()
    after = rewritten(before)
    assert len(made_by(before, "ConvInteger")) == 4
    assert made_by(after, "ConvInteger") == []
    for count in (9, 10, 300):
        old, new = run(before, count), run(after, count)
        assert old.shape == new.shape
        # biases are not rounded down to whole numbers any more
        assert np.abs(old - new).max() < 0.05 * np.abs(old).max()
        assert np.corrcoef(old.ravel(), new.ravel())[0, 1] > 0.999


def test_one_by_the_quantiser_of_today(network: Path, tmp_path: Path) -> None:
    floats, whole = network.with_name("floats.onnx"), tmp_path / "whole.onnx"
    quantize_dynamic(floats, whole, op_types_to_quantize=["Conv"], weight_type=QuantType.QUInt8, reduce_range=True)
    before = whole.read_bytes()
    after = rewritten(before)
    assert (len(made_by(before, "ConvInteger")), made_by(after, "ConvInteger")) == (4, [])
    assert run(after, 50) == pytest.approx(run(before, 50), rel=1e-3, abs=1e-3)
    assert swaps(after) == swaps(rewritten(network.read_bytes()))


def test_without_rounded_biases_it_says_exactly_the_same(network: Path) -> None:
    model = onnx.load(network)
    for weights in model.graph.initializer:
        if weights.name.startswith("b"):
            weights.CopyFrom(numpy_helper.from_array(np.zeros(CHANNELS, np.float32), weights.name))
    before = model.SerializeToString()
    assert run(rewritten(before), 50) == pytest.approx(run(before, 50), rel=1e-3, abs=1e-3)


def swaps(network: bytes) -> list[str]:
    """What is computed with time first, and then read with time last."""
    nodes = onnx.load_model_from_string(network).graph.node
    return [node.output[0] for node in nodes if node.op_type == "Transpose" and node.input[0].endswith("/rows")]


def test_time_comes_first_from_one_convolution_to_the_next(network: Path) -> None:
    assert swaps(rewritten(network.read_bytes())) == ["y2", "y3"], "before what is no sum over time, and at the end"


def test_what_cannot_be_rewritten_stays(network: Path) -> None:
    floats = network.with_name("floats.onnx").read_bytes()
    assert rewritten(floats) is floats
    model = onnx.load(network)
    for weights in model.graph.initializer:
        if weights.data_type == TensorProto.UINT8 and len(weights.dims) == 3:
            eight = numpy_helper.to_array(weights).copy()
            eight[0, 0, 0] = 200
            weights.CopyFrom(numpy_helper.from_array(eight, weights.name))
    before = model.SerializeToString()
    assert rewritten(before) is before


def test_the_packaged_network_has_no_slow_convolution_left(engine: Kokoro, home: Path) -> None:
    [kept] = (home / "kokoro" / "networks").glob("*.onnx")
    network = kept.read_bytes()
    assert len(made_by(network, "MatMulIntegerToFloat")) == 87
    assert made_by(network, "ConvInteger") == []
    assert len(swaps(network)) < 20, "time comes first from one convolution to the next"
    assert engine.voices()


# -- opened ------------------------------------------------------------------------------------------------------------


def say(network: Network) -> tuple[Samples, Samples]:
    style = np.random.default_rng(1).standard_normal((20, 1, 2 * CHANNELS)).astype(np.float32)
    return network.say([3, 0, 4], style, 1.0)


def test_it_is_rewritten_once(network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    context = Context(tmp_path, download=False, report=told.append)
    samples, ends = say(Network(network, 1, context))
    assert told == ["preparing Kokoro's network for this machine, once"]
    monkeypatch.setattr(rewriting, "rewritten", None)
    again, _ = say(Network(network, 1, context))
    assert np.array_equal(again, samples)
    # at both ends there is a symbol that says nothing; none lasts for less than a frame; they are heard three earlier
    assert ends == pytest.approx(np.array([0, 1, 2, 6]) / 10)
    assert len(told) == 1


def test_another_version_of_it_is_rewritten_anew(network: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.onnx"
    own.write_bytes(network.read_bytes())
    context = Context(tmp_path, download=False)
    for time in (1, 2):
        os.utime(own, (time, time))
        Network(own, 1, context)
        assert len(list((tmp_path / "kokoro" / "networks").iterdir())) == 1


def test_where_it_cannot_be_kept_it_speaks_all_the_same(network: Path, tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "kokoro").write_text("in the way")
    samples, _ = say(Network(network, 1, Context(tmp_path, download=False, report=told.append)))
    assert samples.any()
    assert "cannot be kept" in told[-1]


def test_a_network_of_floats_is_taken_as_it_is(network: Path, tmp_path: Path) -> None:
    _, ends = say(Network(network.with_name("floats.onnx"), 1, Context(tmp_path, download=False)))
    assert len(ends) == 4
    assert not (tmp_path / "kokoro").exists()


def test_what_is_no_network_is_told(tmp_path: Path) -> None:
    for content in (b"", b"no network", b"\x3a\xff\xff\xff\xff\xff"):
        (tmp_path / "mine.onnx").write_bytes(content)
        with pytest.raises(EngineUnavailable, match=r"mine\.onnx cannot be read"):
            Network(tmp_path / "mine.onnx", 1, Context(tmp_path, download=False))
