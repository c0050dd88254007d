"""Reference marks and predictions as people write them down: which column is what, and what fits the scale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.domain.ids import Value
from pipeline.errors import ConfigurationError, UsageError
from pipeline.workspace.mark_tables import Line, MarkTable, read_mark_table

_NAMES = {
    "id": "submission|submission id|id|row id|row|answer id|response id|essay id|file|answer|работа|ответ|номер|№"
    "|идентификатор|файл",
    "rater": "rater|juror|marker|annotator|эксперт|оценщик|жюри|член жюри",
    "guards": "guards|guard|mark|marks|grade|score|points|гарды|гард|оценка|балл|баллы",
    "prediction": "prediction|predicted|machine|ai|model|prescore|предсказание|модель|ии|машина",
    "state": "state|status|состояние|статус",
    "confidence": "confidence|probability|уверенность",
    "entrant": "entrant|participant|pseudonym|student|author|участник|псевдоним|автор",
    "case": "case|task|prompt|essay set|item|кейс|задание|номер кейса",
    "text": "text|essay|answer text|response|текст|текст ответа",
    "length": "length|words|characters|длина",
    "format": "format|формат",
    "published": "published|submitted|submitted at|timestamp|time|опубликовано|время",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_EMPTY = {"", "-", "—", "–", "n/a", "na", "null", "none", "nan"}
_STATES = {
    "suggested": "suggested",
    "accepted": "suggested",
    "предложено": "suggested",
    "referred": "referred",
    "abstained": "referred",
    "направлено": "referred",
    "направлено человеку": "referred",
}
_TRUTH = {"true": 1, "yes": 1, "да": 1, "false": 0, "no": 0, "нет": 0}


class GoldRow(Value):
    """One answer of a file of marks. `line`: where it stands; `criteria`: column's owner -> criterion -> mark."""

    line: int
    id: str
    marks: dict[str, int] = Field(default_factory=dict)
    """by rater; one who gave none is absent"""
    criteria: dict[str, dict[str, int]] = Field(default_factory=dict)
    prediction: int | None = None
    state: Literal["suggested", "referred"] | None = None
    confidence: float | None = None
    entrant: str = ""
    case: str = ""
    text: str = ""
    length: int | None = None
    format: str = ""
    published: str = ""


class Gold(Value):
    """A file of marks. `fields`: which of its columns were known by name; `ignored`: the rest that is no marks."""

    where: str
    raters: tuple[str, ...]
    rows: tuple[GoldRow, ...]
    fields: tuple[str, ...]
    ignored: tuple[str, ...] = ()


def read_gold(path: Path, scale_max: int, *, raters: Sequence[str] = ()) -> Gold:
    """The marks of a file: a row an answer and a column a rater, or a row a mark with columns rater and guards.

    `raters`: the columns that hold marks; without it those that no field is known by and that hold whole numbers
    alone. `NAME:CRITERION` is a rater's mark on a criterion. An empty cell is no mark. ConfigurationError, with the
    line, for a mark that is no whole number from 0 to `scale_max`, and for an answer that comes twice.
    """
    table = read_mark_table(path)
    fields = _fields(table, raters)
    if "rater" in fields and "guards" in fields and not raters:
        return _long(table, fields, scale_max)
    for of_long in ("guards", "rater"):
        fields.pop(of_long, None)
    columns = _rater_columns(table, fields, raters)
    known = {*fields.values(), *columns}
    split = {column: _criterion(column, [*columns, "prediction"]) for column in table.columns if column not in known}
    criteria = {column: owner for column, owner in split.items() if owner is not None}
    rows: list[GoldRow] = []
    seen: dict[str, int] = {}
    for line in table.lines:
        row = _row(line, table.where, fields, scale_max)
        _only_once(row.id, line, seen, table.where)
        marks = {c: m for c in columns if (m := _mark(line, c, table.where, scale_max)) is not None}
        rows.append(row.model_copy(update={"marks": marks, "criteria": _criteria(line, criteria, table.where)}))
    ignored = tuple(c for c in table.columns if c not in known and c not in criteria)
    return Gold(where=table.where, raters=tuple(columns), rows=tuple(rows), fields=tuple(fields), ignored=ignored)


def read_predictions(path: Path, scale_max: int) -> Gold:
    """As `read_gold`, for a machine's guards: a column `prediction`, or the only column of whole numbers."""
    table = read_mark_table(path)
    fields = _fields(table, ())
    if "prediction" not in fields:
        guessed = fields.get("guards")
        own = [guessed] if guessed else _rater_columns(table, fields, (), required=False)
        if len(own) != 1:
            raise ConfigurationError(
                "which column holds the predictions is not clear", where=table.where, remedy="name it `prediction`"
            )
        fields = {name: column for name, column in fields.items() if name != "guards"} | {"prediction": own[0]}
    split = {c: _criterion(c, ["prediction"]) for c in table.columns if c not in fields.values()}
    criteria = {column: owner for column, owner in split.items() if owner is not None}
    rows: list[GoldRow] = []
    seen: dict[str, int] = {}
    for line in table.lines:
        row = _row(line, table.where, fields, scale_max)
        _only_once(row.id, line, seen, table.where)
        rows.append(row.model_copy(update={"criteria": _criteria(line, criteria, table.where)}))
    return Gold(where=table.where, raters=(), rows=tuple(rows), fields=tuple(fields))


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name.casefold().replace("ё", "е")).strip(" .*")


def _fields(table: MarkTable, raters: Sequence[str]) -> dict[str, str]:
    """Field -> column; the first of two columns that could be the same field is it."""
    names = {name: place for place, name in enumerate(_FIELD_OF)}
    found: dict[str, str] = {}
    for column in sorted(table.columns, key=lambda c: names.get(_plain(c), len(names))):
        field = _FIELD_OF.get(_plain(column))
        if field is not None and field not in found and column not in raters:
            found[field] = column
    if "id" not in found:
        raise ConfigurationError(
            "there is no column that names the submission",
            where=f"{table.where}, line 1",
            remedy="name it `submission` (or id); columns here: " + ", ".join(table.columns)[:200],
        )
    return found


def _rater_columns(
    table: MarkTable, fields: Mapping[str, str], raters: Sequence[str], *, required: bool = True
) -> list[str]:
    if unknown := [name for name in raters if name not in table.columns]:
        raise UsageError(
            f"there is no column {unknown[0]!r}", where=table.where, remedy="columns: " + ", ".join(table.columns)[:200]
        )
    if raters:
        return list(raters)
    taken = set(fields.values())
    found = [c for c in table.columns if c not in taken and ":" not in c and _numeric(table, c)]
    if required and not found:
        raise ConfigurationError(
            "no column holds a rater's marks", where=table.where, remedy="write whole numbers, or name it with --rater"
        )
    return found


def _numeric(table: MarkTable, column: str) -> bool:
    cells = [cell for line in table.lines if (cell := _cell(line, column)) is not None]
    return bool(cells) and all(re.fullmatch(r"[+-]?\d+([.,]0+)?", cell) for cell in cells)


def _cell(line: Line, column: str | None) -> str | None:
    cell = line.cells.get(column, "").strip() if column is not None else ""
    return None if cell.casefold() in _EMPTY else cell


def _mark(line: Line, column: str | None, where: str, scale_max: int | None) -> int | None:
    """A whole number from 0, at most `scale_max` where that is given; true and false are 1 and 0 without a scale."""
    cell = _cell(line, column)
    if cell is None:
        return None
    if scale_max is None and cell.casefold() in _TRUTH:
        return _TRUTH[cell.casefold()]
    whole = re.fullmatch(r"\+?(\d{1,6})(?:[.,]0+)?", cell)
    if whole is None or (scale_max is not None and int(whole[1]) > scale_max):
        wanted = "a whole number from 0" + ("" if scale_max is None else f" to {scale_max}")
        raise ConfigurationError(
            f"{cell[:40]!r} is not {wanted}",
            where=f"{where}, line {line.number}: {column}",
            remedy="leave the cell empty where there is no mark; --rater names the columns of marks; "
            "scale.max of contest.yaml is the scale",
        )
    return int(whole[1])


def _row(line: Line, where: str, fields: Mapping[str, str], scale_max: int) -> GoldRow:
    def cell(field: str) -> str:
        return line.cells.get(fields.get(field, ""), "").strip()

    identifier = cell("id")
    if not identifier:
        raise ConfigurationError(
            "names no submission", where=f"{where}, line {line.number}: {fields['id']}", remedy="every row needs one"
        )
    return GoldRow.model_validate(
        {
            "line": line.number,
            "id": identifier,
            "prediction": _mark(line, fields.get("prediction"), where, scale_max),
            "state": _state(line, fields.get("state"), where),
            "confidence": _number(line, fields.get("confidence"), where),
            "length": _mark(line, fields.get("length"), where, None),
            **{name: cell(name) for name in ("entrant", "case", "text", "format", "published")},
        }
    )


def _state(line: Line, column: str | None, where: str) -> str | None:
    cell = _cell(line, column)
    if cell is None:
        return None
    if cell.casefold() not in _STATES:
        raise ConfigurationError(
            f"unknown state {cell[:40]!r}",
            where=f"{where}, line {line.number}: {column}",
            remedy="suggested or referred",
        )
    return _STATES[cell.casefold()]


def _number(line: Line, column: str | None, where: str) -> float | None:
    cell = _cell(line, column)
    if cell is None:
        return None
    if not re.fullmatch(r"[+-]?(\d{1,12}([.,]\d{1,18})?|[.,]\d{1,18})([eE][+-]?\d{1,3})?", cell):
        raise ConfigurationError(
            f"{cell[:40]!r} is no number",
            where=f"{where}, line {line.number}: {column}",
            remedy="write one, or nothing",
        )
    return float(cell.replace(",", "."))


def _criterion(column: str, owners: Sequence[str]) -> tuple[str, str] | None:
    owner, colon, criterion = column.rpartition(":")
    return (owner.strip(), criterion.strip()) if colon and owner.strip() in owners and criterion.strip() else None


def _criteria(line: Line, columns: Mapping[str, tuple[str, str]], where: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for column, (owner, criterion) in columns.items():
        mark = _mark(line, column, where, None)
        if mark is not None:
            found.setdefault(owner, {})[criterion] = mark
    return found


def _only_once(name: str, line: Line, seen: dict[str, int], where: str) -> None:
    if name in seen:
        raise ConfigurationError(
            f"{name[:60]!r} stands in line {seen[name]} too",
            where=f"{where}, line {line.number}",
            remedy="keep one row",
        )
    seen[name] = line.number


def _long(table: MarkTable, fields: dict[str, str], scale_max: int) -> Gold:
    """Rows of (submission, rater, guards) as rows of submissions; `:CRITERION` columns are that rater's."""
    own = {c: c[1:].strip() for c in table.columns if c.startswith(":") and c[1:].strip()}
    rows: dict[str, GoldRow] = {}
    raters: dict[str, None] = {}
    for line in table.lines:
        rater = _cell(line, fields["rater"])
        if rater is None:
            raise ConfigurationError(
                "names no rater",
                where=f"{table.where}, line {line.number}: {fields['rater']}",
                remedy="every row needs one",
            )
        raters[rater] = None
        row = _row(line, table.where, fields, scale_max)
        known = rows.get(row.id, row)
        if rater in known.marks:
            _only_once(row.id, line, {row.id: known.line}, table.where)
        mark = _mark(line, fields["guards"], table.where, scale_max)
        criteria = {n: m for c, n in own.items() if (m := _mark(line, c, table.where, None)) is not None}
        update = {
            "marks": known.marks | ({} if mark is None else {rater: mark}),
            "criteria": known.criteria | ({rater: criteria} if criteria else {}),
        }
        rows[row.id] = known.model_copy(update=update)
    ignored = tuple(c for c in table.columns if c not in fields.values() and c not in own)
    return Gold(
        where=table.where, raters=tuple(raters), rows=tuple(rows.values()), fields=tuple(fields), ignored=ignored
    )
