"""Commits what the batch learned, many records in one transaction, within 50 ms of their arrival (rule 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pipeline.store.records import Record
from pipeline.store.store import Store

GATHER_SECONDS = 0.02
LARGEST_COMMIT = 500


class Writer:
    """An asynchronous door to the store: `await put(records)` returns when they are durably committed.

    One commit runs at a time, in a thread; what arrives meanwhile goes into the next. A StorageError reaches everyone
    whose records were in the failed commit, and everyone after.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Sequence[Record], asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._loop(), name="store writer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._arrived.set()
        if self._task is not None:
            await self._task

    async def put(self, *records: Record) -> None:
        """Returns when the records are committed; raises what the store raised."""
        if self._failure is not None:
            raise self._failure
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((records, done))
        self._arrived.set()
        await done

    async def _loop(self) -> None:
        while True:
            await self._arrived.wait()
            if not self._closing:
                await asyncio.sleep(GATHER_SECONDS)
            self._arrived.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST_COMMIT], self._waiting[LARGEST_COMMIT:]
                await self._commit(batch)
            if self._closing:
                return

    async def _commit(self, batch: list[tuple[Sequence[Record], asyncio.Future[None]]]) -> None:
        records = [record for some, _ in batch for record in some]
        failure = self._failure
        if failure is None:
            try:
                await asyncio.to_thread(self._store.commit, records)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear it
                failure = self._failure = error
        for _, done in batch:
            if done.cancelled():
                continue
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)
