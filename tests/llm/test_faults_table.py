"""Every kind of bad reply and fault ends as documented: a reply, a reason or a stop, after few calls."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, NamedTuple

import pytest

from pipeline.domain.grading import JudgeReply, Ungraded
from pipeline.errors import ProviderStopped
from pipeline.llm.judge import problem_of
from pipeline.llm.pacing import LONGEST_PAUSE
from tests.llm.asking import CANARY, KEY, FakeClock, ask, judge, request
from tests.tools.scripted_server import Answer, completion, scripted_server

GOOD = json.dumps({"quote": CANARY, "level": "1"}, ensure_ascii=False)
WHOLE = json.dumps(completion(GOOD)).encode()


def error(status: int, message: str = "it did not work", **fields: Any) -> Answer:
    headers = fields.pop("headers", {})
    return Answer(status, headers, {"error": {"message": message, **fields}})


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in completion(GOOD).items() if name not in names}


class Row(NamedTuple):
    """A fault, what `ask` (and then `problem_of`) makes of it, and how many calls it may cost."""

    name: str
    answer: Answer
    outcome: str
    calls: int


ROWS = [
    Row("400 without a reason", error(400), "provider_error", 1),
    Row(
        "400 context length", error(400, "maximum context length is 100", code="context_length_exceeded"), "too_long", 1
    ),
    Row("400 content policy", error(400, "blocked", code="content_filter"), "refused", 1),
    Row("400 temperature", error(400, "Unsupported value", param="temperature"), "stop: remove temperature", 1),
    Row("400 unknown model", error(400, "The model `scripted-1` does not exist"), "stop: does not serve", 1),
    Row("400 too many output tokens", error(400, "max_tokens is too large: 8000"), "stop: lower max_output_tokens", 1),
    Row("401", error(401, f"Incorrect API key provided: {KEY}"), "stop: key", 1),
    Row("402", error(402, "pay first"), "stop: quota", 1),
    Row("403", error(403, "not for you"), "stop: key may use", 1),
    Row("403 moderation", error(403, "your input was flagged"), "refused", 1),
    Row("404 model", error(404, "no such model", code="model_not_found"), "stop: does not serve", 1),
    Row("404 something", error(404, "nothing here"), "provider_error", 1),
    Row("404 no such address", Answer(404, body={"detail": "Not Found"}), "stop: /v1", 1),
    Row("408", error(408), "timeout", 3),
    Row("409", error(409), "provider_error", 3),
    Row("413", error(413), "too_long", 1),
    Row("422", Answer(422, body={"detail": [{"loc": ["body", "n"], "msg": "bad"}]}), "provider_error", 1),
    Row("429 in seconds", error(429, headers={"retry-after": "7"}), "rate_limited", 3),
    Row("429 in milliseconds", error(429, headers={"retry-after-ms": "1500"}), "rate_limited", 3),
    Row("429 without a time", error(429), "rate_limited", 3),
    Row("429 with an absurd time", error(429, headers={"retry-after": "86400"}), "rate_limited", 1),
    Row("429 quota", error(429, "no more", code="insufficient_quota"), "stop: quota", 1),
    Row("429 one request too large", error(429, "Request too large: limit 3000, requested 9000"), "too_long", 1),
    Row("500", error(500), "provider_error", 3),
    Row("501", error(501), "provider_error", 1),
    Row("502 a page", Answer(502, {"content-type": "text/html"}, "<html>bad gateway</html>"), "provider_error", 3),
    Row("503", error(503, headers={"retry-after": "2"}), "provider_error", 3),
    Row("504", error(504), "timeout", 3),
    Row("529", error(529, "overloaded"), "provider_error", 3),
    Row(
        "307 to another host", Answer(307, {"location": "http://127.0.0.1:9/v1/chat/completions"}), "stop: redirect", 1
    ),
    Row("reset before headers", Answer(behaviour="reset"), "unreachable", 3),
    Row("reset in the body", Answer(chunks=[WHOLE[:40]], behaviour="reset_mid_body"), "unreachable", 3),
    Row("slow headers", Answer(body=WHOLE, delay=1), "timeout", 3),
    Row("stalled body", Answer(chunks=[WHOLE[:40]], behaviour="stall"), "timeout", 3),
    Row("dripping body", Answer(chunks=[b" "] * 30, pause=0.05), "timeout", 3),
    Row("truncated JSON", Answer(body=WHOLE[:-30]), "provider_error", 3),
    Row("invalid JSON", Answer(body="{'choices': []}"), "provider_error", 3),
    Row("nested without end", Answer(body="[" * 100_000), "provider_error", 3),
    Row("JSON, no completion", Answer(body="[1, 2]"), "provider_error", 1),
    Row("a web page", Answer(200, {"content-type": "text/html"}, "<html>log in</html>"), "provider_error", 1),
    Row("an event stream", Answer(200, {"content-type": "text/event-stream"}, "data: {}"), "provider_error", 1),
    Row("empty body", Answer(body=b""), "provider_error", 3),
    Row("damaged gzip", Answer(200, {"content-encoding": "gzip"}, WHOLE), "provider_error", 3),
    Row("invalid UTF-8", Answer(body=WHOLE.replace(b"chatcmpl", b"\xff\xfe")), "provider_error", 3),
    Row("huge reply", Answer(chunks=[b" " * 1_000_000] * 50), "provider_error", 1),
    Row("error in a 200", Answer(body={"error": {"message": "oops"}}), "provider_error", 3),
    Row("429 in a 200", Answer(body={"error": {"message": "slowly", "code": 429}}), "rate_limited", 3),
    Row("quota in a 200", Answer(body={"error": {"message": "out of credits", "code": 402}}), "stop: quota", 1),
    Row("no choices", Answer(body={**without("choices"), "choices": []}), "empty_reply", 1),
    Row("choices missing", Answer(body=without("choices")), "empty_reply", 1),
    Row("null content", Answer(body=completion(None)), "empty_reply", 1),
    Row("blank content", Answer(body=completion(" \n ")), "empty_reply", 1),
    Row("refusal", Answer(body=completion(None, refusal="I cannot help with that")), "refused", 1),
    Row("content filter", Answer(body=completion("", finish="content_filter")), "refused", 1),
    Row("length", Answer(body=completion(GOOD[:9], finish="length")), "truncated", 1),
    Row("tool call", Answer(body=completion(None, finish="tool_calls", tool_calls=[{"id": "a"}])), "empty_reply", 1),
    Row("another model", Answer(body=completion(GOOD, model="someone-else")), "reply", 1),
    Row("no usage", Answer(body=without("usage")), "reply", 1),
    Row("no finish reason", Answer(body=completion(GOOD, finish="")), "reply", 1),
    Row("content in parts", Answer(body=completion([{"type": "text", "text": GOOD}])), "reply", 1),
    Row("JSON under another type", Answer(200, {"content-type": "text/plain"}, WHOLE), "reply", 1),
    Row("good", Answer(body=WHOLE), "reply", 1),
]


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
def test_rule_1_every_fault_ends_as_a_reason_and_never_as_a_number(row: Row) -> None:
    with scripted_server(lambda _body, _n: row.answer) as server:
        ended = ending(lambda: ask(server.url))
        assert len(server.calls) == row.calls
    if row.outcome.startswith("stop: "):
        assert ended.startswith("stop: ")
        assert row.outcome.removeprefix("stop: ") in ended
    else:
        assert ended == row.outcome


def test_retries_are_counted_as_sent() -> None:
    async def run(url: str) -> int:
        async with judge(url) as one:
            await one.ask(request())
            return one.sent

    with scripted_server(lambda _body, _n: error(500)) as server:
        assert asyncio.run(run(server.url)) == len(server.calls) == 3


def test_the_table_holds_at_least_thirty_kinds() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 30


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    assert ending(lambda: ask(url)) == "unreachable"


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
