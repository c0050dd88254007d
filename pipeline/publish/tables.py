"""decisions.csv and decisions.xlsx: the same report, the same bytes; no cell can become a formula.

The dialect of decisions.csv: UTF-8 with BOM, delimiter `;` in every language, all text quoted by `"` (doubled
inside), numbers unquoted with a decimal point, lines ended by CRLF, one line a row (line breaks inside a text are
spaces), unknown is an empty field, stamps are ISO 8601 in the contest's zone with their offset. A text that could
start a formula has `'` before it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as WrittenCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.messages import Texts
from pipeline.publish.columns import Cell, Sheet, decisions_sheet, further_sheets
from pipeline.publish.safe import csv_text, xlsx_text
from pipeline.publish.view import Report

_EARLIEST_ZIP = 1980
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def csv_bytes(report: Report, t: Texts) -> bytes:
    """decisions.csv in the dialect above."""
    sheet = decisions_sheet(report, t)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quotechar='"', quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([csv_text(head) for head in sheet.heads])
    writer.writerows([_csv_cell(cell, report) for cell in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_cell(cell: Cell, report: Report) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(report.contest.zone).isoformat(timespec="seconds")
    return csv_text(cell) if isinstance(cell, str) else cell


def xlsx_bytes(report: Report, t: Texts) -> bytes:
    """decisions.xlsx: a sheet a topic, numbers and stamps typed, filters, frozen heads; stamped by the run."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one
    for sheet in (decisions_sheet(report, t), *further_sheets(report, t)):
        _fill(book.create_sheet(xlsx_text(sheet.title)[:31]), sheet, report)
    at = report.run.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "casejury"
    book.properties.title = xlsx_text(report.contest.title or report.contest.id)
    book.properties.created = at
    raw = io.BytesIO()
    book.save(raw)
    return _repeatable(raw.getvalue(), at)


def _fill(page: Worksheet, sheet: Sheet, report: Report) -> None:
    for column, head in enumerate(sheet.heads, start=1):
        cell = _put(page, 1, column, head, report)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E9E6DF")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(column)].width = sheet.widths[column - 1]
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row, start=1):
            _put(page, number, column, value, report)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{len(sheet.rows) + 1}"
    for number, note in enumerate(sheet.notes, start=len(sheet.rows) + 3):
        _put(page, number, 1, note, report).alignment = Alignment(wrap_text=False)


def _put(page: Worksheet, row: int, column: int, value: Cell, report: Report) -> WrittenCell:
    cell: WrittenCell = page.cell(row=row, column=column)  # type: ignore[assignment]  # no merged cells here
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, str):
        cell.value = xlsx_text(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    elif isinstance(value, datetime):
        cell.value = value.astimezone(report.contest.zone).replace(tzinfo=None, microsecond=0)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif value is not None:
        cell.value = value
        cell.number_format = "0" if isinstance(value, int) else "0.00####"
    return cell


def _repeatable(book: bytes, at: datetime) -> bytes:
    """The archive again with sorted members and the run's time everywhere: equal reports give equal bytes."""
    stamp = (max(at.year, _EARLIEST_ZIP), at.month, at.day, at.hour, at.minute, at.second)
    told = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(lambda m: m.group(1) + told + m.group(2), data)
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            target.writestr(info, data)
    return out.getvalue()
