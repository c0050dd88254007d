"""report.json: the whole report for programs, with a JSON Schema made from these models."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.contest import Award, Language, Policy, Scale
from pipeline.domain.decision import ChainHead, Outcome, Ruling
from pipeline.domain.grading import Grading
from pipeline.domain.ids import Value
from pipeline.domain.rubric import Rubric
from pipeline.domain.standings import EntrantAward
from pipeline.domain.submission import Proposal, Submission, Unreadable
from pipeline.domain.verification import Verification
from pipeline.messages import Texts
from pipeline.publish.award_words import award_words
from pipeline.publish.counts import Counts, counts_of
from pipeline.publish.edition import State, guards_of, range_of, state_of
from pipeline.publish.incidents import IncidentCounts, incident_counts
from pipeline.publish.safe import safe_json
from pipeline.publish.saying import reason_sentences
from pipeline.publish.view import AiShown, Edition, IncidentShown, Provenance, Report, Row, RunInfo


class RuledBy(Value):
    """Who ruled, when and why; `seq` is the decision's place in the trail."""

    seq: int
    by: str
    at: AwareDatetime
    reason: str
    ruling: Ruling
    in_force: bool
    """false: made on an earlier text, the question is open again"""


class Released(Value):
    """A named release and the blind audit it rests on."""

    seq: int
    by: str
    at: AwareDatetime
    reason: str
    finalised: int
    """how many submissions it made final without a juror ("AI under policy")"""
    audit_n: int
    audit_agreed: int


class ReportedCase(Value):
    """A case and the rubric it is graded by, if it has one."""

    number: int
    title: str
    statement: str
    rubric: Rubric | None
    rubric_id: str | None


class ReportedSubmission(Value):
    """A submission. `guards` are decided, released or suggested guards, as `state` says; null where not graded.

    `guards_range`: low and high, where the AI's marks leave the guards open. Offsets of quotes are code points of
    `submission.text`.
    """

    state: State
    guards: int | None
    guards_range: tuple[int, int] | None
    reasons: tuple[str, ...]
    """the outcome's reasons as sentences in the report's language"""
    submission: Submission
    outcome: Outcome
    grading: Grading | None
    verification: Verification | None
    provenance: Provenance | None
    sent: str
    """the text as it was sent, where masking changed it; else empty"""
    set_apart: tuple[str, ...]
    proposal: Proposal | None
    ruled: RuledBy | None


class ReportedContest(Value):
    """The contest and its rules. `closes` is exclusive."""

    id: str
    title: str
    language: Language
    timezone: str
    opens: AwareDatetime | None
    closes: AwareDatetime | None
    scale: Scale
    award: Award
    award_rule: tuple[str, ...]
    """the award rule in words, in the report's language"""
    policy: Policy


class ReportFile(Value):
    """report.json, whole. An AI suggestion is not a decision; null is "not known", never 0."""

    format: Literal["casejury-report/1"] = "casejury-report/1"
    edition: Edition
    language: Language
    contest: ReportedContest
    run: RunInfo
    head: ChainHead
    releases: tuple[Released, ...]
    summary: Counts
    not_entries: dict[str, int]
    cases: tuple[ReportedCase, ...]
    submissions: tuple[ReportedSubmission, ...]
    awards: tuple[EntrantAward, ...]
    ai: tuple[AiShown, ...] = Field(default=())
    """stops and resumes of the AI; the last one is in force"""
    incidents: tuple[IncidentShown, ...] = Field(default=())
    incident_counts: IncidentCounts
    unreadable: tuple[Unreadable, ...] = Field(default=())


def report_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of report.json."""
    return ReportFile.model_json_schema(by_alias=True, mode="serialization")


def json_text(report: Report, t: Texts) -> str:
    """report.json of a report that `edition_of` has made fit to be read."""
    return safe_json(report_file(report, t).model_dump(mode="json", by_alias=True))


def report_file(report: Report, t: Texts) -> ReportFile:
    contest = report.contest
    return ReportFile(
        edition=report.edition,
        language=t.language,
        contest=ReportedContest(
            id=contest.id,
            title=contest.title,
            language=contest.language,
            timezone=contest.timezone,
            opens=contest.opens,
            closes=contest.closes,
            scale=contest.scale,
            award=contest.award,
            award_rule=award_words(contest, t),
            policy=contest.policy,
        ),
        run=report.run,
        head=report.head,
        releases=releases_of(report),
        summary=counts_of(report),
        not_entries=dict(sorted(report.not_entries.items())),
        cases=tuple(_case(report, number) for number in sorted(case.number for case in report.cases)),
        submissions=tuple(_submission(row, t) for row in report.rows),
        awards=report.awards,
        ai=report.ai,
        incidents=report.incidents,
        incident_counts=incident_counts(report),
        unreadable=report.unreadable,
    )


def releases_of(report: Report) -> tuple[Released, ...]:
    """The releases without the guards they finalised, which the jury's edition must not tell."""
    return tuple(
        Released(
            seq=decision.seq,
            by=decision.by,
            at=decision.at,
            reason=decision.reason,
            finalised=len(decision.act.finalised),
            audit_n=decision.act.audit_n,
            audit_agreed=decision.act.audit_agreed,
        )
        for decision in report.releases
        if decision.act.kind == "release"
    )


def _case(report: Report, number: int) -> ReportedCase:
    case = next(case for case in report.cases if case.number == number)
    rubric = report.rubrics.get(number)
    return ReportedCase(
        number=number,
        title=case.title,
        statement=case.statement,
        rubric=rubric,
        rubric_id=rubric.id if rubric else None,
    )


def _submission(row: Row, t: Texts) -> ReportedSubmission:
    ruled = row.ruled
    return ReportedSubmission(
        state=state_of(row),
        guards=guards_of(row),
        guards_range=range_of(row),
        reasons=reason_sentences(row, t),
        submission=row.submission,
        outcome=row.outcome,
        grading=row.grading,
        verification=row.verification,
        provenance=row.provenance,
        sent=row.sent,
        set_apart=row.apart,
        proposal=row.proposal,
        ruled=None
        if ruled is None or row.ruling is None
        else RuledBy(
            seq=ruled.seq, by=ruled.by, at=ruled.at, reason=ruled.reason, ruling=row.ruling, in_force=row.decided
        ),
    )
