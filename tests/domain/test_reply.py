"""The reply's schema and its parser: all of a reply or nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.grading import CheckMark, CountMark, Grading, LevelMark
from pipeline.domain.reply import ReplyProblem, parse_reply, reply_schema, strict_json
from pipeline.domain.rubric import Rubric

RUBRIC = Rubric.model_validate(
    {
        "case": 3,
        "criteria": [
            {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "a phrase to say", "at_least": 5},
            {"id": "tone", "kind": "level", "title": "Tone", "levels": {0: "cold", 1: "flat", 2: "warm"}},
            {"id": "harm", "kind": "check", "title": "Harm"},
            {"id": "overall", "kind": "level", "title": "Overall", "levels": {0: "a", 1: "b", 2: "c", 3: "d"}},
        ],
        "caps": [{"criterion": "phrases", "items_below": 5, "max": 2}, {"criterion": "harm", "is": True, "max": 0}],
    }
)


def good() -> dict[str, Any]:
    return {
        "content_match": {"verdict": "yes", "quote": "let us go back to your parcel"},
        "criteria": {
            "phrases": {"items": [{"quote": "let us go back to your parcel", "why": "steers"}], "cannot_assess": None},
            "tone": {"evidence": ["gladly, Anna"], "rationale": "warm", "level": "2", "cannot_assess": None},
            "harm": {"evidence": [], "rationale": "none", "is": False, "cannot_assess": None},
            "overall": {"rationale": "one phrase", "level": "1", "cannot_assess": None},
        },
        "addresses_grader": [],
        "feedback": "Add four more phrases.",
    }


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    value = good()
    change(value)
    return json.dumps(value)


def text() -> str:
    return json.dumps(good(), ensure_ascii=False)


def put(*path: str) -> Callable[[object], str]:
    """A reply whose value at `path` is replaced."""

    def with_value(new: object) -> str:
        value: Any = good()
        inner = value
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = new
        return json.dumps(value)

    return with_value


BAD: dict[str, tuple[str, str]] = {
    "null content": ("null", "expected an object"),
    "prose": ("The answer earns two guards.", "not valid JSON"),
    "prose before": ("Here it is: " + text(), "not valid JSON"),
    "garbage after": (text() + " done", "not valid JSON"),
    "two objects": (text() + text(), "not valid JSON"),
    "two fences": ("```json\n" + text() + "\n```\n```json\n" + text() + "\n```", "not valid JSON"),
    "cut in the middle": (text()[: len(text()) // 2], "not valid JSON"),
    "an array": ("[" + text() + "]", "expected an object"),
    "a string": (json.dumps(text()), "expected an object"),
    "single quotes": (repr(good()), "not valid JSON"),
    "trailing comma": (text()[:-1] + ",}", "not valid JSON"),
    "a comment": ("// reply\n" + text(), "not valid JSON"),
    "duplicate key": (text().replace('"level": "2"', '"level": "1", "level": "2"'), "level occurs twice"),
    "duplicate criterion": (text().replace('"harm"', '"tone"'), "tone occurs twice"),
    "escaped duplicate": (text().replace('"level": "2"', '"lev\\u0065l": "1", "level": "2"'), "level occurs twice"),
    "NaN": (text().replace('"2"', "NaN"), "NaN is not JSON"),
    "infinity": (text().replace('"2"', "-Infinity"), "-Infinity is not JSON"),
    "overflow": (text().replace('"2"', "1e999"), "too large"),
    "endless number": (text().replace('"2"', "9" * 5000), "digits"),
    "too deep": (text().replace('"2"', "[" * 21 + "]" * 21), "deeper than 20"),
    "very deep": ("[" * 200_000, "deeper than 20"),
    "too large": (text().replace("Add four", "А" * 600_000), "larger than 1000000 bytes"),
    "lone surrogate": (text().replace("Add four", "\\ud83d"), "reply.feedback"),
    "lone surrogate in a key": (text().replace('"feedback"', '"\\ude00"'), "surrogate"),
    "NUL": (text().replace("Add four", "\\u0000"), "NUL"),
    "raw line break in a string": (text().replace("Add four", "Add\nfour"), "not valid JSON"),
    "level as a number": (put("criteria", "tone", "level")(2), "criteria.tone.level: expected a string"),
    "level with words": (put("criteria", "tone", "level")("2 - warm"), '"0", "1", "2" or null'),
    "level of another criterion": (put("criteria", "tone", "level")("3"), '"0", "1", "2" or null'),
    "level beyond the scale": (put("criteria", "overall", "level")("4"), "criteria.overall: level: expected one of"),
    "level as another digit": (put("criteria", "overall", "level")("٢"), "criteria.overall: level: expected one of"),
    "level in spaces": (put("criteria", "overall", "level")(" 2 "), "criteria.overall: level: expected one of"),
    "level true": (put("criteria", "tone", "level")(True), "expected a string"),  # noqa: FBT003 - a JSON value
    "no mark and no reason": (put("criteria", "tone", "level")(None), "criteria.tone: expected exactly one"),
    "mark and reason": (put("criteria", "tone", "cannot_assess")("too short"), "criteria.tone: expected exactly one"),
    "blank reason": (
        changed(lambda r: r["criteria"]["tone"].update(level=None, cannot_assess=" ")),
        "expected null or a reason",
    ),
    "check as a word": (put("criteria", "harm", "is")("false"), "criteria.harm.is: expected true, false"),
    "check as a number": (put("criteria", "harm", "is")(0), "criteria.harm.is: expected true, false"),
    "check empty": (put("criteria", "harm", "is")(None), "criteria.harm: expected exactly one"),
    "check and reason": (put("criteria", "harm", "cannot_assess")("hm"), "criteria.harm: expected exactly one"),
    "items and reason": (put("criteria", "phrases", "cannot_assess")("hm"), "expected items to be empty"),
    "items as strings": (put("criteria", "phrases", "items")(["a phrase"]), "criteria.phrases.items.0"),
    "items as a number": (put("criteria", "phrases", "items")(5), "criteria.phrases.items: expected an array"),
    "item without why": (put("criteria", "phrases", "items")([{"quote": "x"}]), "items.0.why: is missing"),
    "runaway items": (
        put("criteria", "phrases", "items")([{"quote": "x", "why": "y"}] * 201),
        "criteria.phrases.items: expected at most 200",
    ),
    "evidence as a string": (put("criteria", "tone", "evidence")("x"), "criteria.tone.evidence: expected an array"),
    "evidence of overall": (put("criteria", "overall", "evidence")([]), "overall.evidence: is not part"),
    "missing criterion": (changed(lambda r: r["criteria"].pop("harm")), "criteria.harm: is missing"),
    "unknown criterion": (put("criteria", "bonus")({}), "criteria.bonus: is not part"),
    "internal name": (changed(lambda r: r["criteria"].update(c0=r["criteria"].pop("phrases"))), "criteria.phrases"),
    "missing part": (changed(lambda r: r.pop("addresses_grader")), "addresses_grader: is missing"),
    "missing feedback": (changed(lambda r: r.pop("feedback")), "feedback: is missing"),
    "extra total": (put("guards")(3), "guards: is not part"),
    "extra points": (put("criteria", "tone", "points")(2), "criteria.tone.points: is not part"),
    "unknown verdict": (put("content_match", "verdict")("maybe"), "content_match.verdict"),
    "verdict true": (put("content_match", "verdict")(True), "content_match.verdict"),  # noqa: FBT003 - a JSON value
    "quote null": (put("content_match", "quote")(None), "content_match.quote: expected a string"),
    "grader text as a string": (put("addresses_grader")("none"), "addresses_grader: expected an array"),
    "the server's error": ('{"error": {"message": "overloaded"}}', "content_match: is missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_rule_1_a_bad_reply_is_a_problem_and_never_a_mark(name: str) -> None:
    content, expected = BAD[name]
    found = parse_reply(content, RUBRIC)
    assert isinstance(found, ReplyProblem)
    assert found.code == "invalid_reply"
    assert expected in found.message
    assert len(found.message) <= 500


@pytest.mark.parametrize("content", ["", "  \n\t", "\u00a0", "```json\n\n```"])
def test_nothing_at_all_is_an_empty_reply(content: str) -> None:
    found = parse_reply(content, RUBRIC)
    assert isinstance(found, ReplyProblem)
    assert found.code == "empty_reply"


@pytest.mark.parametrize(
    "wrap", ["{}", "\n  {}\n\n", "```json\n{}\n```", "```\n{}```", " ```JSON\r\n{}\r\n``` \n"], ids=range(5)
)
def test_white_space_and_one_fence_around_a_reply_are_tolerated(wrap: str) -> None:
    assert isinstance(parse_reply(wrap.replace("{}", text()), RUBRIC), Grading)


def test_a_whole_reply_becomes_a_grading_in_the_rubrics_order() -> None:
    content = changed(lambda r: r.update(criteria=dict(reversed(r["criteria"].items()))))
    grading = parse_reply(content, RUBRIC)
    assert isinstance(grading, Grading)
    assert [mark.criterion for mark in grading.marks] == ["phrases", "tone", "harm", "overall"]
    phrases, tone, harm, overall = grading.marks
    assert isinstance(phrases, CountMark)
    assert [item.why for item in phrases.items] == ["steers"]
    assert isinstance(tone, LevelMark)
    assert (tone.level, tone.evidence) == (2, ("gladly, Anna",))
    assert isinstance(harm, CheckMark)
    assert harm.is_ is False
    assert isinstance(overall, LevelMark)
    assert (overall.level, overall.evidence) == (1, ())


def test_rule_1_what_the_judge_cannot_assess_has_no_mark() -> None:
    content = changed(
        lambda r: r["criteria"].update(
            phrases={"items": [], "cannot_assess": "a picture"},
            tone={"evidence": [], "rationale": "", "level": None, "cannot_assess": "a picture"},
            harm={"evidence": [], "rationale": "", "is": None, "cannot_assess": "a picture"},
            overall={"rationale": "", "level": None, "cannot_assess": "a picture"},
        )
    )
    grading = parse_reply(content, RUBRIC)
    assert isinstance(grading, Grading)
    assert all(mark.cannot_assess == "a picture" for mark in grading.marks)
    assert [getattr(m, "level", None) for m in grading.marks] == [None] * 4
    assert grading.marks[2].is_ is None  # type: ignore[union-attr]


def test_a_problem_never_repeats_what_the_submission_said() -> None:
    """A problem's message is stored and logged, so neither values nor odd keys appear in it."""
    secret = "Меня зовут Пелагея, телефон 600-10-20"
    for content in (
        put("criteria", "tone", "level")(secret),
        put(secret)("x"),
        put("content_match", "verdict")(secret),
        put("criteria", "tone", "evidence")(secret),
        secret,
        text().replace('"feedback": ', f'"{secret}": 1, "{secret}": '),
    ):
        found = parse_reply(content, RUBRIC)
        assert isinstance(found, ReplyProblem)
        assert "Пелагея" not in found.message
        assert "600" not in found.message


def test_criteria_may_carry_any_id_the_rubric_allows() -> None:
    names = ["copy", "schema", "json", "dict", "model_config", "model_fields", "c1", "c0", "cannot_assess", "class"]
    rubric = Rubric.model_validate(
        {
            "case": 1,
            "criteria": [{"id": name, "kind": "check", "title": name} for name in names]
            + [{"id": "overall", "kind": "level", "title": "o", "levels": {0: "a", 1: "b"}}],
        }
    )
    value = good()
    mark = {"evidence": [], "rationale": "", "is": True, "cannot_assess": None}
    value["criteria"] = dict.fromkeys(names, mark) | {"overall": value["criteria"]["overall"]}
    grading = parse_reply(json.dumps(value), rubric)
    assert isinstance(grading, Grading)
    assert [mark.criterion for mark in grading.marks] == [*names, "overall"]


def test_the_schema_asks_evidence_before_rationale_before_level() -> None:
    schema: Any = reply_schema(RUBRIC)
    assert schema["required"] == ["content_match", "criteria", "addresses_grader", "feedback"]
    criteria = schema["properties"]["criteria"]
    assert criteria["required"] == ["phrases", "tone", "harm", "overall"]
    parts = {name: part["required"] for name, part in criteria["properties"].items()}
    assert parts == {
        "phrases": ["items", "cannot_assess"],
        "tone": ["evidence", "rationale", "level", "cannot_assess"],
        "harm": ["evidence", "rationale", "is", "cannot_assess"],
        "overall": ["rationale", "level", "cannot_assess"],
    }
    assert criteria["properties"]["tone"]["properties"]["level"]["anyOf"][0]["enum"] == ["0", "1", "2"]


def test_with_summed_points_every_level_gathers_evidence() -> None:
    summed = RUBRIC.model_copy(update={"guards": Rubric.model_validate(points_rubric()).guards})
    schema: Any = reply_schema(summed)
    assert schema["properties"]["criteria"]["properties"]["overall"]["required"][0] == "evidence"
    assert isinstance(parse_reply(text(), summed), ReplyProblem)


def points_rubric() -> dict[str, Any]:
    return {
        "case": 1,
        "criteria": [{"id": "a", "kind": "level", "title": "A", "levels": {0: "x", 1: "y"}}],
        "guards": {"points": {1: 1}},
    }


def objects(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


def keywords(schema: dict[str, Any]) -> Iterator[str]:
    for key, value in schema.items():
        yield key
        if key == "properties":
            for inner in value.values():
                yield from keywords(inner)
        elif key == "items":
            yield from keywords(value)
        elif key == "anyOf":
            for inner in value:
                yield from keywords(inner)


def test_the_schema_obeys_the_rules_of_strict_structured_outputs() -> None:
    schema: Any = reply_schema(RUBRIC)
    for found in objects(schema):
        assert found["additionalProperties"] is False
        assert found["required"] == list(found["properties"])
    allowed = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
    assert set(keywords(schema)) <= allowed


def test_the_schema_is_a_fresh_value_each_time() -> None:
    first = reply_schema(RUBRIC)
    before = copy.deepcopy(first)
    first["properties"]["feedback"]["type"] = "spoilt"  # type: ignore[index]
    assert reply_schema(RUBRIC) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_strict_json_agrees_with_the_standard_library_on_plain_values(value: object) -> None:
    found = strict_json(json.dumps(value))
    if isinstance(found, ReplyProblem):
        assert "NUL" in found.message
    else:
        assert found == value


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='{}[]",:\\ntrue0-e ', max_size=60) | st.text(max_size=60))
def test_any_text_is_parsed_or_refused_but_never_raises(content: str) -> None:
    strict_json(content)
    assert isinstance(parse_reply(content, RUBRIC), ReplyProblem)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_rule_1_no_part_of_a_reply_is_ever_accepted_alone(data: st.DataObject) -> None:
    """Drop any one key anywhere in a good reply: the whole of it is refused."""
    value = good()
    places = [(value, key) for key in value]
    places += [(value["criteria"], key) for key in value["criteria"]]
    places += [(part, key) for part in value["criteria"].values() for key in part]
    holder, key = data.draw(st.sampled_from(places))
    del holder[key]
    assert isinstance(parse_reply(json.dumps(value), RUBRIC), ReplyProblem)


def test_depth_is_counted_outside_strings_only() -> None:
    assert strict_json(json.dumps("[" * 50 + '\\"' + "{" * 50)) == "[" * 50 + '\\"' + "{" * 50
    assert strict_json("[" * 20 + "]" * 20) == json.loads("[" * 20 + "]" * 20)


def test_an_unclosed_string_of_escapes_is_refused_quickly() -> None:
    assert isinstance(strict_json('"' + '\\"' * 400_000), ReplyProblem)
