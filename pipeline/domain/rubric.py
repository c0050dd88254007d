"""The scoring guide of a case: criteria, the rule that turns marks into guards, caps and exemplars."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from pipeline.domain.ids import Value, content_id

CriterionId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class LevelCriterion(Value):
    """Ordinal descriptors: the judge picks the level whose descriptor fits."""

    id: CriterionId
    kind: Literal["level"]
    title: str
    levels: dict[int, str] = Field(min_length=2)
    evidence: bool = True
    """whether a mark above the lowest level must carry at least one quote (never asked of `overall`)"""


class CountCriterion(Value):
    """The judge lists items that qualify, each with a quote; code verifies, de-duplicates and counts."""

    id: CriterionId
    kind: Literal["count"]
    title: str
    qualifies: str
    at_least: int = Field(ge=1, le=1000)
    at_most: int | None = None
    """the upper end of a demanded range ("2-3"); more is never worse"""


class CheckCriterion(Value):
    """True or false, with evidence where true."""

    id: CriterionId
    kind: Literal["check"]
    title: str
    asks: str = ""
    evidence: bool = True


Criterion = Annotated[LevelCriterion | CountCriterion | CheckCriterion, Field(discriminator="kind")]


class FromLevel(Value):
    """Guards are the level of the named level criterion (usually `overall`), then capped."""

    from_: CriterionId = Field(alias="from")


class FromPoints(Value):
    """Guards are the highest key whose points are reached by the summed points; below all of them 0.

    A level criterion gives its level, a count criterion its counted items (at most `at_least`), a check 1 if true.
    """

    points: dict[int, int] = Field(min_length=1)


class Cap(Value):
    """An upper bound of the guards while a condition holds; exactly one of items_below, level_below, is."""

    criterion: CriterionId
    items_below: int | None = Field(default=None, le=1000)
    level_below: int | None = None
    is_: bool | None = Field(default=None, alias="is")
    max: int = Field(ge=0)

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if sum(x is not None for x in (self.items_below, self.level_below, self.is_)) != 1:
            raise ValueError("a cap has exactly one of items_below, level_below, is")
        return self


class Exemplar(Value):
    """A pre-scored sample that fixes what a number of guards means."""

    guards: int = Field(ge=0)
    text: str
    why: str = ""


class Approval(Value):
    """Who signed which content, and when; a later change of rubric or statement voids it."""

    by: str = Field(min_length=1)
    at: AwareDatetime
    rubric: str = ""
    statement: str = ""


class Rubric(Value):
    """A case's scoring guide; its id is the hash of everything but status and approval."""

    case: int = Field(ge=1)
    status: Literal["draft", "approved"] = "draft"
    approved: Approval | None = None
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    guards: FromLevel | FromPoints = FromLevel.model_validate({"from": "overall"})
    caps: tuple[Cap, ...] = ()
    exemplars: tuple[Exemplar, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [c.id for c in self.criteria]
        if len(set(ids)) != len(ids):
            raise ValueError("criterion ids must differ")
        if isinstance(self.guards, FromLevel):
            source = next((c for c in self.criteria if c.id == self.guards.from_), None)
            if not isinstance(source, LevelCriterion):
                raise ValueError(f"guards.from: {self.guards.from_!r} is not a level criterion of this rubric")
            if source.id != ids[-1]:
                raise ValueError(f"guards.from: {source.id!r} must stand last, it is judged with the others in view")
        return self

    @property
    def id(self) -> str:
        return content_id(self.model_dump(mode="json", by_alias=True, exclude={"status", "approved"}))

    def criterion(self, name: str) -> LevelCriterion | CountCriterion | CheckCriterion:
        """The criterion of that id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.id == name:
                return criterion
        raise KeyError(name)
