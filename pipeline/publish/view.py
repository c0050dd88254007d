"""What a report is made of: everything already loaded and computed; publishing only lays it out."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.contest import Case, Contest
from pipeline.domain.decision import ChainHead, Decision, Outcome, Ruling
from pipeline.domain.grading import Grading, Usage
from pipeline.domain.ids import Value
from pipeline.domain.incident import Closing, Incident, Observation
from pipeline.domain.rubric import Rubric
from pipeline.domain.standings import EntrantAward
from pipeline.domain.submission import Proposal, Submission, Unreadable
from pipeline.domain.verification import Verification

Edition = Literal["organiser", "jury"]
"""jury: the AI's marks are left out of everything no juror has decided yet"""


class Provenance(Value):
    """Where a grading came from."""

    key: str
    judge: str
    declared_model: str
    answered_model: str = ""
    fingerprint: str = ""
    rubric: str
    prompt: str
    run: str = ""
    received_at: AwareDatetime | None = None


class Row(Value):
    """One submission with all that is known of it."""

    submission: Submission
    outcome: Outcome
    rubric: Rubric | None = None
    grading: Grading | None = None
    verification: Verification | None = None
    provenance: Provenance | None = None
    sent: str = ""
    """the text as it was sent, where masking changed it; empty where equal to the submission's text"""
    apart: tuple[str, ...] = ()
    """the characters of `submission.set_apart`, which are offsets in the post's text: the statement repeated"""
    proposal: Proposal | None = None
    ruling: Ruling | None = None
    """the juror's ruling in force"""
    ruled: Decision | None = None
    """the link of the trail that holds it"""
    reopened: bool = False
    """a ruling or a release exists, on an earlier text or other media: the question is open again"""
    released: int | None = None
    """guards that a named release made final without a juror ("AI under policy")"""

    @property
    def decided(self) -> bool:
        return self.ruling is not None and not self.reopened

    @property
    def final(self) -> int | None:
        """Guards that count for the award: a juror's, else those a release made final; None while open."""
        return self.ruling.guards if self.ruling is not None and self.decided else self.released


class RunInfo(Value):
    """The run a report was made after, and what all gradings together cost."""

    id: str
    at: AwareDatetime
    casejury: str
    """version of the software"""
    requests: int = 0
    usage: Usage = Usage()
    money: float | None = None
    note: str = ""
    """what the recordings say about where their answers come from"""
    recorded: bool = False
    """answers came from recordings"""
    trial: bool = False
    model_changes: tuple[str, ...] = ()


class AiShown(Value):
    """A stop or a resume of the AI, as the trail has it; the last one is in force."""

    seq: int
    kind: Literal["ai_stop", "ai_resume"]
    cause: Literal["", "organiser", "breaker", "trial"] = ""
    by: str
    at: AwareDatetime
    reason: str
    trial: int | None = None


class IncidentShown(Value):
    """A failure of the AI on record, with how it was closed."""

    id: str
    incident: Incident
    closed: Closing | None = None


class Report(Value):
    """All that goes into index.html, report.json, decisions.csv and decisions.xlsx."""

    contest: Contest
    cases: tuple[Case, ...]
    rubrics: dict[int, Rubric] = Field(default_factory=dict)
    rows: tuple[Row, ...]
    posts: int
    versions: int
    not_entries: dict[str, int] = Field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    awards: tuple[EntrantAward, ...] = ()
    head: ChainHead
    run: RunInfo
    releases: tuple[Decision, ...] = ()
    """named releases, oldest first; the last one's audit stands wherever "AI under policy" does"""
    ai: tuple[AiShown, ...] = ()
    """stops and resumes, oldest first"""
    incidents: tuple[IncidentShown, ...] = ()
    observations: tuple[Observation, ...] = ()
    """how every request for a grading ended: what rates are shares of"""
    edition: Edition = "organiser"
