"""A whole evaluation: what is counted where, and that nothing depends on order."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from pipeline.domain.agreement.baselines import Known, fold_of, length_only, majority
from pipeline.domain.agreement.evaluate import evaluate
from pipeline.domain.agreement.evaluation import EvaluatedItem, Evaluation, Options, State
from pipeline.domain.agreement.gates import Gate, Gates, check
from pipeline.domain.agreement.informal import is_informal
from pipeline.domain.agreement.measured import Undefined
from pipeline.domain.agreement.pairs import exact_agreement, qwk, sums
from pipeline.domain.agreement.slicing import length_tercile, style, time_of_day

RATERS = ("ann", "bob")


def made(n: int = 120, seed: int = 8) -> list[EvaluatedItem]:
    """Answers with two raters' marks and a machine that is often one too kind where it is in doubt."""
    drawn = random.Random(seed)  # noqa: S311 - a stated seed
    items = []
    for i in range(n):
        true = drawn.randint(0, 3)
        doubtful = drawn.random() < 0.3
        state: State = "referred" if doubtful else "suggested"
        machine = min(3, true + 1) if doubtful else true
        second = None if drawn.random() < 0.1 else max(0, true - (drawn.random() < 0.2))
        if i % 20 == 0:
            state = "ungraded"
        items.append(
            EvaluatedItem(
                id=f"i{i:03}",
                entrant=f"e{i % 15}",
                marks=(true, second),
                machine=None if state == "ungraded" else machine,
                state=state,
                doubt=() if state == "ungraded" else (float(doubtful),),
                length=100 + 100 * true + drawn.randint(0, 60),
                slices={"case": str(i % 3), "style": "informal" if i % 2 else "formal"},
                criteria={"1/tone": (true, second, machine)},
            )
        )
    return items


@pytest.fixture(scope="module")
def found() -> Evaluation:
    return evaluate(made(), Options(scale_max=3, raters=RATERS, replicates=200))


def test_referred_items_count_in_all_and_not_in_suggested(found: Evaluation) -> None:
    items = made()
    for counting, states in (("suggested", {"suggested"}), ("all", {"suggested", "referred"})):
        pairs = [(i.marks[0] or 0, i.machine or 0) for i in items if i.state in states]
        one = next(c for c in found.comparisons if (c.kind, c.counting, c.first) == ("machine", counting, "ann"))
        assert one.agreement.qwk.value == qwk(sums(pairs))
        assert (one.agreement.exact.value, one.agreement.exact.n) == (exact_agreement(sums(pairs)), len(pairs))
        table = next(t for t in found.tables if (t.second, t.counting) == ("machine", counting))
        assert sum(map(sum, table.counts)) == len(pairs)


def test_what_is_not_graded_is_nowhere_a_number(found: Evaluation) -> None:
    """Six answers without guards of the machine: none of them counts as a 0 anywhere."""
    assert found.states["ungraded"] == 6
    assert {c.agreement.exact.n for c in found.comparisons if c.kind == "machine" and c.first == "ann"} == {
        114,
        found.states["suggested"],
    }
    assert len(found.machine) == 114


def test_degradation_is_raters_less_machine_on_the_same_items(found: Evaluation) -> None:
    both = [i for i in made() if i.machine is not None and i.marks[1] is not None]
    between = qwk(sums([(i.marks[0] or 0, i.marks[1] or 0) for i in both]))
    against = [qwk(sums([(i.marks[r] or 0, i.machine or 0) for i in both])) for r in (0, 1)]
    one = next(d for d in found.degradation if d.counting == "all")
    assert one.difference.value == pytest.approx(float(between) - sum(map(float, against)) / 2, abs=1e-12)
    assert one.difference.n == one.raters.n == len(both)
    assert (one.difference.low or 9) <= (one.difference.value or 0) <= (one.difference.high or -9)


def test_slices_add_up_and_their_standardised_differences_average_to_nothing(found: Evaluation) -> None:
    for dimension in ("case", "style"):
        parts = [part for part in found.slices if part.dimension == dimension]
        assert sum(part.n for part in parts) == 114
        assert sum(part.n * (part.difference.value or 0) for part in parts) == pytest.approx(0, abs=1e-9)
    assert [part.label for part in found.slices if part.dimension == "case"] == ["0", "1", "2"]


def test_surer_answers_are_better_and_the_curve_shows_it(found: Evaluation) -> None:
    assert found.curve is not None
    assert found.curve.points[0].wrong == 0
    assert (found.curve.aurc.value or 1) < (found.curve.aurc_random or 0)
    assert found.at_target is not None
    assert found.at_target.accepted == found.states["suggested"]


def test_criteria_hold_the_reference_against_machine_and_next_rater(found: Evaluation) -> None:
    (one,) = found.criteria
    assert (one.criterion, one.machine_exact.n, one.raters_exact.n) == (
        "1/tone",
        120,
        sum(i.marks[1] is not None for i in made()),
    )


def test_the_order_of_the_items_does_not_matter(found: Evaluation) -> None:
    turned = random.Random(9).sample(made(), 120)  # noqa: S311 - a stated seed
    assert evaluate(turned, found.options) == found


def test_a_change_is_paired_and_a_gate_fails_only_beyond_its_interval(found: Evaluation) -> None:
    items = made()
    perfect = {i.id: i.marks[0] or 0 for i in items if i.machine is not None}
    worse = evaluate(items, found.options, perfect)
    assert worse.change is not None
    assert worse.change.qwk.value == pytest.approx((found_qwk(worse)) - 1, abs=1e-12)
    same = evaluate(items, found.options, found.machine)
    assert same.change is not None
    assert (same.change.qwk.value, same.change.qwk.low, same.change.qwk.high) == (0, 0, 0)
    gate = Gates(baseline="old.json", gates=(Gate(figure="change_qwk", at_least=0),))
    assert [check(gate, one)[0].state for one in (worse, same)] == ["failed", "passed"]


def found_qwk(evaluation: Evaluation) -> float:
    one = next(c for c in evaluation.comparisons if (c.kind, c.counting, c.first) == ("machine", "all", "ann"))
    return one.agreement.qwk.value or 0


def test_gates_tell_holding_chance_and_failure_apart(found: Evaluation) -> None:
    value = found_qwk(found)
    limits = [value - 0.01, value + 0.001, 0.9999]
    gates = Gates(gates=tuple(Gate(figure="qwk", at_least=limit) for limit in limits))
    assert [r.state for r in check(gates, found)] == ["passed", "within_interval", "failed"]
    assert [r.broken for r in check(gates, found)] == [False, False, True]
    smd = Gates(gates=(Gate(figure="smd", at_most=0.0001), Gate(figure="smd", at_most=5)))
    assert [r.state for r in check(smd, found)] == ["failed", "passed"]


def test_a_gate_that_cannot_be_measured_fails_unless_it_says_otherwise(found: Evaluation) -> None:
    nowhere = {"case": "99"}
    gates = Gates(
        gates=(
            Gate(figure="qwk", slice=nowhere, at_least=0),
            Gate(figure="qwk", slice=nowhere, at_least=0, if_undefined="pass"),
        )
    )
    results = check(gates, found)
    assert [r.state for r in results] == ["undefined", "undefined"]
    assert [r.broken for r in results] == [True, False]
    assert results[0].figure.why is Undefined.NOT_GIVEN


@pytest.mark.parametrize(
    "wrong",
    [
        {"figure": "qwk"},
        {"figure": "qwk", "at_least": 0, "at_most": 1},
        {"figure": "aurc", "at_most": 1, "slice": {"case": "1"}},
        {"figure": "difference", "at_most": 1},
    ],
)
def test_a_gate_that_says_too_little_or_too_much_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"exactly one|not measured in slices|name one"):
        Gate.model_validate(wrong)


def test_one_rater_alone_is_enough_and_has_no_degradation() -> None:
    items = [item.model_copy(update={"marks": item.marks[:1], "criteria": {}}) for item in made(60)]
    found = evaluate(items, Options(scale_max=3, raters=("ann",), replicates=100))
    assert (found.degradation, len(found.alphas)) == ((), 2)
    assert {c.kind for c in found.comparisons} == {"machine", "baseline"}


def test_raters_without_any_machine_are_compared_with_each_other() -> None:
    items = [item.model_copy(update={"machine": None, "state": "ungraded", "doubt": ()}) for item in made(60)]
    found = evaluate(items, Options(scale_max=3, raters=RATERS, replicates=100))
    assert {c.kind for c in found.comparisons} == {"raters", "baseline"}
    assert (found.curve, found.slices, found.degradation) == (None, (), ())


def test_few_items_are_too_few_and_nothing_is_a_guess() -> None:
    found = evaluate(made(6), Options(scale_max=3, raters=RATERS))
    assert {c.agreement.qwk.value for c in found.comparisons} == {None}
    assert found.at_target is not None
    assert found.at_target.coverage.value is None


def test_length_alone_learns_from_other_entrants_only() -> None:
    """An entrant whose long text got a 3 is guessed by what the others got."""
    names = [f"e{i}" for i in range(30)]
    lone = names[0]
    others = [Known(name, 1, 100) for name in names if fold_of(name) != fold_of(lone)]
    assert set(length_only([Known(lone, 3, 900), *others])[:1]) == {1}
    assert length_only([Known("a", 2, None), *others])[0] is None


def test_the_commonest_mark_is_a_constant_and_the_lower_of_two() -> None:
    assert majority([Known("a", 2, None), Known("b", 1, None), Known("c", 3, None), Known("d", 2, None)]) == [2] * 4
    assert majority([Known("a", 3, None), Known("b", 1, None)]) == [1, 1]
    assert majority([]) == []


def test_longer_texts_are_guessed_higher() -> None:
    items = [Known(f"e{i}", i // 25, 100 + i) for i in range(100)]
    right = sum(guess == item.mark for guess, item in zip(length_only(items), items, strict=True))
    assert right > 90


def test_slices_of_length_style_and_time() -> None:
    lengths = sorted([5, 5, 5, 7, 8, 9, 9])
    assert [length_tercile(n, lengths) for n in lengths] == ["short"] * 3 + ["medium"] * 2 + ["long"] * 2
    assert length_tercile(4, [4]) == "short"
    assert style("Ну щас разберёмся!!! Спс, что написали :)") == "informal"
    assert style("Здравствуйте, Анна. Мы вернём деньги завтра до полудня и напишем вам.") == "formal"
    assert (style("123 …"), is_informal("")) == ("", None)
    hours = [time_of_day(datetime(2026, 12, 1, hour)) for hour in (0, 6, 12, 23)]  # noqa: DTZ001 - a wall clock
    assert hours == ["night", "morning", "afternoon", "evening"]
