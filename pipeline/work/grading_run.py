"""One run of `grade` from the stored submissions to stored outcomes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.domain.grading import JudgeReply, JudgeRequest, Ungraded
from pipeline.domain.masking import mask
from pipeline.domain.proposal import parse_proposal
from pipeline.domain.reply import ReplyProblem
from pipeline.domain.submission import Proposal, Submission
from pipeline.errors import ConfigurationError, Interrupted
from pipeline.llm.judge import Judge
from pipeline.llm.prices import estimate, upper_bound
from pipeline.llm.prompts import Prompts
from pipeline.store.records import ProposalRecord, Record, UngradedRecord
from pipeline.store.store import Store
from pipeline.work.batch import GO_ON, Batch, Job, Tally, jobs_of, stored_replies
from pipeline.work.budget import Purse
from pipeline.work.drafting import Asks, ask_twice
from pipeline.work.items import Item, over_limit
from pipeline.work.writer import Writer
from pipeline.workspace.load import Workspace

Replies = tuple[JudgeReply | None, JudgeReply | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: nothing has been sent."""

    jobs: tuple[Job, ...]
    done: int
    """keys that have a grading"""
    stale: int
    """submissions graded before under another key: a change of text, rubric, prompt, schema or judge"""
    retried: int
    """keys that failed before and are tried again"""
    unsendable: dict[str, int]
    without_rubric: int
    unproposed: tuple[tuple[JudgeRequest, Replies], ...]
    """requests for the case of texts without a number, with replies that an earlier run stored and did not parse"""
    prompt_bound: int
    completion_bound: int
    prompt_estimate: int
    whole: bool = False
    """nothing of this work was answered before: a run asks for all of it"""

    @property
    def requests(self) -> int:
        return len(self.jobs) + len(self.unproposed)


def plan(items: Sequence[Item], workspace: Workspace, prompts: Prompts, store: Store) -> Plan:
    """Compares what there is with what is stored; token bounds count one request a key, without repairs."""
    keys = {item.key for item in items if item.key}
    graded = keys & store.known_keys()
    open_replies = store.open_replies()
    jobs = jobs_of(items, graded, [reply for reply in open_replies if reply.key in keys])
    stored = stored_replies([reply for reply in open_replies if reply.key not in keys])
    requests, proposed = _unproposed([item.submission for item in items], workspace, prompts, store)
    unproposed = tuple((request, stored.get(request.key, (None, None))) for request in requests)
    prompt = completion = guess = 0
    judge = workspace.contest.judges[0]
    grade = [prompts.grade(job.case, job.rubric, job.sent.text, judge) for job in jobs]
    for request in [*grade, *(request for request, _ in unproposed)]:
        bound = upper_bound(request)
        prompt, completion = prompt + bound.prompt_tokens, completion + bound.completion_tokens
        guess += estimate(request)
    unsendable: dict[str, int] = {}
    for item in items:
        if item.unsendable is not None:
            unsendable[item.unsendable.reason] = unsendable.get(item.unsendable.reason, 0) + 1
    return Plan(
        jobs=tuple(jobs),
        done=len(graded),
        stale=sum(store.graded_before(item.submission.id) for item in items if item.key and item.key not in graded),
        retried=len(store.ungraded([job.key for job in jobs])),
        unsendable=unsendable,
        without_rubric=sum(any(r.code == "no_rubric" for r in item.extra) for item in items),
        unproposed=unproposed,
        prompt_bound=prompt,
        completion_bound=completion,
        prompt_estimate=guess,
        whole=not (graded or proposed or any(job.stored[0] for job in jobs) or any(r[0] for _, r in unproposed)),
    )


def _unproposed(
    submissions: Sequence[Submission], workspace: Workspace, prompts: Prompts, store: Store
) -> tuple[list[JudgeRequest], int]:
    """The requests without a proposal, and how many have one."""
    requests = {}
    for submission in submissions:
        request = proposal_request(submission, workspace, prompts)
        if request is not None:
            requests[request.key] = request
    known = store.proposals(list(requests))
    return [request for key, request in requests.items() if key not in known], len(known)


def proposal_request(submission: Submission, workspace: Workspace, prompts: Prompts) -> JudgeRequest | None:
    """The request to propose a case for a submission whose only fault is the missing number; None for others.

    None as well, and `prompts.problem` says why, where it cannot be rendered.
    """
    codes = {flag.code for flag in submission.rejected_by}
    if codes != {"no_case_number"} or over_limit(submission) is not None:
        return None
    sent = mask(submission.text, workspace.roster or ())
    if isinstance(sent, Ungraded):
        return None
    cases = [workspace.cases[number] for number in sorted(workspace.cases)]
    try:
        return prompts.propose(sent.text, cases, workspace.contest.judges[0])
    except ConfigurationError as error:
        prompts.problem = prompts.problem or error
        return None


async def run_plan(
    todo: Plan,
    *,
    workspace: Workspace,
    judge: Asks,
    prompts: Prompts,
    store: Store,
    purse: Purse,
    tally: Tally,
    run: str,
    now: Callable[[], datetime],
    done: Callable[[], None],
    tell: Callable[[str], None],
    concurrency: int,
) -> None:
    """Sends what the plan lists and stores all of it; raises what stopped the run after storing what was in flight.

    The first Ctrl-C (or SIGTERM) lets what is in flight finish and sends nothing more; the second ends at once.
    """
    async with Writer(store) as writer:
        batch = Batch(
            judge=judge,
            prompts=prompts,
            writer=writer,
            purse=purse,
            contest=workspace.contest,
            run=run,
            tally=tally,
            now=now,
            done=done,
        )
        if isinstance(judge, Judge):
            judge.before_sending, batch.counted = batch.sending, True
        _stop_on_signals(batch, judge, tell)
        grade = [partial(batch.grade, job) for job in todo.jobs]
        propose = [partial(_propose, request, batch, workspace, stored) for request, stored in todo.unproposed]
        await batch.work([*grade, *propose], workers=2 * concurrency)
    if batch.interrupted:
        raise Interrupted("interrupted", remedy=GO_ON)


def _stop_on_signals(batch: Batch, judge: Asks, tell: Callable[[str], None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if batch.interrupted and task is not None:
            task.cancel()
        batch.interrupt()
        if isinstance(judge, Judge):
            judge.stop()
        tell("finishing what is in flight; once more to end at once")

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


async def _propose(request: JudgeRequest, batch: Batch, workspace: Workspace, stored: Replies) -> None:
    numbers = sorted(workspace.cases)

    def parse(content: str) -> Proposal | ReplyProblem:
        return parse_proposal(content, numbers, f"judge:{workspace.contest.judges[0].id}")

    proposal, _ = await ask_twice(request, ask=batch.ask, prompts=batch.prompts, parse=parse, stored=stored)
    record: Record
    if isinstance(proposal, Proposal):
        batch.tally.proposals += 1
        record = ProposalRecord(key=request.key, proposal=proposal, run=batch.run_id, at=batch.now())
    else:
        record = UngradedRecord(key=request.key, ungraded=proposal, run=batch.run_id, at=batch.now())
    await batch.writer.put(record)
