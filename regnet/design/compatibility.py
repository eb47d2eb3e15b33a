"""Group compatibility: a width and a group width made to fit each other (arXiv:2003.13678, sec. 3.2 and App. D)."""

import math


def compatible_width(w: int, b: float, g: int) -> tuple[int, int]:
    """Width and group width made to fit: g at most the inner width, inner width a multiple of g (App. D).

    Rounding is half to even, in integers. Where 1/b is an integer above 1 the inner width is made a multiple
    of it as well, so that w comes out whole. Where b is 1 or divides w, at most 1/3 of w is changed.
    The numbers are possible ones: a network's fields are checked where it is made.

    >>> compatible_width(24, 1, 16)
    (32, 16)
    >>> compatible_width(8, 1 / 4, 6)
    (9, 6)
    """
    inner = int(max(1, w / b))
    g = min(g, inner)
    inverse = round(1 / b)
    step = math.lcm(g, inverse) if inverse > 1 and math.isclose(1 / b, inverse) else g
    inner = max(step, round(inner / step) * step)
    return int(inner * b + 1e-9), g
