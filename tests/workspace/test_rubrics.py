from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Case
from pipeline.domain.rubric import Rubric
from pipeline.errors import ConfigurationError, StorageError, UsageError
from pipeline.workspace.load import load_rubric, unsigned
from pipeline.workspace.rubrics import approve, rubric_yaml, save_draft
from pipeline.workspace.yamlfile import build, load_yaml

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
CASE = Case(number=3, title="Three", statement="Give at least five tips.")
SOURCE = """\
# Written by hand
case: 3   # the third
status: draft   # not yet

# what is looked at
criteria:
- id: tips
  kind: count
  title: 'Tips: five'   # single quotes
  qualifies: >
    one thing to do,
    said in full
  at_least: 5

- {id: tone, kind: level, title: "Tone", levels: {0: cold, 1: warm}}
- id: overall
  kind: level
  title: Whole
  levels:
    0: nothing   # zero
    1: |
      some of it

      and more
    2: all
# what limits
caps: [{criterion: tips, items_below: 5, max: 1}]
# the end
"""


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "03.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text", [SOURCE, SOURCE.replace("   # not yet", ""), SOURCE.replace("status: draft   # not yet\n", "")]
)
def test_an_approval_leaves_every_other_line_as_it_was(tmp_path: Path, text: str) -> None:
    path = file(tmp_path, text)
    rubric = load_rubric(path)
    signed = approve(path, rubric, CASE, "Chief: juror", AT)
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("status:", "approved:"))]
    assert kept == [line for line in text.splitlines() if not line.startswith("status:")]
    assert signed == load_rubric(path)
    assert signed.approved is not None
    assert (signed.id, signed.approved.by, signed.approved.at) == (rubric.id, "Chief: juror", AT)
    assert unsigned(signed, CASE.statement_id) is None


def test_a_second_approval_changes_only_the_approval(tmp_path: Path) -> None:
    path = file(tmp_path, SOURCE)
    approve(path, load_rubric(path), CASE, "One", AT)
    before = path.read_text(encoding="utf-8").splitlines()
    changed = CASE.model_copy(update={"statement": "Give at least five kind tips."})
    signed = approve(path, load_rubric(path), changed, "Two", AT)
    after = path.read_text(encoding="utf-8").splitlines()
    assert [a for a, b in zip(after, before, strict=True) if a != b] == [a for a in after if a.startswith("approved:")]
    assert unsigned(signed, changed.statement_id) is None
    assert unsigned(signed, CASE.statement_id)


def test_an_approval_written_as_a_block_is_updated_in_place(tmp_path: Path) -> None:
    block = "approved:\n  by: Old   # who\n  at: 2026-01-01T00:00:00Z\n"
    path = file(tmp_path, SOURCE.replace("status: draft   # not yet\n", f"status: approved\n{block}"))
    approve(path, load_rubric(path), CASE, "New", AT)
    text = path.read_text(encoding="utf-8")
    assert "by: New   # who" in text
    assert "# what is looked at" in text


def test_only_what_the_person_saw_is_signed(tmp_path: Path) -> None:
    path = file(tmp_path, SOURCE)
    seen = load_rubric(path)
    path.write_text(SOURCE.replace("warm", "kind"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="changed since"):
        approve(path, seen, CASE, "Chief", AT)
    with pytest.raises(ConfigurationError, match="is for case 3"):
        approve(path, load_rubric(path), CASE.model_copy(update={"number": 4}), "Chief", AT)
    with pytest.raises(UsageError, match="needs a name"):
        approve(path, load_rubric(path), CASE, "  ", AT)
    assert path.read_text(encoding="utf-8") == SOURCE.replace("warm", "kind")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, SOURCE)
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(StorageError, match="disk full"):
        approve(path, load_rubric(path), CASE, "Chief", AT)
    assert [p.name for p in tmp_path.iterdir()] == ["03.yaml"]
    assert path.read_text(encoding="utf-8") == SOURCE


def test_the_files_permissions_stay(tmp_path: Path) -> None:
    path = file(tmp_path, SOURCE)
    path.chmod(0o640)
    approve(path, load_rubric(path), CASE, "Chief", AT)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_draft_is_saved_once_and_never_over_a_persons_work(tmp_path: Path) -> None:
    rubric = load_rubric(file(tmp_path, SOURCE))
    path = tmp_path / "rubrics" / "03.yaml"
    save_draft(path, rubric)
    assert load_rubric(path) == rubric
    with pytest.raises(UsageError, match="is there already"):
        save_draft(path, rubric)
    save_draft(path, rubric, replace=True)


def test_a_saved_draft_is_a_draft_whatever_was_given(tmp_path: Path) -> None:
    path = file(tmp_path, SOURCE)
    signed = approve(path, load_rubric(path), CASE, "Chief", AT)
    other = tmp_path / "draft" / "03.yaml"
    save_draft(other, signed)
    assert (load_rubric(other).status, load_rubric(other).approved) == ("draft", None)


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n"), max_size=40
)


@st.composite
def rubrics(draw: st.DrawFn) -> dict[str, Any]:
    criteria: list[dict[str, Any]] = [
        {"id": "tips", "kind": "count", "title": draw(texts), "qualifies": draw(texts), "at_least": 2, "at_most": 3},
        {"id": "harm", "kind": "check", "title": draw(texts), "asks": draw(texts), "evidence": draw(st.booleans())},
        {"id": "overall", "kind": "level", "title": draw(texts), "levels": {0: draw(texts), 1: draw(texts)}},
    ]
    rule = draw(st.sampled_from([{"from": "overall"}, {"points": {1: 2, 2: 3}}]))
    return {
        "case": 3,
        "criteria": criteria,
        "guards": rule,
        "caps": [{"criterion": "harm", "is": draw(st.booleans()), "max": 0}],
        "exemplars": [{"guards": 1, "text": draw(texts), "why": draw(texts)}],
    }


@given(rubrics())
@settings(max_examples=100, deadline=None)
def test_every_rubric_survives_its_yaml(data: dict[str, Any]) -> None:
    rubric = Rubric.model_validate(data)
    assert build(Rubric, load_yaml(rubric_yaml(rubric), "03.yaml"), "03.yaml") == rubric
