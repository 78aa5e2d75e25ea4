"""Reading and writing cellfree's files, docs/formats.md, with NumPy and h5py alone."""

import json
import struct

import h5py
import numpy as np
import torch


def write_policy(path, net, state):
    """Parameters by name as a policy of cellfree."""
    meta = {"format": "cellfree.policy", "version": 1, "task": net.task, "architecture": net.architecture}
    header = {"__metadata__": {key: str(value) for key, value in (meta | net.metadata()).items()}}
    data = b""
    for name in sorted(state):
        begin = len(data)
        data += state[name].detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(state[name].shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def read_tensors(path):
    """Tensors by name of a safetensors file whose numbers are all float32."""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]).copy())
            for name, t in header.items()}


def read_snr(path):
    """Gains (B,L,K) [dBm] and signal-to-noise ratios of drops for assignment."""
    with h5py.File(path) as f:
        gain = f["gain_dbm"][:].astype("f8")
        return gain, 10 ** ((gain - f["gain_dbm"].attrs["noise_dbm"]) / 10)


def read_gains(path):
    """Effective gains over the noise (B,L,K,K) of drops for power."""
    with h5py.File(path) as f:
        h, noise_w = f["channel"][:].astype("c16"), f["channel"].attrs["noise_w"]
    hears = np.abs(np.einsum("dlkn,dljn->dlkj", h.conj(), h)) ** 2
    return hears / (np.abs(h) ** 2).sum(3)[:, :, None, :] / noise_w


def read_result(path, method, dataset):
    with h5py.File(path) as f:
        return f[method][dataset][:]
