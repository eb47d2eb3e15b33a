"""A plan's memory: one block, cut into buffers of known size, so that every offset can be checked before it is used."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

ALIGNMENT = 64  # bytes: a cache line, and the widest register
SLACK = 64  # bytes behind each buffer: whole registers are read there, nothing is written
BF16 = 2  # bytes

Table = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


@dataclass
class Arena:
    """Buffers by their first byte, in order; byte 0 belongs to none. `tables` are those with fixed contents."""

    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    tables: dict[int, Table] = field(default_factory=dict)
    end: int = ALIGNMENT

    def take(self, size: int) -> int:
        """The first byte of a new buffer of `size` bytes, which starts as zeros."""
        start = self.end
        self.starts.append(start)
        self.sizes.append(size)
        self.end = -(-(start + size + SLACK) // ALIGNMENT) * ALIGNMENT
        return start

    def floats(self, n: int) -> int:
        """A buffer of n float32."""
        return self.take(4 * n)

    def table(self, values: npt.ArrayLike) -> int:
        """A buffer that holds these int32. Equal tables share it.

        Raises:
            OverflowError: a value beyond 2 GiB.
        """
        wide = np.ascontiguousarray(values, np.int64).ravel()
        if wide.size and wide.max() >= 2**31:
            raise OverflowError(f"an activation of {wide.max()} bytes: a smaller batch, resolution or width is needed")
        narrow = wide.astype(np.int32)
        key = narrow.tobytes()
        if key not in self._known:
            self._known[key] = self.take(narrow.nbytes)
            self.tables[self._known[key]] = narrow
        return self._known[key]

    def holds(self, first: int, end: int) -> bool:
        """Whether bytes first .. end - 1 lie in one buffer."""
        i = bisect_right(self.starts, first) - 1
        return i >= 0 and self.starts[i] <= first <= end <= self.starts[i] + self.sizes[i]

    def allocate(self) -> npt.NDArray[np.uint8]:
        """The memory, aligned, zero but for the tables."""
        block = np.zeros(self.end + ALIGNMENT, np.uint8)
        aligned = block[-block.ctypes.data % ALIGNMENT :][: self.end]
        for start, table in self.tables.items():
            aligned[start : start + table.nbytes] = table.view(np.uint8)
        return aligned

    _known: dict[bytes, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Map:
    """Activations (batch, side, side, channels), bfloat16, from byte `base` on, in a frame of zero pixels.

    The frame, `frame` wide, is the padding of the convolution that reads the map: written once, by nobody.
    """

    base: int
    channels: int
    side: int
    frame: int = 0

    @property
    def pixel(self) -> int:
        return BF16 * self.channels

    @property
    def row(self) -> int:
        return (self.side + 2 * self.frame) * self.pixel

    @property
    def image(self) -> int:
        return (self.side + 2 * self.frame) * self.row

    @property
    def first(self) -> int:
        """The first pixel inside the frame."""
        return self.base + self.frame * (self.row + self.pixel)

    def grid(self, batch: int, rows: range, columns: range) -> Offsets:
        """Offsets from `base` of the pixels at rows x columns of every image; the frame's first row is row 0."""
        image, row, column = np.ix_(np.arange(batch), np.array(rows, np.int64), np.array(columns, np.int64))
        return (image * self.image + row * self.row + column * self.pixel).ravel()

    def pixels(self, batch: int, stride: int = 1) -> Offsets:
        """Offsets from `base` of every stride-th pixel inside the frame, row by row."""
        inside = range(self.frame, self.frame + self.side, stride)
        return self.grid(batch, inside, inside)
