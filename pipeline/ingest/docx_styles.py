"""Properties of DOCX paragraphs and runs, looked up through their styles."""

from __future__ import annotations

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|заголовок)\s*[1-9]|title|название", re.IGNORECASE)
_OFF = frozenset(["0", "false", "off", "none"])


def value_of(node: Any, name: str) -> str:
    """The `w:val` of the child of that name; "" if there is none."""
    child = node.find(f"{W}{name}") if node is not None else None
    return (child.get(f"{W}val") or "") if child is not None else ""


def is_on(prop: Any) -> bool:
    """Whether a toggle property is set: present and not switched off."""
    return prop is not None and (prop.get(f"{W}val") or "1").casefold() not in _OFF


class Sheet:
    """The styles part of a document."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, Any] = {}
        self._defaults: dict[str, Any] = {}
        self._default_run: Any = None
        if root is None:
            return
        for style in root.iterchildren(f"{W}style"):
            self._styles[style.get(f"{W}styleId", "")] = style
            if (style.get(f"{W}default") or "") in ("1", "true"):
                self._defaults[style.get(f"{W}type", "")] = style
        self._default_run = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")

    def chain(self, name: str) -> list[Any]:
        """The style and those it is based on, nearest first; loops end."""
        found: list[Any] = []
        while (style := self._styles.get(name)) is not None and style not in found and len(found) < 50:
            found.append(style)
            name = value_of(style, "basedOn")
        return found

    def _paragraph_styles(self, paragraph: Any) -> list[Any]:
        name = value_of(paragraph.find(f"{W}pPr"), "pStyle")
        default = self._defaults.get("paragraph")
        return self.chain(name) or ([default] if default is not None else [])

    def paragraph(self, paragraph: Any, prop: str) -> Any:
        """The paragraph's property: its own, else its styles'; None if none says anything."""
        own = paragraph.find(f"{W}pPr/{W}{prop}")
        if own is not None:
            return own
        return next(
            (p for s in self._paragraph_styles(paragraph) if (p := s.find(f"{W}pPr/{W}{prop}")) is not None), None
        )

    def run(self, run: Any, paragraph: Any, prop: str) -> Any:
        """The run's property: its own, its character style's, its paragraph's style's, the document's default."""
        own = run.find(f"{W}rPr")
        if own is not None and (found := own.find(f"{W}{prop}")) is not None:
            return found
        styles = [*self.chain(value_of(own, "rStyle")), *self._paragraph_styles(paragraph)]
        found = next((p for s in styles if (p := s.find(f"{W}rPr/{W}{prop}")) is not None), None)
        if found is None and self._default_run is not None:
            found = self._default_run.find(f"{W}{prop}")
        return found

    def heading_level(self, paragraph: Any) -> int:
        """By the style's name (the same in every language of Word) or an outline level; 0: no heading."""
        names = [value_of(s, "name") for s in self._paragraph_styles(paragraph)]
        for name in names:
            if _HEADING.fullmatch(name):
                digits = re.search(r"\d", name)
                return max(int(digits[0]), 1) if digits else 1
        level = self.paragraph(paragraph, "outlineLvl")
        value = (level.get(f"{W}val") or "9") if level is not None else "9"
        return int(value) + 1 if value in "012345678" else 0

    def is_title(self, paragraph: Any) -> bool:
        return any(value_of(s, "name").casefold() in ("title", "название") for s in self._paragraph_styles(paragraph))

    def shades_tables(self, table: Any) -> bool:
        """Whether the table's style colours cells, so that white text on them can be read."""
        styles = self.chain(value_of(table.find(f"{W}tblPr"), "tblStyle"))
        return any(is_dark(shade) for style in styles for shade in style.iter(f"{W}shd"))


def is_dark(shade: Any) -> bool:
    """Whether a shading is anything but white or none."""
    fill = (shade.get(f"{W}fill") or "auto").casefold() if shade is not None else "auto"
    return fill not in ("auto", "") and not is_white(fill)


def is_white(color: str) -> bool:
    """Whether a colour (hex) cannot be seen on white."""
    return (
        bool(re.fullmatch(r"[0-9a-f]{6}", color.casefold()))
        and min(int(color[at : at + 2], 16) for at in (0, 2, 4)) >= 0xF6
    )
