"""Files of marks: what each column is, and what is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.errors import ConfigurationError, UsageError
from pipeline.workspace.gold import Gold, read_gold, read_predictions


def written(folder: Path, text: str, name: str = "gold.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def gold(folder: Path, text: str, **more: object) -> Gold:
    return read_gold(written(folder, text), 3, **more)  # type: ignore[arg-type]


def test_a_column_a_rater_and_an_empty_cell_is_no_mark(tmp_path: Path) -> None:
    found = gold(tmp_path, "id,ann,bob,prediction,remark\na,0,3,2,fine\nb,,1.0,—,\n")
    assert found.raters == ("ann", "bob")
    assert [row.marks for row in found.rows] == [{"ann": 0, "bob": 3}, {"bob": 1}]
    assert [row.prediction for row in found.rows] == [2, None]
    assert found.ignored == ("remark",)


def test_a_row_a_mark_with_rater_and_guards(tmp_path: Path) -> None:
    found = gold(tmp_path, "Работа;Эксперт;Гарды;:tone\nx;Анна;3;2\nx;Борис;2;\ny;Борис;0;1\n")
    assert found.raters == ("Анна", "Борис")
    assert {row.id: row.marks for row in found.rows} == {"x": {"Анна": 3, "Борис": 2}, "y": {"Борис": 0}}
    assert found.rows[0].criteria == {"Анна": {"tone": 2}}


def test_xlsx_and_jsonl_hold_the_same_as_csv(tmp_path: Path) -> None:
    rows = [("id", "ann", "bob", "ann:tone"), ("7", 0, 3, 1), ("8", 2, None, True)]
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "gold.xlsx")
    lines = [json.dumps(dict(zip(rows[0], row, strict=True))) for row in rows[1:]]
    written(tmp_path, "\n".join(lines), "gold.jsonl")
    written(tmp_path, "id\tann\tbob\tann:tone\n7\t0\t3\t1\n8\t2\t\ttrue\n", "gold.tsv")
    read = [read_gold(tmp_path / f"gold.{kind}", 3) for kind in ("xlsx", "jsonl", "tsv")]
    found = [(r.raters, [(row.id, row.marks, row.criteria) for row in r.rows]) for r in read]
    assert found[0] == found[1] == found[2]
    assert found[0][1][1] == ("8", {"ann": 2}, {"ann": {"tone": 1}})


def test_named_raters_are_the_columns_whatever_they_are_called(tmp_path: Path) -> None:
    found = gold(tmp_path, "id,score,year\na,3,2024\n", raters=["score"])
    assert (found.raters, found.rows[0].marks, found.ignored) == (("score",), {"score": 3}, ("year",))
    with pytest.raises(UsageError, match="no column 'marks'"):
        gold(tmp_path, "id,score\na,3\n", raters=["marks"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,ann\na,4\n", r"gold.csv, line 2: ann: '4' is not a whole number from 0 to 3"),
        ("id,ann\na,1\na,2\n", r"line 3: 'a' stands in line 2 too"),
        ("id,ann\n,1\n", r"line 2: id: names no submission"),
        ("ann,bob\n1,2\n", r"no column that names the submission"),
        ("id,remark\na,good\n", r"no column holds a rater's marks"),
        ("id,ann,ann\na,1,2\n", r"two columns are called 'ann'"),
        ("id,ann\n", r"holds no rows"),
        ("id,ann\na,1,2\n", r"3 cells under 2 columns"),
        ("id,rater,guards\na,ann,1\na,ann,2\n", r"line 3: 'a' stands in line 2 too"),
        ("id,ann,prediction,state\na,1,2,perhaps\n", r"unknown state 'perhaps'"),
        ("id,ann,prediction,confidence\na,1,2,inf\n", r"'inf' is no number"),
        ("id,ann,prediction\na,1,2.5\n", r"'2.5' is not a whole number"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        gold(tmp_path, text)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    for name, content in (("g.xlsx", b"PK nonsense"), ("g.docx", b"x"), ("g.jsonl", b"[1]"), ("g.csv", b"\xff\xfea")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigurationError):
            read_gold(tmp_path / name, 3)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_gold(tmp_path / "absent.csv", 3)


def test_predictions_are_the_named_column_or_the_only_one_of_numbers(tmp_path: Path) -> None:
    named = read_predictions(written(tmp_path, "id,prediction,state\na,2,referred\n"), 3)
    lone = read_predictions(written(tmp_path, "id,gpt\na,2\nb,\n"), 3)
    assert [(row.prediction, row.state) for row in named.rows] == [(2, "referred")]
    assert [row.prediction for row in lone.rows] == [2, None]
    with pytest.raises(ConfigurationError, match="which column holds the predictions"):
        read_predictions(written(tmp_path, "id,one,two\na,2,3\n"), 3)
