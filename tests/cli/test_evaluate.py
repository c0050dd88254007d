"""`casejury evaluate`: from a data set, from the store, from jurors; gates; and that gold stays out of prompts."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.tools.contest import casejury, ingested, opened, steady_judge, write_contest
from tests.tools.scripted_server import Server, scripted_server

QUICK = ("--replicates", 100)


def data_set(path: Path, n: int = 120, *, shift: int = 0) -> Path:
    """Ids, two raters, a prediction: the machine is right in four of five, or off by `shift` throughout."""
    drawn = random.Random(11)  # noqa: S311 - a stated seed
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "student", "rater1", "rater2", "prediction", "text"])
        for i in range(n):
            true = drawn.randint(0, 3)
            near = min(3, true + 1) if drawn.random() < 0.2 else true
            writer.writerow([i, f"s{i % 30}", true, near, min(3, near + shift), "word " * (20 + 10 * true)])
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    root.mkdir()
    assert casejury(root, "init").code == 0
    return root


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
    return root


def test_a_csv_data_set_runs_through_init_and_evaluate_alone(fresh: Path) -> None:
    ran = casejury(fresh, "evaluate", "--gold", data_set(fresh / "set.csv"), *QUICK, "--json")
    assert ran.code == 0, ran.err
    assert not (fresh / "casejury.db").exists(), "nothing of the store is needed"
    kinds = {(c["kind"], c["second"]) for c in ran.json["evaluation"]["comparisons"]}
    assert kinds == {("raters", "rater2"), ("machine", "machine"), ("baseline", "majority"), ("baseline", "length")}
    page, data = (Path(path) for path in ran.json["written"])
    assert json.loads(data.read_text(encoding="utf-8"))["format"] == "casejury-evaluation/1"
    assert "<script" not in page.read_text(encoding="utf-8")


def test_predictions_may_stand_in_a_file_of_their_own(fresh: Path) -> None:
    (fresh / "gold.csv").write_text("id,ann\na,1\nb,2\nc,3\n", encoding="utf-8")
    (fresh / "machine.csv").write_text("id,prediction\nb,2\na,0\nz,1\n", encoding="utf-8")
    ran = casejury(
        fresh, "evaluate", "--gold", fresh / "gold.csv", "--predictions", fresh / "machine.csv", *QUICK, "--json"
    )
    assert ran.json["evaluation"]["states"] == {"predicted": 2, "ungraded": 1}
    (table,) = ran.json["evaluation"]["tables"]
    assert sum(map(sum, table["counts"])) == 2, "what is not predicted is no 0"


def test_gold_names_stored_submissions_as_people_do(graded: Path) -> None:
    gold = graded / "gold.csv"
    gold.write_text("submission,ann,ann:tone\nann/1,2,\nposts.csv#p2,3,\nbob/2,2,1\n", encoding="utf-8")
    ran = casejury(graded, "evaluate", "--gold", gold, *QUICK, "--json")
    assert ran.code == 0, ran.err
    found = ran.json["evaluation"]
    assert found["states"] == {"suggested": 3}
    tables = {t["counting"]: t["counts"] for t in found["tables"]}
    assert tables["all"][2][2] == 2
    assert tables["all"][3][2] == 1
    assert [c["criterion"] for c in found["criteria"]] == ["2/tone"]


def test_a_name_that_fits_nothing_is_refused_with_its_line(graded: Path) -> None:
    gold = graded / "gold.csv"
    for rows, said in (
        ("ann/1,2\nnobody/1,2\n", "line 3: no submission 'nobody/1'"),
        ("posts.csv,2\n", "no submission 'posts.csv'"),
        ("ann/1,2\nposts.csv#p1,2\n", "line 3: names the same submission as line 2"),
    ):
        gold.write_text(f"submission,ann\n{rows}", encoding="utf-8")
        ran = casejury(graded, "evaluate", "--gold", gold, *QUICK)
        assert (ran.code, said in ran.err) == (2, True), ran.err


def test_jurors_first_rulings_are_the_reference(graded: Path) -> None:
    for by, guards in (("Ann", 3), ("Bob", 1), ("Ann", 0)):
        ran = casejury(graded, "rule", "ann/1", "--guards", guards, "--by", by, "--reason", "read it")
        assert ran.code == 0, ran.err
    marks = ("--mark", "tone=1", "--mark", "overall=2")
    assert casejury(graded, "rule", "bob/2", *marks, "--by", "Bob", "--reason", "warm enough").code == 0
    ran = casejury(graded, "evaluate", "--jurors", *QUICK, "--json")
    found = ran.json["evaluation"]
    assert found["options"]["raters"] == ["first mark", "second mark"]
    between = next(t for t in found["tables"] if t["counting"] == "raters")["counts"]
    assert between[3][1] == 1
    assert sum(map(sum, between)) == 1, "Ann's second thought is not her first mark"
    assert {c["criterion"] for c in found["criteria"]} == {"2/overall", "2/tone"}
    assert "each person's first ruling" in found["options"]["raters_are"]


def test_without_any_ruling_jurors_are_no_reference(graded: Path) -> None:
    ran = casejury(graded, "evaluate", "--jurors")
    assert (ran.code, "no juror has ruled" in ran.err) == (2, True)


def test_gold_never_reaches_a_prompt(tmp_path: Path) -> None:
    """With marks in the workspace before grading, every byte sent is the same as without them; none is sent after."""
    sent: list[list[Any]] = []
    for name in ("with", "without"):
        root = ingested(write_contest(tmp_path / name))
        gold = root / "gold.csv"
        if name == "with":
            gold.write_text("submission,zebra-rater,zebra-rater:tone\nann/1,3,\nann/2,1,2\n", encoding="utf-8")
            assert casejury(root, "evaluate", "--gold", gold, "--raters-are", "zebra", *QUICK).code == 0
        with scripted_server(steady_judge) as server:
            assert casejury(root, "grade", server=server.url).code == 0
            sent.append(bodies(server))
            if name == "with":
                assert casejury(root, "evaluate", "--gold", gold, *QUICK, server=server.url).code == 0
                assert casejury(root, "grade", server=server.url).code == 0
                assert bodies(server) == sent[0], "evaluating makes nothing stale and asks nothing"
    assert sent[0] == sent[1]
    assert sent[0]
    assert "zebra" not in json.dumps(sent)


def bodies(server: Server) -> list[Any]:
    return sorted((call.body for call in server.calls), key=lambda body: json.dumps(body, sort_keys=True))


def test_gold_in_the_inbox_is_refused(fresh: Path) -> None:
    ran = casejury(fresh, "evaluate", "--gold", data_set(fresh / "submissions" / "set.csv"))
    assert ran.code == 2
    assert "lies in the inbox" in ran.err


def test_a_gate_that_fails_beyond_its_interval_ends_with_9_and_the_page_is_written(fresh: Path) -> None:
    gates = fresh / "gates.yaml"
    gates.write_text(
        "gates:\n  - {figure: qwk, at_least: 0.5}\n  - {figure: exact, at_least: 0.99}\n", encoding="utf-8"
    )
    ran = casejury(fresh, "evaluate", "--gold", data_set(fresh / "set.csv"), "--gate", gates, *QUICK, "--json")
    assert ran.code == 9
    assert [gate["state"] for gate in ran.json["gates"]] == ["passed", "failed"]
    assert ran.json["error"]["exit_code"] == 9
    assert all(Path(path).exists() for path in ran.json["written"])


def test_a_worse_machine_fails_against_the_baseline_and_an_equal_one_does_not(fresh: Path) -> None:
    data_set(fresh / "good.csv")
    data_set(fresh / "bad.csv", shift=1)
    gates = fresh / "gates.yaml"
    gates.write_text("baseline: old/evaluation.json\ngates: [{figure: change_qwk, at_least: 0}]\n", encoding="utf-8")
    assert casejury(fresh, "evaluate", "--gold", fresh / "good.csv", "--out", fresh / "old", *QUICK).code == 0
    codes = [
        casejury(fresh, "evaluate", "--gold", fresh / name, "--gate", gates, *QUICK).code
        for name in ("good.csv", "bad.csv")
    ]
    assert codes == [0, 9]


def test_wrong_calls_are_told_in_one_line(fresh: Path) -> None:
    good = data_set(fresh / "set.csv")
    (fresh / "gates.yaml").write_text("gates: [{figure: kappa, at_least: 1}]\n", encoding="utf-8")
    (fresh / "old.json").write_text("[]", encoding="utf-8")
    for arguments, said in (
        ((), "name one reference"),
        (("--gold", good, "--jurors"), "name one reference"),
        (("--jurors", "--predictions", good), "--predictions belongs to --gold"),
        (("--gold", good, "--reference", "carl"), "no rater 'carl'"),
        (("--gold", good, "--gate", fresh / "gates.yaml"), "unknown value 'kappa'"),
        (("--gold", good, "--baseline", fresh / "old.json"), "is no evaluation.json"),
    ):
        ran = casejury(fresh, "evaluate", *arguments)
        assert (ran.code, said in ran.err, ran.err.count("\n")) == (2, True, 1), ran.err


def test_evaluating_changes_no_decision_and_no_outcome(graded: Path) -> None:
    with opened(graded) as store:
        before = (store.head(), list(store.outcomes()), list(store.submissions()))
    (graded / "gold.csv").write_text("submission,ann\nann/1,0\nbob/1,0\n", encoding="utf-8")
    assert casejury(graded, "evaluate", "--gold", graded / "gold.csv", *QUICK).code == 0
    with opened(graded) as store:
        assert (store.head(), list(store.outcomes()), list(store.submissions())) == before
