"""Templates of a workspace and samples of rubrics: what is wrong with them stops sending, not the contest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tools.contest import (
    POSTS,
    RUBRICS,
    casejury,
    ingested,
    opened,
    sign,
    steady_judge,
    write_contest,
    write_rubric,
)
from tests.tools.scripted_server import scripted_server

SHIPPED = (Path(__file__).parents[2] / "prompts" / "grade.j2").read_text(encoding="utf-8")
FENCED = "{{ fenced }}"
BROKEN = {
    "the text is left out": "",
    "without its marks": "{{ fenced.replace(fence ~ '| ', '') }}",
    "twice": "{{ fenced }}\n{{ fenced }}",
    "once more without its marks": "{{ fenced }}\n{{ fenced.replace(fence ~ '| ', '') }}",
    "changed": "{{ fenced | upper }}",
    "cut": "{{ fenced[:60] }}",
    "a division by zero": "{{ fenced }}{{ 1 / 0 }}",
    "another type": "{{ fenced + 1 }}",
    "a missing key": "{{ fenced }}{{ {}.pop('x') }}",
}
WHO = ("--by", "juror", "--reason", "read it")


def broken(root: Path, text: str | bytes) -> None:
    (root / "prompts").mkdir(exist_ok=True)
    (root / "prompts" / "grade.j2").write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("instead", BROKEN.values(), ids=BROKEN.keys())
def test_rule_9_a_template_that_does_not_fence_the_text_sends_nothing(tmp_path: Path, instead: str) -> None:
    root = ingested(write_contest(tmp_path, POSTS[4:]))
    broken(root, SHIPPED.replace(FENCED, instead))
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", server=server.url)
        assert server.calls == []
    assert ran.code == 2
    assert "grade.j2" in ran.err
    assert "bills" not in ran.err


def test_what_is_stored_is_shown_and_ruled_on_while_a_template_is_broken(tmp_path: Path) -> None:
    """Outcomes stay as they are stored, the fault is told, and only `grade` refuses."""
    root = ingested(write_contest(tmp_path, POSTS[4:]))
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
        for text in (b"\xff\xfe", SHIPPED.replace("{{ statement }}", "{{ 1 / 0 }}"), "{% block system %}{{ oops"):
            broken(root, text)
            for words in (("status", "--list"), ("show", "ann/3"), ("report",), ("ingest",), ("decisions",)):
                ran = casejury(root, *words)
                assert ran.code == 0, (words, ran.err)
            assert casejury(root, "status", "--json").json["state"]["suggested"] == {"2": 1}
            told = casejury(root, "status").err
            assert "grade.j2" in told
            assert len(told.splitlines()) == 1
            assert casejury(root, "grade", server=server.url).code == 2
        assert casejury(root, "rule", "ann/3", "--guards", 1, *WHO).code == 0
        assert len(server.calls) == 1
    assert casejury(root, "status", "--json").json["state"]["decided"] == {"1": 1}


ROSTER = "pseudonym,names,contacts\nann,Анна Ветрова,ann@mail.example\n"


def sampled(root: Path, text: str) -> Path:
    write_contest(root, POSTS[4:], roster=ROSTER)
    write_rubric(root, 3, {**RUBRICS[3], "exemplars": [{"guards": 2, "text": text, "why": "Анна Ветрова is kind."}]})
    sign(root, 3)
    return ingested(root)


def test_rule_10_samples_of_rubrics_are_masked(tmp_path: Path) -> None:
    root = sampled(tmp_path, "Меня зовут Анна Ветрова, ann@mail.example. I compare both bills.")
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
        sent = json.dumps([call.body for call in server.calls], ensure_ascii=False)
    assert "I compare both bills." in sent
    assert "Ветрова" not in sent
    assert "ann@mail" not in sent


def test_rule_10_a_sample_that_cannot_be_masked_is_not_sent(tmp_path: Path) -> None:
    root = sampled(tmp_path, "Уважаемая Анна Ветрова, we compare both bills.")
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", server=server.url)
        assert server.calls == []
    assert ran.code == 2
    assert "03.yaml" in ran.err
    assert "Ветрова" not in ran.err


def test_the_rubrics_of_a_run_are_kept_with_their_gradings(tmp_path: Path) -> None:
    """A later change of the file does not take away what the marks were given by."""
    root = ingested(write_contest(tmp_path))
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", server=server.url).code == 0
    with opened(root) as store:
        used = {record.rubric for record in store.gradings(store.known_keys()).values()}
        assert len(used) == 3
        assert all(store.rubric(identifier).id == identifier for identifier in used)


def test_recording_a_part_of_the_work_keeps_the_recordings_of_the_rest(tmp_path: Path) -> None:
    """What an earlier run, or another case's run, had answered is still played from the beginning."""
    folder = tmp_path / "recordings"
    root = ingested(write_contest(tmp_path / "one"))
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", "--record", folder, server=server.url).code == 0
        path = root / "submissions" / "posts.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("have waited", "had waited"), encoding="utf-8")
        ingested(root)
        assert casejury(root, "grade", "--record", folder, server=server.url).code == 0
    other = ingested(write_contest(tmp_path / "two"))
    replayed = casejury(other, "grade", "--replay", folder, "--json")
    assert replayed.code == 0, replayed.err
    assert replayed.json["run"]["graded"] == 5
