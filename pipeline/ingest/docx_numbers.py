"""Numbers and bullets of DOCX paragraphs, which the file stores as rules and not as text."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from pipeline.ingest.docx_styles import Sheet, W, value_of

_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Numbering:
    """Counts list paragraphs in document order and says what stands before each."""

    def __init__(self, root: Any, styles: Sheet) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, Any]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[tuple[str, int], int] = defaultdict(int)
        if root is None:
            return
        for abstract in root.iterchildren(f"{W}abstractNum"):
            levels = {_number(level.get(f"{W}ilvl"), 0): level for level in abstract.iterchildren(f"{W}lvl")}
            self._levels[abstract.get(f"{W}abstractNumId", "")] = levels
        for number in root.iterchildren(f"{W}num"):
            name = number.get(f"{W}numId", "")
            self._abstract[name] = value_of(number, "abstractNumId")
            for override in number.iterchildren(f"{W}lvlOverride"):
                if start := value_of(override, "startOverride"):
                    self._starts[name, _number(override.get(f"{W}ilvl"), 0)] = _number(start, 1)

    def marker(self, paragraph: Any) -> str:
        """What stands before the paragraph ("2. ", "- ", nested ones indented); "" if it is in no list."""
        found = self._styles.paragraph(paragraph, "numPr")
        if found is None:
            return ""
        name, depth = value_of(found, "numId"), min(_number(value_of(found, "ilvl"), 0), 8)
        levels = self._levels.get(self._abstract.get(name, ""), {})
        level = levels.get(depth)
        if name in ("", "0") or level is None:
            return ""
        indent = "  " * depth
        kind = value_of(level, "numFmt") or "decimal"
        if kind == "none":
            return ""
        if kind == "bullet":
            return f"{indent}- "
        self._count(name, depth, levels)
        text = value_of(level, "lvlText") or f"%{depth + 1}."
        shown = re.sub(r"%([1-9])", lambda m: self._shown(name, int(m[1]) - 1, levels), text)
        return f"{indent}{shown} " if shown.strip() else ""

    def _count(self, name: str, depth: int, levels: dict[int, Any]) -> None:
        key = (self._counter(name, depth), depth)
        start = self._starts.get((name, depth), _number(value_of(levels[depth], "start"), 1))
        self._counts[key] = self._counts[key] + 1 if key in self._counts else start
        for deeper in range(depth + 1, 9):
            self._counts.pop((self._counter(name, deeper), deeper), None)

    def _counter(self, name: str, depth: int) -> str:
        """Lists with the same rule count on together unless one starts anew."""
        return name if (name, depth) in self._starts else f"abstract {self._abstract.get(name, '')}"

    def _shown(self, name: str, depth: int, levels: dict[int, Any]) -> str:
        level = levels.get(depth)
        if level is None:
            return ""
        count = self._counts.get((self._counter(name, depth), depth), _number(value_of(level, "start"), 1))
        return in_format(count, value_of(level, "numFmt") or "decimal")


def _number(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"[0-9]{1,6}", value) else default


def in_format(count: int, kind: str) -> str:
    """A list number as Word shows it; formats other than letters and Roman numerals as digits."""
    if kind in ("lowerLetter", "upperLetter", "russianLower", "russianUpper"):
        letters = _RUSSIAN if kind.startswith("russian") else "abcdefghijklmnopqrstuvwxyz"
        text = letters[(count - 1) % len(letters)] * min((count - 1) // len(letters) + 1, 9) if count else ""
    elif kind in ("lowerRoman", "upperRoman") and count < 5000:
        text, rest = "", count
        for size, sign in _ROMAN:
            text += sign * (rest // size)
            rest %= size
    else:
        return str(count)
    return text.upper() if kind.startswith("upper") or kind == "russianUpper" else text
