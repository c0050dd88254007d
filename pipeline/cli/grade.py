"""`casejury grade`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.context import Session, emit, json_option, open_session
from pipeline.errors import AiStopped, CasejuryError, Interrupted, ProviderStopped, StorageError
from pipeline.workspace.settings import variables

if TYPE_CHECKING:
    from pipeline.cli.telling import Teller
    from pipeline.work.batch import Tally
    from pipeline.work.breaker import Guard
    from pipeline.work.budget import Purse
    from pipeline.work.grading_run import Plan


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be sent and how much at most; send nothing.")
@click.option("--trial", is_flag=True, help="Grade by rubrics that are not approved; every output says so.")
@click.option("--case", "cases", type=int, multiple=True, help="Only these cases (repeatable).")
@click.option("--concurrency", type=click.IntRange(1, 1000), help="Requests at once; contest.yaml says by default.")
@click.option(
    "--replay",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Answer from recordings in this folder only; no network, no key.",
)
@click.option("--record", type=click.Path(file_okay=False, path_type=Path), help="Record the answers into this folder.")
@json_option
@click.pass_obj
def grade(
    root: Path,
    dry_run: bool,
    trial: bool,
    cases: tuple[int, ...],
    concurrency: int | None,
    replay: Path | None,
    record: Path | None,
    as_json: bool,
) -> None:
    """Grade what is eligible and has no grading, verify it and decide; run again to go on after any interruption.

    Needs OPENAI_API_KEY, or OPENAI_BASE_URL for any compatible server. Referrals are no failure: exit code 0. While the
    AI is stopped (contest.yaml's `breaker`, `casejury stop`) nothing is sent, what has no grading is referred to
    people, and the exit code is 6.
    """
    from pipeline.work.grading_run import plan
    from pipeline.work.items import prepare
    from pipeline.work.refresh import refresh

    with open_session(root, locked=not dry_run) as session:
        for number in cases:
            session.workspace.case(number)
        items = [
            item
            for item in prepare(session.store.submissions(), session.workspace, session.prompts, session.judge_spec)
            if not cases or item.submission.case in cases
        ]
        _require_approval(session, {i.submission.case for i in items if i.key or i.extra}, trial=trial)
        todo = plan(items, session.workspace, session.prompts, session.store)
        if session.prompts.problem is not None:
            raise session.prompts.problem
        if dry_run:
            emit(_plan_json(session, todo), as_json=as_json, text=_plan_text(session, todo))
            return
        for rubric in {job.rubric.id: job.rubric for job in todo.jobs}.values():
            session.store.put_rubric(rubric)
        refresh(session.store, items, session.contest, session.settings.now())
        # A part of the work must not void the recordings of the rest.
        whole = todo.whole and not cases
        _run(
            session,
            todo,
            whole=whole,
            trial=trial,
            replay=replay,
            record=record,
            concurrency=concurrency,
            as_json=as_json,
        )


def _require_approval(session: Session, cases: set[int | None], *, trial: bool) -> None:
    from pipeline.workspace.load import require_approved

    for number in sorted(n for n in cases if n is not None):
        if not trial or number not in session.workspace.rubrics:
            require_approved(session.workspace, number)


def _plan_json(session: Session, todo: Plan) -> dict[str, Any]:
    return {
        "requests": todo.requests,
        "gradings": len(todo.jobs),
        "proposals": len(todo.unproposed),
        "done": todo.done,
        "stale": todo.stale,
        "retried": todo.retried,
        "not_sendable": todo.unsendable,
        "without_rubric": todo.without_rubric,
        "tokens_upper_bound": {"prompt": todo.prompt_bound, "completion": todo.completion_bound},
        "prompt_tokens_estimate": todo.prompt_estimate,
        "budget": session.contest.budget.model_dump(),
    }


def _plan_text(session: Session, todo: Plan) -> str:
    t = session.texts
    lines = [
        t("Nothing is sent. A run would send {n} requests:", n=t.number(todo.requests)),
        "  " + t("gradings {n}, proposals of a case {m}", n=t.number(len(todo.jobs)), m=t.number(len(todo.unproposed))),
        "  " + t("graded already: {n}", n=t.number(todo.done)),
        "  " + t("made stale by a change of text, rubric, prompt or judge: {n}", n=t.number(todo.stale)),
        "  " + t("failed before, tried again: {n}", n=t.number(todo.retried)),
        t(
            "Tokens: at most {prompt} of prompts and {completion} of answers; about {guess} of prompts (bytes / 4).",
            prompt=t.number(todo.prompt_bound),
            completion=t.number(todo.completion_bound),
            guess=t.number(todo.prompt_estimate),
        ),
        t("A repair of an unusable answer is one request more."),
    ]
    lines += [f"  {t.label('ungraded_' + code)}: {t.number(n)}" for code, n in todo.unsendable.items()]
    return "\n".join(lines)


def _run(
    session: Session,
    todo: Plan,
    *,
    whole: bool,
    trial: bool,
    replay: Path | None,
    record: Path | None,
    concurrency: int | None,
    as_json: bool,
) -> None:
    from pipeline.cli.tables import grading_text
    from pipeline.cli.telling import Teller
    from pipeline.work.batch import Tally
    from pipeline.work.breaker import Guard
    from pipeline.work.budget import Purse
    from pipeline.work.summary import RunSummary, spent, state_of

    purse = Purse(session.contest.budget, session.contest.prices.get(session.judge_spec.model))
    tally = Tally()
    note = note_of(replay)
    settings = {"trial": trial, "recorded": replay is not None, "note": note, "requests": todo.requests}
    run = session.store.start_run("grade", session.settings.now(), settings)
    at_once = concurrency or session.contest.limits.concurrency
    teller = Teller(session)
    guard = Guard(session.store, session.contest, run=run, now=session.settings.now, told=teller.decision)
    stopped: CasejuryError | None = None
    try:
        if todo.requests:
            guard.start()
            asyncio.run(_send(session, todo, purse, tally, guard, replay, record, at_once, whole=whole, quiet=as_json))
    except StorageError:  # the run's end cannot be noted either; without one it counts as interrupted
        raise
    except CasejuryError as error:
        stopped = error
    except asyncio.CancelledError:  # the second Ctrl-C
        stopped = Interrupted("ended at once", remedy="run the same command again to go on")
    if stopped is None and not tally.graded and set(tally.ungraded) == {"unreachable"}:
        stopped = ProviderStopped(
            "the endpoint could not be reached by any request",
            where=variables(session.judge_spec.endpoint)[0],
            remedy="check the address and that its server is running (`casejury doctor`), then run again",
        )
    if stopped is not None:
        _tell_of(stopped, session, run, teller)
    summary = RunSummary(
        run=run,
        trial=trial,
        recorded=replay is not None,
        note=note,
        to_grade=len(todo.jobs),
        already_graded=todo.done,
        graded=tally.graded,
        repaired=tally.repaired,
        resumed=tally.resumed,
        proposals=tally.proposals,
        ungraded=tally.ungraded,
        incidents=tally.incidents,
        models=tally.models,
        model_changes=tuple(tally.changes),
        spent=spent(purse),
        stopped=str(stopped) if stopped else "",
    )
    session.store.finish_run(run, session.settings.now(), summary.model_dump(mode="json"))
    state = state_of(session.store)
    emit(
        {"run": summary.model_dump(mode="json"), "state": state.model_dump(mode="json")},
        as_json=as_json,
        text=grading_text(session.texts, session.contest, summary, state),
        error=stopped,
    )
    teller.wait()
    if stopped is not None:
        raise stopped


def _tell_of(stopped: CasejuryError, session: Session, run: str, teller: Teller) -> None:
    """What is left of a batch whose AI was stopped goes to people; a provider that ends a run is an incident."""
    from pipeline.publish.webhook import notice_of_provider
    from pipeline.work.incidents import outage_of_run
    from pipeline.work.summary import refreshed

    at = session.settings.now()
    if isinstance(stopped, AiStopped):
        refreshed(session.store, session.workspace, session.prompts, at)
    elif isinstance(stopped, ProviderStopped):
        session.store.commit([outage_of_run(session.judge_spec, stopped.message, run, at)])
        teller.send(notice_of_provider(session.contest.id, run, at, session.texts))


def note_of(recordings: Path | None) -> str:
    """What a folder of recordings says about where its answers come from: its file NOTE."""
    path = recordings / "NOTE" if recordings is not None else None
    return path.read_text(encoding="utf-8").strip() if path is not None and path.is_file() else ""


async def _send(
    session: Session,
    todo: Plan,
    purse: Purse,
    tally: Tally,
    guard: Guard,
    replay: Path | None,
    record: Path | None,
    at_once: int,
    *,
    whole: bool,
    quiet: bool,
) -> None:
    from pipeline.cli.judges import open_judge
    from pipeline.cli.progress import Progress
    from pipeline.work.grading_run import run_plan

    async with open_judge(session, replay=replay, record=record, concurrency=at_once, whole=whole) as judge:
        with Progress(session.texts, todo.requests, quiet=quiet) as progress:
            await run_plan(
                todo,
                workspace=session.workspace,
                judge=judge,
                prompts=session.prompts,
                store=session.store,
                purse=purse,
                tally=tally,
                guard=guard,
                run=guard.run,
                now=session.settings.now,
                done=progress.advance,
                tell=progress.tell,
                concurrency=at_once,
            )
