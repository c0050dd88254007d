"""The tables as they are now. Values are kept whole as canonical JSON in `body`; columns are what is searched by.

Times are ISO 8601 text in UTC with microseconds, the same on every database. Names of columns avoid SQL's own words.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

HEAD = "0003"
"""the newest migration; a database that says otherwise is older (brought up) or newer (refused)"""
VERSION_TABLE = "casejury_schema"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("blob", Text, ForeignKey("blobs.id"), nullable=False),
    Column("read_at", Text, nullable=False),
    Column("unreadable", Text, nullable=False),
    Column("counted", Text, nullable=False),
    Index(None, "source", "seq"),
)

post_versions = Table(
    "post_versions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("identity", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("blob", Text, ForeignKey("blobs.id"), nullable=False),
    Column("read_at", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "identity", "seq"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_number", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "case_number", "id"),
)

rubrics = Table(
    "rubrics",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "id", "seq"),
)

replies = Table(
    "replies",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "key", "seq"),
)

gradings = Table(
    "gradings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("reply", Integer, ForeignKey("replies.seq")),
    Column("body", Text, nullable=False),
)

ungraded = Table(
    "ungraded",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("reply", Integer, ForeignKey("replies.seq")),
    Column("body", Text, nullable=False),
    Index(None, "key", "seq"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

graded_submissions = Table(
    "graded_submissions",
    metadata,
    Column("submission", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("previous", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("finished_at", Text),
    Column("summary", Text),
)

incidents = Table(
    "incidents",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("submission", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("incident", "act"),
    Index(None, "kind", "submission"),
)
"""`act` opened: an Incident, closed: its Closing"""

observations = Table(
    "observations",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("judge", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "judge", "seq"),
)
