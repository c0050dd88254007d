"""`casejury incidents`: what went wrong with the AI, and what was done about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click

from pipeline.cli.context import by_option, emit, json_option, open_session
from pipeline.domain.ids import short
from pipeline.domain.incident import IncidentKind
from pipeline.errors import UsageError
from pipeline.messages import Texts
from pipeline.store.records import IncidentRecord, ReplyRecord

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@click.group()
def incidents() -> None:
    """List, show, report and close failures of the AI: invented quotes and counts, contradictions, outages."""


@incidents.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has closed.")
@click.option("--kind", type=click.Choice(get_args(IncidentKind)), help="Only of this kind.")
@click.option("--case", type=int, help="Only on submissions to this case.")
@json_option
@click.pass_obj
def list_(root: Path, only_open: bool, kind: str | None, case: int | None, as_json: bool) -> None:
    """List incidents in the order they were filed."""
    with open_session(root) as session:
        found = [
            record
            for record in session.store.incidents()
            if (not only_open or record.closed is None)
            and kind in {None, record.incident.kind}
            and case in {None, record.incident.case}
        ]
        t = session.texts
    emit(
        {"incidents": [_json(record) for record in found]},
        as_json=as_json,
        text="\n".join(_line(record, t) for record in found) or t("No incident."),
    )


@incidents.command()
@click.argument("incident")
@click.option("--raw", is_flag=True, help="Print the AI's raw replies, too.")
@json_option
@click.pass_obj
def show(root: Path, incident: str, raw: bool, as_json: bool) -> None:
    """Show INCIDENT (an id): what was found, in which reply, what was done, who closed it."""
    with open_session(root) as session:
        record = session.store.find_incident(incident)
        replies = session.store.replies(record.incident.key) if raw and record.incident.key else []
        t = session.texts
    value = _json(record) | ({"replies": [one.model_dump(mode="json") for one in replies]} if raw else {})
    emit(value, as_json=as_json, text=_CONTROL.sub("", "\n".join(_lines(record, replies, t))))


@incidents.command()
@click.argument("submission")
@click.option("--text", required=True, help="What is wrong with what the AI said.")
@by_option
@json_option
@click.pass_obj
def report(root: Path, submission: str, text: str, by: str, as_json: bool) -> None:
    """Report a failure of the AI on SUBMISSION (id, file, row or entrant/case); it is referred until closed."""
    from pipeline.cli.targets import one_submission
    from pipeline.work.incidents import report_incident
    from pipeline.work.items import prepare
    from pipeline.work.summary import refreshed

    if not text.strip() or not by.strip():
        raise UsageError("a report needs words and a name", where="--text, --by")
    with open_session(root) as session:
        found = one_submission(session, submission)
        at, judge = session.settings.now(), session.judge_spec
        (item,) = prepare([found], session.workspace, session.prompts, judge)
        graded = session.store.gradings([item.key]).get(item.key) if item.key else None
        record = report_incident(session.store, item, graded, judge=judge, by=by, text=text.strip(), at=at)
        refreshed(session.store, session.workspace, session.prompts, at)
        t = session.texts
    told = t("Incident {id} filed; the submission is referred until it is closed.", id=short(record.id))
    emit(_json(record), as_json=as_json, text=told)


@incidents.command()
@click.argument("incident")
@click.option("--how", required=True, help="How it was dealt with.")
@by_option
@json_option
@click.pass_obj
def close(root: Path, incident: str, how: str, by: str, as_json: bool) -> None:
    """Close INCIDENT (an id) and say how it was dealt with; a closing is never changed."""
    from pipeline.work.summary import refreshed

    if not how.strip() or not by.strip():
        raise UsageError("a closing needs words and a name", where="--how, --by")
    with open_session(root) as session:
        at = session.settings.now()
        record = session.store.close_incident(incident, by=by, at=at, how=how.strip())
        refreshed(session.store, session.workspace, session.prompts, at)
        t = session.texts
    emit(_json(record), as_json=as_json, text=t("Incident {id} closed.", id=short(record.id)))


def _json(record: IncidentRecord) -> dict[str, Any]:
    closed = record.closed.model_dump(mode="json") if record.closed else None
    return {"id": record.id, **record.incident.model_dump(mode="json"), "closed": closed}


def _line(record: IncidentRecord, t: Texts) -> str:
    one = record.incident
    state = t("closed") if record.closed else t("open")
    place = f"{short(one.submission) if one.submission else '—':<10} {one.case or '—':>3}"
    return f"{short(record.id)}  {t.time(one.at)}  {place}  {one.judge:<8} {t.incident(one.kind)}  [{state}]"


def _lines(record: IncidentRecord, replies: list[ReplyRecord], t: Texts) -> Iterator[str]:
    one = record.incident
    yield f"{short(record.id)}  {t.incident(one.kind)}  {t.time(one.at)}"
    if one.submission:
        yield f"{t('submission')}: {short(one.submission)}  {t('case')} {one.case or '—'}"
    yield f"{t('judge')}: {one.judge}  {one.model}"
    if one.prompt:
        yield f"{t('prompt')}: {one.prompt}"
    if one.reply:
        yield f"{t('reply')}: {one.reply}"
    for code, n in one.findings.items():
        yield f"  {t.label(code) if t.knows(code) else t.label('ungraded_' + code)}: {n}"
    if one.criteria:
        yield f"{t('criteria')}: {', '.join(one.criteria)}"
    if one.note:
        yield f"{t('in words')}: {one.note} ({one.by})"
    yield f"{t('done')}: {t.incident_done(one.done)}"
    if record.closed is not None:
        yield f"{t('closed')}: {record.closed.by} · {t.time(record.closed.at)} · {record.closed.how}"
    else:
        yield t("open")
    for reply in replies:
        yield ""
        yield f"--- {t('reply')} {reply.seq} ({reply.purpose}, {t.time(reply.at)}, {reply.reply.model})"
        yield reply.reply.content
