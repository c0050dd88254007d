"""What the topics share: pages by key instead of open cursors, lists in chunks, inserts that leave what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.store.engine import Database

PAGE = 500
Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int = PAGE) -> Iterator[list[Item]]:
    """The items in lists of at most `size`: below every database's limit of parameters."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def pages(database: Database, query: sa.Select[Any], *keys: sa.ColumnElement[Any]) -> Iterator[Any]:
    """The query's rows in the order of `keys` (unique together, among its columns), a short transaction a page.

    No lock is held between pages. Rows written meanwhile behind the place reached do not come.
    """
    after: Sequence[Any] | None = None
    while True:
        page = query.order_by(*keys).limit(PAGE)
        if after is not None:
            page = page.where(sa.tuple_(*keys) > sa.tuple_(*after))
        with database.read() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = [getattr(rows[-1], str(key.key)) for key in keys]


def insert_new(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Whether the row was new; one whose unique key is taken is left out and the first stays (both databases)."""
    statement: Any
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table).values(row).on_conflict_do_nothing()
    else:
        statement = postgresql.insert(table).values(row).on_conflict_do_nothing()
    done = connection.execute(statement.inline(), execution_options={"preserve_rowcount": True})
    return bool(done.rowcount == 1)


def put(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of a derived table over those with the same primary key."""
    if not rows:
        return
    statement: Any
    statement = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    names = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in rows[0] if name not in names}
    connection.execute(statement.on_conflict_do_update(index_elements=names, set_=changes), rows)
