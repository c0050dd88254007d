"""The writer's promise: who returns from `put` has been committed; who was not committed hears it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.grading import Ungraded
from pipeline.errors import StorageError
from pipeline.store.records import Record, UngradedRecord
from pipeline.store.store import Store
from pipeline.work.writer import GATHER_SECONDS, LARGEST_COMMIT, Writer
from tests.tools.contest import AT


def record(name: str) -> UngradedRecord:
    return UngradedRecord(key=name, ungraded=Ungraded(reason="timeout"), at=AT)


class Log:
    """A store that notes what it committed, fails at one commit, and notices two at a time."""

    def __init__(self, *, fails_at: int | None = None) -> None:
        self.committed: list[list[str]] = []
        self.fails_at, self.commits, self.inside = fails_at, 0, 0

    def commit(self, records: Sequence[Record]) -> tuple[Record, ...]:
        self.inside += 1
        assert self.inside == 1, "one commit at a time"
        number, self.commits = self.commits, self.commits + 1
        try:
            if number == self.fails_at:
                raise StorageError("the disk is full")
            self.committed.append([r.key for r in records if isinstance(r, UngradedRecord)])
            return tuple(records)
        finally:
            self.inside -= 1


def writer(log: Log) -> Writer:
    return Writer(cast("Store", log))


@given(pauses=st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.03]), min_size=1, max_size=40), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_rule_5_put_returns_only_after_its_commit(pauses: list[float], seed: int) -> None:
    """Whoever writes beside it, in whatever order; every record is committed once, those of one put together."""
    log = Log()

    async def one(out: Writer, name: str, pause: float) -> None:
        await asyncio.sleep(pause)
        await out.put(record(f"{name}-a"), record(f"{name}-b"))
        batch = next(batch for batch in log.committed if f"{name}-a" in batch)
        assert f"{name}-b" in batch

    async def run() -> None:
        order = list(enumerate(pauses))
        random.Random(seed).shuffle(order)  # noqa: S311 - no secret
        async with writer(log) as out:
            await asyncio.gather(*(one(out, f"k{n}", pause) for n, pause in order))

    asyncio.run(run())
    everything = [key for batch in log.committed for key in batch]
    assert sorted(everything) == sorted(f"k{n}-{half}" for n in range(len(pauses)) for half in "ab")


@given(count=st.integers(1, 30), fails_at=st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_a_failing_store_reaches_everyone_who_waits_and_everyone_after(count: int, fails_at: int) -> None:
    """Nobody waits for ever, and nobody is told that a record is stored that is not."""
    log = Log(fails_at=fails_at)

    async def run() -> list[Any]:
        async with writer(log) as out:

            async def one(number: int) -> None:
                await asyncio.sleep(GATHER_SECONDS * (number % 4))
                await out.put(record(f"k{number}"))

            told = await asyncio.gather(*(one(n) for n in range(count)), return_exceptions=True)
            if log.commits > fails_at:
                with pytest.raises(StorageError):
                    await out.put(record("late"))
        return told

    told = asyncio.run(asyncio.wait_for(run(), 20))
    committed = {key for batch in log.committed for key in batch}
    for number, outcome in enumerate(told):
        assert (outcome is None) == (f"k{number}" in committed)
        assert outcome is None or isinstance(outcome, StorageError)
    assert "late" not in committed


def test_what_waits_when_the_block_ends_is_committed_first() -> None:
    log = Log()

    async def run() -> None:
        async with writer(log) as out:
            waiting = asyncio.create_task(out.put(record("last")))
            await asyncio.sleep(0)
        await waiting

    asyncio.run(run())
    assert log.committed == [["last"]]


def test_many_records_are_few_commits_of_bounded_size() -> None:
    log = Log()

    async def run() -> None:
        async with writer(log) as out:
            await asyncio.gather(*(out.put(record(f"k{n}")) for n in range(3 * LARGEST_COMMIT)))

    asyncio.run(run())
    assert [len(batch) for batch in log.committed] == [LARGEST_COMMIT] * 3


def test_one_who_gives_up_does_not_take_the_others_with_him() -> None:
    log = Log()

    async def run() -> None:
        async with writer(log) as out:
            impatient = asyncio.create_task(out.put(record("a")))
            patient = asyncio.create_task(out.put(record("b")))
            await asyncio.sleep(0)
            impatient.cancel()
            await patient

    asyncio.run(run())
    assert log.committed == [["a", "b"]]
