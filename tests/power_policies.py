"""Policies of the task power, written by the format's description (docs/formats.md): near, a setnet that serves
every user from its strongest AP with 20 mW; flat, a sinrnet that gives every link e^-4 W; wrong, of another task."""
import json, numpy as np
def write(path, meta, tensors):
    meta = dict(meta, format="cellfree.policy", version="1")
    header, data = {"__metadata__": meta}, b""
    for name in sorted(tensors):
        bytes = tensors[name].astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(bytes)]}
        data += bytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(len(text).to_bytes(8, "little") + text + data)
z = np.zeros
write("near.safetensors", {"task": "power", "architecture": "setnet", "rounds": "1", "channels": "1"},
      {"round1.in.weight": z((5, 17)), "round1.in.bias": z(5), "round1.out.weight": z((1, 5)), "round1.out.bias": z(1),
       "round1.head.weight": z((3, 1)), "round1.head.bias": np.array([1, 0, 0])})
flat = {"task": "power", "architecture": "sinrnet", "features": "1", "layers": "1", "messages": "0", "skip": "0",
        "networks": "1", "linear": "0", "input_mean": "22", "input_std": "11", "output": "0", "out_scale": "3", "out_offset": "-4"}
tensors = {"alpha.gamma1.1.weight": z((4, 1)), "alpha.gamma1.1.bias": z(4), "alpha.head.1.weight": z((1, 4)), "alpha.head.1.bias": z(1)}
write("flat.safetensors", flat, tensors)
write("wrong.safetensors", dict(flat, task="assignment"), tensors)
