"""Where the contest stands and what a run did, as values for the terminal, JSON and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.breaker import ai_state
from pipeline.domain.decision import ChainHead, Decision, Ineligible, Pending, Referred, Suggested
from pipeline.domain.ids import Value
from pipeline.domain.ruling import EffectiveState, effective, reopen
from pipeline.llm.prompts import Prompts
from pipeline.store.store import Store
from pipeline.work.budget import Purse
from pipeline.work.items import prepare
from pipeline.work.refresh import refresh
from pipeline.workspace.load import Workspace


class Spent(Value):
    """Requests and tokens; `estimated` where the provider did not report its own count or the reply says so."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False
    money: float | None = None


class AiNow(Value):
    """Whether the AI may be asked: `stopped` until a person resumes; `trial_left` gradings to try after a resume."""

    stopped: bool = False
    cause: Literal["organiser", "breaker", "trial"] | None = None
    by: str = ""
    at: AwareDatetime | None = None
    reason: str = ""
    trial_left: int = 0


class RunSummary(Value):
    """One run of `grade`: what was sent and what came of it."""

    run: str
    trial: bool = False
    recorded: bool = False
    note: str = ""
    """what the recordings say about where their answers come from"""
    to_grade: int = 0
    already_graded: int = 0
    graded: int = 0
    repaired: int = 0
    resumed: int = 0
    proposals: int = 0
    ungraded: dict[str, int] = Field(default_factory=dict)
    incidents: dict[str, int] = Field(default_factory=dict)
    """failures of the AI filed in this run, by kind"""
    models: dict[str, int] = Field(default_factory=dict)
    model_changes: tuple[str, ...] = ()
    spent: Spent = Spent()
    stopped: str = ""
    """what ended it early; empty when it finished"""


class State(Value):
    """Every count of the contest. Counts by guards are of submissions; nothing undecided is among the decided."""

    posts: int
    versions: int
    submissions: int
    suggested: dict[int, int]
    referred: int
    referrals: dict[str, int]
    """by reason; a submission with two reasons counts under both"""
    pending: int
    ineligible: int
    ineligible_by: dict[str, int]
    decided: dict[int, int]
    reopened: int
    orphaned: int = 0
    """rulings whose submission is no longer there: the answer was taken out of its post"""
    unreadable: int
    not_entries: dict[str, int]
    ai: AiNow = AiNow()
    incidents_open: int = 0
    head: ChainHead


def spent(purse: Purse) -> Spent:
    """A purse's counts as a value."""
    return Spent(
        requests=purse.requests,
        prompt_tokens=purse.prompt_tokens,
        completion_tokens=purse.completion_tokens,
        cached_tokens=purse.cached_tokens,
        estimated=purse.estimated,
        money=purse.money,
    )


def ai_now(store: Store, decisions: Iterable[Decision]) -> AiNow:
    """Where the trail leaves the AI."""
    state = ai_state(decisions)
    last = state.stop or state.resume
    if last is None:
        return AiNow()
    done = 0 if state.stop else sum(1 for _ in store.observations(after=state.after))
    return AiNow(
        stopped=state.stopped,
        cause=state.cause,
        by=last.by,
        at=last.at,
        reason=last.reason,
        trial_left=max(0, state.trial - done),
    )


def state_of(store: Store) -> State:
    """Counts everything stored; reads page by page."""
    decisions = list(store.decisions())
    ruled: EffectiveState = effective(decisions)
    outcomes = {record.submission: record.outcome for record in store.outcomes()}
    suggested: Counter[int] = Counter()
    decided: Counter[int] = Counter()
    referrals: Counter[str] = Counter()
    ineligible_by: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    gone = set(ruled.rulings)
    for submission in store.submissions():
        gone.discard(submission.id)
        counts["submissions"] += 1
        ruling = ruled.ruling_for(submission) if submission.eligible else None
        if ruling is not None and not ruling.reopened:
            decided[ruling.ruling.guards] += 1
            continue
        outcome = outcomes.get(submission.id, Pending())
        if submission.eligible and ruled.reopened(submission):
            counts["reopened"] += 1
            outcome = reopen(outcome)
        match outcome:
            case Suggested():
                suggested[outcome.guards] += 1
            case Referred():
                counts["referred"] += 1
                referrals.update({reason.code for reason in outcome.reasons})
            case Ineligible():
                counts["ineligible"] += 1
                ineligible_by.update({reason.code for reason in outcome.reasons})
            case Pending():
                counts["pending"] += 1
    intake = store.intake()
    return State(
        posts=intake.posts,
        versions=intake.versions,
        submissions=counts["submissions"],
        suggested=dict(sorted(suggested.items())),
        referred=counts["referred"],
        referrals=dict(sorted(referrals.items(), key=lambda pair: (-pair[1], pair[0]))),
        pending=counts["pending"],
        ineligible=counts["ineligible"],
        ineligible_by=dict(sorted(ineligible_by.items(), key=lambda pair: (-pair[1], pair[0]))),
        decided=dict(sorted(decided.items())),
        reopened=counts["reopened"],
        orphaned=len(gone),
        unreadable=len(store.unreadable()),
        not_entries=intake.not_entries,
        ai=ai_now(store, decisions),
        incidents_open=sum(record.closed is None for record in store.incidents()),
        head=store.head(),
    )


def refreshed(store: Store, workspace: Workspace, prompts: Prompts, at: datetime) -> int:
    """Brings all stored outcomes up to date with files, flags and gradings; returns how many changed."""
    items = prepare(store.submissions(), workspace, prompts, workspace.contest.judges[0])
    return refresh(store, items, workspace.contest, at)
