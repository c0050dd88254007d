from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.domain.incident import Observation
from pipeline.errors import StorageError
from pipeline.store import migrate
from pipeline.store.schema import HEAD, VERSION_TABLE, metadata
from pipeline.store.store import Store
from tests.store.values import AT, graded, ruling


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_migrations_make_the_schema_that_the_code_uses(store: Store) -> None:
    with store._database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_head_is_the_last_script() -> None:
    assert ScriptDirectory(str(migrate.FOLDER)).get_heads() == [HEAD]


def test_opening_again_changes_nothing(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit([graded("k")])
    monkeypatch.setattr(migrate, "_upgrade", lambda _: pytest.fail("migrated twice"))
    with Store.open(url) as again:
        assert again.known_keys() == {"k"}


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_database_is_refused_and_left_alone(store: Store, url: str, *, read_only: bool) -> None:
    store.commit([graded("k")])
    run(url, "UPDATE casejury_schema SET version_num = '9999'")
    with pytest.raises(StorageError, match="made by a newer casejury"):
        Store.open(url, read_only=read_only)
    assert store.known_keys() == {"k"}


def test_another_programs_tables_are_left_alone(url: str) -> None:
    run(url, "CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(StorageError, match="another program"):
        Store.open(url)
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == ["bookmarks"]
    engine.dispose()


def test_an_empty_database_opened_for_reading_is_refused(url: str) -> None:
    run(url, "CREATE TABLE x (id INTEGER)", "DROP TABLE x")
    with pytest.raises(StorageError, match="no contest yet"):
        Store.open(url, read_only=True)


def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema comes whole or not at all; the next start makes it."""
    upgrade = migrate._upgrade

    def broken(connection: sa.Connection) -> None:
        upgrade(connection)
        connection.execute(sa.text("SELECT * FROM nowhere"))

    monkeypatch.setattr(migrate, "_upgrade", broken)
    with pytest.raises(StorageError):
        Store.open(url)
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    monkeypatch.setattr(migrate, "_upgrade", upgrade)
    with Store.open(url) as store:
        assert store.commit([graded("k")])


def test_a_database_of_the_first_schema_is_brought_up_with_all_it_holds(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by the first version's migration alone, filled, then opened by this version."""
    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
    with Store.open(url) as old:
        old.commit([graded("k")])
        old.append_decision(by="o", at=AT, reason="r", act=ruling())
    monkeypatch.setattr(command, "upgrade", upgrade)
    with Store.open(url) as store:
        assert (store.known_keys(), store.head().count, store.incidents()) == ({"k"}, 1, [])
        store.commit([Observation(judge="main", at=AT)])
        assert store.last_observation() == 1
