"""Krippendorff's alpha: his own worked example, the krippendorff package, values that are known beforehand."""

from __future__ import annotations

import importlib
import random

import pytest

from pipeline.domain.agreement.alpha import Metric, alpha
from pipeline.domain.agreement.measured import Undefined

NONE = None
# The data of Krippendorff (2011), Computing Krippendorff's alpha-reliability, part C: 4 observers, 12 units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


@pytest.mark.parametrize(("metric", "published"), [("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_example_with_missing_marks(metric: Metric, published: float) -> None:
    assert alpha(zip(*OBSERVERS, strict=True), metric) == pytest.approx(published, abs=5e-4)


@pytest.mark.oracle
@pytest.mark.parametrize("metric", ["ordinal", "interval"])
def test_it_is_the_krippendorff_packages_on_random_data(metric: Metric) -> None:
    oracle = importlib.import_module("krippendorff")
    numpy = importlib.import_module("numpy")
    drawn, compared = random.Random(3), 0  # noqa: S311 - a stated seed
    for _ in range(600):
        used = drawn.sample(range(6), drawn.randint(2, 6))
        markers = drawn.choice([2, 3, 5])
        units = [
            tuple(drawn.choice([*used, None]) for _ in range(markers)) for _ in range(drawn.choice([1, 2, 4, 9, 40]))
        ]
        value = alpha(units, metric)
        if isinstance(value, Undefined):
            continue
        data = numpy.array([[numpy.nan if m is None else m for m in unit] for unit in units], dtype=float).T
        wanted = oracle.alpha(reliability_data=data, level_of_measurement=metric, value_domain=list(range(6)))
        assert abs(value - wanted) < 1e-9, units
        compared += 1
    assert compared > 400


def test_perfect_agreement_is_1_and_no_pairs_or_no_variation_have_no_number() -> None:
    assert alpha([(0, 0), (3, 3, None)], "ordinal") == 1
    assert alpha([], "interval") is Undefined.NO_ITEMS
    assert alpha([(1, None), (None, 2)], "ordinal") is Undefined.NO_ITEMS
    assert alpha([(2, 2), (2, 2), (1, None)], "ordinal") is Undefined.NO_VARIATION


def test_markers_are_interchangeable_and_a_lone_mark_changes_nothing() -> None:
    units = [(0, 1, None), (2, 2, 3), (3, None, 1)]
    turned = [unit[::-1] for unit in units]
    assert alpha(units, "ordinal") == alpha(turned, "ordinal") == alpha([*units, (None, 3, None)], "ordinal")
