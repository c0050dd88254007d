"""Lines of visible text under construction, and the canonical content they become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.domain.ids import Value
from pipeline.domain.submission import Heading, Hidden, Media
from pipeline.domain.text import canonicalise

_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SURELY_VISIBLE = re.compile("[0-9A-Za-zА-Яа-яё]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_BLANKS_BUT_NEWLINE = re.compile(r"[ \t\f]+")


class Line(NamedTuple):
    """A line as read, before it is canonical."""

    text: str
    heading: int = 0
    """its level as a heading, from 1; 0: it is none"""


class Content(Value):
    """What one reader made of one text: canonical, with offsets of its headings and all that was set apart."""

    text: str
    headings: tuple[Heading, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    media: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()


def settle(
    lines: Iterable[Line], *, hidden: Iterable[Hidden] = (), media: Iterable[Media] = (), notes: Iterable[str] = ()
) -> Content:
    """The canonical content of these lines; equal hidden texts, media and notes are kept once, in order."""
    flat = [Line(part, line.heading) for line in lines for part in _LINE_ENDS.split(line.text)]
    canonical = canonicalise("\n".join(line.text for line in flat))
    return Content(
        text=canonical.text,
        headings=_heading_spans(flat, canonical.text),
        hidden=tuple(dict.fromkeys((*hidden, *canonical.removed))),
        media=tuple(dict.fromkeys(media)),
        notes=tuple(dict.fromkeys((*notes, *canonical.notes))),
    )


def _heading_spans(lines: Sequence[Line], text: str) -> tuple[Heading, ...]:
    """Where the headings stand: the n-th line that is not blank stays the n-th in the canonical text."""
    if not any(line.heading for line in lines):
        return ()
    seen = [line for line in lines if _SURELY_VISIBLE.search(line.text) or canonicalise(line.text).text]
    spans, start, nth = [], 0, 0
    for line in text.split("\n"):
        if line:
            if level := seen[nth].heading:
                indent = len(line) - len(line.lstrip(" "))
                spans.append(Heading(start=start + indent, end=start + len(line), level=level))
            nth += 1
        start += len(line) + 1
    return tuple(spans)


def one_line(raw: str) -> str:
    """Canonical text in a single line: for titles and names."""
    return " ".join(canonicalise(raw).text.split())


def words(text: str) -> int:
    """How many words of two or more letters the text has."""
    return len(_WORD.findall(text))


class Writer:
    """Collects visible text as a browser lays it out: white space collapses, blocks stand on lines of their own."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.headings: list[int] = []
        """levels of the heading elements that are open, outermost first"""
        self._current: list[str] = []
        self._prefix = ""
        self._space = False

    def text(self, raw: str, *, keep_newlines: bool = False) -> None:
        """Appends text; with `keep_newlines` its newlines break lines, but blanks between blocks do not."""
        if not keep_newlines:
            self._put(_BLANKS.sub(" ", raw))
            return
        if not self._current and not raw.strip():
            return
        for number, part in enumerate(raw.replace("\r\n", "\n").split("\n")):
            if number:
                self.line_break()
            self._put(_BLANKS_BUT_NEWLINE.sub(" ", part))

    def preformatted(self, raw: str) -> None:
        """Appends text whose spaces and newlines all count."""
        for number, part in enumerate(raw.replace("\r\n", "\n").split("\n")):
            if number:
                self.line_break()
            if part:
                self._current.append(part)

    def _put(self, text: str) -> None:
        if not text:
            return
        self._space = self._space or text[0] == " "
        body = text.strip(" ")
        if body:
            if self._space and self._current:
                self._current.append(" ")
            self._current.append(body)
            self._space = text[-1] == " "

    def prefix(self, marker: str) -> None:
        """What the next line begins with: a list marker. Unused markers of empty items are forgotten."""
        self.newline()
        self._prefix = marker

    def drop_prefix(self) -> None:
        self._prefix = ""

    def line_break(self) -> None:
        """Ends the line even if it is empty."""
        if self._current:
            self.newline()
        else:
            self.lines.append(Line(""))
        self._space = False

    def newline(self) -> None:
        """Ends the line if there is one."""
        if self._current:
            text = "".join(self._current)
            self.lines.append(Line(self._prefix + text, self.headings[0] if self.headings else 0))
            self._prefix = ""
            self._current = []
        self._space = False

    def blank(self) -> None:
        """Ends the paragraph."""
        self.newline()
        if self.lines and self.lines[-1].text:
            self.lines.append(Line(""))
