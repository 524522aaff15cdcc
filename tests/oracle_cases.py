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

loss_of_oracle, make_of_oracle = oracle.loss_of, gen_cases.make


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


oracle.loss_of, gen_cases.make = loss_of, make
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

if __name__ == "__main__":
    gen_cases.main()
