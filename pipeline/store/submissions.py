"""The submissions as they are now: worked out from the posts, replaced as a whole, cheaply when little changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from pipeline.domain.ids import short
from pipeline.domain.submission import Submission
from pipeline.errors import UsageError
from pipeline.store.engine import Database
from pipeline.store.queries import chunks, pages, put
from pipeline.store.records import Replaced, dump, load
from pipeline.store.schema import graded_submissions, submissions

NO_CASE = 0
LISTED = 5


def replace(connection: sa.Connection, wanted: Sequence[Submission]) -> Replaced:
    """Makes the table hold exactly `wanted`; only what differs is written. Two of the same id: ValueError."""
    stored: dict[str, str] = {
        row.id: row.digest for row in connection.execute(sa.select(submissions.c.id, submissions.c.digest))
    }
    gone, seen, new, changed = set(stored), set[str](), 0, 0
    for some in chunks(wanted):
        rows = []
        for submission in some:
            if submission.id in seen:
                raise ValueError(f"two submissions with the id {submission.id}")
            seen.add(submission.id)
            gone.discard(submission.id)
            body = dump(submission)
            digest = hashlib.sha256(body.encode()).hexdigest()
            if stored.get(submission.id) == digest:
                continue
            new, changed = new + (submission.id not in stored), changed + (submission.id in stored)
            case = NO_CASE if submission.case is None else submission.case
            rows.append({"id": submission.id, "case_number": case, "digest": digest, "body": body})
        put(connection, submissions, rows)
    for ids in chunks(sorted(gone)):
        connection.execute(sa.delete(submissions).where(submissions.c.id.in_(ids)))
    return Replaced(new=new, changed=changed, gone=len(gone))


def everyone(database: Database) -> Iterator[Submission]:
    """By case (those without one first), then by id."""
    columns = submissions.c
    query = sa.select(columns.case_number, columns.id, columns.body)
    for row in pages(database, query, columns.case_number, columns.id):
        yield load(Submission, row.body, f"{database.where}: submission {row.id}")


def find(connection: sa.Connection, prefix: str, where: str) -> Submission:
    """The one whose id is `prefix`, or begins with these (at least 4) hex digits; UsageError otherwise."""
    wanted, columns = prefix.strip(), submissions.c
    row = connection.execute(sa.select(columns.body).where(columns.id == wanted)).first()
    if row is not None:
        return load(Submission, row.body, f"{where}: submission {wanted}")
    digits = wanted.lower().removeprefix("sha256:")
    if not re.fullmatch("[0-9a-f]{4,64}", digits):
        raise UsageError(
            f"{prefix!r} is no submission id",
            remedy="write at least 4 of its hex digits, as `casejury status` shows it",
        )
    query = sa.select(columns.body).where(columns.id.like(f"sha256:{digits}%")).order_by(columns.id)
    rows = connection.execute(query.limit(LISTED + 1)).all()
    if not rows:
        raise UsageError(f"no submission begins with {digits}", remedy="`casejury status` lists them")
    found = [load(Submission, row.body, f"{where}: submission {digits}") for row in rows]
    if len(found) > 1:
        listed = "; ".join(_line(submission) for submission in found[:LISTED])
        more = "; …" if len(found) > LISTED else ""
        raise UsageError(f"several submissions begin with {digits}: {listed}{more}", remedy="write more of its digits")
    return found[0]


def _line(submission: Submission) -> str:
    case = "no case" if submission.case is None else f"case {submission.case}"
    return f"{short(submission.id)} ({submission.entrant or 'unknown entrant'}, {case})"


def count(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(submissions)).scalar_one()


def graded_before(connection: sa.Connection, submission: str) -> bool:
    """Whether any grading of it was ever verified, also under another key."""
    columns = graded_submissions.c
    return connection.execute(sa.select(columns.key).where(columns.submission == submission)).first() is not None
