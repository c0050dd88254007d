"""When a judge is to be stopped: pure decisions over its latest gradings, and where a trail of stops leaves it.

The breaker opens on what code can prove (quotes and counts that are not there, marks that contradict each other) and
on requests that brought nothing. It says nothing about marks that are wrong and well quoted: for those there is the
jurors' reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pipeline.domain.contest import Breaker
from pipeline.domain.decision import AiResume, AiStop, AiWindow, Decision
from pipeline.domain.ids import Value
from pipeline.domain.incident import Observation


def window_of(observations: Sequence[Observation]) -> AiWindow:
    """Counts of the observations as they are; one that both hallucinated and failed counts once as hallucinated."""
    hallucinated = sum(one.hallucinated for one in observations)
    return AiWindow(
        gradings=len(observations),
        hallucinated=hallucinated,
        failed=sum(one.failed and not one.hallucinated for one in observations),
    )


def opened(observations: Sequence[Observation], rule: Breaker) -> AiWindow | None:
    """The window that opens the breaker after the last of `observations` (in order of completion), or None.

    It opens where, of the latest `rule.window` gradings and once there are `rule.minimum`, the share of hallucinated
    or failed ones reaches `rule.share`. With fewer than `rule.minimum` it stays closed, whatever they are.
    """
    window = window_of(observations[-rule.window :])
    if window.gradings < rule.minimum:
        return None
    return window if window.bad >= rule.share * window.gradings else None


def trial_failed(observations: Sequence[Observation], trial: int, rule: Breaker) -> AiWindow | None:
    """What speaks against going on after the first `trial` gradings since a resume, or None if nothing does.

    The same share as in the breaker, without its minimum; fewer observations than `trial` decide nothing yet.
    """
    if len(observations) < trial:
        return None
    window = window_of(observations[:trial])
    return window if window.bad >= rule.share * window.gradings else None


class AiState(Value):
    """Whether the AI may be asked, by the trail's last word on it."""

    stop: Decision | None = None
    """the stop in force"""
    resume: Decision | None = None
    """the resume in force"""

    @property
    def stopped(self) -> bool:
        return self.stop is not None

    @property
    def cause(self) -> Literal["organiser", "breaker", "trial"] | None:
        return self.stop.act.cause if self.stop is not None and isinstance(self.stop.act, AiStop) else None

    @property
    def trial(self) -> int:
        """How many gradings since `after` decide whether the rest goes on; 0 where no resume is in force."""
        return self.resume.act.trial if self.resume is not None and isinstance(self.resume.act, AiResume) else 0

    @property
    def after(self) -> int:
        """The number of the last observation before the resume in force: only later ones count."""
        return self.resume.act.after if self.resume is not None and isinstance(self.resume.act, AiResume) else 0

    def then(self, decision: Decision) -> AiState:
        """The state after one more decision; most change nothing."""
        match decision.act:
            case AiStop():
                return AiState(stop=decision)
            case AiResume():
                return AiState(resume=decision)
        return self


def ai_state(decisions: Iterable[Decision]) -> AiState:
    """Where a whole trail leaves the AI: running until somebody or the breaker stops it."""
    state = AiState()
    for decision in decisions:
        state = state.then(decision)
    return state
