"""What judges answered and what came of it: raw replies, one grading a key, failures, proposals, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.domain.grading import Ungraded
from pipeline.domain.incident import Incident, Observation
from pipeline.domain.rubric import Rubric
from pipeline.errors import UsageError
from pipeline.store import incidents
from pipeline.store.engine import Database
from pipeline.store.queries import chunks, insert_new, pages, put
from pipeline.store.records import (
    GradingRecord,
    OutcomeRecord,
    ProposalRecord,
    Record,
    ReplyRecord,
    UngradedRecord,
    Used,
    dump,
    load,
)
from pipeline.store.schema import (
    graded_submissions,
    gradings,
    outcomes,
    proposals,
    replies,
    rubrics,
    submissions,
    ungraded,
)


def commit(connection: sa.Connection, records: Sequence[Record]) -> tuple[Record, ...]:
    """Writes the records in order and returns those that were new; see Store.commit."""
    return tuple(record for record in records if _write(connection, record))


def _write(connection: sa.Connection, record: Record) -> bool:
    row: dict[str, Any]
    match record:
        case ReplyRecord():
            body = dump(record.model_copy(update={"seq": None}))
            row = {"key": record.key, "purpose": record.purpose, "body": body}
            connection.execute(sa.insert(replies).values(row).inline())
            return True
        case GradingRecord():
            body = dump(record.model_copy(update={"reply": None}))
            row = {"key": record.key, "reply": _newest_reply(record.key), "body": body}
            return insert_new(connection, gradings, row)
        case UngradedRecord():
            row = {"key": record.key, "reply": _newest_reply(record.key), "body": dump(record)}
            connection.execute(sa.insert(ungraded).values(row).inline())
            return True
        case ProposalRecord():
            return insert_new(connection, proposals, {"key": record.key, "body": dump(record)})
        case OutcomeRecord():
            return _write_outcome(connection, record)
        case Incident():
            return incidents.open_one(connection, record)
        case Observation():
            return incidents.add_observation(connection, record)


def _write_outcome(connection: sa.Connection, record: OutcomeRecord) -> bool:
    body = dump(record)
    same = sa.select(outcomes.c.submission).where(outcomes.c.submission == record.submission, outcomes.c.body == body)
    if connection.execute(same).first() is not None:
        return False
    put(connection, outcomes, [{"submission": record.submission, "body": body}])
    if record.key and record.verification is not None:
        insert_new(connection, graded_submissions, {"submission": record.submission, "key": record.key})
    return True


def _newest_reply(key: str) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.max(replies.c.seq)).where(replies.c.key == key).scalar_subquery()


def graded(connection: sa.Connection, keys: Iterable[str], where: str) -> dict[str, GradingRecord]:
    found = {}
    for some in chunks(keys):
        for row in connection.execute(sa.select(gradings).where(gradings.c.key.in_(some))):
            record = load(GradingRecord, row.body, f"{where}: grading {row.key}")
            found[row.key] = record.model_copy(update={"reply": row.reply})
    return found


def graded_keys(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.select(gradings.c.key)).scalars())


def failed(connection: sa.Connection, keys: Iterable[str] | None, where: str) -> dict[str, Ungraded]:
    """The newest failure of each key that has no grading; of all such keys where `keys` is None."""
    columns = ungraded.c
    last = sa.select(sa.func.max(columns.seq)).group_by(columns.key)
    has_grading = sa.exists().where(gradings.c.key == columns.key)
    found = {}
    for some in [None] if keys is None else chunks(keys):
        which = last if some is None else last.where(columns.key.in_(some))
        query = sa.select(columns.key, columns.body).where(columns.seq.in_(which), ~has_grading)
        for row in connection.execute(query.order_by(columns.seq)):
            found[row.key] = load(UngradedRecord, row.body, f"{where}: failure of {row.key}").ungraded
    return found


def unparsed(connection: sa.Connection, where: str) -> list[ReplyRecord]:
    """Replies stored after the last thing that was made of their key, oldest first; drafts and probes never count."""
    columns = replies.c
    done = sa.select(sa.func.coalesce(sa.func.max(ungraded.c.reply), 0)).where(ungraded.c.key == columns.key)
    query = sa.select(columns.seq, columns.body).where(
        columns.purpose.in_(("grade", "repair", "case")),
        ~sa.exists().where(gradings.c.key == columns.key),
        ~sa.exists().where(proposals.c.key == columns.key),
        columns.seq > done.scalar_subquery(),
    )
    return [_reply(row, where) for row in connection.execute(query.order_by(columns.seq))]


def replies_of(connection: sa.Connection, key: str, where: str) -> list[ReplyRecord]:
    """Every raw reply to the key, oldest first."""
    query = sa.select(replies.c.seq, replies.c.body).where(replies.c.key == key).order_by(replies.c.seq)
    return [_reply(row, where) for row in connection.execute(query)]


def _reply(row: Any, where: str) -> ReplyRecord:
    return load(ReplyRecord, row.body, f"{where}: reply {row.seq}").model_copy(update={"seq": row.seq})


def attempts(connection: sa.Connection, keys: Iterable[str]) -> dict[str, int]:
    """How many replies each key ever had; keys without one are left out."""
    found: dict[str, int] = {}
    for some in chunks(keys):
        query = sa.select(replies.c.key, sa.func.count()).where(replies.c.key.in_(some)).group_by(replies.c.key)
        found.update((key, number) for key, number in connection.execute(query))
    return found


def used(database: Database) -> Used:
    """What all stored replies together cost, read page by page."""
    total = Used()
    query = sa.select(replies.c.seq, replies.c.body)
    for row in pages(database, query, replies.c.seq):
        usage = _reply(row, database.where).reply.usage
        total = Used(
            requests=total.requests + 1,
            prompt=total.prompt + usage.prompt,
            completion=total.completion + usage.completion,
            cached=total.cached + usage.cached,
            estimated=total.estimated or usage.estimated,
        )
    return total


def proposed(connection: sa.Connection, keys: Iterable[str], where: str) -> dict[str, ProposalRecord]:
    found = {}
    for some in chunks(keys):
        for row in connection.execute(sa.select(proposals).where(proposals.c.key.in_(some))):
            found[row.key] = load(ProposalRecord, row.body, f"{where}: proposal {row.key}")
    return found


def all_outcomes(database: Database) -> Iterator[OutcomeRecord]:
    """The newest outcome of each present submission, by submission id."""
    columns = outcomes.c
    query = sa.select(columns.submission, columns.body).join(submissions, submissions.c.id == columns.submission)
    for row in pages(database, query, columns.submission):
        yield load(OutcomeRecord, row.body, f"{database.where}: outcome of {row.submission}")


def outcome(connection: sa.Connection, submission: str, where: str) -> OutcomeRecord | None:
    body = connection.execute(sa.select(outcomes.c.body).where(outcomes.c.submission == submission)).scalar()
    return None if body is None else load(OutcomeRecord, body, f"{where}: outcome of {submission}")


def put_rubric(connection: sa.Connection, rubric: Rubric) -> None:
    """Appends the rubric unless the newest of its id is equal, approval included."""
    body = dump(rubric)
    newest = sa.select(rubrics.c.body).where(rubrics.c.id == rubric.id).order_by(rubrics.c.seq.desc()).limit(1)
    if connection.execute(newest).scalar() != body:
        connection.execute(sa.insert(rubrics).values(id=rubric.id, body=body).inline())


def get_rubric(connection: sa.Connection, identifier: str, where: str) -> Rubric:
    """The rubric of that id with the approval stored last; UsageError if there is none."""
    query = sa.select(rubrics.c.body).where(rubrics.c.id == identifier).order_by(rubrics.c.seq.desc()).limit(1)
    body = connection.execute(query).scalar()
    if body is None:
        raise UsageError(f"no rubric {identifier!r} is stored", remedy="`casejury show` names the rubric of a grading")
    return load(Rubric, body, f"{where}: rubric {identifier}")
