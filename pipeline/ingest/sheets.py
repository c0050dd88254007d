"""XLSX workbooks: every sheet with a recognised header."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook

from pipeline.ingest.archives import check_archive, office_file
from pipeline.ingest.found import CannotRead, Found, Origin
from pipeline.ingest.tables import TableReader, find_header, map_columns, no_text_column, row_of

_NO_VALUE = "\x00formula"
_ERROR = "\x00error"
_MOST_COLUMNS = 2000


def read_xlsx(data: bytes, origin: Origin) -> Found:
    """The rows of all sheets whose header names a text column; formulas count by the value stored with them.

    A row where a recognised column holds a formula without a value, or an error value, is unreadable by itself.
    Raises CannotRead for broken or protected files and where no sheet has a text column.
    """
    check_archive(data, "xl/workbook.xml")
    reader = TableReader(origin)
    with office_file():
        values = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        tops: list[list[str]] = []
        read = 0
        for sheet, source in zip(values.worksheets, formulas.worksheets, strict=True):
            rows = list(_rows(sheet, source))
            top = [cells for _, cells in rows[:20]]
            tops += top
            if (at := find_header([_shown(cells) for cells in top], reader.rule)) is not None:
                _take(reader, sheet.title if read else "", rows[at:])
                read += 1
    if not read:
        raise no_text_column(tops)
    return reader.found()


def _take(reader: TableReader, sheet: str, rows: list[tuple[int, list[str]]]) -> None:
    header = [c.strip() for c in _shown(rows[0][1])]
    while header and not header[-1]:
        header.pop()
    mapped = map_columns([c for c in header if c], reader.rule)
    used = {header.index(column) for column in mapped.values()}
    for number, read in rows[1:]:
        cells = read + [""] * (len(header) - len(read))
        if not any(c.strip() for c in cells):
            continue
        own = [cells[at] for at in used if at < len(cells)]
        problem = "formula_without_value" if _NO_VALUE in own else "error_value" if _ERROR in own else ""
        place = f"{sheet} row {number}".strip()
        where: dict[str, str | int] = {"row": number, **({"sheet": sheet} if sheet else {})}
        reader.take(row_of(place, header, _shown(cells), problem, where), mapped)


def _shown(cells: list[str]) -> list[str]:
    return ["" if c in (_NO_VALUE, _ERROR) else c for c in cells]


def _rows(sheet: Any, source: Any) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and cells as text; stored sizes are ignored, they are often wrong."""
    for part in (sheet, source):
        if not hasattr(part, "reset_dimensions"):
            raise CannotRead("broken_archive", "open it in its program and save it again")
        part.reset_dimensions()
    for number, (row, written) in enumerate(zip_longest(sheet.iter_rows(), source.iter_rows(), fillvalue=()), 1):
        cells = [_text(cell, raw) for cell, raw in zip_longest(row[:_MOST_COLUMNS], written[:_MOST_COLUMNS])]
        if any(cells):
            yield number, cells


def _text(cell: Any, written: Any) -> str:
    value = getattr(cell, "value", None)
    if value is None:
        return _NO_VALUE if getattr(written, "data_type", "n") == "f" else ""
    if getattr(cell, "data_type", "n") == "e":
        return _ERROR
    if isinstance(value, datetime):
        has_clock = (value.hour, value.minute, value.second) != (0, 0, 0) or "h" in str(cell.number_format).casefold()
        return value.isoformat(sep=" ") if has_clock else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
