"""Every kind of bad reply and fault through a whole `grade`: a referral or a clean stop, never a number."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.decision import Referred
from tests.tools.contest import KEY, casejury, ingested, opened, said, steady_reply, write_contest
from tests.tools.fault_table import FAULTS, Fault
from tests.tools.scripted_server import Answer, Json, completion, scripted_server

ROWS = [
    fault for fault in FAULTS if fault.ends not in {"graded", "differs", "stop"} and not fault.waits and fault.listening
]
"""what one item can meet without holding up the others; tests/acceptance has each fault alone and with retries"""
STOPS = [fault for fault in FAULTS if fault.ends == "stop"]


def text_of(number: int) -> str:
    word = f"{number:03d}".translate(str.maketrans("0123456789", "abcdefghij"))
    return f"This is the answer named {word}.\nI would call the customer back at once."


def number_of(body: Json) -> int:
    """Which of the answers a request is about; a repair's too."""
    found = re.search(r"answer named ([a-j]{3})\.", str(body["messages"][1]["content"]))
    assert found
    return int(found[1].translate(str.maketrans("abcdefghij", "0123456789")))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One run over a submission for each fault: its summary, and per row its requests, replies and outcome."""
    posts = [(f"p{n}", f"e{n}", 2, "2026-12-11T10:00:00+03:00", text_of(n)) for n in range(len(ROWS) + 1)]
    root = ingested(write_contest(tmp_path_factory.mktemp("faults"), posts, attempts=1, idle=1, total=3))

    def script(body: Json, _n: int) -> Answer:
        n = number_of(body)
        return ROWS[n].answer(body) if n < len(ROWS) else Answer(body=said(steady_reply(body)))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 20, server=server.url)
        sent = [call.body for call in server.calls]
    with opened(root) as store:
        numbers = {s.id: int(s.source.rpartition("#p")[2]) for s in store.submissions()}
        outcomes = {numbers[record.submission]: record for record in store.outcomes()}
        replies = {n: store.replies(record.key) for n, record in outcomes.items()}
        keys = store.known_keys()
    listed = casejury(root, "status", "--list", "--json").json["submissions"]
    rows = {numbers[row["id"]]: row for row in listed}
    return {"ran": ran, "sent": sent, "outcomes": outcomes, "replies": replies, "keys": keys, "rows": rows}


def test_the_table_holds_more_than_thirty_kinds() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40


@pytest.mark.parametrize("n", range(len(ROWS)), ids=[row.name for row in ROWS])
def test_rule_1_a_bad_reply_ends_as_a_referral_without_a_number(graded: Any, n: int) -> None:
    """One repair at most; what came is kept as it came."""
    row, record = ROWS[n], graded["outcomes"][n]
    assert isinstance(record.outcome, Referred)
    assert [reason.code for reason in record.outcome.reasons] == [f"ungraded_{row.ends}"]
    assert record.outcome.guards is None
    assert record.verification is None
    assert record.key not in graded["keys"]
    assert graded["rows"][n]["guards"] is None
    assert sum(number_of(body) == n for body in graded["sent"]) == 1 + row.repaired
    kept = graded["replies"][n]
    assert [reply.purpose for reply in kept] == ["grade", "repair"] * row.repaired


def test_the_run_itself_ends_well_and_counts_them(graded: Any) -> None:
    """Referrals are no failure of the run."""
    assert graded["ran"].code == 0
    run = graded["ran"].json["run"]
    assert sum(run["ungraded"].values()) == len(ROWS)
    assert run["graded"] == 1
    assert run["spent"]["requests"] == len(graded["sent"])
    assert graded["rows"][len(ROWS)]["state"] == "suggested"
    assert "guards" not in json.dumps(graded["ran"].json["run"])


def test_the_raw_reply_is_kept_as_it_came(graded: Any) -> None:
    word = next(n for n, row in enumerate(ROWS) if row.name == "a word")
    assert [reply.reply.content for reply in graded["replies"][word]] == ["Excellent! Three guards."] * 2


def test_a_repair_says_what_was_wrong_and_repeats_the_whole_conversation(graded: Any) -> None:
    bonus = next(n for n, row in enumerate(ROWS) if row.name == "the id of another criterion")
    first, second = [body for body in graded["sent"] if number_of(body) == bonus]
    assert second["messages"][:2] == first["messages"]
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "user"]
    assert "bonus" in second["messages"][3]["content"]


def test_a_repaired_reply_counts(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, _n: int) -> Answer:
        repair = len(body["messages"]) > 2
        return Answer(body=said(steady_reply(body)) if repair else completion("not yet"))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", server=server.url).json
        assert len(server.calls) == 10
    assert (ran["run"]["graded"], ran["run"]["repaired"]) == (5, 5)
    assert ran["state"]["suggested"] == {"2": 5}


@pytest.mark.parametrize("row", STOPS, ids=[row.name for row in STOPS])
def test_rule_1_what_every_request_would_meet_stops_the_run_and_keeps_what_there_is(tmp_path: Path, row: Fault) -> None:
    """Exit code 4; the first answers are graded, nobody else is marked in any way, and the next run goes on."""
    root = ingested(write_contest(tmp_path))
    stopping = True

    def script(body: Json, n: int) -> Answer:
        return row.answer(body) if stopping and n >= 2 else Answer(body=said(steady_reply(body)))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert ran.code == 4
        assert len(ran.err.splitlines()) == 1
        assert row.says in ran.err
        assert ran.json["error"]["exit_code"] == 4
        assert ran.json["state"]["suggested"] == {"2": 2}
        assert ran.json["state"]["pending"] == 3
        assert KEY not in ran.out + ran.err
        stopping = False
        after = casejury(root, "grade", "--json", server=server.url)
    assert (after.code, after.json["run"]["graded"], after.json["run"]["already_graded"]) == (0, 3, 2)


def test_a_provider_that_asks_for_a_day_is_not_asked_again(tmp_path: Path) -> None:
    """The gate is closed for all; each submission is referred with the reason and tried again on the next run."""
    root = ingested(write_contest(tmp_path))
    with scripted_server(lambda _body, _n: Answer(429, {"retry-after": "86400"})) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert len(server.calls) == 1
    assert (ran.code, ran.json["run"]["ungraded"]) == (0, {"rate_limited": 5})
    assert casejury(root, "grade", "--dry-run", "--json").json["retried"] == 5
