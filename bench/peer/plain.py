"""The networks as one writes them first, and as their authors do: 1 x 1 convolutions over (drop, feature, user,
access point) or (drop, feature, user, user), and the mean of the others as a product with ones-minus-identity.
Names and shapes of the parameters are those of the policy files, docs/formats.md."""

import torch
from torch import nn


def mean_of_others(n):
    """(n,n): times a vector of n, the mean of the other entries of each."""
    return (torch.ones(n, n) - torch.eye(n)) / max(n - 1, 1)


class HpeNet(nn.Module):
    """phi or gamma: two convolutions, each layer's second half of features averaged over the other users."""

    def __init__(self, inputs, outputs, features, K):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, 2 * features, 1)
        self.conv2 = nn.Conv2d(2 * features, outputs, 1)
        self.features, self.users = features, mean_of_others(K)

    def pool(self, y):
        own, others = y[:, :self.features], y[:, self.features:]
        return torch.cat([own, self.users @ others], dim=1)

    def forward(self, z):
        return self.conv2(self.pool(torch.relu(self.conv1(z))))


class HpeGnn(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.layers, F2 = net.layers, 2 * net.features
        self.aps = mean_of_others(net.L)
        for n in range(1, net.layers + 1):
            x, last = 3 if n == 1 else F2, n == net.layers
            setattr(self, f"phi{n}", HpeNet(3 + x, F2, net.features, net.K))
            setattr(self, f"gamma{n}", HpeNet(x + F2, 1 if last else F2, net.features, net.K))

    def forward(self, g0):
        x = g0
        for n in range(1, self.layers + 1):
            phi, gamma = getattr(self, f"phi{n}"), getattr(self, f"gamma{n}")
            heard = phi.pool(phi(torch.cat([g0, x], dim=1))) @ self.aps
            x = gamma(torch.cat([x, heard], dim=1))
            if n < self.layers: x = gamma.pool(torch.relu(x))
        return x[:, 0]


class Hpe(nn.Module):
    """Normalised gains (B,K,L) to a relaxed assignment (B,K,L), the only output of a list."""

    def __init__(self, net):
        super().__init__()
        self.gnn, self.runs, self.need = HpeGnn(net), net.runs, net.need

    def forward(self, gain):
        so_far = torch.zeros_like(gain)
        for _ in range(self.runs):
            gap = (self.need - so_far.sum(dim=2, keepdim=True)).expand_as(gain)
            a = self.gnn(torch.stack([gain, so_far, gap], dim=1))
            so_far = torch.maximum(so_far, torch.softmax(50 * torch.tanh(2 * torch.tanh(a)), dim=1))
        return [so_far]


class SinrLayers(nn.ModuleDict):
    """V layers over pairs of users: four categories of features, kept or averaged over the rest of the column,
    of the row, or over what is in neither (A11)."""

    def __init__(self, inputs, net):
        O = 4 * net.features
        super().__init__({str(v): nn.Conv2d(inputs if v == 1 else O + net.skip, O, 1)
                          for v in range(1, net.layers + 1)})
        self.skip, self.others = net.skip, mean_of_others(net.K)

    def forward(self, x, h):
        M = self.others
        for v, conv in self.items():
            if v != "1" and self.skip: x = torch.cat([x, h], dim=1)
            kept, column, row, rest = torch.relu(conv(x)).chunk(4, dim=1)
            x = torch.cat([kept, M @ column, row @ M, M @ rest @ M], dim=1)
        return x


class SinrNetwork(nn.Module):
    """One network: h (B,L,1,K,K) to a number a link, (B,L,K)."""

    def __init__(self, net):
        super().__init__()
        O = 4 * net.features
        self.messages, self.skip, self.aps = net.messages, net.skip, mean_of_others(net.L)
        if net.messages == 0: self.gamma1 = SinrLayers(1, net)
        for n in range(1, net.messages + 1):
            x = 1 if n == 1 else O
            setattr(self, f"phi{n}", SinrLayers(1 + x, net))
            setattr(self, f"gamma{n}", SinrLayers(x + O, net))
        self.head = nn.ModuleDict({"1": nn.Conv2d(O + net.skip, 1, 1)})

    def exchange(self, x, B, L):
        return (self.aps @ x.reshape(B, L, -1)).reshape(x.shape)

    def forward(self, h):
        B, L = h.shape[:2]
        x = h = h.flatten(0, 1)
        if self.messages == 0: x = self.gamma1(h, h)
        for n in range(1, self.messages + 1):
            m = self.exchange(getattr(self, f"phi{n}")(torch.cat([h, x], dim=1), h), B, L)
            x = getattr(self, f"gamma{n}")(torch.cat([x, m], dim=1), h)
        if self.skip: x = torch.cat([x, h], dim=1)
        return self.head["1"](x).diagonal(dim1=2, dim2=3).reshape(B, L, -1)


class Sinrnet(nn.Module):
    """h (B,L,1,K,K) to powers and the widths of their support, (B,L,K) each [W]."""

    def __init__(self, net):
        super().__init__()
        self.alpha, self.beta, self.watts = SinrNetwork(net), SinrNetwork(net), net.watts

    def forward(self, h):
        return [self.watts(self.alpha(h)), self.watts(self.beta(h))]
