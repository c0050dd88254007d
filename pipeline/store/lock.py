"""One run at a time on a contest; the operating system or the server ends the lock when its holder dies."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import AnotherRun, StorageError
from pipeline.store.engine import LOCK_KEY, RUN_LOCK, Database

SUFFIX = ".lock"
REMEDY = "wait for it to end; if it hangs, end that process"


Check = Callable[[], None]
"""raises StorageError once the lock is lost; what a living process holds by flock cannot be"""


@contextmanager
def hold_file(database: Database) -> Iterator[Check]:
    """Holds <database file>.lock by flock; its text says who, and stays behind without meaning.

    It lies beside the file itself, also where several workspaces or links lead to one database.
    """
    path = Path(os.path.realpath(database.where) + SUFFIX)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise StorageError(
            f"the lock file cannot be written ({error.strerror})", where=str(path), remedy="check the folder's rights"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 500).decode("utf-8", "replace").strip()
            raise AnotherRun(
                f"another run is at work ({holder or 'just starting'})", where=str(path), remedy=REMEDY
            ) from None
        except OSError as error:
            raise StorageError(
                f"the file system cannot lock files ({error.strerror})",
                where=str(path),
                remedy="keep the database on a local disk",
            ) from error
        now = datetime.now(UTC).isoformat(timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode(), 0)
        yield lambda: None
    finally:
        os.close(descriptor)


@contextmanager
def hold_server(database: Database) -> Iterator[Check]:
    """Holds an advisory lock of the schema on its own connection: all machines at the server see it."""
    key = {"name": RUN_LOCK}
    with database.alone() as connection:
        taken = connection.execute(sa.text(f"SELECT pg_try_advisory_lock({LOCK_KEY.format(name=':name')})"), key)
        if not taken.scalar_one():
            raise AnotherRun(f"another run is at work ({_holder(connection)})", where=database.where, remedy=REMEDY)
        try:
            yield _Held(connection, database.where)
        finally:
            with suppress(SQLAlchemyError):  # a connection that broke has given its lock back already
                connection.execute(sa.text(f"SELECT pg_advisory_unlock({LOCK_KEY.format(name=':name')})"), key)


class _Held:
    """Asks the server whether the connection that took the lock still has it; once lost stays lost."""

    def __init__(self, connection: sa.Connection, where: str) -> None:
        self._connection, self._where = connection, where
        self._turn, self._lost = threading.Lock(), False

    def __call__(self) -> None:
        with self._turn:
            if not self._lost:
                query = sa.text(f"SELECT 1 FROM {_LOCK} AND l.pid = pg_backend_pid()")  # noqa: S608 - a constant
                try:
                    self._lost = self._connection.execute(query, {"name": RUN_LOCK}).first() is None
                except SQLAlchemyError:
                    self._lost = True
            if self._lost:
                raise StorageError(
                    "the connection that kept other runs away was cut off",
                    where=self._where,
                    remedy="run again to go on; what was committed before is kept",
                )


_LOCK = (
    "pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    f"AND (l.classid::bigint << 32 | l.objid::bigint) = {LOCK_KEY.format(name=':name')}"
)


def _holder(connection: sa.Connection) -> str:
    query = sa.text(f"SELECT a.application_name, a.backend_start FROM {_LOCK}")  # noqa: S608 - a constant
    row = connection.execute(query, {"name": RUN_LOCK}).first()
    if row is None or not row.application_name:
        return "of another user"
    since = f" since {row.backend_start.astimezone(UTC).isoformat(timespec='seconds')}" if row.backend_start else ""
    return f"{row.application_name}{since}"
