"""Give Silero's sequence network an axis for sessions, so that one call hears many streams at once.

    python add_session_axis.py silero_vad_16k_sequence.onnx silero_vad_16k_sessions.onnx

Only the shapes change: the published graph runs its recurrent layer over one stream (windows, 1, 128), this one over
several (windows, sessions, 128). Every weight stays as it is, and so does every probability, bit for bit.
Needs the ``onnx`` package; the plugin itself does not.

Input ``input`` (windows * sessions, 576): for each window in turn, one row for each session.
Inputs ``h``, ``c`` and outputs ``hn``, ``cn`` (1, sessions, 128): what the network remembers of each stream.
Output ``speech_probs`` (windows, sessions).
"""

from __future__ import annotations

import sys
from pathlib import Path

HIDDEN, WINDOW = 128, 576


def with_session_axis(network: bytes) -> bytes:
    """The same network for several streams."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_from_string(network)
    graph = model.graph
    for name, value in {"any": -1, "hidden": HIDDEN, "one": 1}.items():
        graph.initializer.append(numpy_helper.from_array(np.array([value], dtype=np.int64), f"sessions.{name}"))

    recurrent = next(node for node in graph.node if node.op_type == "LSTM")
    split = [
        helper.make_node("Shape", ["h"], ["sessions.count"], start=1, end=2),
        helper.make_node("Concat", ["sessions.any", "sessions.count", "sessions.hidden"], ["sessions.shape"], axis=0),
        helper.make_node("Reshape", [recurrent.input[0], "sessions.shape"], ["sessions.features"]),
    ]
    at = list(graph.node).index(recurrent)
    for offset, node in enumerate(split):
        graph.node.insert(at + offset, node)
    recurrent.input[0] = "sessions.features"

    flatten = graph.node.pop()  # it made one row of (1, 1, windows); ours are (sessions, 1, windows)
    shape = next(node for node in graph.node if flatten.input[1] in node.output)
    graph.node.remove(shape)
    graph.node.append(helper.make_node("Squeeze", [flatten.input[0], "sessions.one"], ["sessions.rows"]))
    graph.node.append(helper.make_node("Transpose", ["sessions.rows"], ["speech_probs"], perm=[1, 0]))

    memory: list[int | str] = [1, "sessions", HIDDEN]
    shapes = dict.fromkeys(("h", "c", "hn", "cn"), memory)
    shapes |= {"input": ["windows_of_sessions", WINDOW], "speech_probs": ["windows", "sessions"]}
    for value in (*graph.input, *graph.output):
        value.type.CopyFrom(helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, shapes[value.name]))
    del graph.value_info[:]
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(with_session_axis(source.read_bytes()))
