from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import AnotherRun, StorageError
from pipeline.store.store import Store

WORKER = Path(__file__).with_name("worker.py")


def test_one_run_at_a_time_and_free_when_its_process_dies(store: Store, url: str, tmp_path: Path) -> None:
    """The message says who; kill -9 of the holder frees the lock without anyone's doing."""
    holder = subprocess.Popen(
        [sys.executable, WORKER, "hold", url, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AnotherRun) as caught, store.lock(tmp_path):
            pytest.fail("two runs")
        assert str(holder.pid) in caught.value.message
        assert os.uname().nodename[:30] in caught.value.message
        assert caught.value.exit_code == 7
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=10)
    for _ in range(100):  # a server notices a little later
        try:
            with store.lock(tmp_path):
                return
        except AnotherRun:
            signal.sigtimedwait([], 0.05)
    pytest.fail("the lock outlived its holder")


def test_the_lock_is_free_again_after_the_block(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.lock(tmp_path):
        raise ZeroDivisionError
    with store.lock(tmp_path), pytest.raises(AnotherRun), store.lock(tmp_path):
        pytest.fail("two runs in one process")
    with store.lock(tmp_path):
        pass


def test_the_store_works_while_it_is_locked(store: Store, tmp_path: Path) -> None:
    with store.lock(tmp_path):
        assert store.head().count == 0
        store.replace_submissions([])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store,
        pytest.raises(StorageError),
        store.lock(tmp_path / "no"),
    ):
        pytest.fail("locked nothing")
