"""WordPress exports (WXR, RSS with WordPress's own elements), any 1.x version."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

from lxml import etree

from pipeline.domain.submission import Claim, Media, Post, Unreadable
from pipeline.ingest.blocks import Content
from pipeline.ingest.found import CannotRead, Found, Origin, make_post, web_address
from pipeline.ingest.html_page import render_fragment
from pipeline.ingest.media import kind_of, medium

_WORDPRESS = re.compile(r"\{https?://wordpress\.org/export/[^}]*\}")
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_STATUSES = {"private": "private", "draft": "draft", "pending": "draft", "auto-draft": "draft", "future": "draft"}
_TYPES = {"page": "page", "attachment": "attachment"}
_BLOCKS = re.compile(r"<!--\s*wp:")
_CAPTION = re.compile(r"\[(wp_)?caption\b[^\]]*\](.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_EMBED = re.compile(r"\[(embed|video|audio|gallery|playlist)\b([^\]]*)\](?:([^\[]*)\[/\1\])?")
_ADDRESS = re.compile(r"https?://[^\s\"'\]<>]+")


def read_wxr(data: bytes, origin: Origin) -> Found:
    """The published posts of an export, each an `item`; all else is counted by status.

    Raises CannotRead: `broken_xml` with the line for ill-formed XML (the file is refused whole), `doctype` for XML
    that declares a document type of its own, `unknown_format` for XML that is no WordPress export.
    """
    root = _parse(data)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None or not any(_WORDPRESS.match(str(n.tag)) for n in channel.iter()):
        name = etree.QName(root).localname[:40]
        raise CannotRead("unknown_format", "export the posts from WordPress, or save the page as HTML", format=name)
    authors = _authors(channel)
    site = _site(channel)
    counted: Counter[str] = Counter()
    posts: list[Post] = []
    unreadable: list[Unreadable] = []
    for number, item in enumerate(channel.iterchildren("item"), 1):
        fields = _fields(item)
        counted["comment"] += sum(1 for child in item if _local(child) == "comment")
        if status := _not_an_entry(fields):
            counted[status] += 1
            continue
        part = fields.get("post_id") or f"item {number}"
        try:
            posts.append(_post(item, fields, authors, site, origin, part))
        except CannotRead as problem:
            unreadable.append(problem.at(f"{origin.source}#{part}"))
    return Found(
        posts=tuple(posts),
        unreadable=tuple(unreadable),
        counted={status: n for status, n in sorted(counted.items()) if n},
    )


def _parse(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        line = (error.lineno or 1) + data[: len(data) - len(data.lstrip())].count(b"\n")
        raise CannotRead("broken_xml", "export it again, or correct the line", line=line) from error
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise CannotRead("broken_xml", "export it again", line=1) from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None:
        raise CannotRead("doctype", "remove the DOCTYPE; WordPress exports have none")
    return root


def _local(node: Any) -> str:
    return _WORDPRESS.sub("", node.tag) if isinstance(node.tag, str) and _WORDPRESS.match(node.tag) else ""


def _fields(item: Any) -> dict[str, str]:
    """The item's WordPress elements by local name."""
    return {_local(child): (child.text or "").strip() for child in item if _local(child)}


def _not_an_entry(fields: dict[str, str]) -> str:
    """The status under which an item is counted that is no published post; "" for a post."""
    kind = fields.get("post_type", "post")
    if kind != "post":
        return _TYPES.get(kind, "other")
    if fields.get("status", "publish") != "publish":
        return _STATUSES.get(fields["status"], "other")
    return "password" if fields.get("post_password") else ""


def _authors(channel: Any) -> dict[str, str]:
    """Display name by login."""
    people = (_fields(child) for child in channel if _local(child) == "author")
    return {p["author_login"]: p.get("author_display_name", "") for p in people if p.get("author_login")}


def _site(channel: Any) -> str:
    fields = _fields(channel)
    address = fields.get("base_blog_url") or fields.get("base_site_url") or (channel.findtext("link") or "").strip()
    return web_address(address).removeprefix("https://")


def _post(item: Any, fields: dict[str, str], authors: dict[str, str], site: str, origin: Origin, part: str) -> Post:
    link = (item.findtext("link") or "").strip()
    number = fields.get("post_id", "")
    creator = (item.findtext(_CREATOR) or "").strip()
    content = wordpress_content(item.findtext(_CONTENT) or "", base=link)
    return make_post(
        origin,
        content,
        part=part,
        wxr_id=f"{site}#{number}" if number else "",
        url=link,
        title=html.unescape(re.sub(r"<[^<>]*>", "", item.findtext("title") or "")),
        kind="item",
        entrant_claims=(
            Claim(source="wxr_creator", value=creator),
            Claim(source="author", value=authors.get(creator, "")),
        ),
        published_claims=_times(fields, "post_date"),
        modified_claims=_times(fields, "post_modified"),
        case_claims=tuple(
            Claim(source="tag", value=" ".join(category.text.split()))
            for category in item.iterchildren("category")
            if category.text and category.get("domain") in ("category", "post_tag")
        ),
    )


def _times(fields: dict[str, str], name: str) -> tuple[Claim, ...]:
    """The GMT field, marked as such; a zero one (posts that never were published) gives way to the local field."""
    gmt = fields.get(f"{name}_gmt", "")
    if gmt and not gmt.startswith("0000"):
        return (Claim(source="wxr_gmt", value=f"{gmt}Z" if re.fullmatch(r"[\d :-]+", gmt) else gmt),)
    local = fields.get(name, "")
    return (Claim(source="wxr_local", value=local),) if local and not local.startswith("0000") else ()


def wordpress_content(source: str, *, base: str = "") -> Content:
    """Stored post content as WordPress shows it: blocks as they stand, classic text with its line breaks.

    Shortcodes for media become notes, captions keep their words; any other shortcode stays as written.
    """
    media: list[Media] = []

    def note(match: re.Match[str]) -> str:
        name, attributes, inner = match[1], match[2], match[3] or ""
        for address in _ADDRESS.findall(f"{attributes} {inner}"):
            kind = kind_of(address) or ("audio" if name == "audio" else "video")
            if found := medium(kind, address):
                media.append(found)
        return ""

    text = _EMBED.sub(note, _CAPTION.sub(r"\2", source))
    content = render_fragment(text, base=base, newlines=not _BLOCKS.search(source))
    return content.model_copy(update={"media": tuple(dict.fromkeys((*content.media, *media)))})
