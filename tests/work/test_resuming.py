"""What was stored is not asked again: replies without a grading are taken up, interrupted runs go on (rule 5)."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipeline.domain.grading import JudgeReply, JudgeRequest, Usage
from pipeline.domain.ids import content_id
from pipeline.llm.prompts import Prompts
from pipeline.store.records import ReplyRecord
from pipeline.work.grading_run import proposal_request
from pipeline.work.items import prepare
from pipeline.workspace.load import open_workspace
from tests.tools.contest import (
    AT,
    casejury,
    command,
    environment,
    ingested,
    opened,
    said,
    steady_judge,
    steady_reply,
    write_contest,
)
from tests.tools.scripted_server import Answer, Json, completion, scripted_server


def requests_of(root: Path) -> list[JudgeRequest]:
    """What a run over the workspace would send, in its order."""
    workspace = open_workspace(root)
    judge = workspace.contest.judges[0]
    prompts = Prompts(workspace.contest, workspace.guidelines, workspace.prompts_dir)
    with opened(root) as store:
        items = prepare(store.submissions(), workspace, prompts, judge)
    return [prompts.grade(i.case, i.rubric, i.sent.text, judge) for i in items if i.case and i.rubric and i.sent]


def as_body(request: JudgeRequest) -> Json:
    """Enough of what would be sent for the scripted judge to answer."""
    return {
        "messages": [message.model_dump() for message in request.messages],
        "response_format": {"type": "json_schema", "json_schema": {"schema": request.reply_schema}},
    }


def stored(request: JudgeRequest, content: str, *, attempt: int = 1) -> ReplyRecord:
    """A raw reply as a run stores it before it parses."""
    return ReplyRecord(
        key=request.key,
        purpose="grade" if attempt == 1 else "repair",
        attempt=attempt,
        request=content_id(request),
        reply=JudgeReply(content=content, finish_reason="stop", model="scripted-1", usage=Usage(prompt=9)),
        at=AT,
        run="earlier",
    )


def test_rule_5_a_stored_reply_that_nobody_parsed_is_not_asked_again(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    first, *_ = requests_of(root)
    with opened(root) as store:
        store.commit([stored(first, json.dumps(steady_reply(as_body(first))))])
    with scripted_server(steady_judge) as server:
        run = casejury(root, "grade", "--json", server=server.url).json["run"]
        asked = [call.body["messages"][1]["content"] for call in server.calls]
    assert (run["graded"], run["resumed"], len(asked)) == (5, 1, 4)
    assert first.messages[1].content not in asked
    with opened(root) as store:
        assert store.attempts([first.key]) == {first.key: 1}


def test_rule_5_a_stored_unusable_reply_is_followed_by_its_repair_only(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    first, second, *_ = requests_of(root)
    with opened(root) as store:
        store.commit([stored(first, "no JSON")])
        store.commit([stored(second, "no JSON"), stored(second, "none again", attempt=2)])
    with scripted_server(steady_judge) as server:
        run = casejury(root, "grade", "--json", server=server.url).json["run"]
        shapes = [[message["role"] for message in call.body["messages"]] for call in server.calls]
    assert shapes.count(["system", "user", "assistant", "user"]) == 1
    assert len(shapes) == 4, "three first requests and one repair; for the second everything was stored"
    assert (run["graded"], run["ungraded"], run["resumed"]) == (4, {"invalid_reply": 1}, 2)


def test_rule_5_a_failure_that_was_noted_is_asked_anew(tmp_path: Path) -> None:
    """Only a reply that nothing was made of is taken up; the next run asks again after a failure."""
    root = ingested(write_contest(tmp_path))
    good = False

    def script(body: Json, n: int) -> Answer:
        return steady_judge(body, n) if good else Answer(body=completion("no JSON"))

    with scripted_server(script) as server:
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["ungraded"] == {"invalid_reply": 5}
        assert len(server.calls) == 10
        good = True
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["graded"] == 5
        assert len(server.calls) == 15


NUMBERLESS = [
    ("p1", "ann", "", "2026-12-11T10:00:00+03:00", "I cancel the second bill and write to the customer."),
    ("p2", "bob", "", "2026-12-11T10:00:00+03:00", "I explain the contract and what we owe the customer."),
]


def proposals_of(root: Path) -> list[JudgeRequest]:
    workspace = open_workspace(root)
    prompts = Prompts(workspace.contest, workspace.guidelines, workspace.prompts_dir)
    with opened(root) as store:
        found = [proposal_request(submission, workspace, prompts) for submission in store.submissions()]
    return [request for request in found if request is not None]


def test_rule_5_a_stored_proposal_that_nobody_parsed_is_not_asked_again(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, NUMBERLESS))
    first, second = proposals_of(root)
    reply = json.dumps({"reason": "It speaks of bills.", "case": "3"})
    with opened(root) as store:
        store.commit([stored(first, reply).model_copy(update={"purpose": "case"})])
    with scripted_server() as server:
        run = casejury(root, "grade", "--json", server=server.url).json["run"]
        assert [call.body["messages"][1]["content"] for call in server.calls] == [second.messages[1].content]
        assert run["proposals"] == 2
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["proposals"] == 0
        assert len(server.calls) == 1
    with opened(root) as store:
        assert store.proposals([first.key])[first.key].proposal.case == 3


def test_a_proposal_that_failed_is_asked_anew_by_the_next_run(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, NUMBERLESS[:1]))
    with scripted_server(lambda _body, _n: Answer(body=completion("three"))) as server:
        for calls in (2, 4):
            ran = casejury(root, "grade", "--json", server=server.url)
            assert (ran.code, ran.json["run"]["proposals"], len(server.calls)) == (0, 0, calls)
    with opened(root) as store:
        assert store.open_replies() == []
    assert casejury(root, "status", "--json").json["state"]["ineligible_by"] == {"no_case_number": 1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stores_what_is_in_flight_and_the_next_one_completes(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Exit code 130, one line with the way on, and no request is repeated."""
    posts = [
        (f"p{n}", f"e{n}", 2, "2026-12-11T10:00:00+03:00", f"I answer the customer as {'x' * n} would.\nAnd call.")
        for n in range(1, 41)
    ]
    root = ingested(write_contest(tmp_path, posts))

    def script(body: Json, _n: int) -> Answer:
        return Answer(body=said(steady_reply(body)), delay=0.3)

    with scripted_server(script) as server:
        with subprocess.Popen(
            command(root, "grade", "--json"),
            env=environment(server.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as running:
            while len(server.calls) < 6:
                time.sleep(0.02)
                assert running.poll() is None
            running.send_signal(number)
            out, err = running.communicate(timeout=30)
        sent = len(server.calls)
        told = json.loads(out)
        assert running.returncode == 130
        assert told["error"]["exit_code"] == 130
        assert told["run"]["graded"] == sent < 40
        assert "run the same command again" in err
        after = casejury(root, "grade", "--json", server=server.url)
        assert (after.code, after.json["run"]["graded"], after.json["run"]["already_graded"]) == (0, 40 - sent, sent)
        assert len(server.calls) == 40


def test_an_interrupted_run_does_not_wait_for_the_pause_that_the_provider_asked_for(tmp_path: Path) -> None:
    """And sends nothing after it: what waited for its next try is asked anew by the next run."""
    root = ingested(write_contest(tmp_path))
    refusal = Answer(429, {"retry-after": "120"}, {"error": {"message": "slowly"}})
    with (
        scripted_server(lambda _body, _n: refusal) as server,
        subprocess.Popen(
            command(root, "grade", "--json"),
            env=environment(server.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as running,
    ):
        while len(server.calls) < 1:
            time.sleep(0.02)
            assert running.poll() is None
        time.sleep(0.3)
        sent = len(server.calls)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=20)
        assert len(server.calls) == sent
    assert running.returncode == 130
    told = json.loads(out)
    assert (told["run"]["ungraded"], told["run"]["spent"]["requests"]) == ({}, sent)
    assert told["state"]["pending"] == 5


def test_a_second_signal_ends_at_once_with_the_same_exit_code(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, _n: int) -> Answer:
        return Answer(body=said(steady_reply(body)), delay=20)

    with (
        scripted_server(script) as server,
        subprocess.Popen(
            command(root, "grade", "--json"),
            env=environment(server.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as running,
    ):
        while len(server.calls) < 3:
            time.sleep(0.02)
            assert running.poll() is None
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert running.poll() is None, "the first one waits for what is in flight"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
        assert time.monotonic() - began < 15
    assert running.returncode == 130
    assert json.loads(out)["run"]["graded"] == 0
    assert "Traceback" not in err
