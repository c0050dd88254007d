"""Awards by the published rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Contest
from pipeline.domain.standings import CaseGuards, EntrantAward, awards

OPENS = datetime(2026, 12, 10, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=10)


def contest(**award: Any) -> Contest:
    return Contest.model_validate({"id": "c", "opens": OPENS, "closes": CLOSES, "award": award})


def case(number: int, guards: int | None, day: float | None = 10) -> CaseGuards:
    published = None if day is None else OPENS + timedelta(days=day)
    return CaseGuards(case=number, guards=guards, published=published)


def one(found: Contest, *cases: CaseGuards) -> EntrantAward:
    return awards(found, {"e": cases})[0]


@pytest.mark.parametrize(
    ("award", "cases", "expected"),
    [
        ({"best": 3}, [case(1, 3), case(2, 3), case(3, 3)], 3),
        ({"best": 3}, [case(1, 3), case(2, 3)], 2),
        ({"best": 2}, [case(1, 3), case(2, 1), case(3, 2)], 2.5),
        ({"best": 1, "max": 10}, [case(1, 2)], 6.666667),
        ({"best": 2, "core": 2}, [case(1, 3), case(2, 3)], 2),
        ({"best": 1, "core": 2, "breadth": 0.3}, [case(1, 3), case(2, 3), case(3, 1), case(4, 0)], 2.4),
        ({"best": 1, "core": 2, "breadth": 9}, [case(1, 3), case(2, 3)], 3),
        ({"best": 2, "core": 2, "speed": 1}, [case(1, 3, 0), case(2, 3, 5)], 2.75),
        ({"best": 2, "core": 2, "speed": 1}, [case(1, 3, -3), case(2, 3, None)], 2.5),
        ({"best": 2, "core": 2, "speed": 1}, [case(1, 0, 0), case(2, 3, 10)], 1),
        ({"best": 1, "core": 2, "speed": 1}, [case(1, 3, 9), case(2, 3, 1)], 2.9),
        ({"method": "sum", "max": 20}, [case(1, 3), case(2, 2), case(3, 1)], 6),
        ({"method": "sum", "max": 20, "speed": 1}, [case(1, 3, 0), case(2, 2, 10)], 6),
        ({"method": "sum", "max": 4}, [case(1, 3), case(2, 2)], 4),
        ({}, [], 0),
    ],
)
def test_awards_by_the_published_rule(award: dict[str, Any], cases: list[CaseGuards], expected: float) -> None:
    found = one(contest(**award), *cases)
    assert (found.award, found.low, found.high, found.open) == (expected, expected, expected, ())


def test_the_cases_that_count_are_named() -> None:
    found = one(contest(best=2, core=2, breadth=0.1), case(4, 2), case(1, 1), case(2, 3), case(3, 2), case(5, 0))
    assert (found.counted, found.further) == ((2, 3), (4, 1))
    early = one(contest(best=1, speed=0.1), case(1, 2, 8), case(2, 2, 3))
    assert early.counted == (2,)


def test_rule_1_an_undecided_case_is_a_range_and_never_a_number() -> None:
    found = one(contest(best=2), case(1, 3), case(2, None))
    assert (found.award, found.low, found.high, found.open) == (None, 1.5, 3, (2,))
    assert found.counted == ()
    alone = one(contest(best=1), case(1, None))
    assert (alone.award, alone.low, alone.high) == (None, 0, 3)


def test_rule_1_an_answer_whose_case_nobody_named_leaves_the_award_open() -> None:
    """It may become one more case; two of them may become two."""
    waiting = CaseGuards(case=None)
    found = one(contest(best=3), waiting)
    assert (found.award, found.low, found.high, found.open, found.unplaced) == (None, 0, 1, (), 1)
    both = one(contest(best=3), waiting, waiting, case(1, 3))
    assert (both.award, both.low, both.high, both.unplaced) == (None, 1, 3, 2)


def test_an_open_case_that_cannot_matter_leaves_the_award_exact() -> None:
    found = one(contest(best=1), case(1, 3), case(2, None))
    assert (found.award, found.open) == (3, (2,))


def test_without_a_window_nobody_earns_speed() -> None:
    free = Contest.model_validate({"id": "c", "award": {"best": 1, "core": 2, "speed": 1}})
    assert one(free, case(1, 3, 0)).award == 2


def test_a_case_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        one(contest(), case(1, 3), case(1, 2))


def test_standings_run_from_the_highest_award_down() -> None:
    table = {"b": [case(1, 1)], "c": [case(1, 3)], "a": [case(1, 1)], "d": [case(1, None)]}
    assert [a.entrant for a in awards(contest(), table)] == ["c", "a", "b", "d"]


RULES = st.builds(
    contest,
    method=st.sampled_from(["mean_of_best", "sum"]),
    best=st.integers(1, 4),
    max=st.sampled_from([1.0, 3.0, 3.3333333, 10.0]),
    core=st.none() | st.sampled_from([0.5, 2.1, 5.0]),
    breadth=st.sampled_from([0.0, 0.1, 1.7]),
    speed=st.sampled_from([0.0, 0.3, 4.0]),
)
DAYS = st.none() | st.floats(-2, 12, allow_nan=False)
CASES = st.lists(
    st.builds(case, st.integers(1, 12), st.none() | st.integers(0, 3), DAYS), max_size=7, unique_by=lambda c: c.case
)


@settings(max_examples=150, deadline=None)
@given(RULES, CASES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(rule: Contest, cases: list[CaseGuards], random: Any) -> None:
    shuffled = random.sample(cases, len(cases))
    assert awards(rule, {"a": cases, "b": cases[:1]}) == awards(rule, {"b": cases[:1], "a": shuffled})


@settings(max_examples=200, deadline=None)
@given(RULES, CASES, st.data())
def test_more_guards_or_an_earlier_post_never_lower_an_award(
    rule: Contest, cases: list[CaseGuards], data: st.DataObject
) -> None:
    before = one(rule, *cases)
    if not cases:
        return
    index = data.draw(st.integers(0, len(cases) - 1))
    chosen = cases[index]
    if data.draw(st.booleans()) and chosen.guards is not None:
        better = chosen.model_copy(update={"guards": min(3, chosen.guards + 1)})
    else:
        stamp = chosen.published or CLOSES
        hours = data.draw(st.integers(1, 300))
        better = chosen.model_copy(update={"published": stamp - timedelta(hours=hours)})
    after = one(rule, *cases[:index], better, *cases[index + 1 :])
    assert after.low >= before.low
    assert after.high >= before.high


@settings(max_examples=150, deadline=None)
@given(RULES, CASES, st.data())
def test_rule_1_the_range_holds_every_award_that_decisions_can_still_lead_to(
    rule: Contest, cases: list[CaseGuards], data: st.DataObject
) -> None:
    before = one(rule, *cases)
    assert 0 <= before.low <= before.high <= rule.award.max
    assert (before.award is None) == (before.low < before.high)
    decided = [
        c if c.guards is not None else c.model_copy(update={"guards": data.draw(st.integers(0, 3))}) for c in cases
    ]
    after = one(rule, *decided)
    assert after.award is not None
    assert before.low <= after.award <= before.high
    if before.award is not None:
        assert after.award == before.award
