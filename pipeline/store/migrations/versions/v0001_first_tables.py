"""The first tables, and the triggers that keep people's decisions and the evidence under them as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEPT = {
    "blobs": "id",
    "post_versions": "seq",
    "replies": "seq",
    "gradings": "key",
    "decisions": "seq",
}
"""append-only tables with their primary keys"""


def upgrade() -> None:
    """Creates everything; each call below is one table."""
    _ingested()
    _judged()
    _decided()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _ingested() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blobs"),
    )
    op.create_table(
        "readings",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("blob", sa.Text, nullable=False),
        sa.Column("read_at", sa.Text, nullable=False),
        sa.Column("unreadable", sa.Text, nullable=False),
        sa.Column("counted", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_readings"),
        sa.ForeignKeyConstraint(["blob"], ["blobs.id"], name="fk_readings_blob"),
    )
    op.create_index("ix_readings_source_seq", "readings", ["source", "seq"])
    op.create_table(
        "post_versions",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("blob", sa.Text, nullable=False),
        sa.Column("read_at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_post_versions"),
        sa.ForeignKeyConstraint(["blob"], ["blobs.id"], name="fk_post_versions_blob"),
    )
    op.create_index("ix_post_versions_identity_seq", "post_versions", ["identity", "seq"])
    op.create_table(
        "submissions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("case_number", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_case_number_id", "submissions", ["case_number", "id"])


def _judged() -> None:
    op.create_table(
        "rubrics",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_rubrics"),
    )
    op.create_index("ix_rubrics_id_seq", "rubrics", ["id", "seq"])
    op.create_table(
        "replies",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_replies"),
    )
    op.create_index("ix_replies_key_seq", "replies", ["key", "seq"])
    op.create_table(
        "gradings",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("reply", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_gradings"),
        sa.ForeignKeyConstraint(["reply"], ["replies.seq"], name="fk_gradings_reply"),
    )
    op.create_table(
        "ungraded",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("reply", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ungraded"),
        sa.ForeignKeyConstraint(["reply"], ["replies.seq"], name="fk_ungraded_reply"),
    )
    op.create_index("ix_ungraded_key_seq", "ungraded", ["key", "seq"])
    op.create_table(
        "proposals",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_proposals"),
    )


def _decided() -> None:
    op.create_table(
        "outcomes",
        sa.Column("submission", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("submission", name="pk_outcomes"),
    )
    op.create_table(
        "graded_submissions",
        sa.Column("submission", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("submission", "key", name="pk_graded_submissions"),
    )
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_decisions"),
        sa.UniqueConstraint("previous", name="uq_decisions_previous"),
        sa.UniqueConstraint("hash", name="uq_decisions_hash"),
    )
    op.create_table(
        "runs",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("finished_at", sa.Text),
        sa.Column("summary", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="pk_runs"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
    )


def _guard_sqlite() -> None:
    for table, key in KEPT.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are only appended to'); END"
            )
        if table == "decisions":
            continue
        # INSERT OR REPLACE deletes without a word where recursive triggers are off: an existing row keeps its place
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names from above
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(IGNORE); END"
        )
    op.execute(
        "CREATE TRIGGER decisions_in_order BEFORE INSERT ON decisions "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM decisions) "
        "OR EXISTS (SELECT 1 FROM decisions WHERE previous = NEW.previous OR hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'decisions are only appended to'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION casejury_only_appended() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% are only appended to', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_only_appended BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casejury_only_appended()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casejury_only_appended()"
        )
