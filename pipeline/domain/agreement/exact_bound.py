"""The exact lower bound of a share (Clopper & Pearson 1934), by the incomplete beta function."""

from __future__ import annotations

import math

_TINY = 1e-300
_PRECISE = 1e-16
_STEPS = 10_000
_HALVINGS = 200


def lower_bound(successes: int, n: int, doubt: float) -> float:
    """The one-sided lower bound of a share at confidence 1 − doubt: 0 for no success, else 0..1.

    The p at which `successes` or more out of `n` independent trials have the probability `doubt`: the `doubt`
    quantile of Beta(successes, n − successes + 1). ValueError for impossible counts or a doubt outside 0..1.
    """
    if not 0 <= successes <= n or not n or not 0 < doubt < 1:
        raise ValueError(f"no bound for {successes} of {n} at {doubt}")
    if not successes:
        return 0.0
    if successes == n:
        return math.exp(math.log(doubt) / n)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if beta_share(middle, successes, n - successes + 1) < doubt:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I(x; a, b), 0..1, for a, b > 0 and x in 0..1.

    The continued fraction of DLMF 8.17.22, evaluated from its front (Lentz 1976), on the side where it is quick.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + …))."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, _STEPS):
        m, odd = divmod(step, 2)
        if odd:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 + term * d
        d = 1 / (d if abs(d) > _TINY else _TINY)
        c = 1 + term / c
        c = c if abs(c) > _TINY else _TINY
        value *= c * d
        if abs(c * d - 1) < _PRECISE:
            break
    return value
