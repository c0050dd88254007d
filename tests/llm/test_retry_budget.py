"""Retries are bounded in calls and time whatever a server does, do not multiply, and are spread by full jitter."""

from __future__ import annotations

import asyncio
import socket
import statistics
import threading
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.grading import JudgeReply, Ungraded
from pipeline.errors import ProviderStopped
from pipeline.llm.judge import GIVE_UP_AFTER
from pipeline.llm.pacing import LONGEST_PAUSE
from pipeline.llm.wire import Wire
from tests.llm.asking import QUICK, FakeClock, ask, judge, request
from tests.tools.scripted_server import Answer, good_judge, scripted_server

PARAMETER = {"error": {"message": "unknown parameter max_completion_tokens, response_format", "code": "unknown"}}
STEPS = 3
"""the most a request is sent in simpler dialects: two of the format, one of the limit's name"""

answers = st.one_of(
    st.builds(lambda status: Answer(status, body={"error": {"message": "no"}}), st.sampled_from([408, 429, 500, 503])),
    st.builds(
        lambda status, wait: Answer(status, {"retry-after": str(wait)}, {"error": {"message": "later"}}),
        st.sampled_from([429, 503, 529]),
        st.integers(0, 2 * int(LONGEST_PAUSE)),
    ),
    st.just(Answer(400, body=PARAMETER)),
    st.just(Answer(behaviour="reset")),
    st.just(Answer(body=b"{")),
)


@given(script=st.lists(answers, min_size=1, max_size=8), attempts=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_no_script_of_faults_is_met_with_more_calls_or_time_than_allowed(script: list[Answer], attempts: int) -> None:
    """The script begins anew at its end, so that it never stops failing."""
    clock = FakeClock()
    began = clock.now
    limits = QUICK.model_copy(update={"attempts": attempts})
    with scripted_server(lambda _body, n: script[n % len(script)]) as server:
        with suppress(ProviderStopped):  # a parameter that no dialect leaves out
            assert isinstance(ask(server.url, clock=clock, limits=limits), Ungraded)
        assert len(server.calls) <= attempts + STEPS
    assert clock.now - began <= GIVE_UP_AFTER + LONGEST_PAUSE


def test_neither_the_library_nor_the_transport_retries_a_connection() -> None:
    """A listener that hangs up at once counts what the server of the other tests would never see."""
    accepted = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            nonlocal accepted
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                accepted += 1
                connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        assert ask(url, limits=QUICK.model_copy(update={"attempts": 4})).reason == "unreachable"
        assert accepted == 4
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_the_library_is_told_not_to_retry() -> None:
    """Also where a server asks the library itself to, by its own header."""
    refusal = Answer(500, {"x-should-retry": "true", "retry-after": "0"}, {"error": {"message": "no"}})
    with scripted_server(lambda _body, _n: refusal) as server:
        ask(server.url, limits=QUICK.model_copy(update={"attempts": 1}))
        assert len(server.calls) == 1

    async def configured() -> int:
        async with judge("http://127.0.0.1:9/v1") as one:
            assert isinstance(one._wire, Wire)
            return one._wire._client.max_retries

    assert asyncio.run(configured()) == 0


def test_waits_are_spread_over_the_whole_span() -> None:
    """Full jitter: workers that failed together do not come back together."""
    waits: list[float] = []

    async def run(url: str) -> None:
        for _ in range(60):
            clock = FakeClock()
            async with judge(url, clock=clock, limits=QUICK.model_copy(update={"attempts": 2})) as one:
                await one.ask(request())
            waits.extend(clock.slept)

    with scripted_server(lambda _body, _n: Answer(500, body={"error": {"message": "no"}})) as server:
        asyncio.run(run(server.url))
    assert len(waits) == 60
    assert 0 <= min(waits) < 0.2
    assert 0.8 < max(waits) <= 1
    assert 0.3 < statistics.mean(waits) < 0.7


def test_what_one_of_many_workers_is_told_holds_for_all_of_them() -> None:
    """Four in flight; the first is told to wait a minute: no request leaves before, whoever would send it."""
    clock = FakeClock()
    sent_at: list[float] = []
    told = threading.Event()

    def script(body: dict[str, Any], n: int) -> Answer:
        sent_at.append(clock.now)
        if n == 0:
            told.set()
            return Answer(429, {"retry-after": "60"}, {"error": {"message": "slowly"}})
        if n < 4:
            told.wait(2)
            return Answer(good_judge(body, n).status, body=good_judge(body, n).body, delay=0.1)
        return good_judge(body, n)

    async def run(url: str) -> list[JudgeReply | Ungraded]:
        limits = QUICK.model_copy(update={"concurrency": 4, "idle_seconds": 2, "total_seconds": 3})
        async with judge(url, clock=clock, limits=limits) as one:
            return list(await asyncio.gather(*(one.ask(request(f"Ответ {number}")) for number in range(12))))

    with scripted_server(script) as server:
        replies = asyncio.run(run(server.url))
    assert all(isinstance(reply, JudgeReply) for reply in replies)
    assert len(sent_at) == 13
    assert sorted(sent_at)[4] >= sent_at[0] + 60
