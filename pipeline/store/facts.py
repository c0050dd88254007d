"""What holds for the whole database, by name."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.errors import ConfigurationError
from pipeline.store.queries import insert_new, put
from pipeline.store.schema import facts

CONTEST = "contest"
BASIS = "submissions"


def get(connection: sa.Connection, name: str) -> str | None:
    """What was noted under that name last; None if nothing was."""
    return connection.execute(sa.select(facts.c.body).where(facts.c.name == name)).scalar()


def note(connection: sa.Connection, name: str, body: str) -> None:
    """Notes it in the place of what was there."""
    put(connection, facts, [{"name": name, "body": body}])


def claim(connection: sa.Connection, contest: str) -> None:
    """Makes the database that contest's, if it is nobody's yet."""
    insert_new(connection, facts, {"name": CONTEST, "body": contest})


def check_contest(owner: str | None, contest: str, where: str) -> None:
    """ConfigurationError unless the database belongs to that contest."""
    if owner != contest:
        raise ConfigurationError(
            f"holds the contest {owner!r}, and contest.yaml says {contest!r}",
            where=where,
            remedy=f"write `id: {owner}` in contest.yaml, or give each contest a database of its own in DATABASE_URL",
        )
