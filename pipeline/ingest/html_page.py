"""HTML pages, saved blog pages and fragments: the articles in them, with title, address, times and author."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
from lxml import etree

from pipeline.domain.submission import Claim, Post
from pipeline.ingest.blocks import Content, one_line
from pipeline.ingest.boilerplate import Region, articles
from pipeline.ingest.encodings import decode
from pipeline.ingest.found import CannotRead, Found, Origin, make_post
from pipeline.ingest.html_text import render
from pipeline.ingest.looks import Look, Styles, look_of
from pipeline.ingest.page_facts import Facts, article_facts, page_facts

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_SPLIT = "split the page, or save its text alone"
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)


def read_html(data: bytes, origin: Origin) -> Found:
    """The posts of a page, each an `article`: one for each of several articles, else the page's main text."""
    declared = _META_CHARSET.search(data[:4096])
    text, notes = decode(data, declared=declared[1].decode("ascii", "replace") if declared else "")
    root = parse(text)
    if root is None:
        return Found(posts=(make_post(origin, Content(text="", notes=notes), kind="article"),))
    return Found(posts=posts_of(root, origin, notes))


def posts_of(root: Any, origin: Origin, notes: tuple[str, ...] = ()) -> tuple[Post, ...]:
    """The posts of a parsed page."""
    styles = Styles(root)
    facts = page_facts(root)
    regions = [r for r in articles(root) if not _look_around(r.container, styles, own=True).gone] or articles(root)[:1]
    alone = len(regions) == 1
    return tuple(
        _article(region, styles, facts if alone else Facts(base=facts.base), origin, str(at) if at > 1 else "", notes)
        for at, region in enumerate(regions, 1)
    )


def _article(region: Region, styles: Styles, page: Facts, origin: Origin, part: str, notes: tuple[str, ...]) -> Post:
    own = article_facts(region, page)
    content = render(
        region.body, styles, skip=region.skips(own.title_node), base=own.base, look=_look_around(region.body, styles)
    )
    return make_post(
        origin,
        content.model_copy(update={"notes": (*notes, *content.notes)}),
        part=part,
        url=own.url,
        title=own.title,
        kind="article",
        entrant_claims=own.entrants,
        published_claims=own.published,
        modified_claims=own.modified,
        case_claims=tuple(Claim(source="tag", value=one_line(tag)) for tag in region.tags()),
    )


def _look_around(element: Any, styles: Styles, *, own: bool = False) -> Look:
    """How the surroundings of an element look; html and body conceal nothing (scripts reveal whole pages)."""
    look = Look()
    line = [*reversed(list(element.iterancestors())), *([element] if own else [])]
    for node in line:
        look = look_of(look, node, styles.declared(node))
        if node.tag in ("html", "body"):
            look = Look(color=look.color, background=look.background, white_space=look.white_space)
    return look


def parse(text: str) -> Any:
    """The tree of a page or fragment; None where there is nothing in it. No network, no entities of its own.

    Raises CannotRead (`too_large`) where the page is nested beyond the parser's limit of about 2000 levels: it would
    be cut there in silence.
    """
    text = (
        _XML_DECLARATION.sub("", text.replace("\x00", ""))
        .encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "replace")
    )
    if not text.strip():
        return None
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(text, parser=parser, ensure_head_body=True)
    except etree.ParserError:
        return None
    except (etree.LxmlError, ValueError) as error:
        raise CannotRead("too_large", _SPLIT, limit="parser") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise CannotRead("too_large", _SPLIT, limit="parser")
    return root


def render_fragment(text: str, *, base: str = "", newlines: bool = False) -> Content:
    """The content of a piece of HTML; with `newlines` its line breaks count, as in WordPress's classic editor."""
    root = parse(f"<html><body>{text}") if text.strip() else None
    if root is None:
        return Content(text="")
    look = Look(white_space="pre-line" if newlines else "")
    return render(root.find("body"), Styles(root), skip=lambda _: False, base=base, look=look)
