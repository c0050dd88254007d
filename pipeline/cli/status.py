"""`casejury status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.context import emit, json_option, open_session
from pipeline.cli.tables import state_text


@click.command()
@click.option("--list", "listed", is_flag=True, help="List every submission with its id, state and reasons.")
@json_option
@click.pass_obj
def status(root: Path, listed: bool, as_json: bool) -> None:
    """Say where the contest stands: posts, submissions, suggestions, referrals, decisions, the trail's head."""
    from pipeline.cli.rows import brief, rows_of
    from pipeline.domain.ids import short
    from pipeline.work.summary import refreshed, state_of

    with open_session(root) as session:
        refreshed(session.store, session.workspace, session.prompts, session.settings.now())
        state = state_of(session.store)
        t = session.texts
        last = session.store.last_run("grade")
        value: dict[str, Any] = {"state": state.model_dump(mode="json"), "last_run": last.id if last else None}
        text = state_text(t, session.contest, state)
        if last is not None and last.finished_at is None:
            text += "\n" + t("The last run ({run}) was cut off; `casejury grade` goes on.", run=last.id)
        if listed:
            rows = rows_of(session)
            value["submissions"] = [brief(row, t) for row in rows]
            text += "\n\n" + "\n".join(_line(brief(row, t), short(row.submission.id)) for row in rows)
    emit(value, as_json=as_json, text=text)


def _line(row: dict[str, object], short_id: str) -> str:
    guards = "—" if row["guards"] is None else row["guards"]
    place = f"{short_id}  {row['case'] or '—':>3}  {row['entrant'] or '—':<20}"
    return f"{place} {row['state']:<12} {guards:>2}  {row['reasons']}"
