"""Proposals of a case: one of the contest's, or none; never a guess by the parser."""

from __future__ import annotations

import json

import pytest

from pipeline.domain.proposal import parse_proposal, proposal_schema
from pipeline.domain.strict import ReplyProblem
from pipeline.domain.submission import Proposal


def test_the_reason_is_asked_before_the_case() -> None:
    assert proposal_schema([11, 2]) == {
        "type": "object",
        "properties": {"reason": {"type": "string"}, "case": {"type": "string", "enum": ["2", "11", "none"]}},
        "required": ["reason", "case"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(("case", "number"), [("2", 2), ("11", 11), ("none", None)])
def test_a_proposal_names_a_case_or_none(case: str, number: int | None) -> None:
    content = json.dumps({"reason": " It is about a refund. ", "case": case})
    found = parse_proposal(content, [2, 11], "judge:main")
    assert found == Proposal(case=number, by="judge:main", why="It is about a refund.")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "2",
        '{"reason": "r", "case": 2}',
        '{"reason": "r", "case": "3"}',
        '{"reason": "r", "case": "None"}',
        '{"reason": "r", "case": "02"}',
        '{"reason": "r", "case": null}',
        '{"reason": " ", "case": "2"}',
        '{"case": "2"}',
        '{"reason": "r", "case": "2", "sure": true}',
        '{"reason": "r", "case": "2", "case": "11"}',
    ],
)
def test_anything_else_is_a_problem(content: str) -> None:
    assert isinstance(parse_proposal(content, [2, 11], "judge:main"), ReplyProblem)
