"""Incidents of the AI with their closings, and how every request for a grading ended; both are only appended to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = {
    "incidents": "seq = NEW.seq OR (incident = NEW.incident AND act = NEW.act)",
    "observations": "seq = NEW.seq",
}
"""append-only tables, and which row a new one would take the place of"""


def upgrade() -> None:
    """Creates the tables and, as for the first ones, the triggers that keep their rows."""
    op.create_table(
        "incidents",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("submission", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_incidents"),
        sa.UniqueConstraint("incident", "act", name="uq_incidents_incident_act"),
    )
    op.create_index("ix_incidents_kind_submission", "incidents", ["kind", "submission"])
    op.create_table(
        "observations",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_observations"),
    )
    op.create_index("ix_observations_judge_seq", "observations", ["judge", "seq"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for table, same in KEPT.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are only appended to'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names from above
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(IGNORE); END"
        )


def _guard_postgresql() -> None:
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_only_appended BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casejury_only_appended()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casejury_only_appended()"
        )
