"""Killed with SIGKILL at every boundary of a command in turn, then run again: rule 5 holds at each of them.

The boundaries are those of tests/tools/faulty.py. What was sent is counted by the server, outside of any database.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.chain import check_chain
from pipeline.store.schema import gradings, outcomes, post_versions, proposals, replies, submissions
from pipeline.store.store import Store
from tests.store.conftest import SERVER
from tests.tools.contest import said, steady_reply, write_contest, write_posts
from tests.tools.faulty import Runner, Trial
from tests.tools.scripted_server import Answer, Json, completion, scripted_server

pytestmark = pytest.mark.slow

WORKERS = 2
"""with --concurrency 1: while one answer waits for its commit the other worker sends"""
POSTS = [
    ("p0", "ann", 2, "2026-12-11T10:00:00+03:00", "This one is repaired.\nI would call the customer back at once."),
    ("p1", "bob", 2, "2026-12-11T10:00:00+03:00", "This one goes well.\nI would call the customer back at once."),
    ("p2", "eve", "", "2026-12-11T10:00:00+03:00", "This one has no number.\nI would call the customer at once."),
]
MORE = [("p3", "ann", 3, "2026-12-12T10:00:00+03:00", "I compare both bills line by line.\nI cancel the second one.")]
FIXED = {"SOURCE_DATE_EPOCH": "1797811200"}
STATE = (submissions, outcomes, proposals)
TRANSACTION = ("before the transaction", "before COMMIT", "after COMMIT")


def judging(body: Json, _n: int) -> Answer:
    """One reply needs its repair, one is a proposal of a case."""
    if "no number" in str(body["messages"][1]["content"]):
        return Answer(body=completion(json.dumps({"reason": "It speaks of bills.", "case": "3"})))
    if "repaired" in str(body["messages"][1]["content"]) and len(body["messages"]) == 2:
        return Answer(body=completion("not yet"))
    return Answer(body=said(steady_reply(body), model=str(body["model"])))


class Place:
    """A workspace with a database of its own, which can be copied with all it holds."""

    def __init__(self, kind: str, root: Path) -> None:
        self.kind, self.root, self.names = kind, root, list[str]()

    def fresh(self, source: Path | None = None, template: str = "") -> tuple[Path, str, str]:
        """Folder, address and name of a new database: empty, or as the source's."""
        name = f"kill_{secrets.token_hex(6)}"
        folder = self.root / name
        if source is not None:
            shutil.copytree(source, folder)
        if self.kind == "sqlite":
            return folder, f"sqlite:///{folder / 'casejury.db'}", name
        self.names.append(name)
        self._on_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return folder, sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False), name

    def close(self) -> None:
        for name in self.names:
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        for attempt in range(50):
            try:
                with engine.connect() as connection:
                    connection.execute(sa.text(statement))
                break
            except sa.exc.OperationalError:  # a killed client's session ends a moment after it
                if attempt == 49:
                    raise
                time.sleep(0.1)
        engine.dispose()


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where the system has one: a killed process loses nothing that a disk would have to keep."""
    memory = Path("/dev/shm")  # noqa: S108 - the system's name for it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def place(kind: str, quick: Path) -> Iterator[Place]:
    made = Place(kind, quick)
    yield made
    made.close()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def facts(url: str) -> dict[str, Any]:
    """What is durable, read directly: gradings by key, how many replies and versions; and that all is sound."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("gradings"):
                return {"gradings": {}, "replies": 0, "versions": 0, "decisions": 0, "state": set()}
            rows = connection.execute(sa.select(gradings.c.key, gradings.c.body)).all()
            found = {
                "gradings": {row.key: str(row.body) for row in rows},
                "replies": connection.execute(sa.select(sa.func.count(replies.c.seq))).scalar_one(),
                "versions": connection.execute(sa.select(sa.func.count(post_versions.c.seq))).scalar_one(),
                "state": {
                    str(body) for table in STATE for body in connection.execute(sa.select(table.c.body)).scalars()
                },
            }
            if engine.dialect.name == "sqlite":
                assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
                assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    finally:
        engine.dispose()
    assert len(rows) == len(found["gradings"]), "one grading a key"
    with Store.open(url, read_only=True) as store:
        decisions = list(store.decisions())
    assert check_chain(decisions) is None
    return {**found, "decisions": len(decisions)}


def again(runner: Runner, root: Path, url: str, *arguments: object, server: str | None = None) -> Trial:
    """The command to its good end; a server notices a killed client's lock a moment later."""
    for _ in range(100):
        ran = runner.run(root, *arguments, server=server, environ={**FIXED, "DATABASE_URL": url})
        if ran.code != 7:
            break
        time.sleep(0.05)
    assert ran.code == 0, ran.err
    return ran


def strip_run(body: str) -> str:
    """Without the name of the run that wrote it, which counts the runs of its second."""
    return re.sub(r'"run": ?"[^"]*"', "", body)


def every(once: Callable[[int], Trial]) -> tuple[str, ...]:
    """Kills at boundary 1, 2, 3 … until a run is no longer killed; the boundaries' names."""
    n = 0
    while True:
        n += 1
        ran = once(n)
        if ran.code != -9:
            assert ran.code == 0, ran.err
            assert len(ran.crossed) < n
            return ran.crossed
        assert len(ran.crossed) == n


def test_rule_5_grade_killed_at_every_boundary(place: Place, runner: Runner) -> None:
    """Nothing committed is lost; one grading a key; sent again is only what was not committed, at most WORKERS."""
    source, url, template = place.fresh()
    write_contest(source, POSTS)
    again(runner, source, url, "ingest")
    whole, whole_url, _ = place.fresh(source, template)
    with scripted_server(judging) as server:
        again(runner, whole, whole_url, "grade", server=server.url)
        undisturbed = len(server.calls)
    expected = facts(whole_url)
    assert (undisturbed, expected["replies"], len(expected["gradings"])) == (4, 4, 2)
    repeated = 0

    def once(n: int) -> Trial:
        nonlocal repeated
        root, url, _ = place.fresh(source, template)
        with scripted_server(judging) as server:
            environ = {**FIXED, "DATABASE_URL": url}
            ran = runner.run(root, "grade", "--json", "--concurrency", 1, server=server.url, environ=environ, kill_at=n)
            sent, kept = len(server.calls), facts(url)
            assert 0 <= sent - kept["replies"] <= WORKERS
            assert kept["replies"] >= Counter(ran.crossed)["judge: after the reply"] - WORKERS
            again(runner, root, url, "grade", server=server.url)
            calls = [json.dumps(call.body, sort_keys=True) for call in server.calls]
            if n % 10 == 0:
                again(runner, root, url, "grade", server=server.url)
                assert len(server.calls) == len(calls), "all is there: nothing is sent"
        done = facts(url)
        assert kept["gradings"].items() <= done["gradings"].items(), "a committed grading was lost or changed"
        assert done["gradings"].keys() == expected["gradings"].keys()
        assert len(set(calls)) == undisturbed
        assert len(calls) - undisturbed == sent - kept["replies"], "only what had not been committed is sent again"
        assert done["replies"] == undisturbed
        assert {strip_run(body) for body in done["state"]} == {strip_run(body) for body in expected["state"]}
        repeated += len(calls) - undisturbed
        return ran

    crossed = every(once)
    for name in ("commit", "start_run", "finish_run"):
        assert {f"{name}: {point}" for point in TRANSACTION} <= set(crossed)
    assert {"lock: taken", "judge: before the request", "judge: after the reply"} <= set(crossed)
    assert {"writer: records handed over", "writer: records durable"} <= set(crossed)
    assert 0 < repeated <= WORKERS * len(crossed)


def test_rule_5_ingest_killed_at_every_boundary(place: Place, runner: Runner) -> None:
    """From no database on; a file is there whole or not at all, and the second run adds what is missing."""
    inbox = place.root / "source"
    write_contest(inbox, POSTS)
    write_posts(inbox, MORE, "later.csv")
    whole, whole_url, _ = place.fresh(inbox)
    again(runner, whole, whole_url, "ingest")
    expected = facts(whole_url)

    def once(n: int) -> Trial:
        root, url, _ = place.fresh(inbox)
        environ = {**FIXED, "DATABASE_URL": url}
        ran = runner.run(root, "ingest", environ=environ, kill_at=n)
        assert facts(url)["versions"] in {0, len(MORE), len(POSTS) + len(MORE)}
        assert facts(url)["versions"] >= len(MORE) * ("add_file: after COMMIT" in ran.crossed)
        again(runner, root, url, "ingest")
        assert facts(url) == expected
        return ran

    crossed = every(once)
    for name in ("bring_to_head", "add_file", "replace_submissions", "commit"):
        assert {f"{name}: {point}" for point in TRANSACTION} <= set(crossed)


def test_rule_6_a_ruling_killed_at_every_boundary(place: Place, runner: Runner) -> None:
    """It is in the trail from its COMMIT on, not before; the chain is sound either way."""
    source, url, template = place.fresh()
    write_contest(source, POSTS)
    again(runner, source, url, "ingest")
    ruling = ("rule", "bob/2", "--guards", 2, "--by", "juror", "--reason", "read twice")

    def once(n: int) -> Trial:
        root, url, _ = place.fresh(source, template)
        ran = runner.run(root, *ruling, environ={**FIXED, "DATABASE_URL": url}, kill_at=n)
        there = facts(url)["decisions"]
        assert there == ("append_decision: after COMMIT" in ran.crossed)
        again(runner, root, url, *ruling)
        assert facts(url)["decisions"] == there + 1
        return ran

    crossed = every(once)
    assert {f"append_decision: {point}" for point in TRANSACTION} <= set(crossed)


def test_rule_5_a_report_killed_at_every_boundary(runner: Runner, quick: Path) -> None:
    """Every file in the folder is whole: the old one or the new one."""
    root = write_contest(quick / "contest", POSTS)
    url = f"sqlite:///{root / 'casejury.db'}"
    again(runner, root, url, "ingest")
    out = quick / "report"
    again(runner, root, url, "report", "--out", out)
    old = {path.name: path.read_bytes() for path in out.iterdir()}
    again(runner, root, url, "rule", "bob/2", "--guards", 2, "--by", "juror", "--reason", "read twice")
    again(runner, root, url, "report", "--out", quick / "new")
    new = {path.name: path.read_bytes() for path in (quick / "new").iterdir()}
    assert old.keys() == new.keys()
    assert old["report.json"] != new["report.json"]

    def once(n: int) -> Trial:
        for name, data in old.items():
            (out / name).write_bytes(data)
        ran = runner.run(root, "report", "--out", out, environ={**FIXED, "DATABASE_URL": url}, kill_at=n)
        found = {path.name: path.read_bytes() for path in out.iterdir()}
        assert all(data in (old[name], new[name]) for name, data in found.items())
        return ran

    crossed = every(once)
    assert Counter(crossed)["file: in place"] == len(new)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == new
