"""A run never spends more than its budget: each call is reserved before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Budget, Price
from pipeline.domain.grading import Usage
from pipeline.work.budget import Purse
from tests.tools.contest import casejury, ingested, steady_judge, write_contest, write_settings
from tests.tools.scripted_server import Answer, Json, scripted_server

CALLS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1), st.booleans(), st.booleans()), max_size=60
)


@given(
    calls=CALLS,
    requests=st.none() | st.integers(0, 30),
    tokens=st.none() | st.integers(0, 9000),
    money=st.none() | st.floats(0, 5),
)
@settings(max_examples=200, deadline=None)
def test_nothing_is_spent_beyond_the_budget(
    calls: list[tuple[int, int, float, bool, bool]], requests: int | None, tokens: int | None, money: float | None
) -> None:
    """With calls in flight, answers smaller than reserved, and calls that failed."""
    purse = Purse(Budget(requests=requests, tokens=tokens, money=money), Price(input=300, output=900))
    in_flight: list[tuple[int, int, float, bool]] = []

    def settle() -> None:
        prompt, completion, share, answered = in_flight.pop(0)
        used = Usage(prompt=int(prompt * share), completion=int(completion * share)) if answered else None
        purse.settle(prompt, completion, used)

    for prompt, completion, share, answered, now in calls:
        if purse.reserve(prompt, completion):
            in_flight.append((prompt, completion, share, answered))
        if now and in_flight:
            settle()
    while in_flight:
        settle()
    assert requests is None or purse.requests <= requests
    assert tokens is None or purse.tokens <= tokens
    assert money is None or (purse.money or 0) <= money + 1e-9


def test_what_is_given_back_can_be_spent_again() -> None:
    purse = Purse(Budget(requests=None, tokens=1000))
    assert purse.reserve(600, 300)
    assert not purse.reserve(50, 100)
    purse.settle(600, 300, Usage(prompt=400, completion=50))
    assert purse.reserve(50, 100)
    assert (purse.tokens, purse.requests, purse.refused) == (450, 2, 1)


def test_money_is_unknown_without_a_price() -> None:
    assert Purse(Budget()).money is None
    assert Purse(Budget(), Price(input=1, output=2)).money == 0


@pytest.mark.parametrize("requests", [0, 1, 3])
def test_a_run_ends_with_its_budget_and_the_next_goes_on(tmp_path: Path, requests: int) -> None:
    """Exit code 5; exactly so many requests; what they gave is kept; what is left is not marked in any way."""
    root = ingested(write_contest(tmp_path, requests=requests))
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", "--json", server=server.url)
        assert len(server.calls) == ran.json["run"]["spent"]["requests"] == requests
        assert ran.code == ran.json["error"]["exit_code"] == 5
        assert "contest.yaml: budget" in ran.err
        assert len(ran.err.splitlines()) == 1
        assert ran.json["state"]["pending"] == 5 - requests
        assert sum(ran.json["state"]["suggested"].values()) == requests
        write_settings(root, requests=2000)
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["graded"] == 5 - requests


def test_a_request_that_could_exceed_the_tokens_is_not_sent(tmp_path: Path) -> None:
    """The upper bound of one request is more than what is left, although the answers so far were small."""
    root = ingested(write_contest(tmp_path))
    plan = casejury(root, "grade", "--dry-run", "--json").json["tokens_upper_bound"]
    largest = (plan["prompt"] + plan["completion"]) // 5
    write_settings(root, tokens=largest + 3000)
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert ran.code == 5
        assert 1 <= len(server.calls) < 5
        spent = ran.json["run"]["spent"]
    assert spent["prompt_tokens"] + spent["completion_tokens"] <= largest + 3000


def test_the_plan_shows_what_a_run_may_cost_and_sends_nothing(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as server:
        plan = casejury(root, "grade", "--dry-run", "--json", server=server.url).json
        assert server.calls == []
        run = casejury(root, "grade", "--json", server=server.url).json["run"]["spent"]
        sizes = [len(str(call.body["messages"]).encode()) for call in server.calls]
    assert plan["requests"] == plan["gradings"] == 5
    assert plan["tokens_upper_bound"]["prompt"] >= max(run["prompt_tokens"], sum(sizes) // 4)
    assert plan["tokens_upper_bound"]["completion"] >= run["completion_tokens"]


def test_retries_count_against_the_requests(tmp_path: Path) -> None:
    """Every sending is one: a server that fails each of them does not get more than the budget."""
    root = ingested(write_contest(tmp_path, requests=3, attempts=5))
    with scripted_server(lambda _body, _n: Answer(500, body={"error": {"message": "no"}})) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert ran.code == 5
        assert len(server.calls) == ran.json["run"]["spent"]["requests"] == 3
    assert ran.json["state"]["pending"] == 5, "what was not asked to its end has not failed"


def test_tokens_that_others_reserved_and_do_not_use_are_waited_for(tmp_path: Path) -> None:
    """The budget holds all answers, but not the upper bounds of two at once."""
    root = ingested(write_contest(tmp_path))
    plan = casejury(root, "grade", "--dry-run", "--json").json["tokens_upper_bound"]
    write_settings(root, tokens=(plan["prompt"] + plan["completion"]) // 5 + 6000)

    def script(body: Json, n: int) -> Answer:
        made = steady_judge(body, n)
        assert isinstance(made.body, dict)
        usage = {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200}
        return Answer(body={**made.body, "usage": usage}, delay=0.05)

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 4, server=server.url)
    assert ran.code == 0, ran.err
    assert ran.json["run"]["graded"] == 5
