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


class AiWindow(Value):
    """How a judge's latest gradings ended: `hallucinated` and `failed` exclude each other."""

    gradings: int = Field(ge=0)
    hallucinated: int = Field(ge=0)
    failed: int = Field(ge=0)

    @property
    def bad(self) -> int:
        return self.hallucinated + self.failed


class AiStop(Value):
    """The AI is not asked any more: by a person's word, by the breaker, or because a trial after a resume failed.

    What has no grading is marked by hand until a person resumes. `window`: what opened the breaker or failed.
    """

    kind: Literal["ai_stop"] = "ai_stop"
    cause: Literal["organiser", "breaker", "trial"]
    judge: str = ""
    """empty: every judge"""
    window: AiWindow | None = None
    run: str = ""


class AiResume(Value):
    """A person lets the AI be asked again: first for `trial` gradings, whose results decide about the rest."""

    kind: Literal["ai_resume"] = "ai_resume"
    trial: int = Field(ge=1)
    after: int = Field(default=0, ge=0)
    """how many observations there were: earlier ones do not count any more"""


Act = Annotated[Ruling | Correction | Release | AiStop | AiResume, Field(discriminator="kind")]


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
