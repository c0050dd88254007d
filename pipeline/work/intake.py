"""Reads what lies in the inbox, stores it for good, and works the submissions out anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import Field

from pipeline.domain.ids import Value
from pipeline.domain.ruling import effective
from pipeline.domain.submission import Submission, Unreadable
from pipeline.ingest.eligibility import Ingested, split_posts
from pipeline.ingest.read import read_posts
from pipeline.ingest.versions import PostVersion
from pipeline.store.store import Store
from pipeline.work.basis import basis_of
from pipeline.workspace.load import Workspace


class Intake(Value):
    """What one call of `ingest` did."""

    files: int
    new_posts: int
    new_versions: int
    unchanged: int
    skipped: tuple[tuple[str, str], ...] = ()
    """(file, why)"""
    unreadable: tuple[Unreadable, ...] = ()
    not_entries: dict[str, int] = Field(default_factory=dict)


def take_in(paths: Sequence[Path], workspace: Workspace, store: Store, at: datetime) -> Intake:
    """Reads the paths, stores every file and post version (the same again changes nothing), rebuilds submissions."""
    files = new_posts = new_versions = unchanged = 0
    skipped: list[tuple[str, str]] = []
    unreadable: list[Unreadable] = []
    not_entries: dict[str, int] = {}
    for file in read_posts(paths, workspace.inbox, workspace.contest):
        if file.skipped:
            skipped.append((file.source, file.skipped))
            continue
        files += 1
        added = store.add_file(
            source=file.source,
            blob=file.blob,
            data=file.data,
            posts=file.posts,
            unreadable=file.unreadable,
            counted=file.counted,
            read_at=at,
        )
        new_posts, new_versions = new_posts + added.new_posts, new_versions + added.new_versions
        unchanged += added.unchanged
        unreadable += file.unreadable
        for kind, n in file.counted.items():
            not_entries[kind] = not_entries.get(kind, 0) + n
    resubmit(workspace, store)
    return Intake(
        files=files,
        new_posts=new_posts,
        new_versions=new_versions,
        unchanged=unchanged,
        skipped=tuple(skipped),
        unreadable=tuple(unreadable),
        not_entries=not_entries,
    )


def resubmit(workspace: Workspace, store: Store) -> Ingested:
    """Works all submissions out from the stored versions and people's corrections, and stores them."""
    versions = [PostVersion(post=v.post, read_at=v.read_at, order=v.order) for v in store.post_versions()]
    corrections = effective(store.decisions()).corrections
    ingested = split_posts(versions, workspace.contest, workspace.cases, workspace.roster, corrections)
    store.replace_submissions(ingested.submissions, basis_of(workspace))
    return ingested


def part_of(submissions: Sequence[Submission], post: str) -> list[Submission]:
    """The submissions cut out of one post, in its order."""
    return sorted((s for s in submissions if s.post == post), key=lambda s: s.ordinal)
