"""Loads submissions with all that is known of them: for `status`, `show`, `release` and the report."""

from __future__ import annotations

from pipeline.cli.context import Session
from pipeline.domain.decision import Ineligible, Pending, Suggested
from pipeline.domain.ruling import effective, reopen
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
        current, release = ruled.ruling_for(submission), ruled.released(submission)
        reopened = ruled.reopened(submission)
        outcome = record.outcome if record else Pending()
        rows.append(
            Row(
                submission=submission,
                outcome=reopen(outcome) if reopened else outcome,
                rubric=item.rubric,
                grading=grading.grading if grading else None,
                verification=record.verification if record else None,
                provenance=_provenance(grading) if grading else None,
                sent=item.sent.text if item.sent and item.sent.text != submission.text else "",
                proposal=proposals.get(submission.id, submission.proposal),
                apart=tuple(texts[submission.version][s.start : s.end] for s in submission.set_apart),
                ruling=current.ruling if current else None,
                ruled=current.decision if current else None,
                reopened=reopened,
                released=release.guards if release and not reopened else None,
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
    reasons = () if state in ("decided", "released") else getattr(outcome, "reasons", ())
    return {
        "id": submission.id,
        "case": submission.case,
        "entrant": submission.entrant,
        "state": state,
        "guards": guards,
        "source": submission.source,
        "reasons": "; ".join(dict.fromkeys(t.label(r.code) for r in reasons)),
    }


_WITHOUT_CASE = frozenset({"no_case_number", "unknown_case"})


def guards_by_entrant(rows: list[Row]) -> dict[str, list[CaseGuards]]:
    """For the awards: one answer a case and entrant, the first one.

    A second post counts only when a person has admitted it, and only while the first has no final guards. Where an
    entrant has no answer to any case, but posts that nothing keeps out except that nobody has named their case, these
    are given as answers without a case: what they earn is open, not 0.
    """
    chosen: dict[tuple[str, int], Row] = {}
    unplaced: dict[str, list[CaseGuards]] = {}
    for row in sorted(rows, key=_turn):
        submission = row.submission
        if not submission.entrant:
            continue
        waiting = unplaced.setdefault(submission.entrant, [])
        if submission.case is None and {f.code for f in submission.rejected_by} <= _WITHOUT_CASE:
            waiting.append(CaseGuards(case=None, published=submission.published))
        if submission.eligible and submission.case is not None and not _second(row):
            place = submission.entrant, submission.case
            first = chosen.setdefault(place, row)
            if first.final is None and "second_post" in submission.confirmed:
                chosen[place] = row
    awarded: dict[str, list[CaseGuards]] = {entrant: [] for entrant in sorted(unplaced)}
    for (entrant, case), row in chosen.items():
        awarded[entrant].append(CaseGuards(case=case, guards=row.final, published=row.submission.published))
    return {entrant: cases or unplaced[entrant] for entrant, cases in awarded.items()}


def _turn(row: Row) -> tuple[bool, float, str]:
    published = row.submission.published
    return published is None, published.timestamp() if published else 0.0, row.submission.id


def _second(row: Row) -> bool:
    return any(flag.code == "second_post" for flag in row.submission.flags)
