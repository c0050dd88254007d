"""The bootstrap over entrants: exact draws, whole entrants, the same data the same interval."""

from __future__ import annotations

import importlib
import random
from collections import Counter

import pytest

from pipeline.domain.agreement.measured import Figure, Minima, Undefined
from pipeline.domain.agreement.resample import Estimate, Sample, Weights, binomial, measured, multinomial, quantile

MINIMA = Minima(shares=1, coefficients=2, entrants=3)


def shares(sample: Sample[int], **more: object) -> Figure:
    """The share of kind 1 with its interval."""

    def statistics(weights: Weights) -> dict[str, Estimate]:
        of = dict(zip(sample.kinds, weights, strict=True))
        n = sum(weights)
        return {"share": Estimate(of.get(1, 0) / n, n)}

    return measured(sample, statistics, least=lambda _: 1, minima=MINIMA, **more)["share"]  # type: ignore[arg-type]


def rows(n: int = 60, each: int = 1) -> list[tuple[str, int]]:
    drawn = random.Random(4)  # noqa: S311 - a stated seed
    return [(f"e{i // each}", int(drawn.random() < 0.3)) for i in range(n)]


@pytest.mark.oracle
@pytest.mark.parametrize(("n", "p"), [(20_000, 0.3), (20_000, 0.0004), (50, 0.4), (40, 0.9), (7, 0.5), (1000, 0.012)])
def test_binomial_draws_have_the_binomial_distribution(n: int, p: float) -> None:
    stats = importlib.import_module("scipy.stats")
    drawn, times = random.Random(5), 20_000  # noqa: S311 - a stated seed
    counts = Counter(binomial(drawn, n, p) for _ in range(times))
    common = [k for k in range(n + 1) if stats.binom.pmf(k, n, p) * times > 20]
    wanted = [stats.binom.pmf(k, n, p) * times for k in common]
    found = [counts[k] for k in common]
    rest = times - sum(wanted), times - sum(found)
    if rest[0] > 20:
        wanted, found = [*wanted, rest[0]], [*found, rest[1]]
    scale = sum(found) / sum(wanted)
    assert stats.chisquare(found, [w * scale for w in wanted]).pvalue > 1e-4
    assert all(0 <= k <= n for k in counts)


def test_multinomial_draws_add_up() -> None:
    drawn = random.Random(6)  # noqa: S311 - a stated seed
    assert all(sum(multinomial(drawn, 500, [3, 0, 1, 9])) == 500 for _ in range(50))
    assert multinomial(drawn, 10, [0, 4]) == [0, 10]


def test_the_same_rows_in_any_order_have_the_same_interval() -> None:
    """Both ways of drawing: few kinds of entrants at once by number, unlike ones one by one."""
    for each in (1, 3):
        some = rows(60, each)
        turned = random.Random(7).sample(some, len(some))  # noqa: S311 - a stated seed
        assert shares(Sample(some)) == shares(Sample(turned))


def test_another_seed_draws_otherwise() -> None:
    draws = [list(Sample(rows(60, 3)).replicates(5, seed)) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_every_replicate_has_as_many_entrants_as_the_data() -> None:
    for sample in (Sample(rows(400)), Sample([(f"e{i}", i % 2) for i in range(30)])):
        assert {sum(weights) for weights in sample.replicates(50, 0)} == {sum(sample.weights)}


def test_the_interval_is_the_binomials_for_single_answers() -> None:
    """400 answers of 400 entrants: nearly the value plus and minus 1.96 standard errors."""
    one = shares(Sample(rows(400)), replicates=4000)
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    error = 1.96 * (one.value * (1 - one.value) / 400) ** 0.5
    assert one.low == pytest.approx(one.value - error, abs=0.006)
    assert one.high == pytest.approx(one.value + error, abs=0.006)


def test_answers_of_one_entrant_are_drawn_together() -> None:
    """Ten equal answers of each entrant tell as much as one: the interval is as wide as with one."""
    once, ten = [], []
    for i in range(40):
        mark = int(i % 4 == 0)
        once.append((f"e{i}", mark))
        ten += [(f"e{i}", mark)] * 10
    single, clustered, apart = (
        shares(Sample(once)),
        shares(Sample(ten)),
        shares(Sample((str(i), k) for i, (_, k) in enumerate(ten))),
    )
    assert (clustered.low, clustered.high) == (single.low, single.high)
    assert (apart.high or 0) - (apart.low or 0) < ((single.high or 0) - (single.low or 0)) / 2


def test_too_few_items_have_no_value_and_too_few_entrants_no_interval() -> None:
    def statistics(weights: Weights) -> dict[str, Estimate]:
        return {"a": Estimate(0.5, sum(weights)), "b": Estimate(Undefined.NO_VARIATION, sum(weights))}

    few = measured(Sample([("e", 1)] * 5), statistics, least=lambda name: 6 if name == "a" else 1, minima=MINIMA)
    assert (few["a"].value, few["a"].why, few["a"].n) == (None, Undefined.TOO_FEW, 5)
    assert (few["b"].value, few["b"].why) == (None, Undefined.NO_VARIATION)
    lone = shares(Sample([("e", 1)] * 50))
    assert (lone.value, lone.low, lone.no_interval) == (1, None, Undefined.TOO_FEW_ENTRANTS)


def test_a_statistic_that_many_replicates_leave_undefined_has_no_interval() -> None:
    sample = Sample([(f"e{i}", int(i == 0)) for i in range(12)])

    def statistics(weights: Weights) -> dict[str, Estimate]:
        return {"a": Estimate(1.0 if weights[1] else Undefined.NO_VARIATION, sum(weights))}

    assert measured(sample, statistics, least=lambda _: 1, minima=MINIMA)["a"].no_interval is Undefined.UNSTABLE


def test_quantile_interpolates() -> None:
    assert [quantile([1, 2, 4], share) for share in (0, 0.25, 0.5, 1)] == [1, 1.5, 2, 4]
