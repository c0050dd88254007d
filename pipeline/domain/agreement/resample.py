"""Intervals by the bootstrap over entrants: an entrant's answers are drawn together, because they are alike.

Deterministic: `random.Random(seed)` is made anew in each call, and the order of the rows does not matter.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Generic, NamedTuple, TypeVar

from pipeline.domain.agreement.measured import Figure, Measured, Minima, Undefined, figure

LEVEL = 0.95
REPLICATES = 1000
UNDEFINED_SHARE = 0.05
"""An interval is not given where a larger share of the replicates leaves the statistic undefined."""
_SMALL = 10

Kind = TypeVar("Kind", bound=Hashable)
Weights = Sequence[int]


class Estimate(NamedTuple):
    """A statistic's value on weighted kinds of rows, and how many items it rests on."""

    value: Measured
    n: int


class Sample(Generic[Kind]):
    """Rows grouped by what they say (`kinds`) and by entrant: all that the statistics and the resampling need."""

    def __init__(self, rows: Iterable[tuple[str, Kind]]) -> None:
        """`rows`: (entrant, kind), one for each item; an item of unknown entrant comes under a name of its own."""
        by_entrant: dict[str, Counter[Kind]] = {}
        for entrant, kind in rows:
            by_entrant.setdefault(entrant, Counter())[kind] += 1
        self.kinds: list[Kind] = sorted({kind for counts in by_entrant.values() for kind in counts}, key=repr)
        index = {kind: place for place, kind in enumerate(self.kinds)}
        self.weights = [0] * len(self.kinds)
        bundles: Counter[tuple[tuple[int, int], ...]] = Counter()
        for counts in by_entrant.values():
            bundle = tuple(sorted((index[kind], n) for kind, n in counts.items()))
            bundles[bundle] += 1
            for place, n in bundle:
                self.weights[place] += n
        self.entrants = len(by_entrant)
        self._bundles = sorted(bundles.items())

    def replicates(self, count: int, seed: int) -> Iterator[list[int]]:
        """`count` resampled data sets of as many entrants, each as the weights of the kinds."""
        rng = Random(seed)  # noqa: S311 - a stated seed is the point: the same data has the same interval
        # Equal entrants are drawn by their number at once where that is less work than drawing one by one.
        draw = self._by_number if 10 * len(self._bundles) < self.entrants else self._one_by_one
        return draw(rng, count)

    def _by_number(self, rng: Random, count: int) -> Iterator[list[int]]:
        bundles, times = [bundle for bundle, _ in self._bundles], [n for _, n in self._bundles]
        for _ in range(count):
            weights = [0] * len(self.kinds)
            for bundle, drawn in zip(bundles, multinomial(rng, self.entrants, times), strict=True):
                for place, n in bundle if drawn else ():
                    weights[place] += n * drawn
            yield weights

    def _one_by_one(self, rng: Random, count: int) -> Iterator[list[int]]:
        """An entrant's weights stand in one long whole number, 32 bits a kind, so that one addition adds them all."""
        everyone = [number for bundle, n in self._bundles for number in [self._packed(bundle)] * n]
        size = len(self.kinds)
        for _ in range(count):
            total = sum(rng.choices(everyone, k=self.entrants))
            yield list(struct.unpack(f"<{size}I", total.to_bytes(4 * size, "little")))

    def _packed(self, bundle: tuple[tuple[int, int], ...]) -> int:
        weights = [0] * len(self.kinds)
        for place, n in bundle:
            weights[place] = n
        return int.from_bytes(struct.pack(f"<{len(weights)}I", *weights), "little")


Statistics = Callable[[Weights], Mapping[str, Estimate]]
"""Weights of the kinds -> named values; which names there are must not depend on the weights."""


def measured(
    sample: Sample[Kind],
    statistics: Statistics,
    *,
    least: Callable[[str], int],
    minima: Minima,
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
) -> dict[str, Figure]:
    """Each statistic's value with its percentile interval (Efron & Tibshirani 1993, chapter 13).

    `least`: the fewest items for a value, by the statistic's name; below it the figure is too few. No interval below
    `minima.entrants` entrants, and where more than UNDEFINED_SHARE of the replicates have no value; otherwise over
    those that have one. All statistics see the same replicates, so that differences between them are paired.
    """
    found = statistics(sample.weights)
    figures = {name: figure(e.value, e.n, least=least(name)) for name, e in found.items()}
    wanted = [name for name, one in figures.items() if one.value is not None]
    if sample.entrants < minima.entrants:
        none = {"no_interval": Undefined.TOO_FEW_ENTRANTS}
        return {n: f.model_copy(update=none) if f.value is not None else f for n, f in figures.items()}
    values: dict[str, list[float]] = {name: [] for name in wanted}
    for weights in sample.replicates(replicates, seed) if wanted else ():
        drawn = statistics(weights)
        for name in wanted:
            value = drawn[name].value
            if not isinstance(value, Undefined):
                values[name].append(value)
    for name in wanted:
        figures[name] = _with_interval(figures[name], values[name], replicates, level)
    return figures


def _with_interval(one: Figure, values: list[float], replicates: int, level: float) -> Figure:
    if len(values) < (1 - UNDEFINED_SHARE) * replicates or not values:
        return one.model_copy(update={"no_interval": Undefined.UNSTABLE})
    values.sort()
    tail = (1 - level) / 2
    return one.model_copy(
        update={"low": quantile(values, tail), "high": quantile(values, 1 - tail), "no_interval": None}
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of ordered values by linear interpolation between them (type 7 of Hyndman & Fan 1996)."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def multinomial(rng: Random, n: int, times: Sequence[int]) -> list[int]:
    """`n` draws over kinds with probabilities in proportion to `times`, as counts; by conditional binomials."""
    left, rest = n, sum(times)
    drawn = []
    for weight in times[:-1]:
        one = binomial(rng, left, weight / rest) if left else 0
        drawn.append(one)
        left, rest = left - one, rest - weight
    drawn.append(left)
    return drawn


def binomial(rng: Random, n: int, p: float) -> int:
    """A draw from the binomial distribution, exactly.

    Few expected: the waiting times between successes (Devroye 1986, X.4). Many: transformed rejection (BTRS,
    Hörmann 1993, The generation of binomial random variates).
    """
    if p <= 0 or n == 0:
        return 0
    if p > 0.5:
        return n - binomial(rng, n, 1 - p)
    return _by_waiting(rng, n, p) if n * p < _SMALL else _by_rejection(rng, n, p)


def _by_waiting(rng: Random, n: int, p: float) -> int:
    per = math.log1p(-p)
    drawn, tries = 0, 0
    while True:
        tries += math.floor(math.log(1 - rng.random()) / per) + 1
        if tries > n:
            return drawn
        drawn += 1


def _by_rejection(rng: Random, n: int, p: float) -> int:
    deviation = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre = n * p + 0.5
    squeeze = 0.92 - 4.2 / b
    scale = (2.83 + 5.1 / b) * deviation
    odds = math.log(p / (1 - p))
    mode = math.floor((n + 1) * p)
    top = math.lgamma(mode + 1) + math.lgamma(n - mode + 1)
    while True:
        u = rng.random() - 0.5
        v = 1 - rng.random()
        us = 0.5 - abs(u)
        if us == 0:
            continue
        k = math.floor((2 * a / us + b) * u + centre)
        if us >= 0.07 and v <= squeeze:
            return k
        if not 0 <= k <= n:
            continue
        log_v = math.log(v * scale / (a / (us * us) + b))
        if log_v <= top - math.lgamma(k + 1) - math.lgamma(n - k + 1) + (k - mode) * odds:
            return k
