"""Statistics of weighted kinds of rows: what the resampling evaluates a thousand times over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import mul
from typing import Generic, TypeVar

from pipeline.domain.agreement.alpha import alpha_of, coincidences
from pipeline.domain.agreement.pairs import Pair, Sums, adjacent_agreement, exact_agreement, qwk, smd, terms
from pipeline.domain.agreement.resample import Estimate, Weights

Kind = TypeVar("Kind")


class PairSums(Generic[Kind]):
    """Weights of the kinds -> the sums of the pairs that `pick` finds in them (None: no pair, left out)."""

    def __init__(self, kinds: Sequence[Kind], pick: Callable[[Kind], Pair | None]) -> None:
        found = [(place, terms(pair)) for place, kind in enumerate(kinds) if (pair := pick(kind)) is not None]
        self._places = [place for place, _ in found]
        self._columns = list(zip(*(t for _, t in found), strict=True)) if found else [()] * len(Sums._fields)

    def __call__(self, weights: Weights) -> Sums:
        own = [weights[place] for place in self._places]
        return Sums(*(sum(map(mul, own, column)) for column in self._columns))


class AlphaSums:
    """Krippendorff's alpha of units, one a kind."""

    def __init__(self, units: Sequence[Sequence[int | None]]) -> None:
        self._cells = [coincidences([(unit, 1)]) for unit in units]
        self._paired = [place for place, cells in enumerate(self._cells) if cells]

    def __call__(self, name: str, weights: Weights) -> dict[str, Estimate]:
        """`name/ordinal` and `name/interval`; n is the number of items with two marks or more."""
        found: dict[tuple[int, int], float] = {}
        n = 0
        for place in self._paired:
            if weight := weights[place]:
                n += weight
                for cell, share in self._cells[place].items():
                    found[cell] = found.get(cell, 0.0) + weight * share
        return {
            f"{name}/ordinal": Estimate(alpha_of(found, "ordinal"), n),
            f"{name}/interval": Estimate(alpha_of(found, "interval"), n),
        }


def agreement(name: str, s: Sums) -> dict[str, Estimate]:
    """The four statistics of a pair of markers under `name/…`."""
    return {
        f"{name}/qwk": Estimate(qwk(s), s.n),
        f"{name}/exact": Estimate(exact_agreement(s), s.n),
        f"{name}/adjacent": Estimate(adjacent_agreement(s), s.n),
        f"{name}/smd": Estimate(smd(s), s.n),
    }
