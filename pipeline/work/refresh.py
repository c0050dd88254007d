"""Brings every submission's outcome up to date with what is stored: gradings, flags, policy, the verifier's version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.domain.contest import Contest
from pipeline.domain.decide import decide
from pipeline.domain.decision import Outcome
from pipeline.domain.grading import Ungraded
from pipeline.domain.ids import content_id
from pipeline.domain.submission import Reason
from pipeline.domain.verification import VERIFIER, Verification
from pipeline.domain.verify import verify
from pipeline.store.records import GradingRecord, OutcomeRecord
from pipeline.store.store import Store
from pipeline.work.items import Item

PAGE = 500
_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4})")


def outcome_of(item: Item, graded: GradingRecord | Ungraded | None, contest: Contest, at: datetime) -> OutcomeRecord:
    """The outcome of one item given what its key led to; verifies the grading against this submission's text."""
    checked: Verification | Ungraded | None = None
    extra = item.extra
    if isinstance(graded, GradingRecord) and item.sent is not None and item.rubric is not None:
        checked = verify(
            graded.grading,
            item.sent,
            item.rubric,
            scale_max=contest.scale.max,
            policy=contest.policy,
            statement=item.case.statement if item.case else "",
        )
        extra = (*extra, *graded.reasons)
    elif isinstance(graded, Ungraded):
        checked = graded
    elif item.unsendable is not None:
        checked = item.unsendable
    outcome: Outcome = decide(item.submission, checked, policy=contest.policy, extra=extra, lot=lot_of(item))
    return OutcomeRecord(
        submission=item.submission.id,
        basis=basis_of(item, graded, contest),
        key=item.key,
        verification=checked if isinstance(checked, Verification) else None,
        outcome=outcome,
        at=at,
    )


def lot_of(item: Item) -> str:
    """What the random audit draws from: the submission and its grading's key, which nobody who writes can know."""
    return f"{item.submission.id} {item.key}" if item.key else ""


def basis_of(item: Item, graded: GradingRecord | Ungraded | None, contest: Contest) -> str:
    """The id of everything an outcome follows from; equal basis, equal outcome."""
    if isinstance(graded, GradingRecord):
        state: object = ["graded", [r.model_dump(mode="json") for r in graded.reasons]]
    elif graded is not None:
        state = graded.model_dump(mode="json")
    else:
        state = None
    return content_id(
        {
            "verifier": VERIFIER,
            "policy": contest.policy.model_dump(mode="json"),
            "scale": contest.scale.max,
            "text": item.submission.text_id,
            "flags": [f.model_dump(mode="json") for f in item.submission.flags],
            "case": item.submission.case,
            "key": item.key,
            "unsendable": item.unsendable.reason if item.unsendable else None,
            "extra": [r.model_dump(mode="json") for r in item.extra],
            "graded": state,
        }
    )


def refresh(store: Store, items: Sequence[Item], contest: Contest, at: datetime) -> int:
    """Writes the outcomes that are missing or rest on another basis; returns how many. Sends nothing.

    The outcome of an item whose key cannot be told now stays as it is stored.
    """
    current = {record.submission: record.basis for record in store.outcomes()}
    items = [item for item in items if item.broken is None]
    written = 0
    for page in _pages(items):
        keys = [item.key for item in page if item.key]
        graded: dict[str, GradingRecord | Ungraded] = {**store.ungraded(keys), **store.gradings(keys)}
        stale = [i for i in page if current.get(i.submission.id) != basis_of(i, graded.get(i.key), contest)]
        if stale:
            store.commit([outcome_of(item, graded.get(item.key), contest, at) for item in stale])
            written += len(stale)
    return written


def is_declared(declared: str, answered: str) -> bool:
    """Whether the model that answered is the declared one, or a dated snapshot of it; "" (not said) counts as it.

    Dates are `-2026-01-31`, `-20260131` and `-0131`: `gpt-x-mini` is no `gpt-x`.
    """
    if not answered or answered == declared:
        return True
    return answered.startswith(declared) and _DATED.fullmatch(answered, len(declared)) is not None


def mismatch(
    declared: str, answered: str, first: str, fingerprint: str, *, first_model: str = ""
) -> tuple[Reason, ...]:
    """Reasons to refer because another model answered than declared, or it changed during the run (rule 4).

    `first_model`, `first`: the first snapshot of the declared model and the first fingerprint that the run met.
    """
    reasons = []
    if not is_declared(declared, answered):
        reasons.append(Reason(code="model_differs", params={"declared": declared, "answered": answered}))
    elif first_model and answered and first_model != answered:
        reasons.append(Reason(code="fingerprint_changed", params={"before": first_model, "after": answered}))
    if first and fingerprint and first != fingerprint:
        reasons.append(Reason(code="fingerprint_changed", params={"before": first, "after": fingerprint}))
    return tuple(reasons)


def _pages(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + PAGE] for start in range(0, len(items), PAGE))
