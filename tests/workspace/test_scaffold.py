from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.domain.contest import Case, Language
from pipeline.domain.lint import lint_rubric
from pipeline.errors import ConfigurationError
from pipeline.workspace.load import load_rubric, open_workspace, parse_roster
from pipeline.workspace.scaffold import init, template_rubric

LANGUAGES: list[Language] = ["ru", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_workspace_opens_and_takes_a_rubric(tmp_path: Path, language: Language) -> None:
    root = tmp_path / "Мой конкурс 2026"
    made = init(root, language=language)
    assert set(made) == {path for path in root.rglob("*") if path.is_file()}
    workspace = open_workspace(root)
    assert (workspace.contest.language, list(workspace.cases), workspace.roster) == (language, [1], None)
    assert workspace.guidelines
    assert len(parse_roster((root / "roster.csv.example").read_text(encoding="utf-8"), "roster.csv.example")) == 1
    assert "roster.csv\n" in (root / ".gitignore").read_text(encoding="utf-8")


@pytest.mark.parametrize("there", ["contest.yaml", "cases/01.md", "guidelines.md", "submissions/.gitkeep"])
def test_nothing_that_exists_is_overwritten_and_then_nothing_is_written(tmp_path: Path, there: str) -> None:
    path = tmp_path / there
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is there already"):
        init(tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine", encoding="utf-8")
    assert tmp_path / ".gitignore" not in init(tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale_max", [1, 2, 3])
@pytest.mark.parametrize("statement", ["Write a reply.", "Приведите 2–3 примера и не менее 5 «живых» фраз."])
def test_a_template_rubric_lacks_only_what_a_person_must_write(
    tmp_path: Path, language: Language, scale_max: int, statement: str
) -> None:
    case = Case(number=4, title="Four", statement=statement)
    path = tmp_path / "04.yaml"
    path.write_text(template_rubric(case, scale_max, language=language), encoding="utf-8")
    rubric = load_rubric(path)
    assert len(rubric.criteria) == (3 if "2–3" in statement else 1)
    assert {finding.code for finding in lint_rubric(rubric, case, scale_max)} <= {"unfinished"}


def test_the_template_of_a_long_scale_asks_for_its_descriptors(tmp_path: Path) -> None:
    case = Case(number=4, title="Four", statement="Write a reply.")
    path = tmp_path / "04.yaml"
    path.write_text(template_rubric(case, 10), encoding="utf-8")
    findings = lint_rubric(load_rubric(path), case, 10)
    assert len([finding for finding in findings if finding.code == "unfinished"]) == 9
