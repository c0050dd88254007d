"""`casejury show`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import emit, json_option, open_session


@click.command()
@click.argument("submission")
@click.option("--rubric", "with_rubric", is_flag=True, help="Print statement, guidelines and rubric before it.")
@json_option
@click.pass_obj
def show(root: Path, submission: str, with_rubric: bool, as_json: bool) -> None:
    """Show SUBMISSION (id, file, row, address or entrant/case): text, flags, marks with evidence, findings, rulings.

    With --rubric it is all that marking by hand needs; what it prints as marks is the AI's, where there are any.
    """
    from pipeline.cli.rows import rows_of
    from pipeline.cli.showing import row_text, rubric_text
    from pipeline.cli.targets import one_submission
    from pipeline.work.summary import refreshed

    with open_session(root) as session:
        found = one_submission(session, submission)
        refreshed(session.store, session.workspace, session.prompts, session.settings.now())
        row = rows_of(session, only=found.id)[0]
        case = session.workspace.cases.get(found.case) if found.case is not None else None
    text = row_text(row, session.contest, session.texts)
    value = row.model_dump(mode="json", by_alias=True)
    if with_rubric:
        guidelines = session.workspace.guidelines
        text = rubric_text(case, row.rubric, guidelines, session.texts) + "\n\n" + text
        value |= {"statement": case.statement if case else None, "guidelines": guidelines}
    emit(value, as_json=as_json, text=text)
