"""People's decisions, appended one after another under the writers' lock, and the runs that commands made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.domain import chain
from pipeline.domain.decision import Act, ChainHead, Decision
from pipeline.errors import UsageError
from pipeline.store.engine import Database
from pipeline.store.queries import pages
from pipeline.store.records import RunRecord, dump, stamp
from pipeline.store.records import load as load_value
from pipeline.store.schema import decisions, runs


def head(connection: sa.Connection) -> ChainHead:
    """Number and hash of the last decision; zero and the chain's beginning where there is none."""
    columns = decisions.c
    row = connection.execute(sa.select(columns.seq, columns.hash).order_by(columns.seq.desc()).limit(1)).first()
    return chain.head(None) if row is None else ChainHead(count=row.seq, hash=row.hash)


def append(
    connection: sa.Connection, *, by: str, at: datetime, reason: str, act: Act, supersedes: int | None
) -> Decision:
    """The next link, stored. `connection` must be a writer's, so that nobody appends meanwhile."""
    before = head(connection)
    if supersedes is not None and not 1 <= supersedes <= before.count:
        raise UsageError(f"there is no decision {supersedes}", remedy=f"there are {before.count} so far")
    decision = chain.append(before, by=by, at=at, reason=reason, act=act, supersedes=supersedes)
    row = {"seq": decision.seq, "previous": decision.previous, "hash": decision.hash, "body": dump(decision)}
    connection.execute(sa.insert(decisions).values(row))
    return decision


def everything(database: Database, after: int = 0) -> Iterator[Decision]:
    """All links from the first on, or those after link `after`."""
    columns = decisions.c
    query = sa.select(columns.seq, columns.body).where(columns.seq > after)
    for row in pages(database, query, columns.seq):
        yield load_value(Decision, row.body, f"{database.where}: decision {row.seq}")


def start_run(connection: sa.Connection, kind: str, at: datetime, settings: Mapping[str, Any]) -> str:
    """The new run's id: its second in UTC and a number among the runs of that second."""
    begun = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    same = sa.select(sa.func.count()).select_from(runs).where(runs.c.id.like(f"{begun}-%"))
    name = f"{begun}-{connection.execute(same).scalar_one() + 1}"
    row = {"id": name, "kind": kind, "started_at": stamp(at), "settings": dump(dict(settings))}
    connection.execute(sa.insert(runs).values(row).inline())
    return name


def finish_run(connection: sa.Connection, name: str, at: datetime, summary: Mapping[str, Any]) -> None:
    """Records the end of a run once; UsageError if there is no such run still open."""
    open_run = sa.update(runs).where(runs.c.id == name, runs.c.finished_at.is_(None))
    changed = connection.execute(open_run.values(finished_at=stamp(at), summary=dump(dict(summary))))
    if changed.rowcount != 1:
        raise UsageError(f"there is no unfinished run {name!r}")


def list_runs(
    connection: sa.Connection, *, kind: str | None = None, newest: int | None = None
) -> tuple[RunRecord, ...]:
    """Runs in the order started, of one kind or all; the `newest` of them or all."""
    query = sa.select(runs).order_by(runs.c.seq.desc())
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    return tuple(_run(row) for row in reversed(connection.execute(query.limit(newest)).all()))


def _run(row: Any) -> RunRecord:
    return RunRecord(
        id=row.id,
        kind=row.kind,
        at=datetime.fromisoformat(row.started_at),
        settings=json.loads(row.settings),
        finished_at=None if row.finished_at is None else datetime.fromisoformat(row.finished_at),
        summary=None if row.summary is None else json.loads(row.summary),
    )
