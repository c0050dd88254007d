from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import ConfigurationError, StorageError
from pipeline.store import engine, faults
from pipeline.store.store import Store
from tests.store.values import AT, file_of, graded, post, ruling


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_only_where_its_bug_is_mended(version: tuple[int, ...], *, safe: bool) -> None:
    assert engine.wal_is_safe(version) is safe


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
        "mysql://u:secret@h/d",
        "a://b:c/d",
    ],
)
def test_what_is_no_address_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Store.open(url)
    assert caught.value.where == "DATABASE_URL"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_takes_the_same_driver(name: str) -> None:
    assert engine.parse_url(f"{name}://u:p@h:1/d?sslmode=disable").drivername == "postgresql+psycopg"


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"casejury\[postgres\]"):
        Store.open("postgresql://127.0.0.1:1/x")


def test_an_unreachable_server_is_told_without_the_password() -> None:
    with pytest.raises(StorageError, match="cannot be reached") as caught:
        Store.open("postgresql://ann:hunter2@127.0.0.1:1/contest")
    assert caught.value.where == "postgresql+psycopg://ann:***@127.0.0.1:1/contest"
    assert "hunter2" not in str(caught.value)


def test_a_library_with_the_bug_uses_the_rollback_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a better library left the file in WAL; and back again."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Store.open(url) as store:
        store.append_decision(by="a", at=AT, reason="r", act=ruling())
        usual = store.describe()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pysqlite3", None)
        patch.setattr(engine, "wal_is_safe", lambda _: False)
        with Store.open(url) as store:
            assert f"SQLite {sqlite3.sqlite_version} (system), journal delete" in store.describe()
            assert store.head().count == 1
            store.commit([graded("k")])
    with Store.open(url) as store:
        assert store.describe() == usual
        assert store.known_keys() == {"k"}


def test_a_busy_file_keeps_its_journal_unless_that_is_unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without WAL all is well, only slower; with WAL a library that has the bug must not go on."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(engine, "PATIENT_SECONDS", 0.1)
    for journal, safe_now in (("delete", True), ("wal", False)):
        with monkeypatch.context() as patch:
            patch.setattr(engine, "wal_is_safe", lambda _, wal=journal == "wal": wal)
            busy = Store.open(url)
        monkeypatch.setattr(engine, "wal_is_safe", lambda _, wal=safe_now: wal)
        with busy, busy._database.write():
            if safe_now:
                with Store.open(url) as store:
                    assert "journal delete" in store.describe()
            else:
                with pytest.raises(StorageError, match="another process"):
                    Store.open(url)


def test_pragmas_hold_on_every_connection(tmp_path: Path) -> None:
    database = engine.Database(f"sqlite:///{tmp_path / 'a.db'}")
    wanted = {"foreign_keys": 1, "synchronous": 3, "busy_timeout": 60_000, "recursive_triggers": 1}
    with database.read() as first, database.read() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
    database.close()


def test_a_path_with_strange_characters(tmp_path: Path) -> None:
    folder = tmp_path / "конкурс #1? 100% & co"
    folder.mkdir()
    url = sa.URL.create("sqlite", database=str(folder / "a b.db")).render_as_string()
    with Store.open(url) as store:
        store.commit([graded("k")])
    assert (folder / "a b.db").exists()
    with Store.open(url, read_only=True) as store:
        assert store.known_keys() == {"k"}


def test_reading_only_reads(store: Store, url: str) -> None:
    store.add_file(**file_of(post()))
    with Store.open(url, read_only=True) as reader:
        assert len(list(reader.post_versions())) == 1
        with pytest.raises(StorageError, match="reading only"):
            reader.commit([graded("k")])
    assert store.known_keys() == set()


def test_reading_only_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no database yet"):
        Store.open(f"sqlite:///{tmp_path / 'a.db'}", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_a_folder_nobody_can_write_to_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WAL database on a read-only disk has no side files and may get none."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Store.open(url) as store:
        store.commit([graded("k")])
    assert {path.name for path in tmp_path.iterdir()} == {"a.db"}
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.open(url, read_only=True) as store:
        assert store.known_keys() == {"k"}
        assert {path.name for path in tmp_path.iterdir()} == {"a.db"}


def test_a_full_disk_says_so_and_keeps_what_was_committed(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}")
    store.commit([graded("k")])
    pages = store._database.engine.raw_connection()
    pages.cursor().execute("PRAGMA max_page_count = 1")
    pages.close()
    with pytest.raises(StorageError, match="disk is full") as caught:
        store.add_file(**file_of(post("слово " * 100_000), data=os.urandom(300_000)))
    assert caught.value.where == str(tmp_path / "a.db")
    assert "слово" not in str(caught.value)
    assert store.known_keys() == {"k"}
    store.close()


def test_a_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with Store.open(url) as store, Store.open(url) as other, store._database.write():
        with pytest.raises(StorageError, match="another process holds the database"):
            other.commit([graded("k")])
        assert other.known_keys() == set()


@pytest.mark.postgres
def test_a_locked_server_says_so(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with Store.open(url) as store, Store.open(url) as other, store._database.write():
        with pytest.raises(StorageError, match="another process holds the database"):
            other.commit([graded("k")])
        assert other.known_keys() == set()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no database at all, but long enough " * 40, "is no database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "is no database|damaged"),
    ],
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=says) as caught:
        Store.open(f"sqlite:///{path}")
    assert caught.value.where == str(path)
    assert path.read_bytes() == content


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.commit([graded(f"k{n}") for n in range(300)])
    data = bytearray(path.read_bytes())
    data[4096 * 30 :] = b"\xa5" * (len(data) - 4096 * 30)
    path.write_bytes(data)
    with pytest.raises(StorageError, match="damaged"), Store.open(f"sqlite:///{path}") as store:
        store.gradings(f"k{n}" for n in range(300))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened") as caught:
        Store.open(f"sqlite:///{tmp_path / 'missing' / 'a.db'}")
    assert "folder" in caught.value.remedy


class Fault(Exception):
    """A driver's error with what drivers tell."""

    def __init__(self, words: str = "words", **told: str) -> None:
        super().__init__(words)
        self.__dict__.update(told)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(sqlite_errorname="SQLITE_FULL"), "disk is full"),
        (Fault(sqlite_errorname="SQLITE_IOERR_WRITE"), "disk reported"),
        (Fault(sqlite_errorname="SQLITE_BUSY_SNAPSHOT"), "another process"),
        (Fault(sqlite_errorname="SQLITE_READONLY_DBMOVED"), "cannot be written"),
        (Fault("attempt to write a readonly database"), "cannot be written"),
        (Fault("database disk image is malformed"), "damaged"),
        (Fault("database or disk is full"), "disk is full"),
        (Fault("something new"), "refused"),
        (Fault(sqlstate="53100"), "disk is full"),
        (Fault(sqlstate="53300"), "connections"),
        (Fault(sqlstate="28P01"), "login"),
        (Fault(sqlstate="3D000"), "no such database"),
        (Fault(sqlstate="42501"), "may not"),
        (Fault(sqlstate="25006"), "only allows reading"),
        (Fault(sqlstate="40P01"), "another process"),
        (Fault(sqlstate="55P03"), "another process"),
        (Fault(sqlstate="57P01"), "ended the connection"),
        (Fault(sqlstate="XX001"), "damaged"),
        (Fault(sqlstate="42601"), "refused"),
    ],
)
def test_faults_in_words_people_can_act_on(fault: Fault, says: str) -> None:
    """The driver's first line stands beside, for those who can read it; rows and passwords never do."""
    fault.args = (f"{fault.args[0]} hunter2\nDETAIL: Failing row contains (Иван Петров)",)
    made = faults.told(fault, "place", secret="hunter2")
    assert says in made.message
    assert made.where == "place"
    assert made.remedy
    assert "hunter2" not in str(made)
    assert "Иван" not in str(made)


def test_a_writer_that_fails_lets_the_next_one_in(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store._database.write():
        raise ZeroDivisionError
    assert store.commit([graded("k")])


def test_the_server_comes_back(store: Store, kind: str) -> None:
    """A connection that the server ended is told once, then a new one is made."""
    if kind == "postgres":
        with store._database.read() as connection:
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(sa.text(end + " AND application_name LIKE 'casejury%'"))
    assert store.commit([graded("k")])


def test_describe_tells_library_and_journal(store: Store, kind: str) -> None:
    said = store.describe()
    assert "\n" not in said
    assert said.startswith({"sqlite": "SQLite 3.", "postgres": "PostgreSQL "}[kind])
    assert ("journal " if kind == "sqlite" else "schema test_") in said


def test_importing_the_store_is_quick() -> None:
    """Alembic is loaded only where a database is made or migrated."""
    code = "import sys, pipeline.store.store; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
