"""The rubric's published rule, applied by code: marks in, guards out. Nobody else adds up, for machine or juror."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.domain.rubric import Cap, CheckCriterion, CountCriterion, Criterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.verification import CapApplied, GuardsComputed

Mark = int | bool | None


class _Option(NamedTuple):
    """What one possible mark of a criterion does: points it gives and the bound its caps set."""

    points: int
    bound: int


def compute_guards(
    rubric: Rubric,
    scale_max: int,
    *,
    levels: Mapping[str, int | None],
    counts: Mapping[str, int | None],
    checks: Mapping[str, bool | None],
) -> GuardsComputed:
    """Guards by `rubric`: the source's level or the summed points' threshold, kept within 0..scale_max, then capped.

    A mark that is absent or None is unknown; while any criterion's mark is unknown `guards` is None, even where the
    open marks could not change them. low..high is exact: the least and the greatest guards over all ways to fill in
    the unknown marks (a level of the rubric, any number of items, true or false). With all marks known both equal
    `guards`. A cap that does not fit its criterion (lint reports it) counts as a condition nobody can know.
    Marks are taken as they are; that they fit the rubric is for the caller to have checked.
    """
    marks: dict[str, Mark] = {}
    for criterion in rubric.criteria:
        by_kind: Mapping[str, Mark] = {"level": levels, "count": counts, "check": checks}[criterion.kind]
        marks[criterion.id] = by_kind.get(criterion.id)
    unfit = [cap for cap in rubric.caps if not _fits(cap, rubric)]
    options = [_options(c, marks[c.id], rubric, scale_max) for c in rubric.criteria]
    options += [[_Option(0, scale_max), _Option(0, cap.max)] for cap in unfit]
    low, high = _bounds(options, rubric, scale_max)
    points, before = _before_caps(rubric, marks, scale_max)
    complete = not unfit and all(mark is not None for mark in marks.values())
    return GuardsComputed(
        guards=low if complete else None,
        low=low,
        high=high,
        before_caps=before,
        points=points,
        caps=tuple(_applied(cap) for cap in rubric.caps if cap not in unfit and _holds(cap, marks[cap.criterion])),
    )


def _fits(cap: Cap, rubric: Rubric) -> bool:
    kind = next((c.kind for c in rubric.criteria if c.id == cap.criterion), None)
    wanted = "count" if cap.items_below is not None else "level" if cap.level_below is not None else "check"
    return kind == wanted


def _holds(cap: Cap, mark: Mark) -> bool:
    if mark is None:
        return False
    if cap.items_below is not None:
        return mark < cap.items_below
    if cap.level_below is not None:
        return mark < cap.level_below
    return mark is cap.is_


def _applied(cap: Cap) -> CapApplied:
    if cap.items_below is not None:
        return CapApplied(criterion=cap.criterion, max=cap.max, why="items_below", bound=cap.items_below)
    if cap.level_below is not None:
        return CapApplied(criterion=cap.criterion, max=cap.max, why="level_below", bound=cap.level_below)
    return CapApplied(criterion=cap.criterion, max=cap.max, why="is", bound=bool(cap.is_))


def _points(criterion: Criterion, mark: int, rubric: Rubric) -> int:
    if isinstance(rubric.guards, FromLevel):
        return int(mark) if criterion.id == rubric.guards.from_ else 0
    if isinstance(criterion, CountCriterion):
        return min(mark, criterion.at_least)
    return int(mark)


def _possible(criterion: Criterion, rubric: Rubric) -> list[int] | list[bool]:
    """Marks that stand for all possible ones: beyond the highest bound more items change nothing."""
    if isinstance(criterion, LevelCriterion):
        return sorted(criterion.levels)
    if isinstance(criterion, CheckCriterion):
        return [False, True]
    bounds = [cap.items_below for cap in rubric.caps if cap.criterion == criterion.id and cap.items_below is not None]
    return list(range(max([criterion.at_least, *bounds]) + 1))


def _options(criterion: Criterion, mark: Mark, rubric: Rubric, scale_max: int) -> list[_Option]:
    caps = [cap for cap in rubric.caps if cap.criterion == criterion.id and _fits(cap, rubric)]
    return [
        _Option(_points(criterion, m, rubric), min([scale_max, *(cap.max for cap in caps if _holds(cap, m))]))
        for m in (_possible(criterion, rubric) if mark is None else [mark])
    ]


def _guards_of(total: int, rubric: Rubric, scale_max: int) -> int:
    if isinstance(rubric.guards, FromLevel):
        return max(0, min(total, scale_max))
    return max([0, *(min(guards, scale_max) for guards, needed in rubric.guards.points.items() if total >= needed)])


def _bounds(options: list[list[_Option]], rubric: Rubric, scale_max: int) -> tuple[int, int]:
    """Exact ends: guards never fall when points or a bound rise, so each end is reached criterion by criterion."""
    least = _guards_of(sum(min(o.points for o in some) for some in options), rubric, scale_max)
    low = min([least, *(o.bound for some in options for o in some)])
    for guards in range(scale_max, low, -1):
        allowed = [[o.points for o in some if o.bound >= guards] for some in options]
        if all(allowed) and _guards_of(sum(map(max, allowed)), rubric, scale_max) >= guards:
            return low, guards
    return low, low


def _before_caps(rubric: Rubric, marks: Mapping[str, Mark], scale_max: int) -> tuple[int | None, int | None]:
    """Summed points (None where the rubric sums none or one is open) and the guards before caps (None while open)."""
    rule = rubric.guards
    if isinstance(rule, FromLevel):
        level = marks[rule.from_]
        return None, None if level is None else _guards_of(int(level), rubric, scale_max)
    known = [_points(c, mark, rubric) for c in rubric.criteria if (mark := marks[c.id]) is not None]
    if len(known) < len(rubric.criteria):
        return None, None
    return sum(known), _guards_of(sum(known), rubric, scale_max)


def reachable(rubric: Rubric, scale_max: int) -> frozenset[int]:
    """Every number of guards that some full set of marks earns; caps that do not fit their criterion bind nobody."""
    states = {(0, scale_max)}
    for criterion in rubric.criteria:
        options = _options(criterion, None, rubric, scale_max)
        states = {(points + o.points, min(bound, o.bound)) for points, bound in states for o in options}
    return frozenset(min(_guards_of(points, rubric, scale_max), bound) for points, bound in states)
