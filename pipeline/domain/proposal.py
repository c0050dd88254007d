"""The judge's proposal of the case that a text without a number answers."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from pydantic import BaseModel, ConfigDict

from pipeline.domain.strict import ReplyProblem, problem, strict_json, strict_object, validated
from pipeline.domain.submission import Proposal

NONE_FITS = "none"


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    reason: str
    case: str


def proposal_schema(numbers: Iterable[int]) -> dict[str, object]:
    """The strict JSON schema of a proposal: the reason first, then one of the cases' numbers as a string, or none."""
    cases: dict[str, object] = {"type": "string", "enum": _choices(numbers)}
    return deepcopy(strict_object({"reason": {"type": "string"}, "case": cases}))


def parse_proposal(content: str, numbers: Iterable[int], by: str) -> Proposal | ReplyProblem:
    """The proposal in `content`, or why there is none. `by` names who proposes, such as `judge:main`."""
    value = strict_json(content)
    reply = value if isinstance(value, ReplyProblem) else validated(_Reply, value)
    if isinstance(reply, ReplyProblem):
        return reply
    choices = _choices(numbers)
    if reply.case not in choices:
        return problem(f"case: expected one of {', '.join(choices)}")
    if not reply.reason.strip():
        return problem("reason: expected one sentence")
    return Proposal(case=None if reply.case == NONE_FITS else int(reply.case), by=by, why=reply.reason.strip())


def _choices(numbers: Iterable[int]) -> list[str]:
    return [*(str(number) for number in sorted(set(numbers))), NONE_FITS]
