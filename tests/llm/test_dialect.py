"""A server that does not know a parameter is asked in simpler words, once found out for good."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import JudgeSpec
from pipeline.domain.grading import JudgeReply, Ungraded
from pipeline.errors import ConfigurationError, ProviderStopped
from pipeline.llm.dialect import SCHEMA_INTRODUCTION, Dialect, first_dialect, next_dialect
from pipeline.llm.words import ServerWords, server_words
from tests.llm.asking import SCHEMA, ask, judge, request
from tests.tools.scripted_server import Answer, completion, good_judge, scripted_server

REFUSALS = [
    (400, {"error": {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported"}}),
    (400, {"error": {"message": "'strict' is not permitted"}}),
    (404, {"error": {"message": "No endpoints found that can handle response_format"}}),
    (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format"], "msg": "Extra inputs"}]}),
    (422, {"detail": "extra fields not permitted"}),
]


@pytest.mark.parametrize(("status", "refusal"), REFUSALS)
def test_structured_outputs_step_down_and_the_judge_remembers(status: int, refusal: dict[str, Any]) -> None:
    def script(body: dict[str, Any], n: int) -> Answer:
        return Answer(status, {}, refusal) if "response_format" in body else good_judge(body, n)

    async def run(url: str) -> None:
        async with judge(url) as one:
            first, second = await one.ask(request()), await one.ask(request("Другой ответ, достаточно длинный"))
            assert isinstance(first, JudgeReply)
            assert isinstance(second, JudgeReply)
            assert json.loads(first.content)["level"] in {"0", "1"}
            assert one.dialect == Dialect(structured="none")

    with scripted_server(script) as server:
        asyncio.run(run(server.url))
    formats = [call.body.get("response_format", {}).get("type") for call in server.calls]
    assert formats == ["json_schema", "json_object", None, None]


def test_json_mode_is_kept_where_it_is_known() -> None:
    def script(body: dict[str, Any], n: int) -> Answer:
        if body.get("response_format", {}).get("type") == "json_schema":
            return Answer(400, body={"error": {"message": "json_schema is unknown here"}})
        return good_judge(body, n)

    with scripted_server(script) as server:
        assert isinstance(ask(server.url), JudgeReply)
    last = server.calls[-1].body
    assert last["response_format"] == {"type": "json_object"}
    said = last["messages"][-1]["content"]
    assert SCHEMA_INTRODUCTION in said
    assert json.loads(said.splitlines()[-1]) == SCHEMA


def test_many_workers_find_out_together() -> None:
    """Each worker that was refused tries the next dialect; none steps down twice for one refusal."""

    def script(body: dict[str, Any], n: int) -> Answer:
        if body.get("response_format", {}).get("type") == "json_schema":
            return Answer(400, body={"error": {"message": "json_schema is unknown here"}}, delay=0.02)
        return good_judge(body, n)

    async def run(url: str) -> list[object]:
        async with judge(url) as one:
            asked = [one.ask(request(f"Ответ номер {number}, достаточно длинный")) for number in range(8)]
            replies = list(await asyncio.gather(*asked))
            assert one.dialect.structured == "json_object"
            return replies

    with scripted_server(script) as server:
        assert all(isinstance(reply, JudgeReply) for reply in asyncio.run(run(server.url)))


def test_max_tokens_for_servers_that_know_only_that() -> None:
    def script(body: dict[str, Any], n: int) -> Answer:
        if "max_completion_tokens" in body:
            return Answer(400, body={"error": {"message": "Unrecognized request argument: max_completion_tokens"}})
        return good_judge(body, n)

    async def run(url: str) -> None:
        async with judge(url) as one:
            await one.ask(request())
            await one.ask(request("Второй ответ, тоже длинный"))

    with scripted_server(script) as server:
        asyncio.run(run(server.url))
    assert ["max_tokens" in call.body for call in server.calls] == [False, True, True]
    assert server.calls[1].body["max_tokens"] == 8000
    assert "response_format" in server.calls[1].body


def test_only_what_is_declared_is_sent() -> None:
    with scripted_server() as server:
        ask(server.url)
        ask(server.url, request(temperature=0, seed=7, max_output_tokens=500))
    bare, full = (call.body for call in server.calls)
    assert set(bare) == {"model", "messages", "max_completion_tokens", "response_format"}
    assert (full["temperature"], full["seed"], full["max_completion_tokens"]) == (0, 7, 500)
    assert bare["response_format"]["json_schema"] == {"name": "marks", "strict": True, "schema": SCHEMA}


@pytest.mark.parametrize("structured", ["json_object", "none"])
def test_a_declared_format_is_used_from_the_first_request(structured: str) -> None:
    with scripted_server() as server:
        ask(server.url, request(structured=structured))
    assert len(server.calls) == 1
    wanted = {"type": "json_object"} if structured == "json_object" else None
    assert server.calls[0].body.get("response_format") == wanted


def test_a_declared_format_that_is_refused_stops_with_the_key_to_change() -> None:
    refusal = Answer(400, body={"error": {"message": "response_format json_schema is not supported"}})
    with scripted_server(lambda _body, _n: refusal) as server, pytest.raises(ProviderStopped) as stopped:
        ask(server.url, request(structured="json_schema"))
    assert "structured" in stopped.value.where


def test_a_refused_temperature_names_the_line_to_remove() -> None:
    refusal = Answer(400, body={"error": {"message": "'temperature' does not support 0 with this model"}})
    with scripted_server(lambda _body, _n: refusal) as server, pytest.raises(ProviderStopped) as stopped:
        ask(server.url, request(temperature=0))
    assert stopped.value.remedy == "remove temperature from judges[0] in contest.yaml"
    assert len(server.calls) == 1


@given(text=st.text(max_size=300), auto=st.booleans())
@settings(max_examples=60, deadline=None)
def test_stepping_down_always_ends(*, text: str, auto: bool) -> None:
    """Whatever a server keeps saying, at most three steps are taken."""
    words = ServerWords(text=f"{text} response_format max_completion_tokens extra fields not permitted")
    dialect: Dialect | None = first_dialect("auto")
    steps = 0
    while dialect is not None and steps < 10:
        dialect, steps = next_dialect(dialect, words, auto=auto), steps + 1
    assert steps <= 4


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_as_words(body: bytes) -> None:
    assert server_words(body, request=request(), key="secret-key").show("HTTP 400").isprintable()


@pytest.mark.parametrize("address", ["localhost:8080/v1", "ftp://host/v1", "http://", "/v1", "http://[::1"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL"):
        judge(address)


@pytest.mark.parametrize("key", ["sk-with space inside", "sk-ключ", "sk-line\nbreak"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    from pipeline.llm.wire import checked_key

    with pytest.raises(ConfigurationError) as refused:
        checked_key(key, "local")
    assert key not in str(refused.value)
    assert "CASEJURY_LOCAL_API_KEY" in str(refused.value)
    assert checked_key(" sk-1\n", "local") == "sk-1"


def test_a_server_without_keys_needs_none() -> None:
    from pipeline.llm.judge import Judge
    from tests.llm.asking import QUICK

    async def run(url: str) -> JudgeReply | Ungraded:
        async with Judge(JudgeSpec(model="scripted-1"), base_url=url, api_key=None, limits=QUICK) as one:
            return await one.ask(request())

    with scripted_server(lambda _body, _n: Answer(body=completion("{}"))) as server:
        assert isinstance(asyncio.run(run(server.url)), JudgeReply)
