"""What a page says about itself: title, address, times and authors, each with the source that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from pipeline.domain.submission import Claim
from pipeline.ingest.boilerplate import Region
from pipeline.ingest.found import slugs_of, web_address

_ARTICLES = re.compile(r"(?:\w+)?(?:Article|BlogPosting|Posting|Review)")
_PAGES = re.compile(r"WebPage|ItemPage")
_UPDATED = re.compile(r"updated|modified|dateModified")
_MOST_LINKED_DATA = 1_000_000


@dataclass(frozen=True)
class Facts:
    """What is known of one article; `title_node` is the heading that serves as its title."""

    base: str = ""
    url: str = ""
    title: str = ""
    title_node: Any = None
    published: tuple[Claim, ...] = ()
    modified: tuple[Claim, ...] = ()
    entrants: tuple[Claim, ...] = ()


def page_facts(root: Any) -> Facts:
    """What the head of a page says: its address, JSON-LD and meta elements."""
    base = str(root.xpath("string(//base/@href)"))
    url = next(
        (
            address
            for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
            for address in map(str, root.xpath(path))
            if web_address(address)
        ),
        "",
    )
    linked = list(_linked_data(root))
    entrants = [Claim(source="slug", value=slug) for slug in _author_slugs(linked)]
    entrants += [Claim(source="author", value=name) for name in _author_names(root, linked)]
    title = _meta(root, "og:title") or " ".join(str(root.xpath("string(//head/title)")).split())
    return Facts(
        base=base or url,
        url=url,
        title=title,
        published=_times(linked, "datePublished") + _meta_time(root, "article:published_time"),
        modified=_times(linked, "dateModified") + _meta_time(root, "article:modified_time"),
        entrants=tuple(entrants),
    )


def article_facts(region: Region, page: Facts) -> Facts:
    """The facts of one article: what stands in and around it, added to what the page says (empty for one of many)."""
    outside = region.outside()
    heading = _heading(region, outside)
    title = " ".join("".join(heading.itertext()).split()) if heading is not None else page.title
    links = [n.get("href") for n in outside if n.tag == "a" and _has(n, "rel", "bookmark")]
    if heading is not None:
        links += [a.get("href") for a in heading.iter("a")]
    url = page.url or next((u for u in (_absolute(page.base, link) for link in links if link) if u), "")
    published, modified = list(page.published), list(page.modified)
    for node in outside:
        stamp = (node.get("datetime") or node.get("content") or "") if node.tag in ("time", "meta") else ""
        if not stamp:
            continue
        target = modified if _UPDATED.search(f"{node.get('class') or ''} {node.get('itemprop') or ''}") else published
        if not any(c.source == "time_element" for c in target) and (node.tag == "time" or node.get("itemprop")):
            target.append(Claim(source="time_element", value=stamp))
    entrants = list(page.entrants)
    for node in outside:
        if node.tag == "a" and (_has(node, "rel", "author") or _has(node, "class", "url fn n")):
            entrants[:0] = [
                Claim(source="slug", value=slug) for slug in slugs_of(_absolute(page.base, node.get("href")))
            ]
            entrants.append(Claim(source="author", value=" ".join("".join(node.itertext()).split())))
    return Facts(page.base, url, title, heading, tuple(published), tuple(modified), tuple(dict.fromkeys(entrants)))


def _heading(region: Region, outside: list[Any]) -> Any:
    """The heading that is the title: h1 or a marked one around the text, else the first h1 in an unmarked text."""
    for node in outside:
        if node.tag in ("h1", "h2", "h3") and (
            node.tag == "h1" or _has(node, "class", "entry-title post-title p-name")
        ):
            return node
    if region.precise:
        found = [n for n in outside if n.tag in ("h1", "h2")]
        return found[0] if found and region.container.tag not in ("body", "html") else None
    headings = list(region.body.iter("h1"))
    if not headings and region.body.tag == "article":
        headings = list(region.body.iter("h2"))[:1]
        previous = " ".join("".join(headings[0].itertext()).split()) if headings else ""
        if headings and not _leads(region.body, previous):
            return None
    return headings[0] if headings and _leads(region.body, " ".join("".join(headings[0].itertext()).split())) else None


def _leads(body: Any, title: str) -> bool:
    """Whether the text begins with this heading, up to a byline's length."""
    text = ""
    for piece in body.itertext():
        text += f" {piece[:4000]}"
        if len(text) > 4000:
            break
    return 0 <= " ".join(text.split()).find(title) <= 120


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects about articles first, then about pages."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or len(script.text or "") > _MOST_LINKED_DATA:
            continue
        try:
            stack = [json.loads(script.text or "")]
        except (ValueError, RecursionError):
            continue
        while stack:
            value = stack.pop()
            if isinstance(value, list):
                stack += reversed(value)
            elif isinstance(value, dict):
                found.append(value)
                stack += [v for k, v in value.items() if k in ("@graph", "mainEntity", "mainEntityOfPage")]
    people = {str(v.get("@id")): v for v in found if v.get("@id") and v.get("name")}
    for kind in (_ARTICLES, _PAGES):
        for value in found:
            if any(kind.fullmatch(str(t)) for t in _listed(value.get("@type"))):
                authors = [
                    people.get(str(a.get("@id")), a) if isinstance(a, dict) else a for a in _listed(value.get("author"))
                ]
                yield {**value, "author": authors}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _times(linked: list[dict[str, Any]], key: str) -> tuple[Claim, ...]:
    stamps = [v[key] for v in linked if isinstance(v.get(key), str) and v[key].strip()]
    return tuple(Claim(source="json_ld", value=stamp[:100]) for stamp in stamps[:1])


def _author_names(root: Any, linked: list[dict[str, Any]]) -> list[str]:
    names = [
        a if isinstance(a, str) else a.get("name")
        for v in linked
        for a in _listed(v.get("author"))
        if isinstance(a, str | dict)
    ]
    names += [_meta(root, "author")]
    return list(dict.fromkeys(" ".join(n.split()) for n in names if isinstance(n, str) and n.strip() and len(n) < 200))


def _author_slugs(linked: list[dict[str, Any]]) -> list[str]:
    urls = [a.get("url") for v in linked for a in _listed(v.get("author")) if isinstance(a, dict)]
    return [slug for url in urls if isinstance(url, str) for slug in slugs_of(url)]


def _meta(root: Any, name: str) -> str:
    found = root.xpath("string(//meta[@property=$n or @name=$n]/@content)", n=name)
    return " ".join(str(found).split())


def _meta_time(root: Any, name: str) -> tuple[Claim, ...]:
    value = _meta(root, name)
    return (Claim(source="meta", value=value[:100]),) if value else ()


def _absolute(base: str, link: str | None) -> str:
    try:
        return urljoin(base, link or "")
    except ValueError:
        return ""


def _has(node: Any, attribute: str, names: str) -> bool:
    """Whether one of the names is a token of the attribute; `url fn n` needs them all."""
    tokens = (node.get(attribute) or "").casefold().split()
    wanted = names.split()
    return all(n in tokens for n in wanted) if names == "url fn n" else any(n in tokens for n in wanted)
