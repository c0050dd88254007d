"""Opens the judge a command asks for: a provider, a provider under a recorder, or recordings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from pipeline.cli.context import Session, endpoint_of
from pipeline.errors import UsageError
from pipeline.llm.judge import DEFAULT_BASE_URL, Judge
from pipeline.llm.replay import RecordTransport, ReplayTransport
from pipeline.llm.transport import open_transport


@asynccontextmanager
async def open_judge(
    session: Session,
    *,
    replay: Path | None = None,
    record: Path | None = None,
    concurrency: int | None = None,
    whole: bool = True,
) -> AsyncIterator[Judge]:
    """The judge of contest.yaml; replaying never opens a socket and needs no key, whatever the environment holds.

    `whole`: the command asks everything about the cases that it touches, so that recordings it does not use are void.
    """
    if replay is not None and record is not None:
        raise UsageError("--replay and --record exclude each other", remedy="choose one")
    limits = session.contest.limits
    if concurrency is not None:
        limits = limits.model_copy(update={"concurrency": concurrency})
    if replay is not None:
        base_url: str | None = "http://recordings.invalid/v1"
        key: str | None = "recorded"
        transport: httpx2.AsyncBaseTransport | None = ReplayTransport(replay)
    else:
        base_url, key = endpoint_of(session)
        transport = _recorder(record, base_url, limits.concurrency) if record is not None else None
    async with Judge(
        session.judge_spec, base_url=base_url, api_key=key, limits=limits, transport=transport, now=session.settings.now
    ) as judge:
        yield judge
    if whole and isinstance(transport, RecordTransport):
        transport.save()


def _recorder(folder: Path, base_url: str | None, connections: int) -> RecordTransport:
    return RecordTransport(folder, open_transport(base_url or DEFAULT_BASE_URL, connections=connections))
