"""Stops asking: the breaker over the gradings as they end, and a person's stop that a run at work obeys at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal

from pipeline.domain.breaker import AiState, ai_state, opened, trial_failed
from pipeline.domain.contest import Contest
from pipeline.domain.decision import AiResume, AiStop, AiWindow, Decision
from pipeline.domain.incident import Observation
from pipeline.domain.submission import Reason
from pipeline.errors import AiStopped, UsageError
from pipeline.store.store import Store

BY = "casejury"
"""who stands in the trail where the software stopped the AI by its rule"""
REMEDY = (
    "mark what is left by hand: `casejury status --list`, `show ID --rubric`, `rule ID`; "
    "when the cause is known, `casejury resume` tries a few gradings first (docs/runbook.md)"
)


def stop_ai(store: Store, *, by: str, at: datetime, reason: str) -> Decision:
    """Appends a person's stop; a run at work obeys it before its next request. It takes the place of one in force."""
    before = ai_state(store.decisions()).stop
    supersedes = before.seq if before is not None else None
    return store.append_decision(by=by, at=at, reason=reason, act=AiStop(cause="organiser"), supersedes=supersedes)


def resume_ai(store: Store, *, by: str, at: datetime, reason: str, trial: int) -> Decision:
    """Appends a person's resume: `trial` gradings first, and only later ones count. UsageError if nothing is stopped.

    To be called while no run is at work, so that no answer to an earlier question counts as part of the trial.
    """
    stop = ai_state(store.decisions()).stop
    if stop is None:
        raise UsageError("the AI is not stopped", remedy="`casejury grade` goes on as it is")
    act = AiResume(trial=trial, after=store.last_observation())
    return store.append_decision(by=by, at=at, reason=reason, act=act, supersedes=stop.seq)


def require_running(store: Store) -> None:
    """Raises AiStopped while a stop is in force."""
    if (stop := ai_state(store.decisions()).stop) is not None:
        raise error_of(stop)


def error_of(stop: Decision) -> AiStopped:
    """What a command says that ends because of this stop."""
    return AiStopped(f"the AI is stopped by {stop.by} since {_when(stop.at)}: {stop.reason}", remedy=REMEDY)


def reason_of(state: AiState) -> Reason | None:
    """Why what has no grading needs a person while the AI is stopped; None while it is not."""
    return None if state.stop is None else Reason(code="ai_stopped", params={"at": state.stop.at.isoformat()})


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


class Guard:
    """Stands between a run and its judge: `allow` before every request, `note` after every grading.

    Opens the breaker as contest.yaml says (`breaker`), appends that stop to the trail and calls `told` with it. It
    never resumes. What counts are the judge's gradings since the last resume, earlier runs' included, but not the
    provider's errors in earlier runs: an outage that is over is over.
    """

    def __init__(
        self,
        store: Store,
        contest: Contest,
        *,
        run: str,
        now: Callable[[], datetime],
        told: Callable[[Decision], None] = lambda _stop: None,
    ) -> None:
        self.store, self.rule, self.judge = store, contest.breaker, contest.judges[0].id
        self.run, self.now, self.told = run, now, told
        self.state, self._seen = AiState(), 0
        for decision in store.decisions():
            self.state, self._seen = self.state.then(decision), decision.seq
        self.since_resume = list(store.observations(self.judge, self.state.after))

    def _follow(self, decisions: Iterable[Decision]) -> None:
        """Takes in what came to the trail during the run; a stop ends it, also if somebody has resumed since."""
        for decision in decisions:
            if decision.seq > self._seen:
                self._seen = decision.seq
                if self.state.stop is None:
                    self.state = self.state.then(decision)

    def start(self) -> None:
        """Raises AiStopped if a stop is in force, or if what earlier runs left behind opens the breaker now."""
        if self.state.stop is not None:
            raise error_of(self.state.stop)
        if self.state.trial and not self.trial_left:
            self._end_trial()
        if (window := opened(self._counted(), self.rule)) is not None:
            raise error_of(self._trip("breaker", window))

    @property
    def trial_left(self) -> int:
        """How many gradings of the trial are to come before the rest may be asked for."""
        return max(0, self.state.trial - len(self.since_resume))

    async def allow(self) -> None:
        """Raises AiStopped if anybody has stopped the AI; reads the trail's end each time, beside the loop."""
        self._heed(await asyncio.to_thread(lambda: list(self.store.decisions(self._seen))))

    def check(self) -> None:
        """The same at once, for the moment before a request leaves."""
        self._heed(self.store.decisions(self._seen))

    def _heed(self, new: Iterable[Decision]) -> None:
        self._follow(new)
        if self.state.stop is not None:
            raise error_of(self.state.stop)

    async def note(self, observation: Observation) -> None:
        """Counts a grading that has ended and is stored; raises AiStopped where it opens the breaker."""
        self.since_resume.append(observation)
        if self.state.stop is not None:
            return
        if (window := opened(self._counted(), self.rule)) is not None:
            raise error_of(self._trip("breaker", window))

    def end_trial(self) -> None:
        """Raises AiStopped if the trial is complete and speaks against going on."""
        if self.state.stop is None and self.state.trial:
            self._end_trial()

    def _end_trial(self) -> None:
        window = trial_failed(self.since_resume, self.state.trial, self.rule)
        if window is not None:
            raise error_of(self._trip("trial", window))

    def _counted(self) -> list[Observation]:
        return [one for one in self.since_resume if one.run == self.run or "provider_outage" not in one.kinds]

    def _trip(self, cause: Literal["breaker", "trial"], window: AiWindow) -> Decision:
        which = "first" if cause == "trial" else "last"
        reason = (
            f"{window.hallucinated} of the {which} {window.gradings} gradings by {self.judge} hallucinated, "
            f"{window.failed} failed (limit {self.rule.share:.0%})"
        )
        act = AiStop(cause=cause, judge=self.judge, window=window, run=self.run)
        stop = self.store.append_decision(by=BY, at=self.now(), reason=reason, act=act)
        self._follow([stop])
        self.told(stop)
        return stop
