"""Alembic runs this: it works on the connection and in the transaction that the caller opened."""

from __future__ import annotations

from alembic import context

from pipeline.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
