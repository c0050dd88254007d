"""Krippendorff's alpha: agreement of any number of markers, some of whose marks may be missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from pipeline.domain.agreement.measured import Measured, Undefined

Metric = Literal["ordinal", "interval"]
Unit = tuple[int | None, ...]
"""the marks of one item by marker, None where a marker gave none"""


def coincidences(units: Iterable[tuple[Sequence[int | None], float]]) -> dict[tuple[int, int], float]:
    """The coincidence matrix of units and their weights: o(c, k) = Σ over units (ordered pairs c, k) / (m − 1).

    m is the number of marks in the unit; a unit with fewer than two adds nothing.
    """
    found: dict[tuple[int, int], float] = {}
    for unit, weight in units:
        counts = Counter(mark for mark in unit if mark is not None)
        m = counts.total()
        if m < 2:
            continue
        for c, nc in counts.items():
            for k, nk in counts.items():
                pairs = nc * (nk - 1) if c == k else nc * nk
                if pairs:
                    found[c, k] = found.get((c, k), 0.0) + weight * pairs / (m - 1)
    return found


def alpha_of(found: Mapping[tuple[int, int], float], metric: Metric) -> Measured:
    """Alpha of a coincidence matrix; see `alpha`."""
    totals: dict[int, float] = {}
    for (c, _), weight in found.items():
        totals[c] = totals.get(c, 0.0) + weight
    n = sum(totals.values())
    if not n:
        return Undefined.NO_ITEMS
    levels = sorted(level for level, total in totals.items() if total)
    if len(levels) < 2:
        return Undefined.NO_VARIATION
    place = _places(levels, totals) if metric == "ordinal" else {level: float(level) for level in levels}
    observed = sum(weight * (place[c] - place[k]) ** 2 for (c, k), weight in found.items() if weight)
    expected = sum(totals[c] * totals[k] * (place[c] - place[k]) ** 2 for c in levels for k in levels)
    return 1 - (n - 1) * observed / expected


def _places(levels: Sequence[int], totals: Mapping[int, float]) -> dict[int, float]:
    """Levels as places on a line whose distances are the ordinal metric's: half of both neighbours' marks apart."""
    place = {levels[0]: 0.0}
    for lower, upper in pairwise(levels):
        place[upper] = place[lower] + (totals[lower] + totals[upper]) / 2
    return place


def alpha(units: Iterable[Sequence[int | None]], metric: Metric) -> Measured:
    """Krippendorff's alpha: 1 perfect, 0 chance, below 0 worse than chance. Markers are interchangeable.

    1 − (n − 1) Σ o(c, k) δ²(c, k) / Σ n(c) n(k) δ²(c, k), n the marks that can be paired, n(c) those equal to c.
    interval: δ = c − k; ordinal: δ = Σ n(g) for g from c to k, less half of n(c) and of n(k) (Krippendorff 2019,
    chapter 12; 2011, Computing Krippendorff's alpha-reliability). NO_ITEMS where no item has two marks, NO_VARIATION
    where all marks that can be paired are equal: then nothing shows that the markers can tell items apart.
    """
    return alpha_of(coincidences((unit, 1) for unit in units), metric)
