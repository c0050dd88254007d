"""What goes wrong ends in one line that says where and what to do, and in the documented exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tools.contest import (
    KEY,
    RUBRICS,
    Ran,
    casejury,
    command,
    environment,
    ingested,
    opened,
    process,
    steady_judge,
    write_contest,
    write_rubric,
)
from tests.tools.scripted_server import Answer, scripted_server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ingested(write_contest(tmp_path))


def one_line(ran: Ran, code: int, *words: str) -> None:
    """The code, one line on standard error with these words, no traceback."""
    assert ran.code == code, ran.err
    assert ran.err.startswith("casejury: ")
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1
    for word in words:
        assert word in ran.err


WRONG_CALLS = [
    (("fly",), "No such command"),
    (("grade", "--fast"), "No such option"),
    (("grade", "--concurrency", "0"), "concurrency"),
    (("grade", "--replay", "nowhere"), "nowhere"),
    (("show",), "SUBMISSION"),
    (("show", "ffff"), "ffff"),
    (("show", "eve/1"), "eve/1"),
    (("rule", "ann/1", "--by", "j", "--reason", "r"), "--mark"),
    (("rule", "ann/1", "--guards", "1", "--by", "j"), "--reason"),
    (("rule", "ann/1", "--guards", "9", "--by", "j", "--reason", "r"), "0 to 3"),
    (("rule", "ann/1", "--mark", "tone=1", "--by", "j", "--reason", "r"), "phrases, harm, overall"),
    (("rule", "ann/1", "--mark", "harm=maybe", "--by", "j", "--reason", "r"), "neither yes nor no"),
    (("rule", "ann/1", "--mark", "harm=no", "--by", "j", "--reason", "r"), "phrases, overall"),
    (("assign", "posts.csv#p1", "--case", "8", "--by", "j", "--reason", "r"), "no case 8"),
    (("admit", "posts.csv#p1", "--code", "lost", "--by", "j", "--reason", "r"), "unknown code"),
    (("reject", "posts.csv#p1", "--part", "7", "--by", "j", "--reason", "r"), "no part 7"),
    (("resplit", "posts.csv#p1", "--cut", "9-4", "--by", "j", "--reason", "r"), "START:END=CASE"),
    (("rubric", "new", "2"), "exists already"),
    (("rubric", "approve", "8", "--by", "x"), "no case 8"),
    (("ingest", "missing.csv"), "missing.csv"),
]


@pytest.mark.parametrize(("arguments", "word"), WRONG_CALLS, ids=[" ".join(row[0]) for row in WRONG_CALLS])
def test_a_wrong_call_is_2_and_says_what_fits(root: Path, arguments: tuple[str, ...], word: str) -> None:
    one_line(casejury(root, *arguments), 2, word)
    told = casejury(root, *arguments, "--json")
    assert told.code == 2
    assert told.json["error"]["exit_code"] == 2
    assert told.json["error"]["message"]


def test_nothing_is_recorded_by_a_wrong_call(root: Path) -> None:
    for arguments, _ in WRONG_CALLS:
        casejury(root, *arguments)
    with opened(root) as store:
        assert store.head().count == 0
        assert store.runs() == ()


def test_a_folder_without_a_contest_is_2(tmp_path: Path) -> None:
    one_line(casejury(tmp_path, "status"), 2, "contest.yaml", "casejury init")


BROKEN = [
    ("contest.yaml", "id: [", "contest.yaml"),
    ("contest.yaml", "id: small\nbudgets: {}\n", "budgets"),
    ("contest.yaml", "id: small\nscale: {max: three}\n", "scale.max"),
    ("rubrics/01.yaml", "case: 1\ncriteria: []\n", "rubrics/01.yaml"),
    ("cases/02.md", "\n", "cases/02.md"),
    ("roster.csv", "name,shoe\nann,44\n", "shoe"),
]


@pytest.mark.parametrize(("name", "text", "word"), BROKEN, ids=[f"{row[0]} {row[2]}" for row in BROKEN])
def test_a_broken_file_is_2_and_is_named_with_its_key(root: Path, name: str, text: str, word: str) -> None:
    (root / name).write_text(text, encoding="utf-8")
    one_line(casejury(root, "status"), 2, word)


def test_an_unapproved_rubric_is_2_before_anything_is_sent(root: Path) -> None:
    write_rubric(root, 2, RUBRICS[2])
    with scripted_server(steady_judge) as server:
        one_line(casejury(root, "grade", server=server.url), 2, "rubrics/02.yaml", "casejury rubric approve 2")
        assert server.calls == []


def test_a_rubric_or_a_statement_changed_after_its_approval_is_2(root: Path) -> None:
    path = root / "rubrics" / "03.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("A start.", "A beginning."), encoding="utf-8")
    one_line(casejury(root, "grade"), 2, "changed after chief-juror approved")
    path.write_text(text, encoding="utf-8")
    case = root / "cases" / "03.md"
    case.write_text(case.read_text(encoding="utf-8") + "\nAnd hurry.\n", encoding="utf-8")
    one_line(casejury(root, "grade"), 2, "statement was changed")


def test_no_judge_is_3_and_names_the_three_ways(root: Path) -> None:
    ran = casejury(root, "grade", "--json")
    assert ran.json["error"]["exit_code"] == ran.code == 3
    text = casejury(root, "grade")
    assert text.code == 3
    for word in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "casejury rule"):
        assert word in text.err
    assert text.err.count("\n") == 1


def test_a_refused_key_is_4(root: Path) -> None:
    with scripted_server(lambda _body, _n: Answer(401, body={"error": {"message": "wrong"}})) as server:
        ran = casejury(root, "grade", server=server.url)
    assert ran.code == 4
    assert "OPENAI_API_KEY" in ran.err
    assert KEY not in ran.err + ran.out


def test_another_run_at_work_is_7_and_says_who(root: Path) -> None:
    with opened(root) as store, store.lock():
        for arguments in (("grade",), ("ingest",)):
            one_line(casejury(root, *arguments), 7, "another run", f"process {os.getpid()}")
        assert casejury(root, "status").code == 0, "reading is free"
        assert casejury(root, "grade", "--dry-run").code == 0


def test_another_process_at_work_is_7_and_the_lock_ends_with_it(root: Path) -> None:
    with (
        scripted_server(lambda _body, _n: Answer(delay=20)) as server,
        subprocess.Popen(
            command(root, "grade"),
            env=environment(server.url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        ) as running,
    ):
        while not server.calls:
            time.sleep(0.02)
            assert running.poll() is None
        one_line(casejury(root, "grade", server=server.url), 7, f"process {running.pid}")
        running.kill()
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0


def test_a_damaged_database_is_8(root: Path) -> None:
    database = root / "casejury.db"
    for side in root.glob("casejury.db-*"):
        side.unlink()
    database.write_bytes(b"not a database at all" * 500)
    one_line(casejury(root, "status"), 8, "casejury.db", "backup")


def test_a_database_that_cannot_be_opened_is_8(root: Path) -> None:
    one_line(casejury(root, "status", DATABASE_URL=f"sqlite:///{root / 'no' / 'such' / 'folder.db'}"), 8, "folder.db")


def test_a_server_that_is_not_there_is_8(root: Path) -> None:
    one_line(casejury(root, "status", DATABASE_URL="postgresql+psycopg://u:secret@127.0.0.1:9/none"), 8, "DATABASE_URL")


def test_a_disk_that_refuses_in_mid_run_is_8_and_keeps_what_was_stored(root: Path) -> None:
    """The database becomes unwritable while the run is at work; the next run goes on."""
    with opened(root) as store:
        describe = store.describe()
    assert "SQLite" in describe
    (root / "sitecustomize.py").write_text(
        "import pipeline.store.judged as judged\n"
        "from pipeline.errors import StorageError\n"
        "whole, made = judged.commit, []\n"
        "def commit(connection, records):\n"
        "    made.append(len(records))\n"
        "    if len(made) > 3:\n"
        "        raise StorageError('the disk is full', where='casejury.db', remedy='free some space')\n"
        "    return whole(connection, records)\n"
        "judged.commit = commit\n",
        encoding="utf-8",
    )
    with scripted_server(steady_judge) as server:
        ran = process(root, "grade", "--concurrency", 1, server=server.url, PYTHONPATH=str(root))
        assert ran.code == 8, ran.err
        assert "the disk is full" in ran.err
        assert "Traceback" not in ran.err
        with opened(root) as store:
            kept = len(store.known_keys())
        (root / "sitecustomize.py").unlink()
        after = casejury(root, "grade", "--json", server=server.url).json["run"]
    assert after["already_graded"] == kept
    assert after["graded"] == 5 - kept


def test_a_failed_check_is_9(root: Path) -> None:
    one_line(casejury(root, "release", "--by", "o", "--reason", "r"), 9, "policy.review every", "casejury rule")


def test_help_and_version_are_quick_and_need_nothing() -> None:
    """Neither a workspace nor the heavy parts are touched."""
    code = (
        "import sys\nfrom pipeline.cli.main import cli\n"
        "try:\n    cli(['--help'], standalone_mode=True)\nexcept SystemExit:\n    pass\n"
        "heavy = {'pydantic', 'openai', 'sqlalchemy', 'lxml', 'jinja2', 'asyncio'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Exit codes: 0 finished" in ran.stdout.replace("\n  ", " ")


def test_a_closed_pipe_is_no_error(root: Path) -> None:
    words = " ".join(command(root, "decisions", "--json"))
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{words} | true"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ran.stderr == ""


def test_json_is_one_document_also_where_something_was_done_before_it_failed(root: Path) -> None:
    write_rubric(root, 1, RUBRICS[1])
    for arguments in (
        ("rubric", "lint"),
        ("doctor", "--offline"),
        ("grade",),
        ("release", "--by", "o", "--reason", "r"),
    ):
        ran = casejury(root, *arguments, "--json")
        json.loads(ran.out)
        assert ("error" in ran.json) == (ran.code != 0)


def test_an_endpoint_that_nothing_reaches_is_no_success(tmp_path: Path) -> None:
    """Exit 4 with the variable that names the address; the answers wait for the next run."""
    root = ingested(write_contest(tmp_path))
    ran = casejury(root, "grade", server="http://127.0.0.1:9/v1")
    assert ran.code == 4
    assert "OPENAI_BASE_URL" in ran.err
    assert "doctor" in ran.err


def test_a_case_that_does_not_exist_is_told(tmp_path: Path) -> None:
    ran = casejury(ingested(write_contest(tmp_path)), "grade", "--case", "99")
    assert ran.code == 2
    assert "99" in ran.err


def test_a_file_over_the_limit_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    """What cannot be read at all is told with its remedy, stored as a reading, and no bug."""
    root = write_contest(tmp_path)
    settings = (root / "contest.yaml").read_text(encoding="utf-8")
    (root / "contest.yaml").write_text(settings.replace("limits: {", "limits: {file_bytes: 2000, "), encoding="utf-8")
    (root / "submissions" / "long.txt").write_text("word " * 1000, encoding="utf-8")
    ran = casejury(root, "ingest", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [entry["source"] for entry in ran.json["ingest"]["unreadable"]] == ["long.txt"]
    assert ran.json["state"]["unreadable"] == 1
    assert ran.json["state"]["submissions"] == 5
    assert casejury(root, "ingest", "--json").json["state"]["unreadable"] == 1


def test_what_the_system_refuses_is_no_bug(root: Path) -> None:
    """A full disk behind the output: exit code 8 and one line, also with --json."""
    for arguments in (("status",), ("status", "--json")):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            ended = subprocess.run(
                command(root, *arguments),
                env=environment(),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        one_line(Ran(ended.returncode, "", ended.stderr), 8, "No space left on device", "the room left there")
