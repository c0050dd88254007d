"""How many at a time, and what one worker is told holds for all."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.grading import JudgeReply, Ungraded
from pipeline.llm.pacing import LONGEST_PAUSE, Pace, PauseTooLong
from tests.llm.asking import QUICK, FakeClock, judge, request
from tests.tools.scripted_server import Answer, good_judge, scripted_server


def test_no_more_in_flight_than_the_concurrency() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def script(body: dict[str, Any], n: int) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.02)
        with lock:
            now -= 1
        return good_judge(body, n)

    async def run(url: str) -> None:
        async with judge(url, limits=QUICK.model_copy(update={"concurrency": 3})) as one:
            await asyncio.gather(*(one.ask(request(f"Ответ {number}")) for number in range(12)))
            assert one.sent == 12

    with scripted_server(script) as server:
        asyncio.run(run(server.url))
    assert len(server.calls) == 12
    assert most == 3


def test_nobody_sends_before_the_time_that_one_was_told() -> None:
    """One worker at a time; the first is told to wait 30 s: the others leave no earlier than it."""
    clock = FakeClock()
    sent_at: list[float] = []

    def script(body: dict[str, Any], n: int) -> Answer:
        sent_at.append(clock.now)
        return Answer(429, {"retry-after": "30"}, {"error": {"message": "slowly"}}) if n == 0 else good_judge(body, n)

    async def run(url: str) -> list[JudgeReply | Ungraded]:
        async with judge(url, clock=clock, limits=QUICK.model_copy(update={"concurrency": 1})) as one:
            return list(await asyncio.gather(*(one.ask(request(f"Ответ {number}")) for number in range(4))))

    with scripted_server(script) as server:
        replies = asyncio.run(run(server.url))
    assert all(isinstance(reply, JudgeReply) for reply in replies)
    assert all(at >= sent_at[0] + 30 for at in sent_at[1:])
    assert len(sent_at) == 5


def test_an_absurd_pause_is_honoured_by_not_sending() -> None:
    """The one that was told gives up, and the next ones do not even send."""
    refusal = Answer(429, {"retry-after": "86400"}, {"error": {"message": "tomorrow"}})

    async def run(url: str) -> list[JudgeReply | Ungraded]:
        async with judge(url) as one:
            return [await one.ask(request(f"Ответ {number}")) for number in range(3)]

    with scripted_server(lambda _body, _n: refusal) as server:
        outcomes = asyncio.run(run(server.url))
    assert len(server.calls) == 1
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Ungraded)] == ["rate_limited"] * 3


@given(st.lists(st.floats(min_value=0, max_value=LONGEST_PAUSE), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_the_longest_of_several_pauses_counts(pauses: list[float]) -> None:
    clock = FakeClock()

    async def run() -> None:
        pace = Pace(2, clock)
        for pause in pauses:
            pace.pause(pause)
        async with pace.slot():
            assert clock.now >= 1000 + max(pauses)

    asyncio.run(run())


def test_a_pause_that_is_too_long_frees_its_slot() -> None:
    async def run() -> None:
        clock = FakeClock()
        pace = Pace(1, clock)
        pace.pause(LONGEST_PAUSE + 1)
        for _ in range(3):
            with pytest.raises(PauseTooLong):
                async with pace.slot():
                    raise AssertionError("the gate was open")
        clock.now += 1
        async with pace.slot():
            pass

    asyncio.run(run())
