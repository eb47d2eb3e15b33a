"""What stands behind "Run it at scale": what the paper's experiments cost, and how the library grows with its rows."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from regnet import figures
from regnet.figures.panels import style
from regnet.page.guide import Guide
from regnet.page.records import Table
from regnet.sweeps import gpu_hours as cost
from regnet.sweeps.folders import CHECKOUT
from regnet.sweeps.store import open_runs

RECORD = CHECKOUT / "benchmarks" / "scale.csv"
ON_GPU = CHECKOUT / "benchmarks" / "gpu.csv"
WORDS = {
    "load": "read a population",
    "edf": "EDF",
    "ranges": "ranges of the best (footnote 4)",
    "search": "random search (Fig 9)",
    "fig02": "Figure 2, its SVG and CSV",
    "fig09": "Figure 9, its SVG and CSV",
    "fig11": "Figure 11",
    "fig12": "Figure 12",
    "judge": "judge every claim, 41 populations read before",
    "ledger": "the same with reading",
    "plan": "draw the members of a sweep",
    "drive, no fsync": "journal as many results",
    "drive": "journal them, each on disk before the next",
    "resume": "start the sweep again",
    "seal": "seal them",
}
"""A line of the record in words."""


def gpu_hours() -> Table:
    """One row a figure or table at the paper's settings, and all of them, each training once."""
    frame = cost.table()
    names = ["All, each once" if name == "all" else figures.number(name) for name in frame["element"]]
    return Table(
        pd.DataFrame({
            "figure or table": names,
            "trainings": frame["trainings"],
            "images\nmultiply-adds": [f"{a:.1e}\n{b:.1e}" for a, b in frame[["images", "multiply_adds"]].to_numpy()],
            "V100 hours": frame["v100_hours"].round().astype(int),
            "H100 hours": frame["h100_hours"].round(-1).astype(int),
            "stated": frame["stated"].map({True: "yes", False: "in part"}),
        }),
        "What the paper's experiments cost",
    )  # fmt: skip


def h100() -> Guide:
    """On what the column of the H100 rests."""
    found, half = cost.h100_hours(), cost.h100_hours("bf16")
    low, high = found["faster"].min(), found["faster"].max()
    hours = found.merge(half, on="model", suffixes=("", "_half")).set_index("model")
    ratio = hours["hours"] / hours["hours_half"]
    return Guide(
        f"Hours on an H100 are those on a V100 divided by {cost.faster():.1f}: training steps of {len(found)} of the "
        f"paper's RegNetX were timed on one, in fp32, and are {low:.1f} to {high:.1f} times as fast as the paper's "
        f"trainings, which also load images. In bf16 the steps of {len(ratio)} of them are {ratio.min():.1f} times "
        f"({ratio.idxmin()!s}) to {ratio.max():.1f} times ({ratio.idxmax()!s}) as fast as in fp32: small networks seem "
        "to wait for the processor that starts their kernels."
    )


def on_gpu() -> Table:
    """Members of two populations trained on CPU cores and again on a GPU, as `benchmarks/gpu.py` kept them."""
    lines = []
    for name, own in pd.read_csv(ON_GPU).groupby("population", sort=False):
        done = own.dropna(subset="again")
        apart, error = _apart(done)
        lines.append({
            "population": name,
            "networks": len(done),
            "faults": len(own) - len(done),
            "error (%)\nCPU": f"{done['sealed'].mean():.2f}",
            "error (%)\nGPU": f"{done['again'].mean():.2f}",
            "GPU - CPU (points)\nstandard error": f"{apart.mean():+.2f}\n{error:.2f}",
            "sd of the differences": f"{apart.std(ddof=1):.2f}",
            "rank correlation": f"{float(done['sealed'].corr(done['again'], method='spearman')):.2f}",
        })  # fmt: skip
    return Table(pd.DataFrame(lines), "Trained again on a GPU")


def on_which_gpu() -> Guide:
    """What that says, where and when it was, and how fast."""
    rows = pd.read_csv(ON_GPU)
    last, done = rows.iloc[-1], rows.dropna(subset="again")
    populations = [own for _, own in done.groupby("population")]
    most = max(abs(apart.mean()) / error for apart, error in map(_apart, populations))
    sealed = open_runs("natural", CHECKOUT / "runs")  # whatever the book is built from
    core = pd.concat(
        [
            sealed.frame(str(own["population"].iloc[0])).set_index("index").loc[own["index"], "seconds"]
            for own in populations
        ]
    )
    return Guide(
        f"The means differ by at most {most:.1f} standard errors. {last['device']}, {last['workers']} processes that "
        f"share it, PyTorch {last['torch']}, {last['date']}: {len(done)} trainings in "
        f"{rows['wall_seconds'].max()} seconds, the start of the processes included. One CPU core takes "
        f"{core.mean():.0f} seconds for one of them."
    )


def _apart(rows: pd.DataFrame) -> tuple[npt.NDArray[np.float64], float]:
    """How far a GPU's errors lie above the CPU's, and the standard error of their mean."""
    apart = (rows["again"] - rows["sealed"]).to_numpy(np.float64)
    return apart, float(apart.std(ddof=1) / np.sqrt(len(apart)))


def measured() -> Table:
    """What `benchmarks/scale.py` measured: CPU seconds, and the peak memory below, by number of networks."""
    frame = pd.read_csv(RECORD, dtype={"what": "str"})
    seconds = ["< 0.001" if cpu < 0.001 else f"{cpu:.2g}" for cpu in frame["cpu_seconds"]]
    cells = [f"{cpu} s\n{peak:,} MB" for cpu, peak in zip(seconds, frame["peak_mb"], strict=True)]
    wide = frame.assign(cell=cells).pivot(index="what", columns="n", values="cell").reindex(list(WORDS))
    wide = wide.rename(columns="{:,} networks\npeak memory".format).fillna("")
    return Table(wide.reset_index().assign(what=list(WORDS.values())), "How the library grows with its rows")


def when() -> Guide:
    """On what and when that was measured, what a result costs the driver, and from where on panels are images."""
    frame = pd.read_csv(RECORD)
    most = frame[frame["what"] == "drive, no fsync"].sort_values("n").iloc[-1]
    disk = frame[frame["what"] == "drive"].sort_values("n").iloc[-1]
    return Guide(
        f"Measured on {frame['date'].max()}, one core of {frame['cpu'].iloc[-1]}. The disk is the first thing to break "
        f"beyond: a result costs the driver {1000 * most['cpu_seconds'] / most['n']:.2f} ms, and waits for its own "
        f"write, which makes {disk['n'] / disk['wall_seconds']:.0f} results a second (the disk was not idle). A panel "
        f"of {style.MANY:,} points and more is one image without titles; its caption says so, and the CSV has every "
        "row."
    )
