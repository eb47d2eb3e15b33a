"""Section 5 here: final models here, RegNets against published shapes scaled to their budgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from regnet.analysis import final_models
from regnet.design.recipe import reported
from regnet.evidence.rates import efficientnets
from regnet.figures.panels import captions
from regnet.figures.panels.element import Table
from regnet.figures.panels.numerals import DASH, spans, with_sd
from regnet.figures.panels.style import FAMILIES, MF, K, Unit
from regnet.sweeps import chosen
from regnet.sweeps.experiments import MULTIPLES
from regnet.sweeps.population import Population
from regnet.sweeps.regimes import find_regime
from regnet.sweeps.store import MissingPopulation, Runs

UNITS: dict[str, Unit] = {"flops": MF, "params": K, "acts": K}
DIFFERENCE = (
    "Above the best: mean error minus that of the best network of the same budget, Welch's 95% interval over seeds; "
    "seeds vary, the choice of the network does not."
)


@dataclass(frozen=True)
class Finals:
    """The final models of some families."""

    runs: Runs
    families: Sequence[str]

    @property
    def command(self) -> str:
        """What makes the final models."""
        return f"regnet finals {self.runs.regime}"

    @property
    def candidates(self) -> list[Population]:
        """The populations that RegNets are chosen from, and those that say which rates suit EfficientNets."""
        found = [self.runs.population(chosen.SPACE, multiple, length=2) for multiple in MULTIPLES]
        if "regnety" in self.families:
            found += [self.runs.population(chosen.WITH_SE, multiple, length=2) for multiple in chosen.WITH_SE_AT]
        return [*found, *(efficientnets(self.runs.regime) if "efficientnet" in self.families else ())]

    @cached_property
    def trainings(self) -> pd.DataFrame:
        """One row a model and seed, by budget and family, those of equal flops before those of equal activations.

        Raises:
            MissingPopulation: none is sealed.
        """
        frame = self.runs.finals()
        frame = frame[frame["family"].isin(self.families)]
        if frame.empty:
            families = ", ".join(self.families)
            raise MissingPopulation(f"no final model of {families} is sealed; make them: {self.command}")
        order = frame.assign(place=frame["family"].map(list(FAMILIES).index), acts_last=frame["matched"] == "acts")
        return order.sort_values(["multiple", "place", "role", "acts_last"], kind="stable", ignore_index=True)

    @property
    def there(self) -> bool:
        """Whether any is sealed."""
        try:
            return len(self.trainings) > 0
        except MissingPopulation:
            return False

    def chosen(self) -> str:
        """By which images the networks were chosen, and on which their errors are."""
        split = reported(self.trainings) != "error"
        images = (
            "on one half of the validation images; the errors here are those on the other half"
            if split
            else "on the same validation images, which favours the best"
        )
        return (
            f"Best and median were chosen from their populations by a shorter training's error {images}. The published "
            "shapes were scaled to the budget, not searched, so the median stands beside the best."
        )

    def setting(self) -> str:
        """Regime, data, training and seeds, and how many trainings diverged."""
        trainings = self.trainings
        seeds = trainings.groupby("model").size()
        recipe = find_regime(self.runs.regime).recipe(int(trainings["length"].max()))
        number = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()} to {seeds.max()}"
        diverged = int((trainings["status"] == "diverged").sum())
        lost = f" Diverged, counted with the error of chance: {diverged} of {len(trainings)} trainings."
        return (
            f"Measured here, regime {self.runs.regime}: {captions.data_name(recipe.data)} at "
            f"{recipe.resolution} px, {len(seeds)} models, each trained on {recipe.images:,} images with {number} "
            f"seeds.{self._absent()}{lost * bool(diverged)}"
        )

    def _absent(self) -> str:
        """Families and budgets without a model."""
        unit, have = find_regime(self.runs.regime).flops_unit, self.trainings.groupby("family")["multiple"].unique()
        said = []
        for family in self.families:
            lacks = sorted(set(MULTIPLES) - set(have.get(family, ())))
            if lacks:
                at = captions.listed([f"{multiple * unit / MF.size:g}" for multiple in lacks])
                said.append(f"{FAMILIES[family].label} at {at} MF")
        return f" There is no {', no '.join(said)}." if said else ""


def table(
    finals: Finals, title: str, how: Callable[[pd.DataFrame], str], *, against: Sequence[str] = ("regnetx",),
    test: bool = False,
) -> Table:  # fmt: skip
    """Final models beside the best of the families `against`; with `test`, their test errors are compared."""
    value = "test_error" if test else "error"

    def columns(frame: pd.DataFrame) -> pd.DataFrame:
        shown = {
            "model": frame["model"],
            "budget (MF)": frame["multiple"] * find_regime(finals.runs.regime).flops_unit / MF.size,
            "equal": frame["matched"].replace("", DASH),
            "validation error (%)": with_sd(frame["error"], frame["sd"], 2),
        }
        if test:
            shown["test error (%)"] = with_sd(frame["test_error"], frame["test_sd"], 2)
        for family in against:
            called = f"{'test: ' * test}above the best {FAMILIES[family].label} (points)\n95% interval"
            shown[called] = spans(frame, f"above_{family}")
        for name, unit in UNITS.items():
            shown[unit.of(name)] = [f"{size / unit.size:.4g}" for size in frame[name]]
        return pd.DataFrame({**shown, "seeds": frame["n"]})

    def alt(frame: pd.DataFrame) -> str:
        ends = frame.sort_values(value).iloc[[0, -1]][["model", value]].to_numpy()
        low, high = (f"{name} {error:.2f}%" for name, error in ends)
        return f"Table of {len(frame)} final models; mean {value.replace('_', ' ')} from {low} to {high}."

    return Table(
        runs=finals.runs,
        title=title,
        needs=finals.candidates,
        finals=True,
        make=lambda: final_models.compared(finals.trainings, against, test=test),
        columns=columns,
        how=how,
        seen=alt,
    )
