"""Two markers: against scikit-learn, numpy and the definitions written out."""

from __future__ import annotations

import importlib
import math
import random
import warnings
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.agreement.measured import Undefined
from pipeline.domain.agreement.pairs import (
    Pair,
    adjacent_agreement,
    confusion,
    exact_agreement,
    marginals,
    qwk,
    smd,
    standardised_difference,
    sums,
)

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40)
NEAR = 1e-9


def by_definition(pairs: list[Pair], top: int) -> Fraction | None:
    """QWK from the confusion matrix and the product of its marginals, in fractions."""
    table = confusion(pairs, top)
    rows, columns = marginals(table)
    cells = [(i, j) for i in range(top + 1) for j in range(top + 1)]
    observed = sum((i - j) ** 2 * table[i][j] for i, j in cells)
    expected = sum((i - j) ** 2 * Fraction(rows[i] * columns[j], len(pairs)) for i, j in cells)
    return 1 - Fraction(observed) / expected if expected else None


@settings(max_examples=200, deadline=None)
@given(PAIRS.filter(bool))
def test_qwk_is_its_definition_over_the_whole_scale(pairs: list[Pair]) -> None:
    value, wanted = qwk(sums(pairs)), by_definition(pairs, 3)
    if wanted is None:
        assert value is Undefined.NO_VARIATION
    else:
        assert value == pytest.approx(float(wanted), abs=1e-12)


@pytest.mark.oracle
def test_qwk_is_scikit_learns_on_random_and_edge_cases() -> None:
    metrics = importlib.import_module("sklearn.metrics")
    drawn = random.Random(1)  # noqa: S311 - a stated seed
    cases = [[(0, 0)] * 5 + [(3, 3)] * 4, [(1, 2)] * 7, [(0, 3), (3, 0)], [(2, 0), (2, 1), (2, 3)], [(0, 1), (1, 0)]]
    for _ in range(300):
        top = drawn.choice([1, 2, 3, 5, 10])
        used = drawn.sample(range(top + 1), drawn.randint(2, top + 1))
        cases.append([(drawn.choice(used), drawn.choice(used)) for _ in range(drawn.choice([2, 3, 7, 60]))])
    for pairs in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first, second = zip(*pairs, strict=True)
            wanted = metrics.cohen_kappa_score(first, second, labels=list(range(11)), weights="quadratic")
        value = qwk(sums(pairs))
        assert math.isnan(wanted) if isinstance(value, Undefined) else abs(value - wanted) < NEAR, pairs


def test_perfect_agreement_is_exactly_1_and_a_constant_marker_exactly_0() -> None:
    assert qwk(sums([(0, 0), (1, 1), (3, 3)])) == 1
    assert qwk(sums([(2, 0), (2, 1), (2, 3)])) == 0
    assert qwk(sums([(0, 3), (3, 0)])) == -1


def test_nothing_marked_and_marks_that_do_not_vary_have_no_number() -> None:
    assert {f(sums([])) for f in (qwk, exact_agreement, adjacent_agreement, smd)} == {Undefined.NO_ITEMS}
    constant = sums([(2, 2)] * 9)
    assert qwk(constant) is Undefined.NO_VARIATION
    assert smd(constant) is Undefined.NO_VARIATION
    assert exact_agreement(constant) == 1


@settings(max_examples=100, deadline=None)
@given(PAIRS.filter(bool))
def test_shares_smd_and_symmetry(pairs: list[Pair]) -> None:
    s, turned = sums(pairs), sums([(b, a) for a, b in pairs])
    assert exact_agreement(s) == sum(a == b for a, b in pairs) / len(pairs)
    assert adjacent_agreement(s) == sum(abs(a - b) <= 1 for a, b in pairs) / len(pairs)
    assert qwk(s) == qwk(turned)
    if not isinstance(value := smd(s), Undefined):
        assert value == pytest.approx(-float(smd(turned)), abs=1e-12)


@pytest.mark.oracle
def test_smd_and_standardised_difference_are_numpys() -> None:
    numpy = importlib.import_module("numpy")
    drawn = random.Random(2)  # noqa: S311 - a stated seed
    for _ in range(100):
        pairs = [(drawn.randint(0, 3), drawn.randint(0, 3)) for _ in range(30)]
        a, b = (numpy.array(marks, dtype=float) for marks in zip(*pairs, strict=True))
        assert smd(sums(pairs)) == pytest.approx((b.mean() - a.mean()) / numpy.sqrt((a.var() + b.var()) / 2), abs=NEAR)
        z = (b - b.mean()) / b.std() - (a - a.mean()) / a.std()
        part = standardised_difference(sums(pairs[:11]), sums(pairs))
        assert part == pytest.approx(z[:11].mean(), abs=NEAR)
        assert standardised_difference(sums(pairs), sums(pairs)) == pytest.approx(0, abs=NEAR)


def test_a_mark_off_the_scale_is_refused_by_the_confusion_matrix() -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.3"):
        confusion([(4, 0)], 3)
