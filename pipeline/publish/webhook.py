"""Tells an organiser's own address that the AI stopped or goes on: tried a few times, and nothing waits on it long."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import httpx2
from pydantic import AwareDatetime
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

from pipeline.domain.decision import AiResume, AiStop, AiWindow, Decision
from pipeline.domain.ids import Value
from pipeline.messages import Texts

ATTEMPTS = 4
SECONDS = 5.0
"""for one attempt, connecting included"""


class Notice(Value):
    """What is sent: no name, no reason in people's words, no text of a submission, no key."""

    format: Literal["casejury-notice/1"] = "casejury-notice/1"
    event: Literal["ai_stopped", "ai_resumed", "provider_stopped"]
    contest: str
    text: str
    """one sentence in the contest's language, where chat programs look for it"""
    cause: Literal["", "organiser", "breaker", "trial"] = ""
    judge: str = ""
    window: AiWindow | None = None
    trial: int | None = None
    run: str = ""
    decision: int | None = None
    at: AwareDatetime


def notice_of(decision: Decision, contest: str, t: Texts) -> Notice:
    """The notice of a stop or a resume; ValueError for another decision."""
    match decision.act:
        case AiStop() as act:
            text = t("{contest}: the AI was stopped. What is left of the batch is marked by hand.", contest=contest)
            return Notice(
                event="ai_stopped",
                contest=contest,
                text=text,
                cause=act.cause,
                judge=act.judge,
                window=act.window,
                run=act.run,
                decision=decision.seq,
                at=decision.at,
            )
        case AiResume() as act:
            text = t("{contest}: the AI may be asked again, {n} gradings on trial first.", contest=contest, n=act.trial)
            seq = decision.seq
            return Notice(event="ai_resumed", contest=contest, text=text, trial=act.trial, decision=seq, at=decision.at)
    raise ValueError(f"no notice is sent of {decision.act.kind}")


def notice_of_provider(contest: str, run: str, at: datetime, t: Texts) -> Notice:
    """The notice of a run that the provider ended."""
    text = t("{contest}: the provider ended the grading run; nothing received is lost.", contest=contest)
    return Notice(event="provider_stopped", contest=contest, text=text, run=run, at=at)


def deliver(
    address: str, notice: Notice, *, attempts: int = ATTEMPTS, seconds: float = SECONDS, longest_wait: float = 4.0
) -> str:
    """Posts the notice as JSON; empty when a 2xx answered, else why not, without the address. Raises nothing.

    Tried anew after no connection, a timeout, 408, 429 or 5xx, with random waits of at most `longest_wait` seconds.
    Redirects are not followed.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "the address is no web address"
    body = json.dumps(notice.model_dump(mode="json"), ensure_ascii=False).encode()

    def post() -> tuple[str, bool]:
        try:
            with httpx2.Client(timeout=seconds, follow_redirects=False) as client:
                answer = client.post(address, content=body, headers={"Content-Type": "application/json"})
        except httpx2.TransportError as error:
            return type(error).__name__, True
        except Exception as error:  # noqa: BLE001 - a notice must not fail what it tells about
            return type(error).__name__, False
        if answer.is_success:
            return "", False
        return f"HTTP {answer.status_code}", answer.status_code in {408, 429} or answer.status_code >= 500

    def last(state: RetryCallState) -> tuple[str, bool]:
        return state.outcome.result() if state.outcome else ("not tried", False)

    retrying = Retrying(
        retry=retry_if_result(lambda result: result[1]),
        wait=wait_random_exponential(multiplier=0.5, max=longest_wait),
        stop=stop_after_attempt(attempts),
        retry_error_callback=last,
    )
    problem, _ = retrying(post)
    return problem
