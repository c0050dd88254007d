"""Tables of posts: CSV, XLSX and JSON lines, each row a post."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from pydantic import Field

from pipeline.domain.contest import TableRule
from pipeline.domain.ids import Value
from pipeline.domain.submission import Claim, Post, Unreadable
from pipeline.ingest.blocks import Content
from pipeline.ingest.encodings import decode
from pipeline.ingest.found import CannotRead, Found, Origin, make_post
from pipeline.ingest.html_page import render_fragment
from pipeline.ingest.plain import text_content
from pipeline.ingest.stamps import parse_stamp

_NAMES = {
    "id": "id|post id|row id|submission id|идентификатор|код|id поста|№|#|номер|№ п/п",
    "entrant": "участник|entrant|participant|pseudonym|псевдоним|author|автор|student|оператор|фио|фио участника|имя"
    "|name|login|логин|user|username|пользователь|student id",
    "case": "кейс|case|номер кейса|№ кейса|кейс №|case number|case no|case id|case #",
    "text": "текст|text|ответ|answer|текст ответа|answer text|response|essay|решение|solution|full text|content"
    "|содержание|body|submission|post|пост|текст поста",
    "published": "опубликовано|published|published at|дата публикации|время публикации|submitted|submitted at|created"
    "|created at|timestamp|отметка времени|дата и время|создано|posted at|datetime|date time|date|дата|time|время",
    "modified": "изменено|modified|modified at|updated|updated at|edited|edited at|обновлено|дата изменения"
    "|last modified",
    "url": "url|ссылка|link|ссылка на пост|адрес|permalink|href",
    "title": "заголовок|title|название|тема|subject|headline",
}
_HEADER_WITHIN = 20
_MAP_IT = "name the text column under tables: in contest.yaml, for example columns: {text: …}"


class Row(Value):
    """One row as read: its place (also as numbers for messages), and its cells by column name.

    `problem`: why it cannot be read, "" if it can.
    """

    place: str
    cells: dict[str, str]
    problem: str = ""
    params: dict[str, str | int] = Field(default_factory=dict)


def rule_for(origin: Origin) -> TableRule:
    """The first rule of contest.yaml whose `match` fits the file's name (case does not count), else the default."""
    name = origin.name.casefold()
    return next((r for r in origin.contest.tables if fnmatchcase(name, r.match.casefold())), TableRule())


def plain_name(name: str) -> str:
    """A column's name without case, underscores, ё and punctuation at its ends, for comparing."""
    folded = re.sub(r"[\s_]+", " ", name.replace("\ufeff", "").casefold().replace("ё", "е")).strip(" :*.")
    return re.sub(r"(?<=\w)-(?=\w)", " ", folded)


def map_columns(columns: Sequence[str], rule: TableRule) -> dict[str, str]:
    """Field to column: the rule's word first, then recognised names; each column serves one field."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    mapped = {f: by_name[plain_name(c)] for f, c in rule.columns.items() if plain_name(c) in by_name}
    for field, names in _NAMES.items():
        if field not in rule.columns:
            taken = set(mapped.values())
            known = (by_name[n] for n in names.split("|") if n in by_name and by_name[n] not in taken)
            if (first := next(known, None)) is not None:
                mapped[field] = first
    return mapped


def find_header(rows: Sequence[Sequence[str]], rule: TableRule) -> int | None:
    """Which of the first rows names a text column; None if none does."""
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if "text" in map_columns([c for c in row if c.strip()], rule):
            return at
    return None


def no_text_column(rows: Sequence[Sequence[str]]) -> CannotRead:
    """What to say of a table without a recognised text column: the columns it has, and how to map one."""
    first = next((row for row in rows if any(c.strip() for c in row)), ())
    return CannotRead("no_text_column", _MAP_IT, columns=", ".join(c.strip()[:40] for c in first if c.strip())[:400])


class TableReader:
    """Turns the rows of one file into posts; a row id that comes twice is unreadable the second time."""

    def __init__(self, origin: Origin) -> None:
        self.origin, self.rule = origin, rule_for(origin)
        self.posts: list[Post] = []
        self.unreadable: list[Unreadable] = []
        self._ids: set[str] = set()

    def found(self) -> Found:
        return Found(posts=tuple(self.posts), unreadable=tuple(self.unreadable))

    def take(self, row: Row, mapped: Mapping[str, str] | None = None) -> None:
        """Adds the row's post, or what is wrong with it. `mapped`: the header's fields; None: the row names its own."""
        try:
            self.posts.append(self._post(row, mapped))
        except CannotRead as problem:
            self.unreadable.append(problem.at(f"{self.origin.source}#{row.place}"))

    def _post(self, row: Row, mapped: Mapping[str, str] | None) -> Post:
        if row.problem:
            raise CannotRead(row.problem, _ROW_REMEDIES[row.problem], **row.params)
        mapped = map_columns(list(row.cells), self.rule) if mapped is None else mapped
        cell = {field: row.cells[column].strip() for field, column in mapped.items() if column in row.cells}
        if "text" not in cell:
            raise CannotRead("row_without_text", _ROW_REMEDIES["row_without_text"], **row.params)
        row_id = cell.get("id") or row.place
        if row_id in self._ids:
            raise CannotRead("duplicate_row_id", "give every row its own id", id=row_id, **row.params)
        self._ids.add(row_id)
        published = cell.get("published", "")
        if (clock := self._clock(row.cells, mapped)) and published:
            published = f"{published} {clock}"
        case = cell.get("case") or ("" if self.rule.case is None else str(self.rule.case))
        entrant = cell.get("entrant", "") if "entrant" in mapped else row_id
        return make_post(
            self.origin,
            self._content(cell["text"]),
            part=row_id,
            row_id=row_id,
            url=cell.get("url", ""),
            title=cell.get("title", ""),
            kind="row",
            entrant_claims=(Claim(source="column", value=entrant),),
            published_claims=self._times(published),
            modified_claims=self._times(cell.get("modified", "")),
            case_claims=(Claim(source="column", value=case),) if case else (),
        )

    def _content(self, text: str) -> Content:
        return render_fragment(text) if self.rule.format == "html" else text_content(text)

    def _clock(self, cells: Mapping[str, str], mapped: Mapping[str, str]) -> str:
        """The time of day where date and time stand in two columns."""
        date = mapped.get("published", "")
        if "published" in self.rule.columns or plain_name(date) not in ("date", "дата"):
            return ""
        clock = next((v for c, v in cells.items() if plain_name(c) in ("time", "время")), "").strip()
        return clock if re.fullmatch(r"\d{1,2}:\d{2}(?::\d{2})?", clock) else ""

    def _times(self, raw: str) -> tuple[Claim, ...]:
        """The stamp as written; a Unix number, where the rule says so, as the instant it names."""
        if not raw:
            return ()
        if self.rule.unix_time and re.fullmatch(r"-?\d+(\.\d+)?", raw):
            stamp = parse_stamp(raw, self.origin.contest, unix=True)
            raw = stamp.at.isoformat() if stamp else raw
        return (Claim(source="column", value=raw),)


_ROW_REMEDIES = {
    "broken_row": "check the quotes of this row: a quote inside a text is written twice",
    "row_with_extra_cells": "put quotes around a text that holds the delimiter",
    "broken_json_line": "write one JSON object a line",
    "row_without_text": "give the row a text, or delete it",
    "formula_without_value": "open the table, let it compute, save it; or paste values",
    "error_value": "correct the formula or paste the value",
}


def read_csv(data: bytes, origin: Origin) -> Found:
    """The rows of a delimited text: comma, semicolon or tab, quotes doubled; the encoding as for text.

    A row whose quotes do not match, or with more cells than the header has columns, is unreadable by itself.
    """
    text, _ = decode(data)
    reader = TableReader(origin)
    if not text.strip():
        return Found(posts=(make_post(origin, Content(text=""), kind="file"),))
    rows = list(_csv_rows(text, _delimiter(text, reader.rule)))
    header_at = find_header([cells for _, cells, _ in rows[:_HEADER_WITHIN]], reader.rule)
    if header_at is None:
        raise no_text_column([cells for _, cells, _ in rows])
    header = [c.strip() for c in rows[header_at][1]]
    mapped = map_columns([c for c in header if c], reader.rule)
    for line, cells, broken in rows[header_at + 1 :]:
        if broken or any(c.strip() for c in cells):
            reader.take(row_of(f"row {line}", header, cells, broken, {"line": line}), mapped)
    return reader.found()


def row_of(
    place: str, header: Sequence[str], cells: Sequence[str], problem: str, params: Mapping[str, str | int]
) -> Row:
    """A row with its cells under their columns; more filled cells than columns are a problem of their own."""
    if not problem and any(c.strip() for c in cells[len(header) :]):
        problem = "row_with_extra_cells"
    named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    return Row(place=place, cells=named, problem=problem, params=dict(params))


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Line number where the row starts, its cells, and what is wrong with it."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    if text.lstrip("\ufeff")[:4].casefold() == "sep=":
        text = text.partition("\n")[2]
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows), ""
        except StopIteration:
            return
        except csv.Error:
            yield line, [], "broken_row"


def _delimiter(text: str, rule: TableRule) -> str:
    """The delimiter by which the first lines hold a recognised header with the most columns."""
    head = text.lstrip("\ufeff")[:20_000]
    if named := re.match(r"sep=([,;\t|])", head, re.IGNORECASE):
        return named[1]

    def quality(delimiter: str) -> tuple[int, int]:
        best = (0, 0)
        for nth, (_, cells, _) in enumerate(_csv_rows(head, delimiter)):
            if nth >= _HEADER_WITHIN:
                break
            mapped = map_columns([c.strip() for c in cells if c.strip()], rule)
            best = max(best, (len(mapped) if "text" in mapped else 0, len(cells) if nth == 0 else 0))
        return best

    return max((",", ";", "\t", "|"), key=quality)
