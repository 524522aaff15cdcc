#!/usr/bin/python3
"""Whole networks, written again in PyTorch, held against traces that cnnrun wrote.

    trace_torch.py pictures FOLDER cifar|idx       files of made-up pictures, for a model to read
    trace_torch.py check [NETWORK OPTIMIZER TRACE]…
                                                   tensor by tensor: values, gradients, updates;
                                                   one line "ok …" or "not ok …" for each trace

A trace brings the first parameters, pictures and labels; everything else is computed here, in float
and in double. In a trace of floats a number may be FACTOR times as far from PyTorch's double as
PyTorch's own float is (and a little more, LITTLE of the tensor's largest number); a trace of doubles has to
be right to TINY. Where two numbers differ by rounding alone, relu and maxpool may choose either, and
deep networks make much of that: so against a trace of floats they choose as the trace did (a wrong
choice would still be seen: its values would be). Against doubles they choose for themselves.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

FACTOR, LITTLE, TINY = 8, 1.3e-6, 1e-10
TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64}

torch.set_num_threads(1)
torch.backends.mkldnn.enabled = False


# ---- the networks: one line per layer, named as cnnrun names them -----------------------------------

class Net:
    """Runs layers and notes what comes out of each; names count as those of an nn.Sequential."""

    def __init__(self, params, buffers, drawn, choices):
        self.params, self.buffers, self.values = params, buffers, {}
        self.drawn = drawn      # values by name, of which dropout takes what was drawn,
        self.choices = choices  # and relu and maxpool their choices; or None
        self.section, self.place = "", 0

    def enter(self, section):
        self.section, self.place = section + ".", 0

    def note(self, y, name=None):
        self.last = self.section + (name or str(self.place))
        self.place += 1
        return self.note_as(self.last, y)

    def note_as(self, name, y):
        if y.requires_grad:
            y.retain_grad()
        self.values[name] = y
        return y

    def weights(self, name, leaf):
        return self.params.get(self.section + (name or str(self.place)) + "." + leaf)

    def conv(self, x, stride=1, pad=0, name=None, dilation=1, groups=1):
        return self.note(F.conv2d(x, self.weights(name, "weight"), self.weights(name, "bias"), stride, pad,
                                  dilation, groups), name)

    def dense(self, x, name=None):
        if x.dim() > 2 and x.shape[2:] != (1, 1):
            x = self.note_as("flatten_before_" + self.section + (name or str(self.place)), x.flatten(1))
        return self.note(F.linear(x.flatten(1), self.weights(name, "weight"), self.weights(name, "bias")), name)

    def batchnorm(self, x):
        at = self.section + str(self.place)
        return self.note(F.batch_norm(x, self.buffers[at + ".mean"], self.buffers[at + ".var"],
                                      self.weights(None, "weight"), self.weights(None, "bias"), True, 0.1, 1e-5))

    def norm(self, x, function, shape=None):
        weight, bias = self.weights(None, "weight"), self.weights(None, "bias")
        return self.note(function(x, shape, weight, bias) if shape else function(x, weight=weight, bias=bias))

    def relu(self, x, slope=0):
        if self.choices is None:
            return self.note(F.leaky_relu(x, slope))
        positive = self.choices[self.section + str(self.place)] > 0
        return self.note(torch.where(positive, x, slope * x))

    def maxpool(self, x, size, stride=None, pad=0, ceil=False):
        if self.choices is None:
            return self.note(F.max_pool2d(x, size, stride, pad, ceil_mode=ceil))
        source = next(name for name, y in self.values.items() if y is x)
        best = F.max_pool2d(self.choices[source], size, stride, pad, ceil_mode=ceil, return_indices=True)[1]
        return self.note(x.flatten(2).gather(2, best.flatten(2)).reshape(best.shape))

    def dropout(self, x, rate):
        return self.note(x * (self.drawn[self.section + str(self.place)] != 0) / (1 - rate))

    def mean(self, x):
        return self.note(x.mean((2, 3)))

    def softmax(self, x):
        self.note(F.softmax(x, 1))
        return x


def lenet5(net, x):
    x = net.maxpool(net.relu(net.conv(x, pad=2, name="conv1")), 2)
    x = net.maxpool(net.relu(net.conv(x, name="conv2")), 2)
    x = net.relu(net.dense(x, name="fc1"))
    x = net.relu(net.dense(x, name="fc2"))
    return net.softmax(net.dense(x, name="fc3"))


def residual(net, x, stride):
    y = net.relu(net.batchnorm(net.conv(x, stride, 1)))
    y = net.batchnorm(net.conv(y, 1, 1))
    if stride > 1:
        x = net.batchnorm(net.conv(x, stride))
    return net.relu(net.note_as("add_after_" + net.last, x + y))


def resnet20(net, x):
    net.enter("stem")
    x = net.relu(net.batchnorm(net.conv(x, 1, 1)))
    for stage in (1, 2, 3):
        net.enter("stage%d" % stage)
        for block in range(3):
            x = residual(net, x, 2 if stage > 1 and block == 0 else 1)
    net.enter("head")
    return net.softmax(net.dense(net.mean(x)))


def look(net, x, pad):
    return net.relu(net.batchnorm(net.conv(x, pad=pad)))


def inception(net, x):
    a = look(net, x, 0)
    b = look(net, look(net, x, 0), 1)
    c = look(net, look(net, x, 0), 2)
    d = look(net, net.maxpool(x, 3, 1, 1), 0)
    return net.note_as("concat_after_" + net.last, torch.cat((a, b, c, d), 1))


def inception_small(net, x):
    x = net.maxpool(inception(net, look(net, x, 1)), 2)
    x = net.maxpool(inception(net, inception(net, x)), 2)
    x = net.mean(inception(net, inception(net, x)))
    return net.softmax(net.dense(net.dropout(x, 0.2)))


def cats_dogs(net, x):
    x = net.maxpool(net.relu(net.conv(x)), 2)
    x = net.maxpool(net.relu(net.conv(x)), 2)
    x = net.dense(net.relu(net.dense(x)))
    net.note(torch.sigmoid(x))
    return x


def all_others(net, x):
    """Every layer that the networks above have not."""
    net.enter("stem")
    x = net.batchnorm(net.conv(F.pad(x, (0, 1, 0, 1)), 2))
    early = x = net.note(F.elu(x), "early")
    net.enter("body")
    y = net.norm(net.conv(x, 1, 2, dilation=2, groups=4), F.instance_norm)
    y = net.note(F.gelu(y))
    x = net.note_as("add_after_" + net.last, y + x)
    x = net.note(F.local_response_norm(net.note(F.silu(x)), 5, 0.5))
    x = net.note(F.interpolate(x, scale_factor=2))
    x = net.note(F.pad(x, (0, 0, 0, 0, 1, 2)))
    x = net.note(F.avg_pool2d(x, 3, 2, 1))
    x = net.relu(net.norm(x, F.layer_norm, x.shape[1:]), 0.2)
    x = net.note(torch.cat((x, early), 1))
    x = net.maxpool(net.dropout(x, 0.25), 3, 2, ceil=True)
    net.enter("head")
    x = net.note(torch.tanh(net.dense(net.mean(x))))
    return net.softmax(net.dense(x))


NETWORKS = {"lenet5": lenet5, "resnet20": resnet20, "inception_small": inception_small,
            "cats_dogs": cats_dogs, "all_others": all_others}
# What a picture of each class counts, where that differs: of ten classes the first three have one more.
BALANCE = {"all_others": [33 / (10 * 4)] * 3 + [33 / (10 * 3)] * 7}
DECAY, CLIP, SMOOTHING = 1e-3, 1.0, 0.1


# ---- training -------------------------------------------------------------------------------------

OPTIMIZERS = {
    "sgd": lambda groups: torch.optim.SGD(groups, 0.02, momentum=0.9),
    "nesterov": lambda groups: torch.optim.SGD(groups, 0.02, momentum=0.9, nesterov=True),
    "adam": lambda groups: torch.optim.Adam(groups, 0.003),
    # Adam divides by the size of the gradient: where that is nothing but rounding, the step of a float
    # is noise. A large eps takes that away.
    "adam-eps": lambda groups: torch.optim.Adam(groups, 0.003, eps=1e-3),
}


def optimizer(kind, params):
    """cnnrun's decay concerns the weights of conv and dense only: those of two or four dimensions."""
    return OPTIMIZERS[kind]([{"params": [p for p in params.values() if (p.dim() in (2, 4)) == many],
                              "weight_decay": DECAY if many else 0} for many in (True, False)])


def loss_of(scores, label, balance=None):
    if scores.shape[1] == 1:
        wanted = (1 - SMOOTHING) * label.to(scores.dtype) + SMOOTHING / 2
        return F.binary_cross_entropy_with_logits(scores[:, 0], wanted)
    weight = balance and torch.tensor(balance, dtype=scores.dtype)
    return F.cross_entropy(scores, label, weight, label_smoothing=SMOOTHING)


def values_of(trace, k):
    """The values of step k by their layers."""
    return {n[4:-len("@%d" % k)]: torch.tensor(v) for n, v in trace.items()
            if n.startswith("act/") and n.endswith("@%d" % k)}


def train(network, kind, trace, dtype, choose):
    """All numbers of the steps in the trace, under the same names."""
    first = {k[6:-2]: torch.tensor(v).to(dtype) for k, v in trace.items()
             if k.startswith("param/") and k.endswith("@0")}
    buffers = {k[4:-2]: torch.tensor(v).to(dtype) for k, v in trace.items()
               if k.startswith("buf/") and k.endswith("@0")}
    params = {k: v.requires_grad_() for k, v in first.items()}
    names = {id(p): k for k, p in params.items()}
    opt, out = optimizer(kind, params), {}
    for k in range(sum(name.startswith("label@") for name in trace)):
        values = values_of(trace, k)
        net = Net(params, buffers, values, values if choose else None)
        x = torch.tensor(trace["input@%d" % k]).to(dtype).requires_grad_()
        label = torch.tensor(trace["label@%d" % k])
        loss = loss_of(NETWORKS[network](net, x), label, BALANCE.get(network))
        opt.zero_grad()
        loss.backward()
        out["gradnorm@%d" % k] = torch.nn.utils.clip_grad_norm_(list(params.values()), CLIP)
        out.update({"grad/%s@%d" % (n, k): p.grad.clone() for n, p in params.items()})
        opt.step()
        out["loss@%d" % k], out["gradin/input@%d" % k] = loss, x.grad
        for name, y in net.values.items():
            out["act/%s@%d" % (name, k)] = y
            if y.grad is not None:
                out["actgrad/%s@%d" % (name, k)] = y.grad
        for p, state in opt.state.items():
            out.update({"opt/%s.%s@%d" % (names[id(p)], s, k + 1): v.clone()
                        for s, v in state.items() if torch.is_tensor(v) and v.dim() > 0})
        out.update({"param/%s@%d" % (n, k + 1): p.detach().clone() for n, p in params.items()})
        out.update({"buf/%s@%d" % (n, k + 1): b.clone() for n, b in buffers.items()})
    return {k: v.detach().double().numpy() for k, v in out.items()}


# ---- comparing --------------------------------------------------------------------------------------

def read(path):
    with open(path, "rb") as f:
        bytes_ = f.read()
    start = 8 + struct.unpack("<Q", bytes_[:8])[0]
    header = json.loads(bytes_[8:start])
    return {name: np.frombuffer(bytes_[start + t["data_offsets"][0]:start + t["data_offsets"][1]],
                                TYPES[t["dtype"]]).reshape(t["shape"]).copy()
            for name, t in header.items() if name != "__metadata__"}


def limit(single, double):
    size = np.abs(double).max(initial=0)
    if single is None:
        return TINY * (1 + size)
    return FACTOR * np.abs(single - double).max(initial=0) + 1e-6 + LITTLE * size


def check(network, kind, path):
    trace = read(path)
    doubles = trace["input@0"].dtype == np.float64
    want = train(network, kind, trace, torch.float64, not doubles)
    single = {} if doubles else train(network, kind, trace, torch.float32, True)
    given = ("input@", "label@", "picture@", "target@", "lr@", "loss_vec@")
    left = [k for k in trace if k not in want and not k.startswith(given) and not k.endswith("@0")]
    wrong = []
    for name in sorted(want) + left:
        got, w = trace.get(name), want.get(name)
        if got is None or w is None:
            wrong.append(name + (" is not in the trace" if got is None else " is not in PyTorch's network"))
        elif got.size != w.size or got.shape[0:1] != w.shape[0:1]:
            wrong.append("%s has the shape %s, not %s" % (name, got.shape, w.shape))
        else:
            most = limit(single.get(name), w)
            error = np.abs(got.reshape(w.shape) - w).max(initial=0)
            if not error <= most:
                wrong.append("%s is off by %.3g, allowed is %.3g" % (name, error, most))
    verdict = "not ok" if wrong or len(want) < 50 else "ok"
    print(verdict, network, kind, os.path.basename(path), "%d tensors" % len(want), *wrong[:10], sep=", ")


# ---- pictures -----------------------------------------------------------------------------------------

def picture(rng, channels):
    """Soft spots of different brightness, so that neighbouring pixels are alike as in photographs."""
    spots = rng.randint(0, 256, (channels, 8, 8)).repeat(4, 1).repeat(4, 2)
    return np.clip(spots + rng.randint(-20, 21, (channels, 32, 32)), 0, 255).astype(np.uint8).tobytes()


def put(folder, name, *parts):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(b"".join(parts))


def pictures(folder, form, n=40):
    """A small set in one of the forms cnnrun reads: ten classes in colour, or two in gray."""
    os.makedirs(folder, exist_ok=True)
    rng = np.random.RandomState(7)
    for cifar, idx in (("data_batch_1", "train"), ("test_batch", "t10k")):
        if form == "cifar":
            put(folder, cifar + ".bin", *(bytes([i % 10]) + picture(rng, 3) for i in range(n)))
            continue
        put(folder, idx + "-images-idx3-ubyte", struct.pack(">4BIII", 0, 0, 8, 3, n, 32, 32),
            *(picture(rng, 1) for i in range(n)))
        put(folder, idx + "-labels-idx1-ubyte", struct.pack(">4BI", 0, 0, 8, 1, n),
            bytes(i % 2 for i in range(n)))


if __name__ == "__main__":
    if sys.argv[1] == "pictures":
        pictures(*sys.argv[2:])
    else:
        for i in range(2, len(sys.argv), 3):
            check(*sys.argv[i:i + 3])
