"""A network in one of its forms, made to run or to train: a callable that does one row's work.

    plain    as written first: modules, torch.optim, nothing else
    tuned    features last, sum minus self, one flat vector of parameters, and of the whole batch or chunks of it,
             compiled by torch.jit or not, whatever is fastest here
    folded   the same, and the algebra that our own plans may use

Drops are given in the layout that a form likes best, at no cost to it."""

import torch

import plain
import strong

# ---- drops: the network's input, and what its loss looks at; drops first, as files have them ----

def random_drops(net, B, seed=1):
    g = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=g)
    if net.task == "assignment":
        gain = 2 * normal(B, net.L, net.K)
        return gain, 10 ** ((net.std_db * gain + net.mean_db + 86.84) / 10)
    db = 11 * normal(B, net.L, net.K, net.K) + 12 + 10 * torch.eye(net.K)
    return (db - net.input_mean) / net.input_std, 10 ** (db / 10)


def arrange(form, net, drops):
    """Into the form's own layout: plain (B,K,L), (B,L,1,K,K), (B,L,K,K); else (K,L,B,1), (K,K,L,B,1) and (K,L,B),
    (K,K,L,B)."""
    x, loss = drops
    if form == "plain":
        assignment = (lambda t: t.transpose(1, 2)), (lambda t: t.transpose(1, 2))
        power = (lambda t: t[:, :, None]), (lambda t: t)
    else:
        assignment = (lambda t: t.permute(2, 1, 0)[..., None]), (lambda t: t.permute(2, 1, 0))
        power = (lambda t: t.permute(2, 3, 1, 0)[..., None]), (lambda t: t.permute(2, 3, 1, 0))
    of_x, of_loss = assignment if net.task == "assignment" else power
    return of_x(x).contiguous(), of_loss(loss).contiguous()


def drops_first(form, net, y):
    """An output back to (B,L,K)."""
    if form != "plain": return y.permute(2, 1, 0)
    return y.transpose(1, 2) if net.task == "assignment" else y


# ---- losses, docs/training.md ----

def lagrangian(net, x, snr, weights, users, aps):
    """B8 at the relaxed assignment x; weights: lambda_c, mu_c, lambda_d, mu_d."""
    lambda_c, mu_c, lambda_d, mu_d = weights
    rate = torch.log2(1 + (x * snr).sum(aps)).sum(users)
    c = torch.relu(net.need - x.sum(aps)).sum(users)
    e = -(x * torch.log(x + 1e-6)).sum((users, aps))
    return (-rate + (lambda_c + mu_c / 2 * c) * c + (lambda_d + mu_d / 2 * e) * e).mean()


def power_value(net, received, sent):
    """J without bandwidth, P_c and number of users, (B): received (B,K,K) what user k hears of what is meant for
    user j, over the noise; sent (B,K) [W]."""
    signal = received.diagonal(dim1=1, dim2=2)
    interference = (received * (1 - torch.eye(net.K))).sum(2)
    rate = torch.log1p(signal / (1 + interference))
    return (rate * net.static_w / (net.mu * sent + net.static_w)).mean(1)


def support(net, outputs, gain, uniform, kappa, form):
    """A4 to A8: -v at p = a + l w, and kappa times the sum of all l."""
    a, l = outputs
    p = a + l * uniform
    if form == "plain":
        received, sent, psi = (gain * p[:, :, None]).sum(1), p.sum(1), l.sum((1, 2))
    else:
        received, sent, psi = (gain * p).sum(2).permute(2, 0, 1), p.sum(1).t(), l.sum((0, 1))
    return (kappa * psi - power_value(net, received, sent)).mean()


# ---- parameters: modules' own, or one vector ----

def module(net, state):
    m = plain.Hpe(net) if net.task == "assignment" else plain.Sinrnet(net)
    m.load_state_dict({name: state[name].reshape(p.shape) for name, p in m.state_dict().items()})
    return m


def unpack(net, flat):
    """The vector's parameters by name."""
    shapes = dict(net.table())
    sizes = [torch.Size(shape).numel() for shape in shapes.values()]
    return {name: t.view(shape) for (name, shape), t in zip(shapes.items(), flat.split(sizes))}


def pack(net, state):
    return torch.cat([state[name].flatten() for name, _ in net.table()])


def forward(form, net, w, x):
    """The outputs of the network with parameters w: a list."""
    if net.task == "assignment":
        return [strong.hpe(net, w, x) if form == "tuned" else strong.hpe_folded(net, w, x)]
    return strong.sinrnet(net, w, x) if form == "tuned" else strong.sinrnet_folded(net, w, x)


def prepare(form, net, w):
    """Folded weights are made once for running, and in every training step."""
    if form == "tuned": return w
    return strong.fold_hpe(net, w) if net.task == "assignment" else strong.fold_sinrnet(net, w)


# ---- one row's work ----

class Plain:
    """The whole batch at once, as a first program does it."""

    def __init__(self, net, state, drops):
        self.net, self.model = net, module(net, state)
        self.load(drops)

    def load(self, drops):
        self.x, self.of_loss = arrange("plain", self.net, drops)

    def start_running(self):
        self.model.eval()

    def run(self):
        with torch.no_grad():
            return self.model(self.x)

    def result(self):
        return drops_first("plain", self.net, self.run()[0])

    def start_training(self, rate, clip):
        self.clip, self.adam = clip, torch.optim.Adam(self.model.parameters(), lr=rate)

    def step(self, weights, uniform=None):
        """weights: of the Lagrangian, or kappa; uniform (B,L,K): draws in place of fresh ones."""
        net = self.net
        if net.task == "assignment":
            loss = lagrangian(net, self.model(self.x)[0], self.of_loss, weights, 1, 2)
        else:
            outputs = self.model(self.x)
            uniform = torch.rand_like(outputs[0]) if uniform is None else uniform
            loss = support(net, outputs, self.of_loss, uniform, weights, "plain")
        self.adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.adam.step()
        return loss.item()

    def parameters(self):
        return {name: p.detach().clone() for name, p in self.model.named_parameters()}

    def first_moments(self):
        return {name: self.adam.state[p]["exp_avg"] for name, p in self.model.named_parameters()}


class Strong:
    """The tuned and the folded form: chunks of a batch, compiled or not."""

    def __init__(self, form, net, state, drops, chunk, jit):
        self.form, self.net, self.state, self.chunk, self.jit = form, net, state, chunk, jit
        self.forward = self.training = None
        self.load(drops)

    def load(self, drops):
        x, of_loss = arrange(self.form, self.net, drops)
        cut = lambda t, dim: [part.contiguous() for part in t.split(self.chunk, dim)]
        self.x, self.of_loss = cut(x, -2), cut(of_loss, -1)
        self.share = [part.shape[-2] / x.shape[-2] for part in self.x]

    def compiled(self, f, *inputs):
        return torch.jit.trace(f, inputs, check_trace=False) if self.jit else f

    def start_running(self):
        with torch.inference_mode():
            w = prepare(self.form, self.net, self.state)
            self.forward = self.compiled(lambda x: forward(self.form, self.net, w, x), self.x[0])

    def run(self):
        with torch.inference_mode():
            return [self.forward(part) for part in self.x]

    def result(self):
        return drops_first(self.form, self.net, torch.cat([y[0] for y in self.run()], dim=2))

    def loss(self, flat, x, of_loss, weights, uniform):
        outputs = forward(self.form, self.net, prepare(self.form, self.net, unpack(self.net, flat)), x)
        if self.net.task == "assignment": return lagrangian(self.net, outputs[0], of_loss, weights, 0, 1)
        return support(self.net, outputs, of_loss, uniform, weights, self.form)

    def start_training(self, rate, clip):
        self.flat = pack(self.net, self.state).requires_grad_()
        self.clip, self.adam = clip, torch.optim.Adam([self.flat], lr=rate)

    def draws(self, uniform):
        """(K,L,B) a chunk; none for assignment."""
        if self.net.task == "assignment": return [torch.empty(0)] * len(self.x)
        if uniform is None: return [torch.rand(self.net.K, self.net.L, x.shape[-2]) for x in self.x]
        return uniform.permute(2, 1, 0).split(self.chunk, 2)

    def step(self, weights, uniform=None):
        weights, total = torch.as_tensor(weights, dtype=torch.float32), 0.0
        for x, of_loss, u, share in zip(self.x, self.of_loss, self.draws(uniform), self.share):
            if self.training is None:
                self.training = self.compiled(self.loss, self.flat, x, of_loss, weights, u)
            loss = self.training(self.flat, x, of_loss, weights, u) * share
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_([self.flat], self.clip)
        self.adam.step()
        self.flat.grad.zero_()
        return total

    def parameters(self):
        return {name: t.clone() for name, t in unpack(self.net, self.flat.detach()).items()}

    def first_moments(self):
        return unpack(self.net, self.adam.state[self.flat]["exp_avg"])
