"""What `doctor` learns about an endpoint."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Sequence

from pipeline.llm.probe import Check, probe
from tests.llm.asking import judge
from tests.tools.scripted_server import Answer, Script, completion, scripted_server

FITTING = Answer(body=completion(json.dumps({"colour": "green", "letters": 5})))


def checks(script: Script, listed: Sequence[str] = ("scripted-1", "other")) -> dict[str, Check]:
    async def run(url: str) -> tuple[Check, ...]:
        async with judge(url) as one:
            return await probe(one)

    with scripted_server(script, listed=listed) as server:
        return {check.name: check for check in asyncio.run(run(server.url))}


def test_a_good_endpoint() -> None:
    found = checks(lambda _body, _n: FITTING)
    assert list(found) == ["endpoint", "model", "schema"]
    assert all(check.ok for check in found.values())
    assert "json_schema" in found["schema"].detail


def test_a_model_that_is_not_listed() -> None:
    found = checks(lambda _body, _n: FITTING, ["other"])
    assert not found["model"].ok
    assert "scripted-1" in found["model"].detail


def test_an_endpoint_that_lists_no_models_is_asked_all_the_same() -> None:
    found = checks(lambda _body, _n: FITTING, [])
    assert found["model"].ok
    assert found["schema"].ok


def test_a_model_that_does_not_obey() -> None:
    for content in ("The grass is green.", '{"colour": "blue", "letters": 4}', '{"colour": "green", "letters": true}'):
        answer = Answer(body=completion(content))
        assert not checks(lambda _body, _n, answer=answer: answer)["schema"].ok


def test_a_truncated_or_failing_reply_is_told_with_its_reason() -> None:
    assert "truncated" in checks(lambda _body, _n: Answer(body=completion("{", finish="length")))["schema"].detail
    refused = checks(lambda _body, _n: Answer(401, body={"error": {"message": "who are you"}}))["schema"]
    assert not refused.ok
    assert "OPENAI_API_KEY" in refused.detail


def test_an_endpoint_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> tuple[Check, ...]:
        async with judge(f"http://user:secret@127.0.0.1:{port}/v1") as one:
            return await probe(one)

    (only,) = asyncio.run(run())
    assert (only.name, only.ok) == ("endpoint", False)
    assert "secret" not in only.detail
