"""Incidents, opened and closed by appended rows, and how requests for gradings ended, in order of completion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.domain.ids import short
from pipeline.domain.incident import Closing, Incident, Observation
from pipeline.errors import UsageError
from pipeline.store.engine import Database
from pipeline.store.queries import insert_new, pages
from pipeline.store.records import IncidentRecord, dump, load
from pipeline.store.schema import incidents, observations

OPENED, CLOSED = "opened", "closed"
LISTED = 8


def open_one(connection: sa.Connection, incident: Incident) -> bool:
    """Whether it was new; the same failure found again changes nothing."""
    return insert_new(connection, incidents, _row(incident.id, OPENED, incident, dump(incident)))


def close_one(connection: sa.Connection, closing: Closing, where: str) -> IncidentRecord:
    """The incident with its closing, stored; UsageError if it was closed before. `connection` must be a writer's."""
    record = find(connection, closing.incident, where)
    if record.closed is not None:
        raise UsageError(
            f"closed already by {record.closed.by}", where=short(record.id), remedy="report a new one if it came back"
        )
    closing = closing.model_copy(update={"incident": record.id})
    connection.execute(sa.insert(incidents).values(_row(record.id, CLOSED, record.incident, dump(closing))).inline())
    return record.model_copy(update={"closed": closing})


def find(connection: sa.Connection, prefix: str, where: str) -> IncidentRecord:
    """The incident of that id or beginning with these hex digits; UsageError for none, or several."""
    digits = prefix.strip().lower().removeprefix("sha256:")
    if len(digits) < 4 or not all(c in "0123456789abcdef" for c in digits):
        raise UsageError(f"{prefix!r} is no incident's id", remedy="give at least 4 of its hex digits")
    columns = incidents.c
    query = sa.select(incidents).where(columns.incident.like(f"sha256:{digits}%")).order_by(columns.seq)
    found = list(_merged(connection.execute(query).all(), where))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"there is no incident {prefix!r}", remedy="`casejury incidents list` lists them")
    several = ", ".join(short(one.id) for one in found[:LISTED])
    raise UsageError(f"{prefix!r} is the beginning of several: {several}", remedy="give more digits")


def everything(connection: sa.Connection, where: str) -> list[IncidentRecord]:
    """All incidents in the order they were opened."""
    return list(_merged(connection.execute(sa.select(incidents).order_by(incidents.c.seq)).all(), where))


def reported(connection: sa.Connection) -> set[str]:
    """The submissions on which a person reported an incident that is not closed."""
    columns = incidents.c
    ended = sa.select(columns.incident).where(columns.act == CLOSED)
    query = sa.select(columns.submission).where(
        columns.kind == "reported", columns.act == OPENED, columns.incident.not_in(ended)
    )
    return {name for name in connection.execute(query).scalars() if name}


def add_observation(connection: sa.Connection, observation: Observation) -> bool:
    row = {"judge": observation.judge, "body": dump(observation)}
    connection.execute(sa.insert(observations).values(row).inline())
    return True


def observed(database: Database, judge: str | None, after: int) -> Iterator[Observation]:
    """Observations of that judge (None: all) numbered higher than `after`, in order of completion."""
    columns = observations.c
    query = sa.select(columns.seq, columns.body).where(columns.seq > after)
    if judge is not None:
        query = query.where(columns.judge == judge)
    for row in pages(database, query, columns.seq):
        yield load(Observation, row.body, f"{database.where}: observation {row.seq}")


def last_observation(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(observations.c.seq), 0))).scalar_one())


def _row(identifier: str, act: str, incident: Incident, body: str) -> dict[str, str]:
    return {
        "incident": identifier,
        "act": act,
        "kind": incident.kind,
        "submission": incident.submission,
        "body": body,
    }


def _merged(rows: Sequence[sa.Row[Any]], where: str) -> Iterator[IncidentRecord]:
    records: dict[str, IncidentRecord] = {}
    for row in rows:
        place = f"{where}: incident {row.seq}"
        if row.act == OPENED:
            records[row.incident] = IncidentRecord(seq=row.seq, incident=load(Incident, row.body, place))
        else:
            closing = load(Closing, row.body, place)
            records[row.incident] = records[row.incident].model_copy(update={"closed": closing})
    return iter(records.values())
