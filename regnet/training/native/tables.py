"""The rows that the compiled step reads: convolutions, layers and gates, every field an int64.

Fields of `*_ADDRESSES` say where something begins: bytes into the plan's memory while a plan is made and checked (0:
there is none), addresses once it is bound. All others are counts, strides in bytes, or places in the flat parameters.
"""

import numpy as np

CONVOLUTION_ADDRESSES = (
    "x", "rows_in",  # bfloat16 pixels read, and where each output row's begin
    "out", "rows_out",  # bfloat16 pixels written
    "taps",  # what each tap adds to rows_in
    "packed",  # bfloat16 pairs as the kernels read them
    "master_taps",  # which tap of the master weights each tap is
)  # fmt: skip
CONVOLUTION = np.dtype(
    [
        (name, np.int64)
        for name in (
            *CONVOLUTION_ADDRESSES,
            "rows",  # output pixels an image
            "n_taps",
            "width",  # of groups that are permuted in registers; 0: channels are broadcast
            "groups",  # of the broadcast kind; 1 otherwise
            "depth",  # input channels of a group; all channels where they are permuted
            "live",  # of the depth: a stem's last is no input where it only makes up a pair
            "channels",  # output channels of a group; all channels where they are permuted
            "transposed",  # a data gradient reads the weights the other way round
            "master",  # first of its weights in the flat parameters
            "master_size",
            "all_taps",  # of the master weights
            "accumulate",  # add to what is there
            "packs",  # 0: another row packs the same weights
        )
    ],
    align=True,
)

LAYER_ADDRESSES = (
    "z", "y", "add",  # first pixel of the convolution's output, of the layer's, of what is added (0: nothing)
    "rows_add", "rows_dz",  # where their pixels begin, counted from `add_base` and `dz_base`
    "add_base", "dz_base",
    "g", "dz",  # first pixel of the gradient of y and of z
    "mean", "scale", "running_mean", "running_var",  # float32 (channels)
    "stats",  # sums of z and, `squares` bytes on, of z^2: float32, channels up to the last register's end
    "coefficients",  # float32, five of (side * channels + a register)
)  # fmt: skip
LAYER = np.dtype(
    [
        (name, np.int64)
        for name in (
            *LAYER_ADDRESSES,
            "forward", "inference",  # convolutions
            "first_data", "end_data",  # convolutions that make up the data gradient
            "channels", "side", "gate",  # gate: -1 or a row of the gates
            "activation",  # `activations.ACTIVATIONS`
            "squares",
            "gamma", "beta",  # in the flat parameters
            "z_image", "z_row", "y_image", "y_row", "add_image", "add_row", "dz_image", "dz_row",  # bytes
        )
    ],
    align=True,
)  # fmt: skip

GATE_ADDRESSES = (
    "y", "out",  # bfloat16 pixels: what is weighted, and the result
    "g",  # gradient of `out`, which becomes that of `y`
    "means", "factors",  # float32 (batch, channels)
    "before", "hidden",  # float32 (batch, squeezed): what the activation gets (SiLU only), and gives
)  # fmt: skip
GATE = np.dtype(
    [
        (name, np.int64)
        for name in (
            *GATE_ADDRESSES,
            "channels", "squeezed", "pixels",  # pixels an image
            "squeeze", "squeeze_bias", "excite", "excite_bias",  # in the flat parameters
            "activation",
        )
    ],
    align=True,
)  # fmt: skip

ENDS_ADDRESSES = (
    "x",  # first pixel of the images, inside their frame
    "y", "g",  # the last map and its gradient
    "d_scratch", "x_scratch",  # packed pairs of PACKED_ROWS rows, of a dz and of what its layer read
)  # fmt: skip
ENDS = np.dtype(
    [
        (name, np.int64)
        for name in (
            *ENDS_ADDRESSES,
            "x_image", "x_row",  # bytes
            "channels", "pixels",  # of the last map; pixels an image
            "weight", "bias",  # of the classifier, in the flat parameters
        )
    ],
    align=True,
)  # fmt: skip


def new_row(kind: np.dtype[np.void]) -> np.void:
    """A row of zeros."""
    made: np.void = np.zeros(1, kind)[0]
    return made
