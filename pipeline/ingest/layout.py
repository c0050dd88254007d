"""How HTML elements break lines: paragraphs, lists, tables and headings as readable text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipeline.ingest.blocks import Writer

Close = Callable[[], None]

_PARAGRAPHS = re.compile("p|blockquote|pre|dl|figure|hr|details")
_LINES = re.compile(
    "address|article|aside|body|caption|center|dd|div|dt|fieldset|figcaption|footer|form|header|legend|main|nav|section"
    "|summary|tr|tbody|thead|tfoot|td|th|search|video|audio|iframe|object|embed"
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LISTS = frozenset(["ul", "ol", "menu", "dir"])


def _nothing() -> None:
    return None


class Layout:
    """Opens and closes elements in document order and writes their text with lists, rows and line breaks."""

    def __init__(self) -> None:
        self._writers = [Writer()]
        self._lists: list[_Markers] = []
        self._rows: list[list[str] | None] = []
        """one entry an open data table: the cells of its open row"""
        self._closes: list[Close] = []

    @property
    def out(self) -> Writer:
        """Where text goes now: the page, or the open cell of a table."""
        return self._writers[-1]

    def open(self, node: Any, *, block: bool) -> None:
        """Begins an element; `block`: its style makes it a block of its own."""
        self._closes.append(self._begin(node, str(node.tag), block=block))

    def open_unseen(self) -> None:
        """Begins an element that is not laid out."""
        self._closes.append(_nothing)

    def close(self) -> None:
        """Ends the element opened last."""
        self._closes.pop()()

    def _begin(self, node: Any, tag: str, *, block: bool) -> Close:
        if tag in _LISTS:
            return self._list(node)
        if tag == "table":
            return self._table(node)
        if tag in HEADINGS:
            return self._heading(int(tag[1]) if tag[1:].isdecimal() else 1)
        if tag == "li":
            return self._item(node)
        if tag == "tr" and self._rows and self._rows[-1] is None and not _in_layout(node):
            return self._row()
        if tag in ("td", "th") and self._rows and self._rows[-1] is not None:
            return self._cell()
        if _PARAGRAPHS.fullmatch(tag):
            self.out.blank()
            return self.out.blank
        if _LINES.fullmatch(tag) or block:
            self.out.newline()
            return self.out.newline
        if tag == "br":
            self.out.line_break()
        elif tag == "q":
            self.out.text("“")
            return lambda: self.out.text("”")
        return _nothing

    def _list(self, node: Any) -> Close:
        if self._lists:
            self.out.newline()
        else:
            self.out.blank()
        self._lists.append(_Markers(node))

        def close() -> None:
            self._lists.pop()
            if self._lists:
                self.out.newline()
            else:
                self.out.blank()

        return close

    def _item(self, node: Any) -> Close:
        depth = len(self._lists)
        marker = self._lists[-1].take(node) if depth else "- "
        self.out.prefix("  " * (depth - 1) + marker)

        def close() -> None:
            self.out.newline()
            self.out.drop_prefix()

        return close

    def _heading(self, level: int) -> Close:
        out = self.out
        out.blank()
        out.headings.append(level)

        def close() -> None:
            out.newline()
            out.headings.pop()
            out.blank()

        return close

    def _table(self, node: Any) -> Close:
        out = self.out
        out.blank()
        if is_layout(node):
            return out.blank
        self._rows.append(None)

        def close() -> None:
            self._rows.pop()
            out.blank()

        return close

    def _row(self) -> Close:
        out, cells = self.out, list[str]()
        out.newline()
        self._rows[-1] = cells

        def close() -> None:
            self._rows[-1] = None
            if any(cells):
                out.text(" | ".join(cells))
                out.newline()

        return close

    def _cell(self) -> Close:
        cell, row = Writer(), self._rows[-1]
        self._writers.append(cell)

        def close() -> None:
            self._writers.pop()
            cell.newline()
            if row is not None:
                row.append(" ".join(line.text for line in cell.lines if line.text))

        return close


class _Markers:
    """The markers of a list's items: dashes, or numbers (letters) as the browser counts them."""

    def __init__(self, node: Any) -> None:
        self._numbered = node.tag == "ol"
        self._step = -1 if node.get("reversed") is not None else 1
        self._next = _integer(node.get("start"), len(node.findall("li")) if self._step < 0 else 1)
        self._letters = node.get("type") if node.get("type") in ("a", "A") else ""

    def take(self, item: Any) -> str:
        """The marker of this item; its own `value` sets the count."""
        if not self._numbered:
            return "- "
        number = _integer(item.get("value"), self._next)
        self._next = number + self._step
        return f"{chr(ord(self._letters) + number - 1) if self._letters and 1 <= number <= 26 else number}. "


def _integer(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,6}", value) else default


def is_layout(table: Any) -> bool:
    """Whether a table only arranges blocks: one column, a nested table, or cells with lists and headings."""
    if table.get("role") in ("presentation", "none"):
        return True
    if any(True for _ in table.iterdescendants("table", "h1", "h2", "h3", "h4", "ul", "ol")):
        return True
    return all(len([c for c in row if c.tag in ("td", "th")]) <= 1 for row in table.iterdescendants("tr"))


def _in_layout(row: Any) -> bool:
    table = next(row.iterancestors("table"), None)
    return table is None or is_layout(table)
