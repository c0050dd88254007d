"""A database that is safe to commit to: which library, which journal, who may write, and errors people can act on.

What `Database.write` committed survives kill -9 of this process, and on SQLite a power cut as far as the disk keeps
its word about flushing (synchronous FULL in WAL, EXTRA with the rollback journal: one flush a commit, which commits
of many records can afford). On PostgreSQL a power cut is the server's affair (its synchronous_commit).
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import ConfigurationError, StorageError
from pipeline.store import faults

BUSY_SECONDS: float = 60
PATIENT_SECONDS = 5
CONNECT_SECONDS = 10
WRITES = "casejury_writes"

WHERE_URL = "DATABASE_URL"
URL_REMEDY = "write sqlite:////path/to/casejury.db or postgresql+psycopg://user:password@host/database"

WRITE_LOCK = "casejury write"
RUN_LOCK = "casejury run"
LOCK_KEY = "hashtextextended(coalesce(current_schema(), '') || ' ' || {name}, 0)"
"""a PostgreSQL advisory lock's number: by schema, so that contests in one database do not wait for each other"""


def sqlite_library() -> Any:
    """The bundled current SQLite where its wheel is installed, else the one Python came with."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - the wheel exists for Linux only
    except ImportError:
        return sqlite3
    return dbapi2


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (sqlite.org/wal.html: fixed in 3.51.3, 3.50.7 and 3.44.6)."""
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    return version >= (3, 51, 3)


def parse_url(url: str) -> sa.URL:
    """The address of a file or a PostgreSQL server, with its driver; ConfigurationError if neither."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError("is no database address", where=WHERE_URL, remedy=URL_REMEDY) from None
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise ConfigurationError(f"{parsed.drivername} is not supported", where=WHERE_URL, remedy=URL_REMEDY)
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ConfigurationError("names no database file", where=WHERE_URL, remedy=URL_REMEDY)
    return parsed


class Database:
    """An engine with one way to read and one way to write. `where` names it in messages, its password hidden."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = parse_url(url)
        self.read_only = read_only
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.journal = ""
        if self.sqlite:
            self.where = str(self.url.database)
            self.engine = _sqlite_engine(Path(self.where), read_only=read_only)
        else:
            self.where = self.url.set(query={}).render_as_string(hide_password=True)
            self.engine = _postgres_engine(self.url, read_only=read_only)

    def prepare(self) -> None:
        """Checks that the database can be reached and, on SQLite, chooses its journal."""
        if not self.sqlite:
            with self.read() as connection:
                connection.execute(sa.text("SELECT 1"))
            return
        path = Path(self.where)
        if self.read_only and not path.exists():
            raise StorageError("there is no database yet", where=self.where, remedy="ingest something first")
        with self._telling():
            raw = self.engine.raw_connection()
            try:
                self.journal = self._choose_journal(raw.cursor())
            finally:
                raw.close()

    def _choose_journal(self, cursor: Any) -> str:
        """WAL where this library is safe with it, else the rollback journal; what the file system allows is kept.

        Changing it fails at once, without SQLite's own waiting, while another process is at the file (a new one that
        two processes open): tried again for a while. Staying without WAL is harmless, staying with it is not.
        """
        library = sqlite_library()
        wanted = "wal" if wal_is_safe(library.sqlite_version_info) else "delete"
        patience = PATIENT_SECONDS if wanted == "wal" else BUSY_SECONDS
        deadline = time.monotonic() + patience
        while True:
            (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
            if self.read_only or mode == wanted:
                return str(mode)
            try:
                (mode,) = cursor.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
            except library.OperationalError as error:
                if "locked" not in str(error):
                    raise
                if time.monotonic() > deadline:
                    if wanted == "wal":
                        return str(mode)
                    raise
                time.sleep(0.02)
            else:
                return str(mode)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection in a transaction of its own that sees one state; errors come as StorageError."""
        with self._telling(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection that alone may write until the block ends; then all of it is committed, or nothing.

        Writers wait for each other up to a minute: SQLite begins IMMEDIATE, PostgreSQL takes one advisory lock, so
        that numbers grow in the order of commits and batches with common keys cannot block each other for ever.
        """
        if self.read_only:
            raise StorageError("opened for reading only", where=self.where, remedy="open it for writing")
        with (
            self._telling(),
            self.engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            if not self.sqlite:
                key = LOCK_KEY.format(name=":name")
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({key})"), {"name": WRITE_LOCK})
            yield connection

    @contextmanager
    def alone(self) -> Iterator[sa.Connection]:
        """A connection outside of any transaction, for locks that outlast many of them (PostgreSQL)."""
        with self._telling(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        library: type[Exception] = sqlite_library().Error
        try:
            yield
        except (SQLAlchemyError, library) as error:
            raise faults.told(error, self.where, secret=self.url.password or "") from error

    def describe(self) -> str:
        """Library or server with its version, journal and place, in one line without a password."""
        if self.sqlite:
            library = sqlite_library()
            name = "bundled" if library is not sqlite3 else "system"
            return f"SQLite {library.sqlite_version} ({name}), journal {self.journal}, {self.where}"
        with self.read() as connection:
            version = connection.execute(sa.text("SHOW server_version")).scalar_one()
            schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
        return f"PostgreSQL {version}, schema {schema}, {self.where}"

    def close(self) -> None:
        """Ends all connections; what was committed stays."""
        self.engine.dispose()


def _sqlite_engine(path: Path, *, read_only: bool) -> sa.Engine:
    library = sqlite_library()
    address = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rwc'}"
    if read_only and not os.access(path.absolute().parent, os.W_OK) and not Path(f"{path}-wal").exists():
        address += "&immutable=1"  # a folder nobody can write to: nobody changes the file, and WAL needs no side files

    def connect() -> Any:
        connection = library.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "trusted_schema = OFF", "synchronous = EXTRA"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = sa.create_engine(
        "sqlite://", module=library, creator=connect, poolclass=sa.QueuePool, hide_parameters=True
    )

    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


def _postgres_engine(url: sa.URL, *, read_only: bool) -> sa.Engine:
    settings = {
        "client_encoding": "utf8",
        "connect_timeout": CONNECT_SECONDS,
        "application_name": f"casejury {socket.gethostname()[:30]} {os.getpid()}",
    }
    try:
        engine = sa.create_engine(url, connect_args=settings, pool_pre_ping=True, hide_parameters=True)
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigurationError(
            "the PostgreSQL driver is not installed", where=WHERE_URL, remedy="pip install 'casejury[postgres]'"
        ) from error

    def connected(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        if read_only:
            connection.execute("SET default_transaction_read_only = on")
        connection.autocommit = False

    event.listen(engine, "connect", connected)
    return engine
