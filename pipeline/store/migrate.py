"""Brings a database to the schema this version knows, in one transaction; refuses what it does not know."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from pipeline.errors import StorageError
from pipeline.store.engine import Database
from pipeline.store.schema import HEAD, VERSION_TABLE

FOLDER = Path(__file__).with_name("migrations")


def bring_to_head(database: Database) -> None:
    """Creates or migrates the tables. Refuses a newer schema and another program's tables."""
    with database.read() as connection:
        found = _version(connection)
    if found == HEAD:
        return
    if database.read_only:
        _check(found, database)
        raise StorageError(
            "made by an older casejury" if found else "holds no contest yet",
            where=database.where,
            remedy="run a command that writes, such as `casejury ingest`",
        )
    with database.write() as connection:
        found = _version(connection)  # another process may have been here while this one waited
        if found == HEAD:
            return
        _check(found, database)
        if found is None and (tables := sa.inspect(connection).get_table_names()):
            raise StorageError(
                f"holds tables of another program ({tables[0]})",
                where=database.where,
                remedy="name a new file, or an empty database or schema, in DATABASE_URL",
            )
        _upgrade(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def _check(found: str | None, database: Database) -> None:
    known = {path.name.split("_")[0].removeprefix("v") for path in (FOLDER / "versions").glob("v*.py")}
    if found is not None and found not in known:
        raise StorageError(
            f"made by a newer casejury (schema {found}, this one knows {HEAD})",
            where=database.where,
            remedy="install the newer version (pip install --upgrade casejury)",
        )


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - needed once in a database's life, costs every start otherwise
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
