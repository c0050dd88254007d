"""Tables of marks as files: CSV and TSV, the first sheet of XLSX, JSON lines; read whole, every cell as text."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.errors import ConfigurationError
from pipeline.workspace.yamlfile import decode

MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000
_FORMATS = "CSV, TSV, XLSX or JSONL"


class Line(NamedTuple):
    """One row: its number in the file, its cells by column; a column without a cell is absent."""

    number: int
    cells: dict[str, str]


class MarkTable(NamedTuple):
    """The columns in their order, and the rows that hold anything. `where`: the file's name for messages."""

    where: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read_mark_table(path: Path) -> MarkTable:
    """The table of a file; ConfigurationError, with line and remedy, for one that cannot be read as a table."""
    where = path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigurationError(f"is larger than {MAX_BYTES:,} bytes", where=where, remedy="is it the right file?")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read ({error.strerror or error})", where=where, remedy="check the path"
        ) from error
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _table(_sheet(data, where), where)
    if suffix in {".jsonl", ".ndjson"}:
        return _objects(decode(data, where), where)
    if suffix in {".csv", ".tsv", ".txt"}:
        return _table(_delimited(decode(data, where), where), where)
    raise ConfigurationError(f"is no table that is read here ({suffix or 'no ending'})", where=where, remedy=_FORMATS)


def _delimited(text: str, where: str) -> list[tuple[int, list[str]]]:
    head = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ConfigurationError(
            f"is not a table: {error}", where=f"{where}, line {reader.line_num}", remedy="check the quotes of that line"
        ) from error


def _sheet(data: bytes, where: str) -> list[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # stored sizes are often wrong
        rows = [
            (number, ["" if cell is None else _shown(cell) for cell in row])
            for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=MAX_ROWS), start=1)
        ]
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        AttributeError,
        OSError,
    ) as error:
        raise ConfigurationError(
            "is no readable workbook", where=where, remedy="open it and save it again as XLSX or CSV"
        ) from error
    return [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]


def _shown(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _table(rows: list[tuple[int, list[str]]], where: str) -> MarkTable:
    if len(rows) < 2:
        raise ConfigurationError("holds no rows below its header", where=where, remedy="docs/evaluation.md shows one")
    columns = [name.strip() for name in rows[0][1]]
    while columns and not columns[-1]:
        columns.pop()
    _no_twins(columns, where)
    lines = []
    for number, cells in rows[1:]:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise ConfigurationError(
                f"has {len(cells)} cells under {len(columns)} columns",
                where=f"{where}, line {number}",
                remedy="put a cell that holds the delimiter in quotes",
            )
        lines.append(Line(number, dict(zip(columns, cells, strict=False))))
    return MarkTable(where, tuple(columns), tuple(lines))


def _no_twins(columns: list[str], where: str) -> None:
    folded = [name.casefold() for name in columns]
    if twins := [name for name in columns if folded.count(name.casefold()) > 1]:
        raise ConfigurationError(
            f"two columns are called {twins[0]!r}", where=f"{where}, line 1", remedy="rename or remove one"
        )


def _objects(text: str, where: str) -> MarkTable:
    columns: dict[str, None] = {}
    lines = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(
                "is no JSON", where=f"{where}, line {number}", remedy="write one object a line"
            ) from error
        if not isinstance(value, dict):
            raise ConfigurationError("is no object", where=f"{where}, line {number}", remedy="write one object a line")
        cells = {key.strip(): _shown(cell) for key, cell in value.items() if cell is not None}
        columns.update(dict.fromkeys(cells))
        lines.append(Line(number, cells))
    if not lines:
        raise ConfigurationError("holds no rows", where=where, remedy="write one object a line")
    return MarkTable(where, tuple(columns), tuple(lines))
