"""Suggested or referred: a proposal stands only where nothing at all speaks against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from pipeline.domain.audit import is_drawn
from pipeline.domain.contest import DEFAULT_ELIGIBILITY, Eligible, Policy
from pipeline.domain.decision import Ineligible, Outcome, Pending, Referred, Suggested
from pipeline.domain.grading import Ungraded, UngradedCode
from pipeline.domain.submission import Reason, Submission
from pipeline.domain.verification import Finding, Verification

REASON_CODES: frozenset[str] = frozenset(
    {
        *DEFAULT_ELIGIBILITY,
        *(f"ungraded_{code}" for code in get_args(UngradedCode)),
        *get_args(Finding.model_fields["code"].annotation),
        "random_audit",  # nothing speaks against it; the lot fell on it
        "guards_open",  # no guards follow from the marks; params low, high
        "reopened",  # the final word on it was about an earlier version
    }
)
"""Every code that a reason or a note of an outcome can carry."""


def decide(
    submission: Submission,
    graded: Verification | Ungraded | None,
    *,
    policy: Policy,
    extra: tuple[Reason, ...] = (),
    lot: str = "",
) -> Outcome:
    """What follows for a submission: ineligible, pending, referred with all reasons, or suggested.

    Suggested only if it is eligible, no flag refers, it is graded, no finding refers, there is no `extra` reason and
    the guards were computed. Everything that speaks against it is a reason: flags in ingest's order, `extra`, then
    why there is no grading (`ungraded_<code>`) or what verification found. Flags that are only noted and findings
    that do not refer are notes. `graded` None: pending while eligible, whatever the flags. No policy lets a doubt pass;
    `policy.refer_share` refers a random share of what would be suggested (`random_audit`), drawn from `lot`, an id of
    what was graded; it is never drawn without one.
    """
    if not submission.eligible:
        rejecting = _flagged(submission, Eligible.REJECT)
        return Ineligible(reasons=rejecting or (Reason(code="no_case_number"),))
    if graded is None:
        return Pending()
    reasons = [*_flagged(submission, Eligible.REFER), *extra]
    notes = [*_flagged(submission, Eligible.ALLOW)]
    guards = None
    if isinstance(graded, Ungraded):
        params: dict[str, str | int] = {"detail": graded.detail} if graded.detail else {}
        reasons.append(Reason(code=f"ungraded_{graded.reason}", params=params))
    else:
        reasons += _found(graded, refers=True)
        notes += _found(graded, refers=False)
        guards = graded.computed.guards
        if guards is None:
            reasons.append(
                Reason(code="guards_open", params={"low": graded.computed.low, "high": graded.computed.high})
            )
    if reasons or guards is None:
        return Referred(reasons=_once(reasons), guards=guards, notes=_once(notes))
    if lot and is_drawn(lot, policy.refer_share):
        return Referred(reasons=(Reason(code="random_audit"),), guards=guards, notes=_once(notes))
    return Suggested(guards=guards, notes=_once(notes))


def _flagged(submission: Submission, outcome: Eligible) -> tuple[Reason, ...]:
    return tuple(Reason(code=f.code, params=f.params) for f in submission.flags if f.outcome is outcome)


def _found(verification: Verification, *, refers: bool) -> list[Reason]:
    return [
        Reason(code=f.code, params={"criterion": f.criterion, **f.params} if f.criterion else dict(f.params))
        for f in verification.findings
        if f.refers is refers
    ]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    kept: list[Reason] = []
    for reason in reasons:
        if reason not in kept:
            kept.append(reason)
    return tuple(kept)
