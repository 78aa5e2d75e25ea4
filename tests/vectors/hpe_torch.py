#!/usr/bin/env python3
"""Vectors for src/io/convert_test.c: B's network in PyTorch, with random weights.

Needs python3-torch and python3-numpy; run in this folder. It writes
    hpe.safetensors, hpe.npz  the same state dict, by the authors' names
    hpe_small.npz, hpe_large.npz  gain_dbm (n,L,K), need (K), and what the network makes of them:
                                  relaxed (n,L,K), computed in double
"""

import json
import struct

import numpy as np
import torch
from torch import nn

F, LAYERS, RUNS = 10, 5, 2
MEAN_DB, STD_DB = -111.6, 4.335
SCALE, LOGIT_STD = 1.5, 0.02  # as PyTorch starts, all access points would decide nearly alike


def mean_of_others(y, dim):
    """Mean over the other users or access points; there are at least two."""
    return (y.sum(dim, keepdim=True) - y) / (y.shape[dim] - 1)


def pool(y):
    """(drops * L, 2F, K, 1): the first half as it is, the second averaged over the other users."""
    own, others = y.chunk(2, dim=1)
    return torch.cat([own, mean_of_others(others, 2)], dim=1)


class Net(nn.Module):
    """phi or gamma: two 1 x 1 convolutions over users."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, 2 * F, 1)
        self.conv2 = nn.Conv2d(2 * F, outputs, 1)

    def forward(self, z):
        return self.conv2(pool(torch.relu(self.conv1(z))))


class Gnn(nn.Module):
    def __init__(self):
        super().__init__()
        for n in range(1, LAYERS + 1):
            x = 3 if n == 1 else 2 * F
            setattr(self, f"phi{n}", Net(3 + x, 2 * F))
            setattr(self, f"gamma{n}", Net(x + 2 * F, 1 if n == LAYERS else 2 * F))

    def forward(self, g0):
        """g0 (drops, L, 3, K) to the logits (drops, L, K)."""
        drops, L, _, K = g0.shape
        flat = lambda y: y.reshape(drops * L, -1, K, 1)
        g0 = flat(g0)
        x = g0
        for n in range(1, LAYERS + 1):
            message = pool(getattr(self, f"phi{n}")(torch.cat([g0, x], dim=1)))
            heard = mean_of_others(message.reshape(drops, L, 2 * F, K), 1)
            y = getattr(self, f"gamma{n}")(torch.cat([x, flat(heard)], dim=1))
            x = y if n == LAYERS else pool(torch.relu(y))
        return x.reshape(drops, L, K)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = Gnn()

    def forward(self, gain_dbm, need):
        gain = (gain_dbm - MEAN_DB) / STD_DB
        so_far = torch.zeros_like(gain)
        for _ in range(RUNS):
            gap = (need - so_far.sum(dim=1, keepdim=True)).expand_as(gain)
            logits = self.gnn(torch.stack([gain, so_far, gap], dim=2))
            x = torch.softmax(50 * torch.tanh(2 * torch.tanh(logits)), dim=2)
            so_far = torch.maximum(so_far, x)
        return so_far


def save_safetensors(path, arrays):
    header, data = {}, b""
    for name, a in arrays.items():
        begin = len(data)
        data += a.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": a.shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def drops(policy, path, n, L, K, seed):
    torch.manual_seed(seed)
    gain_dbm = (MEAN_DB + 9 * torch.randn(n, L, K)).float()
    need = torch.full((K,), 2) if K < 10 else 1 + torch.arange(K) % 3
    with torch.no_grad():
        relaxed = policy(gain_dbm.double(), need.double())
    print(path, "largest of each row:", relaxed.max(dim=2).values.mean().item(),
          "strictly between .01 and .99:", ((relaxed > 0.01) & (relaxed < 0.99)).double().mean().item())
    np.savez_compressed(path, gain_dbm=gain_dbm.numpy(), need=need.int().numpy(),
                        relaxed=relaxed.float().numpy())


torch.manual_seed(20)
policy = Policy()
with torch.no_grad():
    for w in policy.parameters():
        w *= SCALE
    last = getattr(policy.gnn, f"gamma{LAYERS}").conv2
    logits = policy.gnn(torch.stack([2 * torch.randn(64, 5, 4), torch.zeros(64, 5, 4),
                                     torch.full((64, 5, 4), 2.0)], dim=2))
    last.bias.fill_(-LOGIT_STD * (logits - last.bias).mean() / logits.std())
    last.weight *= LOGIT_STD / logits.std()
state = {name: w.numpy() for name, w in policy.state_dict().items()}
print(sum(w.size for w in state.values()), "parameters")
np.savez("hpe.npz", **state)
save_safetensors("hpe.safetensors", state)
policy = policy.double()
drops(policy, "hpe_small.npz", 8, 5, 4, 1)
drops(policy, "hpe_large.npz", 3, 20, 15, 2)
