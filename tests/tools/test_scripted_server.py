"""The tests' own server can be relied on: its log, and the good judge's replies."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from pipeline.domain.grading import Grading
from pipeline.domain.reply import parse_reply, reply_schema
from pipeline.domain.rubric import Rubric
from tests.tools.scripted_server import good_reply, scripted_server

NONCE = "00112233445566778899aabbccddeeff"
LINES = [f"Строка номер {word} отвечает на вопрос клиента" for word in ("один", "два", "три", "четыре")]
STRING = {"type": "string"}
NULLABLE = {"type": ["string", "null"]}


def form(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMA = form(
    content_match=form(verdict={"type": "string", "enum": ["yes", "no", "unsure"]}, quote=STRING),
    criteria=form(
        phrases=form(items={"type": "array", "items": form(quote=STRING, why=STRING)}, cannot_assess=NULLABLE),
        tone=form(
            evidence={"type": "array", "items": STRING},
            rationale=STRING,
            level={"anyOf": [{"type": "string", "enum": ["0", "1", "2"]}, {"type": "null"}]},
            cannot_assess=NULLABLE,
        ),
        harm=form(
            evidence={"type": "array", "items": STRING},
            rationale=STRING,
            **{"is": {"type": ["boolean", "null"]}},
            cannot_assess=NULLABLE,
        ),
    ),
    addresses_grader={"type": "array", "items": STRING},
    feedback=STRING,
)


def body(salt: str = "") -> dict[str, Any]:
    fenced = "\n".join(f"{NONCE}| {line}" for line in [*LINES, "", "да"])
    return {
        "model": "scripted-1",
        "messages": [{"role": "system", "content": salt}, {"role": "user", "content": f"Answer:\n{fenced}\nEnd."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "marks", "schema": SCHEMA}},
    }


def test_the_good_judge_quotes_distinct_real_lines_and_fills_the_whole_form_in() -> None:
    for salt in "abcdefgh":
        reply = good_reply(body(salt))
        assert reply == good_reply(body(salt))
        assert list(reply) == ["content_match", "criteria", "addresses_grader", "feedback"]
        assert reply["content_match"]["verdict"] == "yes"
        quotes = [item["quote"] for item in reply["criteria"]["phrases"]["items"]]
        assert 2 <= len(quotes) == len(set(quotes))
        assert {*quotes, reply["content_match"]["quote"], *reply["criteria"]["tone"]["evidence"]} <= set(LINES)
        assert reply["criteria"]["tone"]["level"] in {"0", "1", "2"}
        assert reply["criteria"]["tone"]["cannot_assess"] is None
        assert reply["criteria"]["harm"]["is"] is bool(reply["criteria"]["harm"]["evidence"])
        assert reply["addresses_grader"] == []


def test_levels_differ_between_requests() -> None:
    assert len({good_reply(body(str(salt)))["criteria"]["tone"]["level"] for salt in range(40)}) == 3


def test_its_replies_are_whole_gradings() -> None:
    rubric = Rubric.model_validate(
        {
            "case": 3,
            "criteria": [
                {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "calms", "at_least": 2},
                {"id": "tone", "kind": "level", "title": "Tone", "levels": {0: "rude", 1: "even", 2: "warm"}},
                {"id": "harm", "kind": "check", "title": "Harm"},
                {"id": "overall", "kind": "level", "title": "Overall", "levels": {0: "no", 1: "some", 2: "all"}},
            ],
            "guards": {"from": "overall"},
        }
    )
    for salt in "abcd":
        sent = body(salt)
        sent["response_format"]["json_schema"]["schema"] = reply_schema(rubric)
        assert isinstance(parse_reply(json.dumps(good_reply(sent)), rubric), Grading)


def post(url: str, sent: dict[str, Any]) -> Any:
    asked = urllib.request.Request(f"{url}/chat/completions", json.dumps(sent).encode())  # noqa: S310 - loopback
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def test_in_process_calls_are_kept_and_logged(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with scripted_server(log=log) as server:
        reply = post(server.url, body())
        post(server.url, body())
        assert json.loads(reply["choices"][0]["message"]["content"]) == good_reply(body())
        assert [call.n for call in server.calls] == [0, 1]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["n"] for line in lines] == [0, 1]
    assert lines[0]["body_sha256"] == lines[1]["body_sha256"]


def test_as_a_process_it_prints_its_url_and_its_log_outlives_a_kill(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    file = Path(__file__).with_name("scripted_server.py")
    command = [sys.executable, str(file), "--port", "0", "--log", str(log), "--delay", "0.01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            post(url, body())
        finally:
            process.kill()
    assert json.loads(log.read_text(encoding="utf-8"))["body"] == body()
