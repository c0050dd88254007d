"""Every command does its work, and with --json says it in one document."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.main import COMMANDS
from tests.tools.contest import KEY, Ran, casejury, ingested, opened, process, steady_judge, write_contest
from tests.tools.scripted_server import scripted_server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ingested(write_contest(tmp_path))


@pytest.fixture
def graded(root: Path) -> Path:
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
    return root


def both(root: Path, *arguments: object, server: str | None = None) -> tuple[str, Any]:
    """The command's text and its JSON."""
    text, told = casejury(root, *arguments, server=server), casejury(root, *arguments, "--json", server=server)
    assert (text.code, told.code) == (0, 0), text.err + told.err
    assert (text.err, told.err) == ("", "")
    return text.out, told.json


def test_help_names_every_command_in_the_order_of_a_contest(tmp_path: Path) -> None:
    out = casejury(tmp_path, "--help").out
    places = [out.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(tmp_path: Path, name: str) -> None:
    ran = casejury(tmp_path, name, "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: casejury")


def test_without_a_command_the_way_to_the_help_is_shown(tmp_path: Path) -> None:
    ran = casejury(tmp_path)
    assert (ran.code, ran.err) == (2, "casejury: Missing command. — see `casejury --help`\n")


def test_from_an_empty_folder_to_a_ruling(tmp_path: Path) -> None:
    """init, a case, a rubric by hand, approval, posts, grading, a ruling, a report."""
    root = tmp_path / "mine"
    root.mkdir()
    assert "contest.yaml" in casejury(root, "init", "--json").json["created"]
    again = casejury(root, "init")
    assert again.code == 2, "nothing is overwritten"
    for case in (root / "cases").glob("*.md"):
        case.unlink()
    for old in (root / "rubrics").glob("*.yaml"):
        old.unlink()
    (root / "cases" / "01.md").write_text("# A cold meal\n\nA guest sends a meal back. Give at least 2 phrases.\n")
    made = Path(casejury(root, "rubric", "new", 1, "--json").json["path"])
    assert casejury(root, "rubric", "lint", "--json").json["errors"], "the template's gaps are found"
    text = made.read_text(encoding="utf-8")
    made.write_text(text.replace("[[", "").replace("]]", ""), encoding="utf-8")
    lint = casejury(root, "rubric", "lint", 1, "--json")
    approved = casejury(root, "rubric", "approve", 1, "--by", "chief", "--despite", "--json")
    assert (approved.code, approved.json["by"]) == (0, "chief"), lint.out
    (root / "submissions" / "answers.csv").write_text(
        "id,text,time\n7,I am sorry; I bring you a hot one. It was our fault; you owe nothing.,2026-12-11T10:00:00Z\n",
        encoding="utf-8",
    )
    config = root / "contest.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "\ntables: [{match: '*.csv', case: 1}]\n", encoding="utf-8")
    assert casejury(root, "ingest", "--json").json["ingest"]["new_posts"] == 1
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["graded"] == 1
    ruled = casejury(root, "rule", "answers.csv#7", "--guards", 2, "--by", "j", "--reason", "r", "--json")
    assert ruled.json["act"]["guards"] == 2
    written = casejury(root, "report", "--json").json["written"]
    assert {Path(name).name for name in written} == {"index.html", "report.json", "decisions.csv", "decisions.xlsx"}
    assert all(Path(name).is_file() for name in written)


def test_ingest_says_what_it_read_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    root = write_contest(tmp_path)
    first = casejury(root, "ingest", "--json").json["ingest"]
    text, told = both(root, "ingest")
    again = told["ingest"]
    assert (first["new_posts"], again["new_posts"], again["unchanged"]) == (5, 0, 5)
    assert "0 new posts" in text
    other = tmp_path / "more.csv"
    other.write_text("id,entrant,case,published,text\nz,eve,1,2026-12-11T10:00:00Z,I call you back at once today.\n")
    assert casejury(root, "ingest", other, "--json").json["ingest"]["new_posts"] == 1


def test_rubric_draft_writes_what_lint_and_approve_then_take(root: Path) -> None:
    """The judge's draft is a draft: nothing is graded by it before a person signs."""
    with scripted_server() as server:
        kept = casejury(root, "rubric", "draft", 2, server=server.url)
        assert (kept.code, server.calls) == (2, [])
        ran = casejury(root, "rubric", "draft", 2, "--force", "--json", server=server.url)
    assert ran.code in {0, 4}
    if ran.code == 0:
        assert casejury(root, "grade").code == 2


def test_status_show_and_decisions(graded: Path) -> None:
    text, told = both(graded, "status", "--list")
    assert len(told["submissions"]) == 5
    assert all(str(row["id"])[7:17] in text for row in told["submissions"])
    text, told = both(graded, "show", "ann/1")
    assert told["submission"]["entrant"] == "ann"
    assert "I see how long you have waited" in text
    assert "«I will call you back today.»" in text
    text, told = both(graded, "decisions")
    assert (told["sound"], told["head"]["count"]) == (True, 0)


def test_a_head_that_was_printed_can_be_checked_later(graded: Path) -> None:
    rule = ("rule", "ann/1", "--guards", 1, "--by", "j", "--reason", "r")
    casejury(graded, *rule)
    head = casejury(graded, "decisions", "--json").json["head"]
    casejury(graded, *rule)
    assert casejury(graded, "decisions", "--head", f"{head['count']}:{head['hash']}").code == 0
    bad = casejury(graded, "decisions", "--head", f"3:{head['hash']}", "--json")
    assert (bad.code, bad.json["error"]["exit_code"]) == (9, 9)
    assert len(bad.json["decisions"]) == 2


def test_doctor_tells_what_works(graded: Path) -> None:
    with scripted_server(steady_judge, listed=["scripted-1"]) as server:
        text, told = both(graded, "doctor", server=server.url)
        assert all(check["ok"] is not False for check in told["checks"])
        assert "SQLite" in text
        assert len(server.calls) == 2, "one short request each time"
        casejury(graded, "doctor", "--offline", server=server.url)
        assert len(server.calls) == 2
    assert casejury(graded, "doctor").code == 0, "no endpoint is no failure: one can mark by hand"


def test_doctor_fails_on_a_rubric_that_nobody_signed_and_on_a_refused_key(graded: Path) -> None:
    from tests.tools.contest import RUBRICS, write_rubric
    from tests.tools.scripted_server import Answer

    refusing = Answer(401, body={"error": {"message": "no"}})
    with scripted_server(lambda _body, _n: refusing) as server:
        ran = casejury(graded, "doctor", "--json", server=server.url)
    assert ran.code in {4, 9}
    write_rubric(graded, 1, RUBRICS[1])
    ran = casejury(graded, "doctor", "--offline", "--json")
    assert ran.code == 9
    assert [check["name"] for check in ran.json["checks"] if check["ok"] is False] == ["rubrics"]


def test_grade_takes_only_the_cases_it_is_told(root: Path) -> None:
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", "--case", 3, "--json", server=server.url).json["run"]["graded"] == 1
        assert casejury(root, "grade", "--json", server=server.url).json["run"]["graded"] == 4


def test_trial_grades_by_drafts_and_says_so_everywhere(tmp_path: Path) -> None:
    """Nothing of it counts: every submission is referred for the missing signature."""
    root = ingested(write_contest(tmp_path, signed=False))
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", "--trial", server=server.url)
        told = casejury(root, "grade", "--trial", "--json", server=server.url).json
    assert "TRIAL" in ran.out
    assert told["run"]["trial"] is True
    assert told["state"]["suggested"] == {}
    assert told["state"]["referrals"] == {"rubric_not_approved": 5}


def replayed(root: Path, tapes: Path, **more: str) -> Ran:
    """Grading from recordings in a process that cannot open a socket."""
    (root / "sitecustomize.py").write_text(
        "import socket\n"
        "def refuse(*a, **k):\n    raise AssertionError('a socket was opened')\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "socket.getaddrinfo = socket.create_connection = refuse\n",
        encoding="utf-8",
    )
    return process(root, "grade", "--replay", tapes, "--json", PYTHONPATH=str(root), **more)


@pytest.mark.parametrize("key", ["", KEY])
def test_replay_needs_no_key_and_opens_no_socket_even_where_a_key_is_set(tmp_path: Path, key: str) -> None:
    root, tapes = ingested(write_contest(tmp_path / "one")), tmp_path / "tapes"
    with scripted_server(steady_judge) as server:
        recorded = casejury(root, "grade", "--record", tapes, "--json", server=server.url).json
        calls = len(server.calls)
        other = ingested(write_contest(tmp_path / "two"))
        more = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": server.url} if key else {}
        ran = replayed(other, tapes, **more)
        assert len(server.calls) == calls == 5
    assert ran.code == 0, ran.err
    assert ran.json["run"]["recorded"] is True
    assert ran.json["state"]["suggested"] == recorded["state"]["suggested"] == {"2": 5}
    again = replayed(other, tapes, **more)
    assert again.json["run"]["spent"]["requests"] == 0


def test_a_changed_text_has_no_recording_and_says_how_to_make_one(tmp_path: Path) -> None:
    root, tapes = ingested(write_contest(tmp_path)), tmp_path / "tapes"
    with scripted_server(steady_judge) as server:
        casejury(root, "grade", "--record", tapes, server=server.url)
    (root / "guidelines.md").write_text("Be kind.", encoding="utf-8")
    ran = casejury(root, "grade", "--replay", tapes, "--json")
    assert ran.code == 3
    assert "--record" in ran.json["error"]["remedy"]
    assert KEY not in ran.err


def test_recording_twice_sends_nothing_the_second_time(tmp_path: Path) -> None:
    root, tapes = ingested(write_contest(tmp_path / "one")), tmp_path / "tapes"
    with scripted_server(steady_judge) as server:
        casejury(root, "grade", "--record", tapes, server=server.url)
        before = {tape.name: tape.read_bytes() for tape in tapes.iterdir()}
        other = ingested(write_contest(tmp_path / "two"))
        casejury(other, "grade", "--record", tapes, server=server.url)
        assert len(server.calls) == 5
    assert before == {tape.name: tape.read_bytes() for tape in tapes.iterdir()}


def test_the_state_of_an_interrupted_run_is_told(root: Path) -> None:
    from tests.tools.contest import AT

    with opened(root) as store:
        store.start_run("grade", AT, {})
    assert "was cut off" in casejury(root, "status").out


def test_russian_is_spoken_in_a_russian_contest(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, language="ru"))
    out = casejury(root, "status").out
    assert "posts" not in out
    assert json.dumps(casejury(root, "status", "--json").json)


def test_nothing_listens_where_nothing_is_asked(root: Path) -> None:
    """A dead address is found only by those who ask it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    for arguments in (("status",), ("grade", "--dry-run"), ("report",), ("doctor", "--offline")):
        assert casejury(root, *arguments, server=dead).code == 0


def test_the_head_of_an_empty_trail_can_be_checked_too(graded: Path) -> None:
    head = casejury(graded, "decisions", "--json").json["head"]
    if head["count"] == 0:
        assert casejury(graded, "decisions", "--head", f"0:{head['hash']}").code == 0
    assert casejury(graded, "decisions", "--head", f"0:{'f' * 64}").code == 9


@pytest.mark.parametrize("blank", ["", "   "])
def test_nobody_decides_without_a_name_or_a_reason(graded: Path, blank: str) -> None:
    done = casejury(graded, "reject", "posts.csv", "--by", blank, "--reason", "x")
    assert done.code == 2
    assert "must not be empty" in done.err
