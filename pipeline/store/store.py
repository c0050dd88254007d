"""The door to the database: every method is one transaction, and every failure a StorageError with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from pipeline.domain.decision import Act, ChainHead, Decision
from pipeline.domain.grading import Ungraded
from pipeline.domain.incident import Closing, Observation
from pipeline.domain.rubric import Rubric
from pipeline.domain.submission import Post, Submission, Unreadable
from pipeline.store import facts, incidents, judged, lock, submissions, trail
from pipeline.store import posts as _posts
from pipeline.store.engine import Database
from pipeline.store.migrate import bring_to_head
from pipeline.store.records import (
    Added,
    GradingRecord,
    Holdings,
    IncidentRecord,
    OutcomeRecord,
    ProposalRecord,
    Record,
    Replaced,
    ReplyRecord,
    RunRecord,
    StoredVersion,
    Used,
)


class Store:
    """A contest's database. Threads may share it; processes open their own.

    When a writing method returns, what it wrote is durable (see `engine`). What iterators yield is read page by page,
    so that nothing is locked while the caller works; rows written meanwhile may or may not come.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._check_lock: lock.Check | None = None

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> Self:
        """Opens, creates or migrates the database at `url` (sqlite:///PATH or postgresql://…).

        ConfigurationError for an address that is none or a driver that is not installed; StorageError for a database
        that cannot be reached, was made by a newer casejury or belongs to another program.
        """
        database = Database(url, read_only=read_only)
        try:
            database.prepare()
            bring_to_head(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Ends all connections; what was committed stays."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def describe(self) -> str:
        """The library or server with its version, the journal and the place, in one line without a password."""
        return self._database.describe()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the contest for one run; AnotherRun, saying who, if another process does. Ends with the process.

        On SQLite it is a file beside the database, on PostgreSQL a lock of the server that all machines see. A server
        can lose it (a restart, a cut connection): every writing method then raises StorageError and writes nothing.
        """
        hold = lock.hold_file if self._database.sqlite else lock.hold_server
        with hold(self._database) as check:
            self._check_lock = check
            try:
                yield
            finally:
                self._check_lock = None

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._database.write() as connection:
            if self._check_lock is not None:
                self._check_lock()
            yield connection

    def belongs_to(self, contest: str) -> None:
        """Makes the database that contest's at its first opening; ConfigurationError if it is another's."""
        with self._database.read() as connection:
            owner = facts.get(connection, facts.CONTEST)
        if owner is None:
            with self._writing() as connection:
                facts.claim(connection, contest)
                owner = facts.get(connection, facts.CONTEST)
        facts.check_contest(owner, contest, self._database.where)

    # --- what was ingested

    def add_file(
        self,
        *,
        source: str,
        blob: str,
        data: bytes,
        posts: Sequence[Post],
        unreadable: Sequence[Unreadable],
        counted: Mapping[str, int] | None = None,
        read_at: datetime,
    ) -> Added:
        """Stores one reading of a file for good; the same file again changes nothing.

        `source`: the file, relative to the inbox; `blob`: `sha256:` id of `data`, stored once; `counted`: places that
        are no entries, by status. A version of a post is stored once, and once more where the changed file goes back
        to it. What is `unreadable` and `counted` holds until the file is read again with another outcome.
        """
        with self._writing() as connection:
            return _posts.add_file(
                connection,
                source=source,
                blob=blob,
                data=data,
                posts=posts,
                unreadable=unreadable,
                counted=counted or {},
                read_at=read_at,
            )

    def post_versions(self) -> Iterator[StoredVersion]:
        """Every version of every post, in the order stored."""
        return _posts.versions(self._database)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """What the newest reading of each file could not read."""
        with self._database.read() as connection:
            return _posts.unreadable(connection, self._database.where)

    def intake(self) -> Holdings:
        """How many posts and versions are stored, and what is no entry."""
        with self._database.read() as connection:
            return _posts.holdings(connection)

    def blob(self, identifier: str) -> bytes:
        """A file's bytes as read; UsageError for an unknown id."""
        with self._database.read() as connection:
            return _posts.blob_bytes(connection, identifier, self._database.where)

    # --- submissions

    def replace_submissions(self, wanted: Sequence[Submission], basis: str = "") -> Replaced:
        """Makes `wanted` the submissions there are, at once; what is equal is not written again.

        `basis`: the id of the settings that they were worked out by.
        """
        with self._writing() as connection:
            facts.note(connection, facts.BASIS, basis)
            return submissions.replace(connection, wanted)

    def submissions_basis(self) -> str | None:
        """The id of the settings that the submissions were worked out by; None before the first were."""
        with self._database.read() as connection:
            return facts.get(connection, facts.BASIS)

    def submissions(self) -> Iterator[Submission]:
        """By case (those without one first), then by id."""
        return submissions.everyone(self._database)

    def find_submission(self, prefix: str) -> Submission:
        """The one with that id or beginning with these hex digits; UsageError for none, or several (listed)."""
        with self._database.read() as connection:
            return submissions.find(connection, prefix, self._database.where)

    def count_submissions(self) -> int:
        """How many submissions there are."""
        with self._database.read() as connection:
            return submissions.count(connection)

    def graded_before(self, submission: str) -> bool:
        """Whether a grading of that submission was ever verified, also under a key it no longer has."""
        with self._database.read() as connection:
            return submissions.graded_before(connection, submission)

    # --- rubrics, and what judges answered

    def put_rubric(self, rubric: Rubric) -> None:
        """Keeps the rubric under its id; with another approval it is appended, and read back with the newest."""
        with self._writing() as connection:
            judged.put_rubric(connection, rubric)

    def rubric(self, identifier: str) -> Rubric:
        """The rubric of that id; UsageError if it was never stored."""
        with self._database.read() as connection:
            return judged.get_rubric(connection, identifier, self._database.where)

    def commit(self, records: Sequence[Record]) -> tuple[Record, ...]:
        """Writes all records in one transaction, in order, and returns those that were new.

        Of gradings, proposals and incidents the first of a key stays and a second is left out without an error
        (rule 5); replies, failures and observations are appended; an outcome takes the place of the submission's last.
        """
        if not records:
            return ()
        with self._writing() as connection:
            return judged.commit(connection, records)

    def gradings(self, keys: Iterable[str]) -> dict[str, GradingRecord]:
        """The accepted gradings of those keys that have one."""
        with self._database.read() as connection:
            return judged.graded(connection, keys, self._database.where)

    def known_keys(self) -> set[str]:
        """Every key that has a grading."""
        with self._database.read() as connection:
            return judged.graded_keys(connection)

    def ungraded(self, keys: Iterable[str] | None = None) -> dict[str, Ungraded]:
        """Why keys without a grading have none, by their newest failure; all such keys where `keys` is None."""
        with self._database.read() as connection:
            return judged.failed(connection, keys, self._database.where)

    def open_replies(self) -> list[ReplyRecord]:
        """Replies that a stopped run stored and made nothing of, oldest first; they need not be asked for again."""
        with self._database.read() as connection:
            return judged.unparsed(connection, self._database.where)

    def replies(self, key: str) -> list[ReplyRecord]:
        """Every raw reply to a key, oldest first."""
        with self._database.read() as connection:
            return judged.replies_of(connection, key, self._database.where)

    def attempts(self, keys: Iterable[str]) -> dict[str, int]:
        """How many replies each key ever had; keys without one are left out."""
        with self._database.read() as connection:
            return judged.attempts(connection, keys)

    def usage(self) -> Used:
        """What all answers stored so far cost together: drafts, gradings, repairs and proposals."""
        return judged.used(self._database)

    def proposals(self, keys: Iterable[str]) -> dict[str, ProposalRecord]:
        """The proposals of those keys that have one."""
        with self._database.read() as connection:
            return judged.proposed(connection, keys, self._database.where)

    def outcomes(self) -> Iterator[OutcomeRecord]:
        """The newest outcome of each submission that there is now, by submission id."""
        return judged.all_outcomes(self._database)

    def outcome(self, submission: str) -> OutcomeRecord | None:
        """The newest outcome of one submission."""
        with self._database.read() as connection:
            return judged.outcome(connection, submission, self._database.where)

    # --- incidents

    def incidents(self) -> list[IncidentRecord]:
        """All incidents in the order opened, each with its closing if it has one."""
        with self._database.read() as connection:
            return incidents.everything(connection, self._database.where)

    def find_incident(self, prefix: str) -> IncidentRecord:
        """The one with that id or beginning with these hex digits; UsageError for none, or several (listed)."""
        with self._database.read() as connection:
            return incidents.find(connection, prefix, self._database.where)

    def close_incident(self, prefix: str, *, by: str, at: datetime, how: str) -> IncidentRecord:
        """Appends the closing of an incident; UsageError if it is unknown or closed already."""
        with self._writing() as connection:
            closing = Closing(incident=prefix, by=by, at=at, how=how)
            return incidents.close_one(connection, closing, self._database.where)

    def reported(self) -> set[str]:
        """Ids of the submissions on which a person's report is open."""
        with self._database.read() as connection:
            return incidents.reported(connection)

    def observations(self, judge: str | None = None, after: int = 0) -> Iterator[Observation]:
        """How requests for gradings ended, in order of completion: of one judge or all, from number `after` on."""
        return incidents.observed(self._database, judge, after)

    def last_observation(self) -> int:
        """The number of the newest observation; 0 where there is none."""
        with self._database.read() as connection:
            return incidents.last_observation(connection)

    # --- decisions and runs

    def append_decision(
        self, *, by: str, at: datetime, reason: str, act: Act, supersedes: int | None = None
    ) -> Decision:
        """Appends a link to the chain; processes wait for each other. UsageError for an unknown `supersedes`."""
        with self._writing() as connection:
            return trail.append(connection, by=by, at=at, reason=reason, act=act, supersedes=supersedes)

    def decisions(self, after: int = 0) -> Iterator[Decision]:
        """The whole chain from its first link, or what follows link `after`."""
        return trail.everything(self._database, after)

    def head(self) -> ChainHead:
        """How many decisions there are, and the last one's hash."""
        with self._database.read() as connection:
            return trail.head(connection)

    def start_run(self, kind: str, at: datetime, settings: Mapping[str, Any]) -> str:
        """Notes the start of a run and returns its id, such as 20261221T031500Z-1."""
        with self._writing() as connection:
            return trail.start_run(connection, kind, at, settings)

    def finish_run(self, run: str, at: datetime, summary: Mapping[str, Any]) -> None:
        """Notes the end of a run; UsageError if it is unknown or has ended."""
        with self._database.write() as connection:  # also of a run that lost its lock
            trail.finish_run(connection, run, at, summary)

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs in the order started; one without an end was interrupted or is at work."""
        with self._database.read() as connection:
            return trail.list_runs(connection)

    def last_run(self, kind: str) -> RunRecord | None:
        """The run of that kind that was started last."""
        with self._database.read() as connection:
            found = trail.list_runs(connection, kind=kind, newest=1)
        return found[0] if found else None
