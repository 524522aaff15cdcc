"""Cases for the oracle beside its own: words of ours that gen_cases.py has no case for.

    oracle_cases.py ORACLEDIR OUTDIR [--seed N]

PyTorch's own functions are added to the oracle's tables; the folders are those of gen_cases.py.
"""
import sys

sys.path.insert(0, sys.argv.pop(1))
import gen_cases
import oracle
from gen_cases import N, case, seed_loss
from oracle import F

oracle.OPS["instancenorm"] = lambda n, t, P: F.instance_norm(
    t[0], weight=P(n["gamma"]), bias=P(n["beta"]), eps=n.get("eps", 1e-5))



def widen(n, t, P):  # as the published CIFAR networks do: zeros before and behind
    more = n["channels"] - t[0].shape[1]
    return F.pad(t[0], (0, 0, 0, 0, more // 2, more - more // 2))


oracle.OPS["widen"] = widen
loss_of_oracle, make_of_oracle, run_of_oracle = oracle.loss_of, gen_cases.make, oracle.run


def loss_of(spec, val, data):
    if spec["kind"] != "multi_margin":
        return loss_of_oracle(spec, val, data)
    x, t = val(spec["in"]), data(spec["target"]).long()
    w = data(spec["weight"]) if spec.get("weight") else None
    each = F.multi_margin_loss(x, t, weight=w, reduction="none")
    return each.mean() if w is None else each.sum() / w[t].sum(), each


def make(kind, rng):
    if kind[0] != "far":
        return make_of_oracle(kind, rng)
    return (1000 + rng.standard_normal(kind[1])).astype("f4")


def run(spec, *rest):
    """Without the loss of a case that has none of its own: that is the sum of all outputs times a random
    seed, where PyTorch's float may be right by chance, and 8 times its error is then no fair limit. The
    numbers that are summed are compared one by one."""
    out = run_of_oracle(spec, *rest)
    if spec["loss"] and spec["loss"]["kind"] == "sum":
        del out["loss@0"]
    return out


oracle.loss_of, gen_cases.make, oracle.run = loss_of, make, run
gen_cases.CASES.clear()


def norm(name, op, shape, params, far=False, **options):
    node = {"name": "y", "op": op, "in": ["x"], "gamma": "g", "beta": "b", **options}
    data = {"x": ("far" if far else "n", shape), "g": N(*params), "b": N(*params)}
    if op == "batchnorm":
        data.update({"m": N(*params), "v": ("pos", params)})
    case(name, [node], data, seed_loss("y"))


norm("instancenorm", "instancenorm", (3, 4, 5, 6), (4,))
norm("instancenorm-eps", "instancenorm", (2, 3, 1, 7), (3,), eps=0.1)
norm("layernorm", "layernorm", (3, 4, 5, 6), (4, 5, 6))
norm("layernorm-eps", "layernorm", (2, 3, 7, 1), (3, 7, 1), eps=0.1)
norm("layernorm-vector", "layernorm", (5, 19), (19,))
norm("layernorm-large", "layernorm", (20, 16, 20, 20), (16, 20, 20))

# Far from 0 a variance is the small difference of large numbers.
norm("instancenorm-far", "instancenorm", (2, 3, 6, 6), (3,), far=True)
norm("layernorm-far", "layernorm", (2, 3, 6, 6), (3, 6, 6), far=True)
norm("batchnorm-far", "batchnorm", (2, 3, 6, 6), (3,), far=True, mean="m", var="v")
norm("batchnorm-vector", "batchnorm", (33, 70), (70,), mean="m", var="v")

for scale in (1, 3):
    case(f"upsample-{scale}", [{"name": "y", "op": "upsample", "in": ["x"], "scale": scale}],
         {"x": N(2, 3, 4, 5)}, seed_loss("y"))
case("elu-alpha", [{"name": "y", "op": "elu", "in": ["x"], "alpha": 0.3}], {"x": ("wide", (3, 4, 5, 6))},
     seed_loss("y"))
for size in (1, 2, 3, 9):
    case(f"lrn-{size}", [{"name": "y", "op": "lrn", "in": ["x"], "size": size, "alpha": 2.0, "beta_exp": 0.6}],
         {"x": ("wide", (2, 7, 3, 4))}, seed_loss("y"))
for classes in (2, 5):
    for weights in ({}, {"weight": "cw"}):
        case(f"hinge-{classes}-{len(weights)}", [{"name": "y", "op": "dense", "in": ["x"], "weight": "w"}],
             {"x": N(8, 4), "w": N(classes, 4), "t": ("label", (8,), classes), "cw": ("pos", (classes,))},
             {"kind": "multi_margin", "in": "y", "target": "t", **weights})

for channels in (4, 7, 8):
    case(f"widen-{channels}", [{"name": "y", "op": "widen", "in": ["x"], "channels": channels}],
         {"x": N(3, 4, 5, 6)}, seed_loss("y"))

# A residual step down without weights in its shortcut, forward and three steps of training.
down = [{"name": "a", "op": "conv", "in": ["x"], "weight": "a.w", "stride": 2, "pad": 1},
        {"name": "n", "op": "batchnorm", "in": ["a"], "gamma": "n.g", "beta": "n.b", "mean": "n.m", "var": "n.v"},
        {"name": "r", "op": "relu", "in": ["n"]},
        {"name": "b", "op": "conv", "in": ["r"], "weight": "b.w", "pad": 1},
        {"name": "p", "op": "maxpool", "in": ["x"], "kernel": 1, "stride": 2},
        {"name": "w", "op": "widen", "in": ["p"], "channels": 8},
        {"name": "s", "op": "add", "in": ["b", "w"]}, {"name": "q", "op": "relu", "in": ["s"]},
        {"name": "g", "op": "globalavgpool", "in": ["q"]}, {"name": "f", "op": "flatten", "in": ["g"]},
        {"name": "y", "op": "dense", "in": ["f"], "weight": "d.w", "bias": "d.b"}]
data = {"a.w": ("he", (8, 4, 3, 3)), "b.w": ("he", (8, 8, 3, 3)), "d.w": ("he", (5, 8)), "d.b": ("zeros", (5,)),
        "n.g": ("ones", (8,)), "n.b": ("zeros", (8,)), "n.m": ("zeros", (8,)), "n.v": ("ones", (8,))}
for k in range(3):
    data.update({f"x@{k}": N(4, 4, 7, 7), f"t@{k}": ("label", (4,), 5)})
case("down-a", down, data, {"kind": "cross_entropy", "in": "y", "target": "t"}, steps=3,
     optim={"kind": "sgd", "lr": 0.1, "momentum": 0.9})

# Convolutions with everything at once: depthwise or in groups, dilated, padded unevenly, in steps of 2.
for i, (ci, co, k, s, d, g, hw) in enumerate([
        (4, 4, 3, 2, 1, 4, (8, 9)), (4, 8, 3, 2, 2, 4, (9, 8)), (6, 6, 5, 2, 1, 3, (10, 7)), (4, 4, 2, 1, 1, 4, (5, 6)),
        (4, 6, 4, 3, 1, 2, (11, 10)), (6, 6, 3, 1, 3, 6, (9, 9)), (2, 4, 1, 2, 1, 2, (6, 7)), (8, 8, 3, 2, 1, 1, (7, 8))]):
    case(f"conv-all-{i}", [{"name": "y", "op": "conv", "in": ["x"], "weight": "w", "bias": "b", "stride": s,
                            "pad": "same", "dilation": d, "groups": g}],
         {"x": N(19, ci, *hw), "w": N(co, ci // g, k, k), "b": N(co)}, seed_loss("y"))

if __name__ == "__main__":
    gen_cases.main()
