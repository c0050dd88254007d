"""Whether the level that the guards are taken from fits the other marks."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.domain.rubric import CheckCriterion, CountCriterion, Criterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.verification import GuardsComputed


def contradicting_level(
    rubric: Rubric,
    computed: GuardsComputed,
    *,
    levels: Mapping[str, int | None],
    counts: Mapping[str, int | None],
    checks: Mapping[str, bool | None],
) -> int | None:
    """The level of the guards' source if it contradicts the other marks, else None. None where points are summed.

    Too high: it stands at its top level, and a cap whose condition holds cuts the guards below what it gives.
    Too low: it stands at one of its lowest two levels (of a scale with two or three levels: at the lowest), while
    every other criterion is known and at its best, and at least one of them is something that is asked for. Best is
    the top level; `at_least` items; for a check the value no cap is on, and true where none is. Harm, a check that is
    capped where true, is not something asked for: its absence alone does not make an answer good.
    """
    if not isinstance(rubric.guards, FromLevel):
        return None
    source = rubric.criterion(rubric.guards.from_)
    level = levels.get(source.id)
    if level is None or not isinstance(source, LevelCriterion):
        return None
    steps = sorted(source.levels)
    if level == steps[-1]:
        before = computed.before_caps
        return level if before is not None and any(cap.max < before for cap in computed.caps) else None
    others = [c for c in rubric.criteria if c.id != source.id]
    asked = [c for c in others if not (isinstance(c, CheckCriterion) and not _good(c, rubric))]
    low = steps[: max(1, min(2, len(steps) // 2))]
    good = bool(asked) and all(_best(c, rubric, levels, counts, checks) for c in others)
    return level if level in low and good else None


def _good(check: CheckCriterion, rubric: Rubric) -> bool:
    """The value of a check that is no harm."""
    return not any(cap.criterion == check.id and cap.is_ is True for cap in rubric.caps)


def _best(
    criterion: Criterion,
    rubric: Rubric,
    levels: Mapping[str, int | None],
    counts: Mapping[str, int | None],
    checks: Mapping[str, bool | None],
) -> bool:
    if isinstance(criterion, LevelCriterion):
        return levels.get(criterion.id) == max(criterion.levels)
    if isinstance(criterion, CountCriterion):
        return (counts.get(criterion.id) or 0) >= criterion.at_least
    return checks.get(criterion.id) is _good(criterion, rubric)
