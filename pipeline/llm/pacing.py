"""When a request may be sent: how many at a time, and not before the provider's own "try again after"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from pipeline.errors import Interrupted

LONGEST_PAUSE = 600.0
"""Seconds. A provider that asks for a longer pause is not waited for: the request is given up as rate_limited."""


class Clock(Protocol):
    """The only time that waiting and pacing know; tests bring their own."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...

    def wall(self) -> float:
        """Seconds since 1970 in UTC; only compared with dates that a server sent."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class PauseTooLong(Exception):
    """The gate opens later than LONGEST_PAUSE from now; nothing was sent."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds:.0f} s")


class Pace:
    """At most `concurrency` requests in flight, none before the shared gate opens.

    One Pace for all workers of a process: what a provider says to one of them holds for all. A limiter that adapts to
    what the provider bears belongs here: `slot` sees every request begin and end, `pause` every complaint.
    """

    def __init__(self, concurrency: int, clock: Clock) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._opens = clock.monotonic()
        self._stopped = asyncio.Event()

    def pause(self, seconds: float) -> None:
        """Close the gate for that many seconds from now; never opens it earlier than asked before."""
        self._opens = max(self._opens, self._clock.monotonic() + seconds)

    def stop(self) -> None:
        """Nothing more is sent: whoever waits wakes up and hears Interrupted; what holds a slot goes on to its end."""
        self._stopped.set()

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds, or as soon as all is stopped."""
        if self._stopped.is_set():
            return
        waits = (
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._stopped.wait()),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a free slot and an open gate, and hold the slot; raises PauseTooLong instead of waiting for long.

        Raises Interrupted once all is stopped.
        """
        async with self._slots:
            while not self._stopped.is_set() and (wait := self._opens - self._clock.monotonic()) > 0:
                if wait > LONGEST_PAUSE:
                    raise PauseTooLong(wait)
                await self.sleep(wait)
            if self._stopped.is_set():
                raise Interrupted(
                    "interrupted", remedy="all answers received are stored; run the same command again to go on"
                )
            yield
