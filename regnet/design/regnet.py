"""RegNet: a network whose widths follow a quantised line, as a frozen dataclass.

Source: Designing Network Design Spaces (arXiv:2003.13678), sec. 3.3, Eqs 2-4.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from regnet.design.anynet import AnyNet, Block, check_block
from regnet.design.scalars import DEPTH, LEAST_RATIO, MOST_RATIO, WIDTH, set_real, set_whole
from regnet.design.staged import WIDTH_STEP, Activation, Stem, check_template


@dataclass(frozen=True)
class RegNet:
    """A network given by a quantised line (sec. 3.3): d blocks, slope w_a, initial width w_0, multiplier w_m.

    Raises:
        ValueError: an impossible number.

    >>> RegNet(d=22, w_a=24.48, w_0=24, w_m=2.54, g=16).to_anynet().widths
    (32, 64, 160, 384)
    """

    d: int
    w_a: float
    w_0: int
    w_m: float
    g: int
    b: float = 1.0
    se_ratio: float = 0.0
    stem: Stem = field(default_factory=Stem)
    block: Block = "X"
    activation: Activation = "relu"

    def __post_init__(self) -> None:
        set_whole(self, "d", high=DEPTH)
        set_whole(self, "w_0", high=WIDTH)
        set_whole(self, "g")
        set_real(self, "w_a", low=0, high=WIDTH)
        set_real(self, "w_m", above=1, high=WIDTH)
        set_real(self, "b", low=LEAST_RATIO, high=MOST_RATIO)
        if self.w_0 % WIDTH_STEP:
            raise ValueError(f"w_0 must be a multiple of {WIDTH_STEP}, got {self.w_0}")
        check_block(self.block)
        check_template(self)

    def line(self) -> npt.NDArray[np.float64]:
        """u_j = w_0 + w_a * j (Eq. 2), shape (d,)."""
        return self.w_0 + self.w_a * np.arange(self.d, dtype=np.float64)

    def exponents(self) -> npt.NDArray[np.int64]:
        """s_j rounded half to even (Eqs 3, 4), shape (d,)."""
        exponents: npt.NDArray[np.float64] = np.log(self.line() / self.w_0) / np.log(self.w_m)
        return np.round(exponents).astype(np.int64)

    def quantised(self) -> npt.NDArray[np.int64]:
        """w_j = w_0 * w_m^s_j rounded to a multiple of 8, half to even (Eq. 4), shape (d,)."""
        widths = self.w_0 * np.power(self.w_m, self.exponents())
        return (np.round(widths / WIDTH_STEP) * WIDTH_STEP).astype(np.int64)

    def to_anynet(self) -> AnyNet:
        """The network's stages: runs of equal w_j, then group compatibility.

        An exponent that no block has is passed over; two exponents that round to one width are one stage.

        Raises:
            ValueError: a width beyond what a network may have.
        """
        widths, depths = np.unique(self.quantised(), return_counts=True)
        stages = len(widths)
        return AnyNet.compatible(
            depths=[int(d) for d in depths],
            widths=[int(w) for w in widths],
            bottlenecks=[self.b] * stages,
            group_widths=[self.g] * stages,
            stem=self.stem,
            block=self.block,
            se_ratio=self.se_ratio,
            activation=self.activation,
        )
