"""Sudden death and company: what was acknowledged stays, whoever else writes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.chain import check_chain
from pipeline.store.store import Store

WORKER = Path(__file__).with_name("worker.py")


def race(*commands: list[str]) -> list[str]:
    """Starts the workers, lets them go at the same moment, and returns the words they said; all must end well."""
    workers = [
        subprocess.Popen([sys.executable, WORKER, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    words = [word for worker in workers for word in worker.communicate(timeout=120)[0].split()]
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    return words


@pytest.mark.slow
def test_rule_5_nothing_acknowledged_is_lost_by_kill_9(url: str) -> None:
    """Ten writers in turn are killed at random moments: every batch they said was committed is there, whole."""
    dice = random.Random(7)  # noqa: S311 - moments to die at
    acknowledged: list[tuple[str, int]] = []
    for turn in range(10):
        writer = subprocess.Popen([sys.executable, WORKER, "pour", url, f"w{turn}"], stdout=subprocess.PIPE, text=True)
        with writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(dice.uniform(0.0, 0.15))
            writer.kill()
            for line in [first, *writer.stdout.read().splitlines(keepends=True)]:
                if line.endswith("\n"):
                    key, seq = line.split()
                    acknowledged.append((key, int(seq)))
        with Store.open(url) as store:
            keys = store.known_keys()
            decisions = list(store.decisions())
            assert check_chain(decisions) is None
            assert {key for key, _ in acknowledged} <= keys
            assert len(decisions) >= max(seq for _, seq in acknowledged)
            assert len(keys) % 10 == 0, "a batch is there as a whole or not at all"
            assert set(store.gradings(keys)) == keys
            assert store.open_replies() == []
    assert len(acknowledged) >= 10
    if url.startswith("sqlite"):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        engine.dispose()


def test_rule_5_two_processes_grade_the_same_keys_once(url: str) -> None:
    """They take the keys from opposite ends: no deadlock, and exactly one of them is told that its grading was new."""
    new = race(["same", url, "front", "front"], ["same", url, "back", "back"])
    wanted = {f"k{number}" for number in range(40)}
    assert len(new) == 40
    assert set(new) == wanted
    with Store.open(url) as store:
        stored = store.gradings(wanted)
        assert set(stored) == wanted
        assert {record.run for record in stored.values()} <= {"front", "back"}
        assert store.attempts(wanted) == dict.fromkeys(wanted, 2)


def test_processes_that_decide_at_once_make_one_chain(url: str) -> None:
    """Also the database is new to all of them: they create it at the same time."""
    names = ("ann", "bob", "eve")
    numbers = [int(word) for word in race(*(["decide", url, name, "40"] for name in names))]
    with Store.open(url) as store:
        decisions = list(store.decisions())
    assert sorted(numbers) == list(range(1, 121)) == [d.seq for d in decisions]
    assert check_chain(decisions) is None
    assert {d.by for d in decisions} == set(names)
