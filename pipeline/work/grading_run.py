"""One run of `grade` from the stored submissions to stored outcomes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.grading import JudgeRequest, Ungraded
from pipeline.domain.masking import mask
from pipeline.domain.proposal import parse_proposal
from pipeline.domain.reply import ReplyProblem
from pipeline.domain.submission import Proposal, Submission
from pipeline.errors import Interrupted
from pipeline.llm.prices import estimate, upper_bound
from pipeline.llm.prompts import Prompts
from pipeline.store.records import ProposalRecord
from pipeline.store.store import Store
from pipeline.work.batch import Batch, Job, Tally, jobs_of
from pipeline.work.budget import Purse
from pipeline.work.drafting import Asks, ask_twice
from pipeline.work.items import Item
from pipeline.work.writer import Writer
from pipeline.workspace.load import Workspace


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
    unproposed: tuple[JudgeRequest, ...]
    """requests for the case of texts without a number"""
    prompt_bound: int
    completion_bound: int
    prompt_estimate: int

    @property
    def requests(self) -> int:
        return len(self.jobs) + len(self.unproposed)


def plan(items: Sequence[Item], workspace: Workspace, prompts: Prompts, store: Store) -> Plan:
    """Compares what there is with what is stored; token bounds count one request a key, without repairs."""
    keys = {item.key for item in items if item.key}
    graded = keys & store.known_keys()
    jobs = jobs_of(items, graded, [reply for reply in store.open_replies() if reply.key in keys])
    unproposed = tuple(_unproposed([item.submission for item in items], workspace, prompts, store))
    prompt = completion = guess = 0
    judge = workspace.contest.judges[0]
    grade = [prompts.grade(job.case, job.rubric, job.sent.text, judge) for job in jobs]
    for request in [*grade, *unproposed]:
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
    )


def _unproposed(
    submissions: Sequence[Submission], workspace: Workspace, prompts: Prompts, store: Store
) -> list[JudgeRequest]:
    requests = {}
    for submission in submissions:
        request = proposal_request(submission, workspace, prompts)
        if request is not None:
            requests[request.key] = request
    known = store.proposals(list(requests))
    return [request for key, request in requests.items() if key not in known]


def proposal_request(submission: Submission, workspace: Workspace, prompts: Prompts) -> JudgeRequest | None:
    """The request to propose a case for a submission whose only fault is the missing number; None for others."""
    codes = {flag.code for flag in submission.rejected_by}
    if codes != {"no_case_number"} or any(flag.code == "too_long" for flag in submission.flags):
        return None
    sent = mask(submission.text, workspace.roster or ())
    if isinstance(sent, Ungraded):
        return None
    cases = [workspace.cases[number] for number in sorted(workspace.cases)]
    return prompts.propose(sent.text, cases, workspace.contest.judges[0])


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

    The first Ctrl-C (or SIGTERM) lets what is in flight finish; the second ends at once.
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
        _stop_on_signals(batch, tell)
        await batch.work(todo.jobs, workers=2 * concurrency)
        for request in todo.unproposed:
            if batch.interrupted:
                break
            await _propose(request, batch=batch, workspace=workspace)
    if batch.interrupted:
        raise Interrupted("interrupted", remedy="all answers received are stored; run the same command again to go on")


def _stop_on_signals(batch: Batch, tell: Callable[[str], None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if batch.interrupted and task is not None:
            task.cancel()
        batch.interrupted = True
        tell("finishing what is in flight; once more to end at once")

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


async def _propose(request: JudgeRequest, *, batch: Batch, workspace: Workspace) -> None:
    numbers = sorted(workspace.cases)

    def parse(content: str) -> Proposal | ReplyProblem:
        return parse_proposal(content, numbers, f"judge:{workspace.contest.judges[0].id}")

    proposal, _ = await ask_twice(request, ask=batch.ask, prompts=batch.prompts, parse=parse)
    if isinstance(proposal, Proposal):
        batch.tally.proposals += 1
        await batch.writer.put(ProposalRecord(key=request.key, proposal=proposal, run=batch.run_id, at=batch.now()))
    batch.done()
