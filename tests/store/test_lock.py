from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import AnotherRun, StorageError
from pipeline.store.store import Store
from tests.store.values import AT, graded

WORKER = Path(__file__).with_name("worker.py")


def test_one_run_at_a_time_and_free_when_its_process_dies(store: Store, url: str) -> None:
    """The message says who; kill -9 of the holder frees the lock without anyone's doing."""
    holder = subprocess.Popen(
        [sys.executable, WORKER, "hold", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AnotherRun) as caught, store.lock():
            pytest.fail("two runs")
        assert str(holder.pid) in caught.value.message
        assert os.uname().nodename[:30] in caught.value.message
        assert caught.value.exit_code == 7
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=10)
    for _ in range(100):  # a server notices a little later
        try:
            with store.lock():
                return
        except AnotherRun:
            signal.sigtimedwait([], 0.05)
    pytest.fail("the lock outlived its holder")


def test_the_lock_is_free_again_after_the_block(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.lock():
        raise ZeroDivisionError
    with store.lock(), pytest.raises(AnotherRun), store.lock():
        pytest.fail("two runs in one process")
    with store.lock():
        pass


def test_the_store_works_while_it_is_locked(store: Store) -> None:
    with store.lock():
        assert store.head().count == 0
        store.replace_submissions([])


def test_on_sqlite_every_way_to_the_file_is_one_lock(tmp_path: Path) -> None:
    """Whatever workspace or link a run comes from."""
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    with (
        Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store,
        Store.open(f"sqlite:///{tmp_path / 'link.db'}") as linked,
        store.lock(),
    ):
        assert (tmp_path / "a.db.lock").exists()
        with pytest.raises(AnotherRun), linked.lock():
            pytest.fail("two runs")


def test_a_lock_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db.lock").mkdir()
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store, pytest.raises(StorageError), store.lock():
        pytest.fail("locked nothing")


@pytest.mark.postgres
def test_rule_5_a_run_whose_lock_was_lost_writes_nothing_more(url: str) -> None:
    """Another run may be at work by then; the end of the run is still noted. (A file's lock dies with its process.)"""
    with Store.open(url) as store, Store.open(url) as other:
        with store.lock():
            run = store.start_run("grade", AT, {})
            store.commit([graded("before")])
            with other._database.alone() as connection:
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                        "WHERE l.locktype = 'advisory' AND a.application_name LIKE '% ' || :me"
                    ),
                    {"me": str(os.getpid())},
                )
            with other.lock():
                for _ in range(2):
                    with pytest.raises(StorageError) as caught:
                        store.commit([graded("after")])
                    assert caught.value.exit_code == 8
                    assert "cut off" in caught.value.message
                other.commit([graded("theirs")])
            store.finish_run(run, AT, {})
        assert other.known_keys() == {"before", "theirs"}
        store.commit([graded("free")])
