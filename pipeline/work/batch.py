"""The batch: every key that has no grading is asked for, verified and decided; killed anywhere, it goes on (rule 5).

Raw replies are durable before they are parsed. A key whose reply was stored but not parsed is parsed, not asked
again. One invalid reply is followed by one repair request, then by Ungraded. Nothing here is ever a default mark.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.domain.contest import Case, Contest
from pipeline.domain.grading import Grading, JudgeReply, JudgeRequest, Ungraded
from pipeline.domain.ids import content_id, text_id
from pipeline.domain.incident import Incident
from pipeline.domain.masking import Masked
from pipeline.domain.reply import ReplyProblem, parse_reply
from pipeline.domain.rubric import Rubric
from pipeline.domain.submission import Reason
from pipeline.errors import BudgetReached, CasejuryError, Interrupted
from pipeline.llm.prices import Bound, upper_bound
from pipeline.llm.prompts import Prompts
from pipeline.store.records import GradingRecord, OutcomeRecord, Record, ReplyRecord, UngradedRecord
from pipeline.work.breaker import Guard
from pipeline.work.budget import Purse
from pipeline.work.drafting import Asks, ask_twice, reply_record
from pipeline.work.incidents import failure_incidents, graded_incidents, observation_of
from pipeline.work.items import Item
from pipeline.work.refresh import is_declared, mismatch, outcome_of
from pipeline.work.writer import Writer


@dataclass(frozen=True, slots=True)
class Job:
    """One key to grade: the text, its case and rubric, and the items that share it."""

    key: str
    case: Case
    rubric: Rubric
    sent: Masked
    items: tuple[Item, ...]
    stored: tuple[JudgeReply | None, JudgeReply | None] = (None, None)
    """first reply and repair that an earlier run stored and did not parse"""


Question = Callable[[], Awaitable[None]]
"""something to ask, and to store what comes of it"""


GO_ON = "all answers received are stored; run the same command again to go on"


def _budget_reached() -> BudgetReached:
    return BudgetReached(
        "the run's budget is used up and work is left",
        where="contest.yaml: budget",
        remedy="raise it, or run again: each run has the whole budget",
    )


@dataclass(slots=True)
class Tally:
    """What a run did so far; also true of one that was stopped."""

    graded: int = 0
    repaired: int = 0
    resumed: int = 0
    proposals: int = 0
    ungraded: dict[str, int] = field(default_factory=dict)
    incidents: dict[str, int] = field(default_factory=dict)
    models: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""
    model: str = ""
    """the first snapshot of the declared model that answered"""
    changes: list[str] = field(default_factory=list)


def jobs_of(items: Sequence[Item], graded: set[str], replies: Sequence[ReplyRecord]) -> list[Job]:
    """One job for each key without a grading, in the items' order; `replies`: stored and not parsed, oldest first."""
    by_key: dict[str, list[Item]] = {}
    for item in items:
        if item.key and item.key not in graded:
            by_key.setdefault(item.key, []).append(item)
    stored = stored_replies(replies)
    jobs = []
    for key, some in by_key.items():
        case, rubric, sent = some[0].case, some[0].rubric, some[0].sent
        if case is not None and rubric is not None and sent is not None:
            jobs.append(Job(key, case, rubric, sent, tuple(some), stored.get(key, (None, None))))
    return jobs


def stored_replies(replies: Sequence[ReplyRecord]) -> dict[str, tuple[JudgeReply | None, JudgeReply | None]]:
    """By key: the first reply and the repair that were stored and not parsed; `replies` oldest first."""
    first = {reply.key: reply.reply for reply in replies if reply.attempt == 1}
    repair = {reply.key: reply.reply for reply in replies if reply.attempt == 2}
    return {key: (reply, repair.get(key)) for key, reply in first.items()}


class Batch:
    """Works off questions with as many workers as it is given; stops cleanly when told to."""

    def __init__(
        self,
        *,
        judge: Asks,
        prompts: Prompts,
        writer: Writer,
        purse: Purse,
        contest: Contest,
        run: str,
        tally: Tally,
        guard: Guard,
        now: Callable[[], datetime],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self.judge, self.prompts, self.writer, self.purse, self.guard = judge, prompts, writer, purse, guard
        self.contest, self.run_id, self.tally, self.now, self.done = contest, run, tally, now, done
        self.stopped: CasejuryError | None = None
        self.interrupted = False
        self._settled = asyncio.Event()
        self.counted = False
        """whether `sending` hears of every sending"""
        self._sent: dict[str, bool] = {}

    async def work(self, questions: Sequence[Question], workers: int) -> None:
        """Runs them in their order; raises what stopped the batch after everything in flight has been stored."""
        queue = iter(questions)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(workers, len(questions))):
                group.create_task(self._worker(queue))
        if self.stopped is not None:
            raise self.stopped

    async def _worker(self, queue: Iterator[Question]) -> None:
        while not self.interrupted and self.stopped is None:
            question = next(queue, None)
            if question is None:
                return
            try:
                await question()
            except CasejuryError as error:
                self.stopped = self.stopped or error
                return
            self.done()

    async def grade(self, job: Job) -> None:
        """Asks, parses, verifies and decides one key, stores what came of it, and tells the guard."""
        received = [reply for reply in job.stored if reply is not None]

        async def ask(request: JudgeRequest, attempt: int) -> JudgeReply | Ungraded:
            reply = await self.ask(request, attempt)
            if isinstance(reply, JudgeReply):
                received.append(reply)
            return reply

        request = self.prompts.grade(job.case, job.rubric, job.sent.text, self.contest.judges[0])

        def parse(content: str) -> Grading | ReplyProblem:
            return parse_reply(content, job.rubric)

        result, reply = await ask_twice(request, ask=ask, prompts=self.prompts, parse=parse, stored=job.stored)
        self.tally.resumed += job.stored[0] is not None
        made: GradingRecord | Ungraded
        record: Record
        if isinstance(result, Grading) and reply is not None:
            made = record = self._grading(job, reply, result)
            self.tally.graded += 1
        else:
            made = result if isinstance(result, Ungraded) else Ungraded(reason="invalid_reply")
            record = UngradedRecord(key=job.key, ungraded=made, run=self.run_id, at=self.now())
            self.tally.ungraded[made.reason] = self.tally.ungraded.get(made.reason, 0) + 1
        outcomes = [outcome_of(item, made, self.contest, self.now()) for item in job.items]
        incidents = self._incidents(job, made, outcomes, content_id(received[-1]) if received else "")
        judge = self.contest.judges[0].id
        observation = observation_of(job.key, job.case.number, judge, incidents, self.run_id, self.now())
        await self.writer.put(record, *outcomes, *incidents, observation)
        for incident in incidents:
            self.tally.incidents[incident.kind] = self.tally.incidents.get(incident.kind, 0) + 1
        await self.guard.note(observation)

    def _incidents(
        self, job: Job, made: GradingRecord | Ungraded, outcomes: Sequence[OutcomeRecord], reply: str
    ) -> list[Incident]:
        if isinstance(made, GradingRecord):
            pairs = zip(job.items, outcomes, strict=True)
            return [one for item, outcome in pairs for one in graded_incidents(item, made, outcome, self.now())]
        prompt, judge = self.prompts.case_prompt(job.case, job.rubric).prompt_id, self.contest.judges[0]
        return [
            one
            for item in job.items
            for one in failure_incidents(
                item, made, judge=judge, prompt=prompt, reply=reply, run=self.run_id, at=self.now()
            )
        ]

    async def ask(self, request: JudgeRequest, attempt: int) -> JudgeReply | Ungraded:
        """One call, unless the AI was stopped, within the budget, its raw reply durable before it is returned."""
        await self.guard.allow()
        bound = upper_bound(request)
        await self._reserve(bound)
        reply: JudgeReply | Ungraded | None = None
        try:
            reply = await self.judge.ask(request)
        finally:
            used = reply.usage if isinstance(reply, JudgeReply) else None
            self.purse.settle(bound.prompt_tokens, bound.completion_tokens, used)
            if self.counted and not self._sent.pop(request.key, False):
                self.purse.unsent()
            self._settled.set()
        if isinstance(reply, JudgeReply):
            self.tally.repaired += attempt == 2
            await self.writer.put(reply_record(request, reply, attempt, at=self.now(), run=self.run_id))
        return reply

    def sending(self, request: JudgeRequest, number: int) -> None:
        """Books each sending; BudgetReached where none is left for the same request, AiStopped where a stop came."""
        self.guard.check()
        self._sent[request.key] = True
        if number > 1 and not self.purse.send_again():
            raise _budget_reached()

    def interrupt(self) -> None:
        """No further question; whoever waits for the budget is woken up."""
        self.interrupted = True
        self._settled.set()

    async def _reserve(self, bound: Bound) -> None:
        """Takes the request out of the budget, if need be after others have given back what they did not use."""
        while not self.purse.reserve(bound.prompt_tokens, bound.completion_tokens):
            if not self.purse.may_free:
                raise _budget_reached()
            self._settled.clear()
            await self._settled.wait()
            if self.interrupted:
                raise Interrupted("interrupted", remedy=GO_ON)
            if self.stopped is not None:
                raise self.stopped

    def _grading(self, job: Job, reply: JudgeReply, grading: Grading) -> GradingRecord:
        self.tally.fingerprint = self.tally.fingerprint or reply.fingerprint
        self.tally.models[reply.model] = self.tally.models.get(reply.model, 0) + 1
        judge = self.contest.judges[0]
        if not self.tally.model and is_declared(judge.model, reply.model):
            self.tally.model = reply.model
        reasons = mismatch(
            judge.model, reply.model, self.tally.fingerprint, reply.fingerprint, first_model=self.tally.model
        )
        self._note(reasons)
        return GradingRecord(
            key=job.key,
            grading=grading,
            rubric=job.rubric.id,
            judge=judge,
            prompt=self.prompts.case_prompt(job.case, job.rubric).prompt_id,
            text=text_id(job.sent.text),
            model=reply.model,
            fingerprint=reply.fingerprint,
            reasons=reasons,
            answer=content_id(reply),
            run=self.run_id,
            at=self.now(),
        )

    def _note(self, reasons: Sequence[Reason]) -> None:
        for reason in reasons:
            told = f"{reason.code}: " + ", ".join(f"{k} {v}" for k, v in reason.params.items())
            if told not in self.tally.changes:
                self.tally.changes.append(told)
