"""A process of its own for the tests of concurrency and sudden death: python worker.py WHAT URL ARGUMENTS…

Those that compete say that they are ready and wait for a line, so that they open the database at the same moment.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.store.store import Store
from tests.store.values import AT, graded, reply, ruling


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def decide(store: Store, name: str, times: str) -> None:
    """Appends decisions and says their numbers."""
    for _ in range(int(times)):
        say(store.append_decision(by=name, at=AT, reason="r", act=ruling()).seq)


def same(store: Store, name: str, order: str) -> None:
    """Grades the same forty keys, from the front or the back, and says which gradings were new."""
    keys = [f"k{number}" for number in range(40)]
    for some in (keys[:20], keys[20:]) if order == "front" else (keys[:19:-1], keys[19::-1]):
        new = store.commit([record for key in some for record in (reply(key, run=name), graded(key, run=name))])
        for record in new:
            if record.__class__.__name__ == "GradingRecord":
                say(record.key)


def pour(store: Store, name: str) -> None:
    """Commits batches of ten until killed, saying the last key of each once it is committed; a decision with each."""
    for batch in count():
        keys = [f"{name}-{batch}-{number}" for number in range(10)]
        store.commit([record for key in keys for record in (reply(key), graded(key))])
        seq = store.append_decision(by=name, at=AT, reason="r", act=ruling()).seq
        say(keys[-1], seq)


def hold(store: Store) -> None:
    """Holds the run's lock until its input ends."""
    with store.lock():
        say("held")
        sys.stdin.read()


if __name__ == "__main__":
    what, url, *arguments = sys.argv[1:]
    if what in {"decide", "same"}:
        say("ready")
        sys.stdin.readline()
    with Store.open(url) as opened:
        {"decide": decide, "same": same, "pour": pour, "hold": hold}[what](opened, *arguments)
