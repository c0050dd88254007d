"""Selective grading: how good the machine is on the part it is surest of, and how large that part may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from pydantic import Field

from pipeline.domain.agreement.exact_bound import lower_bound
from pipeline.domain.agreement.measured import Figure, Measured, Undefined
from pipeline.domain.ids import Value

MOST_GROUPS = 200
_EULER = 0.5772156649015329
_SUMMED = [0.0, *accumulate(1 / n for n in range(1, 200))]

Doubt = tuple[float, ...]
"""How doubtful a grading is, compared place by place; the smaller, the sooner it would be accepted"""


class Graded(NamedTuple):
    """One item: how doubtful, and whether the machine's guards differ from the reference's."""

    doubt: Doubt
    wrong: bool


class CurvePoint(Value):
    """Accepting everything up to one degree of doubt: `accepted` items, `wrong` of them unequal to the reference."""

    accepted: int
    wrong: int
    coverage: float
    risk: float


class Curve(Value):
    """The risk-coverage curve, surest first. Items of equal doubt are accepted together: one point for them all.

    `aurc`: area under it; `aurc_random`: what an order without knowledge gives (the overall risk); `aurc_best`: what
    an order gives that knows every error.
    """

    points: tuple[CurvePoint, ...]
    aurc: Figure
    aurc_random: float | None
    aurc_best: float | None


class AtTarget(Value):
    """The largest share of items that can be accepted with exact agreement of at least `target`, shown by a bound.

    `agreement`: exact agreement among the accepted; `lower`: its bound at `confidence`, already corrected for
    `tried` points of the curve. `coverage` without a value: no point reaches the target.
    """

    target: float
    confidence: float
    tried: int
    coverage: Figure
    accepted: int | None = None
    agreement: float | None = None
    lower: float | None = None
    doubt: Doubt | None = Field(default=None)


def grouped(items: Iterable[Graded]) -> list[tuple[Doubt, int, int]]:
    """(doubt, items, wrong) in the order of acceptance.

    More than MOST_GROUPS degrees of doubt (a model's own confidence, say) are joined with their neighbours into
    MOST_GROUPS groups of about as many items each.
    """
    found: dict[Doubt, list[int]] = {}
    for item in items:
        group = found.setdefault(item.doubt, [0, 0])
        group[0] += 1
        group[1] += item.wrong
    ordered = [(doubt, n, wrong) for doubt, (n, wrong) in sorted(found.items())]
    if len(ordered) <= MOST_GROUPS:
        return ordered
    total = sum(n for _, n, _ in ordered)
    joined: list[tuple[Doubt, int, int]] = []
    done, share = 0, 0
    for doubt, n, wrong in ordered:
        if joined and done * MOST_GROUPS < share * total:
            joined[-1] = (doubt, joined[-1][1] + n, joined[-1][2] + wrong)
        else:
            joined.append((doubt, n, wrong))
            share += 1
        done += n
    return joined


def aurc(groups: Iterable[tuple[int, int]]) -> Measured:
    """The mean of the risks at coverages 1/n, 2/n, …, 1 (Geifman & El-Yaniv 2017; Geifman, Uziel & El-Yaniv 2019).

    Risk: the share of wrong items among those accepted so far, 0 is best. `groups`: (items, wrong) in the order of
    acceptance; within a group of equal doubt the order is random, and the mean over all such orders is given: with
    e wrong of m items after w wrong of k, Σ (w + e·j/m) / (k + j) for j = 1..m is e + (w − e·k/m)(H(k+m) − H(k)).
    """
    total, done, wrong = 0.0, 0, 0
    for n, bad in groups:
        if n:
            total += bad + (wrong - bad * done / n) * (harmonic(done + n) - harmonic(done))
            done, wrong = done + n, wrong + bad
    return total / done if done else Undefined.NO_ITEMS


def harmonic(n: int) -> float:
    """1 + 1/2 + … + 1/n; from _SUMMED on by the Euler-Maclaurin series, to the last digits of a float."""
    if n < len(_SUMMED):
        return _SUMMED[n]
    return math.log(n) + _EULER + 1 / (2 * n) - 1 / (12 * n**2) + 1 / (120 * n**4) - 1 / (252 * n**6)


def curve(items: Sequence[Graded], *, least: int) -> Curve:
    """The curve of the items; its area is too few below `least` items."""
    groups = grouped(items)
    points, done, wrong = [], 0, 0
    for _, n, bad in groups:
        done, wrong = done + n, wrong + bad
        points.append(CurvePoint(accepted=done, wrong=wrong, coverage=done / len(items), risk=wrong / done))
    area = aurc((n, bad) for _, n, bad in groups)
    few = 0 < len(items) < least
    known = not few and not isinstance(area, Undefined)
    best = aurc([(done - wrong, 0), (wrong, wrong)])
    why = None if known else Undefined.TOO_FEW if few else Undefined.NO_ITEMS
    return Curve(
        points=tuple(points),
        aurc=Figure(value=area if known and isinstance(area, float) else None, n=done, why=why, no_interval=why),
        aurc_random=wrong / done if known else None,
        aurc_best=best if known and isinstance(best, float) else None,
    )


def coverage_at(items: Sequence[Graded], target: float, *, least: int, confidence: float = 0.95) -> AtTarget:
    """The largest coverage whose Clopper-Pearson lower bound of exact agreement reaches `target`.

    Each point of the curve with at least `least` items is tried, so the doubt 1 − confidence is divided by their
    number (Bonferroni): the promise holds for the point chosen afterwards. It holds for items that are independent
    and like these; answers of one entrant are not quite independent, so it is a little too hopeful. NOT_REACHED
    where no point does.
    """
    if not items:
        none = Figure(value=None, n=0, why=Undefined.NO_ITEMS, no_interval=Undefined.NO_ITEMS)
        return AtTarget(target=target, confidence=confidence, tried=0, coverage=none)
    tried, done, wrong = [], 0, 0
    for doubt, n, bad in grouped(items):
        done, wrong = done + n, wrong + bad
        if done >= least:
            tried.append((doubt, done, wrong))
    for doubt, accepted, bad in reversed(tried):
        lower = lower_bound(accepted - bad, accepted, (1 - confidence) / len(tried))
        if lower >= target:
            return AtTarget(
                target=target,
                confidence=confidence,
                tried=len(tried),
                coverage=Figure(value=accepted / len(items), n=len(items), no_interval=Undefined.NOT_GIVEN),
                accepted=accepted,
                agreement=1 - bad / accepted,
                lower=lower,
                doubt=doubt,
            )
    why = Undefined.NOT_REACHED if tried else Undefined.TOO_FEW
    none = Figure(value=None, n=len(items), why=why, no_interval=why)
    return AtTarget(target=target, confidence=confidence, tried=len(tried), coverage=none)
