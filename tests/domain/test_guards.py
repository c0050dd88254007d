"""Guards by the rubric's rule, against brute force."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.guards import compute_guards
from pipeline.domain.rubric import CheckCriterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.verification import GuardsComputed

CRITERIA: list[dict[str, Any]] = [
    {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "a phrase", "at_least": 3},
    {"id": "tone", "kind": "level", "title": "Tone", "levels": {0: "cold", 1: "flat", 2: "warm"}},
    {"id": "harm", "kind": "check", "title": "Harm"},
    {"id": "overall", "kind": "level", "title": "Overall", "levels": {0: "a", 1: "b", 2: "c", 3: "d"}},
]
CAPS: list[dict[str, Any]] = [
    {"criterion": "phrases", "items_below": 3, "max": 2},
    {"criterion": "phrases", "items_below": 1, "max": 1},
    {"criterion": "tone", "level_below": 1, "max": 1},
    {"criterion": "harm", "is": True, "max": 0},
]
DECISIVE = Rubric.model_validate({"case": 1, "criteria": CRITERIA, "caps": CAPS})
SUMMED = Rubric.model_validate(
    {"case": 1, "criteria": CRITERIA[:2], "guards": {"points": {1: 2, 2: 4, 3: 5}}, "caps": CAPS[:3]}
)


def computed(rubric: Rubric, scale_max: int = 3, **marks: Any) -> GuardsComputed:
    kinds = {c.id: c.kind for c in rubric.criteria}
    split: dict[str, dict[str, Any]] = {"level": {}, "count": {}, "check": {}}
    for name, mark in marks.items():
        split[kinds[name]][name] = mark
    return compute_guards(rubric, scale_max, levels=split["level"], counts=split["count"], checks=split["check"])


@pytest.mark.parametrize(
    ("marks", "guards", "before", "caps"),
    [
        ({"phrases": 3, "tone": 2, "harm": False, "overall": 3}, 3, 3, []),
        ({"phrases": 9, "tone": 1, "harm": False, "overall": 2}, 2, 2, []),
        ({"phrases": 2, "tone": 2, "harm": False, "overall": 3}, 2, 3, [2]),
        ({"phrases": 0, "tone": 0, "harm": False, "overall": 3}, 1, 3, [2, 1, 1]),
        ({"phrases": 3, "tone": 2, "harm": True, "overall": 3}, 0, 3, [0]),
        ({"phrases": 2, "tone": 2, "harm": False, "overall": 1}, 1, 1, [2]),
    ],
)
def test_rule_2_guards_are_the_sources_level_then_capped(
    marks: dict[str, Any], guards: int, before: int, caps: list[int]
) -> None:
    found = computed(DECISIVE, **marks)
    assert (found.guards, found.low, found.high, found.before_caps) == (guards, guards, guards, before)
    assert [cap.max for cap in found.caps] == caps
    assert found.points is None


@pytest.mark.parametrize(
    ("phrases", "tone", "guards", "points"), [(0, 1, 0, 1), (3, 1, 2, 4), (9, 2, 3, 5), (2, 2, 2, 4), (3, 0, 1, 3)]
)
def test_rule_2_points_are_summed_by_code_with_counts_up_to_the_demand(
    phrases: int, tone: int, guards: int, points: int
) -> None:
    found = computed(SUMMED, phrases=phrases, tone=tone)
    assert (found.guards, found.points) == (guards, points)


def test_a_level_beyond_the_scale_is_kept_within_it() -> None:
    assert computed(DECISIVE, 2, phrases=3, tone=2, harm=False, overall=3).guards == 2


def test_a_cap_that_does_not_fit_its_criterion_leaves_the_guards_open() -> None:
    for cap in ({"criterion": "tone", "items_below": 2, "max": 1}, {"criterion": "gone", "is": True, "max": 1}):
        rubric = Rubric.model_validate({"case": 1, "criteria": CRITERIA, "caps": [cap]})
        found = computed(rubric, phrases=3, tone=2, harm=False, overall=3)
        assert (found.guards, found.low, found.high, found.caps) == (None, 1, 3, ())


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[Rubric, int]:
    scale_max = draw(st.integers(1, 4))
    small = st.integers(0, 4)
    criteria: list[dict[str, Any]] = []
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["level", "count", "check"]))
        made: dict[str, Any] = {"id": f"c{index}", "kind": kind, "title": "t"}
        if kind == "level":
            made["levels"] = dict.fromkeys(draw(st.sets(small, min_size=2, max_size=4)), "x")
        if kind == "count":
            made |= {"qualifies": "q", "at_least": draw(st.integers(1, 3))}
        criteria.append(made)
    rule: dict[str, Any]
    if draw(st.booleans()):
        criteria.append({"id": "overall", "kind": "level", "title": "o", "levels": dict.fromkeys(range(4), "x")})
        rule = {"from": "overall"}
    else:
        thresholds = st.dictionaries(st.integers(0, 5), st.integers(0, 8), min_size=1, max_size=4)
        rule = {"points": draw(thresholds)}
    condition = {"level": "level_below", "count": "items_below"}
    caps = []
    for _ in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from(criteria))
        name = condition.get(target["kind"], "is")
        bound: object = draw(st.booleans()) if name == "is" else draw(small)
        caps.append({"criterion": target["id"], name: bound, "max": draw(small)})
    return Rubric.model_validate({"case": 1, "criteria": criteria, "guards": rule, "caps": caps}), scale_max


def by_hand(rubric: Rubric, scale_max: int, marks: dict[str, int]) -> int:
    """The rule of the rubric's docstrings, written as plainly as can be."""
    if isinstance(rubric.guards, FromLevel):
        guards = min(marks[rubric.guards.from_], scale_max)
    else:
        points = 0
        for criterion in rubric.criteria:
            mark = int(marks[criterion.id])
            points += min(mark, criterion.at_least) if criterion.kind == "count" else mark
        reached = [key for key, needed in rubric.guards.points.items() if needed <= points]
        guards = min(max(reached, default=0), scale_max)
    for cap in rubric.caps:
        mark = marks[cap.criterion]
        below = cap.items_below if cap.items_below is not None else cap.level_below
        if (mark == cap.is_) if below is None else (mark < below):
            guards = min(guards, cap.max)
    return guards


def choices(rubric: Rubric) -> dict[str, list[Any]]:
    return {
        c.id: sorted(c.levels)
        if isinstance(c, LevelCriterion)
        else [False, True]
        if isinstance(c, CheckCriterion)
        else list(range(7))
        for c in rubric.criteria
    }


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_rule_1_an_incomplete_grading_has_no_guards_and_an_exact_range(data: st.DataObject) -> None:
    """The range equals brute force over all ways to fill in what is unknown; a full set of marks has guards."""
    rubric, scale_max = data.draw(rubrics())
    possible = choices(rubric)
    marks: dict[str, Any] = {
        name: data.draw(st.none() | st.sampled_from(values), label=name) for name, values in possible.items()
    }
    found = computed(rubric, scale_max, **marks)
    open_marks = [name for name, mark in marks.items() if mark is None]
    filled = [
        by_hand(rubric, scale_max, marks | dict(zip(open_marks, values, strict=True)))
        for values in itertools.product(*(possible[name] for name in open_marks))
    ]
    assert (found.low, found.high) == (min(filled), max(filled))
    assert found.guards == (None if open_marks else filled[0])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_an_absent_mark_and_none_are_the_same(data: st.DataObject) -> None:
    rubric, scale_max = data.draw(rubrics())
    marks = {name: data.draw(st.none() | st.sampled_from(values)) for name, values in choices(rubric).items()}
    known = {name: mark for name, mark in marks.items() if mark is not None}
    assert computed(rubric, scale_max, **marks) == computed(rubric, scale_max, **known)
