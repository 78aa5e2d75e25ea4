"""The same networks as fast as we can write them in PyTorch: functions of a dict of parameters.

Common to all: features last, so that a layer is one matrix product over everything else, and inputs one below the
other are two products, not a copy; users, then access points, outermost, so that sums over them add whole rows; the
mean of the others as sum minus self; activations in place. Operators that change their result in place are those
whose result no gradient needs.

The folded forms go further, by the algebra that our own plans may use. Everything between a relu and the next is
linear: products with other weights of what was there and of its sums over users and access points, which are small."""

import torch


def rows(y):
    return y.flatten(0, -2)


def times(*reads, bias=None, relu=False):
    """bias + sum of x W over the reads (x, W). In place, but never through a view, for backward would copy it."""
    (x, W), more = reads[0], reads[1:]
    y = torch.mm(rows(x), W) if bias is None else torch.addmm(bias, rows(x), W)
    for other, of_other in more: y.addmm_(rows(other), of_other)
    return (y.relu_() if relu else y).view(x.shape[:-1] + (W.shape[1],))


def conv(w, name, *inputs, relu=False):
    """A layer that reads its inputs one below the other."""
    parts = w[name + ".weight"].flatten(1).t().split([x.shape[-1] for x in inputs])
    return times(*zip(inputs, parts), bias=w[name + ".bias"], relu=relu)


def per_feature(net, *by_category):
    return torch.tensor(by_category).repeat_interleave(net.features)


# ---- hpe: gain (K,L,B,1) to a relaxed assignment (K,L,B) ----

def runs(net, gnn, gain):
    """The runs of the network around gnn, which makes logits of (K,L,B,3)."""
    so_far, gap = torch.zeros_like(gain), torch.full_like(gain, net.need)
    for r in range(net.runs):
        a = gnn(torch.cat([gain, so_far, gap], dim=3))
        x = torch.softmax(50 * torch.tanh(2 * torch.tanh(a)), dim=0)
        so_far = x if r == 0 else torch.maximum(so_far, x)
        if r + 1 < net.runs: gap = (net.need - so_far.sum(1, keepdim=True)).expand_as(gain)
    return so_far[..., 0]


def user_factors(net):
    """[own, mean of others] = y e + sum_k y s."""
    d = 1 / max(net.K - 1, 1)
    return per_feature(net, 1, -d), per_feature(net, 0, d)


def hpe(net, w, gain):
    e, s = user_factors(net)
    d = 1 / max(net.L - 1, 1)

    def pool(y):
        return (y * e).add_(y.sum(0) * s)

    def gnn(g0):
        x = g0
        for n in range(1, net.layers + 1):
            phi, gamma = f"gnn.phi{n}.conv", f"gnn.gamma{n}.conv"
            y = pool(conv(w, phi + "2", pool(conv(w, phi + "1", g0, x, relu=True))))
            m = (y * -d).add_(y.sum(1, keepdim=True) * d)
            y = pool(conv(w, gamma + "1", x, m, relu=True))
            if n == net.layers: return conv(w, gamma + "2", y)
            x = pool(conv(w, gamma + "2", y, relu=True))
    return runs(net, gnn, gain)


def fold_hpe(net, w):
    """The folded form's matrices (inputs, outputs), a dict a layer. A product of W with P(h) is h (W e) +
    sum_k h (W s), and what follows on that folds likewise, for sum_k sum_k = K sum_k."""
    O, K, layers = 2 * net.features, net.K, []
    e, s = (factor[:, None] for factor in user_factors(net))
    for n in range(1, net.layers + 1):
        phi1, phi2, gamma1, gamma2 = (w[f"gnn.{part}{n}.conv{i}.weight"].flatten(1).t()
                                      for part in ("phi", "gamma") for i in (1, 2))
        b1, b2, b3, b4 = (w[f"gnn.{part}{n}.conv{i}.bias"] for part in ("phi", "gamma") for i in (1, 2))
        f = {"phi.b": b1, "gamma.b2": b4, "out": gamma2 * e, "out.k": gamma2 * s}
        if n == 1:
            f |= {"phi.g": phi1[:3] + phi1[3:], "gamma.x": gamma1[:3]}
        else:
            f |= {"phi.g": phi1[:3], "phi.x": phi1[3:] * e, "phi.k": phi1[3:] * s,
                  "gamma.x": gamma1[:O] * e, "gamma.k": gamma1[:O] * s}
        m = gamma1[-O:] / max(net.L - 1, 1)
        me, ms, pe, ps = m * e, m * s, phi2 * e, phi2 * s
        heard = pe @ me
        f |= {"heard": heard, "-heard": -heard, "heard.k": ps @ me + (pe + K * ps) @ ms,
              "gamma.b": b3 + (net.L - 1) * (b2 @ me + K * b2 @ ms)}
        layers.append(f)
    return layers


def hpe_folded(net, folded, gain):
    def gnn(g0):
        r = sum_r = None
        for n, f in enumerate(folded, 1):
            x, by_ap = ((g0, f["phi.g"]),), f["phi.b"]
            if n > 1: x, by_ap = x + ((r, f["phi.x"]),), times((sum_r, f["phi.k"]), bias=by_ap)
            h = (times(*x) + by_ap).relu_()
            sum_k, sum_l = h.sum(0), h.sum(1)
            from_x = () if n == 1 else ((sum_r, f["gamma.k"]),)
            by_ap = times((sum_k.sum(0) - sum_k, f["heard.k"]), *from_x, bias=f["gamma.b"])
            y = times((g0 if n == 1 else r, f["gamma.x"]), (h, f["-heard"]))
            h = (y + by_ap).add_(times((sum_l, f["heard"]))[:, None]).relu_()
            y = times((h, f["out"])) + times((h.sum(0), f["out.k"]), bias=f["gamma.b2"])
            if n == len(folded): return y
            r = y.relu_()
            sum_r = r.sum(0)
    return runs(net, gnn, gain)


# ---- sinrnet: h (K,K,L,B,1), the first K that of the user, to powers and widths of their support, (K,L,B) each ----

def pair_factors(net):
    """The four categories = y e0 + (sum over the column) e1 + (over the row) e2 + (over all) e3."""
    d = 1 / max(net.K - 1, 1)
    return [per_feature(net, *four)
            for four in ((1, -d, -d, d * d), (0, d, 0, -d * d), (0, 0, d, -d * d), (0, 0, 0, d * d))]


def sums(y):
    column = y.sum(0)
    return [y, column, y.sum(1), column.sum(0)]


def sinrnet_one(net, w, name, h):
    e0, e1, e2, e3 = pair_factors(net)
    d = 1 / max(net.L - 1, 1)

    def layers(part, *inputs):
        for v in range(1, net.layers + 1):
            if v > 1: inputs = (x, h) if net.skip else (x,)
            y, column, row, both = sums(conv(w, f"{name}.{part}.{v}", *inputs, relu=True))
            x = (y * e0).add_((column * e1).add_(both * e3)).add_((row * e2)[:, None])
        return x

    x = layers("gamma1", h) if net.messages == 0 else h
    for n in range(1, net.messages + 1):
        y = layers(f"phi{n}", h, x)
        m = (y * -d).add_(y.sum(2, keepdim=True) * d)
        x = layers(f"gamma{n}", x, m)
    at_kk = lambda y: y.diagonal(dim1=0, dim2=1).movedim(-1, 0)
    return conv(w, f"{name}.head.1", at_kk(x), *([at_kk(h)] if net.skip else []))[..., 0]


def sinrnet(net, w, h):
    return [net.watts(sinrnet_one(net, w, name, h)) for name in ("alpha", "beta")]


def fold_sinrnet_one(net, w, name):
    """The folded form's matrices of one network, a dict a layer: `h` of the gains, `x` of the state and `m` of the
    messages, the last two one matrix each for what was there and its three sums."""
    factors = [factor[:, None] for factor in pair_factors(net)]
    fold = lambda W: [W * factor for factor in factors]
    O, layers = 4 * net.features, {}
    for part in {key.split(".")[1] for key in w if key.startswith(name + ".")} - {"head"}:
        for v in range(1, net.layers + 1):
            W, f = w[f"{name}.{part}.{v}.weight"].t(), {"b": w[f"{name}.{part}.{v}.bias"]}
            if v > 1:
                f |= {"x": fold(W[:O])} | ({"h": W[O:]} if net.skip else {})
            elif part.startswith("phi"):
                f |= {"h": W[:1] + W[1:]} if part == "phi1" else {"h": W[:1], "x": fold(W[1:])}
            else:
                f |= {"h": W[:1]} if part == "gamma1" else {"x": fold(W[:O])}
                if net.messages: f["m"] = fold(W[-O:] / max(net.L - 1, 1))
            layers[part, v] = f
    W = w[f"{name}.head.1.weight"].t()
    layers["head"] = {"b": w[f"{name}.head.1.bias"], "x": fold(W[:O]), "h": W[O:]}
    return layers


def fold_sinrnet(net, w):
    return [fold_sinrnet_one(net, w, name) for name in ("alpha", "beta")]


def folded_layer(f, h, x, m):
    """relu of what a layer makes of the gains h, and of the state x and the messages m, both with their sums."""
    reads, b = [], f["b"]
    if "x" in f: reads.append((x, f["x"]))
    if "m" in f:  # sum over access points minus self; of the largest, the two parts one by one
        U0, U1, U2, U3 = f["m"]
        reads.append((m[:1] + [part.sum(-3, keepdim=True) - part for part in m[1:]], (-U0, U1, U2, U3)))
    own, column, row, both = (tuple((part[i], U[i]) for part, U in reads) for i in range(4))
    y = times(*(((h, f["h"]),) if "h" in f else ()), *own)
    if not reads: return (y + b).relu_()
    y = (y + (times(*column) + times(*both, bias=b))).add_(times(*row)[:, None])
    if "m" in f: y.add_(times((m[0].sum(2), U0))[:, :, None])
    return y.relu_()


def sinrnet_one_folded(net, folded, h):
    def layers(part, x, m):
        for v in range(1, net.layers + 1):
            x = sums(folded_layer(folded[part, v], h, x, m if v == 1 else None))
        return x

    x = layers("gamma1", None, None) if net.messages == 0 else None
    for n in range(1, net.messages + 1):
        m = layers(f"phi{n}", x, None)
        x = layers(f"gamma{n}", x, m)
    f, at_kk = folded["head"], lambda y: y.diagonal(dim1=0, dim2=1).movedim(-1, 0)
    read = [(at_kk(x[0]), f["x"][0]), (x[1], f["x"][1]), (x[2], f["x"][2])]
    if net.skip: read.append((at_kk(h), f["h"]))
    return (times(*read) + times((x[3], f["x"][3]), bias=f["b"]))[..., 0]


def sinrnet_folded(net, folded, h):
    return [net.watts(sinrnet_one_folded(net, one, h)) for one in folded]
