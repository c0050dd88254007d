"""The visible text of an HTML element; what is hidden in it and what media it links to, kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from pipeline.domain.submission import Hidden, Media
from pipeline.ingest.blocks import Content, settle, words
from pipeline.ingest.layout import Layout
from pipeline.ingest.looks import Look, Styles, look_of
from pipeline.ingest.media import Kind, kind_of, media_in_text, medium

FEWEST_HIDDEN_WORDS = 3
"""Hidden text of fewer words is layout (icons' names, counters), not worth a person's time; it is not sent either."""

_SILENT = re.compile(
    "script|style|head|link|meta|select|datalist|textarea|button|input|canvas|map|img|iframe|object|embed|video|audio"
    "|progress|meter|rp|frameset|title|base|param"
)
_UNRENDERED = {"template": "template", "noscript": "noscript", "noembed": "noscript", "noframes": "noscript"}
_SVG_SILENT = frozenset(["title", "desc", "metadata", "defs"])
_SCREEN_READER = re.compile(
    r"(?:^|\s)(?:screen-reader-text|sr-only|visually-hidden|visuallyhidden|assistive-text)(?:\s|$)"
)
_EMOJI_CLASS = re.compile(r"(?:^|[\s_-])(?:emoji|wp-smiley|smiley|smile)(?:[\s_-]|$)")
_MARKUP_COMMENT = re.compile(
    r"\s*(?:/?wp:[\w/-]+(?:\s+\{.*\})?\s*/?|more(?:\s+\S+){0,4}|nextpage|/?noindex|/?\s*[.#][\w-]+)\s*", re.DOTALL
)
_PLUGIN_COMMENT = re.compile(r"\s*(?:AddThis |/?Yandex\.\w+ |Google Tag |Rating@Mail|Top\.Mail|Yoast |This site is )")
_OFFICE_COMMENT = re.compile(r"\s*\[if [^\]]*\]>")
_NOT_WORDS = re.compile(r"<[^<>]*>|\{[^{}]*\}|/\*.*?\*/", re.DOTALL)

Skip = Callable[[Any], bool]


def render(root: Any, styles: Styles, *, skip: Skip, base: str = "", look: Look | None = None) -> Content:
    """The canonical content of `root`: lists, tables, line breaks and emoji as readable text, headings marked.

    `skip`: elements that are no part of the answer (boilerplate): neither shown nor reported. `look`: how the
    surroundings of `root` look; how `root` itself is concealed does not count. `base`: what links are relative to.
    """
    return _Walk(styles, skip, base).run(root, look or Look())


class _Walk:
    """One pass over a tree without recursion: a document's depth costs nothing."""

    def __init__(self, styles: Styles, skip: Skip, base: str) -> None:
        self.styles, self.skip, self.base = styles, skip, base
        self.layout = Layout()
        self.looks: list[Look] = []
        self.hidden: list[Hidden] = []
        self.media: list[Media] = []
        self._concealed: dict[str, list[str]] = {}
        self._pre = 0

    def run(self, root: Any, look: Look) -> Content:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event == "start":
                parent = self.looks[-1] if self.looks else look
                if node is not root and self._leave_out(node, parent):
                    walk.skip_subtree()
                    self.looks.append(parent)
                    self.layout.open_unseen()
                else:
                    self._open(node, parent, is_root=node is root)
                continue
            if event == "end":
                self._close(node)
            elif event == "comment":
                self._comment(node.text or "")
            if node is not root and node.tail:
                self._text(node.tail)
        self.layout.out.newline()
        lines = self.layout.out.lines
        written = media_in_text("\n".join(line.text for line in lines))
        return settle(lines, hidden=self.hidden, media=(*self.media, *written))

    def _open(self, node: Any, parent: Look, *, is_root: bool) -> None:
        own = look_of(parent, node, self.styles.declared(node))
        if is_root:
            own = _unconcealed(own)
        self.looks.append(own)
        if own.gone:
            self.layout.open_unseen()
        else:
            self.layout.open(node, block=own.block)
        self._pre += node.tag == "pre"
        if node.text:
            self._text(node.text)

    def _close(self, node: Any) -> None:
        self.looks.pop()
        self.layout.close()
        self._pre -= node.tag == "pre"
        if not self.looks or not self.looks[-1].hidden:
            for how, texts in self._concealed.items():
                self._report(how, " ".join(texts))
            self._concealed.clear()

    def _text(self, text: str) -> None:
        look = self.looks[-1]
        if look.hidden:
            self._concealed.setdefault(look.hidden, []).append(text)
        elif self._pre and look.white_space in ("", "pre"):
            self.layout.out.preformatted(text)
        else:
            keep = bool(self._pre) or look.white_space.startswith(("pre", "break-"))
            self.layout.out.text(text, keep_newlines=keep)

    def _leave_out(self, node: Any, parent: Look) -> bool:
        """Whether nothing of the element is laid out; what a person should still know of it is noted."""
        if self.skip(node):
            return True
        tag = node.tag
        if not parent.hidden:
            self._note_media(node, tag)
        if (how := _UNRENDERED.get(tag)) or (tag == "dialog" and node.get("open") is None):
            text = " ".join(node.itertext())
            if not (how == "noscript" and "javascript" in text.casefold() and words(text) <= 25):
                self._report(how or "css", text)
            return True
        if tag in _SVG_SILENT and next(node.iterancestors("svg"), None) is not None:
            self._report("svg", " ".join(node.itertext()))
            return True
        if _SCREEN_READER.search(node.get("class") or ""):
            text = " ".join(node.itertext())
            if words(text) > 12:
                self._report("css", text)
            return True
        return bool(_SILENT.fullmatch(tag))

    def _report(self, how: str, text: str) -> None:
        if words(text) >= FEWEST_HIDDEN_WORDS:
            self.hidden.append(Hidden(how=how, text=" ".join(text.split())))

    def _comment(self, text: str) -> None:
        """Notes a comment with words; block markers, theme and office markup are ordinary."""
        if _OFFICE_COMMENT.match(text):
            text = _NOT_WORDS.sub(" ", _NOT_WORDS.sub(" ", _OFFICE_COMMENT.sub("", text)))
            if words(text) <= 12 and text.isascii():
                return
        plugin = _PLUGIN_COMMENT.match(text) and words(text) <= 14
        if not plugin and not _MARKUP_COMMENT.fullmatch(text):
            self._report("comment", text)

    def _note_media(self, node: Any, tag: str) -> None:
        if tag == "img":
            self._image(node)
            return
        kind: Kind | None = None
        address = node.get("src") or node.get("data-src") or node.get("data") or ""
        if tag in ("iframe", "embed", "object"):
            kind = kind_of(address) or ("video" if "video" in address or "player" in address else "file")
        elif tag in ("video", "audio"):
            sources = [s.get("src") for s in node.iter("source") if s.get("src")]
            address, kind = address or (sources[0] if sources else ""), "video" if tag == "video" else "audio"
        elif tag == "a":
            address = node.get("href") or ""
            kind = kind_of(address)
        if kind and address:
            self._add_medium(kind, address)

    def _image(self, node: Any) -> None:
        """An emoji picture is its character; any other picture is noted."""
        address = node.get("data-src") or node.get("data-lazy-src") or node.get("src") or ""
        alt = (node.get("alt") or "").strip()
        marked = _EMOJI_CLASS.search((node.get("class") or "").casefold()) or "/emoji/" in address
        if marked and alt and len(alt) <= 16 and not any(c.isalpha() for c in alt):
            self._text(alt)
        elif not marked and "avatar" not in (node.get("class") or "") and node.get("width") not in ("0", "1"):
            self._add_medium("image", address)

    def _add_medium(self, kind: Kind, address: str) -> None:
        try:
            found = medium(kind, urljoin(self.base, address) if self.base else address)
        except ValueError:
            return
        if found:
            self.media.append(found)


def _unconcealed(own: Look) -> Look:
    """The root is read because it is the answer: a script that reveals the page would have shown it."""
    size = own.size if own.size > 1.5 else 16.0
    return Look(color=own.color, background=own.background, white_space=own.white_space, size=size, block=own.block)
