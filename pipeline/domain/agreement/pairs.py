"""Agreement of two markers on the same items, from eight sums of whole numbers: exact until the last division."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.domain.agreement.measured import Measured, Undefined

Pair = tuple[int, int]


class Sums(NamedTuple):
    """n, Σa, Σb, Σa², Σb², Σab, items with a = b, items with |a − b| ≤ 1."""

    n: int
    a: int
    b: int
    aa: int
    bb: int
    ab: int
    exact: int
    adjacent: int


def sums(pairs: Iterable[Pair]) -> Sums:
    """The sums of the pairs (first marker's mark, second marker's mark)."""
    columns = [terms(pair) for pair in pairs]
    return Sums(*(map(sum, zip(*columns, strict=True)))) if columns else Sums(*[0] * 8)


def terms(pair: Pair) -> Sums:
    """What one pair adds to the sums."""
    a, b = pair
    return Sums(1, a, b, a * a, b * b, a * b, int(a == b), int(abs(a - b) <= 1))


def qwk(s: Sums) -> Measured:
    """Cohen's kappa with quadratic weights; 1 is perfect, 0 is what equal marginals give by chance, at least −1.

    1 − Σ wᵢⱼ Oᵢⱼ / Σ wᵢⱼ Eᵢⱼ with wᵢⱼ = (i − j)², O the confusion matrix over the whole scale and E the product of
    its marginals divided by n (Cohen 1968). With these weights both sums follow from moments (variances over n, not
    n − 1), so that the marks that nobody gave need no row. NO_VARIATION where both gave one and the same mark
    throughout: 0/0. Where only one of them is constant it is 0.
    """
    if not s.n:
        return Undefined.NO_ITEMS
    expected = s.n * (s.aa + s.bb) - 2 * s.a * s.b
    if expected == 0:
        return Undefined.NO_VARIATION
    # One subtraction of whole numbers before the division: perfect agreement is exactly 1, chance exactly 0.
    return (expected - s.n * (s.aa + s.bb - 2 * s.ab)) / expected


def exact_agreement(s: Sums) -> Measured:
    """The share of items with equal marks, 0..1. Not corrected for chance."""
    return s.exact / s.n if s.n else Undefined.NO_ITEMS


def adjacent_agreement(s: Sums) -> Measured:
    """The share of items whose marks differ by at most one, 0..1; it holds the exact ones."""
    return s.adjacent / s.n if s.n else Undefined.NO_ITEMS


def smd(s: Sums) -> Measured:
    """Standardised mean difference, second minus first: above 0 the second marker is the more generous.

    (mean b − mean a) / √((var a + var b) / 2), variances over n (Williamson, Xi & Breyer 2012). NO_VARIATION where
    neither marker varies.
    """
    if not s.n:
        return Undefined.NO_ITEMS
    spread = s.n * (s.aa + s.bb) - s.a * s.a - s.b * s.b
    return (s.b - s.a) / math.sqrt(spread / 2) if spread else Undefined.NO_VARIATION


def standardised_difference(part: Sums, whole: Sums) -> Measured:
    """Mean standardised difference of a slice: whether the second marker treats it otherwise than the rest.

    mean over the slice of z(b) − z(a), each marker's marks standardised by that marker's mean and deviation (over n)
    in the whole data, slice included: 0 for the whole by construction. The "difference of standardised means" of
    RSMTool's documentation, which prefers it to the SMD within a slice, for that depends on the slice's own spread;
    there over n - 1. NO_VARIATION where a marker is constant in the whole.
    """
    if not part.n:
        return Undefined.NO_ITEMS
    va, vb = whole.n * whole.aa - whole.a**2, whole.n * whole.bb - whole.b**2
    if not va or not vb:
        return Undefined.NO_VARIATION
    za = (whole.n * part.a - part.n * whole.a) / math.sqrt(va)
    zb = (whole.n * part.b - part.n * whole.b) / math.sqrt(vb)
    return (zb - za) / part.n


def confusion(pairs: Iterable[Pair], top: int) -> tuple[tuple[int, ...], ...]:
    """Counts over the whole scale 0..top: rows the first marker's marks, columns the second's.

    ValueError for a mark off the scale.
    """
    table = [[0] * (top + 1) for _ in range(top + 1)]
    for a, b in pairs:
        if not (0 <= a <= top and 0 <= b <= top):
            raise ValueError(f"a mark outside 0..{top}: {a}, {b}")
        table[a][b] += 1
    return tuple(tuple(row) for row in table)


def marginals(table: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Row sums and column sums of a confusion matrix."""
    return tuple(sum(row) for row in table), tuple(sum(column) for column in zip(*table, strict=True))
