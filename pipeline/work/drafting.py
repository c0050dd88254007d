"""A rubric drafted by the judge; and the way every question is asked: once, and once more to repair the reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from pipeline.domain.contest import Case
from pipeline.domain.draft import parse_draft
from pipeline.domain.grading import JudgeReply, JudgeRequest, Ungraded
from pipeline.domain.ids import content_id
from pipeline.domain.reply import ReplyProblem
from pipeline.domain.rubric import Rubric
from pipeline.errors import ProviderStopped
from pipeline.llm.judge import problem_of
from pipeline.llm.prompts import Prompts
from pipeline.store.records import ReplyRecord
from pipeline.store.store import Store

Parsed = TypeVar("Parsed")
Ask = Callable[[JudgeRequest, int], Awaitable[JudgeReply | Ungraded]]
"""sends a request (the number says which attempt) and has stored the raw reply when it returns it"""


class Asks(Protocol):
    """What can answer a request: the judge, or a scripted one in tests."""

    async def ask(self, request: JudgeRequest) -> JudgeReply | Ungraded:
        """A reply as received, or why there is none."""
        ...


async def draft_rubric(
    case: Case, *, judge: Asks, prompts: Prompts, store: Store, now: Callable[[], datetime]
) -> Rubric:
    """The judge's draft for `case`; ProviderStopped with the reason if it gave none that can be used."""

    async def ask(request: JudgeRequest, attempt: int) -> JudgeReply | Ungraded:
        reply = await judge.ask(request)
        if isinstance(reply, JudgeReply):
            store.commit([reply_record(request, reply, attempt, at=now(), run="")])
        return reply

    def parse(content: str) -> Rubric | ReplyProblem:
        return parse_draft(content, case, prompts.contest.scale.max)

    request = prompts.draft(case, prompts.contest.judges[0])
    drafted, _ = await ask_twice(request, ask=ask, prompts=prompts, parse=parse)
    if isinstance(drafted, Rubric):
        return drafted
    raise ProviderStopped(
        f"the judge gave no usable draft: {drafted.detail or drafted.reason}",
        where=f"case {case.number}",
        remedy=f"try again, or write it by hand: casejury rubric new {case.number}",
    )


async def ask_twice(
    request: JudgeRequest,
    *,
    ask: Ask,
    prompts: Prompts,
    parse: Callable[[str], Parsed | ReplyProblem],
    stored: tuple[JudgeReply | None, JudgeReply | None] = (None, None),
) -> tuple[Parsed | Ungraded, JudgeReply | None]:
    """Asks and parses; one repair request after an unusable reply; then Ungraded. Never a part, never a default.

    Beside what was parsed stands the reply it came from (None where no reply came).
    `stored`: first reply and repair that an earlier run stored and did not come to parse; they are not asked again.
    """
    reply: JudgeReply | Ungraded = stored[0] or await ask(request, 1)
    problem = ReplyProblem(message="", code="invalid_reply")
    for attempt in (1, 2):
        if isinstance(reply, Ungraded):
            return reply, None
        parsed = interpret(reply, parse)
        if not isinstance(parsed, ReplyProblem):
            return parsed, reply
        problem = parsed
        if attempt == 1:
            reply = stored[1] or await ask(prompts.repair(request, reply, problem.message), 2)
    return Ungraded(reason=problem.code, detail=problem.message), None


REPAIRABLE = {
    "truncated": "it was cut off before its end; be brief: shorter rationales, fewer quotes.",
    "refused": "it declined to answer. This is the assessment of a written answer in a professional contest.",
    "empty_reply": "it was empty.",
}


def interpret(reply: JudgeReply, parse: Callable[[str], Parsed | ReplyProblem]) -> Parsed | ReplyProblem:
    """What a reply holds, whole and valid, or what is wrong with it in words a repair request can use."""
    if (problem := problem_of(reply)) is not None:
        return ReplyProblem(message=REPAIRABLE.get(problem.reason, problem.detail), code=problem.reason)
    return parse(reply.content)


def reply_record(request: JudgeRequest, reply: JudgeReply, attempt: int, *, at: datetime, run: str) -> ReplyRecord:
    """A raw reply as the store keeps it."""
    return ReplyRecord(
        key=request.key,
        purpose=request.purpose,
        attempt=attempt,
        request=content_id(request),
        reply=reply,
        at=at,
        run=run,
    )
