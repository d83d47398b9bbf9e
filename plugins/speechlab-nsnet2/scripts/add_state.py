"""Give NSNet2 a memory that goes in and comes out, so that a stream can be heard piece by piece.

    python add_state.py nsnet2-20ms-baseline.onnx nsnet2_16k_stream.onnx
    python add_state.py nsnet2-20ms-48k-baseline.onnx nsnet2_48k_stream.onnx

The published graph begins each call with its two recurrent layers at zero. Here their states are inputs and outputs:
``features`` (1, frames, bins), ``h1`` and ``h2`` (1, 1, hidden) in; ``gains`` (1, frames, bins), ``h1_next`` and
``h2_next`` out. Weights are kept in half precision, and are used in single precision as before. Needs the ``onnx``
package; the plugin itself does not.
"""

from __future__ import annotations

import sys
from pathlib import Path

SMALL = 1024
"""Tensors with fewer numbers stay as they are."""


def with_state(network: bytes) -> bytes:
    """The same network as a step of a stream."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load_from_string(network)
    graph = model.graph
    names = {graph.input[0].name: "features", graph.output[0].name: "gains"}
    layers = [node for node in graph.node if node.op_type == "GRU"]
    states = [(f"h{number}", f"h{number}_next") for number in range(1, len(layers) + 1)]
    for node, (before, after) in zip(layers, states, strict=True):
        node.input[5], node.output[1] = before, after
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]

    used = {"gains"}
    for node in reversed(graph.node):  # what made the zero states is left out
        if used & set(node.output):
            used |= set(node.input)
    needed = [node for node in graph.node if used & set(node.output)]
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer if tensor.name in used}
    halved = [name for name, value in tensors.items() if value.dtype == np.float32 and value.size >= SMALL]
    del graph.node[:], graph.initializer[:], graph.value_info[:], graph.input[:], graph.output[:]
    for name, value in tensors.items():
        kept = value.astype(np.float16) if name in halved else value
        graph.initializer.append(numpy_helper.from_array(kept, f"{name}.half" if name in halved else name))
    graph.node.extend(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT) for name in halved)
    graph.node.extend(needed)

    bins = next(value.shape[0] for value in tensors.values() if value.ndim == 2)  # of the first layer
    hidden = next(attribute.i for attribute in layers[0].attribute if attribute.name == "hidden_size")
    sound, state = [1, "frames", bins], [1, 1, hidden]
    ins = {"features": sound, **{before: state for before, _ in states}}
    outs = {"gains": sound, **{after: state for _, after in states}}
    graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in ins.items())
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outs.items())
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(with_state(source.read_bytes()))
