"""`casejury doctor`."""

from __future__ import annotations

import asyncio
import os
import platform
from pathlib import Path

import click

from pipeline import __version__
from pipeline.cli.context import Session, emit, json_option, open_session
from pipeline.errors import CheckFailed, NoJudge


@click.command()
@click.option("--offline", is_flag=True, help="Leave out the checks that ask the endpoint.")
@json_option
@click.pass_obj
def doctor(root: Path, offline: bool, as_json: bool) -> None:
    """Check settings, rubrics, database, endpoint and whether the model obeys the schema; exit 9 if something fails.

    The last check sends one short request.
    """
    with open_session(root) as session:
        checks = _local(session)
        if not offline:
            checks += _endpoint(session)
    lines = [f"{'ok  ' if ok else 'FAIL' if ok is False else '--  '} {name}: {detail}" for name, ok, detail in checks]
    failed = None
    if bad := [name for name, ok, _ in checks if ok is False]:
        failed = CheckFailed(f"{len(bad)} check(s) failed: {', '.join(bad)}", remedy="the lines above say what to do")
    emit(
        {"checks": [{"name": n, "ok": ok, "detail": d} for n, ok, d in checks]},
        as_json=as_json,
        text="\n".join(lines),
        error=failed,
    )
    if failed is not None:
        raise failed


def _local(session: Session) -> list[tuple[str, bool | None, str]]:
    from pipeline.domain.chain import check_chain
    from pipeline.workspace.load import unsigned

    workspace = session.workspace
    problem = check_chain(session.store.decisions())
    signed = [n for n, r in workspace.rubrics.items() if unsigned(r, workspace.cases[n].statement_id) is None]
    open_cases = sorted(set(workspace.cases) - set(signed))
    roster = "none: entrants are taken as found" if workspace.roster is None else f"{len(workspace.roster)} people"
    return [
        ("casejury", True, f"{__version__} on Python {platform.python_version()}"),
        (
            "contest",
            True,
            f"{session.contest.id}, {len(workspace.cases)} cases, closes {session.contest.closes or 'never'}",
        ),
        ("rubrics", not open_cases, f"{len(signed)} approved" + (f"; to approve: {open_cases}" if open_cases else "")),
        ("roster", True, roster),
        ("database", True, session.store.describe()),
        _ai(session),
        _webhook(session),
        ("decisions", problem is None, problem or f"{session.store.head().count}, chain sound"),
    ]


def _ai(session: Session) -> tuple[str, bool | None, str]:
    from pipeline.work.summary import ai_now

    now = ai_now(session.store, session.store.decisions())
    if now.stopped:
        return "AI", None, f"stopped by {now.by}: {now.reason}; `casejury resume` ends that"
    return "AI", True, f"on trial, {now.trial_left} gradings to come" if now.trial_left else "may be asked"


def _webhook(session: Session) -> tuple[str, bool | None, str]:
    webhook = session.contest.webhook
    if webhook is None:
        return "webhook", None, "none: nobody is told when the AI stops but whoever reads the output"
    found = bool(os.environ.get(webhook.url_env, "").strip())
    return "webhook", found, f"{webhook.url_env} is set" if found else f"{webhook.url_env} is not set"


def _endpoint(session: Session) -> list[tuple[str, bool | None, str]]:
    from pipeline.cli.judges import open_judge
    from pipeline.llm.probe import probe

    async def ask() -> list[tuple[str, bool | None, str]]:
        async with open_judge(session) as judge:
            return [(check.name, check.ok, check.detail) for check in await probe(judge)]

    try:
        return asyncio.run(ask())
    except NoJudge as error:
        return [("endpoint", None, str(error))]
