"""The network with its convolutions as products of matrices: the same sums, which processors do several times faster.

As it is written, a convolution of whole numbers multiplies weights by sound; the kernels for such numbers are made for
sound by signed weights, packed beforehand. So time comes first, a convolution gathers what each step sees into a row,
and what is done between convolutions is done on rows too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import GraphProto, NodeProto, helper, load_model_from_string, numpy_helper

ELEMENTWISE = frozenset({"Add", "Div", "LeakyRelu", "Mul", "Pow", "Sin", "Sqrt", "Sub"})
"""What may be done with time first as well as last."""
SWAPPED = [0, 2, 1]
"""Axes of sounds: one sound, channels, time; or time before channels."""
SEVEN_BITS = 128
"""Weights below it lie, less half of it, where no sum of two products is too large for any processor's 16 bits."""

USUAL: Mapping[str, Any] = {"auto_pad": b"NOTSET", "dilations": [1], "group": 1, "pads": [0, 0], "strides": [1]}
"""A convolution, where it does not say otherwise."""


@dataclass(frozen=True)
class Convolution:
    """One in whole numbers, from floats to floats, as onnxruntime's quantiser writes it."""

    name: str
    sound: str
    """What it reads."""
    made: str
    """What it makes."""
    weights: NDArray[np.uint8]
    """Of each channel that it makes, for each that it reads, for each step that it sees."""
    zero: int
    """The weight that means nothing."""
    scale: str
    bias: str
    stride: int
    dilation: int
    pads: tuple[int, int]

    @property
    def seen(self) -> NDArray[np.int64]:
        """Which steps it sees, from the first."""
        return np.arange(self.weights.shape[2]) * self.dilation


def rewritten(network: bytes) -> bytes:
    """The same network; as it was where no convolution is found that can be rewritten."""
    model = load_model_from_string(network)
    found = {one.made: one for one in _convolutions(model.graph)}
    if not found:
        return network
    _Rows(model.graph, found).write()
    return bytes(model.SerializeToString())


def _convolutions(graph: GraphProto) -> Iterator[Convolution]:
    constants = {one.name: one for one in graph.initializer}
    makers = {made: node for node in graph.node for made in node.output}
    readers = defaultdict[str, list[NodeProto]](list)
    for node in graph.node:
        for read in node.input:
            readers[read].append(node)

    def after(node: NodeProto | None, operator: str) -> NodeProto | None:
        """The only one that reads what a node makes, if it is of this type."""
        some = readers[node.output[0]] if node else []
        return some[0] if [one.op_type for one in some] == [operator] else None

    def before(name: str, *operators: str) -> NodeProto | None:
        """Up along first inputs, through these types."""
        node = makers.get(name)
        for operator in operators[:-1]:
            node = makers.get(node.input[0]) if node and node.op_type == operator else None
        return node if node and node.op_type == operators[-1] else None

    for node in graph.node:
        if node.op_type != "ConvInteger" or len(node.input) != 4 or not constants.keys() >= {*node.input[1::2]}:
            continue
        weights, zero = (numpy_helper.to_array(constants[node.input[at]]) for at in (1, 3))
        shaped = {**USUAL, **_attributes(node)}
        if weights.dtype != np.uint8 or weights.ndim != 3 or weights.max() >= SEVEN_BITS or zero.size != 1:
            continue
        if (shaped["group"], shaped["auto_pad"]) != (1, USUAL["auto_pad"]):
            continue
        biased = after(node, "Add")
        divided = biased and before(_other(biased, node), "Reshape", "Cast", "Floor", "Div")
        cast = after(biased or node, "Cast")
        scaled = after(cast, "Mul")
        quantised = before(node.input[0], "DynamicQuantizeLinear")
        scales = before(_other(scaled, cast), "Mul") if scaled and cast else None
        scale = [name for name in scales.input if name in constants] if scales else []
        if scaled is None or quantised is None or bool(biased) != bool(divided):
            continue
        if len(scale) != 1 or np.prod(constants[scale[0]].dims) != 1:
            continue
        yield Convolution(
            name=node.name,
            sound=quantised.input[0],
            made=scaled.output[0],
            weights=weights,
            zero=int(zero),
            scale=scale[0],
            bias=divided.input[0] if divided else "",
            stride=shaped["strides"][0],
            dilation=shaped["dilations"][0],
            pads=(shaped["pads"][0], shaped["pads"][1]),
        )


class _Rows:
    """Writes a graph anew, operator by operator, and remembers what it has with time first."""

    def __init__(self, graph: GraphProto, convolutions: Mapping[str, Convolution]) -> None:
        self._graph, self._convolutions = graph, convolutions
        self._constants = {one.name: one for one in graph.initializer}
        shapes = {one.name: one.type.tensor_type for one in graph.value_info}
        self._ranks = {name: len(one.shape.dim) for name, one in shapes.items() if one.HasField("shape")}
        self._ranks |= {name: len(one.dims) for name, one in self._constants.items()}
        self._nodes: list[NodeProto] = []
        self._rows: dict[str, str] = {}
        """What there is with time first, by what it is called with time last."""
        self._there = {*self._constants, *(one.name for one in graph.input), ""}

    def write(self) -> None:
        for node in self._graph.node:
            if node.output[0] in self._convolutions:
                self._convolve(self._convolutions[node.output[0]])
            elif self._is_elementwise(node):
                inputs = [name if self._is_number(name) else self._row(name) for name in node.input]
                self._rows[node.output[0]] = self._add(node.op_type, inputs, node.output[0], **_attributes(node))
                self._ranks[node.output[0]] = 3
            elif self._is_mean(node):
                self._rows[node.output[0]] = self._mean(self._rows[node.input[0]], node.output[0])
            else:
                self._keep(node)
        for output in self._graph.output:
            self._plain(output.name)
        self._replace()

    def _convolve(self, one: Convolution) -> None:
        out, into, steps = one.weights.shape
        sound = self._row(one.sound)
        whole, scale, zero = (f"{sound}/{part}" for part in ("whole", "scale", "zero"))
        if whole not in self._there:
            self._there.add(whole)
            self._nodes.append(helper.make_node("DynamicQuantizeLinear", [sound], [whole, scale, zero], name=whole))
        if any(one.pads):
            before, after = one.pads
            whole = self._add("Pad", [whole, self._number([0, before, 0, 0, after, 0]), zero], f"{one.name}/padded")
        if steps > 1 or one.stride > 1:
            seen = self._add("Gather", [whole, self._seen(one, whole)], f"{one.name}/seen", axis=1)
            whole = self._add("Reshape", [seen, self._number([1, -1, steps * into])], f"{one.name}/row")
        half = SEVEN_BITS // 2
        weights = (one.weights.astype(np.int16) - half).transpose(2, 1, 0).reshape(steps * into, out).astype(np.int8)
        factor, nothing = self._constant(weights), self._constant(np.int8(one.zero - half))
        factors = [whole, factor, scale, one.scale, zero, nothing, *filter(None, [one.bias])]
        self._rows[one.made] = self._add("MatMulIntegerToFloat", factors, one.made, domain="com.microsoft")
        self._ranks[one.made] = 3

    def _seen(self, one: Convolution, sound: str) -> str:
        """The steps that are seen at each, as a table."""
        length = self._add("Shape", [sound], f"{one.name}/length", start=1, end=2)
        length = self._add("Squeeze", [length], f"{one.name}/steps")
        end = self._add("Sub", [length, self._number(int(one.seen[-1]))], f"{one.name}/end")
        firsts = self._add("Range", [self._number(0), end, self._number(one.stride)], f"{one.name}/firsts")
        firsts = self._add("Unsqueeze", [firsts, self._number([1])], f"{one.name}/column")
        return self._add("Add", [firsts, self._number(one.seen)], f"{one.name}/table")

    def _mean(self, row: str, name: str) -> str:
        """Over time; without the first axis, since with it the kernel is forty times slower."""
        steps = self._add("Squeeze", [row, self._number([0])], f"{name}/steps")
        mean = self._add("ReduceMean", [steps, self._number([0])], f"{name}/mean")
        self._ranks[name] = 3
        return self._add("Unsqueeze", [mean, self._number([0])], name)

    def _is_elementwise(self, node: NodeProto) -> bool:
        """Whether it can be done with time first, and something is so already."""
        return (
            node.op_type in ELEMENTWISE
            and any(name in self._rows for name in node.input)
            and all(name in self._rows or self._is_number(name) or self._ranks.get(name) == 3 for name in node.input)
        )

    def _is_mean(self, node: NodeProto) -> bool:
        axes = self._constants.get(node.input[1]) if len(node.input) > 1 else None
        return (
            node.op_type == "ReduceMean"
            and node.input[0] in self._rows
            and axes is not None
            and numpy_helper.to_array(axes).tolist() in ([-1], [2])
            and _attributes(node).get("keepdims", 1) == 1
        )

    def _is_number(self, name: str) -> bool:
        return name in self._constants and int(np.prod(self._constants[name].dims)) == 1

    def _keep(self, node: NodeProto) -> None:
        """An operator as it was, which reads with time last."""
        for name in node.input:
            self._plain(name)
        self._nodes.append(node)
        self._there.update(node.output)
        if node.op_type in ("Conv", "ConvTranspose"):
            self._ranks[node.output[0]] = 3
        elif node.op_type == "Pad":
            self._ranks.setdefault(node.output[0], self._ranks.get(node.input[0], 0))
        elif node.op_type == "Reshape" and node.input[1] in self._constants:
            self._ranks[node.output[0]] = self._constants[node.input[1]].dims[0]

    def _row(self, name: str) -> str:
        if name not in self._rows:
            self._rows[name] = self._add("Transpose", [name], name, perm=SWAPPED)
        return self._rows[name]

    def _plain(self, name: str) -> None:
        if name not in self._there:
            self._there.add(name)
            self._nodes.append(helper.make_node("Transpose", [self._rows[name]], [name], name=name, perm=SWAPPED))

    def _add(self, operator: str, inputs: Iterable[str], name: str, **attributes: Any) -> str:
        made = f"{name}/rows"
        self._nodes.append(helper.make_node(operator, list(inputs), [made], name=made, **attributes))
        return made

    def _number(self, value: ArrayLike) -> str:
        return self._constant(np.asarray(value, np.int64))

    def _constant(self, value: NDArray[Any] | np.int8) -> str:
        name = f"rows/{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def _replace(self) -> None:
        """The operators and constants that are still read stand for those that were there."""
        makers = {made: node for node in self._nodes for made in node.output}
        wanted, read = [one.name for one in self._graph.output], set[str]()
        while wanted:
            name = wanted.pop()
            if name not in read:
                read.add(name)
                wanted += makers[name].input if name in makers else []
        for field in ("node", "initializer", "value_info"):
            self._graph.ClearField(field)
        self._graph.node.extend(node for node in self._nodes if not read.isdisjoint(node.output))
        self._graph.initializer.extend(one for name, one in self._constants.items() if name in read)


def _attributes(node: NodeProto) -> dict[str, Any]:
    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


def _other(node: NodeProto, than: NodeProto) -> str:
    """What a node of two inputs reads beside what another one makes."""
    return next(str(name) for name in node.input if name != than.output[0])
