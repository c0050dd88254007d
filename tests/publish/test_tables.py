"""decisions.csv and decisions.xlsx."""

from __future__ import annotations

import csv
import io
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.messages import Texts
from pipeline.publish.safe import csv_text, xlsx_text
from pipeline.publish.tables import csv_bytes, xlsx_bytes
from pipeline.publish.write import write_report
from tests.publish.made_report import decided, make_report, pending, referred, suggested

T = Texts("en", ZoneInfo("Europe/Moscow"))
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '"=1', "x;=1", "x,=1", "x\n=1", "\u200b=1")


def parsed(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_rule_9_no_cell_of_any_file_is_a_formula(formula: str) -> None:
    row = suggested()
    s = row.submission.model_copy(update={"title": formula, "url": formula, "entrant": formula, "source": formula})
    report = make_report(row.model_copy(update={"submission": s}))
    for delimiter in ";,\t":
        lines = csv.reader(io.StringIO(csv_bytes(report, T).decode("utf-8-sig"), newline=""), delimiter=delimiter)
        for cell in (cell for line in lines for cell in line):
            assert not cell.lstrip(" \t\r\n'\"").startswith(("=", "+", "@", "＝")) or cell.lstrip(' "').startswith("'")
    for page in load_workbook(io.BytesIO(xlsx_bytes(report, T))):
        for cells in page.iter_rows():
            assert all(cell.data_type != "f" for cell in cells)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_rule_9_text_in_a_csv_cell_is_one_line_that_starts_no_formula(text: str) -> None:
    cell = csv_text(text)
    assert "\n" not in cell
    assert "\r" not in cell
    assert not cell.startswith(("=", "+", "-", "@", "\t"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-16", max_codepoint=0xFFFF), max_size=40))
def test_rule_9_any_text_makes_a_workbook_that_opens(text: str) -> None:
    assert not set(xlsx_text(text)) & set(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))


def test_rule_1_unknown_is_an_empty_cell_in_both_tables() -> None:
    report = make_report(referred(), pending())
    for line in parsed(csv_bytes(report, T)):
        assert [line[head] for head in line if head.startswith("guards")] == ["", "", ""]
    page = load_workbook(io.BytesIO(xlsx_bytes(report, T))).worksheets[0]
    assert [page.cell(row, column).value for row in (2, 3) for column in (5, 6, 7)] == [None] * 6
    assert [page.cell(2, 8).value, page.cell(2, 9).value] == [1, 3]


def test_rule_7_guards_of_jurors_policy_and_ai_stand_in_columns_of_their_own() -> None:
    lines = parsed(csv_bytes(make_report(decided(guards=1), suggested("zayac", level=2, released=2), suggested()), T))
    columns = ("guards: decided by a juror", "guards: AI under policy", "guards: AI suggestion, not a decision")
    assert [[line[c] for c in columns] for line in lines] == [["1", "", ""], ["", "2", ""], ["", "", "3"]]


def test_the_csv_keeps_its_dialect() -> None:
    data = csv_bytes(make_report(), T)
    assert data.startswith(b'\xef\xbb\xbf"id";"case"')
    assert data.count(b"\n") == data.count(b"\r\n") == 9
    assert parsed(data)[0]["published"] == "2026-12-17T09:30:00+03:00"


def test_the_workbook_is_typed_filtered_and_frozen() -> None:
    book = load_workbook(io.BytesIO(xlsx_bytes(make_report(), T)))
    assert book.sheetnames == ["Decisions", "Reasons", "Ineligible", "Awards"]
    page = book["Decisions"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:X9"
    heads = [cell.value for cell in page[1]]
    assert page.cell(2, heads.index("published") + 1).value == datetime(2026, 12, 17, 9, 30)  # noqa: DTZ001 - the contest's local time, as spreadsheets have it
    assert page.cell(2, heads.index("guards: AI suggestion, not a decision") + 1).value == 3
    assert page.cell(2, 4).quotePrefix


def test_the_same_report_is_the_same_bytes_at_another_time(tmp_path: Path) -> None:
    one = write_report(make_report(), T, tmp_path / "one")
    time.sleep(2.1)
    other = write_report(make_report(), T, tmp_path / "other")
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in other]
