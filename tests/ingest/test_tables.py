"""Tables of posts: CSV, XLSX, JSON lines."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from pipeline.domain.contest import Contest, TableRule
from pipeline.ingest.read import ReadFile, read_bytes
from pipeline.ingest.stamps import parse_stamp

CONTEST = Contest(id="c", timezone="Europe/Moscow")


def _csv(text: str, contest: Contest = CONTEST, name: str = "in/answers.csv") -> ReadFile:
    return read_bytes(text.encode(), name, contest)


def _xlsx(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _problems(read: ReadFile) -> list[tuple[str, str]]:
    return [(u.source.partition("#")[2], u.problem) for u in read.unreadable]


@pytest.mark.parametrize(
    "header",
    [
        "id,entrant,case,text,published,modified,url,title",
        "ID,Участник,Кейс,Текст,Опубликовано,Изменено,Ссылка,Заголовок",
        "№,ФИО участника,Номер кейса,Текст ответа,Дата публикации,Дата изменения,URL,Тема",
        "Row_ID,Author,Case number,Answer,Created_At,Updated at,link,Subject",
    ],
)
def test_columns_are_recognised_in_russian_and_english(header: str) -> None:
    row = '5,zorin,3,"Line one\nline two",2026-12-15 10:00,2026-12-16 11:00,https://b.example/p/5,My case'
    (post,) = _csv(f"{header}\n{row}\n").posts
    assert (post.kind, post.title, post.text) == ("row", "My case", "Line one\nline two")
    assert (post.identity, post.source) == ("url:https://b.example/p/5", "in/answers.csv#5")
    assert [(c.source, c.value) for c in post.entrant_claims] == [("column", "zorin")]
    assert [(c.source, c.value) for c in post.case_claims] == [("column", "3")]
    assert [(c.source, c.value) for c in post.published_claims] == [("column", "2026-12-15 10:00")]
    assert [(c.source, c.value) for c in post.modified_claims] == [("column", "2026-12-16 11:00")]


def test_each_row_is_its_own_entrant_without_an_entrant_column() -> None:
    first, second = _csv("id,text,time\nA7,One.,2026-12-15\n,Two.,\n").posts
    assert (first.identity, first.entrant_claims[0].value) == ("row:in/answers.csv#A7", "A7")
    assert (second.identity, second.entrant_claims[0].value) == ("row:in/answers.csv#row 3", "row 3")


def test_an_empty_entrant_cell_claims_nothing() -> None:
    (post,) = _csv("entrant,text\n,One.\n").posts
    assert post.entrant_claims == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_found_by_the_header(delimiter: str) -> None:
    text = f'id{delimiter}text\n1{delimiter}"a, b; c\td ""quoted"""\n'
    (post,) = _csv(text).posts
    assert post.text == 'a, b; c d "quoted"'


def test_a_delimiter_line_of_spreadsheets_is_obeyed() -> None:
    (post,) = _csv("sep=;\nid;text\n1;a,b\n").posts
    assert post.text == "a,b"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_tables_in_other_encodings(encoding: str) -> None:
    (post,) = read_bytes("Участник;Ответ\nзорин;Привет, мир\n".encode(encoding), "a.csv", CONTEST).posts
    assert post.text == "Привет, мир"


def test_a_broken_row_is_unreadable_by_itself() -> None:
    read = _csv('id,text\n1,fine\n2,"torn"quote\n3,one,too many\n4\n5,fine\n1,again\n6,\n')
    assert [p.text for p in read.posts] == ["fine", "fine", ""]
    assert _problems(read) == [
        ("row 3", "broken_row"),
        ("row 4", "row_with_extra_cells"),
        ("row 5", "row_without_text"),
        ("row 7", "duplicate_row_id"),
    ]
    assert all(u.params["line"] and u.remedy for u in read.unreadable)


def test_a_quote_that_never_ends_swallows_nothing_in_silence() -> None:
    read = _csv('id,text\n1,fine\n2,"open\n3,lost\n')
    assert [p.text for p in read.posts] == ["fine"]
    assert [p for _, p in _problems(read)] == ["broken_row"]


def test_a_table_without_text_column_names_its_columns_and_the_way_out() -> None:
    (problem,) = _csv("foo,bar\n1,2\n").unreadable
    assert (problem.problem, problem.params) == ("no_text_column", {"columns": "foo, bar"})
    assert "contest.yaml" in problem.remedy


def test_a_huge_cell_is_read_whole() -> None:
    (post,) = _csv(f'text\n"{"слово " * 60_000}"\n').posts
    assert len(post.text) == 60_000 * 6 - 1


def test_contest_yaml_maps_columns_by_file_name() -> None:
    rules = (
        TableRule(
            match="WAVE2*.csv", columns={"text": "Body Text", "entrant": "who"}, case=4, format="html", unix_time=True
        ),
        TableRule(match="*.csv", columns={"text": "foo"}),
    )
    contest = Contest(id="c", tables=rules)
    row = 'who,Body Text,time\nzorin,"<p>One<br>two</p><p hidden>not for the readers</p>",1797318000\n'
    (post,) = _csv(row, contest, "in/wave2-answers.csv").posts
    assert post.text == "One\ntwo"
    assert post.hidden[0].text == "not for the readers"
    assert [(c.source, c.value) for c in post.case_claims] == [("column", "4")]
    stamp = parse_stamp(post.published_claims[0].value, contest)
    assert stamp is not None
    assert stamp.at == datetime(2026, 12, 15, 7, tzinfo=UTC)
    assert [p.text for p in _csv("foo\nx\n", contest).posts] == ["x"]


def test_unix_numbers_stay_as_written_without_the_mapping() -> None:
    (post,) = _csv("text,time\nx,1797318000\n").posts
    assert post.published_claims[0].value == "1797318000"


def test_date_and_time_in_two_columns_are_one_stamp() -> None:
    (post,) = _csv("Текст,Дата,Время\nx,15.12.2026,10:00\n").posts
    assert post.published_claims[0].value == "15.12.2026 10:00"


def test_sheets_with_a_recognised_header_are_read() -> None:
    naive = datetime(2026, 12, 15, 10)  # noqa: DTZ001 - sheets know no zones
    data = _xlsx(
        [["Export of the contest"], [], ["id", "Участник", "Кейс", "Ответ", "Дата"],
         [1, "zorin", 5, "One.", naive], [2.0, "popov", "6", "Two.", date(2026, 12, 15)],
         [None, None, None, None, None]],
        [["legend", "meaning"], [1, 2]],
        [["Text"], ["Three."]],
    )  # fmt: skip
    read = read_bytes(data, "in/a.xlsx", CONTEST)
    assert [p.text for p in read.posts] == ["One.", "Two.", "Three."]
    assert [p.identity for p in read.posts] == ["row:in/a.xlsx#1", "row:in/a.xlsx#2", "row:in/a.xlsx#Sheet2 row 2"]
    assert [c.value for p in read.posts for c in p.published_claims] == ["2026-12-15 10:00:00", "2026-12-15"]
    assert [c.value for p in read.posts for c in p.case_claims] == ["5", "6"]


def test_formulas_without_values_and_errors_are_unreadable_by_row() -> None:
    data = _xlsx([["id", "text", "note"], [1, "=A1", ""], [2, "fine", "=A1"], [3, None, "x"]])
    read = read_bytes(data, "a.xlsx", CONTEST)
    assert [p.text for p in read.posts] == ["fine", ""]
    assert _problems(read) == [("row 2", "formula_without_value")]
    assert read.unreadable[0].params == {"row": 2}


def test_a_formula_with_its_value_and_an_error_value() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>text</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>B1</f><v>kept value</v></c></row>'
        '<row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData></worksheet>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_xlsx([["text"]]))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    read = read_bytes(out.getvalue(), "a.xlsx", CONTEST)
    assert [p.text for p in read.posts] == ["kept value"]
    assert _problems(read) == [("row 3", "error_value")]


@pytest.mark.parametrize(
    "line",
    ["{bad", "[1]", '"text"', '{"text": NaN}', '{"text": "a", "text": "b"}', "[" * 100_000],
)
def test_a_broken_json_line_is_unreadable_by_itself(line: str) -> None:
    read = read_bytes(
        f'{{"id": 1, "text": "One."}}\n{line}\n\n{{"id": 2, "answer": "Two."}}\n'.encode(), "a.jsonl", CONTEST
    )
    assert [p.text for p in read.posts] == ["One.", "Two."]
    assert [(u.problem, u.params) for u in read.unreadable] == [("broken_json_line", {"line": 2})]


def test_json_rows_without_text_and_odd_values() -> None:
    rows = '{"id": 1}\n{"id": 2, "text": null}\n{"id": 3, "case": 4.0, "text": "\\ud800x"}\n'
    rows += '{"id": 4, "text": ["a", "b"]}\n'
    read = read_bytes(rows.encode(), "a.jsonl", CONTEST)
    assert [p.text for p in read.posts] == ["\ufffdx", "a\nb"]
    assert read.posts[0].case_claims[0].value == "4"
    assert [p for _, p in _problems(read)] == ["row_without_text", "row_without_text"]
