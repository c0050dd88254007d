"""`casejury report`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from pipeline import __version__
from pipeline.cli.context import Session, emit, json_option, open_session
from pipeline.domain.decision import Decision
from pipeline.publish.view import AiShown, IncidentShown, Report, RunInfo
from pipeline.store.records import IncidentRecord


@click.command()
@click.option(
    "--edition",
    type=click.Choice(["organiser", "jury"]),
    default="organiser",
    help="jury: no AI marks on undecided items.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to; reports/<run> by default.")
@click.option("--language", type=click.Choice(["ru", "en"]), help="Of the report; the contest's by default.")
@json_option
@click.pass_obj
def report(root: Path, edition: str, out: Path | None, language: str | None, as_json: bool) -> None:
    """Write the report: index.html, report.json, decisions.csv, decisions.xlsx."""
    from pipeline.messages import Texts
    from pipeline.publish.write import write_report
    from pipeline.work.summary import refreshed

    with open_session(root) as session:
        refreshed(session.store, session.workspace, session.prompts, session.settings.now())
        made = make_report(session, jury=edition == "jury")
        t = session.texts if language is None else Texts("ru" if language == "ru" else "en", session.contest.zone)
        folder = out or session.workspace.reports / (made.run.id if edition == "organiser" else f"{made.run.id}-jury")
        written = [str(path) for path in write_report(made, t, folder)]
    emit(
        {"written": written, "run": made.run.id},
        as_json=as_json,
        text="\n".join([t("Report:"), *(f"  {w}" for w in written)]),
    )


def make_report(session: Session, *, jury: bool = False) -> Report:
    """Everything stored, as the value that publishing lays out."""
    from pipeline.cli.rows import guards_by_entrant, rows_of
    from pipeline.domain.grading import Usage
    from pipeline.domain.ruling import effective
    from pipeline.domain.standings import awards

    store, contest = session.store, session.contest
    rows = rows_of(session)
    intake, used = store.intake(), store.usage()
    last, runs = store.last_run("grade"), store.runs()
    price = contest.prices.get(session.judge_spec.model)
    summary = (last.summary if last else None) or {}
    return Report(
        contest=contest,
        cases=tuple(session.workspace.cases.values()),
        rubrics=session.workspace.rubrics,
        rows=tuple(rows),
        posts=intake.posts,
        versions=intake.versions,
        not_entries=intake.not_entries,
        unreadable=store.unreadable(),
        awards=awards(contest, guards_by_entrant(rows)),
        head=store.head(),
        run=RunInfo(
            id=last.id if last else "no-run",
            at=last.at if last else session.settings.now(),
            casejury=__version__,
            requests=used.requests,
            usage=Usage(
                prompt=used.prompt,
                completion=used.completion,
                cached=used.cached,
                estimated=used.estimated or any(run.settings.get("recorded") for run in runs),
            ),
            money=(used.prompt * price.input + used.completion * price.output) / 1e6 if price else None,
            recorded=any(run.settings.get("recorded") for run in runs),
            note="\n".join(dict.fromkeys(str(note) for run in runs if (note := run.settings.get("note")))),
            trial=bool(summary.get("trial")),
            model_changes=tuple(str(change) for change in _listed(summary.get("model_changes"))),
        ),
        releases=effective(store.decisions()).releases,
        ai=_ai_shown(store.decisions()),
        incidents=tuple(
            IncidentShown(id=one.id, incident=one.incident, closed=one.closed)
            for one in sorted(store.incidents(), key=_incident_order)
        ),
        observations=tuple(store.observations()),
        edition="jury" if jury else "organiser",
    )


def _incident_order(record: IncidentRecord) -> tuple[object, ...]:
    """By time, then the same in every run, whatever order answers came in."""
    one = record.incident
    return one.at, one.case or 0, one.submission, one.kind, record.id


def _ai_shown(decisions: Iterable[Decision]) -> tuple[AiShown, ...]:
    from pipeline.domain.decision import AiResume, AiStop

    return tuple(
        AiShown(
            seq=one.seq,
            kind=act.kind,
            cause=act.cause if isinstance(act, AiStop) else "",
            by=one.by,
            at=one.at,
            reason=one.reason,
            trial=act.trial if isinstance(act, AiResume) else None,
        )
        for one in decisions
        if isinstance(act := one.act, AiStop | AiResume)
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
