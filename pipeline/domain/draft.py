"""A rubric drafted by the judge: its schema and its parser. A draft; only a person approves."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.domain.contest import Case
from pipeline.domain.rubric import Cap, CheckCriterion, CountCriterion, Criterion, FromLevel, LevelCriterion, Rubric
from pipeline.domain.strict import ReplyProblem, problem, strict_json, strict_object, validated

OVERALL = "overall"
_KINDS = ("count", "level", "check")
_CONDITIONS = ("items_below", "level_below", "is_true", "is_false")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_CRITERIA = 30
_MOST_ITEMS = 100


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _LevelText(_Part):
    level: int
    descriptor: str


class _Criterion(_Part):
    id: str
    kind: Literal["count", "level", "check"]
    title: str
    qualifies: str | None
    at_least: int | None
    at_most: int | None
    levels: list[_LevelText]
    asks: str | None


class _Cap(_Part):
    criterion: str
    condition: Literal["items_below", "level_below", "is_true", "is_false"]
    bound: int | None
    max: int


class _Draft(_Part):
    criteria: list[_Criterion]
    caps: list[_Cap]


class _Unfit(Exception):
    """Carries what is wrong with one part of the draft to the parser."""


def draft_schema() -> dict[str, object]:
    """The strict JSON schema of a drafted rubric.

    All kinds of criteria share one shape; what a kind does not have is null (`levels`: empty). The last criterion is
    the level criterion `overall`, which the guards are taken from.
    """
    text: dict[str, object] = {"type": "string"}
    text_or_null: dict[str, object] = {"type": ["string", "null"]}
    number_or_null: dict[str, object] = {"type": ["integer", "null"]}
    criterion: dict[str, object] = {
        "id": text,
        "kind": {"type": "string", "enum": list(_KINDS)},
        "title": text,
        "qualifies": text_or_null,
        "at_least": number_or_null,
        "at_most": number_or_null,
        "levels": {"type": "array", "items": strict_object({"level": {"type": "integer"}, "descriptor": text})},
        "asks": text_or_null,
    }
    cap: dict[str, object] = {
        "criterion": text,
        "condition": {"type": "string", "enum": list(_CONDITIONS)},
        "bound": number_or_null,
        "max": {"type": "integer"},
    }
    draft: dict[str, object] = {
        "criteria": {"type": "array", "items": strict_object(criterion)},
        "caps": {"type": "array", "items": strict_object(cap)},
    }
    return deepcopy(strict_object(draft))


def parse_draft(content: str, case: Case, scale_max: int) -> Rubric | ReplyProblem:
    """The draft in `content` as a rubric of `case`, or what is wrong with it in words a repair request can quote.

    Refused: kinds with fields of another kind, levels that do not run from 0 without a gap, `overall` absent, not
    last or without a descriptor for each of 0..scale_max, caps that do not fit their criterion or cap nothing.
    """
    value = strict_json(content)
    draft = value if isinstance(value, ReplyProblem) else validated(_Draft, value)
    if isinstance(draft, ReplyProblem):
        return draft
    try:
        criteria = tuple(_criterion(part) for part in draft.criteria)
        _check_set(criteria, scale_max)
        caps = tuple(_cap(cap, criteria, scale_max) for cap in draft.caps)
        return Rubric(
            case=case.number,
            status="draft",
            criteria=criteria,
            guards=FromLevel.model_validate({"from": OVERALL}),
            caps=caps,
        )
    except _Unfit as unfit:
        return problem(str(unfit))
    except ValidationError as error:
        return problem("; ".join(str(e["msg"]).removeprefix("Value error, ") for e in error.errors()[:3]))


def _require(*, holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Unfit(otherwise)


def _criterion(part: _Criterion) -> Criterion:
    _require(
        holds=bool(_ID.fullmatch(part.id)),
        otherwise="criteria: each id is up to 40 of a-z, 0-9 and _, and begins with a letter",
    )
    place = f"criteria.{part.id}"
    _require(holds=bool(part.title.strip()), otherwise=f"{place}.title: expected words")
    own = {"count": {"qualifies", "at_least", "at_most"}, "level": {"levels"}, "check": {"asks"}}[part.kind]
    for name in ("qualifies", "at_least", "at_most", "levels", "asks"):
        empty: list[str] | None = [] if name == "levels" else None
        wanted = "null" if empty is None else "an empty array"
        _require(
            holds=name in own or getattr(part, name) == empty,
            otherwise=f"{place}.{name}: expected {wanted}, a {part.kind} criterion has none",
        )
    if part.kind == "count":
        return _count(part, place)
    if part.kind == "level":
        return LevelCriterion(id=part.id, kind="level", title=part.title.strip(), levels=_levels(part, place))
    _require(holds=bool((part.asks or "").strip()), otherwise=f"{place}.asks: expected what is true or false, in words")
    return CheckCriterion(id=part.id, kind="check", title=part.title.strip(), asks=(part.asks or "").strip())


def _count(part: _Criterion, place: str) -> CountCriterion:
    qualifies, least, most = (part.qualifies or "").strip(), part.at_least, part.at_most
    _require(holds=bool(qualifies), otherwise=f"{place}.qualifies: expected what counts as one item, in words")
    if least is None or not 1 <= least <= _MOST_ITEMS:
        raise _Unfit(f"{place}.at_least: expected a whole number from 1 to {_MOST_ITEMS}")
    _require(
        holds=most is None or least <= most <= _MOST_ITEMS,
        otherwise=f"{place}.at_most: expected null or a whole number from {least} to {_MOST_ITEMS}",
    )
    return CountCriterion(
        id=part.id, kind="count", title=part.title.strip(), qualifies=qualifies, at_least=least, at_most=most
    )


def _levels(part: _Criterion, place: str) -> dict[int, str]:
    numbers = [level.level for level in part.levels]
    _require(
        holds=len(numbers) >= 2 and numbers == list(range(len(numbers))),
        otherwise=f"{place}.levels: expected at least two, numbered 0, 1, 2 … in this order",
    )
    _require(
        holds=all(level.descriptor.strip() for level in part.levels),
        otherwise=f"{place}.levels: expected a descriptor in words for each",
    )
    return {level.level: level.descriptor.strip() for level in part.levels}


def _check_set(criteria: tuple[Criterion, ...], scale_max: int) -> None:
    _require(
        holds=1 <= len(criteria) <= _MOST_CRITERIA, otherwise=f"criteria: expected from 1 to {_MOST_CRITERIA} of them"
    )
    names = [criterion.id for criterion in criteria]
    _require(holds=len(set(names)) == len(names), otherwise="criteria: the ids must differ")
    last = criteria[-1]
    if not isinstance(last, LevelCriterion) or last.id != OVERALL:
        raise _Unfit("criteria: the last one must be the level criterion overall")
    _require(
        holds=sorted(last.levels) == list(range(scale_max + 1)),
        otherwise=f"criteria.{OVERALL}.levels: expected one descriptor for each of 0 to {scale_max}",
    )


def _cap(cap: _Cap, criteria: tuple[Criterion, ...], scale_max: int) -> Cap:
    criterion = next((c for c in criteria if c.id == cap.criterion), None)
    if criterion is None:
        raise _Unfit("caps: each criterion must be the id of one of the criteria")
    place = f"caps of {criterion.id}"
    _require(
        holds=0 <= cap.max < scale_max, otherwise=f"{place}: max: expected a whole number from 0 to {scale_max - 1}"
    )
    fitting = {"count": "items_below", "level": "level_below"}.get(criterion.kind)
    if fitting is None:
        _require(
            holds=cap.condition in ("is_true", "is_false") and cap.bound is None,
            otherwise=f"{place}: expected the condition is_true or is_false with bound null",
        )
        return Cap.model_validate({"criterion": criterion.id, "is": cap.condition == "is_true", "max": cap.max})
    _require(holds=cap.condition == fitting, otherwise=f"{place}: expected the condition {fitting}")
    highest = _MOST_ITEMS if isinstance(criterion, CountCriterion) else max(getattr(criterion, "levels", {0: ""}))
    if cap.bound is None or not 1 <= cap.bound <= highest:
        raise _Unfit(f"{place}: bound: expected a whole number from 1 to {highest}")
    return Cap.model_validate({"criterion": criterion.id, fitting: cap.bound, "max": cap.max})
