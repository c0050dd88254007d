"""No reply stops the parser, takes it long, or becomes a grading that is not wholly what the schema asks for."""

from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Case, JudgeSpec, Policy
from pipeline.domain.draft import parse_draft
from pipeline.domain.grading import Grading, JudgeRequest, Message
from pipeline.domain.masking import Masked
from pipeline.domain.proposal import parse_proposal
from pipeline.domain.reply import ReplyProblem, parse_reply
from pipeline.domain.rubric import Rubric
from pipeline.domain.verify import verify
from pipeline.llm.replies import read_reply
from tests.tools.contest import AT, KEY, RUBRICS
from tests.tools.scripted_server import completion

RUBRIC = Rubric.model_validate(RUBRICS[1])
CASE = Case(number=1, title="t", statement="Give two phrases.")
TEXT = "I see how long you have waited for it.\nI will call you back today."
REQUEST = JudgeRequest(
    purpose="grade",
    key="k",
    messages=(Message(role="user", content="q"),),
    reply_schema={},
    schema_name="s",
    judge=JudgeSpec(),
)
GOOD: dict[str, Any] = {
    "content_match": {"verdict": "yes", "quote": "I see how long you have waited"},
    "criteria": {
        "phrases": {"items": [{"quote": "I will call you back today", "why": "w"}], "cannot_assess": None},
        "harm": {"evidence": [], "rationale": "r", "is": False, "cannot_assess": None},
        "overall": {"rationale": "r", "level": "2", "cannot_assess": None},
    },
    "addresses_grader": [],
    "feedback": "f",
}
ODD = st.sampled_from(
    [None, True, 0, -1, 2, 2.0, 1e308, "2", "", "\x00", "\ud800", "x" * 5000, [], {}, [[]], "yes", "NaN", 10**40]
)
JUNK = st.recursive(
    ODD | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def survives(content: str) -> None:
    """A problem in short words, or a grading that verification can take; never an exception, never a number alone."""
    begin = time.perf_counter()
    parsed = parse_reply(content, RUBRIC)
    if isinstance(parsed, Grading):
        assert [mark.criterion for mark in parsed.marks] == ["phrases", "harm", "overall"]
        checked = verify(parsed, Masked.identity(TEXT), RUBRIC, scale_max=3, policy=Policy(), statement=CASE.statement)
        assert checked.computed.guards is None or 0 <= checked.computed.guards <= 3
    else:
        assert isinstance(parsed, ReplyProblem)
        assert len(parsed.message) <= 500
    for other in (parse_proposal(content, [1, 2], "judge:main"), parse_draft(content, CASE, 3)):
        assert other is not None
    assert time.perf_counter() - begin < 10


@given(JUNK)
@settings(settings.get_profile("fuzz"))
def test_any_json(value: object) -> None:
    survives(json.dumps(value))


@given(st.data())
@settings(settings.get_profile("fuzz"))
def test_a_good_reply_with_one_place_changed(data: st.DataObject) -> None:
    reply = json.loads(json.dumps(GOOD))
    at: Any = reply
    while isinstance(at, dict | list) and at:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = data.draw(JUNK)
            break
        at = at[key]
    survives(json.dumps(reply))


@given(st.integers(0, 900), st.text(max_size=20), st.integers(0, 30))
@settings(settings.get_profile("fuzz"))
def test_a_good_reply_with_damage(at: int, put: str, drop: int) -> None:
    text = json.dumps(GOOD)
    at %= len(text)
    survives(text[:at] + put + text[at + drop :])


@given(st.sampled_from(["[", "{", '{"a":', '"', "\\", "```", "9", "-", "\ud800", " ", "null,"]), st.integers(1, 60_000))
@settings(settings.get_profile("fuzz"))
def test_the_same_thing_over_and_over(piece: str, times: int) -> None:
    survives(piece * times)


def answer_of(value: object) -> Any:
    return {"choices": [{"message": {"content": value}}], "usage": value, "model": value, "id": value}


@given(st.binary(max_size=300) | (JUNK | JUNK.map(answer_of)).map(lambda value: json.dumps(value).encode()))
@settings(settings.get_profile("fuzz"))
def test_any_body_of_an_answer(body: bytes) -> None:
    """From the provider's bytes on; whatever came can be stored and names no key."""
    outcome = read_reply(body, {}, request=REQUEST, key=KEY, endpoint="OPENAI_BASE_URL", received=AT)
    outcome.model_dump_json().encode()


def test_a_key_in_an_answer_is_taken_out() -> None:
    body = json.dumps(completion(f"your key is {KEY}", model=KEY)).encode()
    outcome = read_reply(body, {"x-request-id": KEY}, request=REQUEST, key=KEY, endpoint="E", received=AT)
    assert KEY not in outcome.model_dump_json()
    assert "your key is [key]" in outcome.model_dump_json()
