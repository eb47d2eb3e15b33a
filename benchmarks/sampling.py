"""Sampling speed on one core, beside a plain loop over networks in the same run.

    python benchmarks/sampling.py [--repeats 5]

A raw draw is one setting of a space's parameters, valid or not. The plain loop draws one number at a time from the
same laws, builds the network with `AnyNet.compatible` or `RegNet.to_anynet`, and counts its flops with `complexity`.
`sample` is the public call, objects included. Expected on one core: over 2,000,000 raw draws/s for both spaces at
360-400MF, 5,000 accepted/s for AnyNetX_A and 1,000 for RegNetX. Takes about 20 s.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from regnet.design.complexity import complexity
from regnet.design.laws import Choice, Law, Uniform
from regnet.design.networks import AnyNet, RegNet, Stem
from regnet.design.sampling import BLOCK, Sampler, Window
from regnet.design.spaces import AnyNetSpace, DesignSpace, RegNetSpace, spaces

WINDOWS = {
    "224 px, 360-400MF": (Window(flops=(360e6, 400e6)), Stem()),
    "28 px, 2.7-3MF": (Window(28, 10, flops=(2.7e6, 3e6)), Stem(width=16, stride=1, channels=1)),
}


def plain_number(law: Law, rng: random.Random) -> float:
    """One draw of a law, without numpy."""
    if isinstance(law, Choice):
        return rng.choice(law.values)
    if isinstance(law, Uniform):
        return law.value(rng.randint(law.ticks(law.low), law.ticks(law.high)))
    low = law.floor or law.low - min(law.step, law.low / 2)
    f = math.exp(math.log(law.high) - rng.random() * math.log(law.high / low))
    return law.value(min(math.ceil(f / law.step), law.ticks(law.high)))


def plain_network(space: DesignSpace, rng: random.Random) -> AnyNet | None:
    """One raw draw of AnyNetX_A or RegNetX, number by number; None where the line has not the wanted stages."""

    def one(name: str) -> float:
        return plain_number(space.law(name), rng)

    if isinstance(space, AnyNetSpace):
        columns = {name: [one(name) for _ in range(space.stages)] for name in "dwbg"}
        return AnyNet.compatible(
            depths=[int(d) for d in columns["d"]], widths=[int(w) for w in columns["w"]],
            bottlenecks=columns["b"], group_widths=[int(g) for g in columns["g"]], stem=space.stem,
        )  # fmt: skip
    assert isinstance(space, RegNetSpace)
    line = RegNet(
        d=int(one("d")), w_a=one("w_a"), w_0=int(one("w_0")), w_m=one("w_m"), b=one("b"), g=int(one("g")),
        stem=space.stem,
    )  # fmt: skip
    stages = len(np.unique(line.quantised()))
    return line.to_anynet() if stages == line.exponents().max() + 1 == space.stages else None


def plain_loop(space: DesignSpace, window: Window, draws: int, rng: random.Random) -> int:
    """How many of `draws` raw draws lie in the window, one network at a time."""
    low, high = window.flops
    assert low is not None
    assert high is not None
    found = 0
    for _ in range(draws):
        net = plain_network(space, rng)
        found += net is not None and low <= complexity(net, window.resolution, window.num_classes).flops <= high
    return found


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def rates(space: DesignSpace, window: Window, repeats: int) -> tuple[float, float, float]:
    """Raw draws/s of ours and of the plain loop, and accepted/s of `sample`; medians of alternating repeats."""
    ours, plain, accepted = [], [], []
    blocks, loop, members = 100, 1500, 2000
    for repeat in range(repeats):
        sampler = Sampler(space, window, seed=repeat)
        rng = random.Random(repeat)
        ours.append(blocks * BLOCK / seconds(lambda sampler=sampler: [sampler.block(k) for k in range(blocks)]))
        plain.append(loop / seconds(lambda rng=rng: plain_loop(space, window, loop, rng)))
        arguments = {"resolution": window.resolution, "num_classes": window.num_classes, "flops": window.flops}
        accepted.append(members / seconds(lambda seed=repeat, a=arguments: space.sample(members, seed=seed, **a)))
    return median(ours), median(plain), median(accepted)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    print(f"{'space':12}{'window':20}{'raw draws/s':>14}{'plain loop':>12}{'ratio':>8}{'sample(), accepted/s':>22}")
    for name in ("anynetx_a", "regnetx"):
        for label, (window, stem) in WINDOWS.items():
            ours, plain, accepted = rates(spaces[name].with_stem(stem), window, repeats)
            print(f"{name:12}{label:20}{ours:14,.0f}{plain:12,.0f}{ours / plain:8,.0f}{accepted:22,.0f}")


if __name__ == "__main__":
    main()
