"""Word documents (DOCX): what a reader sees of the body, what is hidden in it, what was changed or commented."""

from __future__ import annotations

import io
from typing import Any

import docx
from lxml import etree

from pipeline.domain.submission import Hidden, Media
from pipeline.ingest.archives import check_archive, office_file
from pipeline.ingest.blocks import Content, Line, settle, words
from pipeline.ingest.docx_numbers import Numbering
from pipeline.ingest.docx_styles import Sheet, W, is_dark, is_on, is_white
from pipeline.ingest.found import CannotRead, Found, Origin, make_post
from pipeline.ingest.html_text import FEWEST_HIDDEN_WORDS
from pipeline.ingest.media import kind_of, media_in_text, medium

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DELETED = frozenset([f"{W}del", f"{W}moveFrom"])
_CHANGES = (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")
_COMMENTS = (f"{W}commentReference", f"{W}commentRangeStart")
_SIGNS = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": " "}
_UNSEEN = frozenset([f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}rPr", f"{W}pPr", _FALLBACK])


def read_docx(data: bytes, origin: Origin) -> Found:
    """One post, kind `file`: the document's body. Its properties (author, dates) are no evidence and not read.

    Notes: `tracked_changes` (insertions count, deletions do not), `comments_dropped`. Headers and footers are
    boilerplate; footnotes follow the text. Raises CannotRead for broken, protected or oversized archives.
    """
    check_archive(data, "word/document.xml")
    with office_file():
        document = docx.Document(io.BytesIO(data))
        body = _Body(document)
        content = body.content()
    return Found(posts=(make_post(origin, content, title=body.title, kind="file"),))


def _part_root(document: Any, ending: str) -> Any:
    """The root of the part the main part relates to by that kind; None if there is none."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{ending}") and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
            return etree.fromstring(relation.target_part.blob, parser)
    return None


class _Body:
    """Walks a document's body in reading order."""

    def __init__(self, document: Any) -> None:
        self.root = document.part.element.find(f"{W}body")
        if self.root is None:
            raise CannotRead("broken_archive", "open it in its program and save it again")
        self.relations = document.part.rels
        self.styles = Sheet(_part_root(document, "styles"))
        self.numbering = Numbering(_part_root(document, "numbering"), self.styles)
        self.footnotes = _part_root(document, "footnotes")
        self.title = ""
        self.lines: list[Line] = []
        self.hidden: list[Hidden] = []
        self._concealed: dict[str, list[str]] = {}
        self._boxes: list[Any] = []
        self._noted: list[str] = []

    def content(self) -> Content:
        self._blocks(self.root)
        self._footnotes()
        self._flush()
        notes = []
        if any(True for _ in self.root.iter(*_CHANGES)):
            notes.append("tracked_changes")
        if any(True for _ in self.root.iter(*_COMMENTS)):
            notes.append("comments_dropped")
        written = media_in_text("\n".join(line.text for line in self.lines))
        return settle(self.lines, hidden=self.hidden, media=(*self._media(), *written), notes=notes)

    def _blocks(self, parent: Any) -> None:
        """Paragraphs and tables; wrappers (content controls, insertions) are looked into."""
        pending = list(reversed(list(parent)))
        while pending:
            node = pending.pop()
            if node.tag == f"{W}p":
                self._paragraph(node)
            elif node.tag == f"{W}tbl":
                self._table(node)
            elif isinstance(node.tag, str) and node.tag not in _DELETED and node.tag != _FALLBACK:
                pending += reversed(list(node))

    def _paragraph(self, paragraph: Any) -> None:
        marker = self.numbering.marker(paragraph)
        text = self._text(paragraph)
        if text.strip():
            heading = self.styles.heading_level(paragraph)
            if heading and not self.title and self.styles.is_title(paragraph):
                self.title = " ".join(text.split())
            first, *rest = text.split("\n")
            self.lines += [Line(marker + first, heading), *(Line(line, heading) for line in rest)]
            if not marker:
                self.lines.append(Line(""))
        else:
            self.lines.append(Line(""))
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._blocks(box)

    def _text(self, paragraph: Any) -> str:
        """What the paragraph shows: insertions count, deletions, field codes and hidden runs do not."""
        parts: list[str] = []
        pending: list[tuple[Any, Any]] = [(child, None) for child in reversed(list(paragraph))]
        while pending:
            node, run = pending.pop()
            tag = node.tag
            if not isinstance(tag, str) or tag in _DELETED or tag in _UNSEEN:
                continue
            if tag == f"{W}txbxContent":
                self._boxes.append(node)
            elif tag in (f"{W}t", f"{W}footnoteReference", f"{W}sym") or tag in _SIGNS:
                self._show(parts, self._piece(node), run, paragraph)
            else:
                inner = node if tag == f"{W}r" else run
                pending += [(child, inner) for child in reversed(list(node))]
        self._flush()
        return "".join(parts)

    def _piece(self, node: Any) -> str:
        tag = node.tag
        if tag == f"{W}t":
            return node.text or ""
        if tag == f"{W}footnoteReference":
            number = node.get(f"{W}id") or ""
            if number not in self._noted:
                self._noted.append(number)
            return f"[{self._noted.index(number) + 1}]"
        if tag == f"{W}sym":
            code = node.get(f"{W}char") or ""
            return chr(int(code, 16) & 0x10FFFF) if code and int(code, 16) < 0xD800 else "•"
        return _SIGNS[str(tag)]

    def _show(self, parts: list[str], piece: str, run: Any, paragraph: Any) -> None:
        how = "" if run is None or not piece.strip() else self._how_hidden(run, paragraph)
        if how:
            self._concealed.setdefault(how, []).append(piece)
        else:
            parts.append(piece)

    def _how_hidden(self, run: Any, paragraph: Any) -> str:
        if is_on(self.styles.run(run, paragraph, "vanish")):
            return "vanish"
        size = self.styles.run(run, paragraph, "sz")
        if size is not None and (size.get(f"{W}val") or "9") in ("0", "1", "2", "3"):
            return "white_text"
        color = self.styles.run(run, paragraph, "color")
        if color is None or not is_white(color.get(f"{W}val") or ""):
            return ""
        return "" if self._on_dark(run, paragraph) else "white_text"

    def _on_dark(self, run: Any, paragraph: Any) -> bool:
        highlight = self.styles.run(run, paragraph, "highlight")
        if highlight is not None and (highlight.get(f"{W}val") or "none") not in ("none", "white"):
            return True
        if is_dark(self.styles.run(run, paragraph, "shd")) or is_dark(self.styles.paragraph(paragraph, "shd")):
            return True
        for up in paragraph.iterancestors(f"{W}tc", f"{W}tbl", f"{W}txbxContent"):
            if up.tag == f"{W}txbxContent":
                return True
            if is_dark(up.find(f"{W}tcPr/{W}shd")) or (up.tag == f"{W}tbl" and self.styles.shades_tables(up)):
                return True
        return False

    def _flush(self) -> None:
        for how, texts in self._concealed.items():
            text = " ".join("".join(texts).split())
            if words(text) >= FEWEST_HIDDEN_WORDS:
                self.hidden.append(Hidden(how=how, text=text))
        self._concealed.clear()

    def _table(self, table: Any) -> None:
        """Rows with their cells in one line; a table of one column is a frame around paragraphs."""
        rows = [self._cells(row) for row in _inner(table, f"{W}tr")]
        self.lines.append(Line(""))
        if all(len(cells) <= 1 for cells in rows):
            for cells in rows:
                for cell in cells:
                    self._blocks(cell)
            return
        for cells in rows:
            texts = [self._cell(cell) for cell in cells]
            if any(texts):
                self.lines.append(Line(" | ".join(texts)))
        self.lines.append(Line(""))

    def _cells(self, row: Any) -> list[Any]:
        return _inner(row, f"{W}tc")

    def _cell(self, cell: Any) -> str:
        outer, self.lines = self.lines, []
        self._blocks(cell)
        texts = [" ".join(line.text.split()) for line in self.lines]
        self.lines = outer
        return " ".join(filter(None, texts))

    def _footnotes(self) -> None:
        if self.footnotes is None:
            return
        notes = {n.get(f"{W}id"): n for n in self.footnotes.iterchildren(f"{W}footnote")}
        for at, number in enumerate(list(self._noted), 1):
            if (note := notes.get(number)) is not None:
                text = " ".join(" ".join(self._text(p).split()) for p in note.iter(f"{W}p"))
                self.lines += [Line(""), Line(f"[{at}] {text}")]

    def _media(self) -> list[Media]:
        """Pictures in the body and links to media, as addresses; nothing is opened."""
        found: list[Media | None] = []
        for node in self.root.iter(_BLIP, f"{W}hyperlink"):
            key = node.get(f"{_R}embed") or node.get(f"{_R}link") or node.get(f"{_R}id") or ""
            relation = self.relations.get(key)
            if relation is None:
                continue
            if node.tag == _BLIP:
                found.append(medium("image", str(relation.target_ref)))
            elif relation.is_external and (kind := kind_of(str(relation.target_ref))):
                found.append(medium(kind, str(relation.target_ref)))
        return [m for m in found if m]


def _inner(parent: Any, tag: str) -> list[Any]:
    """The children of that tag, also those in content controls and insertions."""
    found: list[Any] = []
    pending = list(reversed(list(parent)))
    while pending:
        node = pending.pop()
        if node.tag == tag:
            found.append(node)
        elif isinstance(node.tag, str) and node.tag not in (f"{W}tr", f"{W}tc", f"{W}p", f"{W}tbl", *_DELETED):
            pending += reversed(list(node))
    return found
