"""The interval of an error that is a share of images."""

from scipy.stats import binomtest


def error_interval(wrong: int, images: int) -> tuple[float, float]:
    """Clopper and Pearson's 95% interval of an error in percent, where `wrong` of `images` were wrong.

    >>> [round(end, 1) for end in error_interval(12_200, 50_000)]
    [24.0, 24.8]
    """
    found = binomtest(wrong, images).proportion_ci(0.95, method="exact")
    return 100 * float(found.low), 100 * float(found.high)
