"""The AI suggests, people decide: nothing it said counts before a named person's word (rules 6 and 7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.audit import audit_sample
from pipeline.domain.chain import check_chain
from pipeline.domain.decision import Release, Ruling
from tests.tools.contest import casejury, ingested, opened, steady_judge, write_contest, write_posts, write_settings
from tests.tools.scripted_server import scripted_server

WHO = ("--by", "juror-1", "--reason", "read it")


def graded(root: Path, **settings: object) -> Path:
    """A contest with five suggestions of 2 guards."""
    ingested(write_contest(root, **settings))  # type: ignore[arg-type]
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
    return root


def report(root: Path) -> Any:
    written = casejury(root, "report", "--json", "--out", root / "out").json["written"]
    return json.loads(next(Path(name) for name in written if name.endswith("report.json")).read_text(encoding="utf-8"))


def ids(root: Path) -> list[str]:
    return [str(row["id"]) for row in casejury(root, "status", "--list", "--json").json["submissions"]]


def test_rule_7_a_graded_contest_has_decided_and_awarded_nothing(tmp_path: Path) -> None:
    """Five suggestions at full agreement, and every award is still the range of everything it could become."""
    root = graded(tmp_path)
    state = casejury(root, "status", "--json").json["state"]
    assert (state["suggested"], state["decided"], state["head"]["count"]) == ({"2": 5}, {}, 0)
    made = report(root)
    assert [(a["award"], a["low"], a["high"]) for a in made["awards"]] == [(None, 0.0, 3.0), (None, 0.0, 2.0)]
    assert made["releases"] == []
    for one in ids(root):
        shown = casejury(root, "show", one).out
        assert "not a decision" in shown
        assert "decided:" not in shown


def test_rule_7_a_juror_decides_one_and_only_that_one_counts(tmp_path: Path) -> None:
    root = graded(tmp_path)
    before = {a["entrant"]: (a["low"], a["high"]) for a in report(root)["awards"]}
    ran = casejury(root, "rule", "bob/1", "--guards", 3, *WHO)
    assert ran.code == 0, ran.err
    state = casejury(root, "status", "--json").json["state"]
    assert (state["suggested"], state["decided"]) == ({"2": 4}, {"3": 1})
    after = {a["entrant"]: (a["low"], a["high"]) for a in report(root)["awards"]}
    assert after["ann"] == before["ann"]
    assert after["bob"][0] > before["bob"][0]


@pytest.mark.parametrize("still_open", [1, 4])
def test_rule_7_release_under_review_every_needs_every_ruling(tmp_path: Path, still_open: int) -> None:
    root = graded(tmp_path)
    names = ids(root)
    for name in names[still_open:]:
        casejury(root, "rule", name, "--guards", 1, *WHO)
    ran = casejury(root, "release", *WHO)
    assert ran.code == 9
    assert f"{still_open} submission(s) still need a juror's ruling" in ran.err
    for name in names[:still_open]:
        casejury(root, "rule", name, "--guards", 1, *WHO)
    act = casejury(root, "release", *WHO, "--json").json["act"]
    assert act["finalised"] == {}, "nothing is final by the AI's word"
    assert [a["award"] for a in report(root)["awards"]] == [1.0, pytest.approx(2 / 3)]


def test_rule_7_release_under_audit_needs_every_referral_and_the_drawn_sample(tmp_path: Path) -> None:
    """The rest becomes final as AI under policy by one named organiser's word, with the audit's n and agreement."""
    root = graded(tmp_path, review="referred_and_audit")
    names = ids(root)
    drawn = audit_sample(names, 0.5, "small")
    assert len(drawn) == 3
    assert casejury(root, "release", *WHO).code == 9
    for guards, name in zip((2, 2, 1), drawn, strict=True):
        made = report(root)
        assert made["awards"][0]["award"] is None
        casejury(root, "rule", name, "--guards", guards, *WHO)
    ran = casejury(root, "release", "--by", "organiser", "--reason", "the audit agrees", "--json")
    act = ran.json["act"]
    assert set(act["finalised"]) == set(names) - set(drawn)
    assert (act["audit_n"], act["audit_agreed"], ran.json["by"]) == (3, 2, "organiser")
    assert all(a["award"] is not None for a in report(root)["awards"])
    state = casejury(root, "status", "--json").json["state"]
    assert sum(state["decided"].values()) == 3, "what the AI suggested is never among what jurors decided"
    listed = casejury(root, "status", "--list", "--json").json["submissions"]
    assert sorted(row["state"] for row in listed) == ["decided"] * 3 + ["released"] * 2


def test_rule_7_a_referral_is_never_finalised_by_a_release(tmp_path: Path) -> None:
    posts = [
        ("p1", "ann", 2, "2026-12-11T10:00:00+03:00", "I see what happened.\nI start the return for you now."),
        ("p2", "ann", 2, "2026-12-12T10:00:00+03:00", "A second answer to the same.\nIt says it in other words."),
    ]
    ingested(write_contest(tmp_path, posts, review="referred_and_audit"))
    with scripted_server(steady_judge) as server:
        casejury(tmp_path, "grade", server=server.url)
    casejury(tmp_path, "rule", "posts.csv#p1", "--guards", 2, *WHO)
    state = casejury(tmp_path, "status", "--json").json["state"]
    assert state["referrals"] == {"second_post": 1}
    ran = casejury(tmp_path, "release", *WHO)
    assert ran.code == 9
    assert "1 submission(s)" in ran.err


def test_rule_7_a_random_share_of_suggestions_waits_for_a_person(tmp_path: Path) -> None:
    """With refer_share 1 nothing is merely suggested; taking it back sends nothing."""
    root = write_contest(tmp_path)
    path = root / "contest.yaml"
    plain = path.read_text(encoding="utf-8")
    path.write_text(plain.replace("policy: {", "policy: {refer_share: 1, "), encoding="utf-8")
    ingested(root)
    with scripted_server(steady_judge) as server:
        state = casejury(root, "grade", "--json", server=server.url).json["state"]
        assert state["referrals"] == {"random_audit": 5}
        assert not state["suggested"]
        path.write_text(plain, encoding="utf-8")
        calls = len(server.calls)
        state = casejury(root, "grade", "--json", server=server.url).json["state"]
        assert len(server.calls) == calls
    assert state["referrals"] == {}
    assert sum(state["suggested"].values()) == 5


def test_rule_6_rulings_are_appended_with_who_when_why_and_what_they_supersede(tmp_path: Path) -> None:
    root = graded(tmp_path)
    first = casejury(root, "rule", "ann/2", "--guards", 1, "--by", "juror-1", "--reason", "thin", "--json").json
    second = casejury(root, "rule", "ann/2", "--guards", 3, "--by", "juror-2", "--reason", "read again", "--json").json
    assert (first["seq"], first["supersedes"]) == (1, None)
    assert (second["seq"], second["supersedes"], second["by"]) == (2, 1, "juror-2")
    with opened(root) as store:
        trail = list(store.decisions())
    assert [link.reason for link in trail] == ["thin", "read again"]
    assert check_chain(trail) is None
    rulings = [link.act for link in trail if isinstance(link.act, Ruling)]
    assert [(r.guards, r.suggested, r.direct) for r in rulings] == [(1, 2, True), (3, 2, True)]
    assert casejury(root, "status", "--json").json["state"]["decided"] == {"3": 1}


def test_rule_6_no_run_of_the_machine_touches_a_ruling(tmp_path: Path) -> None:
    """A changed text is graded anew and reopens the question; the ruling stays in the trail, word for word."""
    root = graded(tmp_path)
    casejury(root, "rule", "ann/3", "--guards", 1, *WHO)
    with opened(root) as store:
        before = list(store.decisions())
    path = root / "submissions" / "posts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("line by line", "row by row"), encoding="utf-8")
    ingested(root)
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
        assert len(server.calls) == 1
    with opened(root) as store:
        assert list(store.decisions()) == before
    state = casejury(root, "status", "--json").json["state"]
    assert (state["reopened"], state["decided"]) == (1, {})
    assert "reopened" in casejury(root, "show", "ann/3").out
    assert report(root)["awards"][0]["low"] == 0.0


def test_rule_6_rulings_by_marks_are_computed_by_the_rubric(tmp_path: Path) -> None:
    """Rule 2, for people too: a juror gives marks, code applies the caps."""
    root = graded(tmp_path)
    marks = ("--mark", "phrases=1", "--mark", "harm=no", "--mark", "overall=3")
    ran = casejury(root, "rule", "ann/1", *marks, *WHO, "--json").json
    assert (ran["act"]["guards"], ran["act"]["direct"]) == (1, False)
    ran = casejury(root, "rule", "ann/1", *marks[:2], "--mark", "harm=yes", *marks[4:], *WHO, "--json").json
    assert ran["act"]["guards"] == 0


def test_a_release_says_whose_word_it_was(tmp_path: Path) -> None:
    root = graded(tmp_path, review="referred_and_audit")
    for name in audit_sample(ids(root), 0.5, "small"):
        casejury(root, "rule", name, "--guards", 2, *WHO)
    casejury(root, "release", "--by", "chief", "--reason", "done")
    with opened(root) as store:
        last = list(store.decisions())[-1]
    assert isinstance(last.act, Release)
    assert (last.by, last.reason) == ("chief", "done")
    made = report(root)
    assert made["releases"][0]["by"] == "chief"


def test_people_correct_what_ingest_decided(tmp_path: Path) -> None:
    """reject, admit, assign, resplit: each is a decision, and the submissions follow at once."""
    posts = [
        ("p1", "ann", "", "2026-12-11T10:00:00+03:00", "I compare both bills.\nThen I cancel the second one for you."),
        ("p2", "bob", 1, "2026-12-25T10:00:00+03:00", "I see how long you waited.\nI call you back today."),
    ]
    root = ingested(write_contest(tmp_path, posts))
    by = ("--by", "organiser", "--reason", "looked at it")
    assert casejury(root, "status", "--json").json["state"]["ineligible_by"] == {"late": 1, "no_case_number": 1}
    assigned = casejury(root, "assign", "posts.csv#p1", "--case", 3, *by, "--json").json
    assert [(s["case"], s["state"]) for s in assigned["submissions"]] == [(3, "pending")]
    admitted = casejury(root, "admit", "posts.csv#p2", *by, "--json").json
    assert [s["state"] for s in admitted["submissions"]] == ["pending"]
    rejected = casejury(root, "reject", "posts.csv#p2", *by, "--json").json
    assert [s["state"] for s in rejected["submissions"]] == ["ineligible"]
    cut = casejury(root, "resplit", "posts.csv#p1", "--cut", "0:21=3", "--cut", "22:59=2", *by, "--json")
    assert [s["case"] for s in cut.json["submissions"]] == [2, 3]
    with opened(root) as store:
        assert [link.act.kind for link in store.decisions()] == ["assign", "admit", "reject", "resplit"]
    assert casejury(root, "decisions").code == 0


def test_a_correction_holds_when_the_same_file_comes_again(tmp_path: Path) -> None:
    posts = [("p1", "ann", "", "2026-12-11T10:00:00+03:00", "I compare both bills and cancel the second one.")]
    root = ingested(write_contest(tmp_path, posts))
    casejury(root, "assign", "posts.csv#p1", "--case", 3, "--by", "o", "--reason", "r")
    write_posts(root, posts)
    ingested(root)
    assert casejury(root, "status", "--json").json["state"]["pending"] == 1


def edited(root: Path, old: str, new: str) -> None:
    """The posts with other words, ingested and graded again."""
    path = root / "submissions" / "posts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ingested(root)
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0


def audited(root: Path) -> tuple[list[str], list[str]]:
    """A contest of which the drawn sample is ruled on: the ids drawn and the others."""
    graded(root, review="referred_and_audit")
    names = ids(root)
    drawn = audit_sample(names, 0.5, "small")
    for name in drawn:
        assert casejury(root, "rule", name, "--guards", 2, *WHO).code == 0
    return list(drawn), [name for name in names if name not in drawn]


def words(root: Path, name: str) -> str:
    with opened(root) as store:
        return next(s.text.splitlines()[1] for s in store.submissions() if s.id == name)


def test_rule_7_a_release_makes_nothing_final_of_a_text_that_was_not_released(tmp_path: Path) -> None:
    """A text that changed after the release is open again, shows it, and is not final by another release."""
    _, others = audited(tmp_path)
    assert casejury(tmp_path, "release", *WHO).code == 0
    line = words(tmp_path, others[0])
    edited(tmp_path, line, "Something else altogether.")
    listed = {row["id"]: row for row in casejury(tmp_path, "status", "--list", "--json").json["submissions"]}
    assert (listed[others[0]]["state"], listed[others[0]]["guards"]) == ("referred", None)
    assert listed[others[1]]["state"] == "released"
    state = casejury(tmp_path, "status", "--json").json["state"]
    assert (state["reopened"], state["referrals"]) == (1, {"reopened": 1})
    assert any(a["award"] is None for a in report(tmp_path)["awards"])
    assert casejury(tmp_path, "release", *WHO).code == 9


def test_rule_7_a_release_holds_what_it_released_and_by_which_grading(tmp_path: Path) -> None:
    _, others = audited(tmp_path)
    made = casejury(tmp_path, "release", *WHO, "--json").json["act"]["finalised"]
    with opened(tmp_path) as store:
        submissions = {s.id: s for s in store.submissions()}
        keys = {record.submission: record.key for record in store.outcomes()}
    assert made == {name: {"guards": 2, "text": submissions[name].content_id, "key": keys[name]} for name in others}


def test_rule_7_a_released_result_stays_when_its_grading_is_asked_for_anew(tmp_path: Path) -> None:
    """Another judge leaves the text ungraded; what a person released is not taken back by that."""
    _, others = audited(tmp_path)
    assert casejury(tmp_path, "release", *WHO).code == 0
    write_settings(tmp_path, review="referred_and_audit", model="scripted-2")
    listed = {row["id"]: row for row in casejury(tmp_path, "status", "--list", "--json").json["submissions"]}
    assert {listed[name]["state"] for name in others} == {"released"}
    assert all(a["award"] is not None for a in report(tmp_path)["awards"])


def test_rule_7_a_reopened_ruling_is_never_finalised_by_a_release(tmp_path: Path) -> None:
    """A juror had ruled on an earlier text: the AI's word on the new one cannot stand in."""
    _, others = audited(tmp_path)
    casejury(tmp_path, "rule", others[0], "--guards", 0, *WHO)
    edited(tmp_path, words(tmp_path, others[0]), "Something else altogether.")
    ran = casejury(tmp_path, "release", *WHO)
    assert ran.code == 9
    assert casejury(tmp_path, "rule", others[0], "--guards", 1, *WHO).code == 0
    act = casejury(tmp_path, "release", *WHO, "--json").json["act"]
    assert others[0] not in act["finalised"]


def test_rule_6_a_ruling_whose_answer_is_gone_is_counted_and_printed(tmp_path: Path) -> None:
    root = graded(tmp_path)
    casejury(root, "rule", "ann/3", "--guards", 1, *WHO)
    assert casejury(root, "status", "--json").json["state"]["orphaned"] == 0
    by = ("--by", "organiser", "--reason", "another case")
    assert casejury(root, "assign", "posts.csv#p5", "--case", 2, *by).code == 0
    assert casejury(root, "status", "--json").json["state"]["orphaned"] == 1
    assert "rulings without a submission" in casejury(root, "status").out


def test_rule_6_what_takes_no_part_cannot_be_ruled_on(tmp_path: Path) -> None:
    root = graded(tmp_path)
    casejury(root, "reject", "posts.csv#p5", "--by", "organiser", "--reason", "r")
    ran = casejury(root, "rule", "posts.csv#p5", "--guards", 1, *WHO)
    assert (ran.code, "casejury admit" in ran.err) == (2, True)
    assert casejury(root, "status", "--json").json["state"]["head"]["count"] == 1


def test_rule_7_a_ruling_records_as_suggested_only_what_was_suggested(tmp_path: Path) -> None:
    """What code computed for a referral was no suggestion, so that a ruling overrides nothing there."""
    posts = [
        ("p1", "ann", 2, "2026-12-11T10:00:00+03:00", "I see what happened.\nI start the return for you now."),
        ("p2", "ann", 2, "2026-12-12T10:00:00+03:00", "A second answer to the same.\nIt says it in other words."),
    ]
    ingested(write_contest(tmp_path, posts))
    with scripted_server(steady_judge) as server:
        casejury(tmp_path, "grade", server=server.url)
    made = [casejury(tmp_path, "rule", f"posts.csv#p{n}", "--guards", 1, *WHO, "--json").json["act"] for n in (1, 2)]
    assert [act["suggested"] for act in made] == [2, None]


def test_rule_1_an_entrant_whose_only_post_names_no_case_has_no_award_of_0(tmp_path: Path) -> None:
    posts = [
        ("p1", "ann", "", "2026-12-11T10:00:00+03:00", "I compare both bills.\nThen I cancel the second one for you."),
        ("p2", "bob", 9, "2026-12-11T10:00:00+03:00", "I see how long you waited.\nI call you back today."),
    ]
    root = ingested(write_contest(tmp_path, posts))
    found = {a["entrant"]: a for a in report(root)["awards"]}
    assert {name: (a["award"], a["low"], a["high"]) for name, a in found.items()} == {
        "ann": (None, 0.0, 1.0),
        "bob": (None, 0.0, 1.0),
    }
    casejury(root, "reject", "posts.csv#p1", "--by", "organiser", "--reason", "an advert")
    found = {a["entrant"]: a for a in report(root)["awards"]}
    assert (found["ann"]["award"], found["bob"]["award"]) == (0.0, None)


def test_an_admitted_second_post_counts_while_the_first_has_no_final_guards(tmp_path: Path) -> None:
    posts = [
        ("p1", "ann", 2, "2026-12-11T10:00:00+03:00", "I see what happened.\nI start the return for you now."),
        ("p2", "ann", 2, "2026-12-12T10:00:00+03:00", "A second answer to the same.\nIt says it in other words."),
    ]
    root = ingested(write_contest(tmp_path, posts))
    casejury(root, "rule", "posts.csv#p2", "--guards", 3, *WHO)
    assert report(root)["awards"][0]["award"] is None, "nobody has admitted it"
    assert casejury(root, "admit", "posts.csv#p2", "--by", "o", "--reason", "the better one").code == 0
    assert report(root)["awards"][0]["award"] == 1.0
    casejury(root, "rule", "posts.csv#p1", "--guards", 0, *WHO)
    assert report(root)["awards"][0]["award"] == 0.0
