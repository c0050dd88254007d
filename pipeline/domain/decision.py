"""What follows from a verification (suggested or referred) and what people decide, in an append-only chain."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.ids import Value, content_id
from pipeline.domain.submission import Reason


class Suggested(Value):
    """An AI proposal that passed every check. Not a decision: a juror rules (policy.review)."""

    state: Literal["suggested"] = "suggested"
    guards: int
    notes: tuple[Reason, ...] = ()


class Referred(Value):
    """Needs a person; every reason is named. `guards` is what code computed from the AI's marks, if it could."""

    state: Literal["referred"] = "referred"
    reasons: tuple[Reason, ...] = Field(min_length=1)
    guards: int | None = None
    notes: tuple[Reason, ...] = ()


class Pending(Value):
    """Eligible, not graded yet."""

    state: Literal["pending"] = "pending"


class Ineligible(Value):
    """Takes no part, and why; a person can admit, assign or cut again."""

    state: Literal["ineligible"] = "ineligible"
    reasons: tuple[Reason, ...] = Field(min_length=1)


Outcome = Annotated[Suggested | Referred | Pending | Ineligible, Field(discriminator="state")]


class RuledMark(Value):
    """A juror's mark on one criterion: a level, a number of items, or true/false."""

    criterion: str
    level: int | None = None
    items: int | None = None
    is_: bool | None = Field(default=None, alias="is")


class Ruling(Value):
    """A juror's word on one submission's text: marks per criterion (code computes the guards), or guards alone."""

    kind: Literal["ruling"] = "ruling"
    submission: str
    text: str
    """content_id of the submission as it was ruled on; a later version of the post reopens the question"""
    rubric: str
    guards: int = Field(ge=0)
    marks: tuple[RuledMark, ...] = ()
    direct: bool = False
    suggested: int | None = None
    """what the AI suggested at that time, if anything"""
    key: str = ""
    """the grading it was suggested by"""


class Correction(Value):
    """A person corrects what ingest decided about a post."""

    kind: Literal["admit", "reject", "assign", "resplit"]
    post: str
    """identity of the post"""
    version: str
    """version_id the correction was made on"""
    part: int | None = None
    """ordinal of the submission within the post; None: all of it"""
    case: int | None = None
    """assign: the case"""
    cuts: tuple[tuple[int, int, int | None], ...] = ()
    """resplit: start, end (code points of the post's text), case or None for no answer"""
    codes: tuple[str, ...] = ()
    """admit: the codes lifted; empty: all that apply now"""


class Finalised(Value):
    """One result that a release made final: which guards, of which submission as it was, by which grading."""

    guards: int = Field(ge=0)
    text: str
    """content_id of the submission as it was released; a later version of the post reopens the question"""
    key: str = ""
    """the grading that suggested the guards"""


class Release(Value):
    """A named organiser makes results final under the contest's review policy."""

    kind: Literal["release"] = "release"
    finalised: dict[str, Finalised] = Field(default_factory=dict)
    """submission id -> what no juror ruled on ("AI under policy")"""
    audit_n: int = 0
    audit_agreed: int = 0


Act = Annotated[Ruling | Correction | Release, Field(discriminator="kind")]


class Decision(Value):
    """One link of the trail: who did what, when, why, instead of what; never updated or deleted.

    `hash` covers the previous link's hash and everything else here, in canonical JSON.
    """

    seq: int = Field(ge=1)
    by: str = Field(min_length=1)
    at: AwareDatetime
    reason: str
    act: Act
    supersedes: int | None = None
    previous: str
    hash: str


class ChainHead(Value):
    """How many decisions there are and the hash of the last: printed everywhere, so that a cut tail shows."""

    count: int
    hash: str


GENESIS = content_id("casejury decisions")


def link_hash(
    *, seq: int, by: str, at: str, reason: str, act: dict[str, object], supersedes: int | None, previous: str
) -> str:
    """The hash of a link; `at` in ISO 8601 UTC with microseconds."""
    return content_id(
        {"seq": seq, "by": by, "at": at, "reason": reason, "act": act, "supersedes": supersedes, "previous": previous}
    )
