"""The risk-coverage curve, its area over all orders of ties, and the exact bound."""

from __future__ import annotations

import importlib
from itertools import permutations, product

import pytest

from pipeline.domain.agreement.doubt import doubt_of
from pipeline.domain.agreement.exact_bound import beta_share, lower_bound
from pipeline.domain.agreement.measured import Undefined
from pipeline.domain.agreement.selective import MOST_GROUPS, Graded, aurc, coverage_at, curve, grouped, harmonic
from pipeline.domain.decision import Pending, Referred, Suggested
from pipeline.domain.submission import Reason


def test_the_bound_is_newcombes_worked_examples() -> None:
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 5."""
    assert lower_bound(81, 263, 0.025) == pytest.approx(0.2527, abs=5e-5)
    assert lower_bound(15, 148, 0.025) == pytest.approx(0.0578, abs=5e-5)
    assert lower_bound(0, 20, 0.025) == 0


@pytest.mark.oracle
def test_the_bound_is_scipys_quantile_of_beta() -> None:
    stats = importlib.import_module("scipy.stats")
    for n, doubt in product((1, 2, 5, 31, 500, 20_000), (0.05, 0.01, 0.0005)):
        for k in sorted({1, n // 2, n - 1, n} - {0}):
            assert lower_bound(k, n, doubt) == pytest.approx(stats.beta.ppf(doubt, k, n - k + 1), abs=1e-9)


def test_the_bound_refuses_what_cannot_be() -> None:
    for wrong in ((3, 2, 0.05), (0, 0, 0.05), (1, 2, 0.0), (-1, 2, 0.05)):
        with pytest.raises(ValueError, match="no bound"):
            lower_bound(*wrong)
    assert (beta_share(0, 2, 3), beta_share(1, 2, 3)) == (0, 1)


def area_of(order: list[bool]) -> float:
    """The mean of the risks at every coverage, written out."""
    return sum(sum(order[:k]) / k for k in range(1, len(order) + 1)) / len(order)


@pytest.mark.parametrize("groups", [[(3, 1)], [(2, 0), (3, 2)], [(1, 1), (2, 1), (2, 0)], [(5, 5)], [(4, 0)]])
def test_aurc_is_the_mean_over_all_orders_within_ties(groups: list[tuple[int, int]]) -> None:
    ways = [set(permutations([True] * wrong + [False] * (n - wrong))) for n, wrong in groups]
    areas = [area_of([one for part in order for one in part]) for order in product(*ways)]
    assert aurc(groups) == pytest.approx(sum(areas) / len(areas), abs=1e-12)


def test_aurc_of_one_group_is_the_overall_risk_and_of_nothing_no_number() -> None:
    assert aurc([(10, 3)]) == pytest.approx(0.3)
    assert aurc([]) is Undefined.NO_ITEMS
    assert harmonic(1000) == pytest.approx(sum(1 / k for k in range(1, 1001)), abs=1e-12)


def graded(*parts: tuple[float, int, int]) -> list[Graded]:
    """(doubt, items, wrong)."""
    return [Graded((doubt,), place < wrong) for doubt, n, wrong in parts for place in range(n)]


def test_the_curve_has_a_point_for_each_degree_of_doubt() -> None:
    found = curve(graded((2, 10, 6), (1, 30, 0)), least=20)
    assert [(p.accepted, p.wrong, p.coverage, p.risk) for p in found.points] == [(30, 0, 0.75, 0), (40, 6, 1, 0.15)]
    sure = curve(graded((2, 6, 6), (1, 34, 0)), least=20)
    assert sure.aurc.value == sure.aurc_best == found.aurc_best
    assert (found.aurc_random or 0) > (found.aurc_best or 0)
    few = curve(graded((1, 3, 1)), least=20)
    assert (few.aurc.value, few.aurc.why, few.aurc_random) == (None, Undefined.TOO_FEW, None)


def test_many_degrees_of_doubt_are_joined_without_losing_an_item() -> None:
    items = [Graded((i / 1000,), i % 7 == 0) for i in range(1000)]
    groups = grouped(items)
    assert len(groups) <= MOST_GROUPS
    assert (sum(n for _, n, _ in groups), sum(wrong for _, _, wrong in groups)) == (1000, 143)


def test_coverage_is_the_largest_whose_bound_divided_over_the_points_reaches_the_target() -> None:
    items = graded((1, 100, 0), (2, 60, 3), (3, 40, 40))
    found = coverage_at(items, 0.9, least=10)
    assert (found.accepted, found.tried, found.coverage.value) == (160, 3, 0.8)
    assert found.lower == lower_bound(157, 160, 0.05 / 3)
    assert coverage_at(items, 0.99, least=10).coverage.why is Undefined.NOT_REACHED
    assert coverage_at(graded((1, 4, 0)), 0.9, least=10).coverage.why is Undefined.TOO_FEW
    assert coverage_at([], 0.9, least=10).coverage.why is Undefined.NO_ITEMS


def test_doubt_follows_the_decision_and_what_has_no_guards_is_never_accepted() -> None:
    noted = Suggested(guards=2, notes=(Reason(code="early"),))
    twice = Referred(reasons=(Reason(code="late"), Reason(code="quote_missing")), guards=2)
    once = Referred(reasons=(Reason(code="late"),), guards=3)
    order = [Suggested(guards=3), Suggested(guards=2), noted, once, twice]
    doubts = [doubt_of(outcome, None, 3) for outcome in order]
    assert doubts == sorted(doubts)
    assert len(set(doubts)) == len(doubts)
    assert doubt_of(Pending(), None, 3) == doubt_of(Referred(reasons=once.reasons), None, 3) == ()
