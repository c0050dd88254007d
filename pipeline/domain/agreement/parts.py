"""The answers in parts: slices, criteria, and the part the machine is surest of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pipeline.domain.agreement.evaluation import CriterionAgreement, Dimension, EvaluatedItem, Options, Slice
from pipeline.domain.agreement.measured import Figure
from pipeline.domain.agreement.pairs import Pair, exact_agreement, qwk, standardised_difference
from pipeline.domain.agreement.resample import Estimate, Sample, Weights
from pipeline.domain.agreement.selective import AtTarget, Curve, Graded, aurc, coverage_at, curve, grouped
from pipeline.domain.agreement.weighted import PairSums

Row = Any
"""what a sample's kinds are: each analysis has its own"""
FiguresOf = Callable[[Sample[Row], Callable[[Weights], Mapping[str, Estimate]], Options], dict[str, Figure]]
_Kind = tuple[str, int, int | None, int]
"""label, the reference's mark, the next rater's, the machine's"""


def next_rater(options: Options) -> int | None:
    """The rater that the reference is compared with in slices and criteria; None where there is only one."""
    others = [place for place in range(len(options.raters)) if place != options.reference]
    return others[0] if others else None


def slices(marked: Sequence[EvaluatedItem], options: Options, figures_of: FiguresOf) -> tuple[Slice, ...]:
    """A slice for every label of every dimension, on items with computed guards; unlabelled items are left out."""
    found: list[Slice] = []
    for dimension in get_args(Dimension):
        found += _dimension(marked, options, figures_of, dimension)
    return tuple(found)


def _dimension(
    marked: Sequence[EvaluatedItem], options: Options, figures_of: FiguresOf, dimension: Dimension
) -> list[Slice]:
    other = next_rater(options)
    sample: Sample[_Kind] = Sample(
        (item.entrant, (label, mark, None if other is None else item.marks[other], item.machine))
        for item in marked
        if item.machine is not None
        and (mark := item.marks[options.reference]) is not None
        and (label := item.slices.get(dimension))
    )
    labels = sorted({kind[0] for kind in sample.kinds}, key=_natural)
    whole = PairSums(sample.kinds, lambda kind: (kind[1], kind[3]))
    machine = {label: PairSums(sample.kinds, _of_label(label, 3)) for label in labels}
    raters = {label: PairSums(sample.kinds, _of_label(label, 2)) for label in labels}

    def statistics(weights: Weights) -> dict[str, Estimate]:
        every, estimates = whole(weights), {}
        for label in labels:
            s, r = machine[label](weights), raters[label](weights)
            estimates[f"{label}/agreement_raters"] = Estimate(qwk(r), r.n)
            estimates[f"{label}/qwk"] = Estimate(qwk(s), s.n)
            estimates[f"{label}/exact"] = Estimate(exact_agreement(s), s.n)
            estimates[f"{label}/difference"] = Estimate(standardised_difference(s, every), s.n)
        return estimates

    figures = figures_of(sample, statistics, options)
    names = ("agreement_raters", "qwk", "exact", "difference")
    return [
        Slice(
            dimension=dimension,
            label=label,
            n=machine[label](sample.weights).n,
            **{name: figures[f"{label}/{name}"] for name in names},
        )
        for label in labels
    ]


def _of_label(label: str, second: int) -> Callable[[_Kind], Pair | None]:
    def pick(kind: _Kind) -> Pair | None:
        mark = kind[second]
        return (kind[1], mark) if kind[0] == label and isinstance(mark, int) else None

    return pick


def _natural(label: str) -> tuple[bool, int, str]:
    return (not label.isdigit(), int(label) if label.isdigit() else 0, label)


def criteria(
    marked: Sequence[EvaluatedItem], options: Options, figures_of: FiguresOf
) -> tuple[CriterionAgreement, ...]:
    """Each criterion of each case that the reference marked."""
    other = next_rater(options)
    rows: list[tuple[str, tuple[str, int, int | None, int | None]]] = []
    for item in marked:
        for name, marks in item.criteria.items():
            mark = marks[options.reference]
            if mark is not None:
                rows.append((item.entrant, (name, mark, None if other is None else marks[other], marks[-1])))
    sample: Sample[tuple[str, int, int | None, int | None]] = Sample(rows)
    names = sorted({kind[0] for kind in sample.kinds}, key=lambda name: (_natural(name.partition("/")[0]), name))
    pairs = {
        (name, who): PairSums(sample.kinds, _of_criterion(name, place))
        for name in names
        for who, place in (("raters", 2), ("machine", 3))
    }

    def statistics(weights: Weights) -> dict[str, Estimate]:
        estimates = {}
        for (name, who), pair in pairs.items():
            s = pair(weights)
            estimates[f"{name}/{who}_exact"] = Estimate(exact_agreement(s), s.n)
            estimates[f"{name}/{who}_qwk"] = Estimate(qwk(s), s.n)
        return estimates

    figures = figures_of(sample, statistics, options)
    parts = ("machine_exact", "machine_qwk", "raters_exact", "raters_qwk")
    return tuple(
        CriterionAgreement(criterion=name, **{part: figures[f"{name}/{part}"] for part in parts}) for name in names
    )


def _of_criterion(name: str, second: int) -> Callable[[tuple[str, int, int | None, int | None]], Pair | None]:
    def pick(kind: tuple[str, int, int | None, int | None]) -> Pair | None:
        mark = kind[second]
        return (kind[1], mark) if kind[0] == name and isinstance(mark, int) else None

    return pick


def selective(
    marked: Sequence[EvaluatedItem], options: Options, figures_of: FiguresOf
) -> tuple[Curve | None, AtTarget | None]:
    """The risk-coverage curve with its area's interval, and the coverage at the target; None without signals."""
    graded = [
        (item.entrant, Graded(item.doubt, item.machine != item.marks[options.reference]))
        for item in marked
        if item.machine is not None and item.doubt
    ]
    if not graded:
        return None, None
    items = [one for _, one in graded]
    least = options.minima.coefficients
    found = curve(items, least=least)
    bounds = [doubt for doubt, _, _ in grouped(items)]
    place_of = _places([item.doubt for item in items], bounds)
    sample: Sample[tuple[int, bool]] = Sample((entrant, (place_of[one.doubt], one.wrong)) for entrant, one in graded)
    right = [(place, index) for index, (place, wrong) in enumerate(sample.kinds) if not wrong]
    bad = [(place, index) for index, (place, wrong) in enumerate(sample.kinds) if wrong]

    def statistics(weights: Weights) -> dict[str, Estimate]:
        groups = [[0, 0] for _ in bounds]
        for place, index in right:
            groups[place][0] += weights[index]
        for place, index in bad:
            groups[place][0] += weights[index]
            groups[place][1] += weights[index]
        n = sum(group[0] for group in groups)
        return {"aurc": Estimate(aurc((n, wrong) for n, wrong in groups), n)}

    area = figures_of(sample, statistics, options)["aurc"]
    return found.model_copy(update={"aurc": area}), coverage_at(items, options.target, least=options.minima.shares)


def _places(doubts: Sequence[tuple[float, ...]], bounds: Sequence[tuple[float, ...]]) -> dict[tuple[float, ...], int]:
    """Each degree of doubt with the group that accepts it: the first whose bound it does not exceed."""
    places, place = {}, 0
    for doubt in sorted(set(doubts)):
        while doubt > bounds[place]:
            place += 1
        places[doubt] = place
    return places
