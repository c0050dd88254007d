"""The judge's reply: its schema, made from the rubric, and its parser, which takes all of it or nothing."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from pipeline.domain.grading import CheckMark, ContentMatch, CountMark, Grading, Item, LevelMark
from pipeline.domain.rubric import CountCriterion, Criterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.strict import MAX_ENTRIES, ReplyProblem, strict_json, strict_object, validated

__all__ = ["ReplyProblem", "parse_reply", "reply_schema", "strict_json"]

_STRING: dict[str, object] = {"type": "string"}
_NULLABLE: dict[str, object] = {"type": ["string", "null"]}
_STRINGS: dict[str, object] = {"type": "array", "items": _STRING}


def reply_schema(rubric: Rubric) -> dict[str, object]:
    """The strict JSON schema of a reply by `rubric`, its properties in the order in which they are to be written.

    Evidence stands before rationale, rationale before the mark; the criterion that the guards are taken from has no
    evidence of its own. Only keywords of the strict structured outputs are used. `required` repeats the order, so
    that the schema's content id changes with it.
    """
    match: dict[str, object] = {"verdict": {"type": "string", "enum": ["yes", "no", "unsure"]}, "quote": _STRING}
    reply: dict[str, object] = {
        "content_match": strict_object(match),
        "criteria": strict_object({c.id: _criterion_schema(c, bare=_bare(rubric, c)) for c in rubric.criteria}),
        "addresses_grader": _STRINGS,
        "feedback": _STRING,
    }
    return deepcopy(strict_object(reply))


def _bare(rubric: Rubric, criterion: Criterion) -> bool:
    return isinstance(rubric.guards, FromLevel) and rubric.guards.from_ == criterion.id


def _criterion_schema(criterion: Criterion, *, bare: bool) -> dict[str, object]:
    if isinstance(criterion, CountCriterion):
        item = strict_object({"quote": _STRING, "why": _STRING})
        return strict_object({"items": {"type": "array", "items": item}, "cannot_assess": _NULLABLE})
    mark: dict[str, object]
    if isinstance(criterion, LevelCriterion):
        levels: list[object] = [str(level) for level in sorted(criterion.levels)]
        mark = {"level": {"anyOf": [{"type": "string", "enum": levels}, {"type": "null"}]}}
    else:
        mark = {"is": {"type": ["boolean", "null"]}}
    evidence: dict[str, object] = {} if bare else {"evidence": _STRINGS}
    return strict_object(evidence | {"rationale": _STRING} | mark | {"cannot_assess": _NULLABLE})


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Claim(_Part):
    quote: str
    why: str


class _Assessed(_Part):
    cannot_assess: str | None

    @model_validator(mode="after")
    def _reason(self) -> Self:
        if self.cannot_assess is not None and not self.cannot_assess.strip():
            raise ValueError("cannot_assess: expected null or a reason in words")
        return self


class _Level(_Assessed):
    evidence: Annotated[list[str], Field(max_length=MAX_ENTRIES)]
    rationale: str
    level: str | None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.level is None) == (self.cannot_assess is None):
            raise ValueError("expected exactly one of level and cannot_assess to be null")
        return self


class _Source(_Assessed):
    rationale: str
    level: str | None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.level is None) == (self.cannot_assess is None):
            raise ValueError("expected exactly one of level and cannot_assess to be null")
        return self


class _Check(_Assessed):
    evidence: Annotated[list[str], Field(max_length=MAX_ENTRIES)]
    rationale: str
    is_: bool | None = Field(alias="is")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.is_ is None) == (self.cannot_assess is None):
            raise ValueError("expected exactly one of is and cannot_assess to be null")
        return self


class _Count(_Assessed):
    items: Annotated[list[_Claim], Field(max_length=MAX_ENTRIES)]

    @model_validator(mode="after")
    def _none_when_unknown(self) -> Self:
        if self.cannot_assess is not None and self.items:
            raise ValueError("expected items to be empty where cannot_assess gives a reason")
        return self


class _Match(_Part):
    verdict: Literal["yes", "no", "unsure"]
    quote: str


class _Reply(_Part):
    content_match: _Match
    addresses_grader: Annotated[list[str], Field(max_length=MAX_ENTRIES)]
    feedback: str


_Shape: TypeAlias = tuple[tuple[str, str, tuple[str, ...]], ...]


def _among(levels: tuple[str, ...]) -> AfterValidator:
    def check(mark: _Level | _Source) -> _Level | _Source:
        if mark.level is not None and mark.level not in levels:
            raise ValueError(f"level: expected one of {', '.join(json.dumps(level) for level in levels)} or null")
        return mark

    return AfterValidator(check)


def _shape(rubric: Rubric) -> _Shape:
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    for criterion in rubric.criteria:
        if isinstance(criterion, LevelCriterion):
            levels = tuple(str(level) for level in sorted(criterion.levels))
            rows.append((criterion.id, "source" if _bare(rubric, criterion) else "level", levels))
        else:
            rows.append((criterion.id, criterion.kind, ()))
    return tuple(rows)


@lru_cache(maxsize=256)
def _reply_model(shape: _Shape) -> type[_Reply]:
    """The reply's model; fields are numbered and aliased, since a criterion may be called `copy` or `schema`."""
    kinds: dict[str, Any] = {"level": _Level, "source": _Source, "check": _Check, "count": _Count}
    fields: dict[str, Any] = {}
    for index, (name, kind, levels) in enumerate(shape):
        part = Annotated[kinds[kind], _among(levels)] if levels else kinds[kind]
        fields[f"c{index}"] = (part, Field(alias=name))
    criteria = create_model("Criteria", __base__=_Part, **fields)
    return create_model("Reply", __base__=_Reply, criteria=(criteria, ...))


def parse_reply(content: str, rubric: Rubric) -> Grading | ReplyProblem:
    """The reply as a whole grading by `rubric`, marks in the rubric's order, or the problem that refuses all of it.

    Types are strict (a level is the string "2", never the number); every key is required and no other is allowed;
    of a mark and `cannot_assess` exactly one is null. Nothing is filled in and nothing is dropped.
    """
    value = strict_json(content)
    if isinstance(value, ReplyProblem):
        return value
    reply = validated(_reply_model(_shape(rubric)), value)
    if isinstance(reply, ReplyProblem):
        return reply
    parts = [getattr(reply.criteria, f"c{i}") for i in range(len(rubric.criteria))]  # type: ignore[attr-defined]
    return Grading(
        content_match=ContentMatch(verdict=reply.content_match.verdict, quote=reply.content_match.quote),
        marks=tuple(_mark(criterion.id, part) for criterion, part in zip(rubric.criteria, parts, strict=True)),
        addresses_grader=tuple(reply.addresses_grader),
        feedback=reply.feedback,
    )


def _mark(name: str, part: _Level | _Source | _Check | _Count) -> LevelMark | CountMark | CheckMark:
    if isinstance(part, _Count):
        items = tuple(Item(quote=item.quote, why=item.why) for item in part.items)
        return CountMark(criterion=name, items=items, cannot_assess=part.cannot_assess)
    if isinstance(part, _Check):
        return CheckMark(
            criterion=name,
            evidence=tuple(part.evidence),
            rationale=part.rationale,
            is_=part.is_,
            cannot_assess=part.cannot_assess,
        )
    return LevelMark(
        criterion=name,
        evidence=tuple(part.evidence) if isinstance(part, _Level) else (),
        rationale=part.rationale,
        level=None if part.level is None else int(part.level),
        cannot_assess=part.cannot_assess,
    )
