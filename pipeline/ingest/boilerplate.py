"""Where the articles of a page are, and what around and in them is no part of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline.ingest.blocks import words

_CONTENT = re.compile(
    r"(?:entry|post|article|blog|story)[-_]{1,2}(?:content|body|text)|(?:post|article)__(?:content|body|text)"
    r"|e-content|td-post-content|wp-block-post-content|tinymce-content|field--name-body"
)
_CONTAINER = re.compile(r"h-?entry|type-post|blog-?post")
_COMMENTS = re.compile(
    r"comments?|comments?-(?:area|list|body|respond|form|section|wrapper|content|reply)|commentlist|commentform|respond|disqus_thread"
)
_JUNK = re.compile(
    _COMMENTS.pattern
    + r"|sharedaddy|sd-sharing.*|share(?:-|_)?(?:buttons?|bar|block|links|post)?|sharing|social(?:-.*)?"
    r"|addtoany.*|a2a_kit|addthis.*|ya-share2?|yashare.*|likely|pluso|jp-relatedposts|related(?:[-_].*)?|yarpp.*"
    r"|post-?nav(?:igation)?|nav-links|navigation|breadcrumbs?|entry-(?:meta|footer|utility)"
    r"|(?:post|article)[-_]{1,2}(?:meta|footer|tags|info|date|author|share|nav|comments?)|byline|author-(?:box|bio|info)"
    r"|posted-on|published-on|cat-links|tags?-links|post-categories|tagcloud|widget(?:-area|s)?|sidebar(?:-.*)?|menu|navbar"
    r"|skip-link|cookie.*|pagination|page-links|edit-link|wp-block-post-(?:date|author.*|terms|navigation.*|comments.*)"
    r"|wp-block-comments.*|newsletter.*|subscribe.*|post-views|view-count|rating|adsbygoogle|dateline"
)
_OUTER_TAGS = frozenset(["nav", "header", "footer", "aside"])
_SMALL_PRINT = re.compile(r"(?:post-|entry-|article-)?(?:author|date|time|published|updated|meta|vcard)(?:-name)?")
_FORM_FIELDS = ("textarea", "input", "select", "button")


@dataclass(frozen=True)
class Region:
    """One article: the element that holds all about it, and the one that holds its text.

    `precise`: the page itself marks the text, so that only what never belongs to one is left out of it.
    """

    container: Any
    body: Any
    precise: bool

    def skips(self, title: Any) -> Callable[[Any], bool]:
        """What is left out of the text: boilerplate, and the heading that serves as title."""

        def skip(node: Any) -> bool:
            return node is title or is_boilerplate(node, precise=self.precise) or _is_tag_list(node)

        return skip

    def tags(self) -> list[str]:
        """The article's tags and categories, as its links name them."""
        return [" ".join(a.itertext()) for a in self.container.iter("a") if _rel(a, "tag") or _rel(a, "category")]

    def outside(self) -> list[Any]:
        """The elements about the article that are not its text, in document order."""
        found: list[Any] = []
        marked = self.precise and self.body is not self.container
        inside = 0
        walk = etree.iterwalk(self.container, events=("start", "end"))
        for event, node in walk:
            small = node is not self.container and not marked and _small_print(node)
            if event == "end":
                inside -= small
            elif marked and node is self.body:
                walk.skip_subtree()
            elif isinstance(node.tag, str):
                inside += small
                if marked or inside or node.tag in ("h1", "h2"):
                    found.append(node)
        return found


def articles(root: Any) -> list[Region]:
    """The articles of a page in document order; without any, its main element or its whole body.

    On the page of a single post (it says so, or only one article carries marked text) cards of other posts are none.
    """
    body = root.find("body")
    if body is None:
        return [Region(root, root, precise=False)]
    containers = _topmost(n for n in body.iter() if isinstance(n.tag, str) and _is_container(n) and not _in_junk(n))
    if not containers:
        containers = _topmost(n for n in body.iter() if isinstance(n.tag, str) and is_content(n) and not _in_junk(n))
        if containers:
            return [Region(body if len(containers) == 1 else n, n, precise=True) for n in containers]
        main = next((n for n in body.iter() if n.tag == "main" or n.get("role") == "main"), body)
        return [Region(body, main, precise=False)]
    regions = [_region(c) for c in containers]
    marked = [r for r in regions if r.precise]
    if len(regions) > 1 and _is_single(root, body):
        regions = [max(marked or regions, key=lambda r: words(" ".join(r.body.itertext())))]
    return regions


def _region(container: Any) -> Region:
    inner = next((n for n in container.iter() if isinstance(n.tag, str) and is_content(n) and not _in_junk(n)), None)
    return Region(container, container if inner is None else inner, precise=inner is not None)


def _topmost(nodes: Any) -> list[Any]:
    kept: list[Any] = []
    inside: set[Any] = set()
    for node in nodes:
        if node not in inside:
            kept.append(node)
            inside.update(node.iter())
    return kept


def _is_container(node: Any) -> bool:
    if node.tag == "article":
        return not any(_COMMENTS.fullmatch(t) for t in _tokens(node))
    typed = (node.get("itemtype") or "").rpartition("/")[2]
    return typed in ("Article", "BlogPosting", "NewsArticle") or (
        node.tag in ("div", "section", "li") and any(_CONTAINER.fullmatch(t) for t in _class_tokens(node))
    )


def is_content(node: Any) -> bool:
    """Whether the page marks this element as the text of an article."""
    if (node.get("itemprop") or "").casefold() == "articlebody":
        return True
    return node.tag not in ("body", "html") and any(_CONTENT.fullmatch(t) for t in _class_tokens(node))


def _is_single(root: Any, body: Any) -> bool:
    kind = root.xpath("string(//meta[@property='og:type']/@content)")
    return str(kind).casefold() == "article" or any(re.fullmatch("single(?:-.*)?", t) for t in _class_tokens(body))


def _in_junk(node: Any) -> bool:
    return any(
        is_boilerplate(up, precise=False) for up in (node, *node.iterancestors()) if up.tag not in ("body", "html")
    )


def is_boilerplate(node: Any, *, precise: bool) -> bool:
    """Whether an element is navigation, sharing, comments, a byline or a form around the answer."""
    tag = node.tag
    if tag in ("body", "html", "main"):
        return False
    if tag == "nav" or node.get("role") in ("navigation", "search", "contentinfo", "banner"):
        return True
    if not precise and (tag in _OUTER_TAGS or node.get("role") == "complementary"):
        return not (tag == "footer" and node.getparent() is not None and node.getparent().tag == "blockquote")
    if tag == "form":
        return _asks_for_input(node)
    if any(_JUNK.fullmatch(t) for t in _tokens(node)) and not _holds_article(node):
        return True
    return not precise and _small_print(node)


def _small_print(node: Any) -> bool:
    """A byline or a date: short, and marked as such; or a bare time on a line of its own."""
    if node.tag in ("header", "footer") or any(_JUNK.fullmatch(t) for t in _class_tokens(node)):
        return True
    if has_words(node, 13):
        return False
    if any(_SMALL_PRINT.fullmatch(t) for t in _class_tokens(node)) or _rel(node, "author"):
        return True
    return node.tag == "time" and _stands_alone(node)


def _stands_alone(node: Any) -> bool:
    """Whether there is no running text around an inline element."""
    around, previous = node.getparent(), node.getprevious()
    if around is None:
        return True
    before = (around.text if previous is None else previous.tail) or ""
    if around.tag in ("article", "div", "section", "main", "body"):
        return not before.strip() and not (node.tail or "").strip()
    return not has_words(around, words(" ".join(node.itertext())) + 2)


def _holds_article(node: Any) -> bool:
    return any(isinstance(n.tag, str) and n is not node and (n.tag == "article" or is_content(n)) for n in node.iter())


def _asks_for_input(form: Any) -> bool:
    """A form is left out unless a site wraps its whole page into one."""
    if any(_COMMENTS.fullmatch(t) for t in _tokens(form)):
        return True
    return any(True for _ in form.iter(*_FORM_FIELDS)) and not has_words(form, 60)


def _is_tag_list(node: Any) -> bool:
    """A list of links to tags: they are kept as claims on the case."""
    links = [a for a in node if isinstance(a.tag, str) and (_rel(a, "tag") or _rel(a, "category"))]
    if not links:
        return _rel(node, "tag")
    named = words(" ".join(" ".join(a.itertext()) for a in links))
    return not has_words(node, named + 5)


def has_words(node: Any, least: int) -> bool:
    """Whether an element holds at least so many words; reads no further than it must."""
    count = 0
    for text in node.itertext():
        count += words(text)
        if count >= least:
            return True
    return count >= least


def _rel(node: Any, name: str) -> bool:
    return name in (node.get("rel") or "").casefold().split()


def _class_tokens(node: Any) -> list[str]:
    return str(node.get("class") or "").casefold().split()


def _tokens(node: Any) -> list[str]:
    return [*_class_tokens(node), *str(node.get("id") or "").casefold().split()]
