from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Case
from pipeline.domain.guards import compute_guards, reachable
from pipeline.domain.lint import MESSAGES, has_errors, lint_rubric, missing_rubrics
from pipeline.domain.rubric import Rubric

LEVELS = {
    0: "Nothing in it answers the visitor.",
    1: "Answers, but coldly and only in part.",
    2: "A warm reply that leaves one thing open.",
    3: "Warm, complete and ready to send.",
}
OVERALL = {"id": "overall", "kind": "level", "title": "The whole", "levels": LEVELS}
COUNT = {"id": "tips", "kind": "count", "title": "Tips", "qualifies": "one thing to do", "at_least": 5}
HARM = {"id": "harm", "kind": "check", "title": "Harm", "asks": "Would it hurt anybody?"}
TIPS_CAP = {"criterion": "tips", "items_below": 5, "max": 2}


def rubric(*criteria: dict[str, Any], **rest: Any) -> Rubric:
    return Rubric.model_validate({"case": 1, "criteria": [*criteria, OVERALL], **rest})


def points(thresholds: dict[int, int], *criteria: dict[str, Any], **rest: Any) -> Rubric:
    return Rubric.model_validate({"case": 1, "criteria": list(criteria), "guards": {"points": thresholds}, **rest})


def case(statement: str = "Write a reply.") -> Case:
    return Case(number=1, title="A case", statement=statement)


def codes(made: Rubric, statement: str = "Write a reply.", scale_max: int = 3) -> list[str]:
    findings = lint_rubric(made, case(statement), scale_max)
    assert all(finding.message for finding in findings)
    return [finding.code for finding in findings]


def test_a_sound_rubric_has_no_findings() -> None:
    made = rubric(COUNT, HARM, caps=[TIPS_CAP, {"criterion": "harm", "is": True, "max": 0}])
    assert codes(made, "Give at least five tips.") == []
    assert codes(rubric()) == []


def test_each_demand_needs_its_own_count_criterion() -> None:
    caps = [TIPS_CAP]
    twice = "Give at least five tips and at least five rules."
    assert codes(rubric(), "Give at least five tips.") == ["demand_uncovered"]
    assert codes(rubric(COUNT, caps=caps), twice) == ["demand_uncovered"]
    other = {**COUNT, "id": "rules", "title": "Rules", "qualifies": "a thing always done"}
    both = rubric(COUNT, other, caps=[*caps, {**TIPS_CAP, "criterion": "rules"}])
    assert codes(both, twice) == []
    assert codes(rubric(COUNT, caps=caps), "Give at least six tips.") == ["demand_uncovered"]


def test_a_demand_that_nothing_caps_is_an_error_and_other_counts_a_warning() -> None:
    made = rubric(COUNT)
    (finding,) = lint_rubric(made, case("Give at least five tips."), 3)
    assert (finding.code, finding.severity) == ("demand_without_cap", "error")
    (finding,) = lint_rubric(made, case(), 3)
    assert (finding.code, finding.severity) == ("demand_without_cap", "warning")
    late = rubric(COUNT, caps=[{**TIPS_CAP, "items_below": 4}])
    assert "demand_without_cap" in codes(late)


def test_summed_points_that_need_every_item_need_no_cap() -> None:
    assert codes(points({1: 1, 2: 3, 3: 5}, COUNT), "Give at least five tips.") == []


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ({**LEVELS, 2: "ANSWERS — but coldly, and only in part"}, "descriptors_same"),
        ({**LEVELS, 2: "Answers, but coldly and only in a part."}, "descriptors_too_alike"),
        ({**LEVELS, 2: "  "}, "empty_text"),
        ({**LEVELS, 2: "[[write this]]"}, "unfinished"),
    ],
)
def test_descriptors_must_tell_levels_apart(levels: dict[int, str], code: str) -> None:
    assert codes(rubric({"id": "tone", "kind": "level", "title": "Tone", "levels": levels})) == [code]


def test_a_number_or_a_negation_makes_descriptors_differ() -> None:
    levels = {0: "Обещает то, что не сделает сам.", 1: "Обещает то, что сделает сам.", 2: "Назвал два срока и довода."}
    levels[3] = "Назвал три срока и довода."
    assert codes(rubric({"id": "word", "kind": "level", "title": "Слово", "levels": levels})) == []


def test_overall_needs_exactly_the_levels_of_the_scale() -> None:
    assert codes(rubric(), scale_max=4) == ["levels_not_contiguous", "max_unreachable"]
    assert codes(rubric(), scale_max=2) == ["levels_not_contiguous"]
    gap = {**OVERALL, "levels": {level: text for level, text in LEVELS.items() if level != 1}}
    made = Rubric.model_validate({"case": 1, "criteria": [gap]})
    assert codes(made) == ["levels_not_contiguous", "level_unreachable"]


def test_overall_stands_last_also_where_points_are_summed() -> None:
    made = points({1: 1, 2: 2, 3: 4}, OVERALL, HARM)
    assert codes(made) == ["overall_not_last"]


def test_thresholds() -> None:
    assert codes(points({1: 3, 2: 3, 3: 5}, COUNT)) == ["thresholds_not_monotone", "level_unreachable"]
    assert codes(points({1: 1, 2: 2, 3: 9}, COUNT)) == ["max_unreachable"]
    assert codes(points({1: 1, 2: 2, 3: 4, 4: 5}, COUNT, caps=[TIPS_CAP])) == ["threshold_out_of_scale"]


def test_caps() -> None:
    assert codes(rubric(caps=[{"criterion": "ghost", "is": True, "max": 0}])) == ["cap_unknown_criterion"]
    assert codes(rubric(HARM, caps=[{"criterion": "harm", "items_below": 2, "max": 0}])) == ["cap_wrong_kind"]
    assert codes(rubric(HARM, caps=[{"criterion": "harm", "is": True, "max": 3}])) == ["cap_no_effect"]
    assert codes(rubric(caps=[{"criterion": "overall", "level_below": 2, "max": 1}])) == ["cap_no_effect"]
    never = [TIPS_CAP, {"criterion": "tips", "items_below": 3, "max": 2}]
    assert codes(rubric(COUNT, caps=never)) == ["cap_no_effect"]
    always = [{"criterion": "harm", "is": True, "max": 1}, {"criterion": "harm", "is": False, "max": 2}]
    assert codes(rubric(HARM, caps=always)) == ["max_unreachable"]


def test_overlapping_criteria_are_found_and_opposites_are_not() -> None:
    long = "Would the reply offend the visitor or promise what the library cannot give"
    one, other = {**HARM, "asks": f"{long}?"}, {**HARM, "id": "hurt", "title": "Danger", "asks": f"{long} today?"}
    assert codes(rubric(one, other)) == ["criteria_overlap"]
    assert codes(rubric(HARM, {**HARM, "id": "hurt", "asks": "Is it rude?"})) == ["criteria_overlap"]
    good = {**HARM, "id": "good", "title": "Эффективные фразы", "asks": "Помогают ли они?"}
    bad = {**HARM, "id": "bad", "title": "Неэффективные фразы", "asks": "Раздражают ли они?"}
    assert codes(rubric(good, bad)) == []


def test_the_rest() -> None:
    assert codes(rubric({**COUNT, "at_most": 4}, caps=[TIPS_CAP])) == ["range_reversed"]
    assert codes(rubric(exemplars=[{"guards": 4, "text": "A reply"}])) == ["exemplar_out_of_scale"]
    assert codes(rubric(exemplars=[{"guards": 3, "text": " "}])) == ["empty_text"]
    stray = lint_rubric(rubric(), Case(number=2, title="Two", statement="Write."), 3)
    assert [finding.code for finding in stray] == ["wrong_case"]
    (missing,) = missing_rubrics([1, 2], {1})
    assert missing.params == {"case": 2}
    assert has_errors([missing])


def test_errors_come_first_and_only_they_count_as_errors() -> None:
    made = rubric(HARM, caps=[{"criterion": "harm", "is": True, "max": 3}], exemplars=[{"guards": 4, "text": "x"}])
    findings = lint_rubric(made, case(), 3)
    assert [finding.severity for finding in findings] == ["error", "warning"]
    assert not has_errors(findings[1:])


def test_every_code_is_documented() -> None:
    from pipeline.domain import lint

    assert lint.__doc__ is not None
    for code in MESSAGES:
        assert f"`{code}`" in lint.__doc__


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[Rubric, int]:
    """Small rubrics of every shape, with caps that fit, on scales up to 4."""
    scale_max = draw(st.integers(1, 4))
    criteria: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["level", "count", "check"]))
        base = {"id": f"c{number}", "kind": kind, "title": f"T{number}"}
        if kind == "level":
            base["levels"] = {level: f"d{level}" for level in draw(st.sets(st.integers(0, 4), min_size=2))}
        if kind == "count":
            base |= {"qualifies": "q", "at_least": draw(st.integers(1, 4))}
        criteria.append(base)
    top = {level: f"o{level}" for level in draw(st.sets(st.integers(0, 5), min_size=2))}
    criteria.append({"id": "overall", "kind": "level", "title": "O", "levels": top})
    caps = []
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from(criteria))
        key = {"level": "level_below", "count": "items_below", "check": "is"}[target["kind"]]
        value = draw(st.booleans()) if key == "is" else draw(st.integers(0, 6))
        caps.append({"criterion": target["id"], key: value, "max": draw(st.integers(0, 4))})
    rule: dict[str, Any] = {"from": "overall"}
    if draw(st.booleans()):
        keys = draw(st.sets(st.integers(1, 4), min_size=1))
        rule = {"points": {key: draw(st.integers(0, 9)) for key in keys}}
    return Rubric.model_validate({"case": 1, "criteria": criteria, "guards": rule, "caps": caps}), scale_max


def marks_of(made: Rubric) -> dict[str, list[int]]:
    return {
        c.id: sorted(c.levels) if c.kind == "level" else list(range(8)) if c.kind == "count" else [0, 1]
        for c in made.criteria
    }


def earned(made: Rubric, marks: dict[str, int], scale_max: int) -> int:
    by_kind: dict[str, dict[str, int]] = {"level": {}, "count": {}, "check": {}}
    for criterion in made.criteria:
        mark = marks[criterion.id]
        by_kind[criterion.kind][criterion.id] = bool(mark) if criterion.kind == "check" else mark
    checks = {name: bool(mark) for name, mark in by_kind["check"].items()}
    guards = compute_guards(made, scale_max, levels=by_kind["level"], counts=by_kind["count"], checks=checks).guards
    assert guards is not None
    return guards


@given(rubrics())
@settings(max_examples=120, deadline=None)
def test_reachable_guards_are_those_of_all_combinations_of_marks(sample: tuple[Rubric, int]) -> None:
    made, scale_max = sample
    possible = marks_of(made)
    every = {earned(made, dict(zip(possible, marks, strict=True)), scale_max) for marks in product(*possible.values())}
    assert reachable(made, scale_max) == every
    found = lint_rubric(made, case(), scale_max)
    missing = {f.params["guards"] for f in found if f.code in {"level_unreachable", "max_unreachable"}}
    assert missing == set(range(scale_max + 1)) - every


@given(rubrics())
@settings(max_examples=120, deadline=None)
def test_a_cap_without_effect_is_one_whose_removal_changes_no_combination(sample: tuple[Rubric, int]) -> None:
    made, scale_max = sample
    possible = marks_of(made)
    combinations = [dict(zip(possible, marks, strict=True)) for marks in product(*possible.values())]
    idle = 0
    for place in range(len(made.caps)):
        without = made.model_copy(update={"caps": made.caps[:place] + made.caps[place + 1 :]})
        idle += all(earned(made, m, scale_max) == earned(without, m, scale_max) for m in combinations)
    found = lint_rubric(made, case(), scale_max)
    assert sum(finding.code == "cap_no_effect" for finding in found) == idle


@given(rubrics())
@settings(max_examples=120, deadline=None)
def test_a_demand_without_cap_is_one_that_a_full_mark_survives(sample: tuple[Rubric, int]) -> None:
    made, scale_max = sample
    possible = marks_of(made)
    combinations = [dict(zip(possible, marks, strict=True)) for marks in product(*possible.values())]
    expected = {
        c.id
        for c in made.criteria
        if c.kind == "count"
        and any(earned(made, m, scale_max) == scale_max for m in combinations if m[c.id] < c.at_least)
    }
    found = {f.criterion for f in lint_rubric(made, case(), scale_max) if f.code == "demand_without_cap"}
    assert found == expected
