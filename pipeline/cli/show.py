"""`casejury show`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import emit, json_option, open_session


@click.command()
@click.argument("submission")
@json_option
@click.pass_obj
def show(root: Path, submission: str, as_json: bool) -> None:
    """Show SUBMISSION (id, file, row, address or entrant/case): text, flags, marks with evidence, findings, rulings."""
    from pipeline.cli.rows import rows_of
    from pipeline.cli.showing import row_text
    from pipeline.cli.targets import one_submission
    from pipeline.work.summary import refreshed

    with open_session(root) as session:
        found = one_submission(session, submission)
        refreshed(session.store, session.workspace, session.prompts, session.settings.now())
        row = rows_of(session, only=found.id)[0]
    emit(row, as_json=as_json, text=row_text(row, session.contest, session.texts))
