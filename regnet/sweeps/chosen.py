"""Which networks become final models (sec. 5): the best of the populations, and published shapes beside them.

- At each multiple of F: the best and the median RegNetX of the constrained space C by validation error (on one half of
  the images, where rows have both: `recipe.chosen_by`), the index breaking ties; ResNet-50, ResNeXt-50 and an
  EfficientNet scaled to the best one's own flops, the first two to its activations as well (pycls' rule).
- At F and 4 F: the best RegNetY of C.
- EfficientNet-B0 stands at F / 2 and F, B2 at 2 F, B3 at 4 F, after the paper's pairs (Table 4: B0 with 400MF, B2 with
  800MF, B3 with 1.6GF).
- A shape's widths move in steps: the nearest network is taken, at most a tenth off, as flops within a population are.
- A population is chosen from only where as many members are sealed as it wants, or as are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from regnet.design.complexity import Complexity, complexity
from regnet.design.networks import Network
from regnet.design.recipe import Recipe, chosen_by
from regnet.design.shapes import scale_to
from regnet.design.staged import Stem
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.sheet_names import population_sheet
from regnet.sweeps.sheets import refuse
from regnet.sweeps.store import MissingPopulation, Runs

LENGTH = 8  # times L1
SPACE, WITH_SE = "regnetx_c", "regnety_c"
WITH_SE_AT = (1, 4)  # multiples of F
RESNETS: Mapping[str, str] = MappingProxyType({"resnet-50": "resnet", "resnext-50": "resnext"})  # shape -> family
EFFICIENTNETS: Mapping[float, str] = MappingProxyType({
    0.5: "efficientnet-b0", 1: "efficientnet-b0", 2: "efficientnet-b2", 4: "efficientnet-b3",
})  # fmt: skip
MATCHED = ("flops", "acts")  # of the best RegNetX
TOLERANCE = 0.1  # a shape is at most so far off what it is matched to,
NOTED = 0.05  # and above this the plan says so


@cache
def models_at(regime: str, multiple: float) -> int:
    """Final models at that multiple of F; no EfficientNet where none is as small.

    >>> [[models_at(regime, multiple) for multiple in MULTIPLES] for regime in ("pocket", "natural")]
    [[7, 8, 7, 8], [6, 8, 7, 8]]
    """
    population = Population(SPACE, regime, multiple, LENGTH)
    recipe = population.recipe
    try:
        shape_at(EFFICIENTNETS[multiple], "flops", population.flops, population.setting.stem, recipe)
        mobile = True
    except ValueError:
        mobile = False
    return 2 + len(RESNETS) * len(MATCHED) + mobile + (multiple in WITH_SE_AT)


class Rates(NamedTuple):
    """A learning rate and weight decay in place of the regime's own."""

    lr: float
    weight_decay: float


@dataclass(frozen=True)
class Final:
    """A final model: what it is called, why it was chosen, its network, and how it is trained.

    `role` is best, median or shape; `matched` is "flops" or "acts" for a shape: what is equal to the best RegNetX's of
    the same multiple of F. `source` is the population and index, or the published network whose shape was scaled.
    """

    model: str
    family: str
    role: str
    matched: str
    multiple: float
    source: str
    network: Network
    recipe: Recipe

    @property
    def counts(self) -> Complexity:
        """Flops, parameters and activations."""
        return complexity(self.network, resolution=self.recipe.resolution, num_classes=self.recipe.num_classes)


class Planned(NamedTuple):
    """The final models, and a line for each that is left out or farther off its budget than 5%."""

    models: tuple[Final, ...]
    notes: tuple[str, ...]


def plan(runs: Runs, rates: Rates | None = None) -> Planned:
    """Every final model that the sealed populations allow, by multiple of F.

    `rates` are EfficientNet's; without them no EfficientNet is planned, since training one with other rates first
    would read the test images for a model that is replaced later.

    Raises:
        StoreConflict: a chosen member is not the network that its population draws now.
    """
    models: list[Final] = []
    notes: list[str] = []
    for multiple in MULTIPLES:
        for space in (SPACE, WITH_SE) if multiple in WITH_SE_AT else (SPACE,):
            population = runs.population(space, multiple, 2)
            try:
                ranked = members(population, runs)
            except MissingPopulation as missing:
                notes.append(str(missing))
                continue
            models.append(best := _chosen(population, ranked, "best", 1))
            if space == SPACE:
                models.append(_chosen(population, ranked, "median", (len(ranked) + 1) // 2))
                models += _shapes(population, best, rates, notes)
    return Planned(tuple(models), tuple(notes))


def members(population: Population, runs: Runs) -> pd.DataFrame:
    """The sealed members that did not fail, lowest validation error first, of a population that is whole.

    Raises:
        MissingPopulation: fewer members are sealed than `runs.n`, or where that is 0 than the population wants.
    """
    replace(runs, n=runs.n or population.wanted).frame(population)
    frame = runs.frame(population)
    return frame.sort_values([chosen_by(frame), "index"], ignore_index=True)


def _chosen(population: Population, ranked: pd.DataFrame, role: str, rank: int) -> Final:
    """The member of that rank, drawn again."""
    row = ranked.iloc[rank - 1]
    index = int(row["index"])
    network = population.draws(index + 1)[index].network
    refuse(population_sheet(population), (str(index),), "network_id", str(row["network_id"]), network.id)
    name, source = f"{population.space}-{_budget(population)} {role}", f"{population.name} {index}"
    family, recipe = population.space.removesuffix("_c"), population.setting.recipe(LENGTH)
    return Final(name, family, role, "", population.multiple, source, network, recipe)


def _shapes(population: Population, best: Final, rates: Rates | None, notes: list[str]) -> list[Final]:
    """The published shapes matched to the population's best member, those that can be."""
    wanted = [(shape, family, matched, best.recipe) for shape, family in RESNETS.items() for matched in MATCHED]
    if rates:
        tuned = replace(best.recipe, **rates._asdict())
        wanted.append((EFFICIENTNETS[population.multiple], "efficientnet", "flops", tuned))
    found = []
    for shape, family, matched, recipe in wanted:
        name = f"{shape} {_budget(population)} {matched}"
        try:
            network = shape_at(shape, matched, _cost(best, matched), best.network.stem, best.recipe)
        except ValueError as error:
            notes.append(f"{name} is left out: {error}")
            continue
        final = Final(name, family, "shape", matched, population.multiple, shape, network, recipe)
        off = _cost(final, matched) / _cost(best, matched) - 1
        if abs(off) > NOTED:
            notes.append(f"{name} has {off:+.1%} {matched} against {best.model}: no network of the shape is nearer")
        found.append(final)
    return found


def shape_at(shape: str, matched: str, budget: float, stem: Stem, recipe: Recipe) -> Network:
    """The shape's network on a regime's stem, nearest to a budget of flops or of activations (`matched`).

    Raises:
        ValueError: none is within a tenth.
    """
    return scale_to(
        shape,
        flops=budget if matched == "flops" else None,
        acts=budget if matched == "acts" else None,
        stem=stem,
        resolution=recipe.resolution,
        num_classes=recipe.num_classes,
        tolerance=TOLERANCE,
        above=TOLERANCE,
    )


def _cost(final: Final, matched: str) -> int:
    return int(getattr(final.counts, matched))


def _budget(population: Population) -> str:
    """The population's multiple of F as names have it, as 1.5mf."""
    return f"{population.flops / 1e6:.6g}mf"
