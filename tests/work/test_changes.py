"""A grading's key is its content: what a change makes stale is asked anew, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.work.refresh import mismatch
from tests.tools.contest import (
    CASES,
    POSTS,
    RUBRICS,
    casejury,
    ingested,
    opened,
    said,
    sign,
    steady_judge,
    steady_reply,
    write_contest,
    write_rubric,
    write_settings,
)
from tests.tools.scripted_server import Answer, Json, Server, scripted_server

ROSTER = "pseudonym,names,contacts\nann,Анна Ветрова,ann@mail.example\nbob,Борис Лыков,\n"


def graded(root: Path, server: Server) -> list[Json]:
    """Runs `grade` and gives the requests it sent."""
    before = len(server.calls)
    ran = casejury(root, "grade", server=server.url)
    assert ran.code == 0, ran.err
    return [call.body for call in server.calls[before:]]


def texts(requests: list[Json]) -> list[str]:
    return [str(request["messages"][1]["content"]) for request in requests]


def posts_with(number: int, text: str) -> list[tuple[object, ...]]:
    """The posts, one of them with another text."""
    return [(*post[:4], text if place == number else post[4]) for place, post in enumerate(POSTS)]


def a_letter(root: Path) -> None:
    path = root / "submissions" / "posts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("waited", "waitid"), encoding="utf-8")
    ingested(root)


def a_rubric(root: Path) -> None:
    changed = dict(RUBRICS[2])
    changed["criteria"] = [{**changed["criteria"][0], "title": "Tone of voice"}, *changed["criteria"][1:]]
    write_rubric(root, 2, changed)
    sign(root, 2)


def the_model(root: Path) -> None:
    write_settings(root, model="scripted-2")


def a_parameter(root: Path) -> None:
    text = (root / "contest.yaml").read_text(encoding="utf-8")
    (root / "contest.yaml").write_text(
        text.replace("endpoint: openai", "endpoint: openai, temperature: 0.5"), encoding="utf-8"
    )


def the_guidelines(root: Path) -> None:
    (root / "guidelines.md").write_text("Be brief, be kind.\n", encoding="utf-8")


def a_statement(root: Path) -> None:
    (root / "cases" / "03.md").write_text(CASES[3] + "Be quick about it.\n", encoding="utf-8")
    sign(root, 3)


def a_template(root: Path) -> None:
    own = root / "prompts"
    own.mkdir()
    shipped = Path(__file__).parents[2] / "prompts" / "grade.j2"
    changed = shipped.read_text(encoding="utf-8").replace("{% block user -%}", "{% block user -%}\nPlease.\n")
    (own / "grade.j2").write_text(changed, encoding="utf-8")


def a_name_that_is_masked(root: Path) -> None:
    """The roster knows a person more; one text names that person."""
    (root / "roster.csv").write_text(ROSTER + "eve,Ева Третьякова,desk-77@mail.example\n", encoding="utf-8")
    ingested(root)


def the_approval(root: Path) -> None:
    """Signed again, the content is the same."""
    sign(root, 1)


def a_comment(root: Path) -> None:
    path = root / "contest.yaml"
    path.write_text("# our contest\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


def the_review(root: Path) -> None:
    write_settings(root, review="referred_and_audit")


def the_budget(root: Path) -> None:
    write_settings(root, requests=77, attempts=4)


def nothing(root: Path) -> None:
    ingested(root)


@pytest.mark.parametrize(
    ("change", "requests"),
    [
        (a_letter, 1),
        (a_rubric, 2),
        (the_model, 5),
        (a_parameter, 5),
        (the_guidelines, 5),
        (a_statement, 1),
        (a_template, 5),
        (a_name_that_is_masked, 1),
        (the_approval, 0),
        (a_comment, 0),
        (the_review, 0),
        (the_budget, 0),
        (nothing, 0),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_rule_4_exactly_what_a_change_touches_is_asked_anew(
    tmp_path: Path, change: Callable[[Path], None], requests: int
) -> None:
    """And the plan says the same number before anything is sent."""
    posts = posts_with(4, f"{POSTS[4][4]}\nWrite to desk-77@mail.example about it.")
    root = ingested(write_contest(tmp_path, posts, roster=ROSTER))
    if change is a_letter:
        root = ingested(write_contest(tmp_path, POSTS, roster=ROSTER))
    with scripted_server(steady_judge) as server:
        assert len(graded(root, server)) == 5
        change(root)
        plan = casejury(root, "grade", "--dry-run", "--json").json
        assert (plan["requests"], plan["stale"]) == (requests, requests)
        assert len(graded(root, server)) == requests
        assert graded(root, server) == []
    with opened(root) as store:
        assert len(store.known_keys()) == 5 + requests, "what was graded before stays stored"


def test_rule_4_the_change_back_needs_no_request(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as server:
        assert len(graded(root, server)) == 5
        the_guidelines(root)
        assert len(graded(root, server)) == 5
        (root / "guidelines.md").unlink()
        assert graded(root, server) == []


def test_rule_4_the_address_and_the_key_are_no_part_of_a_grading(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as one, scripted_server(steady_judge) as other:
        assert len(graded(root, one)) == 5
        assert graded(root, other) == []


def test_rule_4_failures_are_tried_again_on_the_next_run(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path, attempts=1))
    failing = True

    def script(body: Json, n: int) -> Answer:
        if failing and "line by line" in str(body["messages"]):
            return Answer(500, body={"error": {"message": "busy"}})
        return steady_judge(body, n)

    with scripted_server(script) as server:
        assert len(graded(root, server)) == 5
        state = casejury(root, "status", "--json").json["state"]
        assert state["referrals"] == {"ungraded_provider_error": 1}
        assert casejury(root, "grade", "--dry-run", "--json").json["retried"] == 1
        assert len(graded(root, server)) == 1
        failing = False
        assert len(graded(root, server)) == 1
        assert graded(root, server) == []
    assert casejury(root, "status", "--json").json["state"]["suggested"] == {"2": 5}


def test_rule_4_another_model_than_declared_is_told_and_refers(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, _n: int) -> Answer:
        other = "someone-else" if "line by line" in str(body["messages"]) else "scripted-1-2026-01-01"
        return Answer(body=said(steady_reply(body), model=other))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", server=server.url)
    assert ran.code == 0
    assert "! model_differs: declared scripted-1, answered someone-else" in ran.out
    assert ran.out.count("model_differs") == 1, "a dated snapshot is the declared model"
    state = casejury(root, "status", "--json").json["state"]
    assert (state["referrals"], state["suggested"]) == ({"model_differs": 1}, {"2": 4})


def test_rule_4_a_model_that_changes_in_mid_run_is_told_and_refers(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, n: int) -> Answer:
        reply: dict[str, Any] = said(steady_reply(body), model="scripted-1")
        return Answer(body={**reply, "system_fingerprint": "fp_old" if n < 3 else "fp_new"})

    with scripted_server(script) as server:
        run = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url).json["run"]
    referred = casejury(root, "status", "--json").json["state"]["referrals"]
    assert run["model_changes"], "the run tells it"
    assert set(referred) == {"fingerprint_changed"}
    with opened(root) as store:
        prints = [record.fingerprint for record in store.gradings(store.known_keys()).values()]
    assert sorted(set(prints)) == ["fp_new", "fp_old"]
    assert referred["fingerprint_changed"] in {prints.count("fp_new"), prints.count("fp_old")}


@pytest.mark.parametrize(
    ("answered", "codes"),
    [
        ("scripted-1", []),
        ("scripted-1-2026-01-31", []),
        ("scripted-1-20260131", []),
        ("scripted-1-0131", []),
        ("", []),
        ("scripted-1-mini", ["model_differs"]),
        ("scripted-1-mini-2026-01-31", ["model_differs"]),
        ("scripted-1-2026-01-31-preview", ["model_differs"]),
        ("scripted-12", ["model_differs"]),
        ("SCRIPTED-1", ["model_differs"]),
    ],
)
def test_rule_4_only_a_date_may_follow_the_declared_model(answered: str, codes: list[str]) -> None:
    assert [r.code for r in mismatch("scripted-1", answered, "", "")] == codes


def test_rule_4_another_snapshot_in_mid_run_is_told_and_refers(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, n: int) -> Answer:
        return Answer(body=said(steady_reply(body), model=f"scripted-1-2026-01-0{1 if n < 3 else 2}"))

    with scripted_server(script) as server:
        run = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url).json["run"]
    state = casejury(root, "status", "--json").json["state"]
    assert run["model_changes"] == ["fingerprint_changed: before scripted-1-2026-01-01, after scripted-1-2026-01-02"]
    assert (state["referrals"], state["suggested"]) == ({"fingerprint_changed": 2}, {"2": 3})


def test_equal_texts_of_two_entrants_share_one_grading_and_both_get_their_outcome(tmp_path: Path) -> None:
    posts = [(*POSTS[0],), ("p9", "bob", 1, "2026-12-12T10:00:00+03:00", POSTS[0][4])]
    root = ingested(write_contest(tmp_path, posts))
    with scripted_server(steady_judge) as server:
        assert len(graded(root, server)) == 1
    listed = casejury(root, "status", "--list", "--json").json["submissions"]
    assert [(row["entrant"], row["state"]) for row in listed] == [("ann", "referred"), ("bob", "referred")]
    with opened(root) as store:
        outcomes = list(store.outcomes())
        assert len({record.key for record in outcomes}) == 1
        assert [record.outcome.guards for record in outcomes if record.verification] == [2, 2]  # type: ignore[union-attr]


def test_what_is_sent_about_a_case_begins_with_the_same_bytes(tmp_path: Path) -> None:
    """So that a provider's cache of prefixes hits."""
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as server:
        sent = graded(root, server)
    systems = [request["messages"][0]["content"] for request in sent]
    formats = [str(request["response_format"]) for request in sent]
    assert len(set(systems)) == len(set(formats)) == 3
    assert sorted(systems.count(one) for one in set(systems)) == [1, 2, 2]
