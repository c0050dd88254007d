"""Every test that asks for `url` or `store` runs on SQLite, and on PostgreSQL where CASEJURY_TEST_POSTGRES is set."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.store.store import Store

SERVER = os.environ.get("CASEJURY_TEST_POSTGRES", "")
PARAMETERS = [
    "sqlite",
    *([pytest.param("postgres", marks=pytest.mark.postgres)] if SERVER else []),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("postgres") is not None
        metafunc.parametrize("kind", ["postgres"] if only else PARAMETERS)


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: a file, or a schema of its own on the server."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'casejury.db'}"
        return
    schema = f"test_{secrets.token_hex(6)}"
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    address = sa.make_url(SERVER).update_query_dict({"options": f"-csearch_path={schema}"})
    yield address.render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    server.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened
