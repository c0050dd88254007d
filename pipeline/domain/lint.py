"""Finds what is wrong with a rubric before anybody grades by it. Errors keep it from being approved, warnings do not.

These are errors:
- `demand_uncovered`: a numeric demand of the statement has no count criterion of its own with that `at_least`
- `demand_without_cap`: the demand's shortfall leaves the scale's maximum possible (a warning where the statement
  demands no such number)
- `descriptors_same`: two levels of a criterion have the same descriptor
- `empty_text`: a title, a descriptor, `qualifies` or an exemplar is blank; `unfinished`: it still holds the
  [[double brackets]] of a template
- `level_unreachable`: no marks can earn this number of guards; `max_unreachable`: the same for the maximum
- `levels_not_contiguous`: the level that gives the guards has not exactly the descriptors 0..scale maximum
- `overall_not_last`: `overall` must be judged with all others in view
- `thresholds_not_monotone`: more guards need no more points; `threshold_out_of_scale`: guards the scale has not
- `cap_unknown_criterion`, `cap_wrong_kind`: a cap on nothing, or on a mark of another kind
- `range_reversed`: `at_most` lies below `at_least`
- `exemplar_out_of_scale`: an exemplar has more guards than there are
- `wrong_case`: the rubric is another case's; `statement_without_rubric`: a case has none at all

These are warnings:
- `descriptors_too_alike`: two levels differ in next to nothing
- `criteria_overlap`: two criteria ask nearly the same, so one fault would count twice
- `cap_no_effect`: the cap can never lower anything
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, pairwise
from typing import Literal

from pydantic import Field
from rapidfuzz import fuzz

from pipeline.domain.contest import Case
from pipeline.domain.demands import find_demands
from pipeline.domain.guards import compute_guards, reachable
from pipeline.domain.ids import Value
from pipeline.domain.rubric import Cap, CountCriterion, Criterion, FromLevel, FromPoints, LevelCriterion, Rubric

Severity = Literal["error", "warning"]

MESSAGES = {
    "demand_uncovered": "the statement demands {text!r}: no count criterion of its own has at_least: {at_least}",
    "demand_without_cap": "fewer than {at_least} items still allow the maximum of {max}: no cap with items_below",
    "descriptors_same": "levels {low} and {high} have the same descriptor",
    "descriptors_too_alike": "the descriptors of levels {low} and {high} differ in next to nothing",
    "empty_text": "{field} is blank",
    "unfinished": "{field} still holds the template's [[…]]: write it",
    "level_unreachable": "no marks can earn {guards}",
    "max_unreachable": "no marks can earn the maximum of {guards}",
    "levels_not_contiguous": "needs exactly the levels 0 to {max}, has {levels}",
    "overall_not_last": "must be the last criterion: it is judged with the others in view",
    "thresholds_not_monotone": "{high} guards need {high_points} points, but {low} guards need {low_points}",
    "threshold_out_of_scale": "a threshold for {guards} guards, but the scale is 0 to {max}",
    "cap_unknown_criterion": "a cap on {cap!r}, which is no criterion of this rubric",
    "cap_wrong_kind": "a cap with {condition} cannot be put on a {kind} criterion",
    "cap_no_effect": "the cap at {max} ({condition}) can never lower anything",
    "criteria_overlap": "asks nearly the same as {other!r}: one fault would count twice",
    "range_reversed": "at_most: {at_most} lies below at_least: {at_least}",
    "exemplar_out_of_scale": "exemplar {number} has {guards} guards, but the scale is 0 to {max}",
    "wrong_case": "the rubric is for case {rubric}, the statement is case {case}",
    "statement_without_rubric": "case {case} has no rubric",
}
"""Each code's sentence in English, filled in with the finding's params."""

_WARNINGS = frozenset({"descriptors_too_alike", "criteria_overlap", "cap_no_effect"})
_ALIKE = 92.0
_WORD = re.compile(r"\w+")
_TURNS = frozenset(
    {"не", "нет", "ни", "без", "нельзя", "никогда", "один", "два", "две", "три", "четыре", "пять", "одна", "одно"}
    | {"not", "no", "never", "without", "none", "one", "two", "three", "four", "five", "all", "все", "всё", "some"}
)
_NEGATING = ("не", "без", "un", "in", "im", "non")


class LintFinding(Value):
    """One defect of a rubric; `params` fill its code's sentence. `criterion` is empty where it is about the whole."""

    code: str
    severity: Severity
    criterion: str = ""
    params: dict[str, str | int] = Field(default_factory=dict)

    @property
    def message(self) -> str:
        """The finding in English."""
        return MESSAGES[self.code].format(**self.params)


def lint_rubric(rubric: Rubric, case: Case, scale_max: int) -> tuple[LintFinding, ...]:
    """All findings about the case's rubric on a scale of 0..scale_max, errors first; empty where nothing is wrong."""
    found: list[LintFinding] = []
    if rubric.case != case.number:
        found.append(_finding("wrong_case", rubric=rubric.case, case=case.number))
    found += _demands(rubric, case, scale_max)
    for criterion in rubric.criteria:
        found += _criterion(criterion)
    found += _scale(rubric, scale_max)
    found += _caps(rubric, scale_max)
    found += _overlaps(rubric)
    for number, exemplar in enumerate(rubric.exemplars, 1):
        if exemplar.guards > scale_max:
            found.append(_finding("exemplar_out_of_scale", number=number, guards=exemplar.guards, max=scale_max))
        if not exemplar.text.strip():
            found.append(_finding("empty_text", field=f"exemplar {number}"))
    return tuple(sorted(found, key=lambda finding: finding.severity))


def missing_rubrics(cases: Iterable[int], rubrics: Collection[int]) -> tuple[LintFinding, ...]:
    """A finding for each case that has a statement and no rubric."""
    return tuple(_finding("statement_without_rubric", case=case) for case in sorted(cases) if case not in rubrics)


def has_errors(findings: Iterable[LintFinding]) -> bool:
    """Whether any finding keeps the rubric from being approved."""
    return any(finding.severity == "error" for finding in findings)


def _finding(code: str, criterion: str = "", *, severity: Severity | None = None, **params: str | int) -> LintFinding:
    usual: Severity = "warning" if code in _WARNINGS else "error"
    return LintFinding(code=code, severity=severity or usual, criterion=criterion, params=params)


def _demands(rubric: Rubric, case: Case, scale_max: int) -> Iterator[LintFinding]:
    demands = find_demands(case.statement)
    counts = [c for c in rubric.criteria if isinstance(c, CountCriterion)]
    free = Counter(c.at_least for c in counts)
    for demand in demands:
        if free[demand.at_least]:
            free[demand.at_least] -= 1
        else:
            yield _finding("demand_uncovered", text=" ".join(demand.text.split()), at_least=demand.at_least)
    demanded = {demand.at_least for demand in demands}
    for count in counts:
        if scale_max and _high(rubric, scale_max, count, count.at_least - 1) == scale_max:
            severity: Severity = "error" if count.at_least in demanded else "warning"
            yield _finding("demand_without_cap", count.id, severity=severity, at_least=count.at_least, max=scale_max)


def _high(rubric: Rubric, scale_max: int, criterion: Criterion, mark: int) -> int:
    """The most guards that this one mark leaves possible."""
    levels = {criterion.id: mark} if criterion.kind == "level" else {}
    counts = {criterion.id: mark} if criterion.kind == "count" else {}
    checks = {criterion.id: bool(mark)} if criterion.kind == "check" else {}
    return compute_guards(rubric, scale_max, levels=levels, counts=counts, checks=checks).high


def _criterion(criterion: Criterion) -> Iterator[LintFinding]:
    texts = {"title": criterion.title}
    if isinstance(criterion, CountCriterion):
        texts["qualifies"] = criterion.qualifies
        if criterion.at_most is not None and criterion.at_most < criterion.at_least:
            yield _finding("range_reversed", criterion.id, at_least=criterion.at_least, at_most=criterion.at_most)
    if isinstance(criterion, LevelCriterion):
        texts |= {f"levels.{level}": text for level, text in criterion.levels.items()}
        for (low, one), (high, other) in combinations(sorted(criterion.levels.items()), 2):
            if not one.strip() or not other.strip():
                continue
            if _plain(one) == _plain(other):
                yield _finding("descriptors_same", criterion.id, low=low, high=high)
            elif _alike(one, other):
                yield _finding("descriptors_too_alike", criterion.id, low=low, high=high)
    for field, text in texts.items():
        if not text.strip():
            yield _finding("empty_text", criterion.id, field=field)
        elif _unfinished(text):
            yield _finding("unfinished", criterion.id, field=field)


def _scale(rubric: Rubric, scale_max: int) -> Iterator[LintFinding]:
    rule = rubric.guards
    last = rubric.criteria[-1].id
    if any(c.id == "overall" for c in rubric.criteria) and last != "overall":
        yield _finding("overall_not_last", "overall")
    if isinstance(rule, FromLevel):
        source = rubric.criterion(rule.from_)
        levels = sorted(source.levels) if isinstance(source, LevelCriterion) else []
        if levels != list(range(scale_max + 1)):
            listed = ", ".join(map(str, levels))
            yield _finding("levels_not_contiguous", source.id, max=scale_max, levels=listed)
    else:
        yield from _thresholds(rule, scale_max)
    for guards in sorted(set(range(scale_max + 1)) - reachable(rubric, scale_max)):
        yield _finding("max_unreachable" if guards == scale_max else "level_unreachable", guards=guards)


def _thresholds(rule: FromPoints, scale_max: int) -> Iterator[LintFinding]:
    steps = sorted(rule.points.items())
    for guards, _ in steps:
        if not 0 <= guards <= scale_max:
            yield _finding("threshold_out_of_scale", guards=guards, max=scale_max)
    for (low, low_points), (high, high_points) in pairwise(steps):
        if high_points <= low_points:
            yield _finding(
                "thresholds_not_monotone", low=low, high=high, low_points=low_points, high_points=high_points
            )


def _caps(rubric: Rubric, scale_max: int) -> Iterator[LintFinding]:
    by_id = {criterion.id: criterion for criterion in rubric.criteria}
    for place, cap in enumerate(rubric.caps):
        criterion = by_id.get(cap.criterion)
        condition, kind = _condition(cap)
        if criterion is None:
            yield _finding("cap_unknown_criterion", cap=cap.criterion)
        elif criterion.kind != kind:
            yield _finding("cap_wrong_kind", criterion.id, condition=condition, kind=criterion.kind)
        else:
            others = tuple(c for at, c in enumerate(rubric.caps) if at != place and c.criterion in by_id)
            without = rubric.model_copy(update={"caps": others})
            if all(_high(without, scale_max, criterion, mark) <= cap.max for mark in _held_by(cap, criterion)):
                yield _finding("cap_no_effect", criterion.id, max=cap.max, condition=condition)


def _condition(cap: Cap) -> tuple[str, str]:
    """The cap's condition as written, and the kind of criterion it fits."""
    if cap.items_below is not None:
        return f"items_below: {cap.items_below}", "count"
    if cap.level_below is not None:
        return f"level_below: {cap.level_below}", "level"
    return f"is: {str(cap.is_).lower()}", "check"


def _held_by(cap: Cap, criterion: Criterion) -> Iterator[int]:
    """The marks of the criterion that the cap's condition holds for."""
    if isinstance(criterion, LevelCriterion):
        yield from (level for level in criterion.levels if level < (cap.level_below or 0))
    elif isinstance(criterion, CountCriterion):
        yield from range(max(0, cap.items_below or 0))
    else:
        yield int(bool(cap.is_))


def _overlaps(rubric: Rubric) -> Iterator[LintFinding]:
    source = rubric.guards.from_ if isinstance(rubric.guards, FromLevel) else None
    aspects = [criterion for criterion in rubric.criteria if criterion.id != source]
    for one, other in combinations(aspects, 2):
        bodies = tuple("" if _unfinished(body) else body for body in (_body(one), _body(other)))
        same_title = _alike(one.title, other.title) and (one.kind == other.kind or not all(bodies))
        if same_title or (all(bodies) and _alike(bodies[0], bodies[1])):
            yield _finding("criteria_overlap", other.id, other=one.id)


def _body(criterion: Criterion) -> str:
    if isinstance(criterion, LevelCriterion):
        return " ".join(text for _, text in sorted(criterion.levels.items()))
    return criterion.qualifies if isinstance(criterion, CountCriterion) else criterion.asks


def _unfinished(text: str) -> bool:
    return "[[" in text and "]]" in text


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower().replace("ё", "е")))


def _alike(one: str, other: str) -> bool:
    """Whether two texts say nearly the same: a number or a negation in only one of them makes them differ."""
    first, second = _plain(one), _plain(other)
    if not first or not second or max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second)) < _ALIKE:
        return False
    left, right = Counter(first.split()), Counter(second.split())
    only = set(left - right) | set(right - left)
    if any(word in _TURNS or word.isdigit() for word in only):
        return False
    return not any(prefix + word in only for word in only for prefix in _NEGATING)
