"""JSON lines: one object a line, each a post."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pipeline.ingest.blocks import Content
from pipeline.ingest.encodings import decode
from pipeline.ingest.found import Found, Origin, make_post
from pipeline.ingest.tables import Row, TableReader


def read_json_lines(data: bytes, origin: Origin) -> Found:
    """The objects of the file; a line that is no sound object is unreadable by itself, blank lines are nothing."""
    text, _ = decode(data)
    if not text.strip():
        return Found(posts=(make_post(origin, Content(text=""), kind="file"),))
    reader = TableReader(origin)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            reader.take(_row(line, number))
    return reader.found()


def _row(line: str, number: int) -> Row:
    place, where = f"row {number}", {"line": number}
    try:
        value = json.loads(line, object_pairs_hook=_no_duplicates, parse_constant=_refuse)
        if not isinstance(value, dict):
            return Row(place=place, cells={}, problem="broken_json_line", params={**where})
        return Row(place=place, cells={key: _cell(v) for key, v in value.items() if v is not None}, params={**where})
    except (ValueError, RecursionError):
        return Row(place=place, cells={}, problem="broken_json_line", params={**where})


def _cell(value: Any) -> str:
    """Scalars as text, a list of strings as lines; other structures are no text of a post."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return ""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
