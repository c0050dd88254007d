"""The contest as its organiser declares it in contest.yaml, and its cases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, field_validator, model_validator

from pipeline.domain.ids import Value, text_id

Language = Literal["ru", "en"]


class Eligible(StrEnum):
    """What an eligibility code does to a submission."""

    REJECT = "reject"
    """never sent to a judge, no guards"""
    REFER = "refer"
    """graded where it fits the limits, never suggested: a person decides"""
    ALLOW = "allow"
    """shown as a note only"""


DEFAULT_ELIGIBILITY: dict[str, Eligible] = {
    "no_case_number": Eligible.REJECT,
    "unknown_case": Eligible.REJECT,
    "late": Eligible.REJECT,
    "empty": Eligible.REJECT,
    "unreadable": Eligible.REJECT,
    "rejected_by_person": Eligible.REJECT,
    "edited_after_close": Eligible.REFER,
    "second_post": Eligible.REFER,
    "several_cases": Eligible.REFER,
    "guessed_cut": Eligible.REFER,
    "media_only": Eligible.REFER,
    "too_long": Eligible.REFER,
    "too_many_in_post": Eligible.REFER,
    "too_many_of_entrant": Eligible.REFER,
    "too_much_of_entrant": Eligible.REFER,
    "unknown_time": Eligible.REFER,
    "unknown_entrant": Eligible.REFER,
    "hidden_text": Eligible.REFER,
    "case_number_disagrees": Eligible.REFER,
    "time_disagrees": Eligible.REFER,
    "identical_text": Eligible.REFER,
    "correction_outdated": Eligible.REFER,
    "early": Eligible.ALLOW,
}
"""Every code that ingest can give, with its default outcome."""


CAPPED = frozenset({"too_many_in_post", "too_many_of_entrant", "too_much_of_entrant"})
"""Codes of what is over a cap of `limits`: never sent, whatever their outcome."""


class Scale(Value):
    """The guards of one case: 0..max whole units; `unit` names one unit by language."""

    unit: dict[Language, str] = Field(default={"ru": "гард", "en": "guard"})
    max: int = Field(default=3, ge=1, le=100)


class Award(Value):
    """How an entrant's guards of all cases become the assignment's award, 0..max.

    `mean_of_best`: the sum of the guards of the `best` best cases divided by `best` (a case not answered counts as
    none of them, so fewer than `best` answers lower the mean), scaled from scale.max to `core` points (None: to
    `max`, so that the rest can only make up for missing guards). The best cases are those that earn the entrant
    most: the highest guards, of equal guards the earlier post, unless `speed` outweighs a guard.
    `breadth`: points for each further case beyond `best`, times its guards / scale.max.
    `speed`: points for publishing early: the share of the open time left at publication, 0..1, times the case's
    guards / scale.max, summed over the counted cases and divided by `best`.
    `sum`: the guards of all cases added up as they are, and for each case `speed` times the share of the open time
    left times its guards / scale.max; `best`, `core` and `breadth` play no part.
    The share of an unknown time is 0, of a post before opening 1. The award never exceeds `max`.
    """

    method: Literal["mean_of_best", "sum"] = "mean_of_best"
    best: int = Field(default=3, ge=1)
    max: float = Field(default=3, gt=0)
    core: float | None = Field(default=None, gt=0)
    breadth: float = Field(default=0, ge=0)
    speed: float = Field(default=0, ge=0)


class JudgeSpec(Value):
    """What answers grading requests: declared, so that a change is seen in every grading's key.

    `endpoint` is a label, not an address; addresses and keys come from the environment
    (`OPENAI_BASE_URL`, `OPENAI_API_KEY`; for another label X: `CASEJURY_X_BASE_URL`, `CASEJURY_X_API_KEY`).
    `structured`: how the reply's schema is asked for; `auto` starts with json_schema and steps down when refused.
    """

    id: str = Field(default="main", pattern=r"^[a-z0-9_-]{1,40}$")
    model: str = "gpt-5-mini"
    endpoint: str = Field(default="openai", pattern=r"^[a-z0-9_]{1,40}$")
    temperature: float | None = Field(default=None, ge=0, le=2)
    seed: int | None = None
    max_output_tokens: int = Field(default=8000, ge=200, le=200_000)
    structured: Literal["auto", "json_schema", "json_object", "none"] = "auto"


class Policy(Value):
    """When a suggestion may stand, and what makes a quote count as found.

    `refer_share`: this share of the suggestions that nothing speaks against is referred all the same (`random_audit`).
    """

    review: Literal["every", "referred_and_audit"] = "every"
    audit_share: float = Field(default=0.1, ge=0, le=1)
    refer_share: float = Field(default=0, ge=0, le=1)
    fuzzy_quote: float = Field(default=0.92, ge=0.8, le=1)
    min_quote_chars: int = Field(default=12, ge=4, le=200)


class Budget(Value):
    """Upper limits for one run of grading. None: no limit. Money needs `prices`."""

    requests: int | None = Field(default=2000, ge=0)
    tokens: int | None = Field(default=5_000_000, ge=0)
    money: float | None = Field(default=None, ge=0)


class Price(Value):
    """Price of one million tokens in the organiser's currency."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class Limits(Value):
    """Bounds on what is read and sent. Tokens are estimated as UTF-8 bytes / 4.

    What is over a bound is not sent: a person marks it. `submissions_per_post` are the first of a post,
    `submissions_per_entrant` and `tokens_per_entrant` an entrant's first by publication; all unknown entrants together
    count as one. A post of more than `post_bytes` is unreadable.
    """

    submission_tokens: int = Field(default=6000, ge=100)
    submissions_per_post: int = Field(default=50, ge=1)
    submissions_per_entrant: int = Field(default=300, ge=1)
    tokens_per_entrant: int = Field(default=600_000, ge=100)
    file_bytes: int = Field(default=50_000_000, ge=1000)
    post_bytes: int = Field(default=2_000_000, ge=1000)
    concurrency: int = Field(default=8, ge=1, le=1000)
    connect_seconds: float = Field(default=10, gt=0)
    idle_seconds: float = Field(default=120, gt=0)
    total_seconds: float = Field(default=300, gt=0)
    attempts: int = Field(default=5, ge=1, le=20)


class TableRule(Value):
    """How tables whose file name fits `match` are read: own column names and constants."""

    match: str = "*"
    columns: dict[str, str] = Field(default_factory=dict)
    """field (id, entrant, case, text, published, modified, url, title) -> the table's column name"""
    case: int | None = None
    """the case of every row, where the table has no case column"""
    format: Literal["text", "html"] = "text"
    unix_time: bool = False


class Contest(Value):
    """contest.yaml, whole. `closes` is exclusive: a post published at that instant is late."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")
    title: str = ""
    language: Language = "en"
    timezone: str = "UTC"
    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    scale: Scale = Scale()
    award: Award = Award()
    eligibility: dict[str, Eligible] = Field(default_factory=dict)
    judges: tuple[JudgeSpec, ...] = Field(default=(JudgeSpec(),), min_length=1, max_length=1)
    policy: Policy = Policy()
    budget: Budget = Budget()
    limits: Limits = Limits()
    tables: tuple[TableRule, ...] = ()
    prices: dict[str, Price] = Field(default_factory=dict)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {name!r}; write one such as Europe/Moscow") from error
        return name

    @field_validator("eligibility")
    @classmethod
    def _known_codes(cls, codes: dict[str, Eligible]) -> dict[str, Eligible]:
        if unknown := sorted(set(codes) - set(DEFAULT_ELIGIBILITY)):
            raise ValueError(f"unknown code {unknown[0]!r}; known: {', '.join(sorted(DEFAULT_ELIGIBILITY))}")
        return codes

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.opens and self.closes and self.opens >= self.closes:
            raise ValueError("opens must lie before closes")
        if self.budget.money is not None and self.judges[0].model not in self.prices:
            raise ValueError(f"budget.money needs prices.{self.judges[0].model}")
        return self

    def outcome(self, code: str) -> Eligible:
        """What `code` does in this contest: contest.yaml's word, else the default."""
        return self.eligibility.get(code, DEFAULT_ELIGIBILITY[code])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Case(Value):
    """One task of the contest, with its statement as published (Markdown)."""

    number: Annotated[int, Field(ge=1, le=9999)]
    title: str
    statement: str

    @property
    def statement_id(self) -> str:
        return text_id(self.statement)


class RosterRow(Value):
    """One person of roster.csv. Names, contacts and authors never leave the organiser's machine."""

    pseudonym: str = Field(min_length=1)
    names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()
    role: Literal["entrant", "organiser"] = "entrant"
    conflicts: tuple[str, ...] = ()


def in_zone(stamp: datetime, contest: Contest) -> datetime:
    """The stamp in the contest's zone; one without an offset is read as the contest's local time."""
    return stamp.replace(tzinfo=contest.zone) if stamp.tzinfo is None else stamp.astimezone(contest.zone)
