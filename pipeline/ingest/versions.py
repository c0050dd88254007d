"""Which of what was read is the same post, and which of a post's versions counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AwareDatetime

from pipeline.domain.contest import Contest
from pipeline.domain.ids import Value
from pipeline.domain.submission import Post
from pipeline.ingest.claims import APART, When, last_moment, when


class PostVersion(Value):
    """A post as it was at one reading. `order`: the place in the store, by which versions became known."""

    post: Post
    read_at: AwareDatetime
    order: int


class Chosen(Value):
    """One post: the version that counts, and what is known of the others."""

    identity: str
    """of the version that was known first, so that it stays the same when others join"""
    identities: frozenset[str]
    version: PostVersion
    published: When
    modified: When
    edited_after_close: bool = False
    addresses: tuple[str, ...] = ()
    """other addresses of the same post"""
    texts: dict[str, str]
    """version_id -> canonical text, of all its versions"""
    first_read: AwareDatetime


def distinct(versions: Iterable[PostVersion]) -> list[PostVersion]:
    """Each change of a post, as first read; in the order in which they became known.

    A post that went back to an earlier text has that version twice: the later one counts. A later reading is never
    dated before an earlier one: `read_at` is the latest so far, whatever a clock that was set back says.
    """
    changes: list[PostVersion] = []
    newest: dict[str, str] = {}
    latest: datetime | None = None
    for version in sorted(versions, key=_known_at):
        latest = version.read_at if latest is None else max(latest, version.read_at)
        dated = version if version.read_at == latest else version.model_copy(update={"read_at": latest})
        if newest.get(version.post.identity) != version.post.version_id:
            newest[version.post.identity] = version.post.version_id
            changes.append(dated)
    return changes


def same_posts(versions: Sequence[PostVersion]) -> list[list[PostVersion]]:
    """Versions grouped by identity and by canonical link, each group in the order of becoming known.

    An address that several rows or items of one file share (a blog's, say) says nothing about sameness.
    """
    by_url: dict[str, set[str]] = {}
    places: dict[str, set[tuple[str, str]]] = {}
    for v in versions:
        if url := plain_url(v.post.url):
            by_url.setdefault(url, set()).add(v.post.identity)
            if v.post.kind in ("row", "item"):
                places.setdefault(url, set()).add((v.post.source.split("#")[0], v.post.identity))
    parent = {v.post.identity: v.post.identity for v in versions}

    def root(identity: str) -> str:
        while parent[identity] != identity:
            parent[identity] = parent[parent[identity]]
            identity = parent[identity]
        return identity

    for url, identities in sorted(by_url.items()):
        shared = [file for file, _ in places.get(url, set())]
        if len(shared) != len(set(shared)):
            continue
        first, *others = sorted(identities)
        for other in others:
            low, high = sorted((root(first), root(other)))
            parent[high] = low
    groups: dict[str, list[PostVersion]] = {}
    for v in sorted(versions, key=_known_at):
        groups.setdefault(root(v.post.identity), []).append(v)
    return list(groups.values())


def plain_url(url: str) -> str:
    """An address for comparing: no scheme, `www.`, fragment, campaign parameters or closing slash; "" for none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if not parts.netloc:
        return ""
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if not k.startswith(("utm_", "fbclid", "yclid"))])
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def choose(group: Sequence[PostVersion], contest: Contest) -> Chosen:
    """The last version before closing, by its modified, published or read time; without one, the earliest.

    An excerpt (text that a version known by then contains) is no version. A version without a modified stamp dates
    from when it was published if it was the first to be known, else from when it was first read (at the earliest from
    when it was published).
    """
    real = [v for v in group if not _excerpt(v, group)]
    since = _since(real, contest)
    closes = contest.closes
    dated = [(since[v.order, v.post.version_id] or v.read_at, *_known_at(v), v) for v in real]
    before = [d for d in dated if closes is None or d[0] < closes or since[d[-1].order, d[-1].post.version_id] is None]
    version = (max(before, key=lambda d: d[:-1]) if before else min(dated, key=lambda d: d[:-1]))[-1]
    published = when(version.post.published_claims, contest)
    if published.at is None:
        known = [w for v in real if (w := when(v.post.published_claims, contest)).at is not None]
        published = known[0] if known else published
    return Chosen(
        identity=group[0].post.identity,
        identities=frozenset(v.post.identity for v in group),
        version=version,
        published=published,
        modified=when(version.post.modified_claims, contest),
        edited_after_close=any(_edited(v, version, since, published, contest) for v in real),
        addresses=addresses_of(group, version),
        texts={v.post.version_id: v.post.text for v in group},
        first_read=group[0].read_at,
    )


def addresses_of(group: Iterable[PostVersion], version: PostVersion) -> tuple[str, ...]:
    """Where else the post was found: addresses, or the files where there is none."""
    own = plain_url(version.post.url) or version.post.source
    found = {plain_url(v.post.url) or v.post.source: v.post.url or v.post.source for v in group}
    return tuple(sorted(address for plain, address in found.items() if plain != own))


def _known_at(version: PostVersion) -> tuple[int, datetime, str, str]:
    return version.order, version.read_at, version.post.identity, version.post.version_id


def _excerpt(version: PostVersion, group: Sequence[PostVersion]) -> bool:
    text = version.post.text.rstrip(" .…[]").removesuffix("Читать далее").removesuffix("Read more").rstrip(" .…[]→")
    return any(
        other.read_at <= version.read_at and len(other.post.text) > len(version.post.text) and text in other.post.text
        for other in group
    )


def _since(real: Sequence[PostVersion], contest: Contest) -> dict[tuple[int, str], datetime | None]:
    """From when each version dates, at the latest; None where nothing says it."""
    since: dict[tuple[int, str], datetime | None] = {}
    seen: dict[tuple[str, str], datetime | None] = {}
    last: dict[str, tuple[str, str]] = {}
    for at, version in enumerate(real):
        post = version.post
        moment = last_moment(when(post.modified_claims, contest))
        same = (post.text, post.title)
        # an old copy beside the new text is as old as it was; the same place that went back to it is a change
        returned = last.get(post.identity, same) != same
        last[post.identity] = same
        if moment is None and same in seen and not returned:
            moment = seen[same]
        elif moment is None:
            out = last_moment(when(post.published_claims, contest))
            # a text is not older than its own post, also where the reading machine's clock says so
            moment = out if at == 0 else max(version.read_at, out or version.read_at)
        seen.setdefault(same, moment)
        since[version.order, post.version_id] = moment
    return since


def _edited(
    version: PostVersion,
    chosen: PostVersion,
    since: dict[tuple[int, str], datetime | None],
    published: When,
    contest: Contest,
) -> bool:
    """Whether this version shows a change after closing: by its modified stamp, or by other text read only then."""
    closes = contest.closes
    moment = since[version.order, version.post.version_id]
    if closes is None or moment is None or moment < closes:
        return False
    if when(version.post.modified_claims, contest).at is None:
        return version.post.text != chosen.post.text
    last = last_moment(published)
    return last is None or moment - last > APART
