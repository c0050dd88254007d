"""Drafted rubrics: a whole draft or a problem."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.domain.contest import Case
from pipeline.domain.draft import draft_schema, parse_draft
from pipeline.domain.rubric import CheckCriterion, CountCriterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.strict import ReplyProblem

CASE = Case(number=3, title="Stop the flow", statement="Write at least five phrases.")
EMPTY: dict[str, Any] = {"qualifies": None, "at_least": None, "at_most": None, "levels": [], "asks": None}


def levels(*texts: str) -> list[dict[str, Any]]:
    return [{"level": i, "descriptor": text} for i, text in enumerate(texts)]


def draft() -> dict[str, Any]:
    return {
        "criteria": [
            EMPTY | {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "a phrase", "at_least": 5},
            EMPTY | {"id": "tone", "kind": "level", "title": "Tone", "levels": levels("cold", "flat", "warm")},
            EMPTY | {"id": "harm", "kind": "check", "title": "Harm", "asks": "Does it insult anybody?"},
            EMPTY | {"id": "overall", "kind": "level", "title": "Overall", "levels": levels("a", "b", "c", "d")},
        ],
        "caps": [
            {"criterion": "phrases", "condition": "items_below", "bound": 5, "max": 2},
            {"criterion": "tone", "condition": "level_below", "bound": 1, "max": 1},
            {"criterion": "harm", "condition": "is_true", "bound": None, "max": 0},
        ],
    }


def parsed(change: Callable[[dict[str, Any]], object] = lambda _: None, scale_max: int = 3) -> Rubric | ReplyProblem:
    value = draft()
    change(value)
    return parse_draft(json.dumps(value), CASE, scale_max)


def test_a_whole_draft_becomes_a_rubric_that_nobody_has_approved() -> None:
    rubric = parsed()
    assert isinstance(rubric, Rubric)
    assert (rubric.case, rubric.status, rubric.approved) == (3, "draft", None)
    assert [type(c) for c in rubric.criteria] == [CountCriterion, LevelCriterion, CheckCriterion, LevelCriterion]
    assert isinstance(rubric.guards, FromLevel)
    assert rubric.guards.from_ == "overall"
    assert [(c.items_below, c.level_below, c.is_, c.max) for c in rubric.caps] == [
        (5, None, None, 2),
        (None, 1, None, 1),
        (None, None, True, 0),
    ]


def test_a_check_can_be_capped_where_it_is_false() -> None:
    rubric = parsed(lambda d: d["caps"][2].update(condition="is_false"))
    assert isinstance(rubric, Rubric)
    assert rubric.caps[2].is_ is False


def criterion(index: int, **fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda d: d["criteria"][index].update(fields)


def cap(index: int, **fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda d: d["caps"][index].update(fields)


BAD: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no criteria": (lambda d: d.update(criteria=[], caps=[]), "criteria"),
    "bad id": (criterion(0, id="Фразы"), "each id"),
    "id twice": (criterion(1, id="phrases"), "ids must differ"),
    "no title": (criterion(0, title=" "), "criteria.phrases.title"),
    "unknown kind": (criterion(0, kind="essay"), "criteria.0.kind"),
    "count without a number": (criterion(0, at_least=None), "at_least"),
    "count of nothing": (criterion(0, at_least=0), "at_least"),
    "range upside down": (criterion(0, at_most=4), "at_most"),
    "number as words": (criterion(0, at_least="five"), "criteria.0.at_least: expected a whole number"),
    "true is no number": (criterion(0, at_least=True), "criteria.0.at_least"),
    "count without a definition": (criterion(0, qualifies=None), "qualifies"),
    "count with levels": (criterion(0, levels=levels("a", "b")), "expected an empty array"),
    "level with a number": (criterion(1, at_least=0), "criteria.tone.at_least: expected null"),
    "one level": (criterion(1, levels=levels("a")), "at least two"),
    "levels with a gap": (
        criterion(1, levels=[{"level": 0, "descriptor": "a"}, {"level": 2, "descriptor": "b"}]),
        "0, 1",
    ),
    "empty descriptor": (criterion(1, levels=levels("a", "")), "descriptor"),
    "check without a question": (criterion(2, asks=""), "asks"),
    "overall not last": (lambda d: d["criteria"].reverse(), "last one"),
    "overall absent": (lambda d: d["criteria"].pop(), "last one"),
    "overall beyond the scale": (criterion(3, levels=levels("a", "b", "c", "d", "e")), "each of 0 to 3"),
    "cap on nothing": (cap(0, criterion="length"), "one of the criteria"),
    "cap of another kind": (cap(0, condition="level_below"), "expected the condition items_below"),
    "cap of a check with a bound": (cap(2, bound=1), "bound null"),
    "cap without a bound": (cap(0, bound=None), "bound"),
    "cap on an unknown level": (cap(1, bound=3), "from 1 to 2"),
    "cap at the maximum": (cap(0, max=3), "from 0 to 2"),
    "cap below zero": (cap(0, max=-1), "from 0 to 2"),
    "an extra key": (lambda d: d.update(status="approved"), "status: is not part"),
    "a missing key": (lambda d: d.pop("caps"), "caps: is missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_draft_with_a_defect_is_refused_whole(name: str) -> None:
    change, expected = BAD[name]
    found = parsed(change)
    assert isinstance(found, ReplyProblem)
    assert expected in found.message


def test_another_scale_asks_for_other_descriptors() -> None:
    assert isinstance(parsed(scale_max=5), ReplyProblem)
    five = parsed(criterion(3, levels=levels(*"abcdef")), scale_max=5)
    assert isinstance(five, Rubric)


@pytest.mark.parametrize("content", ["", "[]", "a rubric", '{"criteria": NaN}'])
def test_what_is_no_draft_is_a_problem(content: str) -> None:
    assert isinstance(parse_draft(content, CASE, 3), ReplyProblem)


def test_the_schema_is_strict_and_every_drafted_key_is_in_it() -> None:
    schema: Any = draft_schema()
    assert schema["required"] == ["criteria", "caps"]
    item = schema["properties"]["criteria"]["items"]
    assert set(item["required"]) == set(draft()["criteria"][0]) == set(item["properties"])
    assert item["additionalProperties"] is False
    assert set(schema["properties"]["caps"]["items"]["required"]) == set(draft()["caps"][0])
