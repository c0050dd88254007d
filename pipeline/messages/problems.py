"""What can be wrong with a file, why one is skipped, and what to do: sentences by code, remedies by their own words."""

from __future__ import annotations


def _(text: str) -> str:
    return text


PROBLEMS: dict[str, str] = {
    "error_value": _("row {row} holds an error instead of a value"),
    "unknown_format": _("files of this kind ({format}) are not read"),
    "broken_xml": _("the XML is broken at line {line}"),
    "broken_json_line": _("line {row} is not JSON"),
    "broken_row": _("row {row} is broken"),
    "broken_archive": _("the file is damaged"),
    "row_without_text": _("row {row} has no text"),
    "row_with_extra_cells": _("row {row} has more cells than the header"),
    "formula_without_value": _("row {row} has a formula without its value"),
    "duplicate_row_id": _("the id {id} came before (row {row})"),
    "no_text_column": _("no text column was recognised; the columns are: {columns}"),
    "encoding": _("the encoding could not be told"),
    "too_large": _("it is larger than the limit ({limit})"),
    "password_protected": _("it is protected by a password"),
    "doctype": _("it declares a DOCTYPE"),
    "cannot_read": _("it could not be opened ({error})"),
    "lock_file": _("a lock file of an office program"),
    "being_written": _("still being written"),
    "dot_file": _("a hidden file"),
    "system_file": _("a file of the operating system"),
    "symlink": _("a link to elsewhere"),
    "saved_page_files": _("the files that belong to a saved page"),
}

REMEDIES: tuple[str, ...] = (
    _("check that the file may be read"),
    _("check the path"),
    _("check the quotes of this row: a quote inside a text is written twice"),
    _("correct the formula or paste the value"),
    _("export it again"),
    _("export it again, or correct the line"),
    _("export it as text, HTML, DOCX, CSV, XLSX, JSONL or a WordPress export"),
    _("export the posts from WordPress, or save the page as HTML"),
    _("give every row its own id"),
    _("give the row a text, or delete it"),
    _("name the text column under tables: in contest.yaml, for example columns: {text: …}"),
    _("open it in its program and save it again"),
    _("put quotes around a text that holds the delimiter"),
    _("remove the DOCTYPE; WordPress exports have none"),
    _("save it without a password"),
    _("save the file as UTF-8"),
    _("split it or save it as text"),
    _("split it, or raise limits.file_bytes in contest.yaml"),
    _("split the file"),
    _("split the page into smaller ones"),
    _("open the table, let it compute, save it; or paste values"),
    _("save it as DOCX"),
    _("save it as DOCX or text"),
    _("export it as DOCX, HTML or text"),
    _("save it as XLSX or CSV"),
    _("write one JSON object a line and name it .jsonl"),
    _("save the page as HTML"),
    _("unpack it into the inbox"),
    _("write one JSON object a line"),
)
"""Remedies as the readers word them; one that is not listed here is shown in English."""
