"""Every provider fault of docs/faults.md through the command: item, run, words, exit code, number of requests, waits.

The faults' rows are also what that page is generated from.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.llm import judge
from pipeline.llm.judge import GIVE_UP_AFTER
from pipeline.llm.pacing import LONGEST_PAUSE
from tests.llm.asking import FakeClock, nowhere
from tests.tools.contest import KEY, Ran, casejury, ingested, opened, steady_judge, write_contest
from tests.tools.fault_table import ATTEMPTS, FAULTS, Fault
from tests.tools.scripted_server import Answer, Json, scripted_server

pytestmark = pytest.mark.slow

POSTS = [
    ("p0", "ann", 2, "2026-12-11T10:00:00+03:00", "This one is unlucky.\nI would call the customer back at once."),
    ("p1", "bob", 2, "2026-12-11T10:00:00+03:00", "This one goes well.\nI would call the customer back at once."),
]
TOTAL = 1.5


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("matrix") / "contest"
    return ingested(write_contest(root, POSTS, attempts=ATTEMPTS, idle=1, total=TOTAL))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The command waits in no time, and what it would have waited is known."""
    clock = FakeClock()
    monkeypatch.setattr(judge, "SystemClock", lambda: clock)
    return clock


def unlucky(body: Json) -> bool:
    return "This one is unlucky" in str(body["messages"][1]["content"])


def items(root: Path) -> dict[str, Any]:
    """Both submissions as `status --list` tells them, by entrant."""
    listed = casejury(root, "status", "--list", "--json").json["submissions"]
    return {row["entrant"]: row for row in listed}


def meet(root: Path, fault: Fault) -> tuple[Ran, list[bool]]:
    """A run in which one item meets the fault; of each request, whether it was that item's."""

    def script(body: Json, n: int) -> Answer:
        return fault.answer(body) if unlucky(body) else steady_judge(body, n)

    with scripted_server(script) as server:
        url = server.url if fault.listening else nowhere()
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=url)
        return ran, [unlucky(call.body) for call in server.calls]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.group}: {fault.name}" for fault in FAULTS])
def test_rule_1_every_fault_ends_as_documented(contest: Path, clock: FakeClock, tmp_path: Path, fault: Fault) -> None:
    """Never as a number, never without an end, with the exit code and the words of the table; the next run goes on."""
    root = shutil.copytree(contest, tmp_path / "contest")
    ran, calls = meet(root, fault)
    assert ran.code == fault.code, ran.err
    assert sum(calls) == (fault.sent if fault.listening else 0)
    asked_for = min(fault.waits, LONGEST_PAUSE) if fault.sent > 1 else 0
    least = asked_for * (fault.sent - 1)
    assert least <= sum(clock.slept) <= 2 * least + 2 * 30 <= GIVE_UP_AFTER
    if fault.code:
        assert re.fullmatch(r"casejury: [^\n]+\n", ran.err)
        assert fault.says in ran.err
        assert ran.json["error"]["exit_code"] == fault.code
    else:
        assert ran.err == ""
        assert "error" not in ran.json
    assert KEY not in ran.out + ran.err
    check_items(root, fault)
    with scripted_server(steady_judge) as server:
        after = casejury(root, "grade", "--json", server=server.url)
        again = len(server.calls)
    assert after.code == 0
    assert after.json["run"]["graded"] == again
    assert after.json["state"]["pending"] == 0
    assert (items(root)["ann"]["guards"] == 2) or fault.ends == "differs"
    assert items(root)["bob"]["guards"] == 2


def check_items(root: Path, fault: Fault) -> None:
    """What became of both; the lucky one is graded except where the run was stopped before its turn."""
    rows = items(root)
    bad, good = rows["ann"], rows["bob"]
    with opened(root) as store:
        keys = store.known_keys()
        outcomes = {record.submission: record for record in store.outcomes()}
        replies = sum(len(store.replies(record.key)) for record in outcomes.values())
        failures = store.ungraded()
    record = outcomes[bad["id"]]
    match fault.ends:
        case "graded":
            assert (bad["state"], bad["guards"]) == ("suggested", 2)
        case "differs":
            assert bad["state"] == "referred"
            assert [reason.code for reason in record.outcome.reasons] == ["model_differs"]  # type: ignore[union-attr]
        case "stop":
            assert (bad["state"], bad["guards"]) == ("pending", None)
            assert good["state"] in {"pending", "suggested"}
            assert not failures
            assert replies == len(keys)
        case reason:
            assert (bad["state"], bad["guards"]) == ("referred", None)
            assert [r.code for r in record.outcome.reasons] == [f"ungraded_{reason}"]  # type: ignore[union-attr]
            assert fault.code or fault.says in failures[record.key].detail
            assert (record.verification, record.key in keys) == (None, False)
    if fault.ends != "stop" and fault.listening and fault.waits <= LONGEST_PAUSE:
        assert (good["state"], good["guards"]) == ("suggested", 2)
    assert "NaN" not in json.dumps([bad, good])


def test_the_table_names_each_fault_once() -> None:
    names = [(fault.group, fault.name) for fault in FAULTS]
    assert len(set(names)) == len(names) >= 100
