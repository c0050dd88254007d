"""What was ingested: files word for word, versions of posts, and what could not be read. Nothing is changed or lost."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.domain.submission import Post, Unreadable
from pipeline.errors import StorageError, UsageError
from pipeline.store.engine import Database
from pipeline.store.queries import chunks, insert_new, pages
from pipeline.store.records import Added, Holdings, StoredVersion, dump, load, plain, stamp
from pipeline.store.schema import blobs, post_versions, readings


def add_file(
    connection: sa.Connection,
    *,
    source: str,
    blob: str,
    data: bytes,
    posts: Sequence[Post],
    unreadable: Sequence[Unreadable],
    counted: Mapping[str, int],
    read_at: datetime,
) -> Added:
    """Stores one reading of a file; see Store.add_file."""
    if blob.removeprefix("sha256:") != hashlib.sha256(data).hexdigest():
        raise ValueError(f"{blob} is not the id of these bytes")
    source, at = plain(source), stamp(read_at)
    if connection.execute(sa.select(blobs.c.id).where(blobs.c.id == blob)).first() is None:
        insert_new(connection, blobs, {"id": blob, "size": len(data), "packed": zlib.compress(data, 6)})
    newest = connection.execute(
        sa.select(readings).where(readings.c.source == source).order_by(readings.c.seq.desc()).limit(1)
    ).first()
    reading = {"blob": blob, "unreadable": dump([u.model_dump(mode="json") for u in unreadable])}
    reading["counted"] = dump(dict(counted))
    if newest is None or any(getattr(newest, name) != value for name, value in reading.items()):
        connection.execute(sa.insert(readings).values(source=source, read_at=at, **reading))
    other_bytes = newest is None or newest.blob != blob
    added: Counter[str] = Counter()
    for some in chunks(posts):
        added += _add_posts(connection, some, source=source, blob=blob, at=at, other_bytes=other_bytes)
    return Added(**added)


def _add_posts(
    connection: sa.Connection, posts: Sequence[Post], *, source: str, blob: str, at: str, other_bytes: bool
) -> Counter[str]:
    history = _history(connection, [plain(post.identity) for post in posts])
    added: Counter[str] = Counter()
    for post in posts:
        identity, version = plain(post.identity), post.version_id
        known = history.setdefault(identity, [])
        if not _is_news(known, version, source, other_bytes=other_bytes):
            added["unchanged"] += 1
            continue
        added["new_versions" if known else "new_posts"] += 1
        known.append((version, source))
        row = {"identity": identity, "version": version, "source": source, "blob": blob, "read_at": at}
        connection.execute(sa.insert(post_versions).values(**row, body=dump(post)).inline())
    return added


def _is_news(known: Sequence[tuple[str, str]], version: str, source: str, *, other_bytes: bool) -> bool:
    """Whether a version must be appended: never seen, or a changed file that went back to an earlier version.

    A second file with an old copy beside one with the new is no way back: only what this file said before counts.
    """
    if all(version != seen for seen, _ in known):
        return True
    said_before = next((seen for seen, place in reversed(known) if place == source), version)
    return other_bytes and said_before != version and known[-1][0] != version


def _history(connection: sa.Connection, identities: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    columns = post_versions.c
    rows = connection.execute(
        sa.select(columns.identity, columns.version, columns.source)
        .where(columns.identity.in_(set(identities)))
        .order_by(columns.seq)
    )
    history: dict[str, list[tuple[str, str]]] = {}
    for identity, version, source in rows:
        history.setdefault(identity, []).append((version, source))
    return history


def versions(database: Database) -> Iterator[StoredVersion]:
    """Every version in the order stored."""
    columns = post_versions.c
    for row in pages(database, sa.select(columns.seq, columns.read_at, columns.body), columns.seq):
        post = load(Post, row.body, f"{database.where}: post version {row.seq}")
        yield StoredVersion(post=post, read_at=datetime.fromisoformat(row.read_at), order=row.seq)


def unreadable(connection: sa.Connection, where: str) -> tuple[Unreadable, ...]:
    """What the newest reading of each file could not read, by file."""
    return tuple(
        load(Unreadable, json.dumps(item), f"{where}: reading {row.seq}")
        for row in _newest(connection)
        for item in json.loads(row.unreadable)
    )


def holdings(connection: sa.Connection) -> Holdings:
    """How many posts and versions are stored, and what the newest readings counted as no entry."""
    columns = post_versions.c
    posts, stored = connection.execute(
        sa.select(sa.func.count(columns.identity.distinct()), sa.func.count(columns.seq))
    ).one()
    counted: Counter[str] = Counter()
    for row in _newest(connection):
        counted.update(json.loads(row.counted))
    return Holdings(posts=posts, versions=stored, not_entries=dict(sorted(counted.items())))


def _newest(connection: sa.Connection) -> Sequence[Any]:
    last = sa.select(sa.func.max(readings.c.seq)).group_by(readings.c.source)
    columns = readings.c
    query = sa.select(columns.seq, columns.unreadable, columns.counted).where(columns.seq.in_(last))
    return connection.execute(query.order_by(columns.source)).all()


def blob_bytes(connection: sa.Connection, blob: str, where: str) -> bytes:
    """The file's bytes; UsageError for an unknown id, StorageError if they are not what was stored."""
    packed = connection.execute(sa.select(blobs.c.packed).where(blobs.c.id == blob)).scalar()
    if packed is None:
        raise UsageError(f"no file {blob!r} is stored", remedy="`casejury show` names the file of a submission")
    try:
        data = zlib.decompress(packed)
    except zlib.error:
        data = b""
    if blob.removeprefix("sha256:") != hashlib.sha256(data).hexdigest():
        raise StorageError(f"the stored file {blob} is damaged", where=where, remedy="restore a backup")
    return data
