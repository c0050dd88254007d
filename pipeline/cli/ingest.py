"""`casejury ingest`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import emit, json_option, open_session
from pipeline.cli.tables import state_text


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_obj
def ingest(root: Path, paths: tuple[Path, ...], as_json: bool) -> None:
    """Read posts from files and folders (the inbox `submissions/` by default) and work out the submissions.

    HTML, WordPress export, DOCX, Markdown, text, CSV, XLSX, JSONL. The same file again changes nothing; a changed file
    is a new version. Nothing read is ever lost or overwritten.
    """
    from pipeline.work.intake import take_in
    from pipeline.work.summary import refreshed, state_of

    with open_session(root, locked=True) as session:
        at = session.settings.now()
        done = take_in(list(paths) or [session.workspace.inbox], session.workspace, session.store, at)
        refreshed(session.store, session.workspace, session.prompts, at)
        state = state_of(session.store)
    t = session.texts
    lines = [
        t(
            "{files} files read: {new} new posts, {versions} new versions, {same} unchanged",
            files=t.number(done.files),
            new=t.number(done.new_posts),
            versions=t.number(done.new_versions),
            same=t.number(done.unchanged),
        )
    ]
    lines += [f"  {t('skipped')}: {source} ({t.problem(why, {})})" for source, why in done.skipped]
    lines += [
        f"  {t('unreadable')}: {u.source}: {t.problem(u.problem, u.params)} — {t(u.remedy)}" for u in done.unreadable
    ]
    emit(
        {"ingest": done.model_dump(mode="json"), "state": state.model_dump(mode="json")},
        as_json=as_json,
        text="\n".join([*lines, "", state_text(t, session.contest, state)]),
    )
