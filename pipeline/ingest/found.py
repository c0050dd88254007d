"""What a reader is given of a file and what it gives back; how posts are named and addressed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import Field

from pipeline.domain.contest import Contest
from pipeline.domain.ids import Value
from pipeline.domain.submission import Claim, Post, Unreadable
from pipeline.domain.text import canonicalise
from pipeline.ingest.blocks import Content, one_line


class Origin(Value):
    """The file a reader reads. `folder`: the folder directly under the inbox that holds it, "" if none."""

    source: str
    blob: str
    contest: Contest
    folder: str = ""

    @property
    def name(self) -> str:
        return self.source.rpartition("/")[2]


class Found(Value):
    """What one file holds. `counted`: what is in it and is no entry, by status."""

    posts: tuple[Post, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    counted: dict[str, int] = Field(default_factory=dict)


class CannotRead(Exception):
    """A file or a place in it cannot be read: what is wrong as a code, what to do, and details."""

    def __init__(self, problem: str, remedy: str, **params: str | int) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.params = problem, remedy, params

    def at(self, source: str) -> Unreadable:
        return Unreadable(source=source, problem=self.problem, remedy=self.remedy, params=self.params)


def check_size(size: int, origin: Origin) -> None:
    """Raises CannotRead (`too_large`) where one post has more bytes than limits.post_bytes."""
    if size > (limit := origin.contest.limits.post_bytes):
        raise CannotRead("too_large", "split it, or raise limits.post_bytes in contest.yaml", limit=limit)


def make_post(
    origin: Origin,
    content: Content,
    *,
    part: str = "",
    row_id: str = "",
    wxr_id: str = "",
    url: str = "",
    title: str = "",
    entrant_claims: tuple[Claim, ...] = (),
    **rest: Any,
) -> Post:
    """The post of this content: identified by its address, else its id in a container, else its path.

    `part`: its place within the file (row, item, number). Slugs of the address and the folder join the claims on the
    entrant, after what the reader found; empty claims are dropped. CannotRead where the text is larger than
    limits.post_bytes.
    """
    check_size(len(content.text.encode("utf-8", "replace")), origin)
    address = web_address(url)
    source = f"{origin.source}#{part}" if part else origin.source
    if address:
        identity = f"url:{address}"
    elif wxr_id:
        identity = f"wxr:{wxr_id}"
    else:
        identity = f"row:{origin.source}#{row_id}" if row_id else f"path:{source}"
    slugs = tuple(Claim(source="slug", value=slug) for slug in slugs_of(url)) if address else ()
    folder = (Claim(source="folder", value=origin.folder),) if origin.folder else ()
    claims = (*entrant_claims, *slugs, *folder)
    return Post(
        identity=identity,
        source=source,
        title=one_line(title),
        text=content.text,
        headings=content.headings,
        url=url if address else "",
        entrant_claims=tuple(dict.fromkeys(c for c in claims if c.value.strip())),
        hidden=tuple(dict.fromkeys((*content.hidden, *canonicalise(title).removed))),
        media=content.media,
        notes=content.notes,
        blob=origin.blob,
        **rest,
    )


_CAMPAIGN = re.compile(r"utm_\w+|fbclid|gclid|yclid|ysclid|_openstat|share|from|ref|replytocom")


def web_address(url: str) -> str:
    """The address in one spelling: https, lower-case host, no fragment, campaign marks or final slash.

    "" if it is not an http(s) address with a host.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme.casefold() not in ("http", "https") or not host:
        return ""
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if not _CAMPAIGN.fullmatch(k)], errors="replace")
    path = quote(unquote(parts.path), safe="/@:+,;=!$&'()*~-._", errors="replace").rstrip("/")
    where = host if port in (None, 80, 443) else f"{host}:{port}"
    return f"https://{where}{path}" + (f"?{query}" if query else "")


_PEOPLE = frozenset(
    ["author", "authors", "user", "users", "u", "member", "members", "profile", "people", "participants"]
)
_BLOGS = frozenset(["blog", "blogs"])
_NO_PERSON = re.compile(
    r"[0-9]|^(?:category|tag|tags|page|post|posts|news|p|archive|index)$|case|ke[ijy]{1,2}s|kejjs|кейс|zadani|задани|otvet|ответ"
    r"|reshen|решен|\.\w+$"
)


def slugs_of(url: str) -> tuple[str, ...]:
    """Parts of an address that plausibly name a person, the surest first.

    After author, user and the like; `@name`; after blog: surely if something follows it, else only if it does not
    look like the title of a post (digits, words for case or answer, more than three words).
    """
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ()
    segments = [s for s in path.split("/") if s]
    sure, likely = [], []
    for at, segment in enumerate(segments):
        before = segments[at - 1].casefold() if at else ""
        if segment.startswith("@") and len(segment) > 1:
            sure.append(segment[1:])
        elif before in _PEOPLE:
            sure.append(segment)
        elif before in _BLOGS and plausible_person(segment, ends=at + 1 == len(segments)):
            likely.append(segment)
    return tuple(dict.fromkeys(sure + likely))


def plausible_person(slug: str, *, ends: bool = True) -> bool:
    """Whether a slug may name a person rather than a post, a section or a date; `ends`: nothing follows it."""
    folded = slug.casefold()
    if not ends:
        return not folded.isdigit() and folded not in ("category", "tag", "tags", "page", "post", "posts", "archive")
    return not _NO_PERSON.search(folded) and len(re.split(r"[-_.]", folded)) <= 3
