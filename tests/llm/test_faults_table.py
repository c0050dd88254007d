"""Every kind of bad reply and fault ends as documented: a reply, a reason or a stop, after few calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from pipeline.domain.grading import JudgeReply, Ungraded
from pipeline.errors import ProviderStopped
from pipeline.llm.judge import problem_of
from pipeline.llm.pacing import LONGEST_PAUSE
from tests.llm.asking import CANARY, KEY, FakeClock, ask, judge, nowhere, request
from tests.tools.fault_table import FAULTS, Fault
from tests.tools.scripted_server import Answer, completion, scripted_server

GOOD = json.dumps({"quote": CANARY, "level": "1"}, ensure_ascii=False)
WHOLE = json.dumps(completion(GOOD)).encode()


def error(status: int, message: str = "it did not work", **fields: Any) -> Answer:
    headers = fields.pop("headers", {})
    return Answer(status, headers, {"error": {"message": message, **fields}})


ROWS = [fault for fault in FAULTS if fault.group != "reply" or fault.ends != "invalid_reply"]
"""a reply whose content is unusable is still a reply here; what becomes of it is the batch's affair"""
CALLS = {fault.name: 1 if fault.repaired else fault.sent for fault in ROWS}


def ending(call: Callable[[], Any]) -> str:
    """One word for how it ended; what is neither value nor error of the program is its type's name."""
    try:
        outcome = call()
    except ProviderStopped as stopped:
        return f"stop: {stopped}"
    outcome = problem_of(outcome) or outcome if isinstance(outcome, JudgeReply) else outcome
    if isinstance(outcome, Ungraded):
        return outcome.reason
    return "reply" if isinstance(outcome, JudgeReply) else type(outcome).__name__


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_rule_1_every_fault_ends_as_a_reason_and_never_as_a_number(row: Fault) -> None:
    if not row.listening:
        assert ending(lambda: ask(nowhere())) == row.ends
        return
    with scripted_server(lambda body, _n: row.answer(body)) as server:
        ended = ending(lambda: ask(server.url))
        assert len(server.calls) == CALLS[row.name]
    if row.ends == "stop":
        assert ended.startswith("stop: ")
        assert row.says in ended
    else:
        assert ended == ("reply" if row.ends in {"graded", "differs"} else row.ends)


def test_retries_are_counted_as_sent() -> None:
    async def run(url: str) -> int:
        async with judge(url) as one:
            await one.ask(request())
            return one.sent

    with scripted_server(lambda _body, _n: error(500)) as server:
        assert asyncio.run(run(server.url)) == len(server.calls) == 3


@pytest.mark.parametrize("answer", [error(500), error(429), Answer(behaviour="reset"), Answer(body=WHOLE[:50])])
def test_a_passing_fault_is_got_over(answer: Answer) -> None:
    with scripted_server(lambda _body, n: answer if n < 2 else Answer(body=WHOLE)) as server:
        reply = ask(server.url)
        assert reply.content == GOOD
        assert len(server.calls) == 3


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ({"retry-after": "7"}, 7, 7 + 30),
        ({"retry-after-ms": "2500"}, 2.5, 2.5 + 30),
        ({"date": formatdate(5000, usegmt=True), "retry-after": formatdate(5040, usegmt=True)}, 40, 40 + 30),
        ({"retry-after": formatdate(1_800_001_000 + 50, usegmt=True)}, 50, 50 + 30),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "1m30s"}, 90, 90 + 30),
        ({}, 0, 30),
        ({"retry-after": "soon"}, 0, 30),
        ({"retry-after": "nan"}, 0, 30),
        ({"retry-after": "-5"}, 0, 30),
    ],
)
def test_the_server_says_how_long_to_wait(header: dict[str, str], least: float, most: float) -> None:
    clock = FakeClock()
    with scripted_server(lambda _body, n: error(429, headers=header) if n == 0 else Answer(body=WHOLE)) as server:
        assert isinstance(ask(server.url, clock=clock), JudgeReply)
    assert least <= sum(clock.slept) <= most + 1


def test_waits_grow_with_full_jitter_and_stay_bounded() -> None:
    clock = FakeClock()
    with scripted_server(lambda _body, _n: error(500)) as server:
        ask(server.url, clock=clock)
    assert len(clock.slept) == 2
    assert 0 <= clock.slept[0] <= 1
    assert 0 <= clock.slept[1] <= 2


def test_a_request_is_not_sent_again_after_a_quarter_of_an_hour() -> None:
    clock = FakeClock()
    answer = error(503, headers={"retry-after": str(LONGEST_PAUSE - 1)})
    with scripted_server(lambda _body, _n: answer) as server:
        assert ending(lambda: ask(server.url, clock=clock)) == "provider_error"
        assert len(server.calls) == 2


def test_what_a_reply_carries() -> None:
    """Content as sent, model, fingerprint, ids and the provider's own count of tokens."""
    body = completion(GOOD, model="someone-else")
    body["usage"]["prompt_tokens_details"] = {"cached_tokens": 1000}
    with scripted_server(lambda _body, _n: Answer(200, {"x-request-id": "req-1"}, body)) as server:
        reply = ask(server.url)
    assert (reply.content, reply.model, reply.fingerprint) == (GOOD, "someone-else", "fp_scripted")
    assert (reply.request_id, reply.finish_reason) == ("req-1", "stop")
    assert reply.usage.model_dump() == {"prompt": 1200, "completion": 300, "cached": 1000, "estimated": False}
    assert reply.received_at is not None


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": "x"}, [1]])
def test_a_missing_usage_is_an_estimate_that_says_so(usage: object) -> None:
    with scripted_server(lambda _body, _n: Answer(body={**completion(GOOD), "usage": usage})) as server:
        reply = ask(server.url)
    assert reply.usage.estimated
    assert reply.usage.prompt > 50
    assert reply.usage.completion == -(-len(GOOD.encode()) // 4)


def test_a_truncated_reply_keeps_its_content() -> None:
    with scripted_server(lambda _body, _n: Answer(body=completion(GOOD[:25], finish="length"))) as server:
        assert ask(server.url).content == GOOD[:25]


def test_what_no_database_holds_is_replaced() -> None:
    body = json.dumps(completion("a\ud800b\0c"))
    with scripted_server(lambda _body, _n: Answer(body=body)) as server:
        assert ask(server.url).content == "a\ufffdb\ufffdc"


ECHOES = [
    CANARY,
    f"invalid message: {CANARY}",
    json.dumps(f"upstream said: {CANARY}"),
    f"your key {KEY} and your words «{CANARY[10:40]}»",
    "x" * 5000,
]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 200])
@pytest.mark.parametrize("echo", ECHOES)
def test_rule_11_no_key_and_no_submission_in_errors_and_logs(
    status: int, echo: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever an error page repeats, at whatever log level."""
    caplog.set_level("DEBUG")
    body = {"error": {"message": echo, "code": KEY, "input": CANARY}, "detail": [{"msg": echo, "input": CANARY}]}
    headers = {"set-cookie": f"canary={KEY}", "x-echo": KEY}
    with scripted_server(lambda _body, _n: Answer(status, headers, body)) as server:
        try:
            said, cause = ask(server.url).detail, None
        except ProviderStopped as stopped:
            said, cause = str(stopped.message), stopped.__cause__ or stopped.__context__
    everything = said + caplog.text
    assert cause is None
    assert KEY.lower() not in everything.lower()
    assert not any(CANARY[place : place + 16] in everything for place in range(len(CANARY) - 15))
    assert len(said) <= 200


def test_rule_9_a_participants_words_in_an_error_do_not_stop_the_run() -> None:
    """A server that repeats the text must not be read as if it complained about the model or the quota."""
    text = "Ошибка: insufficient quota, model_not_found, temperature and response_format are not supported"
    with scripted_server(lambda _body, _n: error(400, f"cannot read: {text}")) as server:
        assert ending(lambda: ask(server.url, request(text))) == "provider_error"
        assert len(server.calls) == 1


def test_escape_sequences_of_a_server_do_not_reach_the_terminal() -> None:
    with scripted_server(lambda _body, _n: error(400, "red \x1b[31m alarm \u202e reversed")) as server:
        assert ask(server.url).detail.isprintable()
