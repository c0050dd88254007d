"""What contest.yaml, the cases and the roster say about eligibility holds at once, without reading the inbox again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.contest import casejury, ingested, opened, steady_judge, write_contest
from tests.tools.scripted_server import scripted_server

ROSTER = "pseudonym\nann\nbob\n"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def an_earlier_end(root: Path) -> None:
    rewrite(root / "contest.yaml", "closes: 2026-12-20", "closes: 2026-12-13")


def a_later_start(root: Path) -> None:
    rewrite(root / "contest.yaml", "opens: 2026-12-10", "eligibility: {early: reject}\nopens: 2026-12-12")


def a_person_less(root: Path) -> None:
    rewrite(root / "roster.csv", "bob\n", "")


def ineligible(root: Path) -> int:
    return int(casejury(root, "status", "--json").json["state"]["ineligible"])


@pytest.mark.parametrize(("change", "count"), [(an_earlier_end, 2), (a_later_start, 1)])
def test_a_changed_rule_holds_without_a_new_ingest(tmp_path: Path, change: Callable[[Path], None], count: int) -> None:
    root = ingested(write_contest(tmp_path, roster=ROSTER))
    assert ineligible(root) == 0
    change(root)
    assert ineligible(root) == count


def test_grade_sends_by_the_files_as_they_are_now(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, roster=ROSTER))
    an_earlier_end(root)
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
        assert len(server.calls) == 3


def test_a_person_who_left_the_roster_is_unknown_at_once(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, roster=ROSTER))
    a_person_less(root)
    with opened(root) as store:
        assert {s.entrant for s in store.submissions()} == {"ann", "bob"}
    assert casejury(root, "status").code == 0
    with opened(root) as store:
        assert {s.entrant for s in store.submissions()} == {"ann", ""}


def test_while_another_run_is_at_work_the_change_is_only_told(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    an_earlier_end(root)
    with opened(root) as store, store.lock():
        ran = casejury(root, "status", "--json")
        assert ran.json["state"]["ineligible"] == 0
        assert "casejury ingest" in ran.err
    assert ineligible(root) == 2


def test_nothing_is_worked_out_anew_where_nothing_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = ingested(write_contest(tmp_path, roster=ROSTER))
    monkeypatch.setattr("pipeline.work.intake.resubmit", lambda *_: pytest.fail("worked out anew"))
    rewrite(root / "contest.yaml", "A small contest", "Another title")
    assert ineligible(root) == 0


def test_two_contests_do_not_share_a_database(tmp_path: Path) -> None:
    """The second is refused before it reads or writes anything."""
    root = ingested(write_contest(tmp_path / "one"))
    other = write_contest(tmp_path / "two")
    rewrite(other / "contest.yaml", "id: small", "id: large")
    ran = casejury(other, "ingest", DATABASE_URL=f"sqlite:///{root / 'casejury.db'}")
    assert ran.code == 2
    assert "'small'" in ran.err
    assert "'large'" in ran.err


def test_two_workspaces_of_one_database_run_one_at_a_time(tmp_path: Path) -> None:
    root, copy = ingested(write_contest(tmp_path / "one")), write_contest(tmp_path / "two")
    with opened(root) as store, store.lock():
        assert casejury(copy, "ingest", DATABASE_URL=f"sqlite:///{root / 'casejury.db'}").code == 7
