"""Loads submissions with all that is known of them: for `status`, `show`, `release` and the report."""

from __future__ import annotations

from pipeline.cli.context import Session
from pipeline.domain.decision import Ineligible, Pending, Referred, Suggested
from pipeline.domain.ruling import effective
from pipeline.domain.standings import CaseGuards
from pipeline.domain.submission import Proposal
from pipeline.messages import Texts
from pipeline.publish.view import Provenance, Row
from pipeline.store.records import GradingRecord
from pipeline.work.grading_run import proposal_request
from pipeline.work.items import Item, prepare


def rows_of(session: Session, only: str | None = None) -> list[Row]:
    """A row per submission, in the order of cases, entrants and ids; `only`: the id of one of them."""
    store = session.store
    submissions = [s for s in store.submissions() if only is None or s.id == only]
    items = prepare(submissions, session.workspace, session.prompts, session.judge_spec)
    graded = store.gradings([item.key for item in items if item.key])
    records = {record.submission: record for record in store.outcomes()}
    ruled = effective(store.decisions())
    proposals = _proposals(session, items)
    wanted = {s.version for s in submissions if s.set_apart}
    texts = {v.post.version_id: v.post.text for v in store.post_versions()} if wanted else {}
    rows = []
    for item in items:
        submission = item.submission
        record, grading = records.get(submission.id), graded.get(item.key)
        current = ruled.ruling_for(submission)
        outcome = record.outcome if record else Pending()
        rows.append(
            Row(
                submission=submission,
                outcome=outcome,
                rubric=item.rubric,
                grading=grading.grading if grading else None,
                verification=record.verification if record else None,
                provenance=_provenance(grading) if grading else None,
                sent=item.sent.text if item.sent and item.sent.text != submission.text else "",
                proposal=proposals.get(submission.id, submission.proposal),
                apart=tuple(texts[submission.version][s.start : s.end] for s in submission.set_apart),
                ruling=current.ruling if current else None,
                ruled=current.decision if current else None,
                reopened=current.reopened if current else False,
                released=None if isinstance(outcome, Referred | Pending) else ruled.released(submission.id),
            )
        )
    return sorted(rows, key=lambda r: (r.submission.case or 10_000, r.submission.entrant, r.submission.id))


def _proposals(session: Session, items: list[Item]) -> dict[str, Proposal]:
    requests = {
        item.submission.id: request
        for item in items
        if (request := proposal_request(item.submission, session.workspace, session.prompts)) is not None
    }
    known = session.store.proposals([request.key for request in requests.values()])
    return {name: known[request.key].proposal for name, request in requests.items() if request.key in known}


def _provenance(record: GradingRecord) -> Provenance:
    return Provenance(
        key=record.key,
        judge=record.judge.id,
        declared_model=record.judge.model,
        answered_model=record.model,
        fingerprint=record.fingerprint,
        rubric=record.rubric,
        prompt=record.prompt,
        run=record.run,
        received_at=record.at,
    )


def brief(row: Row, t: Texts) -> dict[str, object]:
    """One submission on one line; `guards` is None wherever nobody and nothing has given any."""
    submission, outcome = row.submission, row.outcome
    state: str = outcome.state
    guards: int | None = None
    if isinstance(outcome, Ineligible):
        pass  # a ruling on what is out of the contest does not count
    elif row.ruling is not None and row.decided:
        state, guards = "decided", row.ruling.guards
    elif row.released is not None:
        state, guards = "released", row.released
    elif isinstance(outcome, Suggested):
        guards = outcome.guards
    reasons = getattr(outcome, "reasons", ())
    return {
        "id": submission.id,
        "case": submission.case,
        "entrant": submission.entrant,
        "state": state,
        "guards": guards,
        "source": submission.source,
        "reasons": "" if state == "decided" else "; ".join(dict.fromkeys(t.label(r.code) for r in reasons)),
    }


def guards_by_entrant(rows: list[Row]) -> dict[str, list[CaseGuards]]:
    """For the awards: one answer a case and entrant. A second post counts only when a person has admitted it."""
    chosen: dict[tuple[str, int], Row] = {}
    entrants: set[str] = set()
    for row in sorted(rows, key=lambda r: (r.submission.published is None, r.submission.published, r.submission.id)):
        submission = row.submission
        if not submission.entrant:
            continue
        entrants.add(submission.entrant)
        second = any(flag.code == "second_post" for flag in submission.referred_by)
        if submission.eligible and submission.case is not None and not second:
            chosen.setdefault((submission.entrant, submission.case), row)
    awarded: dict[str, list[CaseGuards]] = {entrant: [] for entrant in sorted(entrants)}
    for (entrant, case), row in chosen.items():
        awarded[entrant].append(CaseGuards(case=case, guards=row.final, published=row.submission.published))
    return awarded
